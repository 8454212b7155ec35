"""Datasets whose rows are elsewhere, and numbers as their types hold them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xmixed.data.dataset import LIMITS, Dataset
from xmixed.data.reference.leaves import as_float, truncated
from xmixed.data.reference.model import Reference


def reference_of(data: Dataset) -> Reference:
    """Return the reference of data that have one."""
    if data.reference is None:
        raise TypeError("data in memory")
    return data.reference


def with_reference(data: Dataset, reference: Reference, n_obs: int | None = None) -> Dataset:
    """Return data whose rows are those of another table over the same columns.

    `n_obs` is given where the number of rows is not that of before; the marks of rows go then.
    """
    if n_obs is None or n_obs == data.n_obs:
        return replace(data, reference=reference, changed=True)
    return replace(data, reference=reference, n_obs=n_obs, marks={}, changed=True)


def as_stored(number: Any, storage_type: str) -> Any:
    """Return float64 as a numeric type holds it: rounded or cut, NULL beyond its range."""
    import ibis

    if storage_type == "double":
        return number
    if storage_type == "float":
        return as_float(number)
    low, high = LIMITS[storage_type]
    return ibis.cases(((number > low - 1.0) & (number < high + 1.0), truncated(number)))
