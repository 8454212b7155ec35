"""What each option of a graph does, half a line: for `help` and completion."""

from __future__ import annotations

SIDES = {"y": "the y axis", "x": "the x axis", "t": "the time axis"}
TITLES = {
    "title": "title over the graph",
    "subtitle": "second line of the title",
    "note": "note below the graph",
    "caption": "caption below the note",
    "t1title": "text above the plot",
    "t2title": "second text above the plot",
    "b1title": "text below the plot",
    "b2title": "second text below the plot",
    "l1title": "text left of the plot",
    "l2title": "second text left of the plot",
    "r1title": "text right of the plot",
    "r2title": "second text right of the plot",
}
AXES = {
    "title": "title of",
    "label": "labelled ticks of",
    "tick": "ticks of",
    "mlabel": "labelled minor ticks of",
    "mtick": "minor ticks of",
    "scale": "range, logarithms and looks of",
    "line": "lines at values of",
}
GRAPH = {
    "legend": "what the legend shows and where",
    "by": "a panel for each group",
    "text": "texts at points of the plot",
    "ttext": "texts at times of the plot",
    "name": "name of the graph in memory",
    "saving": "file that takes the graph",
    "scheme": "colours and looks",
    "xsize": "width in inches",
    "ysize": "height in inches",
    "graphregion": "looks of the whole graph's region",
    "plotregion": "looks of the plot's region",
    "scale": "size of texts, symbols and lines",
    "aspectratio": "height over width of the plot",
    "fxsize": "width in a combined graph, in percent",
    "fysize": "height in a combined graph, in percent",
    "play": "recording of the graph editor",
    "bgcolor": "colour of the background",
    "addplot": "more plots over these, or below them",
    "draw": "draw the graph now; nodraw keeps it in memory",
    "yoverhangs": "room for labels that overhang the y axis",
    "xoverhangs": "room for labels that overhang the x axis",
}
COMBINED = {
    "colfirst": "graphs down the columns first",
    "ycommon": "one range of y for all graphs",
    "xcommon": "one range of x for all graphs",
    "commonscheme": "the looks of all graphs are those of the whole",
    "rows": "number of rows of graphs",
    "cols": "number of columns of graphs",
    "holes": "places left empty",
    "iscale": "size of texts in the graphs",
    "altshrink": "sizes by the number of graphs",
    "imargin": "room between the graphs",
    "legendfrom": "the graph whose legend stands for all",
    "position": "where the legend stands, as on a clock",
    "ring": "how far from the graphs the legend stands",
}
HELP: dict[str, str] = {
    **TITLES,
    **{f"{side}{part}": f"{text} {axis}" for side, axis in SIDES.items() for part, text in AXES.items()},
    **GRAPH,
    **COMBINED,
}
"""By the name of the option."""
