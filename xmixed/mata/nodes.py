"""Mata's syntax tree: expressions, statements, definitions; immutable, without positions."""

from __future__ import annotations

from typing import NamedTuple, Union


class Constant(NamedTuple):
    """A number (missing values as double codes), a string, or NULL."""

    value: float | str | None


class Name(NamedTuple):
    name: str


class Unary(NamedTuple):
    operator: str
    operand: Expression


class Binary(NamedTuple):
    operator: str
    left: Expression
    right: Expression


class Transpose(NamedTuple):
    operand: Expression


class Step(NamedTuple):
    """`++x`, `x--`: the value is that before or after the step."""

    target: Expression
    by: float
    before: bool


class Choice(NamedTuple):
    """`a ? b : c`."""

    condition: Expression
    yes: Expression
    no: Expression


class Assign(NamedTuple):
    """`target = value`, or `target += value` with an operator."""

    target: Expression
    value: Expression
    operator: str = ""


class Elements(NamedTuple):
    """`A[i,j]`, `v[i]`; a subscript that is left out is None."""

    operand: Expression
    subscripts: tuple[Expression | None, ...]


class Submatrix(NamedTuple):
    """`A[|r1,c1 \\ r2,c2|]`."""

    operand: Expression
    bounds: Expression


class Call(NamedTuple):
    """`f(...)` by name, or `(*p)(...)`."""

    function: Expression
    arguments: tuple[Expression, ...]


class Member(NamedTuple):
    """`s.a`, `p->a`."""

    operand: Expression
    name: str
    through: bool


class Address(NamedTuple):
    operand: Expression


class Dereference(NamedTuple):
    operand: Expression


Expression = Union[
    Constant, Name, Unary, Binary, Transpose, Step, Choice, Assign, Elements, Submatrix, Call, Member,
    Address, Dereference,
]  # fmt: skip


class Type(NamedTuple):
    """A declared type.

    Attributes
    ----------
    element : str
        `real`, `complex`, `string`, `numeric`, `transmorphic`, `void`, `pointer` or `struct`.
    shape : str
        `scalar`, `vector`, `rowvector`, `colvector` or `matrix`.
    structure : str
        Name of the structure.
    """

    element: str = "transmorphic"
    shape: str = "matrix"
    structure: str = ""


class Block(NamedTuple):
    statements: tuple[Item, ...]


class Branch(NamedTuple):
    condition: Expression
    yes: Item
    no: Item | None


class Loop(NamedTuple):
    """`while` and `for`: `step` runs after each round, also after `continue`."""

    start: tuple[Expression, ...]
    condition: Expression | None
    step: tuple[Expression, ...]
    body: Item


class Until(NamedTuple):
    """`do ... while (condition)`."""

    body: Item
    condition: Expression


class Return(NamedTuple):
    value: Expression | None


class Jump(NamedTuple):
    """`break` or `continue`."""

    word: str


class Simple(NamedTuple):
    """An expression that stands alone; its value is shown, but for `(void) f()`."""

    expression: Expression
    shown: bool = True


class Declaration(NamedTuple):
    """Variables of a function, or `external` ones."""

    type: Type
    names: tuple[str, ...]
    external: bool = False


class Parameter(NamedTuple):
    name: str
    type: Type


class Definition(NamedTuple):
    """A function; parameters from `required` on may be left out."""

    name: str
    type: Type
    parameters: tuple[Parameter, ...]
    required: int
    body: Block


class Structure(NamedTuple):
    """`struct name { ... }`."""

    name: str
    members: tuple[Declaration, ...]


Statement = Union[Block, Branch, Loop, Until, Return, Jump, Simple, Declaration]
Item = Union[Statement, Definition, Structure]
