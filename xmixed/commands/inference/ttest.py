"""ttest."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import BY, Compared, compared
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.inference.comparisons import (
    SampleRow,
    TailTest,
    render_samples,
    render_test,
    three_tails,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.comparisons import Sample, TTest, Unequal, one_sample, two_samples

_DEGREES = {
    "": "degrees of freedom",
    "satterthwaite": "Satterthwaite's degrees of freedom",
    "welch": "Welch's degrees of freedom",
}


@command(
    "ttest",
    syntax=Syntax(
        "expression",
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


def _row(name: str, sample: Sample, level: float) -> SampleRow:
    return SampleRow(name, sample.n, sample.mean, sample.se, sample.sd, sample.limits(level))


def _tails(test: TTest) -> tuple[float, float, float]:
    return test.p_lower, test.p, test.p_upper


def show_one_sample(session: SessionState, name: str, sample: Sample, number: float, level: float) -> None:
    """Show the test that a mean is a number, and keep it in r()."""
    test = one_sample(sample, number)
    value = format_value(number, "%9.0g").strip()
    lines = render_samples("One-sample t test", "Variable", [[_row(name, sample, level)]], level)
    shown = TailTest(
        f"    mean = mean({name})",
        "t",
        test.t,
        f"Ho: mean = {value}",
        _DEGREES[""],
        f"{test.df:.0f}",
        *three_tails("mean", value, "T", _tails(test)),
    )
    session.out.write(*lines, *render_test(shown))
    session.r = _saved(test, (sample,), level)


def _paired(session: SessionState, found: Compared, level: float) -> None:
    assert found.pairs is not None
    x, y = found.pairs
    if not len(x):
        raise StataError(2000, "no observations")
    first, second, difference = Sample.of(x), Sample.of(y), Sample.of(x - y)
    test = one_sample(difference, 0.0)
    names = found.names
    blocks = [
        [_row(names[0], first, level), _row(names[1], second, level)],
        [_row("diff", difference, level)],
    ]
    shown = TailTest(
        f"     mean(diff) = mean({names[0]} - {names[1]})",
        "t",
        test.t,
        " Ho: mean(diff) = 0",
        _DEGREES[""],
        f"{test.df:.0f}",
        *three_tails("mean(diff)", "0", "T", _tails(test)),
    )
    session.out.write(*render_samples("Paired t test", "Variable", blocks, level), *render_test(shown))
    session.r = _saved(test, (first, second), level)


def show_two_samples(
    session: SessionState,
    head: str,
    names: tuple[str, ...],
    samples: tuple[Sample, ...],
    together: Sample,
    unequal: Unequal,
    level: float,
) -> None:
    """Show the test that two means are equal, and keep it in r()."""
    first, second = samples
    test = two_samples(first, second, unequal)
    blocks = [
        [_row(names[0], first, level), _row(names[1], second, level)],
        [_row("combined", together, level)],
        [SampleRow("diff", None, test.difference, test.se, None, test.limits(level))],
    ]
    title = f"Two-sample t test with {'un' if unequal else ''}equal variances"
    df = format_value(test.df, "%8.0g").strip()
    shown = TailTest(
        f"    diff = mean({names[0]}) - mean({names[1]})",
        "t",
        test.t,
        "Ho: diff = 0",
        _DEGREES[unequal],
        df,
        *three_tails("diff", "0", "T", _tails(test)),
    )
    session.out.write(*render_samples(title, head, blocks, level), *render_test(shown))
    saved = _saved(test, (first, second), level)
    saved.scalars["sd"] = together.sd
    session.r = saved


def _saved(test: TTest, samples: tuple[Sample, ...], level: float) -> Results:
    """Return r() with Stata's names."""
    scalars = {"level": level}
    scalars |= {f"sd_{i}": samples[i - 1].sd for i in range(len(samples), 0, -1)}
    scalars |= {"se": test.se, "p_u": test.p_upper, "p_l": test.p_lower, "p": test.p}
    scalars |= {"t": test.t, "df_t": test.df}
    for i in range(len(samples), 0, -1):
        scalars |= {f"mu_{i}": samples[i - 1].mean, f"N_{i}": samples[i - 1].n}
    return Results(scalars={name: value for name, value in scalars.items() if value < MISSING or name == "p"})
