"""The shape of a text: what it is without its numbers and quoted strings.

In a loop the same line comes with other numbers again and again. What was made of one of them serves for all
of the same shape, with the literals put in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from xmixed.language.builders.expressions import number_from
from xmixed.language.nodes import Coefficient, Command, Number, Text
from xmixed.language.nodes.arguments import DisplayItem

_LITERAL = re.compile(r"\"[^\"`]*\"(?!')|(?<![\w.#$%:\[])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
LONGEST = 300
"""Characters in a text whose shape is looked at."""
MOST = 2000
"""How many shapes are kept."""


class Shape(NamedTuple):
    """A text taken apart.

    Attributes
    ----------
    key : str
        The text with marks for its literals.
    literals : tuple of str
    starts : tuple of int
        Where they stand.
    """

    key: str
    literals: tuple[str, ...]
    starts: tuple[int, ...]


def shape_of(text: str) -> Shape | None:
    """Return the shape of a text; None where it is too long or has quotes of another kind."""
    if len(text) > LONGEST or "`" in text:
        return None
    parts: list[str] = []
    literals: list[str] = []
    starts: list[int] = []
    position = 0
    for found in _LITERAL.finditer(text):
        start = found.start()
        literal = found.group()
        parts.append(text[position:start])
        parts.append("\x02" if literal[0] == '"' else "\x01")
        literals.append(literal)
        starts.append(start)
        position = found.end()
    parts.append(text[position:])
    return Shape("".join(parts), tuple(literals), tuple(starts))


def literal_values(literals: tuple[str, ...]) -> list[float | str]:
    """Return what literals stand for."""
    return [literal[1:-1] if literal[0] == '"' else number_from(literal) for literal in literals]


class NoTemplate(Exception):
    """A node that cannot be made anew from other literals."""


Builder = Callable[[list[Any]], Any]


class Slots:
    """Which literal stands where in the node of a text; each must be found once."""

    def __init__(self, shape: Shape) -> None:
        self._places = {start: place for place, start in enumerate(shape.starts)}
        self._values = literal_values(shape.literals)
        self._found: set[int] = set()

    def place_of(self, node: Any, value: float | str) -> int | None:
        """Return the place of the literal that a node was made of; None for what is no literal."""
        place = self._places.get(node.span.start)
        if place is None or self._values[place] != value:
            return None
        self._found.add(place)
        return place

    @property
    def complete(self) -> bool:
        return len(self._found) == len(self._places)


def builder_of(node: Any, slots: Slots) -> Builder | None:
    """Return a function that makes a node anew from other literals; None for a node without any.

    Raises
    ------
    NoTemplate
    """
    if isinstance(node, Number):
        place = slots.place_of(node, node.value)
        return None if place is None else lambda values: Number(values[place])
    if isinstance(node, Text):
        place = slots.place_of(node, node.value)
        return None if place is None else lambda values: Text(values[place])
    if isinstance(node, DisplayItem) and node.kind == "text":
        place = slots.place_of(node, node.text)
        return None if place is None else lambda values: DisplayItem("text", text=values[place])
    if isinstance(node, tuple):
        inner = [builder_of(part, slots) for part in node]
        if not any(inner):
            return None
        pairs = list(zip(inner, node, strict=True))
        return lambda values: tuple(part if make is None else make(values) for make, part in pairs)
    if isinstance(node, dict):
        if node:
            raise NoTemplate
        return None
    if is_dataclass(node) and not isinstance(node, (type, Coefficient)):
        return _dataclass_builder(node, slots)
    return None


def _dataclass_builder(node: Any, slots: Slots) -> Builder | None:
    contents = [getattr(node, part.name) for part in fields(node)]
    makers = [builder_of(content, slots) for content in contents]
    if not any(makers):
        return None
    kind, pairs = type(node), list(zip(makers, contents, strict=True))
    return lambda values: kind(*(content if make is None else make(values) for make, content in pairs))


def command_builder(node: Command, shape: Shape) -> Builder | None:
    """Return a function that makes the argument and the condition of a command anew; None where it cannot be.

    It takes the values of the literals and gives the pair.
    """
    slots = Slots(shape)
    if node.options or node.weight is not None or node.in_range is not None or node.using is not None:
        return None
    try:
        argument, condition = builder_of(node.argument, slots), builder_of(node.condition, slots)
    except NoTemplate:
        return None
    if not slots.complete:
        return None
    return lambda values: (
        node.argument if argument is None else argument(values),
        node.condition if condition is None else condition(values),
    )
