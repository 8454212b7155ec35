"""Few long series whose Lambda is a band: ma and toeplitz of low order, in linear time and memory.

Rows of a unit that are more than the order apart are not correlated, whatever rows are missing. Lambda of all
units is one banded matrix, factorised by LAPACK; X = Lambda^{-1}D gives D'Lambda^{-1}D and, along a
parameter, the slopes -X'(dLambda)X, exact. Those of log|Lambda| would need elements of the inverse: they are
central differences of the logarithms of the pivots, with an error of 1e-12 relative to the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from xmixed.engine.residuals.base import BEND, Table
from xmixed.engine.residuals.basis import unit_sums
from xmixed.engine.residuals.entries import by_row, posterior_entries, symmetric_entries
from xmixed.engine.residuals.products import STEP, UnitPosterior, UnitProducts, Units

_LONG = 64
_SHARE = 8
_LEAST_PIVOT = 1e-9
# Next to where Lambda stops being positive definite, smaller steps are taken.
_SHRINK = (1.0, 1e-2, 1e-4)


class BandStructure(Protocol):
    """A structure with correlations at lags up to its order only."""

    @property
    def order(self) -> int:
        """The longest lag of two correlated residuals."""
        ...

    def lag_covariances(self, table: Table, full: np.ndarray) -> np.ndarray:
        """Covariances at lags 0..order, (n_by, order + 1), of (n_by, K) values, which may be complex."""
        ...


def band_width(units: Units, time: np.ndarray, order: int) -> int | None:
    """How many rows before one may be correlated with it, or None where units are too short for a band.

    `time`: (n,), in the order of `units.rows`.
    """
    longest = int(units.sizes.max(initial=0))
    if longest < _LONG or _SHARE * (order + 1) > longest:
        return None
    unit = np.repeat(np.arange(len(units.starts)), units.sizes)
    for width in range(order, 0, -1):
        same = unit[width:] == unit[:-width]
        if (same & (time[width:] - time[:-width] <= order)).any():
            return width
    return 0


class BandProducts:
    """One banded Lambda for all units; D is (c, n)."""

    cost_by_rows = True
    takes_complex = takes_complex_posterior = False

    def __init__(
        self,
        structure: BandStructure,
        table: Table,
        width: int,
        time: np.ndarray,
        units: Units,
        by: np.ndarray,
        D: np.ndarray,
        Q: int,
    ) -> None:
        self.structure, self.table, self.units = structure, table, units
        self.by, self.D, self.Q = by, D, Q
        self.counts = units.row_counts()
        self.unit = np.repeat(np.arange(len(units.starts)), units.sizes)
        # Lag of each row to the one so many rows before; -1 where they are not correlated.
        self.lags = np.full((width + 1, D.shape[1]), -1)
        self.lags[0] = 0
        for back in range(1, width + 1):
            lag = (time[back:] - time[:-back]).astype(np.intp)
            near = (self.unit[back:] == self.unit[:-back]) & (lag <= structure.order)
            self.lags[back, back:] = np.where(near, lag, -1)

    # ---- the band

    def _factor(self, full: np.ndarray) -> np.ndarray:
        """Banded lower Cholesky factor, (width + 1, n); raises LinAlgError where there is none."""
        from scipy.linalg import cholesky_banded

        covariances = self.structure.lag_covariances(self.table, full)
        band = np.zeros(self.lags.shape)
        for back, lags in enumerate(self.lags):
            values = np.where(lags < 0, 0.0, covariances[self.by, lags])
            band[back, : len(values) - back] = values[back:]
        if not np.isfinite(band).all():
            raise np.linalg.LinAlgError("Lambda is not finite")
        factor = cholesky_banded(band, lower=True, check_finite=False)
        if not (factor[0] ** 2 > _LEAST_PIVOT * band[0]).all():
            raise np.linalg.LinAlgError("Lambda is singular to working precision")
        return factor

    def _solved(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lambda^{-1}D, (c, n), and log|Lambda| by row, (n,)."""
        from scipy.linalg import cho_solve_banded

        factor = self._factor(full)
        return cho_solve_banded((factor, True), self.D.T, check_finite=False).T, 2.0 * np.log(factor[0])

    def _log_slopes(self, full: np.ndarray, k: int) -> np.ndarray:
        """Derivatives of log|Lambda| along column k, by row, (n,)."""
        if k == 0:
            return np.full(len(self.by), 2.0)
        for shrink in _SHRINK:
            try:
                found = np.zeros(len(self.by))
                for step, weight in BEND:
                    moved = full.copy()
                    moved[:, k] += shrink * step
                    found += weight / shrink * 2.0 * np.log(self._factor(moved)[0])
                return found
            except np.linalg.LinAlgError:
                continue
        raise np.linalg.LinAlgError("Lambda is singular to working precision")

    def _counted(self, values: np.ndarray) -> np.ndarray:
        return values if self.counts is None else values * self.counts

    # ---- see `Products`

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        X, logs = self._solved(full)
        D, Q = self.D, self.Q
        top = self._counted(D[Q:]) @ X[Q:].T
        ZtD = unit_sums(D, X, self.units.starts, Q)
        return UnitProducts(ZtD, (top + top.T) / 2.0, float(self._counted(logs).sum()))

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        X, _ = self._solved(full)
        means = (X * by_row(posterior.coefficients, self.unit)).sum(axis=0)
        of_means = self._lagged(iter([(means, means, None)]))
        of_effects = self._lagged(self._pairs(X, posterior_entries(posterior, self.Q)))
        first, second = np.zeros(full.shape), np.zeros(full.shape)
        for k, along in self._along(full):
            rows = self._counted(self._log_slopes(full, k) - self._forms(along, of_effects))
            first[:, k] = np.bincount(self.by, rows, len(full))
            rows = -self._counted(self._forms(along, of_means))
            second[:, k] = np.bincount(self.by, rows, len(full))
        return first, second

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Products`."""
        raise NotImplementedError("its tables are real")

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """See `Products`."""
        raise NotImplementedError("its tables are real")

    def curvature(self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool) -> None:
        """See `Products`: by steps of the slopes."""

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        X, _ = self._solved(full)
        last, starts = self.Q - 1, self.units.starts
        of_means = self._lagged(iter([(X[last], X[last], None)]))
        of_effects = self._lagged(self._pairs(X, symmetric_entries(variances)))
        first, second = np.zeros((2, *full.shape, len(starts)))
        by, place = self.by[starts], np.arange(len(starts))
        for k, along in self._along(full):
            rows = self._log_slopes(full, k) - self._forms(along, of_effects)
            first[by, k, place] = self.units.summed(rows)
            second[by, k, place] = -self.units.summed(self._forms(along, of_means))
        return first, second

    def _along(self, full: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Each column of the table with the derivatives of covariances along it, (n_by, order + 1)."""
        for k in range(full.shape[1]):
            moved = full.astype(complex)
            moved[:, k] += 1j * STEP
            yield k, np.imag(self.structure.lag_covariances(self.table, moved)) / STEP

    def _pairs(
        self, X: np.ndarray, entries: Iterator[tuple[int, int, np.ndarray]]
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
        for i, j, values in entries:
            yield X[i], X[j], np.broadcast_to(by_row(values, self.unit), len(self.unit))

    def _lagged(self, pairs: Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]) -> np.ndarray:
        """Products of two columns with those some rows before, (width + 1, n), both ways round, weighted."""
        found = np.zeros(self.lags.shape)
        for left, right, weight in pairs:
            for back in range(len(found)):
                n = len(left) - back
                values = left[back:] * right[:n]
                if back:
                    values = values + right[back:] * left[:n]
                found[back, back:] += values if weight is None else values * weight[back:]
        return found

    def _forms(self, along: np.ndarray, lagged: np.ndarray) -> np.ndarray:
        """Quadratic forms in a derivative of Lambda by row, (n,)."""
        found = np.zeros(len(self.by))
        for lags, products in zip(self.lags, lagged, strict=True):
            found += np.where(lags < 0, 0.0, along[self.by, lags] * products)
        return found
