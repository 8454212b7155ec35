"""Mata's values: what they are, and what functions ask of them.

A real scalar is a float, a string scalar a str; a matrix is an array of two dimensions, float64 with double
codes for missing values, or objects of str; a matrix of one element is always a scalar. Other values are
objects of their own: functions and variables that pointers mean, structures, views onto data. None is void.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.missing import MISSING, is_missing

Value = Any


class Viewed(ABC):
    """A matrix whose elements are kept elsewhere: in the data."""

    text: bool
    """Whether the elements are strings."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""

    @abstractmethod
    def array(self) -> np.ndarray:
        """Return the elements as they are now; not to be written to."""

    @abstractmethod
    def assign(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> None:
        """Put values into the elements at these rows and columns, counted from 0."""


VOID_REAL = np.empty((0, 0))
VOID_STRING = np.empty((0, 0), dtype=object)


def array(value: Value) -> np.ndarray:
    """Return a value as an array of two dimensions, not to be written to; r(3250) for what is no matrix."""
    if type(value) is float:
        return np.array([[value]])
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, str):
        return np.array([[value]], dtype=object)
    if isinstance(value, Viewed):
        return value.array()
    if value is None:
        raise MataError(3258)
    raise MataError(3256, "numeric or string required")


def collapsed(found: np.ndarray) -> Value:
    """Return an array as a value: a scalar if it has one element."""
    return found.item() if found.size == 1 else found


def owned(value: Value) -> Value:
    """Return a value that may be written to: an array that is part of another one is copied."""
    if type(value) is np.ndarray and (value.base is not None or not value.flags.writeable):
        return value.copy()
    return value


def copied(value: Value) -> Value:
    """Return a value of its own; a view becomes a matrix."""
    if type(value) is np.ndarray:
        return value.copy()
    if isinstance(value, Viewed):
        return collapsed(value.array().copy())
    return value.copy() if isinstance(value, StructureValue) else value


def is_string(value: Value) -> bool:
    """Return whether a value is a string or a matrix of strings."""
    if isinstance(value, np.ndarray):
        return value.dtype == object
    return isinstance(value, str) or isinstance(value, Viewed) and value.text


def shape_of(value: Value) -> tuple[int, int]:
    """Return the number of rows and columns of a value."""
    if isinstance(value, (np.ndarray, Viewed)):
        return value.shape  # type: ignore[return-value]
    return array(value).shape  # type: ignore[return-value]


def is_matrix(value: Value) -> bool:
    """Return whether a value is of numbers or strings: a scalar, a matrix or a view."""
    return isinstance(value, (float, str, np.ndarray, Viewed))


def real(value: Value) -> np.ndarray:
    """Return a real matrix; r(3253)."""
    found = array(value)
    if found.dtype == object:
        raise MataError(3253)
    return found


def complete(value: Value) -> np.ndarray:
    """Return a real matrix with NaN in place of missing values."""
    found = real(value)
    at = is_missing(found)
    return np.where(at, np.nan, found) if at.any() else found


def with_codes(found: np.ndarray) -> np.ndarray:
    """Return numbers with `.` where they are none."""
    if found.size and found.max() < MISSING and found.min() > -MISSING:  # not so where any is NaN
        return found
    return np.where(np.abs(found) < MISSING, found, MISSING)


def has_missing(found: np.ndarray) -> bool:
    """Return whether any number is missing."""
    return bool(found.size) and not found.max() < MISSING


def square(value: Value) -> np.ndarray:
    """Return a real square matrix; r(3205)."""
    found = real(value)
    if found.shape[0] != found.shape[1]:
        raise MataError(3205)
    return found


def vector(value: Value) -> np.ndarray:
    """Return the elements of a vector in one dimension; r(3201)."""
    found = array(value)
    if 1 not in found.shape and found.size:
        raise MataError(3201)
    return found.ravel()


def number(value: Value) -> float:
    """Return a real scalar; r(3253), r(3204)."""
    if type(value) is float:
        return value
    found = real(value)
    if found.size != 1:
        raise MataError(3204)
    return float(found.item())


def whole(value: Value) -> int:
    """Return a whole number that is not missing; r(3300)."""
    found = number(value)
    if not abs(found) < 2**53:
        raise MataError(3300)
    return int(found)


def count(value: Value) -> int:
    """Return a number of rows, columns or elements; r(3300)."""
    found = whole(value)
    if found < 0:
        raise MataError(3300)
    if found > 2**31:
        raise MataError(3900)
    return found


def text(value: Value) -> str:
    """Return a string scalar; r(3254), r(3204)."""
    if isinstance(value, str):
        return value
    found = array(value)
    if found.dtype != object:
        raise MataError(3254)
    if found.size != 1:
        raise MataError(3204)
    return str(found.item())


def texts(value: Value) -> list[str]:
    """Return the strings of a matrix, row by row; r(3254)."""
    found = array(value)
    if found.dtype != object:
        raise MataError(3254)
    return [str(item) for item in found.ravel()]


def strings(items: list[str], shape: tuple[int, int] | None = None) -> Value:
    """Return strings as a matrix of a shape, as a row by default."""
    found = np.empty(len(items), dtype=object)
    found[:] = items
    return collapsed(found.reshape(shape or (1, len(items))))


def truth(value: Value) -> bool:
    """Return whether a condition holds; missing values are true."""
    return number(value) != 0.0


class FunctionReference:
    """What `&f()` is: the function of a name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class VariableReference:
    """What `&x` is: the variable of a frame. `frame[key]` is its value."""

    __slots__ = ("frame", "key")

    def __init__(self, frame: Any, key: Any) -> None:
        self.frame, self.key = frame, key


class StructureValue:
    """A structure: its members by name."""

    __slots__ = ("members", "name")

    def __init__(self, name: str, members: dict[str, Value]) -> None:
        self.name, self.members = name, members

    def copy(self) -> StructureValue:
        """Return a structure of its own."""
        return StructureValue(self.name, {name: copied(value) for name, value in self.members.items()})
