"""The display of `alpha`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap
from xmixed.statistics.inference.reliability import Reliability

NAME, WIDTH = 12, 79


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item: observations, sign, correlations with the scale and with the rest, the scale without it.

    `label` is None where labels are not asked for.
    """

    name: str
    n: int
    sign: str
    with_test: float
    with_rest: float
    without: Reliability
    label: str | None = None


def render_alpha(
    found: Reliability,
    standardised: bool,
    reversed_items: Sequence[str],
    items: Sequence[ItemRow],
    linesize: int,
) -> list[Line]:
    """Return the display: the scale, or with items their table."""
    kind = "standardized" if standardised else "unstandardized"
    lines = [line(), line(f"Test scale = mean({kind} items)")]
    if items and items[0].label is not None:
        return [*lines, line(), *_labelled_items(found, standardised, items, linesize)]
    if items:
        return [*lines, line(), *_items(found, standardised, items)]
    if reversed_items:
        word = f"Reversed item{'s' if len(reversed_items) > 1 else ''}:  "
        first, *rest = wrap("  ".join(reversed_items), linesize - len(word))
        lines += [line(word, result(first)), *(line(" " * len(word), result(text)) for text in rest)]
    what = "correlation" if standardised else "covariance"
    average = format_value(found.average, "%9.4f" if standardised else "%9.0g")
    return [
        *lines,
        line(),
        line(f"Average interitem {what}:".ljust(30), result(average.rjust(12))),
        line("Number of items in the scale: ", result(f"{found.k:12d}")),
        line("Scale reliability coefficient:", result(format_value(found.alpha, "%12.4f"))),
    ]


def _items(found: Reliability, standardised: bool, items: Sequence[ItemRow]) -> list[Line]:
    what = "correlation" if standardised else "covariance "
    inner = line(rule(NAME + 1) + "+" + rule(WIDTH - NAME - 2))
    lines = [
        line(" " * 60 + "average"),
        line(" " * 29 + "item-test     item-rest       interitem"),
        line(f"Item         |  Obs  Sign   correlation   correlation     {what}     alpha"),
        inner,
    ]
    for item in items:
        cells = f"{item.n:5d}{item.sign:>5}{_figure(item.with_test):>13}{_figure(item.with_rest):>14}"
        lines.append(
            line(
                abbreviate_name(item.name, NAME).ljust(NAME) + " |",
                result(cells + _scale(item.without, standardised)),
            )
        )
    last = line("Test scale   |", result(" " * 37 + _scale(found, standardised)))
    return [*lines, inner, last, line(rule(WIDTH))]


def _labelled_items(
    found: Reliability, standardised: bool, items: Sequence[ItemRow], linesize: int
) -> list[Line]:
    """Return the table in narrow columns, with labels behind the figures."""
    average = "ii-cor" if standardised else "ii-cov"
    head = f"Item         |  Obs  Sign  it-test  it-rest  {average:>8}   alpha   Label"
    inner = line(rule(NAME + 1) + "+" + rule(WIDTH - NAME - 2))
    lines = [line(head), inner]
    for item in items:
        cells = f"{item.n:5d}{item.sign:>6}{_figure(item.with_test):>9}{_figure(item.with_rest):>9}"
        figures = cells + _narrow_scale(item.without, standardised)
        stub = abbreviate_name(item.name, NAME).ljust(NAME) + " |"
        first, *rest = wrap(item.label or "", linesize - len(stub) - len(figures) - 3) or [""]
        lines.append(line(stub, result(figures), f"   {first}".rstrip()))
        lines += [line(" " * NAME + " |" + " " * (len(figures) + 3) + text) for text in rest]
    last = line("Test scale   |", result(" " * 29 + _narrow_scale(found, standardised)), "   mean of items")
    return [*lines, inner, last, line(rule(WIDTH))]


def _narrow_scale(scale: Reliability, standardised: bool) -> str:
    average = _figure(scale.average) if standardised else format_value(scale.average, "%8.0g").strip()
    return f"{average:>10}{_figure(scale.alpha):>8}"


def _scale(found: Reliability, standardised: bool) -> str:
    average = _figure(found.average) if standardised else format_value(found.average, "%9.0g").strip()
    return f"{average:>16}{_figure(found.alpha):>12}"


def _figure(value: float) -> str:
    return format_value(value, "%9.4f").strip()
