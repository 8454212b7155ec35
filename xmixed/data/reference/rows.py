"""Datasets whose rows are elsewhere."""

from __future__ import annotations

from dataclasses import replace

from xmixed.data.dataset import Dataset
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
