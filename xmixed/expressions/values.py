"""Values during evaluation: doubles with missing codes and strings, one for all observations or one for each.

A number is a float64 array of shape () or (n,); a string is a `str` or an object array of shape (n,).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing

Value = np.ndarray | str


def type_mismatch() -> StataError:
    """Return the r(109) error for a string where a number is needed, or the reverse."""
    return StataError(109, "type mismatch")


def is_text(value: Value) -> bool:
    """Return whether a value is a string."""
    return isinstance(value, str) or value.dtype == object


def truth(values: np.ndarray) -> np.ndarray:
    """Return 1.0 where true."""
    return values.astype(np.float64)


def cleaned(result: np.ndarray, *operands: np.ndarray) -> np.ndarray:
    """Return a result with `.` where it overflowed or is undefined, or an operand is missing."""
    if not np.ndim(result):
        return _cleaned_number(float(result), operands)
    bad = ~(np.abs(result) < MISSING)
    for operand in operands:
        bad = bad | ~(operand < MISSING)
    return np.where(bad, MISSING, result) if bad.any() else np.asarray(result, dtype=np.float64)


def _cleaned_number(result: float, operands: tuple[np.ndarray, ...]) -> np.ndarray:
    good = -MISSING < result < MISSING and all(operand < MISSING for operand in operands)
    return np.asarray(result if good else MISSING)


LARGEST_MEMO = 100_000
"""Results that are kept while a function goes through the observations: 20 megabytes or so."""


class _Memo(dict[tuple[Any, ...], Any]):
    """Results of a function by its arguments: columns of real data repeat their values."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __missing__(self, arguments: tuple[Any, ...]) -> Any:
        result = self._function(*arguments)
        if len(self) < LARGEST_MEMO:
            self[arguments] = result
        return result


def map_text(function: Callable[..., str], *arguments: Value) -> Value:
    """Apply a function of plain strings and floats that gives a string to each observation.

    It must depend on nothing else: it is not called again for arguments that it has seen.
    """
    if not any(_is_column(argument) for argument in arguments):
        return function(*(_plain(argument) for argument in arguments))
    results = each_result(function, *arguments)
    out = np.empty(len(results), dtype=object)
    out[:] = results
    return out


def map_number(function: Callable[..., float], *arguments: Value) -> np.ndarray:
    """Apply a function as in `map_text` that gives a number to each observation."""
    if not any(_is_column(argument) for argument in arguments):
        return np.asarray(function(*(_plain(argument) for argument in arguments)), dtype=np.float64)
    return np.array(each_result(function, *arguments), dtype=np.float64)


def each_result(function: Callable[..., Any], *arguments: Value) -> list[Any]:
    """Return what a function as in `map_text` gives for each observation; one argument must be a column."""
    streams = _streams(arguments)
    if any(_has_negative_zero(argument) for argument in arguments):
        return list(map(function, *streams))  # a memo takes -0 and 0 for the same
    return list(map(_Memo(function).__getitem__, zip(*streams, strict=False)))


def _has_negative_zero(value: Value) -> bool:
    return not is_text(value) and bool(np.any((value == 0) & np.signbit(value)))  # type: ignore[arg-type]


def _is_column(value: Value) -> bool:
    return not isinstance(value, str) and value.ndim > 0


def _plain(value: Value) -> Any:
    return value if isinstance(value, str) else value.item()


def _streams(arguments: tuple[Value, ...]) -> list[Any]:
    return [argument.tolist() if _is_column(argument) else repeat(_plain(argument)) for argument in arguments]  # type: ignore[union-attr]


def without_codes(value: np.ndarray) -> np.ndarray:
    """Return numbers with NaN in place of missing codes, for numpy and scipy functions."""
    at = is_missing(value)
    return np.where(at, np.nan, value) if np.any(at) else value
