"""Data condensed to the combinations of values that occur, each with how often it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.fetching import doubles_of, values_of
from xmixed.data.reference.model import Reference, needs_rows

MOST = 5_000_000
"""Combinations that come into memory."""


class Condensed(NamedTuple):
    """Data in memory with one observation a combination, and how often it occurs, float64 (n,)."""

    data: Dataset
    counts: np.ndarray


def condensed(data: Dataset, reference: Reference, names: Iterable[str]) -> Condensed:
    """Return the combinations of values of some variables over all rows of a reference.

    Raises
    ------
    StataError
        r(3) there are more than `MOST`; what `Source.run` raises.
    """
    chosen = [data[name] for name in dict.fromkeys(names)]
    columns = {f"v{place}": reference.value(variable) for place, variable in enumerate(chosen)}
    table = reference.table.select(**columns)
    counted = table.group_by(list(columns)).aggregate(n=table.count())
    rows = reference.run(counted.limit(MOST + 1))
    if rows.num_rows > MOST:
        shown = ", ".join(variable.name for variable in chosen)
        raise needs_rows(f"more than {MOST:,} different values ({shown}) are")
    variables = tuple(
        replace(variable, values=values_of(rows.column(f"v{place}"), variable))
        for place, variable in enumerate(chosen)
    )
    small = replace(data, variables=variables, n_obs=rows.num_rows, reference=None, marks={}, sorted_by=())
    return Condensed(small, doubles_of(rows.column("n")))
