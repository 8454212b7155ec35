"""The table of functions: name, arguments, and what computes it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from xmixed.errors import StataError, syntax_error
from xmixed.expressions.place import Place
from xmixed.expressions.values import Value, cleaned, is_text, type_mismatch, without_codes

MODULES = (
    "math",
    "statistics",
    "families",
    "random",
    "strings",
    "patterns",
    "dates",
    "selection",
    "programs",
)
"""The module of each family."""

_BUSINESS = frozenset({"bofd", "dofb"})
"""Functions of business calendars, which are not there."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes
    ----------
    name : str
    kinds : str
        One letter an argument: `n` numeric, `s` string, `a` either.
    minimum : int
        Number of arguments that must be given.
    variadic : bool
        The last kind repeats without end.
    strict : bool
        `.` when a numeric argument is missing; the function then never sees a missing code.
    placed : bool
        The first argument of `compute` is the `Place`.
    compute : callable
    """

    name: str
    kinds: str
    minimum: int
    variadic: bool
    strict: bool
    placed: bool
    compute: Callable[..., Any]

    def check(self, texts: Sequence[bool]) -> None:
        """Check the number of arguments and which of them are strings; raises as a call does."""
        count = len(texts)
        if count < self.minimum or (count > len(self.kinds) and not self.variadic):
            raise syntax_error()
        for position, text in enumerate(texts):
            kind = self.kinds[min(position, len(self.kinds) - 1)]
            if kind != "a" and (kind == "s") != text:
                raise type_mismatch()

    def __call__(self, place: Place, arguments: list[Value]) -> Value:
        """Check and compute.

        Raises
        ------
        StataError
            r(198) for the wrong number of arguments, r(109) for the wrong types.
        """
        self.check([is_text(argument) for argument in arguments])
        first = (place,) if self.placed else ()
        with np.errstate(all="ignore"):
            if not self.strict:
                return self.compute(*first, *arguments)
            numbers = [argument for argument in arguments if not isinstance(argument, str)]
            safe = [item if is_text(item) else without_codes(item) for item in arguments]  # type: ignore[arg-type]
            result = self.compute(*first, *safe)
            if is_text(result):
                return result
            return cleaned(np.asarray(result), *(item for item in numbers if item.dtype != object))


_FUNCTIONS: dict[str, Function] = {}


def function(
    names: str, kinds: str = "", *, strict: bool = True, placed: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function under one or more names (separated by blanks).

    `kinds` is one letter an argument (`n` numeric, `s` string, `a` either); those after `|` are optional,
    a final `*` lets the last one repeat.
    """

    def register(compute: Callable[..., Any]) -> Callable[..., Any]:
        required, _, optional = kinds.removesuffix("*").partition("|")
        for name in names.split():
            if name in _FUNCTIONS:
                raise RuntimeError(f"function {name}() is registered twice")
            _FUNCTIONS[name] = Function(
                name, required + optional, len(required), kinds.endswith("*"), strict, placed, compute
            )
        return compute

    return register


@cache
def functions() -> dict[str, Function]:
    """Return every function by name."""
    for module in MODULES:
        importlib.import_module(f"xmixed.expressions.functions.{module}")
    return dict(sorted(_FUNCTIONS.items()))


def find_function(name: str) -> Function:
    """Return a function; r(133) `unknown function foo()`."""
    found = functions().get(name)
    if found is None:
        if name in _BUSINESS:
            raise StataError(133, f"{name}() is not implemented in xmixed", hint="(no business calendars)")
        raise StataError(133, f"unknown function {name}()")
    return found
