"""Every option of every graph command: one that is drawn changes the graph, one that is not is noted."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.graphics.conftest import Drawing
from xmixed.commands.registry import CommandEntry, commands, subcommands
from xmixed.errors import StataError
from xmixed.graphics.files import write_graph
from xmixed.graphics.model import Graph, Panels
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax

DRAWN, UNDRAWN = "drawn.do", "undrawn.do"

ELSEWHERE = {
    *("name", "saving", "draw"),  # where a graph goes
    *("vertical", "stdp", "label", "epanechnikov", "outsides", "fit"),  # the usual already
    *("addplot", "generate", "se", "graph", "scatter"),
    *("group", "lowess", "mspline", "lsopts", "msopts", "table", "plot"),
    *("relevel", "density", "addlabopts", "rlopts", "note", "off", "all", "horizontal", "nograph"),
    *("summary", "detail", "neigen"),
}
"""Options that other tests show, or that ask for what is so without them."""


def pairs(name: str) -> list[tuple[str, str]]:
    """Return the commands of a list without their options, and those."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    parts = [line.partition(", ") for line in lines if not line.startswith("*")]
    return [(command, options) for command, _, options in parts]


def content(graph: Graph) -> bytes:
    """Return all of a graph but what made it."""
    stream = io.BytesIO()
    write_graph(stream, _anonymous(graph))
    return stream.getvalue()


def _anonymous(graph: Graph) -> Graph:
    panels = graph.panels
    if panels is not None:
        panels = replace(panels, graphs=tuple(_anonymous(child) for child in panels.graphs))
        assert isinstance(panels, Panels)
    return replace(graph, command="", name="", panels=panels)


@pytest.fixture
def prepared(session: Drawing) -> Drawing:
    session.run("generate gappy = mod(subject, 3)\nreplace gappy = . if age == 10 & subject < 9")
    session.run("label values gappy female")
    session.run("scatter distance age, name(one)\nhistogram female, name(two)")
    return session


def test_every_drawn_option_changes_the_graph(prepared: Drawing) -> None:
    known: dict[str, bytes] = {}
    without = []
    for command, option in pairs(DRAWN):
        if command not in known:
            try:
                known[command] = content(prepared.draw(command))
            except StataError:
                known[command] = b""
        if content(prepared.draw(f"{command}, {option}")) == known[command]:
            without.append(f"{command}, {option}")
        assert "without effect" not in prepared.said, option
    assert without == []


def test_every_other_option_is_noted_and_changes_nothing(prepared: Drawing) -> None:
    for command, option in pairs(UNDRAWN):
        inside = option.partition("(")[0] in ("title", "by", "legend")  # they are drawn themselves
        expected = None if inside else content(prepared.draw(command))
        found = content(prepared.draw(f"{command}, {option}"))
        assert "(note:  without effect here: " in prepared.said, f"{command}, {option}"
        if expected is not None:
            assert found == expected, f"{command}, {option}"


def test_the_lists_are_those_of_the_tables() -> None:
    drawn = {name for _, option in pairs(DRAWN) for name in _names(option)}
    undrawn = {name for _, option in pairs(UNDRAWN) for name in _names(option)}
    others = [entry for entry in commands().values() if entry.name not in ("marginsplot", "coefplot")]
    for entry in [*others, *subcommands().values()]:
        for option in _options(entry):
            if option.name not in ELSEWHERE:
                listed = drawn if option.drawn else undrawn
                assert listed & {option.name, f"no{option.name}"}, f"{entry.name}, {option.name}"


def _names(option: str) -> list[str]:
    """Return the names of options in a text, those inside of others too."""
    words = "".join(character if character.isalnum() or character == "_" else " " for character in option)
    return words.split()


def _options(entry: CommandEntry) -> list[GraphOptionSpec]:
    found = [option for option in entry.syntax.options if isinstance(option, GraphOptionSpec)]
    if isinstance(entry.syntax, GraphSyntax):
        for plot in entry.syntax.plots:
            found += plot.options
    return found
