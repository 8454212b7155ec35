"""Few values of t(), no random effects: exact second derivatives, and what a start near the end needs.

Every pattern of t() is a subset of one lattice of T values, so that the matrices of all patterns stand in one
(M, T, T) array, with zeros where a pattern has no row. In the P = T(T+1)/2 covariances of the lattice, second
derivatives are sums over patterns of products of elements of two such matrices: one matrix product for all of
them, carried over to the parameters of a structure by its own derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.products.grouping import distinct
from xmixed.engine.residuals.base import PatternStructure, Table, lattice_pairs
from xmixed.engine.residuals.patterns import PatternProducts
from xmixed.engine.residuals.products import Curvature, Products, UnitPosterior, UnitProducts, Units

_MOST_VALUES = 40
_MOST_ELEMENTS = 60_000_000
# Share of a residual's variance that the others leave, below which six digits of the log likelihood are lost.
_LEAST_PIVOT = 1e-9
_KEPT_PATTERNS = 8
# Rows for each column of a block of which QR is taken by itself.
_BLOCK = 20


@dataclass(frozen=True, slots=True, eq=False)
class LatticeData:
    """Units on the lattice, sorted by pattern.

    Attributes
    ----------
    data : (U, T, c) array
        Columns [X, y], zero where a unit has no row; sums over them count every unit as often as it counts.
    pattern : (U,) integer array
    first : (M,) integer array
        First unit of each pattern.
    seen : (M, T) bool array
    by : (M,) integer array
    totals : (M,) array
        How often the units of each pattern count.
    times : (T,) array
    """

    data: np.ndarray
    pattern: np.ndarray
    first: np.ndarray
    seen: np.ndarray
    by: np.ndarray
    totals: np.ndarray
    times: np.ndarray


def lattice_data(
    structure: PatternStructure, residuals: Residuals, units: Units, by: np.ndarray, D: np.ndarray
) -> LatticeData | None:
    """The units on their lattice, or None where it is too large to be worth it; D is (c, n)."""
    assert residuals.time is not None
    sizes, starts = units.sizes, units.starts
    unit = np.repeat(np.arange(len(starts)), sizes)
    time = residuals.time[units.rows]
    if not structure.positioned:
        time = time - time[starts][unit]
    times, place = distinct(time)
    T = len(times)
    if T > _MOST_VALUES or len(starts) * T * len(D) > _MOST_ELEMENTS:
        return None
    seen = np.zeros((len(starts), T), bool)
    seen[unit, place] = True
    # by(), then what is seen of each value of t(), as one number.
    keys = (by[starts].astype(np.int64) << T) + seen @ (1 << np.arange(T - 1, -1, -1, dtype=np.int64))
    _, example, pattern = np.unique(keys, return_index=True, return_inverse=True)
    count = len(example)
    totals = np.bincount(pattern, units.counts, count).astype(np.float64)
    data = np.zeros((len(starts), T, len(D)))
    data[unit, place] = D.T
    if units.counts is not None:
        data *= np.sqrt(units.counts)[:, None, None]
    order = np.argsort(pattern, kind="stable")
    data, pattern = _condensed(data[order], pattern[order], count)
    first = np.searchsorted(pattern, np.arange(count))
    return LatticeData(data, pattern, first, seen[example], by[starts[example]], totals, times)


def _condensed(data: np.ndarray, pattern: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Fewer rows in the place of many units of a pattern, with the same sums of squares and products."""
    sizes = np.bincount(pattern, minlength=count)
    width = data.shape[1] * data.shape[2]
    if not (sizes > width).any():
        return data, pattern
    parts, ends = [], np.cumsum(sizes)
    for size, end in zip(sizes, ends, strict=True):
        own = data[end - size : end]
        if size > width:
            own = _triangle(own.reshape(size, width)).reshape(width, *data.shape[1:])
        parts.append(own)
    return np.concatenate(parts), np.repeat(np.arange(count), [len(part) for part in parts])


def _triangle(rows: np.ndarray) -> np.ndarray:
    """R of QR = rows, (n, w) -> (w, w): first of blocks of rows that stay in the cache."""
    n, width = rows.shape
    size = _BLOCK * width
    if n >= 2 * size:
        whole = n - n % size
        inner = np.linalg.qr(rows[:whole].reshape(-1, size, width), mode="r")
        rows = np.concatenate([np.asarray(inner).reshape(-1, width), rows[whole:]])
    return np.asarray(np.linalg.qr(rows, mode="r"))


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Generalised least squares at covariances of the lattice.

    Attributes
    ----------
    log_det : float
        log|V|.
    rss : float
        y'Py.
    beta : (p,) array
    factor : (p, p) array
        Lower Cholesky factor of X'V^{-1}X.
    """

    log_det: float
    rss: float
    beta: np.ndarray
    factor: np.ndarray


class LatticeProducts:
    """Lambda on a lattice of few values of t(), no random effects."""

    cost_by_rows = False
    takes_complex = takes_complex_posterior = False

    def __init__(self, structure: PatternStructure, table: Table, found: LatticeData) -> None:
        self.structure, self.table, self.found = structure, table, found
        self.Q, self.c = 0, found.data.shape[2]
        T = self.T = found.data.shape[1]
        self.upper = np.triu_indices(T)
        self.pair = lattice_pairs(T)
        # A covariance stands twice in the matrix, a variance once.
        self.twice = np.where(self.upper[0] == self.upper[1], 1.0, 2.0)
        self.rows_of_by = [np.flatnonzero(found.by == j) for j in range(len(table.free))]
        self._latest: tuple[bytes, np.ndarray, float] | None = None

    # ---- matrices

    def inverses(self, covariances: np.ndarray) -> tuple[np.ndarray, float]:
        """Inverse of every pattern's matrix, zero where it has no row (M, T, T), and log|V|.

        `covariances`: (n_by, P). Raises LinAlgError where one is not positive definite.
        """
        key = covariances.tobytes()
        if self._latest is not None and self._latest[0] == key:
            return self._latest[1:]
        found = self.found
        both = found.seen[:, :, None] & found.seen[:, None, :]
        matrices = np.where(both, covariances[:, self.pair][found.by], np.eye(self.T))
        factor = np.linalg.cholesky(matrices)
        pivots = np.einsum("mtt->mt", factor)
        if not (pivots**2 > _LEAST_PIVOT * np.einsum("mtt->mt", matrices)).all():
            raise np.linalg.LinAlgError("Lambda is singular to working precision")
        root = _inverse_lower(factor)
        inverse = root.transpose(0, 2, 1) @ root
        inverse *= both
        log_det = 2.0 * float(np.log(pivots).sum(axis=1) @ found.totals)
        self._latest = key, inverse, log_det
        return inverse, log_det

    def _times(self, inverse: np.ndarray, data: np.ndarray) -> np.ndarray:
        """Each unit's inverse times its (T, k) array."""
        if len(inverse) > _KEPT_PATTERNS:
            return inverse[self.found.pattern] @ data
        ends = np.append(self.found.first[1:], len(data))
        parts = zip(inverse, self.found.first, ends, strict=True)
        return np.concatenate([matrix @ data[start:end] for matrix, start, end in parts])

    def _by_pattern(self, values: np.ndarray) -> np.ndarray:
        """Sum over a pattern's units of values values', packed: (U, T, k) -> (M, P)."""
        if len(self.found.first) <= _KEPT_PATTERNS:
            ends = np.append(self.found.first[1:], len(values))
            sums = []
            for start, end in zip(self.found.first, ends, strict=True):
                own = values[start:end].transpose(1, 0, 2).reshape(self.T, -1)
                sums.append((own @ own.T)[self.upper])
            return np.stack(sums)
        squares = values @ values.transpose(0, 2, 1)
        return np.add.reduceat(squares[:, self.upper[0], self.upper[1]], self.found.first, axis=0)

    def _covariances(self, full: np.ndarray) -> np.ndarray:
        """(n_by, P) of the table, estimation metric."""
        by = np.arange(len(full))
        times = np.broadcast_to(self.found.times, (len(full), self.T))
        return self.structure.matrices(self.table, full, times, by)[:, self.upper[0], self.upper[1]]

    # ---- what the search asks

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        inverse, log_det = self.inverses(self._covariances(full))
        return UnitProducts(np.zeros((0, self.c, len(self.found.data))), self._cross(inverse), log_det)

    def _cross(self, inverse: np.ndarray) -> np.ndarray:
        data = self.found.data
        return np.tensordot(data, self._times(inverse, data), axes=((0, 1), (0, 1)))

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        covariances = self._covariances(full)
        inverse, _ = self.inverses(covariances)
        root = None
        if posterior.beta_covariance is not None and len(posterior.beta_covariance):
            root = np.linalg.cholesky(posterior.beta_covariance)
        _, _, sums = self._moments(inverse, posterior.coefficients[:, 0], root)
        first = self._gradients(inverse, *sums)
        slopes = self.structure.lattice_slopes(self.table, full, self.found.times, search=False)
        return tuple(np.einsum("jkp,jp->jk", slopes, values) for values in first)  # type: ignore[return-value]

    def _moments(
        self, inverse: np.ndarray, coefficients: np.ndarray, root: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """z = We and Y = WX root by unit, with sums of YY' and zz' by pattern."""
        weighted = self._times(inverse, self.found.data)
        z = weighted @ coefficients[:, None]
        Y = weighted[:, :, :0] if root is None else weighted[:, :, :-1] @ root
        of_fixed = self._by_pattern(Y) if Y.shape[2] else np.zeros((len(inverse), len(self.twice)))
        return z, Y, (of_fixed, self._by_pattern(z))

    def _gradients(
        self, inverse: np.ndarray, of_fixed: np.ndarray, of_means: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of the log determinants and of y'Py along covariances, (n_by, P) each."""
        packed = inverse[:, self.upper[0], self.upper[1]] * self.found.totals[:, None]
        log_det, rss = np.zeros((2, len(self.rows_of_by), len(self.twice)))
        for j, own in enumerate(self.rows_of_by):
            log_det[j] = (packed[own] - of_fixed[own]).sum(axis=0) * self.twice
            rss[j] = -of_means[own].sum(axis=0) * self.twice
        return log_det, rss

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Products`."""
        raise NotImplementedError("its tables are real")

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """See `Products`."""
        found, covariances = self.found, self._covariances(full)
        both = found.seen[:, :, None] & found.seen[:, None, :]
        matrices = np.where(both, covariances[:, self.pair][found.by], np.eye(self.T))
        sds = np.sqrt(np.einsum("mtt->mt", matrices))
        values, vectors = np.linalg.eigh(matrices / sds[:, :, None] / sds[:, None, :])
        slopes = self.structure.lattice_slopes(self.table, full, found.times, search=False)
        rows = [np.zeros((0, *full.shape))]
        for m in np.flatnonzero(values[:, 0] < share):
            null, along = (vectors[m] / sds[m][:, None])[:, values[m] < share], np.zeros_like(full)
            for a, b in zip(*np.triu_indices(null.shape[1]), strict=True):
                outer = np.outer(null[:, a], null[:, b])
                packed = (outer + outer.T)[self.upper] * self.twice / 2.0
                along[found.by[m]] = slopes[found.by[m]] @ packed
                rows.append(along[None].copy())
        return np.concatenate(rows)

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`: there the residuals are a column of Z."""
        raise NotImplementedError("a lattice has no columns of Z")

    # ---- second derivatives

    def _products(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Sum over patterns of tr(A E_a B E_b), (P, P), for packed symmetric A and B, (m, P) each.

        E_a is the derivative of the matrix along covariance a.
        """
        sums = left.T @ right
        sums = sums + sums.T
        i, j = (index[:, None] for index in self.upper)
        k, m = self.upper
        pair = self.pair
        found = sums[pair[i, m], pair[j, k]] + sums[pair[i, k], pair[j, m]]
        return found * np.outer(self.twice, self.twice) / 4.0

    def _mixed(self, Y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Sum over units of Y'E_a z, (columns of Y, P); Y (u, T, k), z (u, T)."""
        u, T, k = Y.shape
        sums = (Y.reshape(u, -1).T @ z).reshape(T, k, T)
        i, j = self.upper
        return ((sums[i, :, j] + sums[j, :, i]).T) * (self.twice / 2.0)

    def _quadratic(self, Y: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Sum over units of Y'EY, (K, k * k), E being the matrices with packed elements `slopes` (K, P)."""
        u, T, k = Y.shape
        flat = Y.reshape(u, -1)
        sums = (flat.T @ flat).reshape(T, k, T, k)[self.upper[0], :, self.upper[1], :]
        sums = (sums + sums.transpose(0, 2, 1)) * (self.twice / 2.0)[:, None, None]
        return slopes @ sums.reshape(-1, k * k)

    def curvature(self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool) -> Curvature:
        """See `Products`."""
        table, found, structure = self.table, self.found, self.structure
        search = table.fill(rho)
        inverse, _ = self.inverses(self._covariances(table.fill(structure.estimation_metric(table, rho))))
        p = len(beta)
        root = np.linalg.inv(factor).T if p else np.zeros((0, 0))
        z, Y, (of_fixed, of_means) = self._moments(inverse, np.append(-beta, 1.0), root)
        if not reml:
            of_fixed = np.zeros_like(of_fixed)
        log_det, rss = self._gradients(inverse, of_fixed, of_means)
        slopes = structure.lattice_slopes(table, search, found.times)
        bends = [structure.lattice_bend(table, search, found.times, values) for values in (log_det, rss)]
        packed = inverse[:, self.upper[0], self.upper[1]]
        r = len(rho)
        number = np.zeros(table.free.shape, np.intp)
        number[table.free] = np.arange(r)
        first, second = np.zeros((2, r)), np.zeros((2, r, r))
        along_beta, along_fixed = np.zeros((r, p)), np.zeros((r, p * p if reml else 0))
        for j, own in enumerate(self.rows_of_by):
            free, at = table.free[j], number[j][table.free[j]]
            J = slopes[j][free]
            first[0, at], first[1, at] = J @ log_det[j], J @ rss[j]
            of_logs = 2.0 * of_fixed[own] - found.totals[own, None] * packed[own]
            for kind, right in enumerate((of_logs, 2.0 * of_means[own])):
                inner = J @ self._products(packed[own], right) @ J.T
                second[kind][np.ix_(at, at)] = inner + bends[kind][j][np.ix_(free, free)]
            if p:
                members = np.isin(found.pattern, own) if len(self.rows_of_by) > 1 else slice(None)
                along_beta[at] = J @ self._mixed(Y[members], z[members, :, 0]).T
                if reml:
                    along_fixed[at] = self._quadratic(Y[members], J)
        second[0] -= along_fixed @ along_fixed.T
        second[1] -= 2.0 * (along_beta @ along_beta.T)
        return Curvature(first[0], first[1], second[0], second[1])

    # ---- generalised least squares and the information of covariances, for the start

    def least_squares(self, covariances: np.ndarray) -> LeastSquares:
        """At the (n_by, P) covariances; raises LinAlgError where a matrix is not positive definite."""
        inverse, log_det = self.inverses(covariances)
        top = self._cross(inverse)
        factor = np.linalg.cholesky(top[:-1, :-1])
        half = np.linalg.solve(factor, top[:-1, -1])
        rss = float(top[-1, -1] - half @ half)
        return LeastSquares(log_det, rss, np.linalg.solve(factor.T, half), factor)

    def scores(self, covariances: np.ndarray, fit: LeastSquares, reml: bool) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (n_by, P) and expected information (n_by, P, P) along covariances."""
        inverse, _ = self.inverses(covariances)
        root = np.linalg.inv(fit.factor).T if reml and len(fit.beta) else None
        _, _, sums = self._moments(inverse, np.append(-fit.beta, 1.0), root)
        gradient = -0.5 * np.add(*self._gradients(inverse, *sums))
        packed = inverse[:, self.upper[0], self.upper[1]]
        weights = 0.5 * self.found.totals[:, None]
        information = [self._products(packed[own], weights[own] * packed[own]) for own in self.rows_of_by]
        return gradient, np.stack(information)

    def information_of_one(self, inverse: np.ndarray) -> np.ndarray:
        """Expected information (n_by, P, P) of one unit that has all values of t(); inverses (n_by, T, T)."""
        packed = inverse[:, self.upper[0], self.upper[1]]
        return np.stack([self._products(own[None], 0.5 * own[None]) for own in packed])

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Sums of products of the least-squares residuals by pair of t(), and counts, (n_by, P)."""
        data, found = self.found.data, self.found
        X, y = data[:, :, :-1].reshape(-1, self.c - 1), data[:, :, -1].ravel()
        beta = np.linalg.lstsq(X, y, rcond=None)[0]
        squares = self._by_pattern((y - X @ beta).reshape(*data.shape[:2], 1))
        both = found.seen[:, self.upper[0]] & found.seen[:, self.upper[1]]
        shape = (len(self.rows_of_by), len(self.twice))
        sums, counts = np.zeros(shape), np.zeros(shape)
        np.add.at(sums, found.by, squares)
        np.add.at(counts, found.by, both * found.totals[:, None])
        return sums, counts


def _inverse_lower(factor: np.ndarray) -> np.ndarray:
    """Inverses of lower triangular matrices, (m, T, T), row by row for all at once."""
    m, T, _ = factor.shape
    if m < T:
        return np.linalg.inv(factor)
    result = np.zeros_like(factor)
    scale = 1.0 / np.einsum("mtt->mt", factor)
    for i in range(T):
        if i:
            row = (factor[:, None, i, :i] @ result[:, :i, :i])[:, 0]
            result[:, i, :i] = -row * scale[:, i, None]
        result[:, i, i] = scale[:, i]
    return result


def pattern_products(
    structure: PatternStructure,
    residuals: Residuals,
    table: Table,
    units: Units,
    by: np.ndarray,
    D: np.ndarray,
    Q: int,
) -> Products:
    """See `ResidualStructure.products`: on a lattice where there are no random effects, else by pattern."""
    found = None if Q else lattice_data(structure, residuals, units, by, D)
    if found is None:
        return PatternProducts(structure, residuals, table, units, by, D, Q)
    return LatticeProducts(structure, table, found)
