"""Long series whose residuals are autoregressive of order p, in linear time and memory.

Each residual is whitened by the p before it, all units at once. Periods without a row, if they are few, stand
among the rows: with Q the precision matrix of all periods, o the observed and m the missing ones,

    D'Lambda^{-1}D = D'Q D with D_m = -Q_mm^{-1}Q_mo D_o,   log|Lambda| = -log|Q| + log|Q_mm|,

and the slopes of the former along a parameter are D'(dQ)D, by complex steps of the filter; those of
log|Q_mm|, a banded matrix, are central differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from xmixed.engine.residuals.base import BEND
from xmixed.engine.residuals.basis import unit_sums
from xmixed.engine.residuals.entries import by_row, posterior_entries, symmetric_entries
from xmixed.engine.residuals.products import STEP, UnitPosterior, UnitProducts, Units

_LONG = 64
_SHARE = 8
_MOST_PERIODS = 4


class FilterStructure(Protocol):
    """An autoregressive structure."""

    @property
    def order(self) -> int:
        """p."""
        ...

    def process(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_by, p) and autocorrelations at lags 0..p of a table, which may be complex."""
        ...


def worth_filtering(units: Units, time: np.ndarray, order: int) -> bool:
    """Whether units are long and most of their periods have a row; `time` in the order of `units.rows`."""
    longest = int(units.sizes.max(initial=0))
    if longest < _LONG or _SHARE * (order + 1) > longest:
        return False
    ends = units.starts + units.sizes - 1
    periods = float((time[ends] - time[units.starts] + 1.0).sum())
    return periods <= _MOST_PERIODS * len(time)


class FilterProducts:
    """See above; D is (c, n)."""

    cost_by_rows = True
    takes_complex = takes_complex_posterior = False

    def __init__(
        self,
        structure: FilterStructure,
        time: np.ndarray,
        units: Units,
        by: np.ndarray,
        D: np.ndarray,
        Q: int,
    ) -> None:
        self.structure, self.Q, self.counts = structure, Q, units.counts
        starts = units.starts
        since = (time - np.repeat(time[starts], units.sizes)).astype(np.intp)
        self.sizes = since[starts + units.sizes - 1] + 1
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.unit = np.repeat(np.arange(len(starts)), self.sizes)
        self.by = by[starts][self.unit]
        N = len(self.unit)
        self.place = np.arange(N) - self.starts[self.unit]
        rows = self.starts[np.repeat(np.arange(len(starts)), units.sizes)] + since
        self.D = np.zeros((len(D), N))
        self.D[:, rows] = D
        seen = np.zeros(N, bool)
        seen[rows] = True
        self.missing = np.flatnonzero(~seen)
        self.unit_by = by[starts]

    def _counted(self, values: np.ndarray) -> np.ndarray:
        """Values by period, as often as their unit counts."""
        return values if self.counts is None else values * self.counts[self.unit]

    # ---- the filter

    def _lower(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row t of the filter by period: coefficients of the p periods before, (p, N), and log sd, (N,).

        The first periods of a unit have as many before them as there are (Durbin and Levinson).
        """
        phi, rho = self.structure.process(full)
        p = phi.shape[1]
        head = np.zeros((len(phi), p + 1, p), phi.dtype)
        log_variance = np.zeros((len(phi), p + 1), phi.dtype)
        for t in range(1, p + 1):
            # For complex steps of autocorrelations a small dense system by order is enough.
            system = rho[:, np.abs(np.subtract.outer(np.arange(t), np.arange(t)))]
            own = np.linalg.solve(system, rho[:, 1 : t + 1, None])[:, :, 0]
            head[:, t, :t] = own
            log_variance[:, t] = np.log(1.0 - (own * rho[:, 1 : t + 1]).sum(axis=1))
        log_sd = 0.5 * log_variance + full[:, :1]
        at = np.minimum(self.place, p)
        return head[self.by, at].T, log_sd[self.by, at]

    def _filtered(self, full: np.ndarray, D: np.ndarray) -> np.ndarray:
        """Whitened columns, (c, N)."""
        before, log_sd = self._lower(full)
        E = D.astype(np.result_type(D, before))
        for k in range(1, len(before) + 1):
            E[:, k:] -= before[k - 1, k:] * D[:, :-k]
        return E / np.exp(log_sd)

    def _missing_band(self, full: np.ndarray) -> np.ndarray:
        """Lower band of Q_mm, (p + 1, missing)."""
        before, log_sd = self._lower(full)
        p, N = before.shape
        # Column t of the filter below the diagonal: what period t + k takes of it.
        weights = np.zeros((p + 1, N))
        scale = np.exp(-log_sd)
        weights[0] = scale
        for k in range(1, p + 1):
            weights[k, :-k] = -(before[k - 1] * scale)[k:]
        band = np.zeros((p + 1, len(self.missing)))
        for back in range(min(p, len(self.missing) - 1) + 1):
            now, then = self.missing[back:], self.missing[: len(self.missing) - back]
            lag = now - then
            near = (lag <= p) & (self.unit[now] == self.unit[then])
            lag = np.where(near, lag, 0)
            values = np.zeros(len(now))
            for k in range(p + 1):
                inside = near & (lag + k <= p)
                values += np.where(inside, weights[k, now] * weights[np.minimum(lag + k, p), then], 0.0)
            band[back, : len(now)] = values
        return band

    def _missing_logs(self, full: np.ndarray) -> np.ndarray:
        """Terms of log|Q_mm| by missing period."""
        from scipy.linalg import cholesky_banded

        return 2.0 * np.log(cholesky_banded(self._missing_band(full), lower=True, check_finite=False)[0])

    def _completed(self, full: np.ndarray) -> np.ndarray:
        """D with what is expected where rows are missing."""
        if not len(self.missing):
            return self.D
        from scipy.linalg import solveh_banded

        before, log_sd = self._lower(full)
        E = self._filtered(full, self.D) / np.exp(log_sd)
        back = E.copy()
        for k in range(1, len(before) + 1):
            back[:, :-k] -= (before[k - 1] * E)[:, k:]
        D = self.D.copy()
        band = self._missing_band(full)
        D[:, self.missing] = -solveh_banded(band, back[:, self.missing].T, lower=True, check_finite=False).T
        return D

    def _logs(self, full: np.ndarray) -> np.ndarray:
        """Terms of log|Lambda| by period but for those of Q_mm; also of a complex table."""
        return 2.0 * self._lower(full)[1]

    def _log_slopes(self, full: np.ndarray, k: int, moved: np.ndarray) -> np.ndarray:
        """Derivatives of all terms along column k, by period; `moved` is the table's complex step."""
        found = np.imag(self._logs(moved)) / STEP
        if not len(self.missing):
            return found
        if k == 0:
            found[self.missing] -= 2.0
            return found
        for step, weight in BEND:
            near = full.copy()
            near[:, k] += step
            found[self.missing] += weight * self._missing_logs(near)
        return found

    # ---- see `Products`

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        logs = self._logs(full)
        if not np.isfinite(logs).all():
            raise np.linalg.LinAlgError("the process is not stationary")
        if len(self.missing):
            logs[self.missing] += self._missing_logs(full)
        E = self._filtered(full, self._completed(full))
        Xy = E[self.Q :]
        ZtD = unit_sums(E, E, self.starts, self.Q)
        return UnitProducts(ZtD, self._counted(Xy) @ Xy.T, float(self._counted(logs).sum()))

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        D = self._completed(full)
        means = (D * by_row(posterior.coefficients, self.unit)).sum(axis=0)[None]
        first, second = np.zeros(full.shape), np.zeros(full.shape)
        for k, moved in self._moved(full):
            effects = self._forms(self._filtered(moved, D), posterior_entries(posterior, self.Q))
            rows = self._counted(self._log_slopes(full, k, moved) + effects)
            first[:, k] = np.bincount(self.by, rows, len(full))
            rows = self._counted(np.imag(self._filtered(moved, means)[0] ** 2) / STEP)
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
        D, last, starts = self._completed(full), self.Q - 1, self.starts
        first, second = np.zeros((2, *full.shape, len(starts)))
        place = np.arange(len(starts))
        for k, moved in self._moved(full):
            E = self._filtered(moved, D)
            rows = self._log_slopes(full, k, moved) + self._forms(E, symmetric_entries(variances))
            first[self.unit_by, k, place] = np.add.reduceat(rows, starts)
            second[self.unit_by, k, place] = np.add.reduceat(np.imag(E[last] ** 2) / STEP, starts)
        return first, second

    def _moved(self, full: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Each column with the table's complex step along it."""
        for k in range(full.shape[1]):
            moved = full.astype(complex)
            moved[:, k] += 1j * STEP
            yield k, moved

    def _forms(self, E: np.ndarray, entries: Iterator[tuple[int, int, np.ndarray]]) -> np.ndarray:
        """Derivatives of quadratic forms by period, (N,)."""
        found = np.zeros(len(self.unit))
        for i, j, values in entries:
            found += by_row(values, self.unit) * (np.imag(E[i] * E[j]) / STEP)
        return found
