"""Titles, notes and texts at places of a graph from their options."""

from __future__ import annotations

from dataclasses import replace

from xmixed.errors import StataError
from xmixed.graphics.colors import color_of
from xmixed.graphics.model import Heading, Label, Titles
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import angle_of, clock_of, text_size
from xmixed.graphics.text import plain
from xmixed.language.nodes.graphs import GraphOption, GraphOptions

NO_HEADING, NO_TITLES = Heading(), Titles()
FIELDS = {
    "title": "title",
    "subtitle": "subtitle",
    "note": "note",
    "caption": "caption",
    "l1title": "left",
    "r1title": "right",
    "t1title": "top",
    "b1title": "bottom",
    "l2title": "left",
    "r2title": "right",
    "t2title": "top",
    "b2title": "bottom",
}


def heading_of(option: GraphOption, scheme: Scheme, notes: Notes, before: Heading = NO_HEADING) -> Heading:
    """Return a heading as an option says it; what it does not say stays as before."""
    look = option.options
    lines = before.lines if option.value is None else tuple(plain(line) for line in option.value)
    found = replace(before, lines=() if lines == ("",) else lines)
    size = look.word("size")
    if size:
        measured = text_size(size, before.size or scheme.subtitle_size)
        if measured is None:
            notes.unknown(size, "textsize")
        found = replace(found, size=measured)
    color = color_word(look, "color", scheme, notes)
    position = look.word("position")
    if position:
        clock = clock_of(position)
        if clock is None:
            raise StataError(198, f"option position() incorrectly specified: {position}", option.span)
        found = replace(found, position=clock)
    justify = look.word("justification") or look.word("placement")
    sides = {"l": "left", "r": "right", "c": "center", "w": "left", "e": "right"}
    ring = look.word("ring")
    return replace(
        found,
        color=color or found.color,
        justify=sides.get(justify[:1], found.justify),
        ring=int(ring) if ring.isdecimal() else found.ring,
        span=found.span or look.flag("span"),
    )


def color_word(options: GraphOptions, name: str, scheme: Scheme, notes: Notes) -> str:
    """Return the colour that an option with one colour says; "" without it."""
    words = options.words(name)
    if not words:
        return ""
    text = " ".join(words) if len(words) == 3 else words[0]
    found = color_of(text, scheme.foreground, scheme.inside)
    if found is None:
        notes.unknown(text, "color")
    return found or ""


def titles_of(options: GraphOptions, scheme: Scheme, notes: Notes, before: Titles = NO_TITLES) -> Titles:
    """Return the titles that options ask for, over those that are there before."""
    titles = before
    for option in options:
        field = FIELDS.get(option.name)
        if field is not None:
            heading = heading_of(option, scheme, notes, getattr(titles, field))
            titles = replace(titles, **{field: heading})
    return titles


def labels_of(options: GraphOptions, scheme: Scheme, notes: Notes) -> tuple[Label, ...]:
    """Return the texts of `text(y x "text" ..., look)`.

    Raises
    ------
    StataError
        r(198): not two numbers and then texts.
    """
    return tuple(
        label for option in options.every("text", "ttext") for label in _labels(option, scheme, notes)
    )


def _labels(option: GraphOption, scheme: Scheme, notes: Notes) -> list[Label]:
    words = list(option.value or ())
    look = option.options
    size = look.word("size")
    angle = look.word("orientation") or look.word("angle")
    place = look.word("placement") or look.word("position")
    axis = look.value("yaxis") or (1.0,)
    found = []
    while words:
        if len(words) < 3 or words[0].quoted or words[1].quoted or not words[2].quoted:
            raise StataError(198, f'invalid {option.name}() -- y x "text" expected', option.span)
        try:
            y, x = float(words[0].text), float(words[1].text)
        except ValueError:
            raise StataError(198, f"invalid {option.name}() -- numbers expected", option.span) from None
        del words[:2]
        lines = []
        while words and words[0].quoted:
            lines.append(plain(words.pop(0).text))
        clock = clock_of(place) if place else 0
        found.append(
            Label(
                x,
                y,
                tuple(lines),
                text_size(size, scheme.label_size) if size else None,
                color_word(look, "color", scheme, notes),
                clock or 0,
                (angle_of(angle) or 0.0) if angle else 0.0,
                int(axis[0]),
            )
        )
    return found
