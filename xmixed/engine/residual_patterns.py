"""Any Lambda: one factorisation for each pattern of t()."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residual_matrices import Table, matrices
from xmixed.engine.residual_products import STEP, UnitPosterior, UnitProducts, Units

_SHARED_PATTERNS = 64
# Share of a residual's variance that the others leave, below which six digits of the log likelihood are lost.
_LEAST_PIVOT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Units of one size T, sorted by pattern.

    Attributes
    ----------
    units : (g,) array, their positions among all
    counts : (g,) array or None, how often they count
    data : (g, T, c) array, or (m, T*c, T*c) second moments by pattern, as often as units count
    moments : bool
        Whether `data` holds those, which is enough where there is no Z.
    times : (m, T) array; by : (m,) array
    pattern : (g,) array; first, sizes : (m,) arrays, first unit of each pattern and how many it has
    totals : (m,) array, how often the units of each pattern count
    """

    units: np.ndarray
    counts: np.ndarray | None
    data: np.ndarray
    moments: bool
    times: np.ndarray
    by: np.ndarray
    pattern: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    totals: np.ndarray

    def counted(self, values: np.ndarray) -> np.ndarray:
        """(g, ...) values, as often as the units count."""
        return values if self.counts is None else values * self.counts.reshape(-1, *[1] * (values.ndim - 1))


class PatternProducts:
    """General Lambda; D is (c, n)."""

    def __init__(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> None:
        self.residuals, self.table, self.Q, self.c = residuals, table, Q, len(D)
        self.n_units = len(units.starts)
        sizes = units.sizes
        self.batches = [self._batch(np.flatnonzero(sizes == T), T, units, by, D) for T in np.unique(sizes)]

    def _batch(self, own: np.ndarray, T: int, units: Units, by: np.ndarray, D: np.ndarray) -> _Batch:
        """The units `own`, all of size T."""
        assert self.residuals.time is not None
        rows = units.starts[own][:, None] + np.arange(T)
        times = self.residuals.time[units.rows[rows]]
        if self.residuals.structure not in ("unstructured", "banded"):
            times = times - times[:, :1]
        keys = np.concatenate([by[units.starts[own]][:, None].astype(np.float64), times], axis=1)
        distinct, pattern = np.unique(keys, axis=0, return_inverse=True)
        pattern = np.ravel(pattern)
        order = np.argsort(pattern, kind="stable")
        own, pattern, rows = own[order], pattern[order], rows[order]
        counts = None if units.counts is None else units.counts[own]
        sizes = np.bincount(pattern, minlength=len(distinct))
        first = np.cumsum(sizes) - sizes
        data = np.ascontiguousarray(D[:, rows].transpose(1, 2, 0))
        moments = not self.Q and len(distinct) * T * self.c <= len(own)
        if moments:
            flat = data.reshape(len(own), -1)
            left = flat if counts is None else flat * counts[:, None]
            bounds = zip(first, first + sizes, strict=True)
            data = np.stack([left[start:stop].T @ flat[start:stop] for start, stop in bounds])
        return _Batch(
            units=own,
            counts=counts,
            data=data,
            moments=moments,
            times=distinct[:, 1:],
            by=distinct[:, 0].astype(np.intp),
            pattern=pattern,
            first=first,
            sizes=sizes,
            totals=np.bincount(pattern, counts, len(distinct)).astype(np.float64),
        )

    def _inverses(self, batch: _Batch, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lambda^{-1/2} (lower) and log|Lambda| of every pattern."""
        Lambda = matrices(self.residuals, self.table, full, batch.times, batch.by)
        factor = np.linalg.cholesky(Lambda)
        pivots = np.einsum("mtt->mt", factor)
        if not (pivots**2 > _LEAST_PIVOT * np.einsum("mtt->mt", Lambda)).all():
            raise np.linalg.LinAlgError("Lambda is singular to working precision")
        log_det = 2.0 * np.log(pivots).sum(axis=1)
        return np.linalg.inv(factor), log_det

    def _derivative(self, batch: _Batch, full: np.ndarray, k: int) -> np.ndarray:
        """Derivative of every pattern's Lambda along column k of its own row, (m, T, T)."""
        moved = full.astype(complex)
        moved[:, k] += 1j * STEP
        return np.imag(matrices(self.residuals, self.table, moved, batch.times, batch.by)) / STEP

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        Q, c = self.Q, self.c
        ZtD = np.zeros((Q, c, self.n_units))
        XyXy = np.zeros((c - Q, c - Q))
        log_det = 0.0
        for batch in self.batches:
            root, logs = self._inverses(batch, full)
            log_det += float(logs @ batch.totals)
            if batch.moments:
                inverse = root.transpose(0, 2, 1) @ root
                T = inverse.shape[1]
                moments = batch.data.reshape(-1, T, c, T, c)
                XyXy += np.einsum("mst,msxty->xy", inverse, moments)
                continue
            E = _per_pattern(root, batch, batch.data)
            Xy = E[:, :, Q:]
            XyXy += batch.counted(Xy).reshape(-1, c - Q).T @ Xy.reshape(-1, c - Q)
            if Q:
                ZtD[:, :, batch.units] = (E[:, :, :Q].transpose(0, 2, 1) @ E).transpose(1, 2, 0)
        return UnitProducts(ZtD, XyXy, log_det)

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`: with K = sum of D G D', d = -<L^{-1} K L^{-1}, dL>."""
        first, second = np.zeros(full.shape), np.zeros(full.shape)
        for batch in self.batches:
            root, _ = self._inverses(batch, full)
            inverse = root.transpose(0, 2, 1) @ root
            K1, K2 = self._weighted(batch, posterior)
            A1 = batch.totals[:, None, None] * inverse - inverse @ K1 @ inverse
            A2 = -(inverse @ K2 @ inverse)
            for k in range(full.shape[1]):
                dL = self._derivative(batch, full, k)
                first[:, k] += np.bincount(batch.by, np.einsum("mst,mst->m", A1, dL), len(full))
                second[:, k] += np.bincount(batch.by, np.einsum("mst,mst->m", A2, dL), len(full))
        return first, second

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        last = self.Q - 1
        first, second = np.zeros((2, *full.shape, self.n_units))
        for batch in self.batches:
            root, _ = self._inverses(batch, full)
            inverse = root.transpose(0, 2, 1) @ root
            by, own = batch.by[batch.pattern], variances[:, :, batch.units].transpose(2, 0, 1)
            for k in range(full.shape[1]):
                dL = self._derivative(batch, full, k)
                log_det = np.einsum("mst,mst->m", inverse, dL)
                B = _per_pattern(inverse @ dL @ inverse, batch, batch.data)
                Z = batch.data[:, :, :last]
                of_effects = np.einsum("gqr,gqr->g", Z.transpose(0, 2, 1) @ B[:, :, :last], own)
                of_means = (batch.data[:, :, last] * B[:, :, last]).sum(axis=1)
                first[by, k, batch.units] = log_det[batch.pattern] - of_effects
                second[by, k, batch.units] = -of_means
        return first, second

    def _weighted(self, batch: _Batch, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """Sum over a pattern's units of D G D' for the two weights, (m, T, T) each."""
        c, T, Q = self.c, batch.times.shape[1], self.Q
        a, of_beta = posterior.coefficients, posterior.beta_covariance
        if batch.moments:
            moments = batch.data.reshape(-1, T, c, T, c)
            K1 = np.zeros((len(batch.times), T, T))
            if of_beta is not None:
                K1 = np.einsum("msxty,xy->mst", moments[:, :, :-1, :, :-1], of_beta)
            return K1, np.einsum("msxty,x,y->mst", moments, a[:, 0], a[:, 0])
        residual = np.einsum("gtc,cg->gt", batch.data, a[:, batch.units])[:, :, None]
        Z, X = batch.data[:, :, :Q], batch.data[:, :, Q:-1]
        own = batch.counted(Z @ posterior.variances[:, :, batch.units].transpose(2, 0, 1))
        K1 = _pattern_sums(batch, own, Z)
        if of_beta is not None and posterior.with_beta is not None:
            mixed = _pattern_sums(batch, Z @ posterior.with_beta[:, :, batch.units].transpose(2, 0, 1), X)
            K1 += mixed + mixed.transpose(0, 2, 1) + _pattern_sums(batch, X @ of_beta, X)
        return K1, _pattern_sums(batch, batch.counted(residual), residual)


def _pattern_sums(batch: _Batch, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over a pattern's units of left right', (m, T, T); both (g, T, k)."""
    if len(batch.first) > _SHARED_PATTERNS:
        return np.add.reduceat(left @ right.transpose(0, 2, 1), batch.first, axis=0)
    T = left.shape[1]
    result = np.empty((len(batch.first), T, T))
    for target, start, count in zip(result, batch.first, batch.sizes, strict=True):
        units = slice(start, start + count)
        sides = (side[units].transpose(1, 0, 2).reshape(T, -1) for side in (left, right))
        target[:] = next(sides) @ next(sides).T
    return result


def _per_pattern(root: np.ndarray, batch: _Batch, data: np.ndarray) -> np.ndarray:
    """Each unit's data times its pattern's matrix."""
    if len(root) > _SHARED_PATTERNS:
        return root[batch.pattern] @ data
    result = np.empty_like(data)
    for matrix, start, count in zip(root, batch.first, batch.sizes, strict=True):
        stop = start + count
        result[start:stop] = matrix @ data[start:stop]
    return result
