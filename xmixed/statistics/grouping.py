"""Turning the values of a variable into dense integer codes, without sorting strings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


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
    if values.dtype.kind == "f":
        as_integers = _as_integers(values)
        if as_integers is None:
            return _factorise_general(values)
        groups = factorise(as_integers)
        return Groups(groups.codes, groups.levels.astype(np.float64))
    low, high = int(values.min()), int(values.max())
    if high - low <= 4 * values.size + 1000:
        return _factorise_dense(values, low, high)
    return _factorise_general(values)


def order_of_codes(codes: np.ndarray, count: int) -> np.ndarray:
    """Return the stable order of codes 0 ... count - 1: 16 bits by counting, more in two passes."""
    if count <= 1 << 16:
        return np.argsort(codes.astype(np.uint16), kind="stable")
    if count > 1 << 32:
        return np.argsort(codes, kind="stable")
    order = np.argsort((codes & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((codes >> 16).astype(np.uint16)[order], kind="stable")]


def nested_codes(parent: np.ndarray, n_parent: int, own: Groups) -> tuple[np.ndarray, int]:
    """Return codes of the groups (parent, own) and their number: nesting holds whatever the codes say."""
    if n_parent == 1:
        return own.codes, len(own.levels)
    combined = factorise(parent * len(own.levels) + own.codes)
    return combined.codes, len(combined.levels)


def _as_integers(values: np.ndarray) -> np.ndarray | None:
    """Return whole-number doubles as int64; None when one is fractional or huge."""
    if max(abs(float(values.min())), abs(float(values.max()))) > 2.0**53:
        return None
    integers = values.astype(np.int64)
    return integers if np.array_equal(integers, values) else None


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


def _factorise_general(values: np.ndarray) -> Groups:
    """Factorise any numbers; already sorted ones are only scanned."""
    step = values[1:] != values[:-1]
    if bool(np.all(values[1:] >= values[:-1])):
        codes = np.concatenate([[0], np.cumsum(step)]).astype(np.int64)
        return Groups(codes, values[np.concatenate([[True], step])])
    levels, codes = np.unique(values, return_inverse=True)
    return Groups(codes.reshape(-1).astype(np.int64), levels)


def _factorise_strings(values: np.ndarray) -> Groups:
    """Factorise strings by hashing, in order of first appearance."""
    as_list = values.tolist()
    table = {value: code for code, value in enumerate(dict.fromkeys(as_list))}
    codes = np.fromiter(map(table.__getitem__, as_list), dtype=np.int64, count=len(as_list))
    levels = np.empty(len(table), dtype=object)
    levels[:] = list(table)
    return Groups(codes, levels)
