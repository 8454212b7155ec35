"""The order of rows by their values; ties keep their order.

numpy sorts plain numbers several times faster than it finds the order of rows, and that faster without
than with ties kept. So a whole number and the row's place become one 64-bit integer, the integers are
sorted, and the places read off; what does not fit (any doubles) is ordered first and mended where values tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_ROOM = 63
"""Bits of an integer that sorts as a whole number."""


class _Whole(NamedTuple):
    """Values as integers from 0 that order alike, shape (n,), and the bits they take."""

    values: np.ndarray
    bits: int


def stable_order(keys: Sequence[np.ndarray]) -> np.ndarray:
    """Return the row order by several keys, shape (n,) each, the first one first; ties keep their order."""
    n = len(keys[0])
    room = _ROOM - n.bit_length()
    order: np.ndarray | None = None
    pending: _Whole | None = None
    for key in reversed(keys):
        whole = _whole(key)
        if pending is not None and (whole is None or whole.bits + pending.bits > room):
            order, pending = _by_whole(pending, order), None
        if whole is None or whole.bits > room:
            order = _by_any(key, order)
        else:
            pending = whole if pending is None else _joined(whole, pending)
    if pending is not None:
        order = _by_whole(pending, order)
    assert order is not None
    return order


def ascends(values: np.ndarray) -> bool:
    """Return whether values never fall from one row to the next."""
    return bool(np.all(values[1:] >= values[:-1]))


def order_of_integers(values: np.ndarray, bits: int) -> np.ndarray:
    """Return the stable order of integers 0 ... 2^bits - 1; rows in order already are only scanned."""
    n = len(values)
    if ascends(values):
        return np.arange(n)
    width = n.bit_length()
    if n >= _MANY and bits <= width + 1:  # beyond it more integers are counted than there are rows to sort
        return _order_by_counting(values, 1 << bits)
    if bits + width > _ROOM:
        return _by_any(values, None)
    composite = values.astype(np.int64)
    composite <<= width
    composite |= np.arange(n, dtype=np.int32 if n < 1 << 31 else np.int64)
    composite.sort()
    composite &= (1 << width) - 1
    return composite


_MANY = 1 << 17
"""Rows from which it pays to count how often each integer occurs."""


def _order_by_counting(values: np.ndarray, count: int) -> np.ndarray:
    """Return the stable order of integers 0 ... count - 1 by a counting sort."""
    kind = np.int32 if len(values) < 1 << 31 else np.int64
    return _by_counting(np.arange(len(values), dtype=kind), values, count).astype(np.int64)


def _by_counting(values: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Return values in the stable order of their codes 0 ... count - 1.

    It is that of a sparse matrix with one element in each row, whose columns are put behind each other.
    """
    from scipy.sparse import csr_array

    kind = np.int32 if max(len(codes), count) < (1 << 31) - 1 else np.int64
    rows = np.arange(len(codes) + 1, dtype=kind)
    by_row = csr_array((values, codes.astype(kind), rows), shape=(len(codes), count))
    return by_row.tocsc().data


def laid_together(values: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Return numbers (n,) in the stable order of their codes 0 ... count - 1."""
    if len(codes) >= _MANY and count <= 4 * len(codes):
        return _by_counting(values, codes, count)
    return values.take(order_of_integers(codes, count.bit_length()))


def _whole(key: np.ndarray) -> _Whole | None:
    """Return a key as integers from 0; None for doubles with fractions or of a wide range."""
    if not len(key):
        return _Whole(np.zeros(0, dtype=np.int64), 0)
    if key.dtype == np.bool_:
        return _Whole(key.view(np.uint8), 1)
    if key.dtype == np.float32:
        return _of_floats(key)
    if key.dtype.kind == "f":
        integers = as_integers(key)
        return None if integers is None else _whole(integers)
    low, high = int(key.min()), int(key.max())
    if high - low >= 1 << _ROOM:
        return None
    shifted = key.astype(np.int64)
    if low:
        shifted -= low
    return _Whole(shifted, (high - low).bit_length())


def _of_floats(key: np.ndarray) -> _Whole:
    """Return floats as the integers that their bits are, those of negative numbers turned round."""
    bits = (key + np.float32(0)).view(np.int32).astype(np.int64)  # + 0: -0 is 0
    return _Whole(np.where(bits < 0, -(bits & 0x7FFFFFFF), bits) + 0x7FFFFFFF, 32)


def as_integers(values: np.ndarray) -> np.ndarray | None:
    """Return whole-number doubles as int64; None when one is fractional or huge."""
    if values[0] != np.floor(values[0]):  # what a glance can tell
        return None
    if max(abs(float(values.min())), abs(float(values.max()))) > 2.0**53:
        return None
    integers = values.astype(np.int64)
    return integers if np.array_equal(integers, values) else None


def _joined(first: _Whole, second: _Whole) -> _Whole:
    values = first.values.astype(np.int64)
    values <<= second.bits
    values |= second.values
    return _Whole(values, first.bits + second.bits)


def _by_whole(key: _Whole, order: np.ndarray | None) -> np.ndarray:
    if order is None:
        return order_of_integers(key.values, key.bits)
    return order[order_of_integers(key.values[order], key.bits)]


def _by_any(key: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """Return the order by any numbers, within that of the keys behind."""
    values = key if order is None else key[order]
    if ascends(values):
        return np.arange(len(values)) if order is None else order
    found = np.argsort(values)
    ranked = values[found]
    equal = ranked[1:] == ranked[:-1]
    if equal.any():
        behind = np.concatenate([[False], equal])
        places = np.flatnonzero(behind | np.concatenate([equal, [False]]))
        found[places] = _mended(np.cumsum(~behind[places]), found[places])
    return found if order is None else order[found]


def _mended(run: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return row numbers in order within runs that lie together."""
    width = int(rows.max()).bit_length()
    composite = (run << width) | rows
    composite.sort()
    return composite & ((1 << width) - 1)
