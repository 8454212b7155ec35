"""The figure that Python gets: one that a notebook shows without being told how."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """A figure that a notebook shows as a picture when it is the value of a cell."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", facecolor=self.get_facecolor())
        return stream.getvalue()
