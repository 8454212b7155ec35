"""Small linear algebra on many groups at once.

Matrices of all groups are stored as (rows, columns, G): an operation on one element of every group
is then one contiguous vector operation, which for q of two or three beats batched LAPACK by far.
Everything here is written with transposes, never conjugates, so that complex arguments carry
derivatives (complex step) through it. At the end stands that of one matrix of a few numbers, for which
Python's own floats are faster than any call.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

_PIVOT_TOLERANCE = 1e-13
_UNROLL = 4
# Columns up to which elimination number by number is faster than calls.
FEW_COLUMNS = 4
_WIDE = 200
_MANY_CHILDREN = 16
_LARGE = 100
# Rows of a matrix whose halves change places at a time: they stay in the cache.
_STRIP = 128


def _dot(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over the first axis of left*right; left (k, G), right (k, ..., G)."""
    if len(left) <= _UNROLL:
        total = left[0] * right[0]
        for k in range(1, len(left)):
            total += left[k] * right[k]
        return total
    return np.einsum("kg,k...g->...g", left, right)


def cholesky(matrices: np.ndarray) -> tuple[np.ndarray, complex]:
    """Lower factors of positive definite (q, q, G) matrices, and the sum of their log determinants."""
    q = len(matrices)
    lower = np.zeros_like(matrices)
    total = 0.0
    pending = None
    for j in range(q):
        pivot = matrices[j, j]
        if j:
            pivot = pivot - _dot(lower[j, :j], lower[j, :j])
        # One logarithm for up to four pivots: their product cannot overflow below 1e77 each.
        pending = pivot if pending is None else pending * pivot
        if j % 4 == 3 or j == q - 1:
            total = total + np.log(pending).sum()
            pending = None
        root = np.sqrt(pivot)
        lower[j, j] = root
        below = matrices[j + 1 :, j]
        if j and len(below):
            below = below - _dot(lower[j, :j], lower[j + 1 :, :j].transpose(1, 0, 2))
        np.divide(below, root, out=lower[j + 1 :, j])
    return lower, total


def semidefinite_cholesky(matrices: np.ndarray) -> np.ndarray:
    """Lower factors of positive semidefinite (q, q, G) matrices; a null pivot gives a null column."""
    q = len(matrices)
    lower = np.zeros_like(matrices)
    for j in range(q):
        pivot = matrices[j, j]
        if j:
            pivot = pivot - _dot(lower[j, :j], lower[j, :j])
        null = pivot.real <= _PIVOT_TOLERANCE * matrices[j, j].real
        if null.any():
            pivot = np.where(null, 1.0, pivot)
            root = np.sqrt(pivot)
            lower[j, j] = np.where(null, 0.0, root)
            inverse = np.where(null, 0.0, 1.0 / root)
        else:
            root = np.sqrt(pivot)
            lower[j, j] = root
            inverse = 1.0 / root
        below = matrices[j + 1 :, j]
        if j and len(below):
            below = below - _dot(lower[j, :j], lower[j + 1 :, :j].transpose(1, 0, 2))
        np.multiply(below, inverse, out=lower[j + 1 :, j])
    return lower


def solve_lower(lower: np.ndarray, right: np.ndarray, singular: bool = False) -> np.ndarray:
    """Solve lower x = right per group; right (q, w, G). `singular`: null pivots give null rows."""
    solution = np.empty(right.shape, np.result_type(lower, right))
    for i in range(len(lower)):
        row = right[i]
        if i:
            row = row - _dot(lower[i, :i], solution[:i])
        pivot = lower[i, i]
        if not singular:
            np.divide(row, pivot, out=solution[i])
        elif pivot.all():
            np.multiply(row, 1.0 / pivot, out=solution[i])
        else:
            null = pivot == 0
            inverse = np.where(null, 0.0, 1.0 / np.where(null, 1.0, pivot))
            np.multiply(row, inverse, out=solution[i])
    return solution


def solve_triangular(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve with one triangular matrix, lower or upper; (n, n), (n, ...) -> (n, ...)."""
    if len(matrix) < _LARGE or np.iscomplexobj(matrix) or np.iscomplexobj(right):
        return np.linalg.solve(matrix, right)
    from scipy.linalg import solve_triangular as solve

    return solve(matrix, right, lower=bool(matrix[0, -1] == 0.0), check_finite=False)


def triangular_inverse(lower: np.ndarray) -> np.ndarray:
    """The inverse of a lower triangular matrix, (n, n)."""
    if len(lower) <= _UNROLL and lower.dtype == np.float64:
        return np.array(inverted_rows(lower.tolist()))
    if len(lower) < _LARGE:
        return np.linalg.inv(lower)
    from scipy.linalg import get_lapack_funcs

    (trtri,) = get_lapack_funcs(("trtri",), (lower,))
    return trtri(lower, lower=1)[0]


def times(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """One (a, q) matrix times the (q, w, G) matrices of all groups."""
    q, w, groups = right.shape
    return (matrix @ right.reshape(q, w * groups)).reshape(len(matrix), w, groups)


def cross(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left' right per group: (q, a, G), (q, b, G) -> (a, b, G)."""
    if left.shape[0] * left.shape[1] > 64:
        return np.einsum("qag,qbg->abg", left, right, optimize=True)
    groups = max(left.shape[2], right.shape[2])
    result = np.empty((left.shape[1], right.shape[1], groups), np.result_type(left, right))
    for a in range(left.shape[1]):
        result[a] = _dot(left[:, a], right) if len(left) else 0.0
    return result


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left right per group: (a, k, G), (k, b, G) -> (a, b, G)."""
    return cross(left.transpose(1, 0, 2), right)


def total_cross(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over groups and rows of left' right: (q, a, G), (q, b, G) -> (a, b)."""
    if len(left) > _UNROLL:
        total = np.zeros((left.shape[1], right.shape[1]), np.result_type(left, right))
        for row_left, row_right in zip(left, right, strict=True):
            total += row_left @ row_right.T
        return total
    return np.matmul(left, right.swapaxes(1, 2)).sum(axis=0)


def summed_cross(
    left: np.ndarray, right: np.ndarray, starts: np.ndarray, counts: np.ndarray | None = None
) -> np.ndarray:
    """Sum of left' right over the groups from each of `starts` to the next, as often as they count.

    (q, a, G), (q, b, G), (P,) -> (a, b, P). Few parents of many groups never need every group's matrix.
    """
    groups = left.shape[2]
    if left.shape[1] * right.shape[1] >= _WIDE and groups >= _MANY_CHILDREN * len(starts):
        left = left if counts is None else left * counts
        result = np.empty((left.shape[1], right.shape[1], len(starts)), np.result_type(left, right))
        for parent, (start, stop) in enumerate(zip(starts, np.append(starts[1:], groups), strict=True)):
            result[:, :, parent] = total_cross(left[:, :, start:stop], right[:, :, start:stop])
        return result
    own = cross(left, right)
    return np.add.reduceat(own if counts is None else own * counts, starts, axis=2)


def inverted_rows(rows: list[list[float]]) -> list[list[float]]:
    """The inverse of a small lower triangular matrix, in its place: a call of LAPACK takes longer."""
    for i, row in enumerate(rows):
        pivot = row[i] = 1.0 / row[i]
        for j in range(i):
            total = 0.0
            for k in range(j, i):
                total += row[k] * rows[k][j]
            row[j] = -pivot * total
    return rows


def mirror(upper: np.ndarray) -> np.ndarray:
    """Put what stands above the diagonal below it, too, where there are zeros; the same array, (n, n)."""
    count = len(upper)
    for first in range(0, count, _STRIP):
        last = min(first + _STRIP, count)
        block = upper[first:last, first:last]
        block += np.triu(block, 1).T
        upper[last:, first:last] = upper[first:last, last:].T
    return upper


def eliminated_number_by_number(gram: np.ndarray) -> tuple[float, float, np.ndarray, np.ndarray] | None:
    """Least squares of the last column on the others from [X, y]'[X, y]: for few columns no call of LAPACK.

    Returns
    -------
    log|X'X|, the squares that are left of y, the coefficients (p,) and the lower factor of X'X, (p, p); None
    where a pivot is not positive.
    """
    rows = gram.tolist()
    found = eliminated_rows(rows)
    if found is None:
        return None
    log_det, pivot, coefficients = found
    last = len(rows) - 1
    factor = np.array(rows)
    return log_det, pivot, np.array(coefficients), factor[:last, :last]


def eliminated_rows(rows: list[list[float]]) -> tuple[float, float, list[float]] | None:
    """The same from rows of at least what is on and below the diagonal, which become those of the factor."""
    last = len(rows) - 1
    pivot, log_det = 1.0, 0.0
    for i, row in enumerate(rows):
        for j in range(i):
            above, value = rows[j], row[j]
            for k in range(j):
                value -= row[k] * above[k]
            row[j] = value / above[j]
        row[i + 1 :] = [0.0] * (last - i)
        pivot = row[i]
        for k in range(i):
            pivot -= row[k] * row[k]
        if not pivot > 0.0:
            return None
        row[i] = sqrt(pivot)
        if i < last:
            log_det += log(pivot)
    return log_det, pivot, _back(rows[:last], rows[last][:last])


def solved_back(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    """L'^{-1} right for few columns, likewise."""
    return np.array(_back(lower.tolist(), right.tolist()))


def _back(rows: list[list[float]], found: list[float]) -> list[float]:
    """See `solved_back`; `found` is used up."""
    for i in range(len(rows) - 1, -1, -1):
        found[i] /= rows[i][i]
        for j in range(i):
            found[j] -= rows[i][j] * found[i]
    return found
