"""The functions of egen: what each takes, and what it gets and returns."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState

ArgumentKind = Literal["expression", "varlist", "varname", "numlist", "none"]


@dataclass(frozen=True, slots=True)
class EgenCall:
    """One call.

    Attributes
    ----------
    session : SessionState
    text : str
        The argument as typed.
    values : ndarray, shape (n,), or None
        Of an expression, evaluated over all observations.
    variables : tuple of Variable
    numbers : tuple of float
    rows : ndarray of bool, shape (n,)
        The observations of `if` and `in`.
    codes : ndarray of int, shape (n,)
        By-group of each observation.
    count : int
        Number of by-groups.
    option : callable
        Gives the value of an option, or a default.
    """

    session: SessionState
    text: str
    values: np.ndarray | None
    variables: tuple[Variable, ...]
    numbers: tuple[float, ...]
    rows: np.ndarray
    codes: np.ndarray
    count: int
    option: Callable[..., Any]

    @property
    def data(self) -> Dataset:
        return self.session.data

    def number_values(self) -> np.ndarray:
        """Return the values of the argument, which must be numbers; r(109)."""
        assert self.values is not None
        if self.values.dtype == object:
            raise StataError(109, "type mismatch")
        return self.values

    def present(self) -> np.ndarray:
        """Return where the argument is known in an observation that counts, bool (n,)."""
        assert self.values is not None
        known = self.values != "" if self.values.dtype == object else ~is_missing(self.values)
        return self.rows & known

    def of_groups(self, found: np.ndarray) -> Column:
        """Return the column of a statistic of each group, shape (count,)."""
        return Column(found, codes=self.codes)

    def by_group(self, found: np.ndarray) -> np.ndarray:
        """Return a statistic of each group, shape (count,), at the observations, shape (n,)."""
        return found[self.codes] if self.count else np.full(len(self.codes), MISSING)


@dataclass(frozen=True, slots=True)
class Column:
    """What a function returns.

    Attributes
    ----------
    values : ndarray, shape (n,)
        Doubles or strings; observations outside `if` and `in` do not matter.
    type : str
        Storage type that it must have, "" for the one asked for.
    label : str
        Variable label.
    texts : dict of int to str or None
        Value label.
    label_name : str
        Its name; "" for that of the variable.
    everywhere : bool
        The values hold outside `if` and `in` too (tag).
    codes : ndarray of int, shape (n,), or None
        The values, numbers, are those of groups; the group of each observation.
    """

    values: np.ndarray
    type: str = ""
    label: str = ""
    texts: dict[int, str] | None = None
    label_name: str = ""
    everywhere: bool = False
    codes: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class EgenFunction:
    """One function: its argument, and whether groups are allowed."""

    name: str
    argument: ArgumentKind
    by: bool
    compute: Callable[[EgenCall], Column | np.ndarray]


_FUNCTIONS: dict[str, EgenFunction] = {}
_MODULES = ("statistics", "rows", "groups", "strings")


def egen(
    *names: str, argument: ArgumentKind, by: bool = False
) -> Callable[[Callable[[EgenCall], Column | np.ndarray]], Callable[[EgenCall], Column | np.ndarray]]:
    """Register the decorated function under its names; its options stand in the syntax of egen."""

    def register(
        compute: Callable[[EgenCall], Column | np.ndarray],
    ) -> Callable[[EgenCall], Column | np.ndarray]:
        for name in names:
            _FUNCTIONS[name] = EgenFunction(name, argument, by, compute)
        return compute

    return register


def egen_functions() -> dict[str, EgenFunction]:
    """Return every function by name; imports their modules once."""
    for module in _MODULES:
        importlib.import_module(f"xmixed.commands.data.egen_functions.{module}")
    return _FUNCTIONS
