"""Sums by cell of very many cells, added here while the rows stream by.

An engine keeps a state for every sum of every group, once for each thread, and looks each row's group up in a
table; beyond the processor's cache, and then beyond memory, a row costs many times what it costs among few
groups. Here the sums are one array, a line for each cell,
that rows are added to batch by batch: its memory is all there is. Rows come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.data.reference.fetching import doubles_of
from xmixed.data.reference.model import Source
from xmixed.estimation.summed.leaves import Leaves

if TYPE_CHECKING:
    from xmixed.engine.storage import Storage

FEWEST = 100_000
"""Cells from which rows are added here: the states of fewer stay in the cache of an engine."""
SPARSEST = 4
"""Places for each cell that occurs: beyond it the array would be mostly empty."""
_ARRAYS = 4
"""Arrays by cell that share the room there is for them."""
_ROWS = 8192
"""Rows added at a time: what they are added to stays in the cache from one sum to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where cells stand: whole numbers as keys are the digits of a place.

    Attributes
    ----------
    keys : tuple of str
    lows : tuple of float
        The least value of each key.
    spans : tuple of int
        How many values are possible from there on.
    """

    keys: tuple[str, ...]
    lows: tuple[float, ...]
    spans: tuple[int, ...]

    @property
    def count(self) -> int:
        """Places in all."""
        return int(np.prod([1, *self.spans], dtype=object))

    def coded(self, table: Any) -> Any:
        """A table with the place of each row, int64, as one more column, `code`."""
        found: Any = None
        for key, low, span in zip(self.keys, self.lows, self.spans, strict=True):
            digit = table[key] - low
            found = digit if found is None else found * float(span) + digit
        return table.mutate(code=found.cast("int64"))

    def values(self, places: np.ndarray) -> dict[str, np.ndarray]:
        """The keys of some places, float64, by name; these may be used up."""
        found, rest = {}, places
        for key, low, span in reversed(list(zip(self.keys, self.lows, self.spans, strict=True))):
            if len(found) == len(self.keys) - 1:
                rest += low
                found[key] = rest
            else:
                found[key] = rest % span + low
                rest = rest // span
        return {key: found[key] for key in self.keys}


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Where cells stand: in the order of a list of all keys that occur.

    Attributes
    ----------
    listed : dict of name to (m,) array
        Numbers, or str objects.
    table : ibis table
        The same in the source: keys as `k0`, `k1`, ..., and the place as `code`.
    """

    listed: dict[str, np.ndarray]
    table: Any

    @property
    def count(self) -> int:
        """See `Places`."""
        return len(next(iter(self.listed.values())))

    def coded(self, table: Any) -> Any:
        """See `Places`."""
        kept = self.table
        joined = table.inner_join(kept, [table[key] == kept[f"k{at}"] for at, key in enumerate(self.listed)])
        return joined.select(code=kept.code, **{name: table[name] for name in table.columns})

    def values(self, places: np.ndarray) -> dict[str, np.ndarray]:
        """See `Places`."""
        return {key: own[places.astype(np.intp)] for key, own in self.listed.items()}


def places_of(leaves: Leaves, keys: Sequence[str]) -> Places | Listed | None:
    """Return where the cells that keys make stand; None where a query by group is as well.

    That is where there are few, and where the source hands rows out in one piece only.
    """
    if not keys or not leaves.rows.source.streams:
        return None
    table = leaves.keys(keys)
    wanted: dict[str, Any] = {}
    for at, key in enumerate(keys):
        value = table[key]
        wanted[f"kinds{at}"] = value.approx_nunique()
        if value.type().is_floating():
            wanted |= {f"low{at}": value.min(), f"high{at}": value.max()}
            wanted[f"broken{at}"] = (value != value.round(0).cast("float64")).any()
    found = leaves.rows.run(table.aggregate(**wanted)).to_pylist()[0]
    kinds = max(int(found[f"kinds{at}"]) for at in range(len(keys)))
    if kinds < FEWEST:
        return None
    if all(found.get(f"broken{at}") is False for at in range(len(keys))):
        lows = tuple(float(found[f"low{at}"]) for at in range(len(keys)))
        highs = [float(found[f"high{at}"]) for at in range(len(keys))]
        spans = tuple(int(high - low) + 1 for low, high in zip(lows, highs, strict=True))
        places = Places(tuple(keys), lows, spans)
        if places.count <= SPARSEST * kinds:
            return places
    return _listed(leaves, keys)


def _listed(leaves: Leaves, keys: Sequence[str]) -> Listed:
    """The keys that occur, in order, and a table of them in the source."""
    import pyarrow

    found = leaves.rows.run(leaves.table.select(*keys).distinct())
    values = {key: key_values(found.column(key)) for key in keys}
    order = key_order(list(values.values()))
    if order is not None:
        values = {key: own[order] for key, own in values.items()}
        found = found.take(pyarrow.array(order))
    columns = {f"k{at}": found.column(key) for at, key in enumerate(keys)}
    codes = pyarrow.array(np.arange(found.num_rows))
    return Listed(values, leaves.rows.source.keep(pyarrow.table({**columns, "code": codes})))


def key_values(column: Any) -> np.ndarray:
    """A column of keys as numbers, or as str objects."""
    if str(column.type) in ("string", "large_string"):
        values = np.empty(len(column), dtype=object)
        values[:] = column.to_pylist()
        return values
    return doubles_of(column)


def key_order(keys: Sequence[np.ndarray]) -> np.ndarray | None:
    """The order of cells by their keys; None where they stand in it already."""
    if not keys:
        return None
    ranked = [
        np.unique(key.astype(str), return_inverse=True)[1] if key.dtype == object else key for key in keys
    ]
    order = np.lexsort(ranked[::-1])
    return None if np.array_equal(order, np.arange(len(order))) else order


def added(
    source: Source,
    rows: Any,
    places: int,
    width: int,
    sums: Callable[[list[np.ndarray]], Iterator[np.ndarray]],
) -> tuple[np.ndarray, np.ndarray]:
    """Add rows to the sums of their cells; where all do not fit into memory, range by range of places.

    Parameters
    ----------
    rows : ibis table
        The place of a row, `code`, then what `sums` takes.
    places, width : int
    sums : callable
        Gives `width` - 1 arrays of some rows; first come the rows themselves, counted.

    Returns
    -------
    (m,) float64 array
        The places where there are rows, in order; in memory or a file, too.
    (width, m) array
        Their sums, in memory or, where they are too many, in a file.
    """
    ranges = max(1, ceil(8.0 * width * places / source.room()))
    size = -(-places // ranges)
    storage = storage_beside(source)
    kept, occurring, filled = storage.empty((width, places)), storage.empty((places,)), 0
    for first in range(0, places, size):
        last = min(first + size, places)
        own = rows if ranges == 1 else rows.filter((rows["code"] >= first) & (rows["code"] < last))
        whole = np.zeros((last - first, width))
        with closing(source.batches(own)) as batches:
            for batch in batches:
                _add(whole, batch, first, sums)
        filled = _moved(whole, first, kept, occurring, filled)
        del whole  # before there is another one
    return occurring[:filled], kept[:, :filled]


def _moved(whole: np.ndarray, first: int, kept: np.ndarray, occurring: np.ndarray, filled: int) -> int:
    """Move the sums of the cells of a range that occur behind those that are kept; return how many are."""
    occurs = np.flatnonzero(whole[:, 0])
    part = slice(filled, filled + len(occurs))
    for row, column in zip(kept, whole.T, strict=True):
        row[part] = column if len(occurs) == len(whole) else column[occurs]
    occurring[part] = occurs + first
    return part.stop


def storage_beside(source: Source) -> Storage:
    """Return where arrays by cell are kept: a few of them are needed at a time."""
    from xmixed.engine.storage import Storage

    return Storage(source.room() / _ARRAYS)


def _add(
    whole: np.ndarray, batch: Any, first: int, sums: Callable[[list[np.ndarray]], Iterator[np.ndarray]]
) -> None:
    code, *values = (column.to_numpy(zero_copy_only=False) for column in batch.columns)
    columns = list(whole.T)
    for start in range(0, len(code), _ROWS):
        part = slice(start, start + _ROWS)
        own = code[part] - first if first else code[part]
        np.add.at(columns[0], own, 1.0)
        for column, value in zip(columns[1:], sums([each[part] for each in values]), strict=True):
            np.add.at(column, own, value)
