"""The syntax tree: frozen nodes with the position of their text in the command line.

Here stand those of expressions, variable lists and commands. The modules of this folder hold nodes that few
lines need: those of assignments, of estimators, of graphs, and elements of `display`. Nothing here parses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Union

from xmixed.errors import Span, StataError

NOWHERE = Span(0, 0)

# --- expressions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric literal or missing value, as a double (missing values as double codes)."""

    value: float
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, scalar, or system variable (`_n`, `_N`, `_pi`, `_rc`).

    `operator` holds a time-series operator in upper case without the dot (`L2D`).
    """

    name: str
    operator: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Subscript:
    """`x[_n-1]`; for a matrix `M[1,2]` there are two indices."""

    name: str
    indices: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `e(ll)`, `r(mean)`, `s(x)`, `scalar(x)`, `matrix(M)` are calls too."""

    name: str
    arguments: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x`, `!x` (also written `~x`)."""

    operator: str
    operand: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; operators `^ * / + - > < >= <= == != & |` (`~=` is read as `!=`)."""

    operator: str
    left: Expression
    right: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """`_b[week]`, `_se[eq:week]`, `[eq]week`, `[eq]_b[week]`, `_coef[...]`.

    `name` may be a factor-variable term.
    """

    kind: str  # "b" or "se"
    equation: str
    name: str
    span: Span = field(default=NOWHERE, compare=False)


Expression = Union[Number, Text, Name, Subscript, Call, Unary, Binary, Coefficient]


def left_spine(node: Expression) -> tuple[Expression, tuple[Binary, ...]]:
    """Return the first operand of a chain of operators that groups from the left, and the operators on it.

    `1+2-3*4` gives 1 and the nodes of `1+2` and of the whole, innermost first; what is no operator between
    operands gives itself and (). Chains may be long, so walkers go through them in a loop.
    """
    spine: list[Binary] = []
    while isinstance(node, Binary):
        spine.append(node)
        node = node.left
    return node, tuple(reversed(spine))


# --- variable lists --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pattern:
    """One element of a varlist: a name, an abbreviation, or a pattern with `*`, `?`, `~`; `_all` too.

    `operator` holds a time-series operator in canonical upper case without the dot (`L`, `D2`, `L(1/3)`).
    """

    text: str
    operator: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """`first-last`: the variables between two, as the dataset orders them."""

    first: str
    last: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FactorVariable:
    """`i.x`, `ib2.x`, `c.x`, `2.x`, `i(1/3).x`, `o.x`: one operand of a factor term.

    `operator` is the text before the dot as typed (`i`, `ib2`, `c`, `2`, `ibn`, `i2`); "" for a bare name
    inside an interaction (which means `i.`). `name` may be abbreviated or a pattern; the parser has expanded
    `i.(a b)`, and keeps a range of names as `a-c`.
    """

    operator: str
    name: str
    time_series: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Interaction:
    """`a#b#c` (one term) or, with `full`, `a##b##c` (all lower-order terms too); `i.x` has one operand."""

    operands: tuple[FactorVariable, ...]
    full: bool = False
    span: Span = field(default=NOWHERE, compare=False)


VarlistItem = Union[Pattern, Range, Interaction]
Varlist = tuple[VarlistItem, ...]

# --- parts of a command ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InRange:
    """`in f/l`; positive from the start, negative from the end of the data (`-1` is the last, also `l`)."""

    first: int
    last: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Weight:
    """`[type=exp]`; `kind` is fweight, pweight, aweight, iweight, or "weight" when `[w=exp]` was given.

    `text` is the expression as typed, for e(wexp).
    """

    kind: str
    expression: Expression
    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Option:
    """An option after parsing by its `OptionSpec`: full name, value (None for a flag), text in parentheses.

    `name` of a negatable option is without `no` and `value` is False when `no` was typed.
    """

    name: str
    value: Any
    text: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Command:
    """A command in standard syntax, parsed as its registry entry says.

    `argument` is what stands between the name and if/in/weight/using/options, parsed by the rule that the
    entry's `Syntax.argument` names (see there); `argument_text` is the same as typed.
    """

    name: str  # full name from the registry
    text: str  # the command line as typed, for e(cmdline)
    argument: Any = None
    argument_text: str = ""
    condition: Expression | None = None
    in_range: InRange | None = None
    weight: Weight | None = None
    using: str | None = None
    options: dict[str, Option] = field(default_factory=dict)
    span: Span = field(default=NOWHERE, compare=False)
    body: Any = field(default=None, compare=False)  # runs the block in braces behind it; None without one

    def option(self, name: str, default: Any = None) -> Any:
        """Return the value of an option (True for a flag that was given), or `default` when it was not."""
        found = self.options.get(name)
        if found is None:
            return default
        return True if found.value is None else found.value

    def required(self, name: str) -> Any:
        """Return the value of an option that must be given.

        Raises
        ------
        StataError
            r(198) `option by() required`.
        """
        value = self.option(name)
        if value is None or value == "":
            raise StataError(198, f"option {name}() required")
        return value
