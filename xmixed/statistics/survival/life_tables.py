"""Actuarial life tables: those lost in an interval count for half of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True, eq=False)
class LifeTable:
    """Intervals with deaths or losses; arrays of shape (k,), missing where nothing can be said.

    Attributes
    ----------
    begin, end : ndarray
        `end` is missing for one without end.
    total, deaths, lost : ndarray
        At risk at the begin; in the interval.
    survival, error : ndarray
        At the end, with Greenwood's standard error.
    hazard, hazard_error : ndarray
        In the interval: deaths by the time of its middle number at risk.
    """

    begin: np.ndarray
    end: np.ndarray
    total: np.ndarray
    deaths: np.ndarray
    lost: np.ndarray
    survival: np.ndarray
    error: np.ndarray
    hazard: np.ndarray
    hazard_error: np.ndarray

    def limits(self, z: float) -> tuple[np.ndarray, np.ndarray]:
        """Return limits of survival on the scale of log(-log)."""
        with np.errstate(all="ignore"):
            spread = z * self.error / (self.survival * np.abs(np.log(self.survival)))
            ends = [self.survival ** np.exp(sign * spread) for sign in (1, -1)]
        known = (self.survival > 0) & (self.survival < 1)
        low, high = (np.where(known, end, MISSING) for end in ends)
        return low, high


def life_table(
    times: np.ndarray,
    died: np.ndarray,
    weights: np.ndarray,
    edges: np.ndarray,
    adjusted: bool = True,
) -> LifeTable:
    """Return the life table of times, (n,), deaths, bool, and frequencies.

    Parameters
    ----------
    edges : ndarray, shape (m,)
        Where intervals begin, ascending from 0; the last has no end unless times end before it.
    adjusted : bool
        Whether those lost count for half of an interval.
    """
    place = np.searchsorted(edges, times, side="right") - 1
    deaths = np.bincount(place, weights * died, minlength=len(edges))
    lost = np.bincount(place, weights * ~died, minlength=len(edges))
    total = weights.sum() - np.concatenate([[0.0], np.cumsum(deaths + lost)[:-1]])
    ends = np.append(edges[1:], MISSING)
    exposed = total - lost / 2 if adjusted else total.astype(np.float64)
    with np.errstate(all="ignore"):
        dying = np.where(exposed > 0, deaths / exposed, 0.0)
        survival = np.cumprod(1 - dying)
        terms = np.where(deaths > 0, deaths / (exposed * (exposed - deaths)), 0.0)
        error = np.where(survival > 0, survival * np.sqrt(np.cumsum(terms)), 0.0)
        width = ends - edges
        middle = exposed - deaths / 2
        hazard = deaths / (middle * width)
        hazard_error = hazard * np.sqrt(
            (1 - (hazard * width / 2) ** 2) / np.where(deaths > 0, deaths, np.nan)
        )
    unending = ends >= MISSING
    hazard = np.where(unending | ~np.isfinite(hazard), MISSING, hazard)
    hazard_error = np.where(unending | ~np.isfinite(hazard_error), MISSING, hazard_error)
    kept = deaths + lost > 0
    arrays = (edges, ends, total, deaths, lost, survival, error, hazard, hazard_error)
    return LifeTable(*(own[kept] for own in arrays))
