"""The paper: a figure on which text is measured and put at places in points."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from xmixed.graphics.schemes import Scheme, scheme_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE_HEIGHT = 1.25
"""Distance of two lines of text, in sizes of the text."""
MOST_LINES = 6
"""A text beyond these is cut, with an ellipsis."""
MOST_MEASURED = 300
"""The width of a longer line is guessed from its beginning."""
NARROWEST = 0.15
"""Width of a narrow letter, in sizes of the text."""


class Box(NamedTuple):
    """A rectangle in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def shrunk(self, left: float = 0, bottom: float = 0, right: float = 0, top: float = 0) -> Box:
        """Return the box less margins, never turned inside out."""
        a, b = self.left + left, self.bottom + bottom
        return Box(a, b, max(a + 1, self.right - right), max(b + 1, self.top - top))


class Page:
    """A figure with its measures."""

    def __init__(self, width: float, height: float, scheme: Scheme) -> None:
        from matplotlib.backends.backend_agg import RendererAgg

        from xmixed.graphics.drawing.shown import ShownFigure

        self.scheme = scheme
        self.width, self.height = width, height
        self.figure: Figure = ShownFigure(figsize=(width / 72, height / 72))
        self._renderer = RendererAgg(8, 8, 72)
        self._sizes: dict[tuple[str, float], tuple[float, float]] = {}

    def in_scheme(self, name: str) -> Page:
        """Return the same paper for a graph in another scheme."""
        if not name or name == self.scheme.name:
            return self
        other = copy(self)
        other.scheme = scheme_of(name)
        return other

    def measure(self, text: str, size: float) -> tuple[float, float]:
        """Return width and height in points of text, which may have several lines."""
        found = self._sizes.get((text, size))
        if found is None:
            lines = text.split("\n")
            width = max(self._line_width(line, size) for line in lines)
            found = self._sizes[text, size] = (width, size * LINE_HEIGHT * len(lines))
        return found

    def _line_width(self, line: str, size: float) -> float:
        from matplotlib.font_manager import FontProperties

        if not line or size <= 0:
            return 0.0
        # at ten times the size, for the widths of small text are rounded to pixels
        properties = FontProperties(size=size * 10)  # pyright: ignore[reportArgumentType]
        measured = line[:MOST_MEASURED]
        width, _, _ = self._renderer.get_text_width_height_descent(measured, properties, False)
        return width / 10 * (len(line) / len(measured))

    def wrapped(self, lines: tuple[str, ...], size: float, width: float) -> str:
        """Return lines joined by newlines, broken where they are too wide; at most `MOST_LINES`."""
        out: list[str] = []
        for line in lines:
            out += self._wrap(line, size, width)
            if len(out) > MOST_LINES:
                return "\n".join(
                    [*out[: MOST_LINES - 1], self.shortened(out[MOST_LINES - 1] + "…", size, width)]
                )
        return "\n".join(out)

    def _wrap(self, line: str, size: float, width: float) -> list[str]:
        if self._line_width(line, size) <= width:
            return [line]
        out: list[str] = []
        current = ""
        for word in line.split(" "):
            joined = f"{current} {word}" if current else word
            if self._line_width(joined, size) <= width:
                current = joined
                continue
            if current:
                out.append(current)
            current = self.shortened(word, size, width)
            if len(out) > MOST_LINES:
                break
        return [*out, current]

    def shortened(self, text: str, size: float, width: float) -> str:
        """Return text cut to a width, with an ellipsis where something is missing."""
        if self._line_width(text, size) <= width:
            return text
        low, high = 0, min(len(text), int(width / (NARROWEST * size)) + 1)
        while low < high:
            middle = (low + high + 1) // 2
            if self._line_width(text[:middle] + "…", size) <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low] + "…"

    def text(self, x: float, y: float, text: str, size: float, color: str, **more: Any) -> None:
        """Put text at a place; `more` goes to the drawing library (ha, va, rotation)."""
        if not text or size <= 0:
            return
        place: dict[str, Any] = {"ha": "center", "va": "center"} | more
        self.figure.text(
            x / self.width,
            y / self.height,
            text,
            fontsize=size,
            color=color,
            linespacing=LINE_HEIGHT * 0.95,
            **place,
        )

    def rectangle(self, box: Box, fill: str, border: str = "#00000000", width: float = 0.0) -> None:
        """Draw a rectangle behind everything else."""
        from matplotlib.patches import Rectangle

        patch = Rectangle(
            (box.left / self.width, box.bottom / self.height),
            box.width / self.width,
            box.height / self.height,
            facecolor=fill,
            edgecolor=border,
            linewidth=width,
            transform=self.figure.transFigure,
            zorder=-2,
        )
        self.figure.add_artist(patch)

    def axes(self, box: Box) -> Axes:
        """Return new axes that fill a box."""
        return self.figure.add_axes(
            (
                box.left / self.width,
                box.bottom / self.height,
                box.width / self.width,
                box.height / self.height,
            )
        )
