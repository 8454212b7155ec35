"""What every graph command does at its end: keep the graph under its name, show it, save it."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.graphics.model import Graph
from xmixed.graphics.options.notes import Notes
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions
from xmixed.session.state import SessionState

ENDING = ".gph"
_MARK = b"xmixed"
WIDEST = 120
"""Most characters along a graph in the terminal."""
SIXEL_WIDTH = 640
"""Pixels along one."""


def finish(
    session: SessionState, graph: Graph, node: GraphCommand, options: GraphOptions, notes: Notes
) -> None:
    """Keep a new graph, show it, and save it where `saving()` says.

    Raises
    ------
    StataError
        r(110): the name is in use, and `replace` was not given; the codes of writing files.
    """
    name = name_of(session, options)
    graph = replace(graph, name=name, command=node.text)
    notes.undrawn(options)
    for plot in node.plots:
        notes.undrawn(plot.options)
    session.out.write(*notes.lines)
    drawn = options.last("draw")
    if drawn is None or drawn.value is not False:
        show(session, graph)
    session.graphs.keep(name, graph)
    saving = options.last("saving")
    if saving is not None:
        save_graph(session, graph, saving)


def name_of(session: SessionState, options: GraphOptions) -> str:
    """Return the name of a new graph.

    Raises
    ------
    StataError
        r(110) for one in use, r(198) for what is no name.
    """
    option = options.last("name")
    if option is None or not option.value:
        return "Graph"
    name = option.value
    if not name.isidentifier() or len(name) > 32:
        raise StataError(198, f"{name} invalid name", option.span)
    if name in session.graphs.graphs and not option.options.flag("replace"):
        raise StataError(110, f"graph {name} already exists", option.span)
    return name


def save_graph(session: SessionState, graph: Graph, option: GraphOption) -> None:
    """Save a graph as data where `saving(filename, replace)` says."""
    if not option.value:
        raise StataError(198, "option saving() incorrectly specified", option.span)
    write_graph_file(session, graph, option.value, option.options.flag("replace"))


def with_ending(name: str) -> str:
    """Return a file name with the ending of graphs, if it has none."""
    return name if os.path.splitext(name)[1] else name + ENDING


def write_graph_file(session: SessionState, graph: Graph, name: str, overwrite: bool) -> None:
    """Write a graph as data, and say so."""
    from xmixed.graphics.files import write_graph

    path = with_ending(name)
    with replace_file(path, overwrite) as stream:
        write_graph(stream, graph)
    session.out.write(f"(file {path} saved)")


# --- showing ----------------------------------------------------------------------------------------------


def show(session: SessionState, graph: Graph) -> None:
    """Show a graph: in a window, as a file whose name is said, in the terminal, or not at all."""
    if session.settings.graphics == "terminal":
        _preview(session, graph)
        return
    if session.settings.graphics == "off" or session.graphs.target == "none":
        return
    if session.graphs.target == "window" and _has_toolkit() and _open_window(graph):
        return
    path = _picture_name(session, graph.name)
    _write_png(graph, path)
    session.graphs.files.add(os.path.abspath(path))
    session.out.write(f"(graph written to {path})")


def _preview(session: SessionState, graph: Graph) -> None:
    """Show a graph among the output: as pixels where the terminal shows them, else in letters and dots."""
    write = session.graphs.pixels()
    if write is None:
        from xmixed.graphics.drawing.preview import text_picture

        session.out.write(*text_picture(graph, min(session.settings.linesize, WIDEST)))
        return
    import io

    from xmixed.graphics.drawing.sixel import sixels
    from xmixed.graphics.export import Picture, write_picture

    picture = io.BytesIO()
    write_picture(picture, graph, Picture("png", width=SIXEL_WIDTH))
    picture.seek(0)
    write(sixels(picture))


def _write_png(graph: Graph, path: str) -> None:
    from xmixed.graphics.export import Picture, write_picture

    with replace_file(path, True) as stream:
        write_picture(stream, graph, Picture("png"))


def _picture_name(session: SessionState, name: str) -> str:
    """Return the file that shows a graph: `Graph.png`, or with a number where that is somebody else's."""
    stem = name if name == "Graph" else f"Graph_{name}"
    for number in range(1, 1000):
        path = f"{stem}.png" if number == 1 else f"{stem}_{number}.png"
        if os.path.abspath(path) in session.graphs.files or _is_ours(path):
            return path
    raise StataError(602, f"file {stem}.png already exists")


def _is_ours(path: str) -> bool:
    """Return whether there is no such file, or one that was written to show a graph."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(512)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return head.startswith(b"\x89PNG") and _MARK in head


_TOOLKITS = ("_tkinter", "PyQt6", "PySide6", "PyQt5", "PySide2", "gi", "wx")
"""Modules with which the drawing library can open a window."""


def _has_toolkit() -> bool:
    """Return whether a window can be opened; without matplotlib opening one says what is missing."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None or sys.platform == "darwin":
        return True
    return any(find_spec(name) is not None for name in _TOOLKITS)


def _open_window(graph: Graph) -> bool:
    """Show a graph in a process of its own, so that the prompt goes on; False where none can start."""
    import subprocess
    import tempfile

    from xmixed.graphics.drawing.figure import require_matplotlib
    from xmixed.graphics.files import write_graph

    require_matplotlib()
    handle, path = tempfile.mkstemp(ENDING)
    with os.fdopen(handle, "wb") as stream:
        write_graph(stream, graph)
    try:
        subprocess.Popen(
            [sys.executable, "-m", "xmixed.graphics.drawing.window", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        os.unlink(path)
        return False
    return True
