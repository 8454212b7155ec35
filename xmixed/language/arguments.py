"""Small nodes for command arguments that are neither expressions nor variable lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from xmixed.errors import Span
from xmixed.language.nodes import NOWHERE, Expression, Name, Subscript


@dataclass(frozen=True, slots=True)
class NewVariable:
    """`[type] newvar[:lblname] = exp`.

    `type` is "" when not given, and `str` without a length for `gen str x = ...`.
    """

    type: str
    name: str
    value_label: str
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """`oldvar = exp` (`oldvar[3] = exp` is refused by the command)."""

    target: Name | Subscript
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DisplayItem:
    """One element of `display`.

    `kind`: "expression" (with `format`, "" for the default), "text" (a quoted string), or "directive", whose
    word stands in `directive` and its argument in `expression` or `word`: `_newline`, `_continue`, `_column`,
    `_skip`, `_dup`, `_char`, `as`, `in`, `,`, `,,`. `_request` is refused.
    """

    kind: str
    expression: Expression | None = None
    text: str = ""
    format: str = ""
    directive: str = ""
    word: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One linear hypothesis of `test`.

    Attributes
    ----------
    sides : tuple of Expression
        `x = y = 2` has three; one side alone means that it is zero. Coefficients are `Coefficient` nodes.
    grouped : bool
        Written in parentheses.
    equation : str
        Name in `[eq]` (then no sides: all its coefficients) or before the colon of `[eq]: x y`.
    """

    sides: tuple[Expression, ...]
    grouped: bool = False
    equation: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NewVariables:
    """`[type] {stub* | newvarlist}`: names of variables to be made; `type` is "" when not given.

    `stub` is what stands before the star, and `names` are then empty.
    """

    type: str
    names: tuple[str, ...]
    stub: str = ""
    span: Span = field(default=NOWHERE, compare=False)
