"""Which rows of two datasets belong together: pairs of row numbers, -1 where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import sort_key
from xmixed.errors import StataError
from xmixed.statistics.grouping import factorise, nested_codes, order_of_codes


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """Groups of equal keys in two datasets, numbered together in sort order."""

    left: np.ndarray
    right: np.ndarray
    count: int

    @property
    def pairs(self) -> int:
        """Pairs of a row of the first dataset with one of the second of the same key."""
        own, other = (np.bincount(side, minlength=self.count) for side in (self.left, self.right))
        return int(own.astype(np.float64) @ other)


class Pairs(NamedTuple):
    """Rows of the result: those of the first dataset, -1 for none, and of the second.

    `left` is None where the first dataset's rows stand as they are, before those that only the second has.
    """

    left: np.ndarray | None
    right: np.ndarray


def keys_of(left: Dataset, right: Dataset, names: list[str]) -> Keys:
    """Return the groups that key variables form in two datasets together.

    Raises
    ------
    StataError
        r(106): a key is numeric in one and a string in the other.
    """
    codes, count = np.zeros(left.n_obs + right.n_obs, dtype=np.int64), 1
    for name in names:
        first, second = left[name], right[name]
        if first.is_string != second.is_string:
            raise StataError(
                106,
                f"key variable {name} is {first.type} in master but {second.type} in using data\n"
                "    Each key variable -- the variables on which observations are matched --\n"
                "    must be of the same generic type in the master and using datasets.  Same\n"
                "    generic type means both numeric or both string.",
            )
        codes, count = nested_codes(codes, count, factorise(_together(first, second)))
    return Keys(codes[: left.n_obs], codes[left.n_obs :], count)


def _together(first: Variable, second: Variable) -> np.ndarray:
    """Return the values of two variables of one kind, one behind the other, as numbers that sort alike."""
    if first.is_string:
        both = np.concatenate([first.values, second.values])
        return sort_key(Variable(first.name, "strL", both, "%9s"))
    if first.type == second.type:
        return np.concatenate([first.values, second.values])
    return np.concatenate([first.to_double(), second.to_double()])


def repeated(codes: np.ndarray, count: int) -> bool:
    """Return whether some group has more than one row."""
    return bool(len(codes)) and int(np.bincount(codes, minlength=count).max()) > 1


def _laid_out(codes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows sorted by group, where each group begins among them, and the sizes."""
    sizes = np.bincount(codes, minlength=count)
    starts = np.cumsum(sizes) - sizes
    return order_of_codes(codes, count), starts, sizes


def place_in_group(codes: np.ndarray, count: int) -> np.ndarray:
    """Return the place of each row in its group, from 0."""
    order, starts, sizes = _laid_out(codes, count)
    out = np.empty(len(codes), dtype=np.intp)
    out[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return out


def merge_pairs(keys: Keys) -> Pairs:
    """Pair rows one by one: the k-th of a key with the k-th, the shorter side repeats its last one.

    The rows of the first dataset come in their order, those that only the second has at the end.
    """
    sizes = np.bincount(keys.right, minlength=keys.count)
    if not len(sizes) or sizes.max() <= 1:
        return _pairs_with_one(keys)
    order, starts, sizes = _laid_out(keys.right, keys.count)
    own = np.bincount(keys.left, minlength=keys.count)
    place = place_in_group(keys.left, keys.count)
    more = np.maximum(sizes - own, 0)[keys.left]
    copies = 1 + np.where(place == own[keys.left] - 1, more, 0)
    left = np.repeat(np.arange(len(keys.left)), copies)
    first = np.cumsum(copies) - copies
    at = place[left] + np.arange(len(left)) - first[left]
    size = sizes[keys.left][left]
    right = np.full(len(left), -1, dtype=np.intp)
    found = size > 0
    if len(order):
        right[found] = order[starts[keys.left[left[found]]] + np.minimum(at[found], size[found] - 1)]
    alone = np.flatnonzero(own[keys.right] == 0)
    return Pairs(np.concatenate([left, np.full(len(alone), -1, np.intp)]), np.concatenate([right, alone]))


def _pairs_with_one(keys: Keys) -> Pairs:
    """Pair rows with the only one of their key in the second dataset."""
    row_of = np.full(keys.count, -1, dtype=np.intp)
    row_of[keys.right] = np.arange(len(keys.right))
    there = np.zeros(keys.count, dtype=bool)
    there[keys.left] = True
    return _looked_up(row_of.take(keys.left), np.flatnonzero(~there[keys.right]))


def _looked_up(found: np.ndarray, alone: np.ndarray) -> Pairs:
    return Pairs(None, np.concatenate([found, alone]) if len(alone) else found)


def looked_up(left: Variable, right: Variable) -> Pairs | None:
    """Pair rows by a table of the second dataset's keys: integers in a narrow range that do not repeat.

    None for other keys.
    """
    theirs = right.values
    if left.type != right.type or theirs.dtype.kind != "i" or not len(theirs) or not len(left.values):
        return None
    low, span = int(theirs.min()), int(theirs.max()) - int(theirs.min())
    if span > 4 * (len(theirs) + len(left.values)) + 1000:
        return None
    row_of = np.full(span + 2, -1, dtype=np.intp)
    own = theirs.astype(np.int64) - low
    row_of[own] = np.arange(len(own))
    if np.any(row_of[own] != np.arange(len(own))):
        return None
    place = left.values.astype(np.int64)
    place -= low
    if int(left.values.min()) < low or int(left.values.max()) > low + span:
        place[(place < 0) | (place > span)] = span + 1
    there = np.zeros(span + 2, dtype=bool)
    there[place] = True
    return _looked_up(row_of.take(place), np.flatnonzero(~there[own]))


def all_pairs(keys: Keys) -> tuple[np.ndarray, np.ndarray]:
    """Pair every row of a key with every one, in sort order of the keys; none without partner."""
    order, starts, sizes = _laid_out(keys.right, keys.count)
    rows = order_of_codes(keys.left, keys.count)
    copies = sizes[keys.left[rows]]
    left = np.repeat(rows, copies)
    first = np.cumsum(copies) - copies
    at = np.arange(len(left)) - np.repeat(first, copies)
    return left, order[starts[keys.left[left]] + at] if len(left) else left


def unmatched(keys: Keys) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of each dataset whose key the other lacks."""
    own, other = (np.bincount(side, minlength=keys.count) for side in (keys.left, keys.right))
    return np.flatnonzero(other[keys.left] == 0), np.flatnonzero(own[keys.right] == 0)
