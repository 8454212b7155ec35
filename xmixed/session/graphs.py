"""The graphs in memory, by name, and where a new one is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

Target = Literal[
    "none",  # kept in memory: Python asks for it
    "file",  # a picture in the current folder, whose name is said
    "window",  # a window of its own
]


class GraphMemory:
    """Graphs in memory.

    Attributes
    ----------
    graphs : dict of str to Graph
        In the order made.
    current : str
        Name of the one drawn last; "" without any.
    target : Target
        Where a new graph is shown.
    files : set of str
        Pictures that this session wrote to show a graph: they may be written anew.
    pixels : function
        Asks the terminal whether it shows pixels as sixels, and returns what writes them; None without.
    """

    def __init__(self) -> None:
        self.graphs: dict[str, Any] = {}
        self.current = ""
        self.target: Target = "none"
        self.files: set[str] = set()
        self.pixels: Callable[[], Callable[[str], None] | None] = lambda: None

    def keep(self, name: str, graph: Any) -> None:
        """Keep a graph, in place of one of the same name."""
        self.graphs.pop(name, None)
        self.graphs[name] = graph
        self.current = name

    def drop(self, name: str) -> None:
        """Drop a graph; the last one that is left is the current one."""
        del self.graphs[name]
        if self.current == name:
            self.current = next(reversed(self.graphs), "")
