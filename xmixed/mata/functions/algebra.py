"""Linear algebra: products, inverses, solutions, determinants; singular matrices give missing values."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.operators import product
from xmixed.mata.values import Value, array, collapsed, has_missing, number, real, square, vector, with_codes
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.linear import matrix_algebra

EPSILON = np.finfo(np.float64).eps
EXACT_TERMS = 20_000_000
"""Most products that `quadcross()` sums in extended precision one by one."""


def missing_like(rows: int, columns: int) -> Value:
    """Return a matrix of missing values."""
    return collapsed(np.full((rows, columns), MISSING))


@builtin("det", 1)
def det(value: Value) -> Value:
    found = square(value)
    return MISSING if has_missing(found) else float(np.linalg.det(found))


@builtin("dettriangular", 1)
def dettriangular(value: Value) -> Value:
    found = square(value)
    return MISSING if has_missing(found) else float(np.prod(np.diag(found)))


@builtin("trace", 1, 3)
def trace(value: Value, other: Value = None, transposed: Value = 0.0) -> Value:
    """trace(A), trace(A, B) of A*B, trace(A, B, 1) of A'*B."""
    found = real(value)
    if other is not None:
        found = array(product(found.T if number(transposed) else found, real(other)))
    if found.shape[0] != found.shape[1]:
        raise MataError(3205)
    return MISSING if has_missing(found) else float(np.trace(found))


@builtin("rank", 1, 2)
def rank(value: Value, tolerance: Value = 1.0) -> Value:
    found = real(value)
    if has_missing(found):
        return MISSING
    if not found.size:
        return 0.0
    singular = np.linalg.svd(found, compute_uv=False)
    return float(np.sum(singular > number(tolerance) * singular[0] * max(found.shape) * EPSILON))


@builtin("norm", 1, 2)
def norm(value: Value, kind: Value = 2.0) -> Value:
    """0: Frobenius of a matrix, largest element of a vector; 1, 2; `.`: largest row sum."""
    found, order = real(value), number(kind)
    if has_missing(found):
        return MISSING
    if not found.size:
        return 0.0
    if 1 in found.shape:
        elements = np.abs(found.ravel())
        largest = order >= MISSING or order == 0
        return _number(float(np.max(elements) if largest else np.linalg.norm(elements, order)))
    known = {0.0: "fro", 1.0: 1, 2.0: 2}
    return _number(float(np.linalg.norm(found, np.inf if order >= MISSING else known.get(order, 2))))  # type: ignore[arg-type]


@builtin("cond", 1, 2)
def cond(value: Value, kind: Value = 2.0) -> Value:
    found, order = real(value), number(kind)
    if has_missing(found):
        return MISSING
    known = {0.0: "fro", 1.0: 1, 2.0: 2}
    try:
        return _number(float(np.linalg.cond(found, np.inf if order >= MISSING else known.get(order, 2))))  # type: ignore[arg-type]
    except np.linalg.LinAlgError:
        return MISSING


def _number(value: float) -> float:
    return value if abs(value) < MISSING else MISSING


# --- inverses ----------------------------------------------------------------------------------------


@builtin("invsym", 1, 2)
def invsym(value: Value, order: Value = None) -> Value:
    """The generalized inverse of a symmetric matrix: columns that depend on others are zero.

    `order`, places of columns, says which are the first to stay.
    """
    found = square(value)
    if has_missing(found):
        return missing_like(*found.shape)
    if order is None:
        return collapsed(matrix_algebra.symmetric_inverse(found))
    first = vector(real(order))
    places = np.array([*(int(place) - 1 for place in first if 1 <= place <= len(found))], dtype=np.intp)
    others = np.setdiff1d(np.arange(len(found)), places)
    arranged = np.concatenate([places, others])
    inverse = np.empty_like(found)
    inverse[np.ix_(arranged, arranged)] = matrix_algebra.symmetric_inverse(found[np.ix_(arranged, arranged)])
    return collapsed(inverse)


@builtin("_invsym", 1, outputs=(0,))
def invert_symmetric(given: list[Value]) -> Value:
    given[0] = invsym(given[0])
    return None


@builtin("luinv", 1, 2)
def luinv(value: Value, tolerance: Value = 1.0) -> Value:
    found = square(value)
    inverse = None if has_missing(found) else matrix_algebra.general_inverse(found)
    return missing_like(*found.shape) if inverse is None else collapsed(inverse)


@builtin("_luinv", 1, outputs=(0,))
def invert(given: list[Value]) -> Value:
    given[0] = luinv(given[0])
    return None


@builtin("cholinv", 1, 2)
def cholinv(value: Value, tolerance: Value = 1.0) -> Value:
    lower = _lower(value)
    if lower is None:
        return missing_like(*real(value).shape)
    half = _solved(lower, np.eye(len(lower)))
    return collapsed(half.T @ half)


@builtin("pinv", 1, 2)
def pinv(value: Value, rank_found: Value = None) -> Value:
    """The Moore-Penrose inverse."""
    found = real(value)
    if has_missing(found):
        return missing_like(found.shape[1], found.shape[0])
    return collapsed(np.linalg.pinv(found, rcond=max(found.shape, default=1) * float(EPSILON)))


@builtin("qrinv", 1, 2)
def qrinv(value: Value, rank_found: Value = None) -> Value:
    found = real(value)
    return qrsolve(found, np.eye(found.shape[0]))


@builtin("cholesky", 1)
def cholesky(value: Value) -> Value:
    """The lower triangle G with A = GG'; missing where A is not positive definite."""
    lower = _lower(value)
    return missing_like(*real(value).shape) if lower is None else collapsed(lower)


@builtin("_cholesky", 1, outputs=(0,))
def factor(given: list[Value]) -> Value:
    given[0] = cholesky(given[0])
    return None


def _lower(value: Value) -> np.ndarray | None:
    found = square(value)
    return None if has_missing(found) else matrix_algebra.cholesky(found)


def _solved(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.linalg.solve(left, right)


# --- solutions ---------------------------------------------------------------------------------------


def _sides(left: Value, right: Value) -> tuple[np.ndarray, np.ndarray]:
    a, b = real(left), real(right)
    if a.shape[0] != b.shape[0]:
        raise MataError(3200)
    return a, b


@builtin("lusolve", 2, 3)
def lusolve(left: Value, right: Value, tolerance: Value = 1.0) -> Value:
    """X with AX = B, by LU; missing where A is singular."""
    a, b = _sides(left, right)
    if a.shape[0] != a.shape[1]:
        raise MataError(3205)
    if has_missing(a) or has_missing(b) or matrix_algebra.general_inverse(a) is None:
        return missing_like(*b.shape)
    return collapsed(_solved(a, b))


@builtin("cholsolve", 2, 3)
def cholsolve(left: Value, right: Value, tolerance: Value = 1.0) -> Value:
    a, b = _sides(left, right)
    lower = _lower(a)
    if lower is None or has_missing(b):
        return missing_like(*b.shape)
    return collapsed(_solved(lower.T, _solved(lower, b)))


@builtin("qrsolve", 2, 4)
def qrsolve(left: Value, right: Value, rank_found: Value = None, tolerance: Value = 1.0) -> Value:
    """X with AX = B, by QR: least squares, with zeros for columns that depend on others."""
    from scipy.linalg import qr, solve_triangular

    a, b = _sides(left, right)
    if has_missing(a) or has_missing(b):
        return missing_like(a.shape[1], b.shape[1])
    q, r, pivots = (np.asarray(part) for part in qr(a, mode="economic", pivoting=True))
    sizes = np.abs(np.diag(r))
    kept = int(np.sum(sizes > number(tolerance) * sizes[0] * max(a.shape) * EPSILON)) if len(sizes) else 0
    found = np.zeros((a.shape[1], b.shape[1]))
    if kept:
        found[pivots[:kept]] = solve_triangular(r[:kept, :kept], (q.T @ b)[:kept])
    return collapsed(found)


@builtin("svsolve", 2, 4)
def svsolve(left: Value, right: Value, rank_found: Value = None, tolerance: Value = 1.0) -> Value:
    a, b = _sides(left, right)
    if has_missing(a) or has_missing(b):
        return missing_like(a.shape[1], b.shape[1])
    return collapsed(np.linalg.pinv(a, rcond=max(a.shape) * float(EPSILON)) @ b)


@builtin("solvelower", 2, 4)
def solvelower(left: Value, right: Value, tolerance: Value = 1.0, unit: Value = MISSING) -> Value:
    return _triangular(left, right, unit, lower=True)


@builtin("solveupper", 2, 4)
def solveupper(left: Value, right: Value, tolerance: Value = 1.0, unit: Value = MISSING) -> Value:
    return _triangular(left, right, unit, lower=False)


def _triangular(left: Value, right: Value, unit: Value, lower: bool) -> Value:
    a, b = _sides(left, right)
    square(a)
    if has_missing(a) or has_missing(b):
        return missing_like(*b.shape)
    triangle = np.tril(a) if lower else np.triu(a)
    if number(unit) < MISSING:
        np.fill_diagonal(triangle, number(unit))
    zero = np.diag(triangle) == 0  # Mata: what a zero on the diagonal belongs to is zero
    triangle[zero, :] = triangle[:, zero] = 0.0
    triangle[zero, zero] = 1.0
    return collapsed(_solved(triangle, np.where(zero[:, None], 0.0, b)))


# --- cross-products ----------------------------------------------------------------------------------


def _weighted(x: Value, others: tuple[Value, ...]) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Return X, w and Z of `cross(X, Z)` or `cross(X, w, Z)`; w is None without weights."""
    first, second = real(x), real(others[-1])
    weights = None
    if len(others) == 2:
        weights = real(others[0])
        if weights.size == 1:
            weights = None if weights.item() == 1 else np.full((len(first), 1), weights.item())
    if first.shape[0] != second.shape[0]:
        raise MataError(3200)
    if weights is not None and vector(weights).size != len(first):
        raise MataError(3200)
    return first, None if weights is None else vector(weights)[:, None], second


def _complete_rows(*parts: np.ndarray | None) -> np.ndarray:
    bad = np.zeros(next(len(part) for part in parts if part is not None), dtype=bool)
    for part in parts:
        if part is not None and has_missing(part):
            bad |= is_missing(part).any(axis=1)
    return ~bad


def _cross(x: Value, others: tuple[Value, ...], exact: bool) -> Value:
    if len(others) > 2:  # cross(X, constant, w, Z, constant)
        x, others = _with_constants(x, others)
    first, weights, second = _weighted(x, others)
    kept = _complete_rows(first, weights, second)
    if not kept.all():
        first, second = first[kept], second[kept]
        weights = None if weights is None else weights[kept]
    scaled = first if weights is None else first * weights
    return collapsed(with_codes(exact_product(scaled, second) if exact else scaled.T @ second))


def _with_constants(x: Value, others: tuple[Value, ...]) -> tuple[Value, tuple[Value, ...]]:
    """Return the arguments of `cross(X, xc, w, Z, zc)` with the constants as columns of X and Z."""
    if len(others) != 4:
        raise MataError(3001)
    left, weights, right = real(x), others[1], real(others[2])
    ones = np.ones((max(len(left), len(right)), 1))
    if any(part.size and len(part) != len(ones) for part in (left, right)):
        raise MataError(3200)
    if number(others[0]):
        left = np.hstack([left, ones]) if left.size else ones
    if number(others[3]):
        right = np.hstack([right, ones]) if right.size else ones
    return left, (weights, right)


def exact_product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return left'right summed in extended precision; of much data, sums of blocks in double precision."""
    if left.shape[0] * left.shape[1] * right.shape[1] <= EXACT_TERMS:
        found = left.astype(np.longdouble).T @ right.astype(np.longdouble)
        return found.astype(np.float64)
    total = np.zeros((left.shape[1], right.shape[1]), dtype=np.longdouble)
    for start in range(0, len(left), 1024):
        total += left[start : start + 1024].T @ right[start : start + 1024]
    return total.astype(np.float64)


@builtin("cross", 2, 5)
def cross(x: Value, *others: Value) -> Value:
    """X'Z, X'diag(w)Z; rows with missing values do not count."""
    return _cross(x, others, exact=False)


@builtin("quadcross", 2, 5)
def quadcross(x: Value, *others: Value) -> Value:
    return _cross(x, others, exact=True)


@builtin("crossdev quadcrossdev", 4, 5)
def crossdev(x: Value, centre: Value, *others: Value) -> Value:
    """(X:-x)'(Z:-z), (X:-x)'diag(w)(Z:-z)."""
    *weights, z, z_centre = others
    first, second = real(x), real(z)
    for part, middle in ((first, centre), (second, z_centre)):
        if array(middle).shape not in ((1, part.shape[1]), (1, 1)):
            raise MataError(3200)
    if len(first) != len(second) or weights and array(weights[0]).size not in (1, len(first)):
        raise MataError(3200)
    kept = _complete_rows(first, second)
    left, right = first[kept] - real(centre), second[kept] - real(z_centre)
    if weights and array(weights[0]).size > 1:
        weights = [vector(weights[0])[kept][:, None]]
    return _cross(left, (*weights, right), exact=True)


@builtin("diag0cnt", 1)
def diag0cnt(value: Value) -> Value:
    return float(np.sum(np.diag(square(value)) == 0))


# --- powers ------------------------------------------------------------------------------------------


def _of_eigenvalues(value: Value, name: str) -> Value:
    found = square(value)
    if has_missing(found):
        return missing_like(*found.shape)
    values, vectors = np.linalg.eigh(found)
    with np.errstate(all="ignore"):
        changed = np.exp(values) if name == "exp" else np.log(values)
        return collapsed(with_codes((vectors * changed) @ vectors.T))


@builtin("matexpsym", 1)
def matexpsym(value: Value) -> Value:
    return _of_eigenvalues(value, "exp")


@builtin("matlogsym", 1)
def matlogsym(value: Value) -> Value:
    return _of_eigenvalues(value, "log")


@builtin("matpowersym", 2)
def matpowersym(value: Value, power: Value) -> Value:
    found, exponent = square(value), number(power)
    if has_missing(found) or exponent >= MISSING:
        return missing_like(*found.shape)
    values, vectors = np.linalg.eigh(found)
    with np.errstate(all="ignore"):
        return collapsed(with_codes((vectors * np.power(values, exponent)) @ vectors.T))
