"""Elements of matrices: read and written, by subscripts and as submatrices."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.values import Value, Viewed, array, collapsed, real, shape_of
from xmixed.missing import MISSING


def element(value: Value, row: Value, column: Value) -> Value:
    """Return `A[i,j]`; r(3301)."""
    if type(value) is np.ndarray and type(row) is float and type(column) is float:
        rows, columns = value.shape
        if 1.0 <= row < rows + 1 and 1.0 <= column < columns + 1:
            return value.item(int(row) - 1, int(column) - 1)
    found = array(value)
    picked_rows = positions(row, found.shape[0])
    picked_columns = positions(column, found.shape[1])
    if isinstance(picked_rows, slice) or isinstance(picked_columns, slice):
        return collapsed(found[picked_rows][:, picked_columns])
    return collapsed(found[np.ix_(picked_rows, picked_columns)])


def vector_element(value: Value, index: Value) -> Value:
    """Return `v[i]`; r(3201), r(3301)."""
    if type(value) is np.ndarray and type(index) is float:
        rows, columns = value.shape
        if (rows == 1 or columns == 1) and 1.0 <= index < value.size + 1:
            return value.item(int(index) - 1)
    found = array(value)
    if 1 not in found.shape and found.size:
        raise MataError(3201)
    picked = positions(index, found.size)
    elements = found.ravel()[picked]
    across = found.shape[0] == 1 and (found.shape[1] != 1 or np.shape(index)[:1] == (1,))
    return collapsed(elements[None, :] if across else elements[:, None])


def positions(index: Value, size: int) -> np.ndarray | slice:
    """Return the positions that a subscript means, counted from 0; all of them for `.`.

    Raises
    ------
    MataError
        r(3201) for a matrix, r(3301) outside.
    """
    if index is None or type(index) is float and index >= MISSING:
        return slice(None)
    found = real(index)
    if 1 not in found.shape and found.size:
        raise MataError(3201)
    wanted = found.ravel()
    if not np.all((wanted >= 1) & (wanted < size + 1)):
        raise MataError(3301)
    return wanted.astype(np.intp) - 1


def _places(index: Value, size: int) -> np.ndarray:
    found = positions(index, size)
    return np.arange(size) if isinstance(found, slice) else found


def with_element(value: Value, subscripts: list[Value], new: Value) -> Value:
    """Return a value after `A[i,j] = new` or `v[i] = new`; an array is changed itself.

    Raises
    ------
    MataError
        r(3200) sizes differ, r(3250) other elements than the matrix has, r(3301) outside.
    """
    if type(value) is np.ndarray and type(new) is float and value.dtype != object:
        if _set_number(value, subscripts, new):
            return value
    shape = shape_of(value)
    if len(subscripts) == 1:
        rows, columns = _of_vector(shape, subscripts[0])
    else:
        rows, columns = (_places(each, size) for each, size in zip(subscripts, shape, strict=True))
    return put(value, rows, columns, new)


def _set_number(value: np.ndarray, subscripts: list[Value], new: float) -> bool:
    """Set one element; return whether the subscripts are of one element inside."""
    if len(subscripts) == 2:
        row, column = subscripts
        if type(row) is float and type(column) is float:
            rows, columns = value.shape
            if 1.0 <= row < rows + 1 and 1.0 <= column < columns + 1:
                value[int(row) - 1, int(column) - 1] = new
                return True
        return False
    index = subscripts[0]
    if type(index) is float and 1.0 <= index < value.size + 1:
        if value.shape[0] == 1:
            value[0, int(index) - 1] = new
            return True
        if value.shape[1] == 1:
            value[int(index) - 1, 0] = new
            return True
    return False


def _of_vector(shape: tuple[int, int], index: Value) -> tuple[np.ndarray, np.ndarray]:
    if 1 not in shape:
        raise MataError(3201)
    places, first = _places(index, shape[0] * shape[1]), np.zeros(1, dtype=np.intp)
    return (first, places) if shape[0] == 1 else (places, first)


def put(value: Value, rows: np.ndarray, columns: np.ndarray, new: Value) -> Value:
    """Put a matrix, or a scalar everywhere, into rows and columns counted from 0."""
    given = array(new)
    if given.size == 1:
        given = np.broadcast_to(given, (len(rows), len(columns)))
    elif given.shape != (len(rows), len(columns)):
        raise MataError(3200)
    if isinstance(value, Viewed):
        value.assign(rows, columns, given)
        return value
    found = array(value)
    if (found.dtype == object) != (given.dtype == object):
        raise MataError(3250)
    if found.size:
        found[np.ix_(rows, columns)] = given
    return collapsed(found)


def bounds(value: Value, corners: Value) -> tuple[slice, slice]:
    """Return the rows and columns of `A[|r1,c1 \\ r2,c2|]`, `v[|i1 \\ i2|]`; r(3301), r(3200)."""
    given = real(corners)
    rows, columns = shape_of(value)
    if given.shape == (2, 2):
        return _stretch(given[0, 0], given[1, 0], rows), _stretch(given[0, 1], given[1, 1], columns)
    if given.shape == (1, 2):
        return _stretch(given[0, 0], given[0, 0], rows), _stretch(given[0, 1], given[0, 1], columns)
    if given.shape == (2, 1) and 1 in (rows, columns):
        whole = slice(0, 1)
        along = _stretch(given[0, 0], given[1, 0], rows * columns)
        return (whole, along) if rows == 1 and columns != 1 else (along, whole)
    if given.size == 1 and 1 in (rows, columns):
        return bounds(value, np.vstack([given, given]))
    raise MataError(3200)


def _stretch(first: float, last: float, size: int) -> slice:
    """Return a stretch of positions; `.` is the first or the last."""
    begin = 1.0 if first >= MISSING else first
    end = float(size) if last >= MISSING else last
    if first >= MISSING and last >= MISSING:
        return slice(0, size)
    if not (1 <= begin and end < size + 1 and int(begin) <= int(end) + 1):
        raise MataError(3301)
    return slice(int(begin) - 1, int(end))


def submatrix(value: Value, corners: Value) -> Value:
    """Return `A[|...|]`."""
    rows, columns = bounds(value, corners)
    return collapsed(array(value)[rows, columns])


def with_submatrix(value: Value, corners: Value, new: Value) -> Value:
    """Return a value after `A[|...|] = new`; an array is changed itself."""
    rows, columns = bounds(value, corners)
    height, width = shape_of(value)
    return put(value, np.arange(height)[rows], np.arange(width)[columns], new)
