"""The sample of a program: which observations `marksample`, `mark` and `markout` leave."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.missing import MISSING, is_missing


def usable_weights(values: np.ndarray, keep_zero: bool) -> np.ndarray:
    """Return where weights count, bool, shape (n,): positive, with `keep_zero` zero too, not missing."""
    return ~is_missing(values) & ((values >= 0) if keep_zero else (values > 0))


def complete(
    data: Dataset, names: Iterable[str], strings_allowed: bool, hard_only: bool = False
) -> np.ndarray:
    """Return where no variable is missing; bool, shape (n,).

    Parameters
    ----------
    strings_allowed : bool
        An empty text counts as missing; without it a string variable leaves nothing.
    hard_only : bool
        Only `.` counts as missing, not `.a` to `.z`.
    """
    rows = np.ones(data.n_obs, dtype=bool)
    for name in names:
        variable = data[name]
        if variable.is_string:
            rows &= (
                np.array([value != "" for value in variable.values], dtype=bool) if strings_allowed else False
            )
        else:
            values = variable.to_double()
            rows &= values != MISSING if hard_only else ~is_missing(values)
    return rows
