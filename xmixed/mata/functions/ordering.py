"""Order and choice: sorting, permutations, distinct rows, rows and columns that are chosen, panels."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, array, collapsed, count, number, real, vector, whole, with_codes


def ordering(value: Value, columns: Value) -> np.ndarray:
    """Return the places of rows, counted from 0, sorted by columns; a negative column sorts downwards."""
    found, wanted = array(value), vector(real(columns))
    keys = []
    for column in wanted:
        if not 1 <= abs(column) < found.shape[1] + 1:
            raise MataError(3300)
        ranks = np.unique(found[:, int(abs(column)) - 1], return_inverse=True)[1].ravel()
        keys.append(-ranks if column < 0 else ranks)
    if not keys:
        return np.arange(found.shape[0])
    return np.lexsort(keys[::-1])


@builtin("order", 2)
def order(value: Value, columns: Value) -> Value:
    return collapsed(ordering(value, columns)[:, None] + 1.0)


@builtin("sort", 2)
def sort(value: Value, columns: Value) -> Value:
    return collapsed(array(value)[ordering(value, columns)])


@builtin("_sort", 2, outputs=(0,))
def sort_in_place(given: list[Value]) -> Value:
    given[0] = sort(given[0], given[1])
    return None


@builtin("unorder", 1, placed=True)
def unorder(memory: Any, size: Value) -> Value:
    """A permutation at random."""
    generator = memory.session.memory.generator()
    return collapsed(generator.permutation(count(size))[:, None] + 1.0)


@builtin("jumble", 1, placed=True)
def jumble(memory: Any, value: Value) -> Value:
    found = array(value)
    return collapsed(found[memory.session.memory.generator().permutation(found.shape[0])])


@builtin("_jumble", 1, outputs=(0,), placed=True)
def jumble_in_place(memory: Any, given: list[Value]) -> Value:
    given[0] = jumble(memory, given[0])
    return None


def _permutation(value: Value, size: int) -> np.ndarray:
    found = vector(real(value))
    if found.size != size or not np.array_equal(np.sort(found), np.arange(1, size + 1)):
        raise MataError(3303, "invalid permutation vector")
    return found.astype(np.intp) - 1


@builtin("_collate", 2, outputs=(0,))
def collate(given: list[Value]) -> Value:
    """Put rows into the order of a permutation."""
    found = array(given[0])
    given[0] = collapsed(found[_permutation(given[1], found.shape[0])])
    return None


@builtin("invorder", 1)
def invorder(value: Value) -> Value:
    found = array(value)
    inverse = np.argsort(_permutation(value, found.size), kind="stable") + 1.0
    return collapsed(inverse.reshape(found.shape))


@builtin("revorder", 1)
def revorder(value: Value) -> Value:
    found = array(value)
    return collapsed(found.ravel()[::-1].reshape(found.shape).copy())


@builtin("uniqrows", 1, 2)
def uniqrows(value: Value, frequencies: Value = 0.0) -> Value:
    """The distinct rows, sorted; how often each is there as a last column."""
    found = array(value)
    if not found.shape[0]:
        return value
    places = ordering(found, np.arange(1.0, found.shape[1] + 1)[None, :])
    ordered = found[places]
    new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    rows = ordered[new]
    if not number(frequencies):
        return collapsed(rows)
    begins = np.flatnonzero(new)
    often = np.diff(np.append(begins, len(ordered))).astype(np.float64)
    return collapsed(np.column_stack([rows, often]))


@builtin("select", 2)
def select(value: Value, chosen: Value) -> Value:
    """The rows where a column, or the columns where a row, is not zero."""
    found, marks = array(value), real(chosen)
    kept = marks.ravel() != 0
    if marks.shape[1] == 1 and marks.shape[0] == found.shape[0]:
        return collapsed(found[kept])
    if marks.shape[0] == 1 and marks.shape[1] == found.shape[1]:
        return collapsed(found[:, kept])
    raise MataError(3200)


@builtin("selectindex", 1)
def selectindex(value: Value) -> Value:
    """The places where a vector is not zero."""
    found = real(value)
    places = np.flatnonzero(vector(found) != 0) + 1.0
    return collapsed(places[:, None] if found.shape[1] == 1 and found.shape[0] != 1 else places[None, :])


# --- panels ------------------------------------------------------------------------------------------


@builtin("panelsetup", 2, 4)
def panelsetup(value: Value, column: Value, least: Value = 0.0, most: Value = 0.0) -> Value:
    """First and last row of each panel of a sorted column; panels of fewer rows than `least` are left out."""
    found = array(value)
    place = whole(column) - 1
    if not 0 <= place < found.shape[1]:
        raise MataError(3300)
    if not found.shape[0]:
        return np.empty((0, 2))
    identity = found[:, place]
    begins = np.flatnonzero(np.append(True, identity[1:] != identity[:-1]))
    ends = np.append(begins[1:], len(identity))
    large = ends - begins >= number(least)
    last = ends[large]
    if number(most):
        last = np.minimum(last, begins[large] + count(most))
    return collapsed(np.column_stack([begins[large] + 1.0, last.astype(np.float64)]))


def panel_ends(value: Value, most: float = np.inf) -> np.ndarray:
    """Return what `panelsetup()` has made, first and last rows; r(3200), r(3300)."""
    found = real(value)
    if found.shape[1] != 2:
        raise MataError(3200)
    if not np.all((found[:, 0] >= 1) & (found[:, 1] >= found[:, 0]) & (found[:, 1] <= most)):
        raise MataError(3300)
    return np.floor(found)


@builtin("panelstats", 1)
def panelstats(value: Value) -> Value:
    """Number of panels, of observations, fewest and most observations in a panel."""
    found = panel_ends(value)
    sizes = found[:, 1] - found[:, 0] + 1
    counts = [len(found), sizes.sum(), sizes.min() if len(sizes) else 0, sizes.max(initial=0)]
    return collapsed(np.array([counts], dtype=np.float64))


@builtin("panelsubmatrix", 3)
def panelsubmatrix(value: Value, panel: Value, panels: Value) -> Value:
    found = array(value)
    ends = panel_ends(panels, found.shape[0])
    place = whole(panel) - 1
    if not 0 <= place < len(ends):
        raise MataError(3300)
    return collapsed(found[int(ends[place, 0]) - 1 : int(ends[place, 1])].copy())


@builtin("panelsum", 2, 3)
def panelsum(value: Value, second: Value, third: Value = None) -> Value:
    """Sums of the columns within panels: panelsum(X, info), panelsum(X, weights, info)."""
    found = real(value)
    ends = panel_ends(second if third is None else third, found.shape[0])
    if third is not None:
        weights = real(second)
        if weights.size not in (1, found.shape[0]):
            raise MataError(3200)
        found = found * weights.reshape(-1, 1)
    if not len(ends):
        return np.empty((0, found.shape[1]))
    # `reduceat` over first rows and rows behind the last: every other sum is of a panel
    edges = np.column_stack([ends[:, 0] - 1, ends[:, 1]]).astype(np.intp).ravel()
    padded = np.vstack([found, np.zeros((1, found.shape[1]))])
    return collapsed(with_codes(np.add.reduceat(padded, edges, axis=0)[::2]))
