"""Datasets whose rows are elsewhere, and numbers as their types hold them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from xmixed.data.dataset import LIMITS, Dataset
from xmixed.data.reference.leaves import as_float, truncated
from xmixed.data.reference.model import Absent, Chosen, Reference


def reference_of(data: Dataset) -> Reference:
    """Return the reference of data that have one."""
    if data.reference is None:
        raise TypeError("data in memory")
    return data.reference


def with_reference(data: Dataset, reference: Reference, n_obs: int | None = None) -> Dataset:
    """Return data whose rows are those of another table over the same columns.

    `n_obs` is given where the number of rows is not that of before.
    """
    count = data.n_obs if n_obs is None else n_obs
    return replace(data, reference=reference, n_obs=count, changed=True)


def with_mark(data: Dataset, mark: str, rows: np.ndarray) -> Dataset:
    """Return data with one more mark of rows; `rows` is a `Chosen` over their table."""
    used = {cast(Absent, values).column for values in data.marks.values()}
    reference, place = reference_of(data).with_mark(cast(Chosen, rows).condition, used)
    return replace(data, reference=reference.shortened(), marks={**data.marks, mark: place})


def as_stored(number: Any, storage_type: str) -> Any:
    """Return float64 as a numeric type holds it: rounded or cut, NULL beyond its range."""
    import ibis

    if storage_type == "double":
        return number
    if storage_type == "float":
        return as_float(number)
    low, high = LIMITS[storage_type]
    return ibis.cases(((number > low - 1.0) & (number < high + 1.0), truncated(number)))
