"""From a graph to a matplotlib figure, and from that to a picture in a file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from xmixed.errors import StataError
from xmixed.graphics.model import Graph
from xmixed.graphics.schemes import scheme_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

LARGEST = 100.0
"""Inches of a side at most."""
RESOLUTION = 150
"""Pixels an inch of pictures whose size was not said."""

_SETTINGS: dict[str, Any] = {
    "text.usetex": False,
    "text.parse_math": False,  # what users write is text, dollar signs too
    "axes.unicode_minus": False,
    "svg.hashsalt": "xmixed",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "path.simplify": True,
    "agg.path.chunksize": 20_000,
    "figure.max_open_warning": 0,
}


def require_matplotlib() -> None:
    """Check that the drawing library is there.

    Raises
    ------
    StataError
        r(601), with the words that install it.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise StataError(
            601,
            "graphs need matplotlib, which is not installed",
            hint="pip install 'xmixed[plot]', or set graphics off",
        )


OTHER_FONTS = (
    *("Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans Hebrew", "Noto Sans Arabic"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "WenQuanYi Zen Hei", "Unifont", "Arial Unicode MS"),
    *("Microsoft YaHei", "Malgun Gothic", "Yu Gothic", "Hiragino Sans", "PingFang SC", "Segoe UI Symbol"),
)
"""Fonts that have what DejaVu Sans has not, where one of them is installed."""


@cache
def _families() -> list[str]:
    """Return the font of all texts, and those that help it out."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in OTHER_FONTS if name in installed)]


@contextmanager
def _plain_text() -> Iterator[None]:
    """Set the drawing library up for plain text, whatever the user's own settings of it are."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has is drawn as a box
        standard: Any = dict(matplotlib.rcParamsDefault)
        standard.pop("backend", None)
        matplotlib.rcParams.update(standard | _SETTINGS | {"font.family": _families()})
        yield


def page_size(graph: Graph) -> tuple[float, float]:
    """Return width and height of a graph in inches."""
    scheme = scheme_of(graph.scheme)
    width, height = graph.width or scheme.width, graph.height or scheme.height
    return min(max(width, 0.5), LARGEST), min(max(height, 0.5), LARGEST)


def draw(graph: Graph) -> Figure:
    """Return the graph as a matplotlib figure, without a window.

    Raises
    ------
    StataError
        r(601) without matplotlib.
    """
    with drawing(graph) as figure:
        return figure


@contextmanager
def drawing(graph: Graph) -> Iterator[Figure]:
    """Give the figure of a graph, with which more is done in the same settings; raises as `draw`."""
    require_matplotlib()
    with _plain_text():
        yield _draw(graph)


def _draw(graph: Graph) -> Figure:
    from xmixed.graphics.drawing.page import Box, Page
    from xmixed.graphics.drawing.panels import draw_graph

    width, height = (72 * side for side in page_size(graph))
    page = Page(width, height, scheme_of(graph.scheme))
    page.figure.set_facecolor(graph.region.outside or page.scheme.outside)
    smaller = min(width / 396, height / 288)
    draw_graph(page, graph, Box(0.0, 0.0, width, height), min(max(smaller, 0.5), 3.0))
    return page.figure


def texts_of(figure: Figure) -> list[Text]:
    """Return all texts of a figure: we write every one of them, the axes' own are never made."""
    return [*figure.texts, *(text for ax in figure.axes for text in ax.texts)]


def _hide_specks(figure: Figure, dots_per_inch: float) -> None:
    """Hide letters of less than a pixel, which no font can draw."""
    for text in texts_of(figure):
        if float(text.get_fontsize()) * dots_per_inch / 72 < 1:
            text.set_visible(False)


def save(graph: Graph, stream: BinaryIO, kind: str, dots_per_inch: float = RESOLUTION) -> None:
    """Write a picture of a graph to a stream.

    Parameters
    ----------
    kind : str
        png, svg, pdf, eps, ps, tif, jpg.
    dots_per_inch : float
        Of pictures made of pixels.
    """
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": "xmixed"},
        "svg": {"Creator": "xmixed", "Date": None},
        "pdf": {"Creator": "xmixed", "Producer": None, "CreationDate": None},
        "eps": {"Creator": "xmixed"},
        "ps": {"Creator": "xmixed"},
    }
    drawn = {"tif": "tiff", "jpg": "jpeg"}.get(kind, kind)
    with drawing(graph) as figure:
        _hide_specks(figure, dots_per_inch)
        figure.savefig(
            stream,
            format=drawn,
            dpi=dots_per_inch,
            metadata=metadata.get(kind),
            facecolor=figure.get_facecolor(),
        )
