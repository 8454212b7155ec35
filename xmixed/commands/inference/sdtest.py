"""sdtest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import BY, compared
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, Syntax
from xmixed.render.layouts.inference.comparisons import (
    SampleRow,
    TailTest,
    render_samples,
    render_test,
    three_tails,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Sample, VarianceTest, variance_of_one, variance_ratio


@command(
    "sdtest",
    syntax=Syntax("expression", condition=True, in_range=True, options=(BY, LEVEL)),
    synopsis="sdtest {y, by(group) | y1 == y2 | y == #} [if] [in] [, level(#)]",
    needs=("data",),
    by="each",
)
def sdtest(session: SessionState, node: Command) -> None:
    found = compared(session, node)
    level = float(node.option("level", session.settings.level))
    samples = [Sample.of(x) for x in found.samples]
    head = "Group" if found.kind == "groups" else "Variable"
    together = Sample.of(np.concatenate(found.samples))
    show_variances(session, head, found.names, samples, together, found.value, level)


def show_variances(
    session: SessionState,
    head: str,
    group_names: tuple[str, ...],
    samples: list[Sample],
    together: Sample,
    number: float,
    level: float,
) -> None:
    """Show the test that a standard deviation is a number, or that two are equal; keep it in r()."""
    rows = [
        SampleRow(name, s.n, s.mean, s.se, s.sd, s.limits(level))
        for name, s in zip(group_names, samples, strict=True)
    ]
    if len(samples) == 1:
        if number <= 0:
            raise StataError(198, "the standard deviation must be positive")
        test = variance_of_one(samples[0], number)
        value = format_value(number, "%9.0g").strip()
        lines = render_samples("One-sample test of variance", "Variable", [rows], level)
        what, statistic, letter, df = "sd", "c = chi2", "C", f"{test.df:.0f}"
        names = f"    sd = sd({group_names[0]})"
    else:
        test = variance_ratio(*samples)
        value, what, statistic, letter = "1", "ratio", "f", "F"
        df = f"{test.df:.0f}, {test.df2:.0f}"
        s = together
        combined = SampleRow("combined", s.n, s.mean, s.se, s.sd, s.limits(level))
        lines = render_samples("Variance ratio test", head, [rows, [combined]], level)
        names = f"    ratio = sd({group_names[0]}) / sd({group_names[1]})"
    tails = three_tails(what, value, letter, (test.p_lower, test.p, test.p_upper), twice=True)
    hypothesis = f"Ho: {what} = {value}"
    shown = TailTest(names, statistic, test.statistic, hypothesis, "degrees of freedom", df, *tails)
    session.out.write(*lines, *render_test(shown))
    session.r = _saved(test, samples)


def _saved(test: VarianceTest, samples: list[Sample]) -> Results:
    scalars = {"p_l": test.p_lower, "p_u": test.p_upper, "p": test.p}
    if len(samples) == 1:
        scalars |= {"N": samples[0].n, "sd": samples[0].sd, "chi2": test.statistic, "df": test.df}
    else:
        scalars |= {"F": test.statistic, "df_1": test.df, "df_2": test.df2}
        scalars |= {f"{name}_{i + 1}": getattr(s, key) for i, s in enumerate(samples) for name, key in _KEPT}
    return Results(scalars=scalars)


_KEPT = (("N", "n"), ("sd", "sd"))
