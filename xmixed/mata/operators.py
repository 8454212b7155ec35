"""Mata's operators on values: conformability, missing values, strings."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.expressions.values import cleaned
from xmixed.mata.errors import MataError
from xmixed.mata.values import Value, array, collapsed, has_missing, is_matrix, number, real, with_codes
from xmixed.missing import MISSING, is_missing

Operation = Callable[[Value, Value], Value]

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_LOGICAL: dict[str, Callable[[Any, Any], Any]] = {"&": np.logical_and, "|": np.logical_or}


def apply(symbol: str, left: Value, right: Value) -> Value:
    """Return `left symbol right`; an error names the operator.

    Raises
    ------
    MataError
        r(3200) for sizes that do not fit, r(3250) for types that do not.
    """
    try:
        return _OPERATIONS[symbol](left, right)
    except MataError as error:
        raise error.passing(symbol) from None


def negative(value: Value) -> Value:
    """Return -x."""
    if type(value) is float:
        return -value if value < MISSING else MISSING
    found = real(value)
    return collapsed(cleaned(-found, found))


def opposite(value: Value) -> Value:
    """Return !x: 1 where x is 0, and where a pointer is NULL."""
    if type(value) is float:
        return 0.0 if value else 1.0
    if not is_matrix(value):
        return float(value is None)
    return collapsed((real(value) == 0).astype(np.float64))


def transposed(value: Value) -> Value:
    """Return x'."""
    return value if isinstance(value, (float, str)) else array(value).T


def _elementwise(symbol: str, left: np.ndarray, right: np.ndarray) -> Value:
    """Compute element by element on arrays that fit each other."""
    text = left.dtype == object
    if text != (right.dtype == object):
        return _repeated(left, right) if symbol == "*" else _mismatch()
    if symbol in _COMPARISONS:
        return collapsed(np.asarray(_COMPARISONS[symbol](left, right)).astype(np.float64))
    if text:
        return collapsed(np.asarray(left + right, dtype=object)) if symbol == "+" else _mismatch()
    if symbol in _LOGICAL:
        return collapsed(_LOGICAL[symbol](left != 0, right != 0).astype(np.float64))
    with np.errstate(all="ignore"):
        return collapsed(cleaned(_ARITHMETIC[symbol](left, right), left, right))


def _mismatch() -> Value:
    raise MataError(3250)


def _repeated(left: np.ndarray, right: np.ndarray) -> Value:
    """Return strings as often as numbers say: 3*"ab"."""
    times, words = (right, left) if left.dtype == object else (left, right)
    if np.any(is_missing(times)) or np.any(times < 0):
        raise MataError(3300)
    return collapsed(np.asarray(words * times.astype(np.int64).astype(object), dtype=object))


def _same_size(symbol: str) -> Operation:
    """`+`, `-`: both of the same size."""

    def run(left: Value, right: Value) -> Value:
        a, b = array(left), array(right)
        if a.shape != b.shape:
            raise MataError(3200)
        return _elementwise(symbol, a, b)

    return run


def _broadcast(symbol: str) -> Operation:
    """The colon operators: rows and columns fit that are as many, or one."""

    def run(left: Value, right: Value) -> Value:
        a, b = array(left), array(right)
        if any(m != n and m != 1 and n != 1 for m, n in zip(a.shape, b.shape, strict=True)):
            raise MataError(3200)
        return _elementwise(symbol, a, b)

    return run


def product(left: Value, right: Value) -> Value:
    """Return the matrix product; a scalar multiplies every element."""
    a, b = array(left), array(right)
    if a.size == 1 or b.size == 1:
        if a.size == 1 and b.size == 1 or a.shape[1] != b.shape[0]:
            return _elementwise("*", a, b)
    if a.dtype == object or b.dtype == object:
        raise MataError(3250)
    if a.shape[1] != b.shape[0]:
        raise MataError(3200)
    return collapsed(multiplied(a, b))


def multiplied(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the product of real arrays; an element that a missing value belongs to is `.`."""
    if has_missing(a) or has_missing(b):
        a, b = (np.where(is_missing(side), np.nan, side) for side in (a, b))
    return with_codes(a @ b)


def _quotient(left: Value, right: Value) -> Value:
    a, b = array(left), array(right)
    if b.size != 1:
        raise MataError(3200)
    return _elementwise("/", a, b)


def _power(left: Value, right: Value) -> Value:
    a, b = array(left), array(right)
    if a.size != 1 or b.size != 1:
        raise MataError(3200)
    return _elementwise("^", a, b)


def _kronecker(left: Value, right: Value) -> Value:
    a, b = real(left), real(right)
    blocks = a[:, None, :, None], b[None, :, None, :]
    with np.errstate(all="ignore"):
        found = cleaned(blocks[0] * blocks[1], *blocks)
    return collapsed(found.reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


def _compared(symbol: str) -> Operation:
    """Whether all elements compare so; matrices of different sizes are not equal."""

    def run(left: Value, right: Value) -> Value:
        if not (is_matrix(left) and is_matrix(right)):
            return _compared_pointers(symbol, left, right)
        a, b = array(left), array(right)
        if a.shape != b.shape:
            if symbol in ("==", "!="):
                return float(symbol == "!=")
            raise MataError(3200)
        if (a.dtype == object) != (b.dtype == object):
            if not a.size:
                return float(symbol == "==")
            raise MataError(3250)
        if symbol == "!=":
            return float(not np.all(a == b))
        return float(bool(np.all(_COMPARISONS[symbol](a, b))))

    return run


def _compared_pointers(symbol: str, left: Value, right: Value) -> Value:
    if symbol not in ("==", "!=") or is_matrix(left) or is_matrix(right):
        raise MataError(3250)
    same = left is right or (
        type(left) is type(right)
        and hasattr(left, "__slots__")
        and all(getattr(left, part) is getattr(right, part) for part in left.__slots__)
    )
    return float(same == (symbol == "=="))


def _logical(symbol: str) -> Operation:
    def run(left: Value, right: Value) -> Value:
        a, b = number(left) != 0, number(right) != 0
        return float(a and b if symbol == "&" else a or b)

    return run


def _join(axis: int) -> Operation:
    """`,` and `\\`; what is 0 x 0 adds nothing."""

    def run(left: Value, right: Value) -> Value:
        if type(left) is float and type(right) is float:
            return np.array([[left, right]] if axis else [[left], [right]])
        a, b = array(left), array(right)
        for part, other in ((a, b), (b, a)):
            if part.shape == (0, 0):
                return collapsed(other.copy())
        if a.shape[1 - axis] != b.shape[1 - axis]:
            raise MataError(3200)
        if (a.dtype == object) != (b.dtype == object):
            raise MataError(3250)
        return collapsed(np.concatenate([a, b], axis=axis))

    return run


def _range(across: bool) -> Operation:
    """`a..b` and `a::b`: steps of one, upwards or downwards."""

    def run(left: Value, right: Value) -> Value:
        first, last = number(left), number(right)
        if first >= MISSING or last >= MISSING:
            raise MataError(3351)
        size = np.floor(abs(last - first) + 1e-9) + 1
        if size > 2**31:
            raise MataError(3900)
        found = first + np.arange(size) * (1.0 if last >= first else -1.0)
        return collapsed(found[None, :] if across else found[:, None])

    return run


_OPERATIONS: dict[str, Operation] = {
    "+": _same_size("+"),
    "-": _same_size("-"),
    "*": product,
    "/": _quotient,
    "^": _power,
    "#": _kronecker,
    ",": _join(1),
    "\\": _join(0),
    "..": _range(across=True),
    "::": _range(across=False),
    **{symbol: _compared(symbol) for symbol in _COMPARISONS},
    **{symbol: _logical(symbol) for symbol in _LOGICAL},
    **{f":{symbol}": _broadcast(symbol) for symbol in (*_ARITHMETIC, *_COMPARISONS, *_LOGICAL)},
}
"""What computes each operator."""


def broadcast(*values: Value) -> list[np.ndarray]:
    """Return values as arrays of one size, as functions take them element by element; r(3200)."""
    arrays = [array(value) for value in values]
    for axis in (0, 1):
        sizes = {found.shape[axis] for found in arrays} - {1}
        if len(sizes) > 1:
            raise MataError(3200)
    return list(np.broadcast_arrays(*arrays))
