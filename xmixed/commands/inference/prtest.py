"""prtest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import BY, compared
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, Syntax
from xmixed.render.layouts.inference.comparisons import (
    ProportionRow,
    TailTest,
    render_proportions,
    render_test,
    three_tails,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.inference.comparisons import Proportion, ZTest, one_proportion, two_proportions


@command(
    "prtest",
    syntax=Syntax("expression", condition=True, in_range=True, options=(BY, LEVEL)),
    synopsis="prtest {y, by(group) | y1 == y2 | y == #} [if] [in] [, level(#)]",
    needs=("data",),
    by="each",
)
def prtest(session: SessionState, node: Command) -> None:
    found = compared(session, node)
    level = float(node.option("level", session.settings.level))
    for sample in found.samples:
        if not np.isin(sample, (0.0, 1.0)).all():
            raise StataError(450, f"{found.variable} is not a 0/1 variable")
    parts = [Proportion(float(len(x)), float(x.mean())) for x in found.samples]
    show_proportions(session, found.names, parts, found.value, level)


def show_proportions(
    session: SessionState, group_names: tuple[str, ...], parts: list[Proportion], number: float, level: float
) -> None:
    """Show the test that a proportion is a number, or that two are equal; keep it in r()."""
    z = normal_quantile(level)
    rows = [_row(name, part.p, part.se, z) for name, part in zip(group_names, parts, strict=True)]
    counts = [(name, part.n) for name, part in zip(group_names, parts, strict=True)]
    if len(parts) == 1:
        if not 0 < number < 1:
            raise StataError(198, "the proportion must be between 0 and 1")
        test = one_proportion(parts[0], number)
        value = format_value(number, "%9.0g").strip()
        lines = render_proportions("One-sample test of proportion", counts, [rows], level, False)
        what, names = "p", f"    p = proportion({group_names[0]})"
        hypothesis = f"Ho: p = {value}"
    else:
        test = two_proportions(*parts)
        value, what = "0", "diff"
        under = ProportionRow("", None, test.se0, test.z, test.p)
        blocks = [rows, [_row("diff", test.difference, test.se, z), under]]
        lines = render_proportions("Two-sample test of proportions", counts, blocks, level, True)
        names = f"        diff = prop({group_names[0]}) - prop({group_names[1]})"
        hypothesis = "    Ho: diff = 0"
    tails = three_tails(what, value, "Z", (test.p_lower, test.p, test.p_upper))
    shown = TailTest(names, "z", test.z, hypothesis, "", "", *tails)
    session.out.write(*lines, *render_test(shown))
    session.r = _saved(test, parts)


def _row(name: str, value: float, se: float, z: float) -> ProportionRow:
    return ProportionRow(name, value, se, limits=(value - z * se, value + z * se))


def _saved(test: ZTest, parts: list[Proportion]) -> Results:
    scalars = {"z": test.z}
    scalars |= {f"{name}_{i + 1}": getattr(p, key) for i, p in enumerate(parts) for name, key in _KEPT}
    return Results(scalars=scalars)


_KEPT = (("P", "p"), ("N", "n"))
