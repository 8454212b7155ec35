"""Making columns from evaluated values: storage types and promotion."""

from __future__ import annotations

import numpy as np

from xmixed.data.dataset import (
    DTYPES,
    LIMITS,
    Dataset,
    Variable,
    default_format,
    from_double,
    is_string_type,
)
from xmixed.missing import FLOAT_MISSING, MISSING, is_missing

STRING_LENGTH = 2045
"""Characters of the widest `str#`; longer strings are `strL`."""


def blank_column(storage_type: str, n: int) -> np.ndarray:
    """Return a column of `.` or `""`."""
    if is_string_type(storage_type):
        column = np.empty(n, dtype=object)
        column[:] = ""
        return column
    return np.full(n, from_double(np.array([MISSING]), storage_type)[0], dtype=DTYPES[storage_type])


def string_type(values: np.ndarray) -> str:
    """Return the narrowest string type that holds the values."""
    return string_type_of(max(map(len, values.tolist()), default=0))


def string_type_of(width: int) -> str:
    """Return the narrowest string type that holds strings of a number of characters."""
    return "strL" if width > STRING_LENGTH else f"str{max(1, width)}"


def cut_strings(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return strings cut to the width of their type."""
    if storage_type == "strL":
        return values
    width = int(storage_type[3:])
    out = np.empty(len(values), dtype=object)
    out[:] = [value[:width] for value in values.tolist()]
    return out


def among(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return values at rows (bool, shape (n,)); the array itself when they are all of them."""
    return values if rows.all() else values[rows]


def stored(values: np.ndarray, storage_type: str, copy: bool = True) -> np.ndarray:
    """Return evaluated values (doubles or strings) as they are stored in a type of their kind.

    `copy`: see `dataset.from_double`.
    """
    if is_string_type(storage_type):
        return cut_strings(values, storage_type)
    return from_double(values, storage_type, copy)


def new_variable(name: str, storage_type: str, values: np.ndarray, label: str = "") -> Variable:
    """Return a variable of evaluated values with the format of its type, as `generate` makes it."""
    return Variable(name, storage_type, stored(values, storage_type), default_format(storage_type), label)


def count_missing(values: np.ndarray, storage_type: str) -> int:
    """Return how many stored values are missing (`""` in strings)."""
    if is_string_type(storage_type):
        return values.tolist().count("")
    limit = {"double": MISSING, "float": FLOAT_MISSING}.get(storage_type)
    if limit is None:
        limit = LIMITS[storage_type][1] + 1
    return int(np.count_nonzero(values >= limit))


def promoted_type(storage_type: str, values: np.ndarray) -> str:
    """Return the type a numeric column must have to take doubles: its own, or the next that holds them.

    Stata: fractions make byte and int float, and long double; whole numbers widen byte to int to long to
    double. A float stays float unless a number is beyond its range.
    """
    numbers = values[~is_missing(values)]
    if not len(numbers) or storage_type == "double":
        return storage_type
    whole = bool(np.all(numbers == np.trunc(numbers)))
    return promoted_for(storage_type, float(numbers.min()), float(numbers.max()), whole)


def promoted_for(storage_type: str, low: float, high: float, whole: bool) -> str:
    """Return the type a numeric column must have to take doubles of a range, whole numbers or not."""
    largest = max(-low, high)
    if storage_type == "double":
        return storage_type
    if storage_type == "float":
        return "double" if largest >= float(FLOAT_MISSING) else "float"
    if not whole:
        return "double" if storage_type == "long" or largest >= float(FLOAT_MISSING) else "float"
    for wider in ("byte", "int", "long"):
        fits = LIMITS[wider][0] <= low and high <= LIMITS[wider][1]
        if fits and DTYPES[wider].itemsize >= DTYPES[storage_type].itemsize:
            return wider
    return "double"


def promoted_string_type(storage_type: str, values: np.ndarray) -> str:
    """Return the string type a column must have to take strings: its own, or a wider one."""
    return wider_string_type(storage_type, string_type(values))


def wider_string_type(storage_type: str, needed: str) -> str:
    """Return the wider of two string types."""
    if storage_type == "strL" or needed == "strL":
        return "strL"
    return needed if int(needed[3:]) > int(storage_type[3:]) else storage_type


def bytes_of_observation(data: Dataset) -> int:
    """Return the bytes of one observation: those of the storage types; # of `str#`, 8 of `strL`."""
    return sum(_bytes_of(variable.type) for variable in data)


def _bytes_of(storage_type: str) -> int:
    if storage_type in DTYPES:
        return DTYPES[storage_type].itemsize
    return 8 if storage_type == "strL" else int(storage_type[3:])
