"""Sums by cell of very many cells, added here while the rows stream by.

An engine keeps a state for every sum of every group, once for each thread, and looks each row's group up in a
table; beyond the processor's cache, and then beyond memory, a row costs many times what it costs among few
groups. Where the values of the keys say where a cell stands, the sums are one array, a line for each cell,
that rows are added to batch by batch: its memory is all there is. Rows come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

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

    def code(self, table: Any) -> Any:
        """The place of each row of a table, an int64 expression."""
        found: Any = None
        for key, low, span in zip(self.keys, self.lows, self.spans, strict=True):
            digit = table[key] - low
            found = digit if found is None else found * float(span) + digit
        return found.cast("int64").name("code")

    def values(self, places: np.ndarray) -> dict[str, np.ndarray]:
        """The keys of some places, by name."""
        found, rest = {}, places
        for key, low, span in reversed(list(zip(self.keys, self.lows, self.spans, strict=True))):
            found[key] = (rest % span).astype(np.float64) + low
            rest = rest // span
        return {key: found[key] for key in self.keys}


def places_of(leaves: Leaves, keys: Sequence[str]) -> Places | None:
    """Return where the cells that keys make stand; None where a query by group is as well.

    That is where there are few, where keys are not whole numbers, or leave most places empty, and where
    the source hands rows out in one piece only.
    """
    source = leaves.rows.source
    if not keys or not source.streams:
        return None
    table = leaves.keys(keys)
    if not all(table[key].type().is_floating() for key in keys):
        return None
    wanted: dict[str, Any] = {}
    for place, key in enumerate(keys):
        value = table[key]
        wanted |= {
            f"low{place}": value.min(),
            f"high{place}": value.max(),
            f"kinds{place}": value.approx_nunique(),
        }
        wanted[f"broken{place}"] = (value != value.round(0).cast("float64")).any()
    found = leaves.rows.run(table.aggregate(**wanted)).to_pylist()[0]
    if any(found[f"broken{place}"] is not False for place in range(len(keys))):
        return None
    lows = tuple(float(found[f"low{place}"]) for place in range(len(keys)))
    highs = [float(found[f"high{place}"]) for place in range(len(keys))]
    places = Places(
        tuple(keys), lows, tuple(int(high - low) + 1 for low, high in zip(lows, highs, strict=True))
    )
    kinds = max(int(found[f"kinds{place}"]) for place in range(len(keys)))
    if kinds < FEWEST or places.count > SPARSEST * kinds:
        return None
    return places


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
    (m,) integer array
        The places where there are rows, in order.
    (width, m) array
        Their sums, in memory or, where they are too many, in a file.
    """
    ranges = max(1, ceil(8.0 * width * places / source.room()))
    size = -(-places // ranges)
    kept, occurring, filled = storage_beside(source).empty((width, places)), [], 0
    for first in range(0, places, size):
        last = min(first + size, places)
        own = rows if ranges == 1 else rows.filter((rows["code"] >= first) & (rows["code"] < last))
        whole = np.zeros((last - first, width))
        with closing(source.batches(own)) as batches:
            for batch in batches:
                _add(whole, batch, first, sums)
        occurs = np.flatnonzero(whole[:, 0])
        for row, column in zip(kept, whole.T, strict=True):
            row[filled : filled + len(occurs)] = column if len(occurs) == len(whole) else column[occurs]
        occurring.append(occurs + first)
        filled += len(occurs)
    return np.concatenate(occurring), kept[:, :filled]


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
