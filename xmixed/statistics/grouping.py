"""Turning the values of a variable into dense integer codes, without sorting strings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.statistics.ordering import as_integers, ascends, order_of_integers, stable_order

_CELLS = 1 << 17
"""Rows that are counted at a time: what is made of them stays in the cache."""


class Groups(NamedTuple):
    """Codes of the groups that values form.

    codes : ndarray of int64, shape (n,)
        0 ... `len(levels)` - 1.
    levels : ndarray
        The value of each code; numbers ascend, strings stand in order of first appearance.
    """

    codes: np.ndarray
    levels: np.ndarray


def factorise(values: np.ndarray) -> Groups:
    """Return the codes and distinct values of a column (numbers without missing values, or strings)."""
    if values.dtype == object:
        return _factorise_strings(values)
    if values.size == 0:
        return Groups(np.zeros(0, dtype=np.int64), values[:0])
    if values.dtype == np.float64 and ascends_strictly(values):
        return Groups(np.arange(len(values)), values)
    if values.dtype.kind == "f":
        whole = as_integers(values)
        if whole is None:
            return _factorise_general(values)
        groups = factorise(whole)
        return Groups(groups.codes, groups.levels.astype(np.float64))
    low, high = int(values.min()), int(values.max())
    if high - low <= 4 * values.size + 1000:
        return _factorise_dense(values, low, high)
    return _factorise_general(values)


def order_of_codes(codes: np.ndarray, count: int) -> np.ndarray:
    """Return the stable order of codes 0 ... count - 1."""
    return order_of_integers(codes, count.bit_length())


def frequencies(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers of a column, ascending, and how often each occurs; no codes are made."""
    if values.dtype.kind in "iu" and values.size:
        low, high = int(values.min()), int(values.max())
        if high - low <= min(4 * values.size + 1000, _CELLS):
            counts = np.zeros(high - low + 1, dtype=np.int64)
            for first in range(0, values.size, _CELLS):
                some = values[first : first + _CELLS].astype(np.int64)
                some -= low
                counts += np.bincount(some, minlength=len(counts))
            found = np.flatnonzero(counts)
            return found + low, counts[found]
    groups = factorise(values)
    return groups.levels, np.bincount(groups.codes, minlength=len(groups.levels))


def nested_codes(parent: np.ndarray, n_parent: int, own: Groups) -> tuple[np.ndarray, int]:
    """Return codes of the groups (parent, own) and their number: nesting holds whatever the codes say."""
    if n_parent == 1:
        return own.codes, len(own.levels)
    combined = factorise(parent * len(own.levels) + own.codes)
    return combined.codes, len(combined.levels)


def _factorise_dense(values: np.ndarray, low: int, high: int) -> Groups:
    """Factorise integers in a narrow range: a table of the range, no sort."""
    shifted = values.astype(np.int64)
    if low:
        shifted -= low
    present = np.zeros(high - low + 1, dtype=bool)
    present[shifted] = True
    levels = np.flatnonzero(present)
    if len(levels) == len(present):
        return Groups(shifted, levels + low)
    position = np.cumsum(present) - 1
    return Groups(position[shifted], levels + low)


def ascends_strictly(values: np.ndarray) -> bool:
    """Return whether no number comes twice and they stand in order; some are looked at at a time."""
    blocks = (values[first : first + _CELLS + 1] for first in range(0, len(values), _CELLS))
    return all(bool((own[1:] > own[:-1]).all()) for own in blocks)


def _factorise_general(values: np.ndarray) -> Groups:
    """Factorise any numbers; already sorted ones are only scanned."""
    order = None if ascends(values) else stable_order([values])
    ranked = values if order is None else values[order]
    step = np.concatenate([[True], ranked[1:] != ranked[:-1]])
    codes = np.cumsum(step)
    codes -= 1
    if order is not None:
        found = np.empty(len(values), dtype=np.int64)
        found[order] = codes
        codes = found
    return Groups(codes, ranked[step])


def _factorise_strings(values: np.ndarray) -> Groups:
    """Factorise strings by hashing, in order of first appearance."""
    as_list = values.tolist()
    table = {value: code for code, value in enumerate(dict.fromkeys(as_list))}
    codes = np.fromiter(map(table.__getitem__, as_list), dtype=np.int64, count=len(as_list))
    levels = np.empty(len(table), dtype=object)
    levels[:] = list(table)
    return Groups(codes, levels)
