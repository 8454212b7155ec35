"""What `cs`, `cc` and `ir` print: cases by exposure, measures of effect, strata."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

STUB = 16
_CELLS, _ESTIMATES = 24, 24


def _figure(value: float, width: int = 9) -> str:
    return format_value(value, "%9.0g").strip().rjust(width)


def render_exposure(
    rows: Sequence[tuple[str, float, float, float]],
    shares: Sequence[tuple[str, float, float, float]],
    exposure: str = "",
    exposed_share: Sequence[float] = (),
) -> list[Line]:
    """Return the table of counts: label, exposed, unexposed, total; the last row is the sum.

    Parameters
    ----------
    shares : sequence
        Risks or rates, below an empty line.
    exposure : str
        What the exposure is called.
    exposed_share : sequence of float
        Of each row, the share that is exposed.
    """
    more = 12 if exposed_share else 0
    edge = line(rule(STUB + 1) + "+" + rule(_CELLS) + "+" + rule(12 + more))
    empty = line(" " * (STUB + 1) + "|" + " " * _CELLS + "|")
    head = "   Exposed   Unexposed  |      Total" + ("     Exposed" if exposed_share else "")
    lines = [line()]
    if exposed_share:
        lines.append(line("Proportion".rjust(67)))
    if exposure:
        shown = cut(printable(exposure), _CELLS - 2)
        before = (_CELLS - columns_of(shown)) // 2
        lines.append(line(" " * (STUB + 1) + "|" + (" " * before + shown).ljust(_CELLS) + "|"))
    lines += [line(" " * (STUB + 1) + "|" + head), edge]
    for place, (label, first, second, total) in enumerate(rows):
        if place == 2:
            lines.append(edge)
        share = f"{exposed_share[place]:13.4f}" if exposed_share else ""
        figures = f"{_figure(first, 10)}{_figure(second, 12)}"
        lines.append(
            line(right(label, STUB) + " |", result(figures), "  |", result(f"{_figure(total, 11)}{share}"))
        )
    if shares:
        lines.append(empty)
    for label, first, second, total in shares:
        figures = f"{_figure(first, 10)}{_figure(second, 12)}"
        lines.append(line(right(label, STUB) + " |", result(figures), "  |", result(_figure(total, 11))))
    return [*lines, empty]


def render_measures(
    rows: Sequence[tuple[str, float, float, float, str]], level: float, tests: Sequence[tuple[str, str]]
) -> list[Line]:
    """Return estimates with limits (none where missing) and how these were made; then tests."""
    bar = " " * (STUB + 1) + "|"
    lines = [
        line(bar + "      Point estimate    |" + f"    [{level:g}% Conf. Interval]"),
        line(bar + rule(_ESTIMATES) + "+" + rule(24)),
    ]
    for label, estimate, low, high, how in rows:
        limits = ""
        if low < MISSING or high < MISSING:
            limits = f"   {_figure(low)}   {_figure(high)}" + (f" {how}" if how else "")
        shown = _figure(estimate, 17).ljust(_ESTIMATES)
        lines.append(line(right(label, STUB) + " |", result(shown), "|", result(limits)))
    lines.append(line(" " * (STUB + 1) + "+" + rule(49)))
    return [*lines, *(line(right(label, 40), result(f" {value}")) for label, value in tests)]


def render_strata(
    by: str,
    measure: str,
    rows: Sequence[tuple[str, float, float, float, float]],
    below: Sequence[tuple[str, float, float, float]],
    level: float,
    tests: Sequence[str],
    how: str = "",
) -> list[Line]:
    """Return the strata with their weights, crude and combined ratios, and tests."""
    edge = line(rule(STUB + 1) + "+" + rule(49))
    name = right(cut(printable(by), STUB), STUB)
    lines = [
        line(),
        line(f"{name} | {measure:>10}       [{level:g}% Conf. Interval]   M-H Weight"),
        edge,
    ]
    for label, estimate, low, high, weight in rows:
        figures = f"  {_figure(estimate)}    {_figure(low)}   {_figure(high)}    {_figure(weight)}"
        lines.append(
            line(right(cut(printable(label), STUB), STUB) + " |", result(figures), f" {how}".rstrip())
        )
    lines.append(edge)
    for label, estimate, low, high in below:
        figures = f"  {_figure(estimate)}    {_figure(low)}   {_figure(high)}"
        exact = how if label == "Crude" else ""
        tail = f"{'':14}{exact}".rstrip()
        lines.append(line(right(label, STUB) + " |", result(figures), tail))
    return [*lines, edge, *(line(text) for text in tests)]
