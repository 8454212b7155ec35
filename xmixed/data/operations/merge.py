"""merge, joinby and cross: rows of two datasets side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import blank_column
from xmixed.data.dataset import Dataset, Variable, to_double
from xmixed.data.operations.pairing import (
    Keys,
    Pairs,
    all_pairs,
    keys_of,
    looked_up,
    merge_pairs,
    repeated,
    unmatched,
)
from xmixed.data.operations.stacking import (
    Promotion,
    check_kinds,
    common_type,
    gathered,
    held_in,
    widened,
    with_labels_of,
)
from xmixed.data.room import UNLIMITED, Room
from xmixed.errors import StataError
from xmixed.missing import is_missing
from xmixed.statistics.grouping import order_of_codes
from xmixed.statistics.ordering import ascends

MASTER, USING, MATCH, UPDATE, CONFLICT = 1, 2, 3, 4, 5
RESULT_LABELS = {
    MASTER: "master only (1)",
    USING: "using only (2)",
    MATCH: "matched (3)",
    UPDATE: "missing updated (4)",
    CONFLICT: "nonmissing conflict (5)",
}


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """What came of two datasets.

    Attributes
    ----------
    dataset : Dataset
    results : ndarray of int8, shape (n,)
        1 master only, 2 using only, 3 matched, 4 missing updated, 5 nonmissing conflict.
    promotions : list of Promotion
    labels : list of str
        Value labels that both define.
    """

    dataset: Dataset
    results: np.ndarray
    promotions: list[Promotion]
    labels: list[str]

    def kept(self, results: Collection[int]) -> Merged:
        """Return the observations of some results only."""
        rows = np.isin(self.results, list(results))
        return replace(self, dataset=self.dataset.rows(rows), results=self.results[rows])

    def count(self, *results: int) -> int:
        return sum(int(np.count_nonzero(self.results == result)) for result in results)


def merge(
    left: Dataset,
    right: Dataset,
    keys: list[str],
    kind: str,
    *,
    update: bool = False,
    take: bool = False,
    force: bool = False,
    labels: bool = True,
    notes: bool = True,
) -> Merged:
    """Merge two datasets by key variables, or row by row without any.

    Parameters
    ----------
    kind : str
        `1:1`, `m:1`, `1:m`, `m:m`: on which side keys must not repeat.
    update, take : bool
        Missing values of matched observations are filled; with `take` all known values are taken.
    force : bool
        Variables of the second dataset that are of the other kind count as missing.

    Raises
    ------
    StataError
        r(459) for keys that repeat, r(106) for numbers against strings.
    """
    pairs = looked_up(left[keys[0]], right[keys[0]]) if kind == "m:1" and len(keys) == 1 else None
    if pairs is None:
        pairs = _pairs(left, right, keys, kind)
    return _side_by_side(left, right, keys, pairs, update, take, force, labels, notes)


def _pairs(left: Dataset, right: Dataset, keys: list[str], kind: str) -> Pairs:
    found = keys_of(left, right, keys) if keys else _by_row(left, right)
    for side, codes, letter in (("master", found.left, kind[0]), ("using", found.right, kind[2])):
        if letter == "1" and repeated(codes, found.count):
            raise StataError(459, not_unique(keys, side))
    return merge_pairs(found)


def not_unique(names: list[str], side: str) -> str:
    """Return the message that variables do not identify the observations of one side."""
    if len(names) == 1:
        return f"variable {names[0]} does not uniquely identify observations in the {side} data"
    return f"variables {' '.join(names)} do not uniquely identify observations in the {side} data"


def _by_row(left: Dataset, right: Dataset) -> Keys:
    return Keys(np.arange(left.n_obs), np.arange(right.n_obs), max(left.n_obs, right.n_obs))


def joinby(
    left: Dataset,
    right: Dataset,
    keys: list[str],
    keep: Collection[str],
    labels: bool,
    room: Room = UNLIMITED,
    *,
    update: bool = False,
    take: bool = False,
) -> Merged:
    """Pair every observation with every one of the same keys; sorted by the keys.

    `keep` names the sides, `master` and `using`, whose observations without partner stay.
    """
    found = keys_of(left, right, keys)
    room.require(found.pairs, (*left, *right))
    own, other = all_pairs(found)
    for side, rows in zip(("master", "using"), unmatched(found), strict=True):
        if side in keep:
            none = np.full(len(rows), -1, dtype=np.intp)
            added = (rows, none) if side == "master" else (none, rows)
            own, other = np.concatenate([own, added[0]]), np.concatenate([other, added[1]])
    codes = np.where(own >= 0, _at(found.left, own), _at(found.right, other))
    order = order_of_codes(codes, found.count)
    pairs = Pairs(own[order], other[order])
    merged = _side_by_side(left, right, keys, pairs, update, take, False, labels, True)
    return replace(merged, dataset=merged.dataset.with_(sorted_by=tuple(keys)))


def _at(codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return codes[rows] if len(codes) else np.zeros(len(rows), dtype=np.int64)


def cross(left: Dataset, right: Dataset) -> Merged:
    """Pair every observation with every one."""
    zeros = np.zeros(left.n_obs, dtype=np.int64), np.zeros(right.n_obs, dtype=np.int64)
    return _side_by_side(left, right, [], Pairs(*all_pairs(Keys(*zeros, 1))), False, False, False, True, True)


def _side_by_side(
    left: Dataset,
    right: Dataset,
    keys: list[str],
    pairs: Pairs,
    update: bool,
    take: bool,
    force: bool,
    labels: bool,
    notes: bool,
) -> Merged:
    shared = [name for name in left.names if name in right and name not in keys]
    if not force:
        check_kinds(left, right, shared, "merge")
    updated = frozenset(shared if update else ())
    n_obs = len(pairs.right)
    results = np.full(n_obs, MATCH, dtype=np.int8)
    results[pairs.right < 0] = MASTER
    alone = np.arange(left.n_obs, n_obs) if pairs.left is None else np.flatnonzero(pairs.left < 0)
    results[alone] = USING
    variables: list[Variable] = []
    promotions: list[Promotion] = []
    for variable in left:
        other = right[variable.name] if variable.name in right else None
        if other is not None and other.is_string != variable.is_string:
            other = None
        kind = variable.type if other is None else common_type(variable.type, other.type)
        changes = other is not None and variable.name in updated
        values = _of_first(variable, kind, pairs, changes)
        if other is not None:
            if len(alone):
                values[alone] = held_in(other, kind)[pairs.right[alone]]
            if changes:
                _update(values, held_in(other, kind), pairs, kind, results, take)
        if kind != variable.type:
            promotions.append(Promotion(variable.name, variable.type, kind))
        variables.append(widened(variable, kind, values))
    for variable in right:
        if variable.name not in left:
            values = gathered(variable, pairs.right, variable.type)
            variables.append(replace(variable, values=values))
    marks = {name: _mark(mark, pairs.left, n_obs) for name, mark in left.marks.items()}
    stays = not update and not len(alone) and (pairs.left is None or ascends(pairs.left))
    data = left.with_(
        variables=variables,
        n_obs=n_obs,
        marks=marks,
        sorted_by=left.sorted_by if stays else (),
    )
    data, doubled = with_labels_of(data, left, right, labels, notes)
    return Merged(data, results, promotions, doubled)


def _of_first(variable: Variable, kind: str, pairs: Pairs, changes: bool) -> np.ndarray:
    """Return the first dataset's values, missing where it has no row; the column itself if it may stay."""
    if pairs.left is not None:
        return gathered(variable, pairs.left, kind)
    values, more = held_in(variable, kind), len(pairs.right) - len(variable.values)
    if more:
        return np.concatenate([values, blank_column(kind, more)])
    return values.copy() if changes else values


def _mark(mark: np.ndarray, rows: np.ndarray | None, n_obs: int) -> np.ndarray:
    if rows is None:
        return np.concatenate([mark, np.zeros(n_obs - len(mark), dtype=bool)])
    return (rows >= 0) & mark[rows] if len(mark) else np.zeros(n_obs, dtype=bool)


def _update(
    values: np.ndarray, source: np.ndarray, pairs: Pairs, kind: str, results: np.ndarray, take: bool
) -> None:
    """Put values of the second dataset in, in place, as update does.

    `results` is changed too: 4 where a missing value was filled, 5 where known values differ.
    """
    at = np.flatnonzero(results >= MATCH)
    if not len(at):
        return
    mine, theirs = values[at], source[pairs.right[at]]
    known = ~_missing(theirs, kind)
    empty = _missing(mine, kind)
    differ = known & ~empty & (mine != theirs)
    filled = known & empty
    results[at[filled & (results[at] == MATCH)]] = UPDATE
    results[at[differ]] = CONFLICT
    take_rows = filled | (differ if take else False)
    values[at[take_rows]] = theirs[take_rows]


def _missing(values: np.ndarray, kind: str) -> np.ndarray:
    if kind.startswith("str"):
        return values == ""
    return is_missing(to_double(values, kind))
