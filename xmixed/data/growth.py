"""A dataset with more observations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.data.columns import blank_column
from xmixed.data.dataset import Dataset


def grown(data: Dataset, n_obs: int) -> Dataset:
    """Return a dataset of `n_obs` observations, not fewer than it has; the new ones are missing."""
    more = n_obs - data.n_obs
    if more == 0:
        return data
    return data.with_(
        variables=[replace(v, values=np.concatenate([v.values, blank_column(v.type, more)])) for v in data],
        n_obs=n_obs,
        marks={name: np.concatenate([mark, np.zeros(more, dtype=bool)]) for name, mark in data.marks.items()},
    )
