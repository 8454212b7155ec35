"""Legends from their options and the plots that they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xmixed.errors import StataError
from xmixed.graphics.model import Legend, LegendEntry, Plot, Stroke
from xmixed.graphics.options.headings import color_word, heading_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.styles import stroke_of
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import POINTS_PER_CENT, clock_of, symbol_size, text_size
from xmixed.graphics.text import plain
from xmixed.language.nodes.graphs import GraphOption, GraphOptions, Marked


def legend_of(
    options: Sequence[GraphOption],
    plots: Sequence[Plot],
    scheme: Scheme,
    notes: Notes,
    usual: bool | None = None,
) -> Legend:
    """Return the legend.

    Parameters
    ----------
    options : sequence of GraphOption
        Every `legend()`, in the order typed.
    plots : sequence of Plot
        Keys are counted from 1 over them.
    usual : bool or None
        Whether there is one by default; None: with more than one plot.

    Raises
    ------
    StataError
        r(198): `order()` or `label()` that cannot be.
    """
    inside = GraphOptions(tuple(item for option in options for item in option.options))
    labels = {i + 1: plot.label for i, plot in enumerate(plots)}
    for option in inside.every("label"):
        number, text = _label(option)
        if number in labels:
            labels[number] = text
    shown = (len(plots) > 1) if usual is None else usual
    for item in inside:
        if item.name in ("on", "off"):
            shown = item.name == "on"
        elif item.name == "order" and not inside.flag("off"):
            shown = True
    if not shown or (inside.last("cols") is None and _is_off(options)):
        return Legend()
    order = inside.last("order")
    if order is None:
        entries = [LegendEntry(i - 1, text) for i, text in labels.items() if text]
    else:
        entries = _ordered(order, labels)
    legend = Legend(
        tuple(entries),
        columns=max(0, int(inside.value("cols", 0))),
        rows=max(0, int(inside.value("rows", 0))),
        column_first=inside.flag("colfirst"),
    )
    return _look(legend, inside, scheme, notes)


def legend_of_some(
    options: Sequence[GraphOption], plots: Sequence[Plot], shown: Sequence[int], scheme: Scheme, notes: Notes
) -> Legend:
    """Return the legend of some of the plots: keys are counted over those, intervals have none."""
    chosen = [plots[i] for i in shown]
    legend = legend_of(options, chosen, scheme, notes, len(chosen) > 1)
    entries = tuple(
        LegendEntry(shown[entry.plot] if entry.plot >= 0 else -1, entry.text) for entry in legend.entries
    )
    return replace(legend, entries=entries)


def _is_off(options: Sequence[GraphOption]) -> bool:
    return any(item.name == "off" for option in options for item in option.options)


def _label(option: GraphOption) -> tuple[int, str]:
    words: tuple[Marked, ...] = option.value or ()
    if len(words) < 1 or words[0].quoted or not words[0].text.isdecimal():
        raise StataError(198, "option label() incorrectly specified", option.span)
    return int(words[0].text), "\n".join(plain(word.text) for word in words[1:])


def _ordered(option: GraphOption, labels: dict[int, str]) -> list[LegendEntry]:
    """Return the entries of `order(1 "text" 2 - "heading")`."""
    entries: list[LegendEntry] = []
    renamed: list[bool] = []
    unknown = False  # the last number was that of no plot: its texts are left out with it
    for word in option.value or ():
        if word.quoted and unknown:
            continue
        if word.quoted:
            if not entries:
                raise StataError(198, "option order() incorrectly specified", option.span)
            last, text = entries[-1], plain(word.text)
            entries[-1] = LegendEntry(last.plot, f"{last.text}\n{text}" if renamed[-1] else text)
            renamed[-1] = True
        elif word.text.isdecimal():
            number = int(word.text)
            unknown = number not in labels
            if not unknown:
                entries.append(LegendEntry(number - 1, labels[number]))
                renamed.append(False)
        elif word.text == "-":
            unknown = False
            entries.append(LegendEntry(-1, ""))
            renamed.append(False)
        else:
            raise StataError(198, "option order() incorrectly specified", option.span)
    return entries


def _look(legend: Legend, inside: GraphOptions, scheme: Scheme, notes: Notes) -> Legend:
    position, ring, size = inside.word("position"), inside.word("ring"), inside.word("size")
    if position:
        clock = clock_of(position)
        if clock is None:
            raise StataError(198, f"option position() incorrectly specified: {position}")
        legend = replace(legend, position=clock)
    placed = inside.word("bplacement")
    if placed and clock_of(placed):
        legend = replace(legend, position=clock_of(placed) or 0)
    if ring.isdecimal():
        legend = replace(legend, ring=int(ring))
    if size:
        legend = replace(legend, size=text_size(size, scheme.label_size))
    key = inside.word("symxsize")
    if key:
        width = symbol_size(key, 4 * POINTS_PER_CENT)
        legend = replace(legend, symbol_width=max(width * 1.8, 6.0) if width else width)
    for option in inside.every("title", "subtitle"):
        heading = heading_of(option, scheme, notes, legend.title)
        legend = replace(legend, title=heading)
    for option in inside.every("region"):
        legend = _region(legend, option, scheme, notes)
    return replace(legend, color=color_word(inside, "color", scheme, notes))


def _region(legend: Legend, option: GraphOption, scheme: Scheme, notes: Notes) -> Legend:
    look = option.options
    fill = color_word(look, "fcolor", scheme, notes) or color_word(look, "color", scheme, notes)
    border = stroke_of(look, scheme, notes)
    if look.word("style") == "none" or look.word("lstyle") == "none" or look.word("lcolor") == "none":
        border = Stroke(pattern="blank")
    elif not border.color and look.word("color"):
        border = replace(border, color=fill)
    return replace(legend, fill=fill or legend.fill, border=border)
