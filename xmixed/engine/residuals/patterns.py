"""Any Lambda: one factorisation for each pattern of t().

A pattern that many units share has their data side by side, so that whitening them is one matrix product;
units with patterns of their own stand in one array for each size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xmixed.engine.batched import total_cross
from xmixed.engine.model import Residuals
from xmixed.engine.residuals.base import LinearStructure, PatternStructure, Table
from xmixed.engine.residuals.entries import binned
from xmixed.engine.residuals.pattern_curvature import Members, is_worth_it, pattern_curvature
from xmixed.engine.residuals.products import STEP, Curvature, UnitPosterior, UnitProducts, Units

# A pattern with fewer units, or beyond so many, is not worth the calls of its own.
_LEAST_SHARED = 32
_MOST_SHARED = 64
# Values of t() up to which slopes are gathered on a lattice of all of them.
_MOST_VALUES = 60
# Share of a residual's variance that the others leave, below which six digits of the log likelihood are lost.
_LEAST_PIVOT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """The patterns of a batch: times (m, T), by (m,), and how often the units of each count, (m,)."""

    times: np.ndarray
    by: np.ndarray
    totals: np.ndarray


class _Batch(Protocol):
    """Units of one size whose patterns are factorised together; `root` is (m, T, T), Lambda^{-1/2}."""

    @property
    def units(self) -> np.ndarray:
        """Positions among all units, (g,)."""
        ...

    @property
    def patterns(self) -> _Patterns:
        """Theirs."""
        ...

    def whitened(self, root: np.ndarray, Q: int) -> tuple[np.ndarray, np.ndarray]:
        """(Q, c, g) rows of Z of M, and the [X, y] block summed over units as often as they count."""
        ...

    def sums(self, posterior: UnitPosterior, Q: int) -> tuple[np.ndarray, np.ndarray]:
        """Sum over a pattern's units of D G D' for conditional covariance and means, (m, T, T) each."""
        ...

    def unit_forms(self, middle: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """tr(variances Z'WZ) and e'We by unit, (g,), W being `middle` (m, T, T), e the last column of Z."""
        ...

    def by_unit(self, values: np.ndarray) -> np.ndarray:
        """Values of patterns at the units, (g,)."""
        ...

    def members(self, places: np.ndarray, inverse: np.ndarray) -> Members:
        """The units with their covariances' places and Lambda^{-1}, (m, T, T) each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _SharedBatch:
    """Units with one pattern: data (T, c, g)."""

    units: np.ndarray
    patterns: _Patterns
    counts: np.ndarray | None
    data: np.ndarray

    def _counted(self, values: np.ndarray) -> np.ndarray:
        return values if self.counts is None else values * self.counts

    def _times(self, matrix: np.ndarray) -> np.ndarray:
        T = len(self.data)
        return (matrix @ self.data.reshape(T, -1)).reshape(self.data.shape)

    def whitened(self, root: np.ndarray, Q: int) -> tuple[np.ndarray, np.ndarray]:
        E = self._times(root[0])
        ZtD = np.empty((Q, *E.shape[1:]), E.dtype)
        for q in range(Q):
            np.einsum("tg,tcg->cg", E[:, q], E, out=ZtD[q])
        Xy = E[:, Q:]
        return ZtD, total_cross(self._counted(Xy), Xy)

    def sums(self, posterior: UnitPosterior, Q: int) -> tuple[np.ndarray, np.ndarray]:
        T, units = len(self.data), self.units
        Z, X = self.data[:, :Q], self.data[:, Q:-1]
        residual = np.einsum("tcg,cg->tg", self.data, posterior.coefficients[:, units])
        own = self._counted(np.einsum("tqg,qrg->trg", Z, posterior.variances[:, :, units]))
        K1 = _outer(own, Z)
        if posterior.beta_covariance is not None and posterior.with_beta is not None:
            mixed = _outer(np.einsum("tqg,qpg->tpg", Z, posterior.with_beta[:, :, units]), X)
            K1 += mixed + mixed.T + _outer(np.einsum("tpg,pr->trg", X, posterior.beta_covariance), X)
        K2 = self._counted(residual) @ residual.T
        return K1.reshape(1, T, T), K2.reshape(1, T, T)

    def unit_forms(self, middle: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        B, last = self._times(middle[0]), len(variances)
        Z = self.data[:, :last]
        of_effects = np.zeros(len(self.units))
        for q in range(last):
            forms = np.einsum("tg,trg->rg", Z[:, q], B[:, :last])
            of_effects += (forms * variances[q][:, self.units]).sum(axis=0)
        return of_effects, (self.data[:, last] * B[:, last]).sum(axis=0)

    def by_unit(self, values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, len(self.units))

    def members(self, places: np.ndarray, inverse: np.ndarray) -> Members:
        data, pattern = self.data.transpose(2, 0, 1), np.zeros(len(self.units), np.intp)
        return Members(places, inverse, self.patterns.totals, data, pattern, pattern[:1], self.counts)


def _outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over columns and units of left right': (T, k, g), (T, k, g) -> (T, T)."""
    T = len(left)
    return left.reshape(T, -1) @ right.reshape(T, -1).T


@dataclass(frozen=True, slots=True, eq=False)
class _MixedBatch:
    """Units sorted by pattern: data (g, T, c); pattern (g,), first unit of each pattern (m,)."""

    units: np.ndarray
    patterns: _Patterns
    counts: np.ndarray | None
    data: np.ndarray
    pattern: np.ndarray
    first: np.ndarray

    def _counted(self, values: np.ndarray) -> np.ndarray:
        return values if self.counts is None else values * self.counts.reshape(-1, *[1] * (values.ndim - 1))

    def whitened(self, root: np.ndarray, Q: int) -> tuple[np.ndarray, np.ndarray]:
        E = root[self.pattern] @ self.data
        Xy = E[:, :, Q:]
        width = Xy.shape[2]
        ZtD = (E[:, :, :Q].transpose(0, 2, 1) @ E).transpose(1, 2, 0)
        return ZtD, self._counted(Xy).reshape(-1, width).T @ Xy.reshape(-1, width)

    def sums(self, posterior: UnitPosterior, Q: int) -> tuple[np.ndarray, np.ndarray]:
        a, of_beta, data = posterior.coefficients, posterior.beta_covariance, self.data
        residual = np.einsum("gtc,cg->gt", data, a[:, self.units])[:, :, None]
        Z, X = data[:, :, :Q], data[:, :, Q:-1]
        own = self._counted(Z @ posterior.variances[:, :, self.units].transpose(2, 0, 1))
        K1 = self._summed(own, Z)
        if of_beta is not None and posterior.with_beta is not None:
            mixed = self._summed(Z @ posterior.with_beta[:, :, self.units].transpose(2, 0, 1), X)
            K1 += mixed + mixed.transpose(0, 2, 1) + self._summed(X @ of_beta, X)
        return K1, self._summed(self._counted(residual), residual)

    def _summed(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Sum over a pattern's units of left right', (m, T, T); both (g, T, k)."""
        return np.add.reduceat(left @ right.transpose(0, 2, 1), self.first, axis=0)

    def unit_forms(self, middle: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        last = len(variances)
        B, Z = middle[self.pattern] @ self.data, self.data[:, :, :last]
        own = variances[:, :, self.units].transpose(2, 0, 1)
        of_effects = np.einsum("gqr,gqr->g", Z.transpose(0, 2, 1) @ B[:, :, :last], own)
        return of_effects, (self.data[:, :, last] * B[:, :, last]).sum(axis=1)

    def by_unit(self, values: np.ndarray) -> np.ndarray:
        return values[self.pattern]

    def members(self, places: np.ndarray, inverse: np.ndarray) -> Members:
        totals = self.patterns.totals
        return Members(places, inverse, totals, self.data, self.pattern, self.first, self.counts)


class PatternProducts:
    """General Lambda; D is (c, n)."""

    cost_by_rows = takes_complex_posterior = True

    def __init__(
        self,
        structure: PatternStructure,
        residuals: Residuals,
        table: Table,
        units: Units,
        by: np.ndarray,
        D: np.ndarray,
        Q: int,
    ) -> None:
        self.structure, self.residuals, self.table = structure, residuals, table
        self.Q, self.c = Q, len(D)
        self.n_units = len(units.starts)
        self.takes_complex = structure.linear
        self._element_places: list[np.ndarray] | None = None
        self._latest_key = b""
        self._latest: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        sizes = units.sizes
        self.batches: list[_Batch] = []
        for T in np.unique(sizes):
            self.batches += self._batches(np.flatnonzero(sizes == T), T, units, by, D)
        times = [np.unique(batch.patterns.times) for batch in self.batches]
        self.times = np.unique(np.concatenate([np.zeros(0), *times]))

    def _batches(
        self, own: np.ndarray, T: int, units: Units, by: np.ndarray, D: np.ndarray
    ) -> Iterator[_Batch]:
        """The units `own`, all of size T: patterns that many share, and the others together."""
        assert self.residuals.time is not None
        rows = units.starts[own][:, None] + np.arange(T)
        times = self.residuals.time[units.rows[rows]]
        if not self.structure.positioned:
            times = times - times[:, :1]
        keys = np.concatenate([by[units.starts[own]][:, None].astype(np.float64), times], axis=1)
        distinct, pattern = np.unique(keys, axis=0, return_inverse=True)
        pattern = np.ravel(pattern)
        sizes = np.bincount(pattern, minlength=len(distinct))
        counts = None if units.counts is None else units.counts[own]
        totals = np.bincount(pattern, counts, len(distinct)).astype(np.float64)
        patterns = _Patterns(distinct[:, 1:], distinct[:, 0].astype(np.intp), totals)
        shared = np.argsort(-sizes, kind="stable")[:_MOST_SHARED]
        shared = shared[sizes[shared] >= _LEAST_SHARED]
        for m in shared:
            members = np.flatnonzero(pattern == m)
            weights = None if counts is None else counts[members]
            data = np.ascontiguousarray(D[:, rows[members]].transpose(2, 0, 1))
            yield _SharedBatch(own[members], _chosen(patterns, np.array([m])), weights, data)
        others = np.flatnonzero(~np.isin(pattern, shared))
        if not len(others):
            return
        others = others[np.argsort(pattern[others], kind="stable")]
        kept, place = np.unique(pattern[others], return_inverse=True)
        yield _MixedBatch(
            own[others],
            _chosen(patterns, kept),
            None if counts is None else counts[others],
            np.ascontiguousarray(D[:, rows[others]].transpose(1, 2, 0)),
            place,
            np.flatnonzero(np.diff(place, prepend=-1)),
        )

    def _inverses(self, batch: _Batch, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """R with R'R = Lambda^{-1} (lower where real) and log|Lambda| of every pattern.

        A complex table is one with a tiny imaginary step: Lambda^{-1} moves by -R'(R dLambda R')R.
        """
        patterns, plain = batch.patterns, np.real(full)
        root, log_det = self._real_inverses(batch, plain)
        if not np.iscomplexobj(full):
            return root, log_det
        whole = self.structure.matrices(self.table, full, patterns.times, patterns.by)
        change = root @ np.imag(whole) @ root.transpose(0, 2, 1)
        return root - 0.5j * (change @ root), log_det + 1j * np.einsum("mtt->m", change)

    def _real_inverses(self, batch: _Batch, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `_inverses`; those of the latest table are kept."""
        key = full.tobytes()
        if self._latest_key != key:
            self._latest_key, self._latest = key, {}
        if id(batch) not in self._latest:
            self._latest[id(batch)] = self._factorised(batch, full)
        return self._latest[id(batch)]

    def _factorised(self, batch: _Batch, full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        Lambda = self.structure.matrices(self.table, full, batch.patterns.times, batch.patterns.by)
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
        found = self.structure.matrices(self.table, moved, batch.patterns.times, batch.patterns.by)
        return np.imag(found) / STEP

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        Q, c = self.Q, self.c
        ZtD = np.zeros((Q, c, self.n_units), full.dtype)
        XyXy = np.zeros((c - Q, c - Q), full.dtype)
        log_det = 0.0
        for batch in self.batches:
            root, logs = self._inverses(batch, full)
            log_det += (logs @ batch.patterns.totals).item()
            own, rest = batch.whitened(root, Q)
            XyXy += rest
            if Q:
                ZtD[:, :, batch.units] = own
        return UnitProducts(ZtD, XyXy, log_det)

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`: with K = sum of D G D', d = -<L^{-1} K L^{-1}, dL>."""
        if isinstance(self.structure, LinearStructure):
            return self._linear_slopes(self.structure, full, posterior)
        kind = posterior.coefficients.dtype
        first, second = np.zeros((2, *full.shape), kind)
        on_lattice = len(self.times) <= _MOST_VALUES
        sums = np.zeros((2, len(full) * len(self.times) ** 2 if on_lattice else 0), kind)
        for batch in self.batches:
            A1, A2 = self._along_elements(batch, full, posterior)
            if on_lattice:
                places = self._places(batch.patterns)
                sums[0] += binned(places, A1.ravel(), sums.shape[1])
                sums[1] += binned(places, A2.ravel(), sums.shape[1])
                continue
            for k in range(full.shape[1]):
                dL = self._derivative(batch, full, k)
                first[:, k] += binned(batch.patterns.by, np.einsum("mst,mst->m", A1, dL), len(full))
                second[:, k] += binned(batch.patterns.by, np.einsum("mst,mst->m", A2, dL), len(full))
        if on_lattice:
            slopes = self.structure.lattice_slopes(self.table, full, self.times, search=False)
            first, second = (np.einsum("jkp,jp->jk", slopes, self._packed(values)) for values in sums)
        return first, second

    def _along_elements(
        self, batch: _Batch, full: np.ndarray, posterior: UnitPosterior
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of both kinds along the elements of every pattern's Lambda, (m, T, T)."""
        root, _ = self._inverses(batch, full)
        inverse = root.transpose(0, 2, 1) @ root
        K1, K2 = batch.sums(posterior, self.Q)
        totals = batch.patterns.totals[:, None, None]
        return totals * inverse - inverse @ K1 @ inverse, -(inverse @ K2 @ inverse)

    def _linear_slopes(
        self, structure: LinearStructure, full: np.ndarray, posterior: UnitPosterior
    ) -> tuple[np.ndarray, np.ndarray]:
        """Elements summed by the covariance that they are, which may be complex as the table is."""
        count = structure.coordinate_count(self.table)
        sums = np.zeros((2, len(full) * (count + 1)), np.result_type(full, posterior.coefficients))
        for batch, places in zip(self.batches, self._coordinates(structure, count), strict=True):
            for kind, values in enumerate(self._along_elements(batch, full, posterior)):
                sums[kind] += binned(places, values.ravel(), sums.shape[1])
        first, second = (self._along(full, values) for values in sums)
        return first, second

    def _coordinates(self, structure: LinearStructure, count: int) -> list[np.ndarray]:
        """Covariance that each element of each batch is; the last of a row of the table for zeros."""
        if self._element_places is None:
            found = []
            for batch in self.batches:
                places = structure.element_places(self.table, batch.patterns.times)
                places = np.where(places < 0, count, places)
                found.append((places + (count + 1) * batch.patterns.by[:, None, None]).ravel())
            self._element_places = found
        return self._element_places

    def _places(self, patterns: _Patterns) -> np.ndarray:
        """Place of each element among the (n_by, T, T) of the lattice of all values of t()."""
        T, place = len(self.times), np.searchsorted(self.times, patterns.times)
        return ((patterns.by[:, None, None] * T + place[:, :, None]) * T + place[:, None, :]).ravel()

    def _packed(self, values: np.ndarray) -> np.ndarray:
        """Derivatives along covariances (n_by, P) from those along all elements."""
        T = len(self.times)
        whole = values.reshape(-1, T, T)
        i, k = np.triu_indices(T)
        return whole[:, i, k] + np.where(i == k, 0.0, whole[:, k, i])

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Products`."""
        assert isinstance(self.structure, LinearStructure)
        count = self.structure.coordinate_count(self.table)
        sums, value = np.zeros(len(full) * (count + 1), full.dtype), 0.0
        for batch, places in zip(self.batches, self._coordinates(self.structure, count), strict=True):
            root, logs = self._inverses(batch, full)
            variances = self.structure.matrices(self.table, full, batch.patterns.times, batch.patterns.by)
            variances = np.einsum("mtt->mt", variances)
            value += float(np.real(logs).sum() - np.log(np.real(variances)).sum())
            inverse = root.transpose(0, 2, 1) @ root
            np.einsum("mtt->mt", inverse)[...] -= 1.0 / variances
            sums += binned(places, inverse.ravel(), len(sums))
        return value, self._along(full, sums)

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """See `Products`."""
        assert isinstance(self.structure, LinearStructure)
        count = self.structure.coordinate_count(self.table)
        found = [np.zeros((0, *full.shape))]
        for batch, places in zip(self.batches, self._coordinates(self.structure, count), strict=True):
            patterns = batch.patterns
            Lambda = self.structure.matrices(self.table, full, patterns.times, patterns.by)
            sds = np.sqrt(np.einsum("mtt->mt", Lambda))
            values, vectors = np.linalg.eigh(Lambda / sds[:, :, None] / sds[:, None, :])
            of_pattern = places.reshape(len(Lambda), -1)
            for m in np.flatnonzero(values[:, 0] < share):
                null = (vectors[m] / sds[m][:, None])[:, values[m] < share]
                for a, b in zip(*np.triu_indices(null.shape[1]), strict=True):
                    outer = np.outer(null[:, a], null[:, b]).ravel()
                    sums = np.bincount(of_pattern[m], outer, len(full) * (count + 1))
                    found.append(self._along(full, sums)[None])
        return np.concatenate(found)

    def _along(self, full: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Derivatives along the table from those along all covariances, zeros' own last in each row."""
        assert isinstance(self.structure, LinearStructure)
        return self.structure.along_coordinates(self.table, full, sums.reshape(len(full), -1)[:, :-1])

    def curvature(
        self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool
    ) -> Curvature | None:
        """See `pattern_curvature`; None with random effects, or where it costs more than complex steps."""
        if self.Q or not isinstance(self.structure, LinearStructure):
            return None
        count = self.structure.coordinate_count(self.table)
        full = self.table.fill(rho)
        members = []
        for batch, places in zip(self.batches, self._coordinates(self.structure, count), strict=True):
            root, _ = self._inverses(batch, full)
            inverse = root.transpose(0, 2, 1) @ root
            members.append(batch.members(places.reshape(inverse.shape), inverse))
        if not is_worth_it(members, len(beta), reml):
            return None
        return pattern_curvature(self.structure, self.table, full, members, beta, factor, reml)

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        first, second = np.zeros((2, *full.shape, self.n_units))
        for batch in self.batches:
            root, _ = self._inverses(batch, full)
            inverse = root.transpose(0, 2, 1) @ root
            by = batch.by_unit(batch.patterns.by)
            for k in range(full.shape[1]):
                dL = self._derivative(batch, full, k)
                log_det = batch.by_unit(np.einsum("mst,mst->m", inverse, dL))
                of_effects, of_means = batch.unit_forms(inverse @ dL @ inverse, variances)
                first[by, k, batch.units] = log_det - of_effects
                second[by, k, batch.units] = -of_means
        return first, second


def _chosen(patterns: _Patterns, places: np.ndarray) -> _Patterns:
    return _Patterns(patterns.times[places], patterns.by[places], patterns.totals[places])
