"""The order of the observations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.statistics.ordering import stable_order
from xmixed.statistics.partition import Partition


def sort_key(variable: Variable) -> np.ndarray:
    """Return a numeric array that orders as a variable does: missing values last, strings by code point."""
    if not variable.is_string:
        return variable.values
    texts = variable.values.tolist()
    ranks = {text: rank for rank, text in enumerate(sorted(set(texts), key=_comparable))}
    return np.fromiter((ranks[text] for text in texts), dtype=np.int64, count=len(texts))


def _comparable(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def reordered(data: Dataset, order: np.ndarray, sorted_by: tuple[str, ...]) -> Dataset:
    """Return the rows in an order; the data count as changed only when that changes something."""
    if not np.array_equal(order, np.arange(data.n_obs)):
        data = data.rows(order)
    return data if data.sorted_by == sorted_by else data.with_(sorted_by=sorted_by)


def sorted_on(data: Dataset, names: Sequence[str]) -> Dataset:
    """Return the data sorted by variables; data that are sorted by these and more stay as they are."""
    names = tuple(dict.fromkeys(names))
    if data.sorted_by[: len(names)] == names:
        return data
    return reordered(data, stable_order([sort_key(data[name]) for name in names]), names)


def partition_of(data: Dataset, names: Sequence[str]) -> Partition:
    """Return the groups of data that are sorted by these variables; no names make one group."""
    return Partition.of_sorted([data[name].values for name in names], data.n_obs)


def group_codes(
    data: Dataset, names: Sequence[str], rows: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """Return the groups that variables form among some rows, numbered in sort order, and their number.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,), or None
        The rows numbered; the others get -1. None: all of them.
    """
    from xmixed.statistics.grouping import factorise, nested_codes

    rows = None if rows is None or rows.all() else rows
    chosen = slice(None) if rows is None else rows
    size = data.n_obs if rows is None else int(np.count_nonzero(rows))
    codes, count = np.zeros(size, dtype=np.int64), min(size, 1)
    for name in names:
        codes, count = nested_codes(codes, count, factorise(sort_key(data[name])[chosen]))
    if rows is None:
        return codes, count
    out = np.full(data.n_obs, -1, dtype=np.int64)
    out[rows] = codes
    return out, count
