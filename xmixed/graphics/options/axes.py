"""Axes from their options and the range of what is plotted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from xmixed.errors import StataError
from xmixed.formats import format_value, is_date_format
from xmixed.graphics.model import Axis, Heading, Reference, Stroke, Tick
from xmixed.graphics.options.headings import color_word, heading_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.styles import stroke_of
from xmixed.graphics.scales import date_ticks, log_ticks, minor_ticks, round_ticks
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import angle_of, text_size
from xmixed.graphics.text import plain
from xmixed.language.nodes.graphs import GraphOption, GraphOptions, TickRule
from xmixed.missing import MISSING

USUAL = (TickRule("count", count=5),)


@dataclass(frozen=True, slots=True)
class Along:
    """What an axis shows.

    Attributes
    ----------
    low, high : float or None
        Range of what is plotted; None without anything.
    smallest_positive : float or None
        For a logarithmic axis.
    title : str
        When no option gives one.
    format : str
        Of its numbers.
    value_label : dict of float to str
    categories : tuple of Tick
        Labels of an axis of categories, in place of numbers.
    tiers : tuple of tuple of Tick
    """

    low: float | None = None
    high: float | None = None
    smallest_positive: float | None = None
    title: str = ""
    format: str = "%9.0g"
    value_label: dict[float, str] | None = None
    categories: tuple[Tick, ...] = ()
    tiers: tuple[tuple[Tick, ...], ...] = ()


def axis_of(
    letter: str, number: int, options: GraphOptions, along: Along, scheme: Scheme, notes: Notes
) -> Axis:
    """Return the axis `letter` (x or y) with a number (1 or 2).

    Raises
    ------
    StataError
        r(198): a scale, angle or rule that cannot be.
    """
    stems = (letter, "t") if letter == "x" else (letter,)

    def every(*names: str) -> list[GraphOption]:
        wanted = [f"{stem}{name}" for stem in stems for name in names]
        return [option for option in options.every(*wanted) if _number_of(option) == number]

    axis = _scale(every("scale"), scheme, notes)
    low, high = _data_range(along, axis.log)
    labels = every("label")
    ticks = _ticks(labels, low, high, along, axis.log)
    extra = [value for option in every("tick") for value in _places(option, low, high, axis.log)]
    minor = [value for option in every("mtick") for value in _minor(option, ticks, low, high, axis.log)]
    small = [tick for option in every("mlabel") for tick in _rule_ticks(option, low, high, along, axis.log)]
    ticks = tuple(
        sorted({tick.value: tick for tick in (*small, *ticks)}.values(), key=lambda tick: tick.value)
    )
    inside = [t.value for t in ticks] + extra
    low, high = min([low, *inside]), max([high, *inside])
    for option in every("scale"):
        given = [value for value in option.options.value("range", ()) if value < MISSING]
        low, high = min([low, *given]), max([high, *given])
    title = Heading((plain(along.title),) if along.title else ())
    for option in every("title"):
        title = heading_of(option, scheme, notes, replace(title, size=title.size))
    references = tuple(
        Reference(value, stroke_of(option.options, scheme, notes))
        for option in every("line")
        for value in _places(option, low, high, axis.log)
    )
    axis = replace(
        axis,
        title=title,
        minimum=low,
        maximum=high,
        ticks=ticks,
        minor=tuple(sorted({*extra, *minor})),
        tiers=along.tiers,
        references=references,
    )
    for option in labels:
        axis = _label_look(axis, option, scheme, notes)
    return axis


def _number_of(option: GraphOption) -> int:
    axis = option.options.last("axis")
    value = None if axis is None else axis.value
    if not value:
        return 1
    first = value[0]
    number = first.text if hasattr(first, "text") else f"{first:g}"
    return 2 if number == "2" else 1


def _scale(options: list[GraphOption], scheme: Scheme, notes: Notes) -> Axis:
    axis = Axis()
    for option in options:
        look = option.options
        axis = replace(
            axis,
            log=look.flag("log") if "log" in look else axis.log,
            reversed=axis.reversed or look.flag("reverse"),
            shown=(axis.shown and not look.flag("off")) or look.flag("on"),
            line=axis.line and (look.last("line") is None or look.flag("line")),
            opposite=axis.opposite or look.flag("alternate"),
        )
    return axis


def _data_range(along: Along, log: bool) -> tuple[float, float]:
    low, high = along.low, along.high
    if low is None or high is None:
        return (1.0, 10.0) if log else (0.0, 1.0)
    if log and low <= 0:
        low = along.smallest_positive or 1.0
        high = max(high, low)
    return low, high


def _usual_ticks(low: float, high: float, count: int, along: Along, log: bool) -> tuple[float, ...]:
    if log:
        return log_ticks(low, high, count)
    if is_date_format(along.format):
        return date_ticks(low, high, _date_unit(along.format), count)
    return round_ticks(low, high, count)


def _date_unit(format: str) -> str:
    rest = format.lstrip("%-0123456789.")
    return rest[1:2] if rest.startswith("t") else "d"


def _ticks(options: list[GraphOption], low: float, high: float, along: Along, log: bool) -> tuple[Tick, ...]:
    """Return the labelled ticks: those of the rules, else of the categories, else round numbers."""
    usual = along.categories or _labelled(_usual_ticks(low, high, 5, along, log), along, GraphOptions())
    found: dict[float, Tick] = {}
    asked = False
    for option in options:
        if option.value is None:  # only a look
            continue
        if option.options.flag("add") and not asked:
            found |= {tick.value: tick for tick in usual}
        elif not option.options.flag("add"):
            found = {}
        asked = True
        found |= {tick.value: tick for tick in _rule_ticks(option, low, high, along, log)}
    if not asked:
        look = next((o.options for o in reversed(options)), GraphOptions())
        return usual if along.categories else _labelled(tuple(t.value for t in usual), along, look)
    return tuple(found[value] for value in sorted(found))


def _rule_ticks(option: GraphOption, low: float, high: float, along: Along, log: bool) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    for rule in option.value or ():
        if rule.kind == "text":
            if not ticks:
                raise StataError(198, f"invalid label specifier, : {option.text}:", option.span)
            ticks[-1] = Tick(ticks[-1].value, plain(rule.text))
        else:
            values = _values(rule, option, low, high, along, log)
            ticks += _labelled(values, along, option.options)
    return tuple(ticks)


def _values(
    rule: TickRule, option: GraphOption, low: float, high: float, along: Along, log: bool
) -> tuple[float, ...]:
    if rule.kind == "numbers":
        usual = any(value >= MISSING for value in rule.numbers)
        known = _usual_ticks(low, high, 5, along, log) if usual else ()
        return (*known, *(value for value in rule.numbers if value < MISSING))
    if rule.kind in ("count", "minor"):
        return _usual_ticks(low, high, max(1, rule.count), along, log)
    if rule.text == "minmax":
        return (low, high) if high > low else (low,)
    if rule.text == "none":
        return ()
    raise StataError(198, f"invalid label specifier, : {option.text}:", rule.span)


def _labelled(values: tuple[float, ...], along: Along, look: GraphOptions) -> tuple[Tick, ...]:
    """Return ticks with their numbers, or their value labels, as text."""
    written = look.word("format") or along.format
    if not written.startswith("%"):
        raise StataError(120, "invalid %format")
    names = along.value_label if along.value_label and look.flag("valuelabel") else {}
    return tuple(Tick(v, plain(names.get(v) or _text(v, written, bool(look.word("format"))))) for v in values)


def _text(value: float, format: str, asked: bool) -> str:
    if value >= MISSING:
        return "."
    text = format_value(value, format).strip()
    if asked or is_date_format(format):
        return text
    # %8.0g may show fewer digits than tell two ticks apart
    return text if "e" not in text and float_of(text) == value else format_value(value, "%10.0g").strip()


def float_of(text: str) -> float:
    """Return the number that a formatted text shows; NaN where it shows none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return math.nan


def _places(option: GraphOption, low: float, high: float, log: bool) -> list[float]:
    along = Along(low, high)
    return [
        value
        for rule in option.value or ()
        if rule.kind != "text"
        for value in _values(rule, option, low, high, along, log)
    ]


def _minor(option: GraphOption, ticks: tuple[Tick, ...], low: float, high: float, log: bool) -> list[float]:
    """Return the places of `ymtick()`: `##5` cuts the spaces between labels, other rules are places."""
    rules = option.value or ()
    if any(rule.kind == "minor" for rule in rules):
        parts = next(rule.count for rule in rules if rule.kind == "minor")
        return list(minor_ticks(tuple(tick.value for tick in ticks), parts))
    return _places(option, low, high, log)


def _label_look(axis: Axis, option: GraphOption, scheme: Scheme, notes: Notes) -> Axis:
    look = option.options
    angle = look.word("angle")
    if angle:
        degrees = angle_of(angle)
        if degrees is None:
            notes.unknown(angle, "anglestyle")
        axis = replace(axis, angle=degrees)
    size = look.word("labsize")
    if size:
        measured = text_size(size, scheme.label_size)
        if measured is None:
            notes.unknown(size, "textsize")
        axis = replace(axis, label_size=measured)
    grid = look.last("grid")
    stroke = axis.grid_stroke
    width, pattern = look.word("glwidth"), look.word("glpattern")
    if width or pattern or look.word("glcolor"):
        from xmixed.graphics.sizes import is_pattern, line_width

        stroke = Stroke(
            color_word(look, "glcolor", scheme, notes),
            line_width(width) if width else None,
            pattern if is_pattern(pattern) else "",
        )
    hidden = look.last("labels") is not None and not look.flag("labels")
    bare = look.last("ticks") is not None and not look.flag("ticks")
    return replace(
        axis,
        label_color=color_word(look, "labcolor", scheme, notes) or axis.label_color,
        grid=axis.grid if grid is None else grid.value is not False,
        grid_stroke=stroke,
        tick_marks=axis.tick_marks and not bare,
        opposite=axis.opposite or look.flag("alternate"),
        ticks=tuple(Tick(tick.value) for tick in axis.ticks) if hidden else axis.ticks,
    )


Formatter = Callable[[float], str]
