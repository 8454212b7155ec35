"""Residuals with a standard deviation for every value of t(): unstructured, banded."""

from __future__ import annotations

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.products.grouping import rows_in_order
from xmixed.engine.residuals.base import LinearStructure, Table, lattice_pairs
from xmixed.engine.residuals.lattice import pattern_products
from xmixed.engine.residuals.products import Products, Units

# Pairs of positions by by() group, of which it is marked whether they occur.
_MOST_MARKS = 1_000_000


class Unstructured(LinearStructure):
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
        by = residuals.by_codes
        observed = np.zeros((n_by, T), bool)
        observed[by, time] = True
        # Pairs as numbers, row by row of the upper triangle, those of each by() group apart.
        together = _pairs_seen(residuals.groups, time, by, T)
        pairs = np.unique(together % T**2)
        pairs = pairs[pairs % T - pairs // T <= width]
        shared = np.isin(np.arange(n_by)[:, None] * T**2 + pairs, together)
        free = np.concatenate([observed, shared], axis=1)
        free[0, int(np.argmax(observed[0]))] = False
        return Table(T, free, np.stack([pairs // T, pairs % T], axis=1))

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
        return pattern_products(self, residuals, table, units, by, D, Q)

    def coordinate_count(self, table: Table) -> int:
        """See `LinearStructure`."""
        return table.sds + len(table.pairs)

    def element_places(self, table: Table, times: np.ndarray) -> np.ndarray:
        """See `LinearStructure`."""
        T = table.sds
        whole = np.full((T, T), -1)
        whole[np.arange(T), np.arange(T)] = np.arange(T)
        i, k = table.pairs[:, 0], table.pairs[:, 1]
        whole[i, k] = whole[k, i] = T + np.arange(len(i))
        times = times.astype(np.intp)
        return whole[times[:, :, None], times[:, None, :]]

    def along_coordinates(self, table: Table, full: np.ndarray, values: np.ndarray) -> np.ndarray:
        """See `LinearStructure`: a covariance is that of two log sds and one atanh correlation."""
        T, (i, k) = table.sds, table.pairs.T
        sds, rho = np.exp(full[:, :T]), np.tanh(full[:, T:])
        product = sds[:, i] * sds[:, k] * values[:, T:]
        found = np.concatenate([2.0 * sds**2 * values[:, :T], (1.0 - rho**2) * product], axis=1)
        for j, shares in enumerate(rho * product):
            np.add.at(found[j], i, shares)
            np.add.at(found[j], k, shares)
        return found

    def _spots(self, table: Table, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Place in the lattice of each variance (T,) and covariance (pairs,), and which of the latter are."""
        place = np.full(table.sds, -1)
        place[times.astype(np.intp)] = np.arange(len(times))
        pair = lattice_pairs(len(times))
        i, k = place[table.pairs[:, 0]], place[table.pairs[:, 1]]
        return pair[place, place], pair[i, k], (i >= 0) & (k >= 0)

    def lattice_slopes(
        self, table: Table, full: np.ndarray, times: np.ndarray, search: bool = True
    ) -> np.ndarray:
        """See `PatternStructure`: a covariance is that of two log sds and one atanh correlation."""
        T, (own, shared, there) = table.sds, self._spots(table, times)
        own, e, shared = own[times.astype(np.intp)], np.flatnonzero(there), shared[there]
        i, k = table.pairs[e, 0], table.pairs[e, 1]
        sds, rho = np.exp(full[:, :T]), np.tanh(full[:, T + e])
        slopes = np.zeros((*full.shape, len(times) * (len(times) + 1) // 2))
        at = times.astype(np.intp)
        slopes[:, at, own] = 2.0 * sds[:, at] ** 2
        slopes[:, i, shared] = slopes[:, k, shared] = rho * sds[:, i] * sds[:, k]
        slopes[:, T + e, shared] = (1.0 - rho**2) * sds[:, i] * sds[:, k]
        return slopes

    def lattice_bend(
        self, table: Table, search: np.ndarray, times: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """See `ResidualStructure`: exact."""
        T, (own, shared, there) = table.sds, self._spots(table, times)
        at, e, shared = times.astype(np.intp), np.flatnonzero(there), shared[there]
        i, k = table.pairs[e, 0], table.pairs[e, 1]
        sds, rho = np.exp(search[:, :T]), np.tanh(search[:, T + e])
        product = sds[:, i] * sds[:, k] * weights[:, shared]
        value, slope = rho * product, (1.0 - rho**2) * product
        bend = np.zeros((*search.shape, search.shape[1]))
        bend[:, at, at] = 4.0 * sds[:, at] ** 2 * weights[:, own[at]]
        bend[:, i, k] = bend[:, k, i] = value
        for ends in (i, k):
            for j, sums in enumerate(value):
                bend[j, np.arange(T), np.arange(T)] += np.bincount(ends, sums, T)
            bend[:, ends, T + e] = bend[:, T + e, ends] = slope
        bend[:, T + e, T + e] = -2.0 * rho * slope
        return bend

    def lattice_places(self, table: Table, times: np.ndarray) -> np.ndarray | None:
        """See `PatternStructure`."""
        count = len(times)
        own, shared, there = self._spots(table, times)
        kept = np.concatenate([own[times.astype(np.intp)], shared[there]])
        places = np.full((len(table.free), count * (count + 1) // 2), -1)
        places[:, kept] = np.arange(len(table.free) * len(kept)).reshape(len(table.free), -1)
        return places

    def from_lattice(self, table: Table, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """See `PatternStructure`."""
        own, shared, _ = self._spots(table, times)
        log_sds = 0.5 * np.log(values[:, own])
        i, k = table.pairs[:, 0], table.pairs[:, 1]
        rho = values[:, shared] * np.exp(-log_sds[:, i] - log_sds[:, k])
        observed = log_sds[0][np.isfinite(log_sds[0])]
        return np.concatenate([log_sds - observed[0], np.arctanh(rho)], axis=1)[table.free]


class Banded(Unstructured):
    """Correlations of values of t() up to `order` apart."""

    name = "banded"
    ordered = True

    def usual_order(self, positions: int, longest: int) -> int:
        """See `ResidualStructure`."""
        return positions - 1

    def _width(self, T: int) -> int:
        return self.order


def _pairs_seen(groups: np.ndarray, time: np.ndarray, by: np.ndarray, T: int) -> np.ndarray:
    """Pairs i < k of positions that occur together in a group, as (by * T + i) * T + k; sorted."""
    by = by.astype(np.intp)
    order = rows_in_order(groups, time)
    groups, time, by = groups[order], time[order], by[order]
    size = (int(by.max(initial=0)) + 1) * T**2
    marked, codes = np.zeros(size if size <= _MOST_MARKS else 0, bool), []
    for apart in range(1, len(groups)):
        own = groups[apart:] == groups[:-apart]
        if not own.any():
            break
        found = (by[apart:][own] * T + time[:-apart][own]) * T + time[apart:][own]
        if len(marked):
            marked[found] = True
        else:
            codes.append(np.unique(found))
    return np.flatnonzero(marked) if len(marked) else np.unique(np.concatenate([[], *codes])).astype(np.intp)
