"""Decompositions: singular values, eigenvalues, QR, LU; results go to the arguments behind the matrix."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError, not_built
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, collapsed, has_missing, real, square
from xmixed.missing import MISSING
from xmixed.statistics.linear.matrix_algebra import descending_eigen


def _missing(rows: int, columns: int) -> Value:
    return collapsed(np.full((rows, columns), MISSING))


@builtin("svd", 4, outputs=(1, 2, 3))
def svd(given: list[Value]) -> Value:
    """A = U*diag(s)*Vt; U has as many columns as A."""
    found = real(given[0])
    size = min(found.shape)
    if found.shape[0] < found.shape[1]:
        raise MataError(3200)
    if has_missing(found):
        given[1], given[2], given[3] = _missing(*found.shape), _missing(size, 1), _missing(size, size)
        return None
    u, s, vt = np.linalg.svd(found, full_matrices=False)
    given[1], given[2], given[3] = collapsed(u), collapsed(s[:, None]), collapsed(vt)
    return None


@builtin("fullsvd", 4, outputs=(1, 2, 3))
def fullsvd(given: list[Value]) -> Value:
    found = real(given[0])
    if has_missing(found):
        raise MataError(3351)
    u, s, vt = np.linalg.svd(found)
    given[1], given[2], given[3] = collapsed(u), collapsed(s[:, None]), collapsed(vt)
    return None


@builtin("svdsv", 1)
def svdsv(value: Value) -> Value:
    found = real(value)
    if has_missing(found):
        return _missing(min(found.shape), 1)
    return collapsed(np.linalg.svd(found, compute_uv=False)[:, None])


@builtin("symeigensystem", 3, outputs=(1, 2))
def symeigensystem(given: list[Value]) -> Value:
    """Eigenvectors as columns and eigenvalues as a row, the largest first."""
    found = square(given[0])
    if has_missing(found) or not found.size:
        given[1], given[2] = _missing(*found.shape), _missing(1, len(found))
        return None
    vectors, values = descending_eigen(_lower_symmetric(found))
    given[1], given[2] = collapsed(vectors), collapsed(values[None, :].copy())
    return None


@builtin("symeigenvalues", 1)
def symeigenvalues(value: Value) -> Value:
    found = square(value)
    if has_missing(found):
        return _missing(1, len(found))
    return collapsed(np.linalg.eigvalsh(found)[::-1][None, :].copy())


def _lower_symmetric(found: np.ndarray) -> np.ndarray:
    return np.tril(found) + np.tril(found, -1).T


@builtin("eigenvalues", 1)
def eigenvalues(value: Value) -> Value:
    """Eigenvalues as a row, the largest in size first; r(3000) where they are complex."""
    found = square(value)
    if has_missing(found):
        return _missing(1, len(found))
    values = np.linalg.eigvals(found)
    return collapsed(_real_part(values)[np.argsort(-np.abs(values), kind="stable")][None, :])


@builtin("eigensystem", 3, outputs=(1, 2))
def eigensystem(given: list[Value]) -> Value:
    found = square(given[0])
    if has_missing(found):
        given[1], given[2] = _missing(*found.shape), _missing(1, len(found))
        return None
    values, vectors = np.linalg.eig(found)
    order = np.argsort(-np.abs(values), kind="stable")
    given[2] = collapsed(_real_part(values)[order][None, :])
    given[1] = collapsed(np.ascontiguousarray(np.real(vectors)[:, order]))
    return None


def _real_part(values: np.ndarray) -> np.ndarray:
    scale = np.max(np.abs(values), initial=0.0)
    if np.iscomplexobj(values) and np.any(np.abs(np.imag(values)) > 1e-13 * scale):
        raise not_built("complex numbers are")
    return np.real(values)


@builtin("qrd", 3, outputs=(1, 2))
def qrd(given: list[Value]) -> Value:
    """A = Q*R with a square Q, as Mata has it."""
    found = real(given[0])
    if has_missing(found):
        raise MataError(3351)
    q, r = np.linalg.qr(found, mode="complete")
    given[1], given[2] = collapsed(q), collapsed(r)
    return None


@builtin("lud", 4, outputs=(1, 2, 3))
def lud(given: list[Value]) -> Value:
    """A = L[p,.]*U: `L`, `U` and the permutation `p` as a column."""
    from scipy.linalg import lu

    found = square(given[0])
    if has_missing(found) or not found.size:
        raise MataError(3351 if found.size else 3200)
    permutation, lower, upper = (np.asarray(part) for part in lu(found))
    given[1], given[2] = collapsed(lower), collapsed(upper)
    given[3] = collapsed(np.argmax(permutation, axis=1)[:, None] + 1.0)
    return None
