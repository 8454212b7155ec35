"""Linearised variances of survey estimates (Binder 1983, International Statistical Review 51)."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.survey.design import Units


def linearised(influence: np.ndarray, units: Units, single: str) -> np.ndarray | None:
    """Return the variance of e(b), (k, k); None where a stratum with one unit leaves it unknown.

    Parameters
    ----------
    influence : ndarray, shape (n, k)
        What each row adds to e(b).
    single : str
        See `Design`.
    """
    k = influence.shape[1]
    sums = np.stack(
        [np.bincount(units.units, column, minlength=units.n_units) for column in influence.T], axis=1
    )
    counts = np.bincount(units.strata, minlength=units.n_strata).astype(np.float64)
    means = (
        np.stack([np.bincount(units.strata, column, minlength=units.n_strata) for column in sums.T], axis=1)
        / counts[:, None]
    )
    alone = counts == 1
    if alone.any() and single == "missing":
        return None
    if single == "centered":
        means[alone] = sums.mean(axis=0)
    factor = (1 - units.rates) * np.where(alone, 1.0, counts / np.maximum(counts - 1, 1))
    centred = sums - means[units.strata]
    V = (centred * factor[units.strata][:, None]).T @ centred
    if single == "scaled" and alone.any() and not alone.all():
        V = V * units.n_strata / np.count_nonzero(~alone)
    return (V + V.T).reshape(k, k) / 2
