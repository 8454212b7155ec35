"""`python -m xmixed.graphics.drawing.window FILE`: show a graph file in a window, and remove the file."""

from __future__ import annotations

import os
import sys


def main(path: str) -> int:
    """Show the graph of a file until its window is closed."""
    from matplotlib import pyplot

    from xmixed.graphics.drawing.figure import draw
    from xmixed.graphics.files import read_graph

    with open(path, "rb") as stream:
        graph = read_graph(stream, path)
    os.unlink(path)
    figure = draw(graph)
    opened = pyplot.figure(graph.name, figsize=figure.get_size_inches(), dpi=figure.dpi)
    manager = opened.canvas.manager
    if manager is None:
        return 1
    manager.canvas.figure = figure  # the window shows the figure that was drawn
    figure.set_canvas(manager.canvas)
    pyplot.show()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
