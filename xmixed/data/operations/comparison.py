"""Where two datasets, or two variables, differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Variable
from xmixed.missing import is_missing


def different_rows(one: Variable, other: Variable) -> np.ndarray | None:
    """Return the numbers, from 0, of the observations in which two variables differ.

    None for numbers against strings. `.` differs from `.a`; storage types do not count.
    """
    if one.is_string != other.is_string:
        return None
    if one.is_string:
        return np.flatnonzero(one.values != other.values)
    return np.flatnonzero(one.to_double() != other.to_double())


@dataclass(frozen=True, slots=True)
class Differences:
    """How often, and by how much, one variable is below, at or above another.

    Attributes
    ----------
    count : int
    minimum, average, maximum : float or None
        Of the differences; None where there are none, and for strings.
    """

    count: int
    minimum: float | None = None
    average: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two variables compared: below, equal, above, jointly defined, and what is missing."""

    below: Differences
    equal: int
    above: Differences
    defined: Differences
    first_missing: int
    second_missing: int
    both_missing: int


def compare_numbers(one: np.ndarray, other: np.ndarray) -> Comparison:
    """Compare doubles with missing codes, shape (n,) each."""
    first, second = is_missing(one), is_missing(other)
    defined = ~first & ~second
    difference = one[defined] - other[defined]
    return Comparison(
        _differences(difference[difference < 0]),
        int(np.count_nonzero(difference == 0)),
        _differences(difference[difference > 0]),
        _differences(difference),
        int(np.count_nonzero(first & ~second)),
        int(np.count_nonzero(second & ~first)),
        int(np.count_nonzero(first & second)),
    )


def compare_strings(one: np.ndarray, other: np.ndarray) -> Comparison:
    """Compare strings, shape (n,) each; the empty one is missing."""
    first, second = one == "", other == ""
    defined = ~(first | second)
    below, above = one[defined] < other[defined], one[defined] > other[defined]
    return Comparison(
        Differences(int(np.count_nonzero(below))),
        int(np.count_nonzero(defined)) - int(np.count_nonzero(below)) - int(np.count_nonzero(above)),
        Differences(int(np.count_nonzero(above))),
        Differences(int(np.count_nonzero(defined))),
        int(np.count_nonzero(first & ~second)),
        int(np.count_nonzero(second & ~first)),
        int(np.count_nonzero(first & second)),
    )


def _differences(values: np.ndarray) -> Differences:
    if not len(values):
        return Differences(0)
    return Differences(len(values), float(values.min()), float(values.mean()), float(values.max()))
