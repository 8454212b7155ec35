"""Calls as closures: arguments that a function may change are written back to where they came from."""

from __future__ import annotations

from typing import Any

from xmixed.errors import StataError
from xmixed.mata.compiling.places import ALIASES, Setter, compile_target
from xmixed.mata.compiling.scope import ARGUMENTS, Callee, Code, Library, Scope
from xmixed.mata.errors import MataError, does_not_compile
from xmixed.mata.nodes import Assign, Call, Choice, Dereference, Expression, Member, Name
from xmixed.mata.values import FunctionReference, Value, copied


def call(node: Call, scope: Scope) -> Code:
    """Compile a call by name or through a pointer to a function."""
    if node.function == Name("args") and not node.arguments:
        return _number_of_arguments(scope)
    codes = [_argument(argument, scope) for argument in node.arguments]
    setters = [_written_back(argument, scope) for argument in node.arguments]
    if isinstance(node.function, Name):
        return _named(node.function.name, codes, setters, scope.library)
    if not isinstance(node.function, Dereference):
        raise does_not_compile()
    pointer, library = scope.code(node.function.operand), scope.library

    def run(frame: Any) -> Value:
        found = pointer(frame)
        if not isinstance(found, FunctionReference):
            raise MataError(3010 if found is None else 3101)
        return call_function(library.function(found.name), found.name, [code(frame) for code in codes])

    return run


def _named(name: str, codes: list[Code], setters: list[Setter | None], library: Library) -> Code:
    traced = f"{name}()"

    def run(frame: Any) -> Value:
        function = library.function(name)
        given = [code(frame) for code in codes]
        try:
            found = function.call(given)
        except MataError as error:
            raise error.passing(traced) from None
        for place in function.outputs:
            if place < len(setters):
                setter = setters[place]
                if setter is not None:
                    setter(frame, given[place])
        return found

    return run


def call_function(function: Callee, name: str, given: list[Value]) -> Value:
    """Call a function with values; an error notes that it leaves it."""
    try:
        return function.call(given)
    except MataError as error:
        raise error.passing(f"{name}()") from None


def _number_of_arguments(scope: Scope) -> Code:
    if not scope.function:
        raise does_not_compile("args() outside of a function")
    return lambda frame: float(frame[ARGUMENTS])


def _argument(node: Expression, scope: Scope) -> Code:
    """Compile an argument; that of a variable is passed itself, what only may be one is copied."""
    code = scope.code(node)
    if isinstance(node, ALIASES) and isinstance(node, Choice):
        return lambda frame: copied(code(frame))
    return code


def _written_back(node: Expression, scope: Scope) -> Setter | None:
    """Return the code that changes the variable that an argument is; None where it is none."""
    if isinstance(node, Assign):
        node = node.target
    if not isinstance(node, (Name, Member, Dereference)):
        return None
    try:
        return compile_target(node, scope)
    except StataError:
        return None
