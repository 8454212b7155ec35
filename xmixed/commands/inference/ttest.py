"""ttest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.comparing import (
    DEGREES,
    both_tails,
    sample_row,
    saved_t,
    show_one_sample,
    show_two_samples,
)
from xmixed.commands.inference.two_samples import BY, Compared, compared
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.layouts.inference.comparisons import (
    TailTest,
    render_samples,
    render_test,
    three_tails,
)
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Sample, Unequal, one_sample


@command(
    "ttest",
    syntax=Syntax(
        "comparison",
        condition=True,
        in_range=True,
        options=(
            BY,
            OptionSpec("unequal", "une", help="variances are not equal"),
            OptionSpec("welch", "w", help="Welch's degrees of freedom"),
            OptionSpec("unpaired", "unp", help="the variables are two samples"),
            LEVEL,
        ),
    ),
    synopsis="ttest {y, by(group) | y1 == y2 [, unpaired] | y == #} [if] [in] [, unequal welch level(#)]",
    needs=("data",),
    by="each",
)
def ttest(session: SessionState, node: Command) -> None:
    found = compared(session, node)
    level = float(node.option("level", session.settings.level))
    unequal: Unequal = "welch" if node.option("welch") else "satterthwaite" if node.option("unequal") else ""
    paired = found.kind == "variables" and not node.option("unpaired")
    if (unequal or node.option("unpaired")) and (found.kind == "number" or (paired and unequal)):
        option = next(name for name in ("welch", "unequal", "unpaired") if node.option(name))
        raise StataError(198, f"option {option} not allowed", node.options[option].span)
    if found.kind == "number":
        show_one_sample(session, found.names[0], Sample.of(found.samples[0]), found.value, level)
    elif paired:
        _paired(session, found, level)
    else:
        samples = tuple(Sample.of(sample) for sample in found.samples)
        head = "Group" if found.kind == "groups" else "Variable"
        together = Sample.of(np.concatenate(found.samples))
        show_two_samples(session, head, found.names, samples, together, unequal, level)


def _paired(session: SessionState, found: Compared, level: float) -> None:
    assert found.pairs is not None
    x, y = found.pairs
    if not len(x):
        raise StataError(2000, "no observations")
    first, second, difference = Sample.of(x), Sample.of(y), Sample.of(x - y)
    test = one_sample(difference, 0.0)
    names = found.names
    blocks = [
        [sample_row(names[0], first, level), sample_row(names[1], second, level)],
        [sample_row("diff", difference, level)],
    ]
    shown = TailTest(
        f"     mean(diff) = mean({names[0]} - {names[1]})",
        "t",
        test.t,
        " Ho: mean(diff) = 0",
        DEGREES[""],
        f"{test.df:.0f}",
        *three_tails("mean(diff)", "0", "T", both_tails(test)),
    )
    session.out.write(*render_samples("Paired t test", "Variable", blocks, level), *render_test(shown))
    session.r = saved_t(test, (first, second), level)
