"""Means of y by quantiles of x, after what other variables explain of both (Frisch and Waugh 1933)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.statistics.grouped import Grouped


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """Points, shapes (bins,), and a polynomial through all observations: coefficients, the constant first."""

    x: np.ndarray
    y: np.ndarray
    coefficients: np.ndarray

    def fitted(self, at: np.ndarray) -> np.ndarray:
        """Return the polynomial at values of x."""
        return np.polynomial.polynomial.polyval(at, self.coefficients)


def residualised(
    columns: np.ndarray, controls: np.ndarray, groups: np.ndarray | None, weights: np.ndarray
) -> np.ndarray:
    """Return columns less what controls, a constant and groups explain of them, plus their means.

    Parameters
    ----------
    columns : (n, k) array
    controls : (n, c) array
        c may be 0.
    groups : (n,) array of int or None
        Groups with a constant of their own.
    weights : (n,) array
    """
    if groups is None and not controls.shape[1]:
        return columns
    means = np.average(columns, axis=0, weights=weights)
    codes = np.zeros(len(columns), dtype=np.intp) if groups is None else groups
    inside = _within(columns, codes, weights)
    if controls.shape[1]:
        others = _within(controls, codes, weights)
        root = np.sqrt(weights)[:, None]
        inside = inside - others @ np.linalg.lstsq(others * root, inside * root, rcond=None)[0]
    return inside + means


def _within(columns: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    totals = np.bincount(codes, weights=weights)
    means = np.stack([np.bincount(codes, weights=weights * column) / totals for column in columns.T], axis=1)
    return columns - means[codes]


def binned(
    y: np.ndarray, x: np.ndarray, weights: np.ndarray, bins: int | None, degree: int, medians: bool = False
) -> Binned:
    """Return the means of y and x by quantiles of x; without `bins` by its values.

    Parameters
    ----------
    y, x, weights : (n,) arrays
    degree : int
        Of the polynomial; 0 for none.
    medians : bool
        Medians of y in place of means.
    """
    if bins is None:
        codes = np.unique(x, return_inverse=True)[1]
    else:
        whole = Grouped(x, np.zeros(len(x), dtype=np.intp), 1, weights, "aweight")
        cuts = [float(whole.percentile(100 * i / bins)[0]) for i in range(1, bins)]
        codes = np.unique(np.searchsorted(cuts, x, side="left"), return_inverse=True)[1]
    count = int(codes.max()) + 1
    groups = Grouped(y, codes, count, weights, "aweight")
    centres = Grouped(x, codes, count, weights, "aweight").mean
    powers = np.vander(x, degree + 1, increasing=True) * np.sqrt(weights)[:, None]
    coefficients = np.linalg.lstsq(powers, y * np.sqrt(weights), rcond=None)[0]
    return Binned(centres, groups.percentile(50) if medians else groups.mean, coefficients)
