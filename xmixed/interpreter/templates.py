"""Command lines ready to run, made from lines of the same shape that were parsed before."""

from __future__ import annotations

from typing import Any, NamedTuple

from xmixed.commands.registry import CommandEntry
from xmixed.language.nodes import Command
from xmixed.language.shapes import MOST, Builder, Shape, command_builder, literal_values
from xmixed.session.programs import Program


class Prepared(NamedTuple):
    """A command line that is ready to run.

    Attributes
    ----------
    entry : CommandEntry or Program
    node : Command, MixedCommand or str
        Of a program, what was typed behind its name.
    """

    entry: CommandEntry | Program
    node: Any


KINDS = frozenset({"newvar", "assignment", "display", "expression", "varlist"})
"""Kinds of arguments of which a command is made from its shape."""


class _Template(NamedTuple):
    """How a command is made from the literals of a text; `builder` is None where it cannot be.

    `end` is where its argument begins, `stop` the place in the shape where it ends.
    """

    entry: CommandEntry
    end: int
    stop: tuple[int, int]
    node: Command
    builder: Builder | None


class Templates:
    """Commands by the shape of their lines; with other literals they are made anew."""

    def __init__(self) -> None:
        self._known: dict[str, _Template] = {}

    def keep(self, shape: Shape | None, end: int, prepared: Prepared) -> None:
        """Keep how a command of this shape is made; its words end at `end`."""
        entry, node = prepared
        if not isinstance(entry, CommandEntry) or entry.syntax.argument not in KINDS:
            return
        if shape is None or len(shape.parts) == 1 or shape.key in self._known:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        typed = node.text[end:]
        length = end + len(typed) - len(typed.lstrip()) + len(node.argument_text)
        self._known[shape.key] = _Template(
            entry, end, shape.place(length), node, command_builder(node, shape)
        )

    def made(self, text: str, shape: Shape | None) -> Prepared | None:
        """Return a command whose shape has been met with other literals; None for a new shape."""
        if shape is None or len(shape.parts) == 1:
            return None
        known = self._known.get(shape.key)
        if known is None or known.builder is None:
            return None
        argument, condition = known.builder(literal_values(shape.literals))
        typed = shape.up_to(known.stop)[known.end :].strip()
        return Prepared(known.entry, Command(known.node.name, text, argument, typed, condition))
