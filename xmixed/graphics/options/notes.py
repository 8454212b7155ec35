"""What a graph command tells its user beside the graph."""

from __future__ import annotations

from collections.abc import Iterable

from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions


class Notes:
    """Notes of one command, each once, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, text: str) -> None:
        if text not in self.lines:
            self.lines.append(text)

    def unknown(self, word: str, kind: str) -> None:
        """Note a word that is no colour, symbol, size, ..."""
        self.add(f"(note:  named style {word} not found in class {kind}, default attributes used)")

    def undrawn(self, options: Iterable[GraphOption]) -> None:
        """Note options that Stata knows and that have no effect here, in one line."""
        names = list(dict.fromkeys(_undrawn(options)))
        if names:
            self.add(f"(note:  without effect here: {' '.join(names)})")


def _undrawn(options: Iterable[GraphOption]) -> Iterable[str]:
    for option in options:
        if not option.drawn:
            yield f"{option.name}()" if option.text else option.name
        yield from _undrawn(option.options)
        if isinstance(option.value, GraphCommand):  # the plots of addplot()
            for plot in option.value.plots:
                yield from _undrawn(plot.options)


def all_options(*groups: GraphOptions) -> GraphOptions:
    """Return options of several groups as one."""
    return GraphOptions(tuple(item for group in groups for item in group))
