"""Layers of points, lines, bars at points, ranges, and lines between pairs of points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, Columns
from xmixed.commands.graphics.layers.making import Making
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Plot, Stroke
from xmixed.graphics.sizes import clock_of
from xmixed.graphics.text import plain
from xmixed.language.nodes import Pattern
from xmixed.language.nodes.graphs import GraphOptions
from xmixed.missing import is_missing

_DRAWN = {"tsline": "line", "scatteri": "scatter"}


def points(making: Making) -> Layer:
    kind = _DRAWN.get(making.node.kind, making.node.kind)
    if making.node.kind == "tsline":
        ys, x = making.variables(1), _time(making)
    else:
        *ys, x = making.variables(2)
    plots = tuple(_series(making, kind, i, y, x) for i, y in enumerate(ys))
    return Layer(plots, x.measure, ys[0].measure, tuple(y.measure.title for y in ys))


def _time(making: Making) -> Column:
    if not making.time:
        raise StataError(111, "time variable not set, use tsset varname ...")
    return making.columns.columns((Pattern(making.time),))[0]


def _series(making: Making, kind: str, i: int, y: Column, x: Column) -> Plot:
    weights = making.columns.weights(making.node)
    used = making.complete(x, weights=weights)
    gaps = making.looks.word("cmissing", i) in ("n", "no")
    lined = kind in ("line", "connected", "area")
    if not (gaps and lined):
        used &= ~is_missing(y.values)
    rows = _sorted(making, np.flatnonzero(used), x)
    xs, ys = x.values[rows], y.values[rows]
    ys = np.where(is_missing(ys), np.nan, ys) if gaps and lined else ys
    style = making.looks.style(kind, i)
    if style.connect == "ascending":
        xs, ys = broken_where_descending(xs, ys)
        style = replace(style, connect="direct")
    xs, ys = _jittered(making, xs, ys)
    label = _series_label(making, y)
    sizes = weights[rows] if weights is not None and kind == "scatter" else np.empty(0)
    plot = Plot(kind, xs, ys, style=style, label=label, number=making.number(i), sizes=sizes)
    return with_texts(plot, making.columns, making.options, rows) if len(xs) == len(rows) else plot


def _series_label(making: Making, column: Column) -> str:
    return plain(column.measure.title)


def _sorted(making: Making, rows: np.ndarray, x: Column) -> np.ndarray:
    """Return rows in the order of `sort` (by x) or of the variables of `sort()`."""
    option = making.options.last("sort")
    if option is None:
        return rows
    if option.value is None:
        return rows[np.argsort(x.values[rows], kind="stable")]
    keys = making.columns.columns(option.value)
    for key in reversed(keys):
        rows = rows[np.argsort(key.values[rows], kind="stable")]
    return rows


def broken_where_descending(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a line with gaps where x does not increase: `connect(L)` connects ascending values only."""
    cuts = np.flatnonzero(x[1:] <= x[:-1]) + 1
    return np.insert(x, cuts, x[cuts]) if len(cuts) else x, np.insert(y, cuts, np.nan) if len(cuts) else y


def with_texts(plot: Plot, columns: Columns, options: GraphOptions, rows: np.ndarray) -> Plot:
    """Return a plot of some observations, in their order, with what `mlabel()` writes beside its points."""
    option = options.last("mlabel")
    if option is None or not option.value:
        return plot
    names = resolve_varlist(option.value, columns.data)
    texts = tuple(plain(text) for text in columns.texts(names[0], rows))
    position = options.last("mlabvposition")
    if position is None or not position.value:
        return replace(plot, texts=texts)
    (column, *_) = columns.columns(position.value)
    hours = column.values[rows]
    usual = float(plot.style.label_position)
    return replace(plot, texts=texts, clocks=np.where(np.isin(hours, range(13)), hours, usual))


def _jittered(making: Making, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Move points a little at random (`jitter(#)`, in per cent of the graph), the same way every time."""
    word = making.options.word("jitter")
    if not word or not len(x):
        return x, y
    try:
        share, seed = float(word) / 100, int(making.options.word("jitterseed") or 0)
    except ValueError:
        raise StataError(198, "option jitter() incorrectly specified") from None
    random = np.random.default_rng(abs(seed))
    width, height = np.ptp(x), np.ptp(y)
    return (
        x + random.uniform(-0.5, 0.5, len(x)) * share * width,
        y + random.uniform(-0.5, 0.5, len(y)) * share * height,
    )


# --- ranges and pairs -------------------------------------------------------------------------------------


def ranges(making: Making) -> Layer:
    kind = making.node.kind
    if kind == "tsrline":
        kind, x = "rline", _time(making)
        low, high = making.variables(2, 2)
    else:
        low, high, x = making.variables(3, 3)
    rows = _sorted(making, np.flatnonzero(making.complete(low, high, x)), x)
    style = making.looks.style(kind, 0)
    title = f"{low.measure.title}/{high.measure.title}"
    plot = Plot(
        kind,
        x.values[rows],
        low.values[rows],
        y2=high.values[rows],
        style=style,
        label=plain(title),
        number=making.number(),
    )
    return Layer((plot,), x.measure, replace(low.measure, title=title))


_PAIR_KINDS = {"pci": "pcspike", "pcarrowi": "pcarrow", "pcbarrow": "pcarrow", "pcscatter": "pccapsym"}


def pairs(making: Making) -> Layer:
    kind = _PAIR_KINDS.get(making.node.kind, making.node.kind)
    y1, x1, y2, x2 = making.variables(4, 4)
    used = making.complete(y1, x1, y2, x2)
    arrays = [column.values[used] for column in (x1, y1, x2, y2)]
    title = f"{y1.measure.title}/{y2.measure.title}"
    plot = _pair_plot(making, kind, arrays, title)
    return Layer((plot,), x1.measure, replace(y1.measure, title=title))


def _pair_plot(making: Making, kind: str, arrays: list[np.ndarray], title: str) -> Plot:
    style = making.looks.style(kind, 0)
    if making.node.kind == "pcbarrow":
        style = replace(style, connect="both")
    if making.node.kind == "pcscatter":
        style = replace(style, line=Stroke(pattern="blank"))
    x, y, x2, y2 = arrays
    return Plot(kind, x, y, x2=x2, y2=y2, style=style, label=plain(title), number=making.number())


def immediate(making: Making) -> Layer:
    """Make points or pairs of points of numbers that were typed, each maybe with a position and a text."""
    width = 2 if making.node.kind == "scatteri" else 4
    rows: list[list[float]] = [[]]
    texts: list[str] = []
    clocks: list[float] = []
    for item in making.node.argument:
        if item.kind == "number":
            if len(rows[-1]) == width:
                rows.append([])
            rows[-1].append(item.value)
        elif len(rows[-1]) != width:
            raise StataError(198, "invalid syntax", item.span)
        elif item.kind == "clock":
            found = clock_of(f"{item.value:g}")
            clocks += [3.0] * (len(rows) - len(clocks))
            clocks[-1] = clocks[-1] if found is None else float(found)
        else:
            texts += [""] * (len(rows) - 1 - len(texts)) + [plain(item.text)]
    if any(len(row) != width for row in rows):
        raise StataError(
            198, "numbers come in pairs: y x" if width == 2 else "numbers come in fours: y x y x"
        )
    table = np.array(rows)
    labels = tuple(texts + [""] * (len(rows) - len(texts))) if texts else ()
    if width == 4:
        kind = _PAIR_KINDS[making.node.kind]
        plot = _pair_plot(making, kind, [table[:, i] for i in (1, 0, 3, 2)], "")
        return Layer((replace(plot, texts=labels),))
    style = making.looks.style("scatter", 0)
    plot = Plot("scatter", table[:, 1], table[:, 0], style=style, texts=labels, number=making.number())
    if clocks and "mlabposition" not in making.options:
        plot = replace(plot, clocks=np.array(clocks + [3.0] * (len(rows) - len(clocks))))
    return Layer((plot,))
