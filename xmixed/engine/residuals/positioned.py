"""Residuals with a standard deviation for every value of t(): unstructured, banded."""

from __future__ import annotations

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residuals.base import PatternStructure, Table
from xmixed.engine.residuals.patterns import PatternProducts
from xmixed.engine.residuals.products import Products, Units


class Unstructured(PatternStructure):
    """Every standard deviation and every correlation."""

    name = "unstructured"
    positioned = pairwise = True

    @property
    def correlation_count(self) -> int:
        """See `ResidualStructure`: that depends on the data."""
        raise NotImplementedError("as many as pairs of t() occur together")

    def _width(self, T: int) -> int:
        """How far apart correlated values of t() may be."""
        return T - 1

    def table(self, residuals: Residuals) -> Table:
        """Standard deviations of every t(), correlations of the pairs within the band that occur together."""
        T, n_by = residuals.n_times, residuals.n_by
        width = self._width(T)
        assert residuals.time is not None
        time = residuals.time.astype(np.intp)
        by = np.zeros(len(residuals.groups), np.intp) if residuals.by is None else residuals.by
        seen = np.zeros((residuals.n_groups, T), bool)
        seen[residuals.groups, time] = True
        group_by = np.zeros(residuals.n_groups, np.intp)
        group_by[residuals.groups] = by
        together = np.zeros((n_by, T, T))
        for j in range(n_by):
            own = seen[group_by == j].astype(np.float64)
            together[j] = own.T @ own
        pairs = np.array([(i, k) for i in range(T) for k in range(i + 1, min(T, i + width + 1))], np.intp)
        pairs = pairs.reshape(-1, 2)
        observed = together[:, np.arange(T), np.arange(T)] > 0
        free = np.concatenate([observed, together[:, pairs[:, 0], pairs[:, 1]] > 0], axis=1)
        free[0, int(np.argmax(observed[0]))] = False
        return Table(T, free, pairs)

    def _place(self, first: int, second: int) -> tuple[int, int]:
        return (first + 1, second + 1)

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `PatternStructure`."""
        T = table.sds
        sds = np.exp(full[:, :T])
        whole = np.zeros((len(full), T, T), full.dtype)
        whole[:, np.arange(T), np.arange(T)] = sds**2
        i, k = table.pairs[:, 0], table.pairs[:, 1]
        whole[:, i, k] = whole[:, k, i] = np.tanh(full[:, T:]) * sds[:, i] * sds[:, k]
        times = times.astype(np.intp)
        return whole[by[:, None, None], times[:, :, None], times[:, None, :]]

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return PatternProducts(self, residuals, table, units, by, D, Q)


class Banded(Unstructured):
    """Correlations of values of t() up to `order` apart."""

    name = "banded"
    ordered = True

    def usual_order(self, positions: int, longest: int) -> int:
        """See `ResidualStructure`."""
        return positions - 1

    def _width(self, T: int) -> int:
        return self.order
