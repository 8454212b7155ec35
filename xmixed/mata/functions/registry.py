"""The table of Mata's functions: their arguments, which of them they change, what computes them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from xmixed.errors import StataError
from xmixed.mata.errors import MataError
from xmixed.mata.values import Value

MODULES = (
    "construction", "algebra", "decompositions", "totals", "moments", "elementwise", "strings", "ordering",
    "random", "output", "data", "variables", "stata", "optimize", "associative", "timing", "files",
)  # fmt: skip
"""The module of each family."""


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function.

    Attributes
    ----------
    name : str
    minimum, maximum : int
        How many arguments it takes; no maximum is -1.
    outputs : frozenset of int
        Arguments that it changes: `compute` takes the list of them and puts new values into it.
    placed : bool
        The first argument of `compute` is what remembers the session (`memory.py`).
    compute : callable
    """

    name: str
    minimum: int
    maximum: int
    outputs: frozenset[int]
    placed: bool
    compute: Callable[..., Value]


class BoundBuiltin:
    """A function of Mata's own in one session, as calls see it."""

    __slots__ = ("_compute", "_first", "_listed", "maximum", "minimum", "outputs")

    def __init__(self, builtin: Builtin, memory: Any) -> None:
        self.outputs = builtin.outputs
        self.minimum = builtin.minimum
        self.maximum = builtin.maximum if builtin.maximum >= 0 else 10_000
        self._compute = builtin.compute
        self._first: tuple[Any, ...] = (memory,) if builtin.placed else ()
        self._listed = bool(builtin.outputs)

    def call(self, given: list[Value]) -> Value:
        """Compute; raises MataError: r(3001) for a wrong number of arguments, codes of the function."""
        if not self.minimum <= len(given) <= self.maximum:
            raise MataError(3001)
        try:
            if self._listed:
                return self._compute(*self._first, given)
            return self._compute(*self._first, *given)
        except MataError:
            raise
        except StataError as error:
            if error.code == 1:  # --Break--
                raise
            raise MataError(error.code, error.message, error.hint) from error


_BUILTINS: dict[str, Builtin] = {}


def builtin(
    names: str,
    minimum: int,
    maximum: int | None = None,
    *,
    outputs: Iterable[int] = (),
    placed: bool = False,
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register the decorated function under one or more names (separated by blanks).

    It takes `minimum` to `maximum` arguments; just `minimum` by default, any number for -1.
    """

    def register(compute: Callable[..., Value]) -> Callable[..., Value]:
        most = minimum if maximum is None else maximum
        for name in names.split():
            if name in _BUILTINS:
                raise RuntimeError(f"function {name}() is registered twice")
            _BUILTINS[name] = Builtin(name, minimum, most, frozenset(outputs), placed, compute)
        return compute

    return register


@cache
def builtins() -> dict[str, Builtin]:
    """Return every function of Mata's own by name."""
    for module in MODULES:
        importlib.import_module(f"xmixed.mata.functions.{module}")
    return dict(sorted(_BUILTINS.items()))
