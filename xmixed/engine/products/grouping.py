"""The nesting of groups: one order of the rows in which every group of every level is contiguous."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.model import Level

# Places for each value up to which distinct values are marked instead of sorted.
_RANGE = 2
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Nesting:
    """Groups of the levels that carry random effects, top to bottom, in sorted order.

    Attributes
    ----------
    order : (n,) integer array or None
        Row numbers in sorted order; None where the rows are sorted already.
    row_starts : (G_bottom,) array
        First sorted row of each bottom-level group.
    parents : tuple of (G_l,) arrays
        For each level its groups' position in the level above (zeros for the top level).
    labels : tuple of (G_l,) arrays
        The code that the caller gave each group.
    """

    order: np.ndarray | None
    row_starts: np.ndarray
    parents: tuple[np.ndarray, ...]
    labels: tuple[np.ndarray, ...]

    def starts(self, upper: int, lower: int) -> np.ndarray:
        """First group of level `lower` within each group of level `upper` (above it), (G_upper,)."""
        position = self.ancestors(upper, lower)
        return np.flatnonzero(np.diff(position, prepend=-1))

    def ancestors(self, upper: int, lower: int) -> np.ndarray:
        """Position in level `upper` of each group of level `lower`, (G_lower,)."""
        position = np.arange(len(self.parents[lower]))
        for level in range(lower, upper, -1):
            position = self.parents[level][position]
        return position

    def as_given(self, values: np.ndarray) -> np.ndarray:
        """Values of the rows in sorted order as the caller has the rows."""
        result = np.empty_like(values)
        result[self.order] = values
        return result


def enclosing(outer: np.ndarray, inner: np.ndarray, n_inner: int) -> np.ndarray | None:
    """The outer group of every inner one, by code, (n_inner,); None where an inner group is split.

    Parameters
    ----------
    outer, inner : (n,) integer arrays
        Codes by row.
    """
    found = np.zeros(n_inner, outer.dtype)
    found[inner] = outer
    return found if np.array_equal(found[inner], outer) else None


def nest(levels: tuple[Level, ...], n: int) -> Nesting | None:
    """Find the order of rows and groups; None where the groups are not nested but crossed.

    `levels` are the non-empty ones, top to bottom.
    """
    if not levels:
        return Nesting(None, np.zeros(1, np.intp), (), ())
    codes = levels[-1].groups
    if len(levels) == 1 and _are_their_places(codes):
        return Nesting(None, codes, (np.broadcast_to(np.zeros(1, np.intp), n),), (codes,))
    if n > 1 and bool((codes[1:] >= codes[:-1]).all()):
        boundaries = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        first_rows = np.concatenate([np.zeros(1, np.intp), boundaries])
        if len(levels) == 1:
            return Nesting(None, first_rows, (np.zeros(len(first_rows), np.intp),), (codes[first_rows],))
        counts = np.diff(np.append(first_rows, n))
    else:
        all_counts = np.bincount(codes, minlength=levels[-1].n_groups)
        representative = np.zeros(len(all_counts), np.intp)
        representative[codes] = np.arange(n)
        present = np.flatnonzero(all_counts)
        first_rows, counts = representative[present], all_counts[present]
    keys = [np.asarray(level.groups[first_rows]) for level in levels]
    if not _are_nested(levels, keys):
        return None
    sorted_groups = np.lexsort(keys[::-1])
    contiguous = bool((sorted_groups == np.arange(len(sorted_groups))).all())
    keys = [key[sorted_groups] for key in keys]
    counts = counts[sorted_groups]
    row_starts = np.cumsum(counts) - counts
    in_place = contiguous and bool((first_rows == row_starts).all())
    if in_place and n > 1:
        in_place = bool((codes[1:] >= codes[:-1]).all())
    order = None if in_place else _row_order(codes, keys[-1], levels[-1].n_groups)
    parents, labels = _hierarchy(keys)
    return Nesting(order, row_starts, parents, labels)


def _are_their_places(codes: np.ndarray) -> bool:
    """Whether every row is a group, in order, as cells are: there is nothing to find then, or to keep."""
    if codes.dtype != np.intp or len(codes) == 0 or codes[-1] != len(codes) - 1:
        return False
    blocks = range(0, len(codes), _BLOCK)
    return all(
        np.array_equal(codes[first : first + _BLOCK], np.arange(first, min(first + _BLOCK, len(codes))))
        for first in blocks
    )


def _are_nested(levels: tuple[Level, ...], keys: list[np.ndarray]) -> bool:
    """Whether every bottom-level group lies in one group of each level above, and those in one another."""
    bottom = levels[-1].groups
    rank = np.zeros(levels[-1].n_groups, np.intp)
    rank[keys[-1]] = np.arange(len(keys[-1]))
    upper = zip(levels[:-1], keys[:-1], strict=True)
    if not all(np.array_equal(key[rank[bottom]], level.groups) for level, key in upper):
        return False
    # Levels that both contain the bottom one may still be crossed with each other.
    for level, above, own in zip(levels[1:-1], keys, keys[1:], strict=False):
        parent = np.zeros(level.n_groups, above.dtype)
        parent[own] = above
        if not np.array_equal(parent[own], above):
            return False
    return True


def _row_order(codes: np.ndarray, sorted_labels: np.ndarray, n_groups: int) -> np.ndarray:
    """Stable order of the rows by group; 16-bit passes because numpy sorts those by radix."""
    rank = np.zeros(n_groups, np.intp)
    rank[sorted_labels] = np.arange(len(sorted_labels))
    position = rank[codes]
    order = np.argsort((position & 0xFFFF).astype(np.uint16), kind="stable")
    shift = 16
    while len(sorted_labels) >> shift:
        digit = ((position >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += 16
    return order


def _hierarchy(keys: list[np.ndarray]) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Parents and labels of every level from the sorted codes of the bottom-level groups."""
    parents: list[np.ndarray] = []
    labels: list[np.ndarray] = []
    above = np.zeros(len(keys[0]), np.intp)
    for key in keys:
        new = np.ones(len(key), bool)
        new[1:] = (key[1:] != key[:-1]) | (above[1:] != above[:-1])
        labels.append(key[new])
        parents.append(above[new])
        above = np.cumsum(new) - 1
    return tuple(parents), tuple(labels)


def rows_in_order(groups: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Rows by group, those of a group by time: not sorted where they stand so already."""
    step = np.diff(groups)
    if bool(((step > 0) | ((step == 0) & (np.diff(time) >= 0))).all()):
        return np.arange(len(groups))
    return np.lexsort((time, groups))


def distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values in order, and which of them each is; whole numbers of a small range need no sorting."""
    if len(values):
        low, high = values.min(), values.max()
        if high - low <= _RANGE * len(values):
            from_low = values - low
            codes = from_low.astype(np.intp)
            if np.array_equal(codes, from_low):
                found = np.zeros(int(codes.max()) + 1, values.dtype)
                marked = np.zeros(len(found), bool)
                found[codes], marked[codes] = values, True
                return found[marked], (np.cumsum(marked) - 1)[codes]
    found, codes = np.unique(values, return_inverse=True)
    return found, np.ravel(codes)
