"""expand, fillin and duplicates: more rows, and rows that are alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from xmixed.data.columns import among, blank_column
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import group_codes, sort_key
from xmixed.data.room import UNLIMITED, Room
from xmixed.statistics.ordering import stable_order
from xmixed.statistics.partition import Partition


def expand(data: Dataset, copies: np.ndarray) -> tuple[Dataset, np.ndarray]:
    """Return the data with further copies of rows at the end, and which rows are such copies.

    `copies`, shape (n,), is how often each row is to be there in all; below 1 counts as 1.
    """
    more = np.repeat(np.arange(data.n_obs), np.maximum(copies, 1) - 1)
    size = data.n_obs + len(more)
    added = np.zeros(size, dtype=bool)
    added[data.n_obs :] = True
    if not len(more):
        return data, added
    variables = [replace(v, values=_with_copies(v.values, more)) for v in data]
    marks = {name: np.concatenate([mark, mark[more]]) for name, mark in data.marks.items()}
    return data.with_(variables=variables, n_obs=size, marks=marks, sorted_by=()), added


def expand_clusters(
    data: Dataset, copies: np.ndarray, codes: np.ndarray, count: int
) -> tuple[Dataset, np.ndarray]:
    """Return the data with further copies of whole clusters at the end, and the number of each row's cluster.

    Parameters
    ----------
    copies : ndarray of int, shape (n,)
        As `expand`; the same within a cluster.
    codes : ndarray of int, shape (n,)
        Clusters from 0 to count - 1, which keep their numbers, from 1; copies get those that follow.
    """
    wanted = np.ones(count, dtype=np.int64)
    wanted[codes] = np.maximum(copies, 1)
    first = count + np.concatenate([[0], np.cumsum(wanted - 1)[:-1]])
    again = np.maximum(copies, 1) - 1
    more = np.repeat(np.arange(data.n_obs), again)
    turn = np.arange(len(more)) - np.repeat(np.cumsum(again) - again, again)
    expanded, _ = expand(data, copies)
    return expanded, np.concatenate([codes, first[codes[more]] + turn]) + 1


def _with_copies(values: np.ndarray, more: np.ndarray) -> np.ndarray:
    out = np.empty(len(values) + len(more), dtype=values.dtype)
    out[: len(values)] = values
    values.take(more, out=out[len(values) :], mode="clip")
    return out


def fillin(data: Dataset, names: list[str], room: Room = UNLIMITED) -> tuple[Dataset, np.ndarray]:
    """Return the data with a row for every combination of values, sorted by them, and which rows are new."""
    parts = [group_codes(data, [name]) for name in names]
    sizes = [levels for _, levels in parts]
    room.require(prod(sizes), data)
    cell = np.zeros(data.n_obs, dtype=np.int64)
    for part, levels in parts:
        cell = cell * levels + part
    absent = np.ones(int(np.prod(sizes)), dtype=bool)
    absent[cell] = False
    cells = np.flatnonzero(absent)
    places = dict(zip(names, np.unravel_index(cells, sizes), strict=True))
    levels_of = {
        name: np.unique(part, return_index=True)[1] for name, (part, _) in zip(names, parts, strict=True)
    }
    variables: list[Variable] = []
    for variable in data:
        if variable.name in places:
            below = variable.values[levels_of[variable.name]][places[variable.name]]
        else:
            below = blank_column(variable.type, len(cells))
        variables.append(replace(variable, values=np.concatenate([variable.values, below])))
    order = np.argsort(np.concatenate([cell, cells]), kind="stable")
    size = data.n_obs + len(cells)
    unmarked = np.zeros(len(cells), dtype=bool)
    marks = {name: np.concatenate([mark, unmarked]) for name, mark in data.marks.items()}
    full = data.with_(variables=variables, n_obs=size, marks=marks).rows(order)
    return full.with_(sorted_by=tuple(names)), order >= data.n_obs


@dataclass(frozen=True, slots=True, eq=False)
class Duplicates:
    """Rows that are alike in some variables.

    Attributes
    ----------
    order : ndarray of int
        The rows compared, those that are alike behind each other, in sort order and else as they stand.
    groups : Partition
        Of the rows in that order.
    """

    order: np.ndarray
    groups: Partition

    @property
    def alike(self) -> np.ndarray:
        """Numbers of the groups of more than one row."""
        return np.flatnonzero(self.groups.sizes > 1)

    @property
    def first(self) -> np.ndarray:
        """The first row of each group."""
        return self.order[self.groups.starts]

    @property
    def surplus(self) -> np.ndarray:
        """The rows that are not the first of their group."""
        more = np.ones(len(self.order), dtype=bool)
        more[self.groups.starts] = False
        return self.order[more]


def duplicates(data: Dataset, names: list[str], rows: np.ndarray) -> Duplicates:
    """Find rows that are alike in variables."""
    keys = [among(sort_key(data[name]), rows) for name in names]
    order = stable_order(keys)
    groups = Partition.of_sorted(keys, len(order), order)
    return Duplicates(order if rows.all() else np.flatnonzero(rows)[order], groups)
