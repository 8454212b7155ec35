"""The tables of `ttest`, `sdtest` and `prtest`: samples, their difference, a test with its three tails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import interval_head
from xmixed.render.text import printable, result, rule

WIDTH, NAME = 78, 8


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row: number of observations (None: blank), mean, standard error, standard deviation, limits.

    A standard deviation or error of None is blank.
    """

    name: str
    n: float | None
    mean: float | None
    se: float | None
    sd: float | None
    limits: tuple[float, float]


def render_samples(title: str, head: str, blocks: Sequence[Sequence[SampleRow]], level: float) -> list[Line]:
    """Return the title and the table of samples; a rule stands between blocks and at both ends."""
    columns = "     Obs        Mean    Std. Err.   Std. Dev." + interval_head(level).strip().rjust(23)
    lines = [line(), line(title), line(rule(WIDTH)), line(right(head, NAME) + " |" + columns)]
    for block in blocks:
        lines.append(line(rule(NAME + 1) + "+" + rule(WIDTH - NAME - 2)))
        lines += [_row(row) for row in block]
    return [*lines, line(rule(WIDTH))]


def _row(row: SampleRow) -> Line:
    n = "" if row.n is None else format_value(row.n, "%8.0g").strip()
    figures = (row.mean, row.se, row.sd, *row.limits)
    cells = "".join(("" if x is None else format_value(x, "%9.0g").strip()).rjust(12) for x in figures)
    return line(right(cut(printable(row.name), NAME), NAME) + " |", result((n.rjust(8) + cells).rstrip()))


@dataclass(frozen=True, slots=True)
class TailTest:
    """A test below a table of samples.

    Attributes
    ----------
    difference : str
        What is compared, `diff = mean(a) - mean(b)`, with its indentation.
    statistic : str
        `t`, or `c = chi2`, with its value.
    hypothesis : str
        `Ho: diff = 0`, with its indentation.
    df : str
        What the degrees of freedom are called; "" without any.
    alternatives : tuple of three str
        `Ha: diff < 0` and the others, as they stand on one line.
    """

    difference: str
    statistic: str
    value: float
    hypothesis: str
    df: str
    df_value: str
    alternatives: str
    probabilities: str


def render_test(test: TailTest) -> list[Line]:
    """Return the lines of a test."""
    figure = f"{test.statistic} = {format_value(test.value, '%8.4f')}"
    first = printable(test.difference).ljust(WIDTH - len(figure)) + figure
    second = test.hypothesis
    if test.df:
        shown = f"{test.df} = {test.df_value:>8}"
        second = second.ljust(WIDTH - len(shown)) + shown
    return [line(first), line(second), line(), line(test.alternatives), line(test.probabilities)]


def three_tails(
    what: str,
    value: str,
    letter: str,
    p: tuple[float, float, float],
    twice: bool = False,
) -> tuple[str, str]:
    """Return the lines of the alternatives and of their probabilities, each third in its place.

    Parameters
    ----------
    what, value : str
        `Ha: what < value`.
    letter : str
        Name of the statistic, T, F, C or Z.
    p : tuple of float
        Lower, two-sided, upper.
    twice : bool
        The middle one is twice a tail, not of an absolute value.
    """
    small = letter.lower()
    lower, both, upper = (format_value(x, "%6.4f") if x < MISSING else "     ." for x in p)
    side = "<" if p[0] <= p[2] else ">"
    middle = f"2*Pr({letter} {side} {small}) = {both}" if twice else f"Pr(|{letter}| > |{small}|) = {both}"
    alternatives = [f"Ha: {what} {sign} {value}" for sign in ("<", "!=", ">")]
    shown = [f"Pr({letter} < {small}) = {lower}", middle, f"Pr({letter} > {small}) = {upper}"]
    starts = (
        (21 - columns_of(alternatives[0])) // 2,
        (79 - columns_of(alternatives[1])) // 2,
        69 - columns_of(alternatives[2]) // 2,
    )
    return _placed(alternatives, starts), _placed(shown, (1, 28, 60))


def _placed(texts: Sequence[str], starts: Sequence[int]) -> str:
    """Return texts each at its column, or one blank behind the text before."""
    placed = ""
    for text, start in zip(texts, starts, strict=True):
        placed = placed.ljust(start if len(placed) < start else len(placed) + 1) + text
    return placed


# --- proportions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProportionRow:
    """A proportion or difference with its error and limits; `name` "" goes on with `under Ho:`."""

    name: str
    mean: float | None
    se: float
    z: float | None = None
    p: float | None = None
    limits: tuple[float, float] | None = None


def render_proportions(
    title: str,
    counts: Sequence[tuple[str, float]],
    blocks: Sequence[Sequence[ProportionRow]],
    level: float,
    tested: bool,
) -> list[Line]:
    """Return the title with the numbers of observations, and the table."""
    lines = [line()]
    for i, (name, n) in enumerate(counts):
        shown = f"{right(cut(printable(name), 12), 12)}: Number of obs = {n:8.0f}"
        lines.append(line((title if i == 0 else "").ljust(WIDTH - len(shown)) + shown))
    tests = "      z    P>|z|" if tested else " " * 16
    head = "    Variable |       Mean   Std. Err." + tests + interval_head(level).rjust(25)
    lines += [line(rule(WIDTH)), line(head)]
    for block in blocks:
        lines.append(line(rule(13) + "+" + rule(WIDTH - 14)))
        lines += [_proportion(row) for row in block]
    return [*lines, line(rule(WIDTH))]


def _proportion(row: ProportionRow) -> Line:
    mean = "under Ho:" if row.mean is None else format_value(row.mean, "%9.0g").strip()
    cells = mean.rjust(11) + format_value(row.se, "%9.0g").strip().rjust(12)
    if row.z is not None and row.p is not None:
        cells += format_value(row.z, "%9.2f").rjust(9) + format_value(row.p, "%8.3f").rjust(8)
    if row.limits is not None:
        cells = cells.ljust(40) + "".join(format_value(x, "%9.0g").strip().rjust(12) for x in row.limits)
    return line(right(cut(printable(row.name), 12), 12) + " |", result(cells))
