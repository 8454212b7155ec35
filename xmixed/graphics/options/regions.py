"""Backgrounds, sizes and names of graphs from their options."""

from __future__ import annotations

import math
from dataclasses import replace

from xmixed.errors import StataError
from xmixed.graphics.model import Graph, Region, Stroke
from xmixed.graphics.options.headings import color_word
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.styles import stroke_of
from xmixed.graphics.schemes import FALLBACK, SCHEMES, Scheme, scheme_of
from xmixed.graphics.sizes import MARGINS, POINTS_PER_CENT
from xmixed.language.nodes.graphs import GraphOption, GraphOptions

SIDES = (0.5, 100.0)
"""Least and greatest width and height of a graph in inches."""
MOST_ASPECT = 100.0


def scheme_from(options: GraphOptions, standard: str, notes: Notes) -> Scheme:
    """Return the scheme that `scheme()` names, or the standard one."""
    name = options.word("scheme")
    if name and name not in SCHEMES:
        notes.add(f"(note:  scheme {name} not found, using {FALLBACK})")
        name = FALLBACK
    return scheme_of(name or standard)


def region_of(options: GraphOptions, scheme: Scheme, notes: Notes) -> Region:
    """Return the backgrounds of `graphregion()` and `plotregion()`."""
    region = Region()
    for option in options.every("graphregion"):
        look = option.options
        color = _fill(look, scheme, notes)
        border = _border(look, scheme, notes, Stroke(pattern="blank"))
        margin = _margin(look)
        region = replace(
            region,
            outside=color or region.outside,
            outside_border=border,
            margin=region.margin if margin is None else margin,
        )
    for option in options.every("plotregion"):
        look = option.options
        color = _fill(look, scheme, notes)
        padding = _size(look)
        region = replace(
            region,
            inside=color or region.inside,
            border=_border(look, scheme, notes, region.border),
            padding=region.padding if padding is None else padding / 100,
        )
    return region


def _fill(look: GraphOptions, scheme: Scheme, notes: Notes) -> str:
    for name in ("ifcolor", "icolor", "fcolor", "color"):
        found = color_word(look, name, scheme, notes)
        if found:
            return found
    return ""


def _border(look: GraphOptions, scheme: Scheme, notes: Notes, usual: Stroke) -> Stroke:
    if look.word("style") == "none" or look.word("lstyle") == "none" or look.word("lcolor") == "none":
        return Stroke(pattern="blank")
    found = stroke_of(look, scheme, notes)
    return found if found.color else usual


def _margin(look: GraphOptions) -> float | None:
    """Return the margin around a graph in points."""
    size = _size(look)
    return None if size is None else size * POINTS_PER_CENT + 4.0


def _size(look: GraphOptions) -> float | None:
    """Return a margin in per cent; of margins by side the largest counts."""
    words = look.words("margin")
    if not words:
        return None
    sizes = []
    for word in words:
        value = word.rpartition("=")[2]
        if value in MARGINS:
            sizes.append(MARGINS[value])
        else:
            try:
                sizes.append(float(value))
            except ValueError:
                continue
    return min(max(sizes), 40.0) if sizes else None


def with_sizes(graph: Graph, options: GraphOptions, notes: Notes) -> Graph:
    """Return the graph in the size, shape and scale that options ask for."""
    width, height = _side(options.last("xsize")), _side(options.last("ysize"))
    aspect = options.word("aspectratio")
    scale = options.word("scale")
    return replace(
        graph,
        width=width or graph.width,
        height=height or graph.height,
        aspect=min(MOST_ASPECT, _number(aspect, "aspectratio")) if aspect else graph.aspect,
        scale=min(5.0, max(0.1, _number(scale.lstrip("*"), "scale"))) if scale else graph.scale,
    )


def _side(option: GraphOption | None) -> float | None:
    if option is None or not option.value:
        return None
    text = option.value[0].text
    unit = next((unit for unit in ("in", "cm", "pt") if text.endswith(unit)), "")
    value = _number(text.removesuffix(unit), option.name) / {"cm": 2.54, "pt": 72.0}.get(unit, 1.0)
    if not SIDES[0] <= value <= SIDES[1]:
        raise StataError(
            198, f"{option.name}() must be between {SIDES[0]:g} and {SIDES[1]:g} inches", option.span
        )
    return value


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise StataError(198, f"option {name}() incorrectly specified")
    return value
