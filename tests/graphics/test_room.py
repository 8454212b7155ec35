"""The graphics room alone: scales, words for looks, graphs in files, pictures."""

from __future__ import annotations

import io
import math
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.graphics.colors import color_of, intensified
from xmixed.graphics.decimate import thin_line, thin_points
from xmixed.graphics.drawing.figure import draw, save
from xmixed.graphics.export import Picture, picture_kind, write_picture
from xmixed.graphics.files import read_graph, write_graph
from xmixed.graphics.looks import look_of
from xmixed.graphics.model import (
    Axes,
    Axis,
    Graph,
    Heading,
    Legend,
    LegendEntry,
    Panels,
    Plot,
    Reference,
    Stroke,
    Style,
    Tick,
    Titles,
)
from xmixed.graphics.scales import date_ticks, log_ticks, round_ticks
from xmixed.graphics.schemes import SCHEMES, scheme_of
from xmixed.graphics.sizes import angle_of, clock_of, dashes, symbol_of, text_size
from xmixed.graphics.text import plain


def picture(graph: Graph, dots: float = 72) -> np.ndarray:
    """Return a graph as an array of pixels, shape (height, width, 3)."""
    from PIL import Image

    stream = io.BytesIO()
    save(graph, stream, "png", dots)
    return np.asarray(Image.open(stream).convert("RGB")).astype(int)


def simple(*plots: Plot, **fields: object) -> Graph:
    axis = Axis(minimum=0, maximum=10, ticks=tuple(Tick(v, str(v)) for v in (0, 5, 10)))
    return Graph(plots, Axes(axis, axis), **fields)  # pyright: ignore[reportArgumentType]


DOTS = Plot("scatter", np.arange(11.0), np.arange(11.0), label="dots")


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12))
@settings(max_examples=60, deadline=None)
def test_labels_of_axes_are_round_and_cover_the_range_to_half_a_step(low: float, width: float) -> None:
    high = low + width
    if not high > low:
        return
    ticks = round_ticks(low, high)
    if len(ticks) < 2 or abs(low) / width > 1e9:
        return
    step = ticks[1] - ticks[0]
    assert 2 <= len(ticks) <= 9
    assert abs(ticks[0] - low) <= 0.51 * step and abs(ticks[-1] - high) <= 0.51 * step
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5, 10)) < 1e-3


def test_labels_on_logarithmic_and_time_axes() -> None:
    assert log_ticks(1, 1000) == (1, 10, 100, 1000)
    assert log_ticks(2, 50) == (2, 5, 10, 20, 50)
    years = date_ticks(14610, 18262, "d")  # 1 January 2000 to 31 December 2009
    assert [1960 + value / 365.25 for value in years] == pytest.approx(
        [2000, 2002, 2004, 2006, 2008, 2010], abs=0.01
    )
    assert date_ticks(480, 492, "m") == (480, 483, 486, 489, 492)


def test_words_for_colours_sizes_and_symbols() -> None:
    assert color_of("navy") == "#1a476fff"
    assert color_of("255 0 0") == color_of("red") == "#ff0000ff"
    assert color_of("red%40") == "#ff000066"
    assert color_of("#00ff00") == "#00ff00ff"
    assert color_of("none") == "#00000000"
    assert color_of("navvy") is color_of("red*x") is color_of("1 2") is None
    assert intensified("#000000ff", 0.5) == "#808080ff"  # half way to white
    assert symbol_of("Oh") == symbol_of("circle_hollow") == ("circle", True, 1.0)
    assert symbol_of("th") == ("triangle", True, 0.7)
    assert symbol_of("i") == ("none", False, 1.0)
    assert symbol_of("circel") is None
    assert text_size("*2", 10) == 20 and text_size("small") == pytest.approx(8, abs=0.05)
    assert (
        angle_of("vert") == 90
        and angle_of("-30") == -30
        and angle_of("up") is angle_of("9e999") is None
        and angle_of("405") == 45
    )
    assert clock_of("ne") == 1 and clock_of("11") == 11 and clock_of("13") is None
    assert dashes("dash") and dashes("-.") and dashes("solid") == ()


def test_markup_in_text_becomes_plain_text() -> None:
    assert plain("{it:R}{sup:2} of {&alpha;} and {&beta}") == "R² of α and β"
    assert plain("{bf:a {it:b}} {c}") == "a b {c}"
    assert plain("$x^2$ [b] {unclosed") == "$x^2$ [b] {unclosed"
    assert plain("bell\x07tab\t") == "belltab"


def test_default_colours_are_told_apart_by_people_with_any_colour_vision() -> None:
    """Simulated by the matrices of Machado et al. (2009) for full protanopia and deuteranopia."""
    protan = np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    )
    deutan = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    )
    colors = scheme_of("xmixed").colors[:6]
    rgb = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in colors]) ** 2.2
    for matrix in (np.eye(3), protan, deutan):
        seen = np.clip(rgb @ matrix.T, 0, 1) ** (1 / 2.2)
        distance = np.linalg.norm(seen[:, None] - seen[None], axis=2) + np.eye(len(seen)) * 9
        assert distance.min() > 0.12


def test_a_style_without_wishes_takes_its_schemes_look() -> None:
    for name, scheme in SCHEMES.items():
        assert scheme.name == name and all(len(color) == 9 for color in scheme.colors)
        look = look_of(replace(DOTS, number=2), scheme)
        assert look.symbol_fill == scheme.color(2)
    red = replace(DOTS, style=Style(symbol="square", symbol_fill="#ff0000ff", line=Stroke(pattern="dash")))
    look = look_of(red, scheme_of("s1mono"), scale=2)
    assert (look.symbol, look.symbol_fill, look.pen.dashes) == ("square", "#ff0000ff", dashes("dash"))
    assert look.symbol_size == 2 * scheme_of("s1mono").symbol_size


def graph_with_everything() -> Graph:
    box = Plot(
        "box",
        np.array([1.0, 2]),
        np.array([9.0]),
        x2=np.array([1.0]),
        boxes=np.array([[1.0, 2, 3, 4, 5], [2, 3, 4, 5, 8]]),
    )
    kinds = "line connected area bar spike dropline dot".split()
    ranges = "rarea rbar rspike rcap rcapsym rline rscatter rconnected".split()
    pairs = "pcspike pcarrow pccapsym".split()
    x = np.arange(11.0)
    gap = np.where(x == 5, np.nan, x)
    plots = [DOTS, box, *(Plot(kind, x, gap, label=kind, number=i) for i, kind in enumerate(kinds, 1))]
    plots += [Plot(kind, x, gap - 1, y2=gap + 1, label=kind) for kind in ranges]
    plots += [Plot(kind, x, gap, x2=x + 1, y2=x, label=kind) for kind in pairs]
    plots += [Plot("lines", x, gap, style=Style(horizontal=True, line=Stroke(pattern="dash")))]
    plots += [Plot("scatter", x, x, texts=tuple("abcdefghijk"), sizes=x + 1)]
    entries = tuple(LegendEntry(i, plot.label) for i, plot in enumerate(plots) if plot.label)
    return simple(
        *plots, legend=Legend(entries), titles=Titles(Heading(("title",)), note=Heading(("note", "more")))
    )


def test_every_kind_of_plot_is_drawn_and_comes_back_from_its_file() -> None:
    graph = graph_with_everything()
    pie = Graph((Plot("pie", y=np.array([1.0, 2, 3]), texts=("a", "b", "c")),))
    both = Graph(panels=Panels((graph, pie), 1, 2), scheme="s2color", command="graph combine a b")
    stream = io.BytesIO()
    write_graph(stream, both)
    again = read_graph(io.BytesIO(stream.getvalue()), "a.gph")
    assert again.panels is not None and again.command == both.command
    first = again.panels.graphs[0]
    assert [plot.kind for plot in first.plots] == [plot.kind for plot in graph.plots]
    for one, other in zip(first.plots, graph.plots, strict=True):
        assert one.style == other.style
        np.testing.assert_array_equal(one.y, other.y)
        np.testing.assert_array_equal(one.boxes, other.boxes)
    assert (first.axes, first.titles, first.legend) == (graph.axes, graph.titles, graph.legend)
    np.testing.assert_array_equal(picture(again), picture(both))


def test_damaged_and_foreign_graph_files_are_refused() -> None:
    stream = io.BytesIO()
    write_graph(stream, simple(DOTS))
    whole = stream.getvalue()
    for content in (
        b"",
        b"StataFileGraph",
        whole[: len(whole) // 2],
        whole.replace(b"graph.json", b"graph.jsox"),
    ):
        with pytest.raises(StataError) as caught:
            read_graph(io.BytesIO(content), "bad.gph")
        assert caught.value.code == 610


@pytest.mark.parametrize(
    "text",
    [
        '{"format": 1, "graph": {"type": "Popen", "fields": {}}}',
        '{"format": 1, "graph": {"type": "Graph", "fields": {"__class__": 1}}}',
        '{"format": 1, "graph": {"type": "Graph", "fields": {"width": "wide"}}}',
        '{"format": 1, "graph": {"type": "Graph", "fields": {"plots": [1]}}}',
        '{"format": 1, "graph": {"type": "Plot", "fields": {"kind": "x"}}}',
        '{"format": 2, "graph": {}}',
        "[]",
        '{"format": 1, "graph": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_a_graph_file_builds_graphs_and_nothing_else(text: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("graph.json", text)
    with pytest.raises(StataError) as caught:
        read_graph(stream, "bad.gph")
    assert caught.value.code == 610


HOSTILE = [
    "$x^2$",
    "[b]",
    r"\frac{a}{b} $\sum_{i}",
    "_hidden",
    "a" * 10_000,
    "word " * 2_000,
    "שלום עולם مرحبا",
    "日本語 \U0001f600",
    "%s {0} \x00\x1b[31m",
    "$",
    "\n".join("line" for _ in range(50)),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_users_write_is_text(text: str) -> None:
    shown = plain(text.replace("\n", " "))
    heading = Heading((shown,))
    axis = Axis(title=heading, minimum=0, maximum=10, ticks=(Tick(0, shown), Tick(10, shown)))
    graph = Graph(
        (replace(DOTS, label=shown, texts=(shown[:40],) * 11), replace(DOTS, label=shown)),
        Axes(axis, axis),
        Titles(heading, heading, heading, heading),
        Legend((LegendEntry(0, shown), LegendEntry(1, shown)), title=heading),
    )
    assert picture(graph, 40).std() > 0
    figure = draw(Graph((DOTS,), titles=Titles(Heading(("$x^2$",)))))
    assert any(found.get_text() == "$x^2$" and not found.get_parse_math() for found in figure.texts)


def test_text_is_inside_the_picture_and_the_legend_beside_the_data() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    graph = graph_with_everything()
    figure = draw(replace(graph, titles=Titles(Heading(("A title that is far too long for one line " * 4,)))))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    renderer = canvas.get_renderer()
    for text in figure.texts:
        extent = text.get_window_extent(renderer)
        assert extent.x0 >= 0 and extent.y0 >= 0 and extent.x1 <= width + 1 and extent.y1 <= height + 1, text
    region, legend = figure.axes[0], figure.axes[-1]
    assert not region.get_position().overlaps(legend.get_position())


def test_colours_reach_the_picture() -> None:
    """A bar in pure red over the lower half of the axis: its side is red, the other one white."""
    bar = Plot("bar", np.array([2.5]), np.array([10.0]), style=Style(fill="#ff0000ff", bar_width=5.0))
    pixels = picture(simple(bar))
    height, width, _ = pixels.shape
    assert tuple(pixels[height // 2, width // 3]) == (255, 0, 0)
    assert tuple(pixels[height // 2 + 7, int(width * 0.75)]) == (255, 255, 255)
    lined = replace(graph_axis(simple(bar)), scheme="s1mono")
    assert (picture(lined) == (0, 0, 255)).all(axis=2).any()


def graph_axis(graph: Graph) -> Graph:
    axis = replace(graph.axes.x, references=(Reference(7.5, Stroke("#0000ffff", 3.0)),))
    return replace(graph, axes=replace(graph.axes, x=axis))


def test_formats_and_sizes_of_pictures() -> None:
    graph = simple(DOTS)
    heads = {
        "png": b"\x89PNG",
        "svg": b"<?xml",
        "pdf": b"%PDF",
        "eps": b"%!PS-Adobe",
        "tif": b"II*\0",
        "jpg": b"\xff\xd8",
    }
    for kind, head in heads.items():
        stream = io.BytesIO()
        write_picture(stream, graph, Picture(kind))
        assert stream.getvalue().startswith(head)
    from PIL import Image

    for asked, got in (((800, None), (800, 581)), ((None, 300), (412, 300)), ((500, 500), (500, 500))):
        stream = io.BytesIO()
        write_picture(stream, graph, Picture("png", *asked))
        assert Image.open(stream).size == got
    with pytest.raises(StataError):
        write_picture(io.BytesIO(), graph, Picture("png", 1_000_000))
    tiny = io.BytesIO()
    write_picture(tiny, replace(graph, titles=Titles(Heading(("A title",)))), Picture("png", 8))
    assert Image.open(tiny).size[0] == 8  # letters of less than a pixel are left out
    assert picture_kind("a.TIFF") == "tif" and picture_kind("a.b", "svg") == "svg"
    for name in ("a", "a.wmf", "a.docx"):
        with pytest.raises(StataError):
            picture_kind(name)
    same = [io.BytesIO(), io.BytesIO()]
    for stream in same:
        write_picture(stream, graph, Picture("svg"))
    assert same[0].getvalue() == same[1].getvalue()


def test_thinning_keeps_the_picture() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=300_000), rng.normal(size=300_000)
    kept = thin_points(x, y)
    assert len(kept) < 250_000 and np.all(np.diff(kept) > 0)
    assert x[kept].min() == pytest.approx(x.min()) and y[kept].max() == pytest.approx(y.max(), abs=0.01)
    t = np.arange(500_000.0)
    wave = np.sin(t / 1000)
    wave[123_456] = 5.0  # a spike of one point stays
    kept = thin_line(t, wave)
    assert len(kept) < 10_000 and 123_456 in kept and kept[0] == 0 and kept[-1] == len(t) - 1
    whole, few = (
        simple(replace(DOTS, x=x, y=y)),
        simple(replace(DOTS, x=x[thin_points(x, y)], y=y[thin_points(x, y)])),
    )
    difference = np.abs(picture(whole) - picture(few))
    assert (difference.max(axis=2) > 60).mean() < 0.005


def test_ten_thousand_lines_are_drawn_in_time() -> None:
    time_points, lines = 10, 10_000
    x = np.tile(np.r_[np.arange(float(time_points)), np.nan], lines)
    y = x + np.repeat(np.random.default_rng(1).normal(size=lines), time_points + 1)
    draw(simple(DOTS))  # the first import of the drawing library
    start = time.process_time()
    picture(simple(Plot("lines", x, y)))
    assert time.process_time() - start < 3


def test_the_room_does_not_import_the_drawing_library_before_it_draws() -> None:
    code = (
        "import sys, io, numpy as np\n"
        "from xmixed.graphics import export, files, looks, scales, schemes\n"
        "from xmixed.graphics.model import Graph, Plot\n"
        "from xmixed.graphics.drawing import figure, panels\n"
        "files.write_graph(io.BytesIO(), Graph((Plot('scatter', np.ones(2), np.ones(2)),)))\n"
        "sys.exit('matplotlib' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_without_the_drawing_library_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        draw(simple(DOTS))
    assert caught.value.code == 601 and "xmixed[plot]" in caught.value.hint
