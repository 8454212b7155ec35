"""The coefficient table of every estimation command: factor blocks, equations, legends; and its widths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.missing import MISSING
from xmixed.output import Line, Styled, line
from xmixed.render.text import result, rule

NAME_WIDTH = 12
BODY_WIDTH = 64
"""Characters right of the bar; the usual table is 12 + 1 + 1 + 64 = 78 wide."""
TABLE_WIDTH = NAME_WIDTH + 2 + BODY_WIDTH
MARGIN = 2
"""Columns left free at the right: at line size 80 the table does not grow."""
ESTIMATE, ERROR, STATISTIC, P_VALUE, LOWER, UPPER = 11, 11, 9, 8, 13, 12
"""Widths of the cells right of the bar; the sum is `BODY_WIDTH`."""
INTERVAL_HEAD = 25
STATISTIC_FORMAT, P_FORMAT, ESTIMATE_FORMAT = "%8.2f", "%5.3f", "%9.0g"


@dataclass(frozen=True, slots=True)
class Figures:
    """An estimate and its inference; what is not known is missing."""

    estimate: float
    standard_error: float = MISSING
    statistic: float = MISSING
    p_value: float = MISSING
    lower: float = MISSING
    upper: float = MISSING


@dataclass(frozen=True, slots=True)
class CoefficientRow:
    """One coefficient.

    Attributes
    ----------
    label : str
        Plain rows: the name. Rows of a block: the level (`4`, `2 4`) or time-series operator (`L1.`);
        "" when the block's own header line carries the figures (`c.age#c.age`).
    figures : Figures
    block : tuple of str
        The operands of the block's header, `("girl", "c.age")`; () for a plain row.
    alone : str
        The label when the row is the only one shown of its block (`1.girl`); "" if the block always stands.
    note : str
        `(base)`, `(omitted)`, `(empty)` in place of the inference; a blank for nothing there.
    legend : str
        What `coeflegend` shows.
    beta : float or None
        What stands in place of the limits where `TableStyle.beta` asks for it; None is shown as missing.
    bare : bool
        Without statistic and p-value, as the rows of standard deviations and cut points.
    """

    label: str
    figures: Figures
    block: tuple[str, ...] = ()
    alone: str = ""
    note: str = ""
    legend: str = ""
    beta: float | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """A block of coefficients; `name` "" prints no equation line; `note` stands beside the name."""

    rows: tuple[CoefficientRow, ...]
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How coefficient tables are printed.

    `cformat`, `pformat`, `sformat` "" stand for the defaults; `robust` adds the head line; `legend` shows
    `coeflegend`; `vsquish` leaves out the lines that set blocks apart. The titles head the
    estimates and, with `robust`, standard errors; `beta` shows standardised coefficients for limits.
    With `goes_on` the last rule is one within a table.
    """

    level: float = 95.0
    cformat: str = ""
    pformat: str = ""
    sformat: str = ""
    linesize: int = 79
    lstretch: bool = True
    vsquish: bool = False
    legend: bool = False
    robust: bool = False
    statistic: str = "z"
    estimate_title: str = "Coef."
    error_title: str = "Robust"
    beta: bool = False
    goes_on: bool = False


def interval_head(level: float) -> str:
    """Return `[95% Conf. Interval]` in its cell."""
    return f"[{level:g}% Conf. Interval]".rjust(INTERVAL_HEAD)


def cell(value: float, fmt: str, width: int) -> str:
    """Return a figure right-justified in a cell."""
    return format_value(value, fmt).strip().rjust(width)


def name_width(labels: Iterable[str], style: TableStyle) -> int:
    """Return the width of the name column: the longest label where the line has room for it."""
    room = max(0, style.linesize - TABLE_WIDTH - MARGIN) if style.lstretch else 0
    longest = max((len(label) for label in labels), default=0)
    return NAME_WIDTH + min(room, max(0, longest - NAME_WIDTH))


def render_coefficients(depvar: str, equations: Sequence[Equation], style: TableStyle) -> list[Line]:
    """Return the whole table, from its first rule to its last."""
    width = name_width(_labels(depvar, equations), style)
    inner = line(f"{rule(width + 1)}+{rule(BODY_WIDTH)}")
    outer = line(rule(width + 2 + BODY_WIDTH))
    lines = [outer, *_head(depvar, width, style), inner]
    for place, equation in enumerate(equations):
        if place:
            lines.append(inner)
        if equation.name:
            note = f"  {equation.note}" if equation.note else ""
            lines.append(line(abbreviate_name(equation.name, width).ljust(width + 1) + "|" + note))
        lines.extend(_rows(equation.rows, width, style))
    return [*lines, inner if style.goes_on else outer]


def _labels(depvar: str, equations: Sequence[Equation]) -> Iterable[str]:
    yield depvar
    for equation in equations:
        yield equation.name
        for row in equation.rows:
            yield "#".join(row.block) if row.block else row.label
            yield row.alone


def _head(depvar: str, width: int, style: TableStyle) -> list[Line]:
    name = abbreviate_name(depvar, width).rjust(width) + " |"
    if style.legend:
        return [line(f"{name}{style.estimate_title:>{ESTIMATE}}  Legend")]
    kind = style.statistic
    text = f"{style.estimate_title:>{ESTIMATE}}   Std. Err.      {kind}    P>|{kind}|"
    last = "Beta".rjust(INTERVAL_HEAD) if style.beta else interval_head(style.level)
    head = [line(name + text + last)]
    if not style.robust:
        return head
    if style.error_title == "Bootstrap":
        over = f"{'Observed':>{ESTIMATE}}   Bootstrap".ljust(BODY_WIDTH - 16) + "Normal-based"
        return [line(" " * (width + 1) + "|" + over), *head]
    # Stata: centred over `Std. Err.`.
    indent = ESTIMATE + 1 + (ERROR + 2 - len(style.error_title)) // 2
    return [line(" " * (width + 1) + "|" + " " * indent + style.error_title), *head]


Cells = Callable[[CoefficientRow], Sequence[Sequence[str | Styled]]]
"""What stands right of the bar in each line of a row."""


def _rows(rows: Sequence[CoefficientRow], width: int, style: TableStyle) -> list[Line]:
    """Return the rows of an equation."""
    return labelled_rows(rows, width, style.vsquish, lambda row: [_cells(row, style)])


def labelled_rows(rows: Sequence[CoefficientRow], width: int, squished: bool, cells: Cells) -> list[Line]:
    """Return rows with their labels; a line with only the bar sets blocks of factors apart."""
    lines: list[Line] = []
    separator = line(" " * (width + 1) + "|")
    after_block = False
    for block, members in groupby(rows, key=lambda row: row.block):
        group = list(members)
        standing = bool(block) and not (len(group) == 1 and group[0].alone)
        if lines and not squished and (standing or after_block):
            lines.append(separator)
        lines.extend(_block(block, group, width, cells) if standing else _plain(group, width, cells))
        after_block = standing
    return lines


def _row(label: str, width: int, row: CoefficientRow, cells: Cells) -> list[Line]:
    """Return the lines of a row, its label before the first."""
    labels = (label, *([" " * (width + 1) + "|"] * len(cells(row))))
    return [line(head, *runs) for head, runs in zip(labels, cells(row), strict=False)]


def _plain(group: list[CoefficientRow], width: int, cells: Cells) -> list[Line]:
    lines: list[Line] = []
    for row in group:
        lines += _row(_fit_label(row.alone or row.label, width).rjust(width) + " |", width, row, cells)
    return lines


def _block(block: tuple[str, ...], group: list[CoefficientRow], width: int, cells: Cells) -> list[Line]:
    header = _block_header(block, width)
    lines = [line(text) for text in header[:-1]]
    if not group[0].label:
        return [*lines, *_row(header[-1], width, group[0], cells)]
    lines.append(line(header[-1]))
    for row in group:
        # Stata: levels end one column left of names, time-series operators end where names do.
        series = row.label.endswith(".") and not row.label.endswith("..")  # dots say that a label is cut
        label = row.label.rjust(width) if series else row.label.rjust(width - 1) + " "
        lines += _row(label + " |", width, row, cells)
    return lines


def _block_header(block: tuple[str, ...], width: int) -> list[str]:
    """Return the header of a block; one too long for the column is split after a `#`."""
    parts = [_fit_label(operand, width) for operand in block]
    lines: list[str] = []
    current = parts[0]
    for part in parts[1:]:
        if len(current) + 1 + len(part) <= width:
            current += "#" + part
        else:
            lines.append(current.rjust(width) + "#|")
            current = part
    return [*lines, current.rjust(width) + " |"]


def _fit_label(label: str, width: int) -> str:
    """Return a name cut to the column; the level or `c.` before the dot stays whole."""
    if len(label) <= width:
        return label
    operator, dot, name = label.partition(".")
    room = width - len(operator) - len(dot)
    if not dot or not name or room < 5:
        return abbreviate_name(label, width)
    return operator + dot + abbreviate_name(name, room)


def _cells(row: CoefficientRow, style: TableStyle) -> list[Styled]:
    """Return what stands right of the bar in a row."""
    figures, fmt = row.figures, style.cformat or ESTIMATE_FORMAT
    estimate = cell(figures.estimate, fmt, ESTIMATE)
    if row.note and not style.legend:
        return [result(cell(figures.estimate, "%9.0g", ESTIMATE)), Styled(f"  {row.note}".rstrip())]
    if style.legend:
        return [result(estimate), Styled(f"  {row.legend}")]
    text = estimate + cell(figures.standard_error, fmt, ERROR)
    if row.bare:
        text += " " * (STATISTIC + P_VALUE)
    else:
        text += cell(figures.statistic, style.sformat or STATISTIC_FORMAT, STATISTIC)
        text += cell(figures.p_value, style.pformat or P_FORMAT, P_VALUE)
    if style.beta:
        return [result(text + cell(MISSING if row.beta is None else row.beta, fmt, LOWER + UPPER))]
    return [result(text + cell(figures.lower, fmt, LOWER) + cell(figures.upper, fmt, UPPER))]
