"""Cross-products of data whitened by Lambda^{-1/2}, and their derivatives.

A unit is a group within which residuals are correlated. With D the unit's working columns [Z, X, y], the
levels' from the bottom up, all that the sweeps need is M = D'Lambda^{-1}D. Three ways lead there:

- `BasisProducts`: Lambda^{-1} is a combination of few fixed matrices (independent by group, exchangeable,
  Markov with few distinct gaps), so that M = sum of f_b(rho) B_b with B_b formed once, and an evaluation
  costs by units.
- `GapProducts`: Markov with any gaps; every row is whitened by the one before it.
- `PatternProducts`: units of one size stand in one array, those that share a pattern of t() share a
  factorisation.

A slope with respect to rho is that of the sweeps with respect to M, carried over: nothing is differenced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residual_matrices import Table, matrices

_STEP = 1e-40
_SHARED_PATTERNS = 64
_MOST_GAPS = 6
# Share of a residual's variance that the others leave, below which six digits of the log likelihood are lost.
_LEAST_PIVOT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class UnitProducts:
    """M of all units.

    Attributes
    ----------
    ZtD : (Q, c, U) array
        Rows of M that belong to Z.
    XyXy : (p+1, p+1) array
        The other block, summed over units.
    log_det : float
        Sum of log|Lambda|.
    """

    ZtD: np.ndarray
    XyXy: np.ndarray
    log_det: float


@dataclass(frozen=True, slots=True, eq=False)
class UnitPosterior:
    """What the sweeps say of each unit.

    Attributes
    ----------
    weights : (c, U) array
        a with D a = conditional mean of the residuals: (-u, -beta, 1).
    variances : (Q, Q, U) array
        Conditional variance of u (sigma_e = 1).
    with_beta : (Q, p, U) array or None
        Its covariance with beta; None where beta counts as known.
    beta_covariance : (p, p) array or None
    """

    weights: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None
    beta_covariance: np.ndarray | None


class Products(Protocol):
    """Evaluates `UnitProducts` at the (n_by, K) table of parameters."""

    def at(self, full: np.ndarray) -> UnitProducts:
        """Whitened cross-products; raises LinAlgError where Lambda is not positive definite."""
        ...

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of all log determinants and of y'Py along the table's entries, both (n_by, K)."""
        ...


def make_products(
    residuals: Residuals, table: Table, rows: np.ndarray, starts: np.ndarray, D: np.ndarray, Q: int
) -> Products:
    """Choose the way for a structure.

    Parameters
    ----------
    rows : (n,) integer array
        Rows of the data unit by unit, in order of t() within.
    starts : (U,) array
        Where each unit begins.
    D : (c, n) array
        Working columns in that order.
    Q : int
        How many of them are of Z.
    """
    by = np.zeros(len(rows), np.intp) if residuals.by is None else residuals.by[rows].astype(np.intp)
    time = None if residuals.time is None else residuals.time[rows]
    if residuals.structure == "independent":
        return _independent(by, residuals.n_by, starts, D, Q)
    if residuals.structure == "exchangeable":
        return _exchangeable(by, starts, D, Q)
    assert time is not None
    markov = residuals.structure == "exponential" or (residuals.structure == "ar" and residuals.order == 1)
    if markov:
        return markov_products(residuals, by, time, starts, D, Q)
    return PatternProducts(residuals, table, by, time, starts, D, Q)


class BasisProducts:
    """M = sum over b of f_b B_b, with f depending on rho and on the class of the unit."""

    def __init__(
        self,
        basis: np.ndarray,
        totals: np.ndarray,
        classes: np.ndarray,
        coefficients: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
        Q: int,
    ) -> None:
        """Take over what was formed once.

        Parameters
        ----------
        basis : (b, Q, c, U) array
        totals : (b, classes, p+1, p+1) array
            The [X, y] block summed over the units of a class.
        classes : (U,) array
        coefficients : callable
            (n_by, K) table -> f (b, classes) and, by class, the sum of log|Lambda|, (classes,).
        """
        self.basis, self.totals, self.classes = basis, totals, classes
        self.coefficients, self.Q = coefficients, Q
        self.one_class = totals.shape[1] == 1

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        f, log_det = self.coefficients(full)
        if not (np.isfinite(f).all() and np.isfinite(log_det).all()):
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        if self.one_class:
            ZtD = np.tensordot(f[:, 0], self.basis, axes=1)
        else:
            ZtD = np.einsum("bu,bqcu->qcu", f[:, self.classes], self.basis)
        return UnitProducts(ZtD, np.einsum("bk,bkxy->xy", f, self.totals), float(log_det.sum()))

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        per_class = [self._contracted(*weight) for weight in self._both(posterior)]
        first, second = np.zeros(full.shape), np.zeros(full.shape)
        for j in range(full.shape[0]):
            for k in range(full.shape[1]):
                moved = full.astype(complex)
                moved[j, k] += 1j * _STEP
                f, log_det = self.coefficients(moved)
                df = np.imag(f) / _STEP
                first[j, k] = float(np.vdot(df, per_class[0])) + float(np.imag(log_det).sum()) / _STEP
                second[j, k] = float(np.vdot(df, per_class[1]))
        return first, second

    def _both(self, posterior: UnitPosterior) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Conditional covariance, and outer product of the weights: rows of Z (Q, c, U), corner of [X, y]."""
        Q, a = self.Q, posterior.weights
        width = self.totals.shape[2]
        corner = np.zeros((width, width))
        rows = np.zeros(self.basis.shape[1:])
        rows[:, :Q] = posterior.variances
        if posterior.with_beta is not None and posterior.beta_covariance is not None:
            rows[:, Q : Q + width - 1] = posterior.with_beta
            corner[:-1, :-1] = posterior.beta_covariance
        return (rows, corner), (a[:Q, None] * a[None], np.outer(a[Q:, 0], a[Q:, 0]))

    def _contracted(self, rows: np.ndarray, corner: np.ndarray) -> np.ndarray:
        """Sum over a class's units of <weight, B_b>, (b, classes)."""
        Q = self.Q
        result = np.einsum("bkxy,xy->bk", self.totals, corner)
        if not Q:
            return result
        own = np.einsum("bqru,qru->bu", self.basis[:, :, :Q], rows[:, :Q])
        per_unit = own + 2.0 * np.einsum("bqwu,qwu->bu", self.basis[:, :, Q:], rows[:, Q:])
        for row, units in zip(result, per_unit, strict=True):
            row += np.bincount(self.classes, units, len(row))
        return result


def _summed(D: np.ndarray, E: np.ndarray, starts: np.ndarray, Q: int) -> np.ndarray:
    """Sum over the rows of each unit of D_q E_c, (Q, c, U)."""
    result = np.empty((Q, len(E), len(starts)))
    for q in range(Q):
        for c in range(len(E)):
            result[q, c] = np.add.reduceat(D[q] * E[c], starts)
    return result


def _class_totals(left: np.ndarray, right: np.ndarray, row_class: np.ndarray, count: int) -> np.ndarray:
    """Sum over rows of left right' by class, (count, w, w)."""
    if count == 1:
        return (left @ right.T)[None]
    result = np.empty((count, len(left), len(right)))
    for k in range(count):
        inside = row_class == k
        result[k] = left[:, inside] @ right[:, inside].T
    return result


def _independent(by: np.ndarray, n_by: int, starts: np.ndarray, D: np.ndarray, Q: int) -> BasisProducts:
    basis = np.empty((n_by, Q, len(D), len(starts)))
    totals = np.empty((n_by, 1, len(D) - Q, len(D) - Q))
    counts = np.bincount(by, minlength=n_by).astype(np.float64)
    for j in range(n_by):
        inside = by == j
        basis[j] = _summed(D[:Q] * inside, D, starts, Q)
        totals[j, 0] = D[Q:, inside] @ D[Q:, inside].T

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.exp(-2.0 * full[:, :1]), np.array([(2.0 * counts * full[:, 0]).sum()])

    return BasisProducts(basis, totals, np.zeros(len(starts), np.intp), coefficients, Q)


def _exchangeable(by: np.ndarray, starts: np.ndarray, D: np.ndarray, Q: int) -> BasisProducts:
    sizes = np.diff(np.append(starts, D.shape[1]))
    keys, classes = np.unique(np.stack([sizes, by[starts]]), axis=1, return_inverse=True)
    classes = np.ravel(classes)
    T, class_by = keys[0].astype(np.float64), keys[1]
    sums = np.stack([np.add.reduceat(column, starts) for column in D])
    basis = np.stack([_summed(D, D, starts, Q), sums[:Q, None] * sums[None]])
    row_class = np.repeat(classes, sizes)
    totals = np.stack(
        [
            _class_totals(D[Q:], D[Q:], row_class, len(T)),
            _class_totals(sums[Q:], sums[Q:], classes, len(T)),
        ]
    )
    counts = np.bincount(classes, minlength=len(T)).astype(np.float64)

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ratio, rho = full[class_by, 0], np.tanh(full[class_by, 1])
        within, between = 1.0 - rho, 1.0 + (T - 1.0) * rho
        if not ((np.real(within) > 0).all() and (np.real(between) > 0).all()):
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        scale = np.exp(-2.0 * ratio)
        f = np.stack([scale / within, -scale * rho / (within * between)])
        return f, counts * (2.0 * T * ratio + (T - 1.0) * np.log(within) + np.log(between))

    return BasisProducts(basis, totals, classes, coefficients, Q)


def markov_products(
    residuals: Residuals, by: np.ndarray, time: np.ndarray, starts: np.ndarray, D: np.ndarray, Q: int
) -> Products:
    """ar 1 and exponential: each residual depends on the one before, by rho to the power of the gap."""
    n = D.shape[1]
    is_first = np.zeros(n, bool)
    is_first[starts] = True
    gaps = np.diff(time, prepend=time[0])
    distinct, codes = np.unique(gaps[~is_first], return_inverse=True)
    logistic = residuals.structure == "exponential"
    if len(distinct) > _MOST_GAPS:
        return GapProducts(by, gaps, is_first, starts, D, Q, residuals.n_by, logistic)
    before = np.roll(D, 1, axis=1)
    parts: list[tuple[np.ndarray, np.ndarray]] = [(D * is_first, D)]
    members = []
    for d in range(len(distinct)):
        inside = np.zeros(n, bool)
        inside[~is_first] = codes == d
        now, then = D * inside, before * inside
        members.append(np.bincount(by[inside], minlength=residuals.n_by))
        parts += [(now, D), (then, before), (now, before), (then, D)]
    basis = [_summed(left, right, starts, Q) for left, right in parts]
    n_by = residuals.n_by
    totals = [_class_totals(left[Q:], right[Q:], by, n_by) for left, right in parts]
    counts = np.array(members, np.float64).reshape(len(distinct), n_by)
    sizes = np.bincount(by, minlength=n_by).astype(np.float64)

    def merged(parts: list[np.ndarray]) -> np.ndarray:
        kept = [parts[0]]
        for d in range(len(distinct)):
            now, then, one, other = parts[1 + 4 * d : 5 + 4 * d]
            kept += [now, then, one + other]
        return np.stack(kept)

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scale = np.exp(-2.0 * full[:, 0])
        f = [scale]
        log_det = 2.0 * sizes * full[:, 0]
        for gap, count in zip(distinct, counts, strict=True):
            a, rest = _step(full[:, 1], float(gap), logistic)
            f += [scale / rest, scale * a**2 / rest, -scale * a / rest]
            log_det = log_det + count * np.log(rest)
        return np.stack(f), log_det

    return BasisProducts(merged(basis), merged(totals), by[starts], coefficients, Q)


def _step(parameter: np.ndarray, gap: float | np.ndarray, logistic: bool) -> tuple[np.ndarray, np.ndarray]:
    """rho^gap and 1 - rho^(2 gap), without losing digits where rho is near one."""
    if logistic:
        # log rho = -log(1 + exp(-parameter))
        negative = np.real(parameter) < 0
        tail = np.where(negative, parameter, -parameter)
        log_rho = -np.log1p(np.exp(tail)) + np.where(negative, parameter, 0.0)
        power = np.exp(gap * log_rho)
        rest = -np.expm1(2.0 * gap * log_rho) if not np.iscomplexobj(log_rho) else _expm1(2.0 * gap * log_rho)
        return power, rest
    rho = np.tanh(parameter)
    whole = np.asarray(gap).astype(np.intp)
    power = rho**whole
    # 1 - rho^(2d) = (1 - rho^2)(1 + rho^2 + ... ): sech^2 keeps the digits near one.
    return power, (1.0 / np.cosh(parameter)) ** 2 * _geometric(rho**2, whole)


def _expm1(x: np.ndarray) -> np.ndarray:
    """1 - exp(x) to first order in a tiny imaginary part."""
    real, imaginary = np.real(x), np.imag(x)
    return -(np.expm1(real) + 1j * imaginary * np.exp(real))


def _geometric(square: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """1 + s + ... + s^(terms-1)."""
    near = np.abs(1.0 - square) < 1e-6
    safe = np.where(near, 0.5, square)
    far = (1.0 - safe**terms) / (1.0 - safe)
    close = terms - (1.0 - square) * terms * (terms - 1) / 2.0
    return np.where(near, close, far)


class GapProducts:
    """Markov residuals with many distinct gaps: every row is whitened by the one before it."""

    def __init__(
        self,
        by: np.ndarray,
        gaps: np.ndarray,
        is_first: np.ndarray,
        starts: np.ndarray,
        D: np.ndarray,
        Q: int,
        n_by: int,
        logistic: bool,
    ) -> None:
        self.by, self.starts, self.D, self.Q = by, starts, D, Q
        self.n_by, self.logistic = n_by, logistic
        self.gaps = np.where(is_first, 0.0, gaps)
        self.is_first = is_first
        self.unit = np.cumsum(is_first) - 1
        self.before = np.roll(D, 1, axis=1)

    def _rows(self, full: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """rho^gap, 1 - rho^(2 gap) (0 and 1 for a unit's first row) and the ratio of sds, by row."""
        a, rest = _step(full[self.by, 1], np.where(self.is_first, 1.0, self.gaps), self.logistic)
        return np.where(self.is_first, 0.0, a), np.where(self.is_first, 1.0, rest), np.exp(full[self.by, 0])

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        a, rest, sd = self._rows(full)
        if not (rest > 0).all():
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        E = (self.D - a * self.before) / (np.sqrt(rest) * sd)
        log_det = float(np.log(rest).sum() + 2.0 * full[self.by, 0].sum())
        return UnitProducts(_summed(E, E, self.starts, self.Q), E[self.Q :] @ E[self.Q :].T, log_det)

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`: M is a sum over rows of (now - a then)(now - a then)'/(rest sd^2)."""
        quadratics = [self._quadratics(posterior, which) for which in (True, False)]
        results = [np.zeros(full.shape), np.zeros(full.shape)]
        for k in range(2):
            moved = full.astype(complex)
            moved[:, k] += 1j * _STEP
            a, rest, sd = self._rows(moved)
            scale = 1.0 / (rest * sd**2)
            for result, (now, both, then) in zip(results, quadratics, strict=True):
                value = ((now - 2.0 * a * both + a**2 * then) * scale).imag / _STEP
                result[:, k] = np.bincount(self.by, value, self.n_by)
            log_det = (np.log(rest) + 2.0 * np.log(sd)).imag / _STEP
            results[0][:, k] += np.bincount(self.by, log_det, self.n_by)
        return results[0], results[1]

    def _quadratics(self, posterior: UnitPosterior, covariance: bool) -> tuple[np.ndarray, ...]:
        """D'GD, D'G before and before'G before by row, for one of the two weights G."""
        D, before = self.D, self.before
        if not covariance:
            a = _by_row(posterior.weights, self.unit)
            now, then = (D * a).sum(axis=0), (before * a).sum(axis=0)
            return now * now, now * then, then * then
        result = [np.zeros(D.shape[1]) for _ in range(3)]
        for i, j, values in _entries(posterior, self.Q):
            weight = _by_row(values, self.unit)
            result[0] += weight * D[i] * D[j]
            result[1] += weight * (D[i] * before[j] + before[i] * D[j]) / 2.0
            result[2] += weight * before[i] * before[j]
        return tuple(result)


def _entries(posterior: UnitPosterior, Q: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """The conditional covariance by element, (U,) or (1,) arrays; one of each symmetric pair, doubled."""
    for i in range(Q):
        for j in range(i + 1):
            yield i, j, posterior.variances[i, j] * (1.0 if i == j else 2.0)
    if posterior.with_beta is None or posterior.beta_covariance is None:
        return
    p = len(posterior.beta_covariance)
    for k in range(p):
        for i in range(Q):
            yield i, Q + k, 2.0 * posterior.with_beta[i, k]
        for j in range(k + 1):
            value = posterior.beta_covariance[k, j] * (1.0 if j == k else 2.0)
            yield Q + k, Q + j, np.array([value])


def _by_row(values: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Values of units, (..., U) or (..., 1), at the rows."""
    return values if values.shape[-1] == 1 else values[..., unit]


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Units of one size T, sorted by pattern.

    Attributes
    ----------
    units : (g,) array, their positions among all
    data : (g, T, c) array, or (m, T*c, T*c) second moments by pattern
    moments : bool
        Whether `data` holds those, which is enough where there is no Z.
    times : (m, T) array; by : (m,) array
    pattern : (g,) array; first : (m,) array, first unit of each pattern; counts : (m,) array
    """

    units: np.ndarray
    data: np.ndarray
    moments: bool
    times: np.ndarray
    by: np.ndarray
    pattern: np.ndarray
    first: np.ndarray
    counts: np.ndarray


class PatternProducts:
    """General Lambda, one factorisation for each pattern of t()."""

    def __init__(
        self,
        residuals: Residuals,
        table: Table,
        by: np.ndarray,
        time: np.ndarray,
        starts: np.ndarray,
        D: np.ndarray,
        Q: int,
    ) -> None:
        self.residuals, self.table, self.Q, self.c = residuals, table, Q, len(D)
        self.n_units = len(starts)
        sizes = np.diff(np.append(starts, D.shape[1]))
        self.batches = [self._batch(T, sizes, by, time, starts, D) for T in np.unique(sizes)]

    def _batch(
        self, T: int, sizes: np.ndarray, by: np.ndarray, time: np.ndarray, starts: np.ndarray, D: np.ndarray
    ) -> _Batch:
        units = np.flatnonzero(sizes == T)
        rows = starts[units][:, None] + np.arange(T)
        times = time[rows]
        if self.residuals.structure not in ("unstructured", "banded"):
            times = times - times[:, :1]
        keys = np.concatenate([by[starts[units]][:, None].astype(np.float64), times], axis=1)
        distinct, pattern = np.unique(keys, axis=0, return_inverse=True)
        pattern = np.ravel(pattern)
        order = np.argsort(pattern, kind="stable")
        units, pattern, rows = units[order], pattern[order], rows[order]
        counts = np.bincount(pattern, minlength=len(distinct))
        first = np.cumsum(counts) - counts
        data = np.ascontiguousarray(D[:, rows].transpose(1, 2, 0))
        moments = not self.Q and len(distinct) * T * self.c <= len(units)
        if moments:
            flat = data.reshape(len(units), -1)
            bounds = zip(first, first + counts, strict=True)
            data = np.stack([flat[start:stop].T @ flat[start:stop] for start, stop in bounds])
        return _Batch(
            units, data, moments, distinct[:, 1:], distinct[:, 0].astype(np.intp), pattern, first, counts
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

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        Q, c = self.Q, self.c
        ZtD = np.zeros((Q, c, self.n_units))
        XyXy = np.zeros((c - Q, c - Q))
        log_det = 0.0
        for batch in self.batches:
            root, logs = self._inverses(batch, full)
            log_det += float(logs @ batch.counts)
            if batch.moments:
                inverse = root.transpose(0, 2, 1) @ root
                T = inverse.shape[1]
                moments = batch.data.reshape(-1, T, c, T, c)
                XyXy += np.einsum("mst,msxty->xy", inverse, moments)
                continue
            E = _per_pattern(root, batch, batch.data)
            Xy = E[:, :, Q:].reshape(-1, c - Q)
            XyXy += Xy.T @ Xy
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
            A1 = batch.counts[:, None, None] * inverse - inverse @ K1 @ inverse
            A2 = -(inverse @ K2 @ inverse)
            for k in range(full.shape[1]):
                moved = full.astype(complex)
                moved[:, k] += 1j * _STEP
                dL = np.imag(matrices(self.residuals, self.table, moved, batch.times, batch.by)) / _STEP
                first[:, k] += np.bincount(batch.by, np.einsum("mst,mst->m", A1, dL), len(full))
                second[:, k] += np.bincount(batch.by, np.einsum("mst,mst->m", A2, dL), len(full))
        return first, second

    def _weighted(self, batch: _Batch, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """Sum over a pattern's units of D G D' for the two weights, (m, T, T) each."""
        c, T, Q = self.c, batch.times.shape[1], self.Q
        a, of_beta = posterior.weights, posterior.beta_covariance
        if batch.moments:
            moments = batch.data.reshape(-1, T, c, T, c)
            K1 = np.zeros((len(batch.times), T, T))
            if of_beta is not None:
                K1 = np.einsum("msxty,xy->mst", moments[:, :, :-1, :, :-1], of_beta)
            return K1, np.einsum("msxty,x,y->mst", moments, a[:, 0], a[:, 0])
        residual = np.einsum("gtc,cg->gt", batch.data, a[:, batch.units])
        Z, X = batch.data[:, :, :Q], batch.data[:, :, Q:-1]
        K1 = _pattern_sums(batch, Z @ posterior.variances[:, :, batch.units].transpose(2, 0, 1), Z)
        if of_beta is not None and posterior.with_beta is not None:
            mixed = _pattern_sums(batch, Z @ posterior.with_beta[:, :, batch.units].transpose(2, 0, 1), X)
            K1 += mixed + mixed.transpose(0, 2, 1) + _pattern_sums(batch, X @ of_beta, X)
        return K1, _pattern_sums(batch, residual[:, :, None], residual[:, :, None])


def _pattern_sums(batch: _Batch, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over a pattern's units of left right', (m, T, T); both (g, T, k)."""
    if len(batch.first) > _SHARED_PATTERNS:
        return np.add.reduceat(left @ right.transpose(0, 2, 1), batch.first, axis=0)
    T = left.shape[1]
    result = np.empty((len(batch.first), T, T))
    for target, start, count in zip(result, batch.first, batch.counts, strict=True):
        units = slice(start, start + count)
        sides = (side[units].transpose(1, 0, 2).reshape(T, -1) for side in (left, right))
        target[:] = next(sides) @ next(sides).T
    return result


def _per_pattern(root: np.ndarray, batch: _Batch, data: np.ndarray) -> np.ndarray:
    """Each unit's data times its pattern's matrix."""
    if len(root) > _SHARED_PATTERNS:
        return root[batch.pattern] @ data
    result = np.empty_like(data)
    for matrix, start, count in zip(root, batch.first, batch.counts, strict=True):
        stop = start + count
        result[start:stop] = matrix @ data[start:stop]
    return result
