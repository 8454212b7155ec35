"""Associative arrays: any value under a key of strings or numbers."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import VOID_REAL, Value, array, collapsed, copied, count, is_string, text

Key = tuple[float | str, ...]


class AssociativeArray:
    """What `asarray_create()` makes: values by key, in the order in which keys came."""

    def __init__(self, strings: bool, size: int) -> None:
        self.strings, self.size = strings, size
        self.values: dict[Key, Value] = {}
        self.absent: Value = VOID_REAL


def _given(value: Value) -> AssociativeArray:
    if not isinstance(value, AssociativeArray):
        raise MataError(3259)
    return value


def _key(found: AssociativeArray, value: Value) -> Key:
    """Return a key; r(3254) or r(3253) for one of the other kind, r(3200) for one of another size."""
    if is_string(value) != found.strings:
        raise MataError(3254 if found.strings else 3253)
    if array(value).shape != (1, found.size):
        raise MataError(3200)
    return tuple(array(value).ravel().tolist())


@builtin("asarray_create", 0, 5)
def asarray_create(kind: Value = "string", size: Value = 1.0, *others: Value) -> Value:
    """Keys are strings or real numbers, rows of `size` of them; how the table grows does not matter here."""
    if text(kind) not in ("string", "real"):
        raise MataError(3300)
    return AssociativeArray(text(kind) == "string", count(size))


@builtin("asarray", 2, 3)
def asarray(table: Value, key: Value, *new: Value) -> Value:
    """asarray(A, key), or asarray(A, key, value) to put one there."""
    found = _given(table)
    place = _key(found, key)
    if not new:
        return found.values.get(place, found.absent)
    found.values[place] = copied(new[0])
    return None


@builtin("asarray_contains", 2)
def asarray_contains(table: Value, key: Value) -> Value:
    found = _given(table)
    return float(_key(found, key) in found.values)


@builtin("asarray_remove", 2)
def asarray_remove(table: Value, key: Value) -> Value:
    found = _given(table)
    found.values.pop(_key(found, key), None)
    return None


@builtin("asarray_elements", 1)
def asarray_elements(table: Value) -> Value:
    return float(len(_given(table).values))


@builtin("asarray_keys", 1)
def asarray_keys(table: Value) -> Value:
    """The keys as rows."""
    found = _given(table)
    rows = np.empty((len(found.values), found.size), dtype=object if found.strings else np.float64)
    for place, key in enumerate(found.values):
        rows[place] = key
    return collapsed(rows)


@builtin("asarray_notfound", 1, 2)
def asarray_notfound(table: Value, *new: Value) -> Value:
    """What stands for a key that is not there; J(0,0,.) unless it is given."""
    found = _given(table)
    if not new:
        return found.absent
    found.absent = copied(new[0])
    return None
