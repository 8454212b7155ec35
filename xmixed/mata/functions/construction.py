"""Making matrices, and what is asked of them: sizes, types, triangles, shapes."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import (
    FunctionReference,
    StructureValue,
    Value,
    VariableReference,
    Viewed,
    array,
    collapsed,
    count,
    is_matrix,
    is_string,
    number,
    real,
    square,
    vector,
    whole,
)
from xmixed.missing import MISSING


@builtin("rows", 1)
def rows(value: Value) -> Value:
    return float(array(value).shape[0]) if is_matrix(value) else 1.0


@builtin("cols", 1)
def cols(value: Value) -> Value:
    return float(array(value).shape[1]) if is_matrix(value) else 1.0


@builtin("length", 1)
def length(value: Value) -> Value:
    return float(array(value).size) if is_matrix(value) else 1.0


@builtin("J", 3)
def constant(height: Value, width: Value, fill: Value) -> Value:
    """A matrix as `fill` is repeated down and across."""
    return collapsed(np.tile(array(fill), (count(height), count(width))))


@builtin("I", 1, 2)
def identity(height: Value, width: Value = None) -> Value:
    return collapsed(np.eye(count(height), None if width is None else count(width)))


@builtin("e", 2)
def unit(place: Value, size: Value) -> Value:
    found, width = whole(place), count(size)
    if not 1 <= found <= width:
        raise MataError(3300)
    return collapsed(np.eye(1, width, found - 1))


@builtin("diag", 1)
def diag(value: Value) -> Value:
    """A diagonal matrix of a vector, or of the diagonal of a matrix."""
    found = real(value)
    return collapsed(np.diag(found.ravel() if 1 in found.shape else np.diag(found)))


@builtin("_diag", 2, outputs=(0,))
def set_diagonal(given: list[Value]) -> Value:
    found = real(given[0]).copy()
    size, elements = min(found.shape), vector(real(given[1]))
    if elements.size not in (1, size):
        raise MataError(3200)
    found[np.arange(size), np.arange(size)] = elements
    given[0] = collapsed(found)
    return None


@builtin("diagonal", 1)
def diagonal(value: Value) -> Value:
    return collapsed(np.diag(array(value))[:, None].copy())


@builtin("blockdiag", 2)
def blockdiag(first: Value, second: Value) -> Value:
    a, b = real(first), real(second)
    found = np.zeros((a.shape[0] + b.shape[0], a.shape[1] + b.shape[1]))
    found[: a.shape[0], : a.shape[1]] = a
    found[a.shape[0] :, a.shape[1] :] = b
    return collapsed(found)


@builtin("vec", 1)
def vec(value: Value) -> Value:
    return collapsed(array(value).reshape(-1, 1, order="F").copy())


@builtin("vech", 1)
def vech(value: Value) -> Value:
    """The lower triangle, column by column."""
    found = square(value)
    columns, places = np.triu_indices(len(found))
    return collapsed(found[places, columns][:, None])


@builtin("invvech", 1)
def invvech(value: Value) -> Value:
    elements = vector(value)
    size = int((np.sqrt(8 * len(elements) + 1) - 1) / 2)
    if size * (size + 1) // 2 != len(elements):
        raise MataError(3200)
    found = np.empty((size, size), dtype=elements.dtype)
    columns, places = np.triu_indices(size)
    found[places, columns] = found[columns, places] = elements
    return collapsed(found)


@builtin("rowshape", 2)
def rowshape(value: Value, height: Value) -> Value:
    found, wanted = array(value), count(height)
    if not wanted or found.size % wanted:
        raise MataError(3200)
    return collapsed(found.reshape(wanted, -1).copy())


@builtin("colshape", 2)
def colshape(value: Value, width: Value) -> Value:
    found, wanted = array(value), count(width)
    if not wanted or found.size % wanted:
        raise MataError(3200)
    return collapsed(found.reshape(-1, wanted).copy())


@builtin("range", 3)
def range_by_step(first: Value, last: Value, step: Value) -> Value:
    begin, end, by = number(first), number(last), abs(number(step))
    if max(begin, end, by) >= MISSING or (by == 0 and begin != end):
        raise MataError(3300)
    size = count(float(np.floor(abs(end - begin) / by * (1 + 1e-12))) + 1.0) if by else 1
    return collapsed((begin + np.arange(size) * (by if end >= begin else -by))[:, None])


@builtin("rangen", 3)
def range_of_size(first: Value, last: Value, size: Value) -> Value:
    return collapsed(np.linspace(number(first), number(last), count(size))[:, None])


@builtin("lowertriangle", 1, 2)
def lowertriangle(value: Value, fill: Value = MISSING) -> Value:
    return _triangle(np.tril(square(value)), number(fill))


@builtin("uppertriangle", 1, 2)
def uppertriangle(value: Value, fill: Value = MISSING) -> Value:
    return _triangle(np.triu(square(value)), number(fill))


def _triangle(found: np.ndarray, fill: float) -> Value:
    if fill < MISSING:
        np.fill_diagonal(found, fill)
    return collapsed(found)


@builtin("makesymmetric", 1)
def makesymmetric(value: Value) -> Value:
    """The lower triangle copied to the upper one."""
    found = np.tril(square(value))
    return collapsed(found + np.tril(found, -1).T)


@builtin("_makesymmetric", 1, outputs=(0,))
def make_symmetric(given: list[Value]) -> Value:
    given[0] = makesymmetric(given[0])
    return None


@builtin("_transpose", 1, outputs=(0,))
def transpose_in_place(given: list[Value]) -> Value:
    given[0] = collapsed(array(given[0]).T.copy())
    return None


@builtin("transposeonly", 1)
def transposeonly(value: Value) -> Value:
    return collapsed(array(value).T.copy())


@builtin("issymmetric issymmetriconly", 1)
def issymmetric(value: Value) -> Value:
    found = array(value)
    return float(found.shape[0] == found.shape[1] and bool(np.array_equal(found, found.T)))


@builtin("isdiagonal", 1)
def isdiagonal(value: Value) -> Value:
    found = real(value)
    off = found.copy()
    np.fill_diagonal(off, 0.0)
    return float(not np.any(off))


@builtin("isreal", 1)
def isreal(value: Value) -> Value:
    return float(is_matrix(value) and not is_string(value))


@builtin("isstring", 1)
def isstring(value: Value) -> Value:
    return float(is_string(value))


@builtin("iscomplex", 1)
def iscomplex(value: Value) -> Value:
    return 0.0


@builtin("ispointer", 1)
def ispointer(value: Value) -> Value:
    return float(value is None or isinstance(value, (FunctionReference, VariableReference)))


@builtin("isview", 1)
def isview(value: Value) -> Value:
    return float(isinstance(value, Viewed))


@builtin("eltype", 1)
def eltype(value: Value) -> Value:
    if isinstance(value, StructureValue):
        return "struct"
    if not is_matrix(value):
        return "pointer"
    return "string" if is_string(value) else "real"


@builtin("orgtype", 1)
def orgtype(value: Value) -> Value:
    height, width = array(value).shape if is_matrix(value) else (1, 1)
    if height == width == 1:
        return "scalar"
    return "rowvector" if height == 1 else "colvector" if width == 1 else "matrix"


@builtin("missingof", 1)
def missingof(value: Value) -> Value:
    return "" if is_string(value) else MISSING


@builtin("swap", 2, outputs=(0, 1))
def swap(given: list[Value]) -> Value:
    given[0], given[1] = given[1], given[0]
    return None


@builtin("designmatrix", 1)
def designmatrix(value: Value) -> Value:
    """Indicators of the values 1, 2, ... of a column."""
    codes = vector(real(value))
    if np.any((codes < 1) | (codes >= 2**31) | (codes != np.floor(codes))):
        raise MataError(3300)
    return collapsed((codes[:, None] == np.arange(1, codes.max(initial=0) + 1)).astype(np.float64))


@builtin("Hilbert", 1)
def hilbert(size: Value) -> Value:
    places = np.arange(1, count(size) + 1)
    return collapsed(1.0 / (places[:, None] + places - 1))


@builtin("Toeplitz", 2)
def toeplitz(column: Value, row: Value) -> Value:
    first, across = vector(column), vector(row)
    steps = np.subtract.outer(np.arange(len(first)), np.arange(len(across)))
    below, above = np.clip(steps, 0, None), np.clip(-steps, 0, None)
    return collapsed(np.where(steps >= 0, first[below], across[above]))


@builtin("Vandermonde", 1)
def vandermonde(value: Value) -> Value:
    points = vector(real(value))
    return collapsed(np.vander(points, increasing=True))
