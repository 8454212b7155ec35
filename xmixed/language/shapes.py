"""The shape of a text: what it is without its numbers, quoted strings and the numbers at the end of names.

In a loop the same line comes with other numbers again and again. What was made of one of them serves for all
of the same shape, with the literals put in place: `generate x2 = 5` is made as `generate x1 = 4` was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from xmixed.language.builders.expressions import number_from
from xmixed.language.nodes import Coefficient, Command, Name, Number, Pattern, Text
from xmixed.language.nodes.arguments import DisplayItem
from xmixed.language.nodes.assignments import NewVariable

_DIGITS = "0123456789"
_STRING = r"\"[^\"`]*\"(?!')"
_NUMBER = r"(?<![\w.#$%:\[])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"
_NUMBERED = r"(?<![\w.#$%:\[])(?!str\d)[^\W\d]\w*?\d+(?![\w.#(*?~:])"
_LITERAL = re.compile(f"({_STRING}|{_NUMBER})")
_LITERAL_OR_NAME = re.compile(f"({_STRING}|{_NUMBER}|{_NUMBERED})")
LONGEST = 300
"""Characters in a text whose shape is looked at."""
MOST = 2000
"""How many shapes are kept."""


class Shape(NamedTuple):
    """A text taken apart.

    Attributes
    ----------
    key : str
        The text with marks for its literals, of names without their numbers.
    parts : list of str
        What stands between literals, and they themselves, in turn.
    """

    key: str
    parts: list[str]

    @property
    def literals(self) -> list[str]:
        return self.parts[1::2]

    @property
    def starts(self) -> list[int]:
        """Where the literals stand."""
        ends = list(accumulate(map(len, self.parts)))
        return ends[:-1:2]

    def place(self, position: int) -> tuple[int, int]:
        """Return in which part of the text a position is, and where in it."""
        for number, part in enumerate(self.parts):
            if position < len(part) + 1 - number % 2:  # the end of a literal is the start of what follows
                return number, position
            position -= len(part)
        return len(self.parts), 0

    def up_to(self, place: tuple[int, int]) -> str:
        """Return the text up to a place in it, which may come from another text of this shape."""
        part, offset = place
        before = "".join(self.parts[:part])
        return before + self.parts[part][:offset] if offset else before


def shape_of(text: str, names: bool = False) -> Shape | None:
    """Return the shape of a text; None where it is too long or has quotes of another kind.

    Parameters
    ----------
    names : bool
        Names that end in numbers count as literals.
    """
    if len(text) > LONGEST or "`" in text:
        return None
    parts = (_LITERAL_OR_NAME if names else _LITERAL).split(text)
    if len(parts) == 1:
        return Shape(text, parts)
    kept = parts.copy()
    kept[1::2] = [
        "\x02" if item[0] == '"' else "\x01" if item[0] in "0123456789." else item.rstrip(_DIGITS) + "\x03"
        for item in parts[1::2]
    ]
    return Shape("".join(kept), parts)


def literal_values(literals: Sequence[str]) -> list[float | str]:
    """Return what literals stand for; names stand for themselves."""
    return [
        number_from(item) if item[0] in "0123456789." else item[1:-1] if item[0] == '"' else item
        for item in literals
    ]


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

    def place_after(self, start: int, name: str) -> int | None:
        """Return the place of the first literal from a position on that is this name."""
        at = [
            place for begin, place in self._places.items() if begin >= start and self._values[place] == name
        ]
        self._found.update(at[:1])
        return at[0] if at else None

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
    if isinstance(node, Name):
        place = slots.place_of(node, node.name)
        return None if place is None or node.operator else lambda values: Name(values[place])
    if isinstance(node, Pattern):
        place = slots.place_of(node, node.text)
        return None if place is None or node.operator else lambda values: Pattern(values[place])
    if isinstance(node, NewVariable):
        return _new_variable_builder(node, slots)
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


def _new_variable_builder(node: NewVariable, slots: Slots) -> Builder | None:
    place = slots.place_after(node.span.start, node.name)
    expression = builder_of(node.expression, slots)
    if place is None and expression is None:
        return None
    return lambda values: NewVariable(
        node.type,
        node.name if place is None else values[place],
        node.value_label,
        node.expression if expression is None else expression(values),
    )


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
