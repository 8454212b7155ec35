"""Tables of contrasts and pairwise comparisons: single ones, tests of terms, numbers, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, Styled, line
from xmixed.render.layouts.estimation.coefficient_table import (
    ERROR,
    ESTIMATE,
    ESTIMATE_FORMAT,
    LOWER,
    MARGIN,
    NAME_WIDTH,
    P_FORMAT,
    P_VALUE,
    STATISTIC,
    STATISTIC_FORMAT,
    UPPER,
    Figures,
    cell,
    interval_head,
)
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.render.text import result, rule, wrap

WIDTHS = {"ci": 48, "pv": 39, "effects": 64, "groups": 35}
METHOD_CENTRES = {"ci": (33,), "pv": (28,), "effects": (28, 49), "groups": (25,)}
"""Where the name of the method begins, right of the bar; ten columns each time."""
METHOD_WIDTH = 10
WALD_WIDTH, COUNT_WIDTH = 34, 13
LABEL_ROOM = 10
"""Longest label of a 78-wide table that is not wrapped."""


@dataclass(frozen=True, slots=True)
class ContrastRow:
    """A contrast with its figures; `letters` in a table of groups, `estimable` False shows a note."""

    label: str
    figures: Figures
    letters: str = ""
    estimable: bool = True


@dataclass(frozen=True, slots=True)
class ContrastBlock:
    """The contrasts of a term under its name; one without name has its rows at the names' place."""

    name: str
    rows: tuple[ContrastRow, ...]


@dataclass(frozen=True, slots=True)
class ContrastStyle:
    """How a table of contrasts is shown.

    Attributes
    ----------
    kind : str
        ci, pv, effects or groups.
    estimate : str
        Head of the estimates.
    statistic : str
        z or t.
    level : float
    equation : str
        Name of the equation, "" for none.
    method : str
        Shown over what it changes; "" for none.
    errors : str
        What a line says of the standard errors, `Delta-method`; "" for none.
    """

    kind: str
    estimate: str = "Contrast"
    statistic: str = "z"
    level: float = 95.0
    equation: str = ""
    method: str = ""
    errors: str = ""
    linesize: int = 79
    cformat: str = ""
    pformat: str = ""
    sformat: str = ""


def render_contrasts(blocks: Sequence[ContrastBlock], style: ContrastStyle) -> list[Line]:
    """Return the whole table, from its first rule to its last."""
    body = WIDTHS[style.kind]
    room = max(0, style.linesize - (NAME_WIDTH + 2 + body) - (MARGIN if body == 64 else 0))
    longest = max((len(row.label) + 1 for block in blocks for row in block.rows), default=0)
    longest = max([longest, *(len(block.name) for block in blocks)])
    width = NAME_WIDTH + min(room, max(0, longest - NAME_WIDTH))
    lines = [line(rule(width + 2 + body)), *_heads(width, style), line(f"{rule(width + 1)}+{rule(body)}")]
    if style.equation:
        lines.append(line(abbreviate_name(style.equation, width).ljust(width + 1) + "|"))
    for place, block in enumerate(blocks):
        if place:
            lines.append(line(" " * (width + 1) + "|"))
        lines += _block(block, width, style)
    return [*lines, line(rule(width + 2 + body))]


def _heads(width: int, style: ContrastStyle) -> list[Line]:
    start = " " * (width + 1) + "|"
    head = f"{style.estimate:>{ESTIMATE}}   Std. Err."
    if style.kind in ("pv", "effects"):
        head += f"      {style.statistic}    P>|{style.statistic}|"
    if style.kind in ("ci", "effects"):
        head += interval_head(style.level)
    if style.kind == "groups":
        head += "      Groups"
    lines = [line(start + head)]
    above = " " * WIDTHS[style.kind]
    if style.errors:
        above = _put(above, ESTIMATE + 1 + (ERROR + 2 - len(style.errors)) // 2, style.errors)
    for centre in METHOD_CENTRES[style.kind] if style.method else ():
        above = _put(above, centre + (METHOD_WIDTH - len(style.method)) // 2, style.method)
    return [line(start + above.rstrip()), *lines] if above.strip() else lines


def _put(text: str, at: int, word: str) -> str:
    return text[:at] + word + text[at + len(word) :]


def _block(block: ContrastBlock, width: int, style: ContrastStyle) -> list[Line]:
    lines = []
    if block.name:
        lines.append(line(_fitted(block.name, width).rjust(width) + " |"))
    for row in block.rows:
        *first, last = _wrapped(row.label, width - 1)
        lines += [line(part.rjust(width - 1) + "  |") for part in first]
        lines.append(line(last.rjust(width - 1) + "  |", *_cells(row, style)))
    return lines


def _fitted(name: str, width: int) -> str:
    return name if len(name) <= width else abbreviate_name(name, width)


def _wrapped(label: str, width: int) -> list[str]:
    return [label] if len(label) <= width else wrap(label, LABEL_ROOM)


def _cells(row: ContrastRow, style: ContrastStyle) -> list[Styled]:
    figures, fmt = row.figures, style.cformat or ESTIMATE_FORMAT
    if not row.estimable:
        return [result(".".rjust(ESTIMATE)), Styled("  (not estimable)")]
    text = cell(figures.estimate, fmt, ESTIMATE) + cell(figures.standard_error, fmt, ERROR)
    if style.kind in ("pv", "effects"):
        text += cell(figures.statistic, style.sformat or STATISTIC_FORMAT, STATISTIC)
        text += cell(figures.p_value, style.pformat or P_FORMAT, P_VALUE)
    if style.kind in ("ci", "effects"):
        lower = LOWER + 1 if style.kind == "ci" else LOWER
        text += cell(figures.lower, fmt, lower) + cell(figures.upper, fmt, UPPER)
    if style.kind == "groups":
        text += " " * (METHOD_CENTRES["groups"][0] - ESTIMATE - ERROR) + row.letters
    return [result(text)]


def render_term_tests(
    blocks: Sequence[tuple[str, Sequence[tuple[str, WaldTest]]]], equation: str, df: float | None
) -> list[Line]:
    """Return the Wald table: for each term its test, those at single levels before it.

    Parameters
    ----------
    blocks : sequence of (term, tests), each test with the label of its row ("" for the term's own line)
    """
    outer = line(rule(NAME_WIDTH + 2 + WALD_WIDTH))
    kind = "chi2" if df is None else "F"
    head = f"{' ' * 13}|{'df':>11}{kind:>12}{'P>' + kind:>11}"
    lines = [outer, line(head), line(f"{rule(13)}+{rule(WALD_WIDTH)}")]
    if equation:
        lines.append(line(abbreviate_name(equation, NAME_WIDTH).ljust(13) + "|"))
    separator = line(" " * 13 + "|")
    previous = False
    for place, (name, tests) in enumerate(blocks):
        several = len(tests) > 1
        if place and (several or previous):
            lines.append(separator)
        previous = several
        shown = _fitted(name, NAME_WIDTH).rjust(NAME_WIDTH) + " |"
        if not several:
            lines.append(line(shown, _test_cells(tests[0][1])))
            continue
        lines.append(line(shown))
        lines += [line(label.rjust(11) + "  |", _test_cells(test)) for label, test in tests]
    if df is not None:
        lines += [separator, line(" Denominator |", result(f"{df:11.0f}"))]
    return [*lines, outer]


def _test_cells(test: WaldTest) -> Styled:
    statistic = format_value(test.statistic, "%12.2f").strip().rjust(12)
    p_value = format_value(test.p_value, "%11.4f").strip().rjust(11)
    return result(f"{test.df:11d}{statistic}{p_value}")


def render_counts(counts: Sequence[tuple[str, int]], equation: str) -> list[Line]:
    """Return the box with the number of comparisons of each term."""
    outer = line(rule(NAME_WIDTH + 2 + COUNT_WIDTH))
    start = " " * 13 + "|"
    lines = [
        outer,
        line(start + "Number of".rjust(COUNT_WIDTH)),
        line(start + "Comparisons".rjust(COUNT_WIDTH)),
    ]
    lines.append(line(f"{rule(13)}+{rule(COUNT_WIDTH)}"))
    if equation:
        lines.append(line(abbreviate_name(equation, NAME_WIDTH).ljust(13) + "|"))
    for name, count in counts:
        shown = _fitted(name, NAME_WIDTH).rjust(NAME_WIDTH)
        lines.append(line(f"{shown} |", result(f"{count:{COUNT_WIDTH}d}")))
    return [*lines, outer]
