"""Lists of survivor functions, and tests that they are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import result, rule

_LIST_WIDTH = 78


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One time: at risk before it, failures at it, those lost; a function with its error and limits."""

    time: float
    at_risk: float
    failures: float
    lost: float
    value: float
    error: float
    lower: float
    upper: float


def render_list(title: str, groups: Sequence[tuple[str, Sequence[CurveRow]]], level: float) -> list[Line]:
    """Return the table; each group has a line with its name, "" for none."""
    percent = f"{level:g}%"
    inner = line(rule(_LIST_WIDTH))
    lines = [
        line(),
        line(f"{'Beg.':>12}{'Net':>20}{title:>18}{'Std.':>11}".rstrip()),
        line(
            f"{'Time':>6}{'Total':>8}{'Fail':>7}{'Lost':>10}{'Function':>18}{'Error':>11}"
            f"{f'[{percent} Conf. Int.]':>19}"
        ),
        inner,
    ]
    for name, rows in groups:
        if name:
            lines.append(line(f"{name} "))
        lines += [_row(own) for own in rows]
    return [*lines, inner]


def _row(own: CurveRow) -> Line:
    text = format_value(own.time, "%6.0g").strip().rjust(6)
    counts = ((own.at_risk, 9), (own.failures, 7), (own.lost, 10))
    text += "".join(format_value(value, "%9.0g").strip().rjust(width) for value, width in counts)
    figures = ((own.value, 15), (own.error, 11), (own.lower, 10), (own.upper, 10))
    text += "".join(_shown(value).rjust(width) for value, width in figures)
    return line(result(text))


def render_list_at(
    title: str, groups: Sequence[tuple[str, Sequence[CurveRow]]], level: float, function: str
) -> list[Line]:
    """Return the table at times that the user chose; `function` names it in the note below."""
    inner = line(rule(_LIST_WIDTH + 1))
    lines = [
        line(),
        line(f"{'Beg.':>18}{title:>30}{'Std.':>10}"),
        line(
            f"{'Time':>8}{'Total':>10}{'Fail':>9}{'Function':>21}{'Error':>10}"
            f"{f'[{level:g}% Conf. Int.]':>21}"
        ),
        inner,
    ]
    for name, rows in groups:
        if name:
            lines.append(line(f"{name} "))
        for own in rows:
            counts = ((own.time, 8), (own.at_risk, 10), (own.failures, 9))
            text = "".join(format_value(value, "%8.0g").strip().rjust(width) for value, width in counts)
            figures = ((own.value, 21), (own.error, 10), (own.lower, 11), (own.upper, 10))
            text += "".join(_shown(value).rjust(width) for value, width in figures)
            lines.append(line(result(text)))
    return [
        *lines,
        inner,
        line(f"Note: {function} function is calculated over full data and evaluated at"),
        line("      indicated times; it is not calculated from aggregates shown at left."),
    ]


def _shown(value: float) -> str:
    return "." if value >= MISSING or value != value else format_value(value, "%6.4f").strip()


def render_equality(
    title: str,
    variable: str,
    rows: Sequence[tuple[str, float, float]],
    statistic: float,
    df: int,
    p_value: float,
) -> list[Line]:
    """Return the table of observed and expected failures, and the test below it."""
    width = max(12, len(variable), *(len(name) for name, _, _ in rows))
    inner = line(f"{rule(width)}+{rule(25)}")
    lines = [
        line(),
        line(),
        line(title),
        line(),
        line(f"{'':<{width}}|{'Events':>9}{'Events':>13}"),
        line(f"{variable:<{width}}|{'observed':>10}{'expected':>14}"),
        inner,
    ]
    for name, observed, expected in rows:
        cells = format_value(observed, "%9.0g").strip().rjust(9) + format_value(
            expected, "%10.2f"
        ).strip().rjust(15)
        lines.append(line(f"{name:<{width}}|", result(cells)))
    totals = sum(own for _, own, _ in rows), sum(own for _, _, own in rows)
    cells = format_value(totals[0], "%9.0g").strip().rjust(9) + format_value(
        totals[1], "%10.2f"
    ).strip().rjust(15)
    lines += [inner, line(f"{'Total':<{width}}|", result(cells)), line()]
    indent = " " * (width + 6)
    return [
        *lines,
        line(f"{indent}{f'chi2({df})':<8} = ", result(format_value(statistic, "%9.2f").strip().rjust(10))),
        line(f"{indent}Pr>chi2  = ", result(format_value(p_value, "%9.4f").strip().rjust(10))),
    ]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A group: time at risk, incidence rate, subjects, and times at which a share has failed."""

    name: str
    at_risk: float
    rate: float
    subjects: float
    quartiles: tuple[float, float, float]


def render_summary(variable: str, rows: Sequence[SummaryRow], total: SummaryRow) -> list[Line]:
    """Return what stsum shows."""
    lines = [
        line(),
        line(f"{'':>9}|{'incidence':>26}{'no. of':>13}{'|------ Survival time ----|':>29}"),
        line(f"{variable[:8]:<9}| time at risk{'rate':>11}{'subjects':>15}{'25%':>12}{'50%':>9}{'75%':>9}"),
        line(f"{rule(9)}+{rule(69)}"),
    ]
    lines += [_summary(own) for own in rows]
    if rows:
        lines.append(line(f"{rule(9)}+{rule(69)}"))
    return [*lines, _summary(total)]


def _summary(own: SummaryRow) -> Line:
    cells = format_value(own.at_risk, "%12.0g").strip().rjust(13)
    cells += format_value(own.rate, "%9.0g").strip().rjust(12)
    cells += format_value(own.subjects, "%9.0g").strip().rjust(14)
    for value, width in zip(own.quartiles, (12, 9, 9), strict=True):
        cells += format_value(value, "%9.0g").strip().rjust(width)
    return line(f"{own.name[:8]:>8} |", result(cells))


def render_proportionality(rows: Sequence[tuple[str, float, float, float, float]], names: bool) -> list[Line]:
    """Return the test of proportional hazards: rho, chi2, df and p of each covariate, last the global one."""
    lines = [line(), line("      Test of proportional-hazards assumption"), line()]
    lines.append(line("      Time:  Time"))
    outer = line(" " * 6 + rule(64))
    lines += [
        outer,
        line(f"{'|':>20}{'rho':>12}{'chi2':>13}{'df':>9}{'Prob>chi2':>16}"),
        line(f"      {rule(13)}+{rule(50)}"),
    ]
    for name, rho, chi2, df, p_value in rows:
        shown = "" if rho >= MISSING else format_value(rho, "%9.5f").strip()
        cells = shown.rjust(12) + format_value(chi2, "%9.2f").strip().rjust(13)
        cells += format_value(df, "%5.0f").strip().rjust(9) + format_value(p_value, "%9.4f").strip().rjust(16)
        if name == "global test":
            lines.append(line(f"      {rule(13)}+{rule(50)}"))
        lines.append(line(f"      {name[:12]:<13}|", result(cells)))
    return [*lines, outer]
