"""The syntax tree of graph commands: plots, and options that hold options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from xmixed.errors import Span
from xmixed.language.nodes import NOWHERE, Expression, InRange, Pattern, Range, Weight


@dataclass(frozen=True, slots=True)
class Marked:
    """A word, or a string with `quoted`."""

    text: str
    quoted: bool
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TickRule:
    """A part of a rule of labels.

    `kind`: "numbers" (in `numbers`), "count" or "minor" (`#5`, `##5`, in `count`), "word" (`minmax`, `none`),
    or "text", the label of the last number before it.
    """

    kind: str
    numbers: tuple[float, ...] = ()
    count: int = 0
    text: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ImmediateItem:
    """`kind`: "number", "clock" or "text"; its value."""

    kind: str
    value: float = 0.0
    text: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Curve:
    """`y = exp(-x)`: the name before the equals sign, or "", and the expression."""

    name: str
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class BarItem:
    """A statistic for what follows (`variables` None), or variables, one maybe under another name."""

    statistic: str = ""
    variables: Pattern | Range | None = None
    name: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GraphOption:
    """An option of a graph command.

    Attributes
    ----------
    name : str
        Full name; a negated one without `no`, with the value False.
    value : object
        What stands in the parentheses before the comma; None without anything there.
    options : GraphOptions
        What stands behind that comma, or all that is inside of `legend()` and its like.
    text : str
        The inside as typed.
    drawn : bool
        False: known to Stata, without effect here.
    """

    name: str
    value: Any
    options: GraphOptions
    text: str = ""
    drawn: bool = True
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """Options in the order typed; an option may be given more than once."""

    items: tuple[GraphOption, ...] = ()

    def __iter__(self) -> Iterator[GraphOption]:
        return iter(self.items)

    def __contains__(self, name: str) -> bool:
        return any(item.name == name for item in self.items)

    def __add__(self, other: GraphOptions) -> GraphOptions:
        return GraphOptions(self.items + other.items)

    def every(self, *names: str) -> tuple[GraphOption, ...]:
        """Return each option of some names, in the order typed."""
        return tuple(item for item in self.items if item.name in names)

    def last(self, *names: str) -> GraphOption | None:
        """Return the last option of some names: it counts where only one can."""
        found = self.every(*names)
        return found[-1] if found else None

    def value(self, name: str, default: Any = None) -> Any:
        """Return the value of the last option of a name; `default` without one."""
        found = self.last(name)
        return default if found is None or found.value is None else found.value

    def flag(self, name: str) -> bool:
        """Return whether an option without value was given, and not negated last."""
        found = self.last(name)
        return found is not None and found.value is not False

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of the last option of a name; () without one."""
        return tuple(item.text for item in self.value(name, ()))

    def word(self, name: str) -> str:
        """Return the first word of an option of one word; "" without it."""
        words = self.words(name)
        return words[0] if words else ""


NO_OPTIONS = GraphOptions()


@dataclass(frozen=True, slots=True)
class PlotNode:
    """One plot of a graph command: `scatter y x if z [aw=w], msymbol(Oh)`."""

    kind: str
    argument: Any
    argument_text: str
    condition: Expression | None
    in_range: InRange | None
    weight: Weight | None
    options: GraphOptions
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GraphCommand:
    """A graph command: plots laid over each other, what restricts them all, and the options of the graph."""

    name: str
    text: str
    plots: tuple[PlotNode, ...]
    condition: Expression | None
    in_range: InRange | None
    weight: Weight | None
    options: GraphOptions
    span: Span = field(default=NOWHERE, compare=False)
