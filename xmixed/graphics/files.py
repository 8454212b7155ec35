"""Graphs in files of our own: a zip archive with `graph.json` and the arrays, data and no code.

Reading builds only the frozen types of `model.py`, checks every field's name, and takes arrays of numbers
alone.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, BinaryIO, get_args, get_origin, get_type_hints

import numpy as np

from xmixed.errors import StataError
from xmixed.graphics import model
from xmixed.graphics.sizes import SYMBOLS, is_pattern

FORMAT = 1
_TYPES: dict[str, type] = {
    name: found
    for name, found in vars(model).items()
    if isinstance(found, type) and is_dataclass(found) and found.__module__ == model.__name__
}
_LARGEST = 1 << 31


def write_graph(stream: BinaryIO, graph: model.Graph) -> None:
    """Write a graph to a binary stream."""
    arrays: list[np.ndarray] = []

    def encode(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            if not value.size:
                return {"empty": list(value.shape)}
            arrays.append(value)
            return {"array": len(arrays) - 1}
        if is_dataclass(value):
            found = {item.name: encode(getattr(value, item.name)) for item in fields(value)}
            return {"type": type(value).__name__, "fields": found}
        if isinstance(value, tuple):
            return [encode(item) for item in value]
        return float(value) if isinstance(value, np.floating) else value

    content = {"format": FORMAT, "graph": encode(graph)}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr(_member("graph.json"), json.dumps(content))
        for i, array in enumerate(arrays):
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(_member(f"array{i}.npy"), buffer.getvalue())


def _member(name: str) -> zipfile.ZipInfo:
    """Return a part of the archive without a time of its own: the same graph makes the same file."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def read_graph(stream: BinaryIO, name: str) -> model.Graph:
    """Read a graph; `name` is the file's for messages.

    Raises
    ------
    StataError
        r(610): not a graph of ours, or damaged.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_size(archive)
            content = json.loads(archive.read("graph.json"))
            if not isinstance(content, dict) or content.get("format") != FORMAT:
                raise ValueError("unknown format")
            graph = _decode(content["graph"], _loader(archive))
    except StataError:
        raise
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, EOFError, RecursionError) as error:
        raise StataError(610, f"file {name} not a graph file", hint=_reason(error)) from None
    if not isinstance(graph, model.Graph):
        raise StataError(610, f"file {name} not a graph file")
    return graph


def _reason(error: BaseException) -> str:
    stata = "Stata's own graph files cannot be read; only graphs that xmixed saved"
    return stata if isinstance(error, zipfile.BadZipFile) else f"the file is damaged ({type(error).__name__})"


def _check_size(archive: zipfile.ZipFile) -> None:
    if sum(item.file_size for item in archive.infolist()) > _LARGEST:
        raise ValueError("too large")


def _loader(archive: zipfile.ZipFile) -> Callable[[int], np.ndarray]:
    def load(number: int) -> np.ndarray:
        array = np.load(io.BytesIO(archive.read(f"array{int(number)}.npy")), allow_pickle=False)
        if array.dtype != np.float64:
            raise ValueError("not an array of numbers")
        return array

    return load


def _decode(value: Any, load: Callable[[int], np.ndarray]) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item, load) for item in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return load(value["array"])
    if "empty" in value:
        return np.empty([int(length) for length in value["empty"]])
    kind = _TYPES[value["type"]]
    known = {item.name for item in fields(kind)}
    given = value["fields"]
    if not set(given) <= known:
        raise ValueError("unknown field")
    decoded = {name: _decode(item, load) for name, item in given.items()}
    hints = _hints(kind)
    for name, item in decoded.items():
        if not _fits(item, hints[name]):
            raise ValueError(f"{name} has another type")
    found = kind(**decoded)
    if isinstance(found, model.Plot):
        _check_plot(found)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, dict(vars(model)))


def _fits(value: Any, hint: Any) -> bool:
    """Return whether a value has the type that its field says."""
    if isinstance(hint, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if get_origin(hint) is tuple:
        inside = get_args(hint)[0]
        return isinstance(value, tuple) and all(_fits(item, inside) for item in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _check_plot(plot: model.Plot) -> None:
    """Check what drawing relies on: a known kind and look, arrays of one length."""
    style = plot.style
    patterns = all(is_pattern(pattern) for pattern in (style.line.pattern,) if pattern)
    if plot.kind not in model.PLOT_KINDS or not patterns or style.symbol not in {"", *SYMBOLS}:
        raise ValueError("unknown look")
    if plot.kind == "box":
        even = len(plot.x) == len(plot.boxes) and len(plot.y) == len(plot.x2)
    elif plot.kind in ("contour", "contourline"):
        colors = len(plot.levels) - (plot.kind == "contour")
        even = plot.surface.shape == (len(plot.y), len(plot.x)) and len(plot.style.colors) == colors
    elif plot.kind == "pie":
        looks = (style.text_colors, style.text_sizes, style.text_gaps)
        even = len(plot.x) in (0, len(plot.y)) and len(plot.texts) % max(1, len(plot.y)) == 0
        even = even and all(len(own) in (0, len(plot.texts)) for own in looks)
    else:
        pairs = plot.kind.startswith("pc")
        needed = (plot.x, plot.y) + (
            (plot.x2, plot.y2) if pairs else (plot.y2,) if plot.kind[0] == "r" else ()
        )
        even = len({len(array) for array in needed}) == 1
        even = even and all(
            len(more) in (0, len(plot.x)) for more in (plot.texts, plot.sizes, plot.y2, plot.clocks)
        )
        even = even and bool(np.isin(plot.clocks, range(13)).all())
    if not even:
        raise ValueError("arrays of different lengths")
