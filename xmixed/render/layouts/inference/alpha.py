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
    """An item: observations, sign, correlations with the scale and with the rest, the scale without it."""

    name: str
    n: int
    sign: str
    with_test: float
    with_rest: float
    without: Reliability


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


def _scale(found: Reliability, standardised: bool) -> str:
    average = _figure(found.average) if standardised else format_value(found.average, "%9.0g").strip()
    return f"{average:>16}{_figure(found.alpha):>12}"


def _figure(value: float) -> str:
    return format_value(value, "%9.4f").strip()
