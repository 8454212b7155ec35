"""What a name in an expression means: system variable, variable or scalar; subscripts; lags and leads."""

from __future__ import annotations

import math
import re

import numpy as np

from xmixed.errors import StataError, syntax_error
from xmixed.expressions.place import Place
from xmixed.expressions.values import Value, cleaned, is_text, type_mismatch
from xmixed.expressions.varlist import abbreviation_of
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Binary, Expression, Name, Number, Subscript
from xmixed.missing import MISSING, is_missing

NEAR = 12
"""Steps up to which a neighbour's value is a shift of the column."""


def look_up(node: Name, place: Place) -> Value:
    """Return the value of a name.

    The order is: system variable, variable (exact, then a unique abbreviation), scalar.

    Raises
    ------
    StataError
        r(111) `foo not found`, `foo ambiguous abbreviation`, `time variable not set`; r(109).
    """
    name, context = node.name, place.context
    if node.operator:
        return _time_series(node, place)
    if name.startswith("_") and name in ("_n", "_N", "_pi", "_rc"):
        return _system(name, place)
    variable = abbreviation_of(name, context.data, node.span)
    if variable is not None:
        return place.wanted(place.column(variable))
    if name in context.scalars:
        value = context.scalars[name]
        return value if isinstance(value, str) else np.asarray(value, dtype=np.float64)
    if name in context.matrices:
        raise type_mismatch()
    raise StataError(111, f"{name} not found", node.span)


def _system(name: str, place: Place) -> np.ndarray:
    partition = place.context.partition
    if name == "_n":
        rows = place.rows
        return (rows if partition is None else rows - place.wanted(partition.first)) + 1.0
    if name == "_N" and partition is not None:
        return place.wanted(partition.size).astype(np.float64)
    constants = {"_N": place.context.size, "_pi": math.pi, "_rc": place.context.rc}
    return np.asarray(constants[name], dtype=np.float64)


def subscript(node: Subscript, indices: list[Value], place: Place) -> Value:
    """Return `x[i]`, or the element `M[i,j]` of a matrix; out of range is missing (or "").

    Raises
    ------
    StataError
        r(111) `x not found`; r(109) for a string subscript of a variable.
    """
    if len(indices) == 2:
        return matrix_element(node.name, indices, place)
    if len(indices) != 1:
        raise syntax_error()
    variable = abbreviation_of(node.name, place.context.data, node.span)
    if variable is None:
        if place.context.matrix(node.name) is not None:
            raise syntax_error()
        raise StataError(111, f"{node.name} not found", node.span)
    index = indices[0]
    if isinstance(index, str) or is_text(index):
        raise type_mismatch()
    positions = place.of_group(subscript_positions(index))
    taken = place.read(variable, np.atleast_1d(positions))
    if positions.ndim or variable in place.updated:
        return taken
    return taken[0] if taken.dtype == object else np.asarray(taken[0])


def neighbours(node: Subscript, place: Place) -> np.ndarray | None:
    """Return `x[_n]`, `x[_n-1]`, `x[_n+2]` of all observations; None where it takes more than a shift."""
    steps = _steps_from_here(node.indices)
    name = None if steps is None else abbreviation_of(node.name, place.context.data, node.span)
    if steps is None or name is None or name in place.updated or place.positions is not None:
        return None
    column, partition = place.column(name), place.context.partition
    out = np.full(column.shape, "" if column.dtype == object else MISSING, dtype=column.dtype)
    there = slice(max(-steps, 0), max(len(column) - max(steps, 0), 0))
    from_there = slice(max(steps, 0), max(len(column) + min(steps, 0), 0))
    out[there] = column[from_there]
    if partition is not None and steps:
        within = np.arange(min(abs(steps), len(column)))
        inside = within < partition.sizes[:, None]
        edge = partition.starts if steps < 0 else partition.starts + partition.sizes - 1
        rows = edge[:, None] + (within if steps < 0 else -within)
        out[rows[inside]] = "" if column.dtype == object else MISSING
    return out


def _steps_from_here(indices: tuple[Expression, ...]) -> int | None:
    """Return how far `_n`, `_n-1` or `_n+1` is from `_n`; None for what is none of these."""
    here = indices[0] if len(indices) == 1 else None
    steps = 0.0
    if isinstance(here, Binary) and here.operator in "+-" and isinstance(here.right, Number):
        steps = here.right.value if here.operator == "+" else -here.right.value
        here = here.left
    if not (isinstance(here, Name) and here.name == "_n" and not here.operator):
        return None
    return int(steps) if abs(steps) <= NEAR and steps == int(steps) else None


def subscript_positions(index: np.ndarray) -> np.ndarray:
    """Return the observations, counted from 0, that subscripts mean; -1 for a missing or enormous one."""
    # Stata: a subscript that is no integer is cut
    far = is_missing(index) | (np.abs(index) > 1e15)
    return np.where(far, 0, np.trunc(np.where(far, 0.0, index))).astype(np.intp) - 1


def matrix_element(name: str, indices: list[Value], place: Place) -> np.ndarray:
    """Return `M[i,j]`; an index is a number or a row or column name."""
    matrix = place.context.matrix(name)
    if matrix is None:
        raise StataError(111, f"{name} not found")
    axes = []
    for axis, index in enumerate(indices):
        if isinstance(index, str):
            names = matrix.column_names if axis else matrix.row_names
            if index not in names:
                raise StataError(111, f"{index} not found")
            index = np.asarray(names.index(index) + 1.0)
        elif is_text(index):
            raise type_mismatch()
        length = matrix.values.shape[axis]
        inside = (index >= 1) & (index < length + 1)
        axes.append((inside, np.where(inside, index, 1.0).astype(np.intp) - 1))
    (row_inside, row), (column_inside, column) = axes
    if 0 in matrix.values.shape:
        return np.asarray(MISSING)
    return np.where(row_inside & column_inside, matrix.values[row, column], MISSING)


# --- time-series operators -------------------------------------------------------------------------

_OPERATOR = re.compile(r"([LFDS])([0-9]{0,4})")


def _time_series(node: Name, place: Place) -> np.ndarray:
    """Return `L2D.x`: leads and lags add up to one shift, applied after the differences."""
    context = place.context
    variable = abbreviation_of(node.name, context.data, node.span)
    if variable is None:
        raise StataError(111, f"{node.name} not found", node.span)
    if context.data[variable].is_string:
        raise type_mismatch()
    if variable in place.updated:
        sources = lag_sources(node, place)
        if sources is not None:
            return place.read(variable, sources)
    steps = _steps(node)
    shift = _Shift(place)
    values = context.data[variable].to_double()
    lag = 0
    for letter, number in reversed(steps):
        count = int(number) if number else 1
        if letter in "LF":
            lag += count if letter == "L" else -count
        else:
            values = _difference(shift, values, letter, count)
    if lag:
        values = shift.by(values, lag)
    return place.wanted(values)


def _steps(node: Name) -> list[tuple[str, str]]:
    """Return the letters and numbers of a time-series operator."""
    written = node.operator.upper().rstrip(".")
    steps = _OPERATOR.findall(written)
    if "".join(letter + number for letter, number in steps) != written:
        raise syntax_error(span=node.span)
    return steps


def lag_sources(node: Name, place: Place) -> np.ndarray | None:
    """Return the observation that `L2.x` or `F.x` reads for each one wanted, -1 for none, shape (size,).

    None when it takes differences or moves nothing.
    """
    lag = 0
    for letter, number in _steps(node):
        if letter in "DS":
            return None
        count = int(number) if number else 1
        lag += count if letter == "L" else -count
    if not lag:
        return None
    source = place.wanted(_Shift(place).by(np.arange(float(place.context.data.n_obs)), lag))
    return np.where(is_missing(source), -1, source).astype(np.intp)


def _difference(shift: _Shift, values: np.ndarray, letter: str, count: int) -> np.ndarray:
    """Return D2.x (differences of differences) or S2.x (x less its second lag)."""
    lagged = count if letter == "S" else 1
    for _ in range(1 if letter == "S" else min(count, 800)):
        before = shift.by(values, lagged)
        with np.errstate(all="ignore"):
            values = cleaned(values - before, values, before)
    return values


class _Shift:
    """Finds, for each row, the row of the same panel a number of periods earlier."""

    def __init__(self, place: Place) -> None:
        data = place.context.data
        settings = data.characteristics.get("_dta", {})
        time, panel = settings.get("_TStvar", ""), settings.get("_TSpanel", "")
        if not time or time not in data:
            raise StataError(111, "time variable not set")
        period = number_of(settings.get("_TSdelta", ""))
        self.delta = 1.0 if period is None else period
        self.time = data[time].to_double()
        groups = data[panel].to_double() if panel and panel in data else np.zeros(data.n_obs)
        _, self.panel = np.unique(groups, return_inverse=True)
        self.order = np.lexsort((self.time, self.panel))

    def by(self, values: np.ndarray, periods: int) -> np.ndarray:
        """Return values `periods` before each row; `.` where there is no such observation."""
        out = np.full(values.shape, MISSING)
        if values.size == 0:
            return out
        target = self.time - periods * self.delta
        steps = np.unique(np.concatenate([self.time, target]))
        span = len(steps)
        keys = self.panel * span + np.searchsorted(steps, self.time)
        wanted = self.panel * span + np.searchsorted(steps, target)
        ordered = keys[self.order]
        place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        found = (ordered[place] == wanted) & ~is_missing(self.time)
        out[found] = values[self.order[place[found]]]
        return out
