"""Where the values of names are kept while code runs.

Code of a function runs on a frame, a list: element 0 is how many arguments were given, 1 the value that is
returned, then come parameters and local variables. Code outside of functions runs on the variables in memory,
a dictionary by name. Either is read as `frame[key]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from xmixed.mata.errors import MataError, does_not_compile, not_built
from xmixed.mata.nodes import Expression, Structure, Type
from xmixed.mata.values import VOID_REAL, VOID_STRING, StructureValue, Value, is_matrix, is_string
from xmixed.mata.values import array as array_of
from xmixed.missing import MISSING

Code = Callable[[Any], Value]
"""Compiled code: takes a frame."""

Compiler = Callable[[Any, "Scope"], Code]
"""Makes code of a node; raises StataError r(3000)."""

ARGUMENTS, RETURNED, FIRST = 0, 1, 2
"""Places in a frame: number of arguments, value returned, first parameter."""


class Callee(Protocol):
    """A function as calls see it.

    Attributes
    ----------
    outputs : frozenset of int
        Arguments that it may change: afterwards `given` holds what they are.
    """

    outputs: frozenset[int]

    def call(self, given: list[Value]) -> Value:
        """Compute with arguments; raises MataError."""
        ...


class Library(Protocol):
    """What code finds by name when it runs."""

    variables: dict[str, Value]
    structures: dict[str, Structure]
    strict: bool

    def function(self, name: str) -> Callee:
        """Return the function of a name; raises MataError r(3499)."""
        ...


class Scope:
    """Names of a function and their places in its frame; without a function, variables in memory."""

    def __init__(self, library: Library, compilers: Mapping[type, Compiler], function: str = "") -> None:
        self.library = library
        self.compilers = compilers
        self.function = function
        self.places: dict[str, int] = {}
        self.types: list[Type] = []
        self.declared: set[str] = set()
        self.externals: set[str] = set()
        self.rebound: set[str] = set()  # names that get another value, or may

    def code(self, node: Expression) -> Code:
        """Return the code of an expression; raises StataError r(3000)."""
        return self.compilers[type(node)](node, self)

    def declare(self, name: str, kind: Type) -> int:
        """Give a variable a place; r(3000) when it has one."""
        if name in self.declared or name in self.externals:
            raise does_not_compile(f"variable {name} already declared")
        check_built(kind)
        place = self._new(name, kind)
        self.declared.add(name)
        return place

    def key(self, name: str) -> Any:
        """Return the key of a name in the frame; an unknown variable of a function gets a place.

        Raises
        ------
        StataError
            r(3000) under `set matastrict on`.
        """
        if not self.function:
            return name
        if name in self.places:
            return self.places[name]
        if self.library.strict:
            raise does_not_compile(f"variable {name} undeclared")
        return self._new(name, Type())

    def type_of(self, name: str) -> Type | None:
        """Return the declared type of a variable; None where it has none."""
        return self.types[self.places[name] - FIRST] if name in self.declared else None

    def _new(self, name: str, kind: Type) -> int:
        place = self.places[name] = FIRST + len(self.types)
        self.types.append(kind)
        return place


def check_built(kind: Type) -> None:
    """Refuse types that do not exist here, r(3000)."""
    if kind.element == "complex":
        raise not_built("complex numbers are")
    if kind.element in ("struct", "pointer") and kind.shape != "scalar":
        raise not_built(f"{kind.element} {kind.shape}")


def initial(kind: Type, library: Library) -> Value:
    """Return the value that a variable of a type begins with."""
    if kind.element == "struct":
        return new_structure(kind.structure, library)
    if kind.element == "pointer":
        return None
    if kind.shape == "scalar":
        return (
            "" if kind.element == "string" else MISSING if kind.element in ("real", "numeric") else VOID_REAL
        )
    void = VOID_STRING if kind.element == "string" else VOID_REAL
    shape = {"rowvector": (1, 0), "vector": (1, 0), "colvector": (0, 1)}.get(kind.shape, (0, 0))
    return void.reshape(shape)


def new_structure(name: str, library: Library) -> StructureValue:
    """Return a structure with members as they begin; r(3000) for a name that is not defined."""
    found = library.structures.get(name)
    if found is None:
        raise does_not_compile(f"struct {name} undefined")
    members = {member: initial(line.type, library) for line in found.members for member in line.names}
    return StructureValue(name, members)


def checker(kind: Type | None) -> Callable[[Value], Value] | None:
    """Return what checks a value against a declared type, and gives it back; None where any value fits."""
    if kind is None or kind == Type() or kind.element == "void":
        return None
    if kind.element in ("real", "numeric") and kind.shape == "scalar":
        return lambda value: value if type(value) is float else _checked(value, kind)
    return lambda value: _checked(value, kind)


def _checked(value: Value, kind: Type) -> Value:
    """Return a value of a declared type.

    Raises
    ------
    MataError
        r(3253), r(3254), r(3257), r(3259) for the wrong element; r(3201) to r(3204) for the wrong shape.
    """
    if kind.element == "struct":
        if not isinstance(value, StructureValue) or value.name != kind.structure:
            raise MataError(3259)
        return value
    if not is_matrix(value):
        if kind.element in ("real", "numeric", "complex", "string"):
            raise MataError(3254 if kind.element == "string" else 3253)
        return value
    if kind.element == "pointer":
        raise MataError(3257)
    found = array_of(value)
    if kind.element in ("real", "numeric") and is_string(value):
        raise MataError(3253 if kind.element == "real" else 3251)
    if kind.element == "string" and not is_string(value):
        if found.size:
            raise MataError(3254)
        value = np.empty(found.shape, dtype=object)
    rows, columns = found.shape
    if kind.shape == "scalar" and (rows, columns) != (1, 1):
        raise MataError(3204)
    if kind.shape == "rowvector" and rows != 1:
        return found[:0].reshape(1, 0) if not found.size else _wrong(3202)
    if kind.shape == "colvector" and columns != 1:
        return found[:0].reshape(0, 1) if not found.size else _wrong(3203)
    if kind.shape == "vector" and 1 not in (rows, columns):
        return found[:0].reshape(1, 0) if not found.size else _wrong(3201)
    return value


def _wrong(code: int) -> Value:
    raise MataError(code)
