"""Pooled estimates: the header of `mi estimate`, tables of variances and of degrees of freedom, tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.missing import MISSING
from xmixed.output import Line, Styled, line
from xmixed.render.layouts.estimation.coefficient_table import (
    BODY_WIDTH,
    ESTIMATE,
    ESTIMATE_FORMAT,
    P_FORMAT,
    STATISTIC_FORMAT,
    CoefficientRow,
    TableStyle,
    cell,
    labelled_rows,
    name_width,
)
from xmixed.render.layouts.estimation.mixed_header import GroupSummary, render_group_table
from xmixed.render.text import result, rule

LEFT = 29
"""Where what stands at the left ends: `DF adjustment:   Small sample`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the labels at the right begin, where their equals sign stands, and how wide a value is."""

    right: int
    equals: int
    value: int = 11


WIDE = Frame(50, 66)
GROUPED = Frame(48, 67, 10)
NARROW = Frame(34, 50)


@dataclass(frozen=True, slots=True)
class PooledHeader:
    """The header of `mi estimate`.

    Attributes
    ----------
    top, title : str
        `Multiple-imputation estimates`, and what was estimated; or `Transformations` and "".
    imputations, n_obs : float or None
        None: not shown.
    group : str
        The grouping variable, or "".
    groups : tuple of (label, value)
        `Number of groups` and sizes, as shown.
    average_rvi, largest_fmi : float
    complete_df : float or None
    adjustment : str
        `Small sample`
    degrees : tuple of three floats
        Smallest, average, largest.
    test : tuple of (kind, df, df of the denominator, F, p), or None
    within : str
        `OLS`
    frame : Frame
    levels : tuple of GroupSummary
        Several groupings, for a table of their own.
    """

    top: str
    title: str
    imputations: float | None
    n_obs: float | None
    group: str
    groups: tuple[tuple[str, str], ...]
    average_rvi: float
    largest_fmi: float
    complete_df: float | None
    adjustment: str
    degrees: tuple[float, float, float]
    test: tuple[str, float, float, float, float] | None
    within: str
    frame: Frame = WIDE
    levels: tuple[GroupSummary, ...] = ()


def render_pooled_header(header: PooledHeader) -> list[Line]:
    """Return the lines of the header."""
    rows: list[tuple[str, str, str]] = []
    if header.imputations is not None:
        rows.append((header.top, "Imputations", _count(header.imputations)))
    if header.n_obs is not None:
        rows.append((header.title, "Number of obs", _count(header.n_obs)))
    if header.levels:
        first = [_head_line(row, header.frame) for row in rows]
        return [*first, line(), *render_group_table(header.levels), line(), *_below(header, [])]
    return _below(header, rows)


def _below(header: PooledHeader, rows: list[tuple[str, str, str]]) -> list[Line]:
    """Return the lines of rows and of what follows: groups, variance information, test."""
    if header.groups:
        rows.append(("", "", ""))
        left = f"Group variable: {header.group}" if header.group else ""
        for place, (label, value) in enumerate(header.groups):
            rows.append((left if place == 0 else "", label, value))
    left = header.top if header.imputations is None else ""
    rows.append((left, "Average RVI", format_value(header.average_rvi, "%10.4f")))
    rows.append(("", "Largest FMI", format_value(header.largest_fmi, "%10.4f")))
    if header.complete_df is not None:
        rows.append(("", "Complete DF", _count(header.complete_df)))
    rows += _degrees(header)
    return [_head_line(row, header.frame) for row in rows]


def _degrees(header: PooledHeader) -> list[tuple[str, str, str]]:
    """Return the lines from `DF adjustment` on; what there is no room for moves to the left."""
    shown = [_fitted(value, "%10.2f", 10) for value in header.degrees]
    within = _left("Within VCE type:", header.within) if header.within else ""
    rows = [
        (_left("DF adjustment:", header.adjustment), "DF:     min", shown[0]),
        ("", "        avg", shown[1]),
    ]
    if header.test is None:
        return [*rows, (within, "        max", shown[2])]
    kind, df, residual, statistic, p_value = header.test
    label = f"F({df:4.0f},{_fitted(residual, '%7.1f', 7).rjust(7)})"
    return [
        *rows,
        ("", "        max", shown[2]),
        (_left("Model F test:", kind), label, format_value(statistic, "%10.2f")),
        (within, "Prob > F", format_value(p_value, "%10.4f")),
    ]


def _fitted(value: float, fmt: str, width: int) -> str:
    """Return a figure by its format, or with fewer digits where that is too wide; `.` for a missing one."""
    if not value < MISSING:
        return "."
    text = format_value(value, fmt).strip()
    return text if len(text) <= width else format_value(value, f"%{width}.0g").strip()


def _left(label: str, text: str) -> str:
    return label + text.rjust(LEFT - len(label))


def _count(value: float) -> str:
    return f"{value:.0f}" if value < MISSING else "."


def _head_line(row: tuple[str, str, str], frame: Frame) -> Line:
    left, label, value = row
    if not label:
        return line(left)
    head = left.ljust(frame.right) + label.ljust(frame.equals - frame.right) + "="
    return line(head, result(value.strip().rjust(frame.value)))


# --- tables ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VarianceFigures:
    """Within, between and total variance, relative increase, fraction of missing information, efficiency."""

    within: float
    between: float
    total: float
    rvi: float
    fmi: float
    efficiency: float


@dataclass(frozen=True, slots=True)
class InformationRow:
    """A coefficient's label with what stands beside it; None for one that is not estimated."""

    row: CoefficientRow
    cells: str | None


@dataclass(frozen=True, slots=True)
class InformationEquation:
    """Rows under the name of an equation, or "" for none."""

    rows: tuple[InformationRow, ...]
    name: str = ""


VARIANCE_HEAD = (
    "        Imputation variance                             Relative",
    "    Within   Between     Total       RVI       FMI    efficiency",
)
FMI_NOTE = "Note: FMIs are based on Rubin's large-sample degrees of freedom."


def variance_cells(figures: VarianceFigures) -> str:
    """Return the cells of the table of variances."""
    first = (figures.within, figures.between, figures.total, figures.rvi, figures.fmi)
    return "".join(cell(value, "%8.0g", 10) for value in first) + cell(figures.efficiency, "%8.0g", 14)


def render_variances(
    equations: Sequence[InformationEquation], style: TableStyle, title: str = "Variance information"
) -> list[Line]:
    """Return the table of `vartable` with its title and note."""
    table = _information("", VARIANCE_HEAD, equations, style)
    return [line(title), *table, line(FMI_NOTE)]


def degrees_cells(
    figures: tuple[float, float, float, float], df: float, increase: float, style: TableStyle
) -> str:
    """Return the cells of the table of degrees of freedom; figures are estimate, error, t and p."""
    estimate, error, statistic, p_value = figures
    fmt = style.cformat or ESTIMATE_FORMAT
    return (
        cell(estimate, fmt, ESTIMATE)
        + cell(error, fmt, 11)
        + cell(statistic, style.sformat or STATISTIC_FORMAT, 9)
        + cell(p_value, style.pformat or P_FORMAT, 8)
        + cell(df, "%10.1f", 13)
        + cell(increase, "%9.2f", 12)
    )


def render_degrees(
    depvar: str, equations: Sequence[InformationEquation], style: TableStyle, title: str = "Coef."
) -> list[Line]:
    """Return the table of `dftable`."""
    head = (
        "% Increase".rjust(BODY_WIDTH),
        f"{title:>{ESTIMATE}}   Std. Err.      t    P>|t|{'DF':>13}{'Std. Err.':>12}",
    )
    return _information(depvar, head, equations, style)


def _information(
    depvar: str, head: Sequence[str], equations: Sequence[InformationEquation], style: TableStyle
) -> list[Line]:
    labels = [item for equation in equations for item in _labels(equation)]
    width = name_width([depvar, *labels], style)
    inner = line(f"{rule(width + 1)}+{rule(BODY_WIDTH)}")
    outer = line(rule(width + 2 + BODY_WIDTH))
    names = [" " * (width + 1)] * (len(head) - 1) + [abbreviate_name(depvar, width).rjust(width) + " "]
    lines = [outer, *(line(f"{name}|{text}") for name, text in zip(names, head, strict=True)), inner]
    for place, equation in enumerate(equations):
        if place:
            lines.append(inner)
        if equation.name:
            lines.append(line(abbreviate_name(equation.name, width).ljust(width + 1) + "|"))
        cells = {id(item.row): item.cells for item in equation.rows}
        rows = [item.row for item in equation.rows]
        lines += labelled_rows(rows, width, style.vsquish, lambda row, own=cells: _cells(row, own))
    return [*lines, outer]


def _labels(equation: InformationEquation) -> list[str]:
    return [equation.name, *("#".join(item.row.block) or item.row.label for item in equation.rows)]


def _cells(row: CoefficientRow, cells: dict[int, str | None]) -> list[list[str | Styled]]:
    text = cells[id(row)]
    return [[f"  {row.note}"]] if text is None else [[result(text)]]


# --- transformations and tests --------------------------------------------------------------------------


def render_transformations(items: Sequence[tuple[str, str]]) -> list[Line]:
    """Return the names and expressions, `ratio: _b[x]/_b[y]`, after a blank line."""
    return [line(), *(line(f"{name:>13}: ", result(text)) for name, text in items)]


def render_pooled_test(statistic: float, df: int, residual: float, p_value: float) -> list[Line]:
    """Return the blank line and the two lines of `mi test`."""
    below = _fitted(residual, "%7.1f", 7).rjust(7)
    shown = format_value(statistic, "%8.2f").strip().rjust(8)
    return [
        line(),
        line(f"{' ' * 7}F({df:3d},{below}) =", result(shown)),
        line(f"{' ' * 13}Prob > F =", result(format_value(p_value, "%10.4f").strip().rjust(10))),
    ]
