"""Options of graphs of survival that go to twoway as they stand."""

from __future__ import annotations

from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec

PASSED = (
    *("title", "subtitle", "note", "caption", "legend", "xtitle", "ytitle", "xlabel", "ylabel", "xscale"),
    *("yscale", "xline", "yline", "scheme", "name", "saving", "graphregion", "plotregion", "xsize", "ysize"),
)
GRAPH_OPTIONS = tuple(OptionSpec(name, name, "text", "goes to twoway") for name in PASSED)


def options_of_graph(node: Command, usual: dict[str, str]) -> str:
    """Return the options of twoway: usual ones, and those that were given in their place."""
    given = {name: str(node.options[name].text) for name in PASSED if name in node.options}
    options = {name: text for name, text in {**usual, **given}.items() if text}
    return " ".join(f"{name}({text})" for name, text in options.items())
