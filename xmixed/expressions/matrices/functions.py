"""Functions of matrices, and what their names mean: arguments and results carry row and column names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.values import cleaned, type_mismatch
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix
from xmixed.statistics.linear import matrix_algebra

MatrixValue = Matrix | float | str

LARGEST = 11000
"""Most rows or columns of a matrix: the largest `set matsize`."""


def default_names(prefix: str, count: int) -> list[str]:
    """Return `r1 r2 ...` or `c1 c2 ...`."""
    return [f"{prefix}{i}" for i in range(1, count + 1)]


def named(
    values: np.ndarray, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None
) -> Matrix:
    """Return a matrix with names, Stata's `r1` and `c1` where none are given."""
    values = np.asarray(values, dtype=np.float64)
    height, width = values.shape
    return Matrix(
        values,
        list(rows) if rows is not None else default_names("r", height),
        list(columns) if columns is not None else default_names("c", width),
    )


def check_size(rows: float, columns: float) -> None:
    """Refuse a matrix beyond the largest `set matsize`, r(908)."""
    if rows > LARGEST or columns > LARGEST:
        raise StataError(908, "matsize too small")


def name_position(wanted: str, names: Sequence[str]) -> int | None:
    """Return the place of a full name, or of the first whose part behind the equation it is; None without."""
    if wanted in names:
        return list(names).index(wanted)
    bare = [bare_name(name) for name in names]
    return bare.index(wanted) if ":" not in wanted and wanted in bare else None


def bare_name(name: str) -> str:
    """Return a row or column name without its equation."""
    return name.rpartition(":")[2]


def number_in(value: Matrix | float) -> float | None:
    """Return a number or the only element of a 1 x 1 matrix; None for a larger one."""
    if isinstance(value, Matrix):
        return float(value.values[0, 0]) if value.values.shape == (1, 1) else None
    return float(value)


def as_matrix(value: MatrixValue) -> Matrix:
    """Return a value as a matrix, a number as one of 1 x 1; r(109) for text."""
    if isinstance(value, str):
        raise type_mismatch()
    return value if isinstance(value, Matrix) else named(np.array([[value]]))


def count_in(value: MatrixValue) -> int:
    """Return a number of rows or columns; r(198), r(908)."""
    number = number_in(value) if isinstance(value, (Matrix, float)) else None
    if number is None or not 1 <= number <= LARGEST:
        if number is not None and LARGEST < number < MISSING:
            raise StataError(908, "matsize too small")
        raise StataError(198, "invalid syntax")
    return int(number)


def _matrix(
    value: MatrixValue, square: bool = False, complete: bool = False, symmetric: bool = False
) -> Matrix:
    """Return an argument that must be a matrix.

    Raises
    ------
    StataError
        r(505) when it must be square or symmetric; r(504) when nothing may be missing.
    """
    found = as_matrix(value)
    height, width = found.values.shape
    if square and height != width:
        raise StataError(505, "matrix not square")
    if complete and np.any(is_missing(found.values)):
        raise StataError(504, "matrix has missing values")
    if symmetric:
        limit = 1e-8 * np.max(np.abs(found.values), initial=0.0)
        if np.any(np.abs(found.values - found.values.T) > limit):
            raise StataError(505, "matrix not symmetric")
    return found


def _constant(rows: MatrixValue, columns: MatrixValue, fill: MatrixValue) -> Matrix:
    number = number_in(fill) if isinstance(fill, (Matrix, float)) else None
    if number is None:
        raise type_mismatch()
    return named(np.full((count_in(rows), count_in(columns)), number))


def _identity(size: MatrixValue) -> Matrix:
    values = np.eye(count_in(size))
    names = default_names("r", len(values))
    return Matrix(values, names, default_names("c", len(values)))


def _diagonal(value: MatrixValue) -> Matrix:
    found = _matrix(value)
    if 1 not in found.values.shape:
        raise StataError(503, "conformability error")
    names = found.column_names if found.values.shape[0] == 1 else found.row_names
    return Matrix(np.diag(found.values.ravel()), list(names), list(names))


def _stacked(value: MatrixValue) -> Matrix:
    found = _matrix(value)
    names = [
        f"{bare_name(column)}:{bare_name(row)}" for column in found.column_names for row in found.row_names
    ]
    return Matrix(found.values.T.reshape(-1, 1), names, ["c1"])


def _diagonal_of(value: MatrixValue) -> Matrix:
    found = _matrix(value, square=True)
    return Matrix(np.diag(found.values).reshape(1, -1), ["r1"], found.column_names)


def _cholesky(value: MatrixValue) -> Matrix:
    found = _matrix(value, square=True, complete=True, symmetric=True)
    lower = matrix_algebra.cholesky(found.values)
    if lower is None:
        raise StataError(506, "matrix not positive definite")
    return Matrix(lower, found.row_names, found.column_names)


def _correlation(value: MatrixValue) -> Matrix:
    found = _matrix(value, square=True, complete=True, symmetric=True)
    return Matrix(matrix_algebra.correlation(found.values), found.row_names, found.column_names)


def _inverse(value: MatrixValue) -> Matrix:
    found = _matrix(value, square=True, complete=True)
    values = matrix_algebra.general_inverse(found.values)
    if values is None:
        raise StataError(504, "matrix singular")
    return Matrix(values, found.column_names, found.row_names)


def _symmetric_inverse(value: MatrixValue) -> Matrix:
    found = _matrix(value, square=True, complete=True, symmetric=True)
    return Matrix(matrix_algebra.symmetric_inverse(found.values), found.column_names, found.row_names)


def _sweep(value: MatrixValue, at: MatrixValue) -> Matrix:
    found = _matrix(value, square=True, complete=True)
    position = count_in(at)
    if position > len(found.values):
        raise StataError(503, "conformability error")
    rows, columns = list(found.row_names), list(found.column_names)
    rows[position - 1], columns[position - 1] = columns[position - 1], rows[position - 1]
    return Matrix(matrix_algebra.sweep(found.values, position - 1), rows, columns)


def _hadamard(left: MatrixValue, right: MatrixValue) -> Matrix:
    a, b = _matrix(left), _matrix(right)
    if a.values.shape != b.values.shape:
        raise StataError(503, "conformability error")
    return Matrix(cleaned(a.values * b.values, a.values, b.values), a.row_names, a.column_names)


def _element(value: MatrixValue, row: MatrixValue, column: MatrixValue) -> float:
    values = _matrix(value).values
    at = [number_in(index) if isinstance(index, (Matrix, float)) else None for index in (row, column)]
    if at[0] is None or at[1] is None:
        raise type_mismatch()
    i, j = (int(index) - 1 if abs(index) < 1e9 else -1 for index in (at[0], at[1]))
    return float(values[i, j]) if 0 <= i < values.shape[0] and 0 <= j < values.shape[1] else MISSING


def _name_number(axis: int) -> Callable[[MatrixValue, MatrixValue], float]:
    def find(value: MatrixValue, wanted: MatrixValue) -> float:
        if not isinstance(wanted, str):
            raise type_mismatch()
        found = _matrix(value)
        names = found.column_names if axis else found.row_names
        if wanted.endswith(":"):
            places = [i for i, name in enumerate(names) if name.startswith(wanted)]
            return places[0] + 1.0 if places else MISSING
        place = name_position(wanted, names)
        return MISSING if place is None else place + 1.0

    return find


def _relative_difference(left: MatrixValue, right: MatrixValue) -> float:
    a, b = _matrix(left).values, _matrix(right).values
    if a.shape != b.shape:
        raise StataError(503, "conformability error")
    if np.any(is_missing(a) | is_missing(b)):
        return MISSING if not np.array_equal(a, b) else 0.0
    return float(np.max(np.abs(a - b) / (np.abs(b) + 1), initial=0.0))


def _of_square(compute: Callable[[np.ndarray], float]) -> Callable[[MatrixValue], float]:
    def run(value: MatrixValue) -> float:
        values = _matrix(value, square=True).values
        return MISSING if np.any(is_missing(values)) else float(compute(values))

    return run


def _is_symmetric(value: MatrixValue) -> float:
    values = _matrix(value).values
    return float(np.array_equal(values, values.T))


FUNCTIONS: dict[str, tuple[Callable[..., MatrixValue], int]] = {
    "I": (_identity, 1),
    "J": (_constant, 3),
    "cholesky": (_cholesky, 1),
    "corr": (_correlation, 1),
    "diag": (_diagonal, 1),
    "hadamard": (_hadamard, 2),
    "inv": (_inverse, 1),
    "invsym": (_symmetric_inverse, 1),
    "sweep": (_sweep, 2),
    "syminv": (_symmetric_inverse, 1),
    "vec": (_stacked, 1),
    "vecdiag": (_diagonal_of, 1),
    "colnumb": (_name_number(1), 2),
    "colsof": (lambda value: float(_matrix(value).values.shape[1]), 1),
    "det": (_of_square(np.linalg.det), 1),
    "diag0cnt": (lambda value: float(np.sum(np.diag(_matrix(value, square=True).values) == 0)), 1),
    "el": (_element, 3),
    "issymmetric": (_is_symmetric, 1),
    "matmissing": (lambda value: float(np.any(is_missing(_matrix(value).values))), 1),
    "mreldif": (_relative_difference, 2),
    "rownumb": (_name_number(0), 2),
    "rowsof": (lambda value: float(_matrix(value).values.shape[0]), 1),
    "trace": (_of_square(np.trace), 1),
}
"""What computes each function, and how many arguments it takes."""
