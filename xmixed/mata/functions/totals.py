"""Sums, extremes, counts and comparisons over rows, columns or all elements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, array, collapsed, is_string, number, real, vector, whole, with_codes
from xmixed.missing import MISSING, is_missing

Reduction = Callable[..., np.ndarray]


def _total(value: Value, axis: int | None, missing: Value, exact: bool) -> Value:
    """Return sums; missing values count as 0, or make a sum missing."""
    found = real(value)
    bad = is_missing(found)
    if bad.any():
        found = np.where(bad, np.nan if number(missing) else 0.0, found)
    kind = np.longdouble if exact else np.float64
    with np.errstate(all="ignore"):
        sums = np.asarray(np.sum(found, axis=axis, dtype=kind, keepdims=True), dtype=np.float64)
    return collapsed(with_codes(sums))


def _register_totals(name: str, axis: int | None) -> None:
    def total(value: Value, missing: Value = 0.0) -> Value:
        return _total(value, axis, missing, exact=False)

    def exact_total(value: Value, missing: Value = 0.0) -> Value:
        return _total(value, axis, missing, exact=True)

    builtin(name, 1, 2)(total)
    builtin(f"quad{name}", 1, 2)(exact_total)


_register_totals("sum", None)
_register_totals("rowsum", 1)
_register_totals("colsum", 0)


@builtin("runningsum quadrunningsum", 1, 2)
def runningsum(value: Value, missing: Value = 0.0) -> Value:
    found = real(value)
    elements = vector(found)
    bad = is_missing(elements)
    elements = np.where(bad, np.nan if number(missing) else 0.0, elements)
    return collapsed(with_codes(np.cumsum(elements)).reshape(found.shape))


# --- extremes ----------------------------------------------------------------------------------------


def _extreme(value: Value, axis: int | None, largest: bool, missing: Value = 0.0) -> Value:
    """Return extremes of what is not missing, `.` where there is nothing; with `missing` of everything."""
    found = real(value)
    if not found.size:
        empty = {None: (1, 1), 0: (1, found.shape[1]), 1: (found.shape[0], 1)}[axis]
        return collapsed(np.full(empty, MISSING))
    if number(missing):
        reduce = np.max if largest else np.min
        return collapsed(reduce(found, axis=axis, keepdims=True))
    bad = is_missing(found)
    if not bad.any():
        reduce = np.max if largest else np.min
        return collapsed(reduce(found, axis=axis, keepdims=True))
    kept = np.where(bad, -np.inf if largest else np.inf, found)
    ends = (np.max if largest else np.min)(kept, axis=axis, keepdims=True)
    return collapsed(np.where(np.isinf(ends), MISSING, ends))


def _register_extremes(prefix: str, axis: int) -> None:
    for word, largest in (("min", False), ("max", True)):

        def one(value: Value, missing: Value = 0.0, largest: bool = largest) -> Value:
            return _extreme(value, axis, largest, missing)

        builtin(f"{prefix}{word}", 1, 2)(one)

    def both(value: Value, missing: Value = 0.0) -> Value:
        ends = [array(_extreme(value, axis, largest, missing)) for largest in (False, True)]
        return collapsed(np.concatenate(ends, axis=axis))

    builtin(f"{prefix}minmax", 1, 2)(both)


_register_extremes("row", 1)
_register_extremes("col", 0)


def _of_all(values: tuple[Value, ...], largest: bool) -> Value:
    parts = [real(value).ravel() for value in values]
    return _extreme(np.concatenate(parts)[None, :], None, largest)


@builtin("min", 1, -1)
def minimum(*values: Value) -> Value:
    return _of_all(values, largest=False)


@builtin("max", 1, -1)
def maximum(*values: Value) -> Value:
    return _of_all(values, largest=True)


@builtin("minmax", 1, 2)
def minmax(value: Value, missing: Value = 0.0) -> Value:
    ends = [array(_extreme(value, None, largest, missing)) for largest in (False, True)]
    return collapsed(np.concatenate(ends, axis=1))


def _size(value: Value) -> np.ndarray:
    found = real(value)
    return np.where(is_missing(found), found, np.abs(found))


@builtin("colmaxabs", 1)
def colmaxabs(value: Value) -> Value:
    return _extreme(_size(value), 0, largest=True)


@builtin("rowmaxabs", 1)
def rowmaxabs(value: Value) -> Value:
    return _extreme(_size(value), 1, largest=True)


def _places_of_extreme(given: list[Value], largest: bool) -> Value:
    """`minindex(v, k, i, w)`: places of the k smallest distinct values, and where each begins, how often."""
    elements = vector(real(given[0]))
    wanted = whole(given[1])
    places = np.flatnonzero(~is_missing(elements))
    order = places[np.argsort((-elements if largest else elements)[places], kind="stable")]
    ordered = elements[order]
    begins = (
        np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.empty(0, int)
    )
    often = np.diff(np.append(begins, len(ordered)))
    if abs(wanted) < len(begins):
        begins, often = begins[: abs(wanted)], often[: abs(wanted)]
    taken = order[: int(often.sum())]
    given[2] = collapsed(taken[:, None] + 1.0)
    given[3] = collapsed(np.column_stack([begins + 1.0, often.astype(np.float64)]))
    return None


@builtin("minindex", 4, outputs=(2, 3))
def minindex(given: list[Value]) -> Value:
    return _places_of_extreme(given, largest=False)


@builtin("maxindex", 4, outputs=(2, 3))
def maxindex(given: list[Value]) -> Value:
    return _places_of_extreme(given, largest=True)


# --- missing values ----------------------------------------------------------------------------------


def _absent(value: Value) -> np.ndarray:
    found = array(value)
    return np.asarray(found == "", dtype=bool) if is_string(value) else is_missing(found)


def _register_counts(prefix: str, axis: int | None) -> None:
    def absent(value: Value) -> Value:
        return collapsed(np.sum(_absent(value), axis=axis, keepdims=True).astype(np.float64))

    def present(value: Value) -> Value:
        return collapsed(np.sum(~_absent(value), axis=axis, keepdims=True).astype(np.float64))

    builtin(f"{prefix}missing", 1)(absent)
    builtin(f"{prefix}nonmissing", 1)(present)


_register_counts("", None)
_register_counts("row", 1)
_register_counts("col", 0)


@builtin("hasmissing", 1)
def hasmissing(value: Value) -> Value:
    return float(bool(_absent(value).any()))


def _check_alike(value: Value, *scalars: Value) -> None:
    """Refuse scalars that are none, r(3204), or of another type than a matrix, r(3250)."""
    for scalar in scalars:
        if array(scalar).size != 1:
            raise MataError(3204)
        if is_string(scalar) != is_string(value):
            raise MataError(3250)


@builtin("editmissing", 2)
def editmissing(value: Value, fill: Value) -> Value:
    _check_alike(value, fill)
    return collapsed(np.where(_absent(value), array(fill), array(value)))


@builtin("_editmissing", 2, outputs=(0,))
def edit_missing(given: list[Value]) -> Value:
    given[0] = editmissing(given[0], given[1])
    return None


@builtin("editvalue", 3)
def editvalue(value: Value, before: Value, after: Value) -> Value:
    _check_alike(value, before, after)
    found = array(value)
    return collapsed(np.where(found == array(before), array(after), found))


@builtin("_editvalue", 3, outputs=(0,))
def edit_value(given: list[Value]) -> Value:
    given[0] = editvalue(*given)
    return None


@builtin("edittozero", 2)
def edittozero(value: Value, tolerance: Value) -> Value:
    """Elements that are small beside the average size become 0."""
    found, share = real(value), number(tolerance)
    known = ~is_missing(found)
    scale = np.mean(np.abs(found[known])) if known.any() else 0.0
    return collapsed(np.where(known & (np.abs(found) <= abs(share) * scale * 2.0**-52), 0.0, found))


# --- comparisons -------------------------------------------------------------------------------------


@builtin("any", 1)
def any_true(value: Value) -> Value:
    return float(bool(np.any(real(value) != 0)))


@builtin("all", 1)
def all_true(value: Value) -> Value:
    return float(bool(np.all(real(value) != 0)))


def _equals(value: Value, wanted: Value) -> np.ndarray:
    _check_alike(value, wanted)
    return np.asarray(array(value) == array(wanted), dtype=bool)


@builtin("anyof", 2)
def anyof(value: Value, wanted: Value) -> Value:
    return float(bool(np.any(_equals(value, wanted))))


@builtin("allof", 2)
def allof(value: Value, wanted: Value) -> Value:
    return float(bool(np.all(_equals(value, wanted))))


@builtin("mreldif", 2)
def mreldif(first: Value, second: Value) -> Value:
    """The largest relative difference, |X-Y| / (|Y|+1)."""
    a, b = real(first), real(second)
    if a.shape != b.shape:
        raise MataError(3200)
    same = a == b
    if np.any((is_missing(a) | is_missing(b)) & ~same):
        return MISSING
    differences = np.where(same, 0.0, np.abs(np.where(same, 0.0, a) - np.where(same, 0.0, b)))
    return float(np.max(differences / (np.abs(np.where(same, 0.0, b)) + 1), initial=0.0))


@builtin("mreldifsym", 1)
def mreldifsym(value: Value) -> Value:
    found = real(value)
    return mreldif(found.T, found)
