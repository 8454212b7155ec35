"""Functions that choose and test: cond(), inlist(), inrange(), missing(), recode()."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.functions.registry import function
from xmixed.expressions.values import Value, is_text, truth, type_mismatch
from xmixed.missing import MISSING, is_missing


def _same_kind(*values: Value) -> bool:
    """Return whether the values are strings; r(109) when strings and numbers are mixed."""
    kinds = {is_text(value) for value in values}
    if len(kinds) > 1:
        raise type_mismatch()
    return kinds.pop()


def _choose(at: np.ndarray, yes: Value, no: Value) -> Value:
    if at.ndim == 0:
        return yes if at else no
    if not _same_kind(yes, no):
        return np.where(at, yes, no)
    out = np.empty(at.shape, dtype=object)
    out[:] = yes
    out[~at] = no if isinstance(no, str) else no[~at]
    return out


@function("cond", "naa|a", strict=False)
def _cond(x: np.ndarray, yes: Value, no: Value, absent: Value | None = None) -> Value:
    """cond(x,a,b[,c]): a if x is true, b if false, c if missing; without c missing is true."""
    _same_kind(yes, no)
    if absent is None:
        return _choose(x != 0, yes, no)
    _same_kind(yes, absent)
    return _choose(is_missing(x), absent, _choose(x != 0, yes, no))


@function("inlist", "aa*", strict=False)
def _inlist(z: Value, *values: Value) -> np.ndarray:
    limit = 9 if _same_kind(z, *values) else 254  # Stata: ten arguments for strings, 255 for numbers
    if len(values) > limit:
        raise StataError(130, "expression too long")
    found = np.asarray(False)
    for value in values:
        found = found | np.asarray(z == value)
    return truth(found)


@function("inrange", "aaa", strict=False)
def _inrange(z: Value, low: Value, high: Value) -> np.ndarray:
    if _same_kind(z, low, high):
        return truth(np.asarray(z >= low) & np.asarray(z <= high))  # type: ignore[operator]
    at_least = is_missing(low) | (z >= low)  # type: ignore[operator]
    at_most = is_missing(high) | (z <= high)  # type: ignore[operator]
    return truth(~is_missing(z) & at_least & at_most)  # type: ignore[arg-type]


@function("missing mi", "a*", strict=False)
def _missing(*values: Value) -> np.ndarray:
    found = np.asarray(False)
    for value in values:
        found = found | (np.asarray(value == "") if is_text(value) else is_missing(value))  # type: ignore[arg-type]
    return truth(found)


@function("recode", "nn*", strict=False)
def _recode(x: np.ndarray, *bounds: np.ndarray) -> np.ndarray:
    out = bounds[-1]
    for bound in reversed(bounds[:-1]):
        out = np.where(x <= bound, bound, out)
    return np.where(is_missing(x), x, out)


@function("irecode", "nn*", strict=False)
def _irecode(x: np.ndarray, *bounds: np.ndarray) -> np.ndarray:
    count = np.zeros(np.shape(x))
    for bound in bounds:
        count = count + (x > bound)
    return np.where(is_missing(x), MISSING, count)


@function("autocode", "nnnn")
def _autocode(x: np.ndarray, n: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """autocode(x,n,x0,x1): upper limit of the one of n equal intervals of (x0,x1] that holds x."""
    width = (high - low) / n
    step = np.clip(np.ceil((x - low) / width), 1, n)
    return low + step * width
