"""matrix symeigen, matrix svd, matrix eigenvalues."""

from __future__ import annotations

import numpy as np

from xmixed.commands.matrices.store import complete_matrix, store, targets
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.expressions.matrices.functions import default_names
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState
from xmixed.statistics.linear.matrix_algebra import descending_eigen


def _square(matrix: Matrix) -> None:
    if matrix.values.shape[0] != matrix.values.shape[1]:
        raise StataError(505, "matrix not square")


@subcommand("matrix", "symeigen", syntax=Syntax("text"), synopsis="matrix symeigen X v = A", keeps_r=True)
def symeigen(session: SessionState, node: Command) -> None:
    """Eigenvectors are the columns of X, eigenvalues the row v, the largest first."""
    (vectors, values), source = targets(node, 2)
    matrix = complete_matrix(session, source)
    _square(matrix)
    scale = np.max(np.abs(matrix.values), initial=0.0)
    if np.any(np.abs(matrix.values - matrix.values.T) > 1e-8 * scale):
        raise StataError(505, "matrix not symmetric")
    found, sizes = descending_eigen(matrix.values)
    names = default_names("e", len(sizes))
    store(session, vectors, Matrix(found, matrix.row_names, names))
    store(session, values, Matrix(sizes.reshape(1, -1), ["r1"], names))


@subcommand(
    "matrix", "eigenvalues", syntax=Syntax("text"), synopsis="matrix eigenvalues r c = A", keeps_r=True
)
def eigenvalues(session: SessionState, node: Command) -> None:
    """Real parts in r, imaginary parts in c."""
    (real, imaginary), source = targets(node, 2)
    matrix = complete_matrix(session, source)
    _square(matrix)
    found = np.linalg.eigvals(matrix.values)
    found = found[np.lexsort((found.imag, -found.real))]
    names = default_names("e", len(found))
    store(session, real, Matrix(found.real.reshape(1, -1), ["real"], names))
    store(session, imaginary, Matrix(found.imag.reshape(1, -1), ["complex"], names))


@subcommand("matrix", "svd", syntax=Syntax("text"), synopsis="matrix svd U w V = A", keeps_r=True)
def svd(session: SessionState, node: Command) -> None:
    """A = U diag(w) V', for a matrix with no more columns than rows."""
    (left, sizes, right), source = targets(node, 3)
    matrix = complete_matrix(session, source)
    if matrix.values.shape[0] < matrix.values.shape[1]:
        raise StataError(503, "conformability error")
    U, w, Vt = np.linalg.svd(matrix.values, full_matrices=False)
    names = default_names("c", len(w))
    store(session, left, Matrix(U, matrix.row_names, names))
    store(session, sizes, Matrix(w.reshape(1, -1), ["r1"], names))
    store(session, right, Matrix(Vt.T.copy(), matrix.column_names, names))
