"""What has a place, read and assigned to: elements, members of structures, what pointers mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xmixed.mata.compiling.arithmetic import operation
from xmixed.mata.compiling.scope import Code, Scope, checker
from xmixed.mata.compiling.subscripts import element, submatrix, vector_element, with_element, with_submatrix
from xmixed.mata.errors import MataError, does_not_compile
from xmixed.mata.nodes import (
    Address,
    Assign,
    Call,
    Choice,
    Constant,
    Dereference,
    Elements,
    Expression,
    Member,
    Name,
    Step,
    Submatrix,
)
from xmixed.mata.values import (
    FunctionReference,
    StructureValue,
    Value,
    VariableReference,
    copied,
    number,
    owned,
)
from xmixed.missing import MISSING

Setter = Callable[[Any, Value], None]
"""Compiled target of an assignment: takes a frame and the value."""

ALIASES = (Name, Member, Choice, Assign, Dereference)
"""Expressions whose value may be that of a variable, and must be copied to be kept."""


def _subscript(node: Expression | None, scope: Scope) -> Code:
    return scope.code(Constant(MISSING) if node is None else node)


def elements(node: Elements, scope: Scope) -> Code:
    operand = scope.code(node.operand)
    subscripts = [_subscript(part, scope) for part in node.subscripts]
    if len(subscripts) == 1:
        index = subscripts[0]
        return lambda frame: vector_element(operand(frame), index(frame))
    row, column = subscripts
    return lambda frame: element(operand(frame), row(frame), column(frame))


def submatrix_of(node: Submatrix, scope: Scope) -> Code:
    operand, corners = scope.code(node.operand), scope.code(node.bounds)
    return lambda frame: submatrix(operand(frame), corners(frame))


def _holder(node: Member, scope: Scope) -> Callable[[Any], dict[str, Value]]:
    """Return the code that finds the members of a structure; r(3259), r(3000) for what is none."""
    operand = scope.code(Dereference(node.operand) if node.through else node.operand)
    name = node.name

    def run(frame: Any) -> dict[str, Value]:
        value = operand(frame)
        if not isinstance(value, StructureValue):
            raise MataError(3259)
        if name not in value.members:
            raise MataError(3000, f"{name} not a member of struct {value.name}")
        return value.members

    return run


def member(node: Member, scope: Scope) -> Code:
    holder, name = _holder(node, scope), node.name
    return lambda frame: holder(frame)[name]


def address(node: Address, scope: Scope) -> Code:
    operand = node.operand
    if isinstance(operand, Call) and isinstance(operand.function, Name) and not operand.arguments:
        reference = FunctionReference(operand.function.name)
        return lambda frame: reference
    if not isinstance(operand, Name):
        code = scope.code(operand)
        return lambda frame: VariableReference([owned(code(frame))], 0)
    if operand.name in scope.externals:
        variables, name = scope.library.variables, operand.name
        return lambda frame: VariableReference(variables, name)
    key = scope.key(operand.name)
    scope.rebound.add(operand.name)
    return lambda frame: VariableReference(frame, key)


def target_of(value: Value) -> VariableReference:
    """Return the variable that a pointer means; r(3010), r(3012), r(3257)."""
    if value is None:
        raise MataError(3010)
    if isinstance(value, FunctionReference):
        raise MataError(3102)
    if not isinstance(value, VariableReference):
        raise MataError(3257)
    return value


def dereference(node: Dereference, scope: Scope) -> Code:
    operand = scope.code(node.operand)

    def run(frame: Any) -> Value:
        found = target_of(operand(frame))
        return found.frame[found.key]

    return run


# --- assignment -------------------------------------------------------------------------------------


def compile_target(node: Expression, scope: Scope) -> Setter:
    """Return the code that assigns to an expression; raises StataError r(3000) for what has no place."""
    if isinstance(node, Name):
        return _setname(node, scope)
    if isinstance(node, Member):
        holder, name = _holder(node, scope), node.name

        def set_member(frame: Any, value: Value) -> None:
            holder(frame)[name] = value

        return set_member
    if isinstance(node, Dereference):
        operand = scope.code(node.operand)

        def set_through(frame: Any, value: Value) -> None:
            found = target_of(operand(frame))
            found.frame[found.key] = value

        return set_through
    if isinstance(node, (Elements, Submatrix)):
        return _set_elements(node, scope)
    raise does_not_compile("invalid lval")


def _setname(node: Name, scope: Scope) -> Setter:
    name = node.name
    scope.rebound.add(name)
    check = checker(scope.type_of(name))
    if name in scope.externals:
        variables = scope.library.variables

        def set_external(frame: Any, value: Value) -> None:
            variables[name] = value

        return set_external
    key = scope.key(name)

    def set_checked(frame: Any, value: Value) -> None:
        frame[key] = check(value) if check is not None else value

    def set_any(frame: Any, value: Value) -> None:
        frame[key] = value

    return set_any if check is None else set_checked


def _set_elements(node: Elements | Submatrix, scope: Scope) -> Setter:
    read, write = scope.code(node.operand), compile_target(node.operand, scope)
    if isinstance(node, Submatrix):
        corners = scope.code(node.bounds)

        def set_submatrix(frame: Any, value: Value) -> None:
            write(frame, with_submatrix(read(frame), corners(frame), value))

        return set_submatrix
    subscripts = [_subscript(part, scope) for part in node.subscripts]

    def set_elements(frame: Any, value: Value) -> None:
        before = read(frame)
        after = with_element(before, [part(frame) for part in subscripts], value)
        if after is not before:
            write(frame, after)

    return set_elements


def assign(node: Assign, scope: Scope) -> Code:
    value = scope.code(node.value)
    if node.operator:
        value = operation(node.operator, scope.code(node.target), value)
    write = compile_target(node.target, scope)
    own = copied if isinstance(node.value, ALIASES) and not node.operator else owned

    def run(frame: Any) -> Value:
        new = value(frame)
        if type(new) is not float:
            if new is None and isinstance(node.value, Call):
                raise MataError(3258)
            new = own(new)
        write(frame, new)
        return new

    return run


def step(node: Step, scope: Scope) -> Code:
    read, write = scope.code(node.target), compile_target(node.target, scope)
    by, before = node.by, node.before

    def run(frame: Any) -> Value:
        old = number(read(frame))
        new = old + by if old < MISSING else MISSING
        write(frame, new)
        return new if before else old

    return run
