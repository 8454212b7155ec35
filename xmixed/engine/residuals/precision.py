"""Lambda^{-1} by its elements, for levels that cross the units: their columns stay sparse.

An element joins two rows of one unit. Residuals that are independent have diagonal elements alone, a Markov
process neighbours too, any other structure all pairs of a unit's rows.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from xmixed.engine.batched import solve_lower
from xmixed.engine.model import Residuals
from xmixed.engine.residuals.base import LinearStructure, ResidualStructure, Step, Table
from xmixed.engine.residuals.products import STEP, Units

_LEAST_PIVOT = 1e-9


class Precision(Protocol):
    """The elements of Lambda^{-1} on and below the diagonal, rows as in `Units.rows`.

    Each unit's log|Lambda| counts as often as its rows do; elements are those of one copy.

    Attributes
    ----------
    rows, columns : (e,) integer arrays
        Their places; those on the diagonal have rows == columns.
    """

    rows: np.ndarray
    columns: np.ndarray

    def at(self, full: np.ndarray) -> tuple[np.ndarray, float]:
        """Values (e,) at a table of the estimation metric, and log|Lambda|; raises LinAlgError."""
        ...

    def slopes(self, full: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Derivatives along the table, (n_by, K) each: of log|Lambda|, and of sums of weighted values."""
        ...

    def whitened(self, full: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """Lambda^{-1/2} times columns (c, n), unit by unit, and log|Lambda|; raises LinAlgError.

        Sums of their squares keep the digits that sums over the elements of Lambda^{-1} lose where Lambda is
        nearly singular.
        """
        ...


def precision(
    structure: ResidualStructure,
    residuals: Residuals,
    table: Table,
    units: Units,
    by: np.ndarray,
    counts: np.ndarray,
) -> Precision:
    """The elements of a structure; `by` and how often rows count, (n,), in the order of `units.rows`."""
    if not structure.correlated:
        return DiagonalPrecision(by, residuals.n_by, counts)
    if structure.step is not None:
        assert residuals.time is not None
        return MarkovPrecision(residuals.time[units.rows], units, by, residuals.n_by, structure.step, counts)
    return BlockPrecision(structure, residuals, table, units, by, counts)


def element_count(structure: ResidualStructure, sizes: np.ndarray) -> int:
    """How many elements units of these sizes (U,) have."""
    if structure.correlated and structure.step is None:
        return int((sizes.astype(np.float64) * (sizes + 1)).sum() // 2)
    return 2 * int(sizes.sum())


class DiagonalPrecision:
    """Independent residuals, a variance for each by() group."""

    def __init__(self, by: np.ndarray, n_by: int, counts: np.ndarray) -> None:
        self.rows = self.columns = np.arange(len(by))
        self.by = by
        self.sizes = np.bincount(by, counts, n_by)

    def at(self, full: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        return np.exp(-2.0 * full[:, 0])[self.by], float(2.0 * self.sizes @ full[:, 0])

    def slopes(self, full: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """See `Precision`."""
        scale = -2.0 * np.exp(-2.0 * full[:, 0])
        sums = [np.bincount(self.by, weight, len(full)) for weight in weights]
        return 2.0 * self.sizes[:, None], [(scale * total)[:, None] for total in sums]

    def whitened(self, full: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        return columns * np.exp(-full[:, 0])[self.by], float(2.0 * self.sizes @ full[:, 0])


class MarkovPrecision:
    """Each residual depends on the one before: (now - a then)^2/(rest sd^2) by row."""

    def __init__(
        self, time: np.ndarray, units: Units, by: np.ndarray, n_by: int, step: Step, counts: np.ndarray
    ) -> None:
        n = len(time)
        self.by, self.n_by, self.step, self.counts = by, n_by, step, counts
        follows = np.ones(n, bool)
        follows[units.starts] = False
        self.follows = np.flatnonzero(follows)
        self.gaps = (time[1:] - time[:-1])[self.follows - 1]
        every = np.arange(n)
        self.rows = np.concatenate([every, self.follows])
        self.columns = np.concatenate([every, self.follows - 1])

    def _by_row(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values of the elements, and what every row adds to log|Lambda|."""
        by, n = self.by, len(self.by)
        a, rest = self.step(full[by[self.follows], 1], self.gaps)
        values = np.empty(len(self.rows), np.result_type(full, np.float64))
        values[:n] = np.exp(-2.0 * full[by, 0])
        logs = 2.0 * full[by, 0]
        if not (np.real(rest) > 0).all():
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        logs[self.follows] += np.log(rest)
        scale = values[self.follows] / rest
        values[self.follows] = scale
        values[self.follows - 1] += a**2 * scale
        values[n:] = -a * scale
        return values, logs

    def at(self, full: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        values, logs = self._by_row(full)
        return values, float(logs @ self.counts)

    def slopes(self, full: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """See `Precision`."""
        of_log = np.zeros(full.shape)
        sums = [np.zeros(full.shape) for _ in weights]
        owner = self.by[self.rows]
        for k in range(full.shape[1]):
            moved = full.astype(complex)
            moved[:, k] += 1j * STEP
            values, logs = self._by_row(moved)
            of_log[:, k] = np.bincount(self.by, self.counts * np.imag(logs) / STEP, self.n_by)
            change = np.imag(values) / STEP
            for total, weight in zip(sums, weights, strict=True):
                total[:, k] = np.bincount(owner, change * weight, self.n_by)
        return of_log, sums

    def whitened(self, full: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        a, rest = self.step(full[self.by[self.follows], 1], self.gaps)
        if not (rest > 0).all():
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        ratios = full[self.by, 0]
        result = columns * np.exp(-ratios)
        before = result[:, self.follows - 1]
        result[:, self.follows] = (result[:, self.follows] - a * before) / np.sqrt(rest)
        logs = 2.0 * ratios
        logs[self.follows] += np.log(rest)
        return result, float(logs @ self.counts)


class BlockPrecision:
    """Any Lambda: one inverse for each pattern of t() among units of one size."""

    def __init__(
        self,
        structure: ResidualStructure,
        residuals: Residuals,
        table: Table,
        units: Units,
        by: np.ndarray,
        counts: np.ndarray,
    ) -> None:
        self.structure, self.table = structure, table
        self._known_places: dict[int, np.ndarray] = {}
        self.batches: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        sizes, rows, columns = units.sizes, [], []
        time = np.zeros(len(by)) if residuals.time is None else residuals.time[units.rows]
        for T in np.unique(sizes):
            own = units.starts[sizes == T]
            times = time[own[:, None] + np.arange(T)]
            if not structure.positioned:
                times = times - times[:, :1]
            keys = np.concatenate([by[own][:, None].astype(np.float64), times], axis=1)
            distinct, pattern = np.unique(keys, axis=0, return_inverse=True)
            i, k = np.tril_indices(T)
            rows.append((own[:, None] + i).ravel())
            columns.append((own[:, None] + k).ravel())
            totals = np.bincount(np.ravel(pattern), counts[own], len(distinct))
            self.batches.append((distinct[:, 1:], distinct[:, 0].astype(np.intp), np.ravel(pattern), totals))
        self.rows, self.columns = np.concatenate(rows), np.concatenate(columns)
        # First rows of the units of each batch.
        self.starts = [units.starts[sizes == T] for T in np.unique(sizes)]

    def _factors(self, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower factor of Lambda and log|Lambda| of every pattern."""
        Lambda = self.structure.matrices(self.table, full, times, by)
        factor = np.linalg.cholesky(Lambda)
        pivots = np.einsum("mtt->mt", factor)
        if not (pivots**2 > _LEAST_PIVOT * np.einsum("mtt->mt", Lambda)).all():
            raise np.linalg.LinAlgError("Lambda is singular to working precision")
        return factor, 2.0 * np.log(pivots).sum(axis=1)

    def _inverses(self, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lambda^{-1} and log|Lambda| of every pattern."""
        factor, logs = self._factors(full, times, by)
        half = np.linalg.inv(factor)
        return half.transpose(0, 2, 1) @ half, logs

    def whitened(self, full: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        result, log_det = np.empty(columns.shape), 0.0
        for (times, by, pattern, counts), starts in zip(self.batches, self.starts, strict=True):
            factor, logs = self._factors(full, times, by)
            rows = starts + np.arange(times.shape[1])[:, None]
            lower = factor.transpose(1, 2, 0)[:, :, pattern]
            result[:, rows] = solve_lower(lower, columns[:, rows].transpose(1, 0, 2)).transpose(1, 0, 2)
            log_det += float(logs @ counts)
        return result, log_det

    def at(self, full: np.ndarray) -> tuple[np.ndarray, float]:
        """See `Precision`."""
        values, log_det = [], 0.0
        for times, by, pattern, counts in self.batches:
            inverse, logs = self._inverses(full, times, by)
            i, k = np.tril_indices(times.shape[1])
            values.append(inverse[:, i, k][pattern].ravel())
            log_det += float(logs @ counts)
        return np.concatenate(values), log_det

    def slopes(self, full: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """See `Precision`: with W the weights, -<Lambda^{-1}W Lambda^{-1}, dLambda>."""
        totals = [np.zeros(full.shape) for _ in range(1 + len(weights))]
        first = 0
        for number, (times, by, pattern, counts) in enumerate(self.batches):
            inverse, _ = self._inverses(full, times, by)
            i, k = np.tril_indices(times.shape[1])
            last = first + len(pattern) * len(i)
            along = [counts[:, None, None] * inverse]
            for weight in weights:
                whole = np.zeros(inverse.shape)
                whole[:, i, k] = _by_pattern(weight[first:last].reshape(-1, len(i)), pattern)
                along.append(-(inverse @ whole @ inverse))
            first = last
            for total, found in zip(totals, self._along(full, number, along), strict=True):
                total += found
        return totals[0], totals[1:]

    def _along(self, full: np.ndarray, number: int, along: list[np.ndarray]) -> list[np.ndarray]:
        """Derivatives along the table from those along a batch's elements of Lambda, (m, T, T) each."""
        times, by, _, _ = self.batches[number]
        if isinstance(self.structure, LinearStructure):
            count = self.structure.coordinate_count(self.table) + 1
            places = self._places(self.structure, number, count)
            sums = (np.bincount(places, own.ravel(), len(full) * count) for own in along)
            return [
                self.structure.along_coordinates(self.table, full, own.reshape(len(full), count)[:, :-1])
                for own in sums
            ]
        found = [np.zeros(full.shape) for _ in along]
        for column in range(full.shape[1]):
            moved = full.astype(complex)
            moved[:, column] += 1j * STEP
            change = np.imag(self.structure.matrices(self.table, moved, times, by)) / STEP
            for total, own in zip(found, along, strict=True):
                total[:, column] = np.bincount(by, np.einsum("mst,mst->m", own, change), len(full))
        return found

    def _places(self, structure: LinearStructure, number: int, count: int) -> np.ndarray:
        """Covariance that each element of a batch is; the last of a row of the table for zeros."""
        if number not in self._known_places:
            times, by, _, _ = self.batches[number]
            places = structure.element_places(self.table, times)
            places = np.where(places < 0, count - 1, places) + count * by[:, None, None]
            self._known_places[number] = places.ravel()
        return self._known_places[number]


def _by_pattern(values: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """Sums of (U, e) values over the units of each pattern."""
    order = np.argsort(pattern, kind="stable")
    starts = np.flatnonzero(np.diff(pattern[order], prepend=-1))
    return np.add.reduceat(values[order], starts, axis=0)
