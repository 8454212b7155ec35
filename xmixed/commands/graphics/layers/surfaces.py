"""Layers of surfaces: `contour z y x` and `contourline z y x`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.making import Making
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.graphics.colors import color_of, ramp
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Heading, Plot, Stroke, Style
from xmixed.graphics.options.headings import heading_of
from xmixed.graphics.scales import round_ticks
from xmixed.graphics.text import plain
from xmixed.missing import MISSING
from xmixed.statistics.curves.surfaces import grid_of

METHODS = ("thinplatespline", "shepard", "none")
RULES = ("hue", "chue", "intensity", "linear")
MOST_LEVELS = 100


def contours(making: Making) -> Layer:
    """Make the bands or lines of a surface, and a key for each of them."""
    z, y, x = making.variables(3, 3)
    used = making.complete(z, y, x)
    filled = making.node.kind == "contour"
    if not used.any():
        return Layer((Plot(making.node.kind),), x.measure, y.measure)
    method = _choice(making, "interp", METHODS) or METHODS[0]
    try:
        across, along, surface = grid_of(x.values[used], y.values[used], z.values[used], method)
    except ValueError as error:
        raise StataError(198, f"contours cannot be drawn: {error}", making.node.span) from None
    cuts = _cuts(making, float(z.values[used].min()), float(z.values[used].max()))
    levels = _with_ends(cuts, surface) if filled else cuts
    colors = _colors(making, len(levels) - 1 if filled else len(levels))
    style = replace(making.looks.style("line", 0), colors=colors)
    plot = Plot(making.node.kind, across, along, style=style, surface=surface, levels=levels)
    format = making.options.word("format") or "%9.4g"
    texts = [format_value(float(value), format).strip() for value in levels]
    title = Heading((plain(z.measure.title),))
    for option in making.options.every("ztitle"):
        title = heading_of(option, making.scheme, making.notes, title)
    if filled:
        texts = [f"{low} – {high}" for low, high in zip(texts[:-1], texts[1:], strict=True)]
    elif not making.options.flag("colorlines"):
        return Layer((plot,), x.measure, y.measure)
    keys = [
        Plot("bar", style=Style(fill=color, line=Stroke(color)), label=text)
        if filled
        else _line_key(plot, color, text)
        for color, text in zip(colors, texts, strict=True)
    ]
    keys = keys if making.options.flag("reversekey") else keys[::-1]
    return Layer((plot, *keys), x.measure, y.measure, scale=title)


def _line_key(plot: Plot, color: str, text: str) -> Plot:
    style = replace(plot.style, colors=(), line=replace(plot.style.line, color=color))
    return Plot("line", style=style, label=text)


def _choice(making: Making, name: str, known: tuple[str, ...]) -> str:
    """Return what an option of one word says, maybe abbreviated; "" without it, r(198) for another word."""
    word = making.options.word(name)
    if not word:
        return ""
    found = [full for full in known if full.startswith(word)]
    if not found:
        raise StataError(198, f"option {name}() incorrectly specified: {word}")
    return found[0]


def _cuts(making: Making, low: float, high: float) -> np.ndarray:
    """Return the heights at which bands end: those of `ccuts()`, `levels()` even ones, else round numbers."""
    asked, count = making.options.value("ccuts"), making.options.value("levels")
    if asked is not None:
        cuts = np.unique([value for value in asked if value < MISSING])
    elif count is not None:
        if count != int(count) or not 1 <= count <= MOST_LEVELS:
            raise StataError(198, f"levels() must be an integer between 1 and {MOST_LEVELS}")
        cuts = np.linspace(low, high, int(count) + 1)[1:-1]
    else:
        cuts = np.array([value for value in round_ticks(low, high, 6) if low < value < high])
    if making.options.flag("minmax"):
        cuts = np.unique(np.concatenate([[low], cuts, [high]]))
    if not len(cuts):
        cuts = np.array([(low + high) / 2])
    if len(cuts) > MOST_LEVELS:
        raise StataError(198, f"too many levels: {len(cuts)}; at most {MOST_LEVELS} are drawn")
    return cuts


def _with_ends(cuts: np.ndarray, surface: np.ndarray) -> np.ndarray:
    """Return cuts with a lower and an upper end, so that everything lies in a band."""
    low, high = float(surface.min()), float(surface.max())
    ends = [low] if low < cuts[0] else []
    top = [high] if high > cuts[-1] else []
    levels = np.concatenate([ends, cuts, top])
    return levels if len(levels) > 1 else np.array([levels[0], levels[0] + 1.0])


def _colors(making: Making, count: int) -> tuple[str, ...]:
    """Return a colour for each band or line: those of `ccolors()` first, else steps of a ramp."""
    looks = making.looks
    filled = making.node.kind == "contour"
    if not filled and not making.options.flag("colorlines") and "ccolors" not in making.options:
        return (looks.color("lcolor clcolor", 0) or making.scheme.color(1),) * count
    steps = list(
        ramp(count, looks.color("scolor", 0), looks.color("ecolor", 0), _choice(making, "crule", RULES))
    )
    for i, word in enumerate(making.options.words("ccolors")[:count]):
        found = color_of(word, making.scheme.foreground, making.scheme.inside)
        if found is None:
            making.notes.unknown(word, "color")
        steps[i] = found or steps[i]
    return tuple(steps)
