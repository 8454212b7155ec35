"""Data condensed to the combinations of values that occur, each with how often it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.fetching import doubles_of, values_of
from xmixed.data.reference.model import Reference, needs_rows
from xmixed.data.reference.moments import sum_of

MOST = 5_000_000
"""Combinations that come into memory."""


class Condensed(NamedTuple):
    """Data in memory with one observation a combination.

    Attributes
    ----------
    data : Dataset
    counts : ndarray of float64, shape (n,)
        How often each occurs.
    weights : ndarray of float64, shape (n,)
        The sum of its weights; the counts without.
    """

    data: Dataset
    counts: np.ndarray
    weights: np.ndarray


def condensed(data: Dataset, reference: Reference, names: Iterable[str], weight: Any = None) -> Condensed:
    """Return the combinations of values of some variables over all rows of a reference.

    Parameters
    ----------
    weight : ibis float64 expression over the reference's table, or None
        Rows where it is NULL do not count.

    Raises
    ------
    StataError
        r(3) there are more than `MOST`; what `Source.run` raises.
    """
    chosen = [data[name] for name in dict.fromkeys(names)]
    columns = {f"v{place}": reference.value(variable) for place, variable in enumerate(chosen)}
    table: Any = reference.table.select(**columns, **({} if weight is None else {"w": weight}))
    wanted = {"n": table.count()}
    if weight is not None:
        table = table.filter(table.w.notnull())
        wanted = {"n": table.count(), "w": sum_of(table.w)}
    counted = table.group_by(list(columns)).aggregate(**wanted)
    rows = reference.run(counted.limit(MOST + 1))
    if rows.num_rows > MOST:
        shown = ", ".join(variable.name for variable in chosen)
        raise needs_rows(f"more than {MOST:,} different values ({shown}) are")
    variables = tuple(
        replace(variable, values=values_of(rows.column(f"v{place}"), variable))
        for place, variable in enumerate(chosen)
    )
    small = replace(data, variables=variables, n_obs=rows.num_rows, reference=None, marks={}, sorted_by=())
    counts = doubles_of(rows.column("n"))
    return Condensed(small, counts, counts if weight is None else doubles_of(rows.column("w")))
