"""Pictures of graphs in files: which formats, how large."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import BinaryIO

from xmixed.errors import StataError
from xmixed.graphics.model import Graph

FORMATS: dict[str, str] = {
    "png": "png",
    "svg": "svg",
    "pdf": "pdf",
    "eps": "eps",
    "ps": "ps",
    "tif": "tif",
    "tiff": "tif",
    "jpg": "jpg",
    "jpeg": "jpg",
}
"""Kinds of pictures by the ending of a file's name, and by what `as()` takes."""
UNKNOWN = ("wmf", "emf", "pict", "gif")
PIXELS = frozenset({"png", "tif", "jpg"})
MOST_PIXELS = 20_000
FEWEST_PIXELS = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture asked for.

    Attributes
    ----------
    kind : str
        A value of `FORMATS`.
    width, height : int or None
        Pixels of a picture made of pixels.
    """

    kind: str
    width: int | None = None
    height: int | None = None


def picture_kind(name: str, wanted: str = "") -> str:
    """Return the kind of picture that a file's name or `as()` says.

    Raises
    ------
    StataError
        r(198): no ending, or one that stands for no picture.
    """
    word = (wanted or os.path.splitext(name)[1].removeprefix(".")).lower()
    if word in FORMATS:
        return FORMATS[word]
    listed = "png svg pdf eps ps tif jpg"
    if word in UNKNOWN:
        raise StataError(198, f"translator for {word} not found", hint=f"pictures are {listed}")
    if not word:
        raise StataError(198, "unknown output filetype: file has no extension", hint=f"pictures are {listed}")
    raise StataError(198, f"output filetype {word} not found", hint=f"pictures are {listed}")


def write_picture(stream: BinaryIO, graph: Graph, picture: Picture) -> None:
    """Draw a graph into a stream.

    Raises
    ------
    StataError
        r(198) for sizes that no picture has; r(601) without matplotlib.
    """
    from xmixed.graphics.drawing.figure import page_size, save

    for length in (picture.width, picture.height):
        if length is not None and not FEWEST_PIXELS <= length <= MOST_PIXELS:
            raise StataError(198, f"width and height are {FEWEST_PIXELS} to {MOST_PIXELS} pixels")
    if picture.kind not in PIXELS or (picture.width is None and picture.height is None):
        save(graph, stream, picture.kind)
        return
    width, height = page_size(graph)
    if picture.width is None:
        save(graph, stream, picture.kind, (picture.height or 0) / height)
        return
    if picture.height is not None:  # another shape: the page takes it, so that circles stay round
        height = width * picture.height / picture.width
        graph = replace(graph, width=width, height=height)
    save(graph, stream, picture.kind, picture.width / width)
