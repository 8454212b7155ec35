"""expand, fillin and duplicates: more rows, and rows that are alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import blank_column
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.pairing import place_in_group
from xmixed.data.order import group_codes


def expand(data: Dataset, copies: np.ndarray) -> tuple[Dataset, np.ndarray]:
    """Return the data with further copies of rows at the end, and which rows are such copies.

    `copies`, shape (n,), is how often each row is to be there in all; below 1 counts as 1.
    """
    more = np.repeat(np.arange(data.n_obs), np.maximum(copies, 1) - 1)
    added = np.zeros(data.n_obs + len(more), dtype=bool)
    added[data.n_obs :] = True
    if not len(more):
        return data, added
    return data.rows(np.concatenate([np.arange(data.n_obs), more])), added


def fillin(data: Dataset, names: list[str]) -> tuple[Dataset, np.ndarray]:
    """Return the data with a row for every combination of values, sorted by them, and which rows are new."""
    parts = [group_codes(data, [name]) for name in names]
    sizes = [levels for _, levels in parts]
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
    codes : ndarray of int, shape (n,)
        Group of each row in sort order, -1 for those left out.
    copies : ndarray of int, shape (n,)
        How many rows are like each, itself included; 0 for those left out.
    place : ndarray of int, shape (n,)
        0 for the first of its group.
    """

    codes: np.ndarray
    copies: np.ndarray
    place: np.ndarray


def duplicates(data: Dataset, names: list[str], rows: np.ndarray) -> Duplicates:
    """Find rows that are alike in variables."""
    codes, count = group_codes(data, names, rows)
    used = np.flatnonzero(rows)
    own = codes[used]
    copies, place = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.intp)
    copies[used] = np.bincount(own, minlength=count)[own]
    place[used] = place_in_group(own, count)
    return Duplicates(codes, copies, place)
