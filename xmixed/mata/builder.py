"""From grammar rules to nodes: the callbacks of `grammar/mata/mata.lark`."""

from __future__ import annotations

from typing import Any

from xmixed.language.builders.expressions import number_from
from xmixed.mata.errors import does_not_compile, not_built
from xmixed.mata.nodes import (
    Address,
    Assign,
    Binary,
    Block,
    Branch,
    Call,
    Choice,
    Constant,
    Declaration,
    Definition,
    Dereference,
    Elements,
    Expression,
    Item,
    Jump,
    Loop,
    Member,
    Name,
    Parameter,
    Return,
    Simple,
    Step,
    Structure,
    Submatrix,
    Transpose,
    Type,
    Unary,
    Until,
)
from xmixed.missing import missing_code

SHAPES = frozenset({"scalar", "vector", "rowvector", "colvector", "matrix"})
EMPTY = Block(())


class MataBuilder:
    """Callbacks named after the grammar's rules; each takes the list of children."""

    # --- definitions ---

    def start(self, children: list[Any]) -> tuple[Item, ...]:
        return tuple(children)

    def definition(self, children: list[Any]) -> Definition:
        (name, kind), parameters, body = children
        found, required = parameters or ((), 0)
        if len({parameter.name for parameter in found}) < len(found):
            raise does_not_compile("argument name repeated")
        block = body if isinstance(body, Block) else Block((body,))
        return Definition(name, kind, found, required, block)

    def head(self, children: list[Any]) -> tuple[str, Type]:
        kind = children[0] if isinstance(children[0], Type) else Type()
        return str(children[-1]), kind

    def parameters(self, children: list[Any]) -> tuple[tuple[Parameter, ...], int]:
        found = tuple(child for child in children if isinstance(child, Parameter))
        bars = [place for place, child in enumerate(children) if not isinstance(child, Parameter)]
        return found, bars[0] if bars else len(found)

    def parameter(self, children: list[Any]) -> Parameter:
        kind, name = children
        return Parameter(str(name), kind or Type())

    def structure(self, children: list[Any]) -> Structure:
        return Structure(str(children[1]), tuple(children[2:]))

    def type(self, children: list[Any]) -> Type:
        *elements, last = children
        if isinstance(last, Type):  # without a shape it is a matrix
            return last._replace(shape="scalar") if last.element in ("struct", "pointer") else last
        return elements[0]._replace(shape=str(last)) if elements else Type(shape=str(last))

    def shape(self, children: list[Any]) -> str:
        return str(children[0])

    def element(self, children: list[Any]) -> Type:
        return Type(str(children[0]))

    def pointer(self, children: list[Any]) -> Type:
        return Type("pointer")

    def pointed(self, children: list[Any]) -> None:
        return None

    def structured(self, children: list[Any]) -> Type:
        return Type("struct", "matrix", str(children[1]))

    # --- statements ---

    def block(self, children: list[Any]) -> Block:
        return Block(tuple(children))

    def branch(self, children: list[Any]) -> Branch:
        _, condition, yes, *others = children
        return Branch(condition, yes, others[1] if others and others[0] is not None else None)

    def loop(self, children: list[Any]) -> Loop:
        return Loop((), children[1], (), children[2])

    def until(self, children: list[Any]) -> Until:
        return Until(children[1], children[3])

    def counted(self, children: list[Any]) -> Loop:
        _, start, condition, step, body = children
        return Loop(start or (), condition, step or (), body)

    def declaration(self, children: list[Any]) -> Declaration:
        kind, *names = children
        return Declaration(kind, tuple(map(str, names)))

    def external(self, children: list[Any]) -> Declaration:
        _, kind, *names = children
        return Declaration(kind or Type(), tuple(map(str, names)), external=True)

    def jump(self, children: list[Any]) -> Jump:
        return Jump(str(children[0]))

    def return_nothing(self, children: list[Any]) -> Return:
        return Return(None)

    def return_value(self, children: list[Any]) -> Return:
        return Return(children[1])

    def simple(self, children: list[Any]) -> Simple:
        return Simple(children[0])

    def silent(self, children: list[Any]) -> Simple:
        return Simple(children[-1], shown=False)

    def empty(self, children: list[Any]) -> Block:
        return EMPTY

    # --- expressions ---

    def assign(self, children: list[Any]) -> Assign:
        target, operator, value = children
        if not isinstance(target, (Name, Elements, Submatrix, Member, Dereference)):
            raise does_not_compile("invalid lval")
        return Assign(target, value, str(operator)[:-1])

    def choice(self, children: list[Any]) -> Choice:
        return Choice(*children)

    def binary(self, children: list[Any]) -> Binary:
        left, operator, right = children
        return Binary(str(operator), left, right)

    def unary(self, children: list[Any]) -> Expression:
        operator, operand = children
        return Unary(str(operator), operand)

    def dereference(self, children: list[Any]) -> Dereference:
        return Dereference(children[1])

    def address(self, children: list[Any]) -> Address:
        return Address(children[1])

    def step_before(self, children: list[Any]) -> Step:
        return _step(children[1], str(children[0]), before=True)

    def step_after(self, children: list[Any]) -> Step:
        return _step(children[0], str(children[1]), before=False)

    def transpose(self, children: list[Any]) -> Transpose:
        return Transpose(children[0])

    def member(self, children: list[Any]) -> Member:
        operand, token = children
        return Member(operand, token.lstrip(".->"), token.startswith("->"))

    def arguments(self, children: list[Any]) -> tuple[Expression, ...]:
        return tuple(children)

    def call(self, children: list[Any]) -> Call:
        function, arguments = children
        return Call(function, arguments or ())

    def elements(self, children: list[Any]) -> Elements:
        return Elements(*children)

    def one_subscript(self, children: list[Any]) -> tuple[Expression | None, ...]:
        return tuple(children)

    two_subscripts = one_subscript

    def submatrix(self, children: list[Any]) -> Submatrix:
        return Submatrix(*children)

    def name(self, children: list[Any]) -> Name:
        return Name(str(children[0]))

    def number(self, children: list[Any]) -> Constant:
        return Constant(number_from(str(children[0])))

    def missing(self, children: list[Any]) -> Constant:
        return Constant(missing_code(str(children[0])))

    def text(self, children: list[Any]) -> Constant:
        return Constant(str(children[0])[1:-1])

    def compound(self, children: list[Any]) -> Constant:
        return Constant(str(children[0])[2:-2])

    def null(self, children: list[Any]) -> Constant:
        return Constant(None)

    def group(self, children: list[Any]) -> Expression:
        return children[0]

    def imaginary(self, children: list[Any]) -> Expression:
        raise not_built("complex numbers are")


def _step(target: Expression, operator: str, before: bool) -> Step:
    if not isinstance(target, (Name, Elements, Member, Dereference)):
        raise does_not_compile("invalid lval")
    return Step(target, 1.0 if operator == "++" else -1.0, before)
