"""Lambda^{-1} as a combination of few fixed matrices: independent by group, exchangeable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xmixed.engine.residuals.products import STEP, UnitPosterior, UnitProducts, Units

_LEAST_BETWEEN = 1e-9

Coefficients = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """M = sum over b of f_b B_b, log|Lambda| = sum over m of g_m e_m, with f and g by class of the unit.

    Attributes
    ----------
    products : (b, Q, c, U) array
        B, rows of Z.
    totals : (b, classes, p+1, p+1) array
        Its [X, y] block summed over the units of a class, as often as they count.
    extents : (m, U) array
        e.
    classes : (U,) array
    n_classes : int
    coefficients : callable
        (n_by, K) table -> f (b, classes) and g (m, classes).
    slopes : callable or None
        Table -> derivatives of f (K, b, classes) and of g (K, m, classes) along the table's columns, each
        class along its own row; of complex tables too. None: by complex steps.
    class_by : (classes,) array or None
        That row.
    """

    products: np.ndarray
    totals: np.ndarray
    extents: np.ndarray
    classes: np.ndarray
    n_classes: int
    coefficients: Coefficients
    slopes: Coefficients | None = None
    class_by: np.ndarray | None = None


class BasisProducts:
    """See `Basis`; `counts` is that of `Units`."""

    cost_by_rows = False
    takes_complex_posterior = True

    def __init__(self, basis: Basis, Q: int, counts: np.ndarray | None) -> None:
        self.basis, self.Q, self.counts = basis, Q, counts
        self.takes_complex = basis.slopes is not None
        extents = basis.extents if counts is None else basis.extents * counts
        self.extents = np.stack([self._by_class(extent) for extent in extents])

    def _by_class(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.basis.classes, values, self.basis.n_classes)

    def at(self, full: np.ndarray) -> UnitProducts:
        """See `Products`."""
        basis = self.basis
        f, logs = basis.coefficients(full)
        if not (np.isfinite(f).all() and np.isfinite(logs).all()):
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        if basis.n_classes == 1:
            ZtD = np.tensordot(f[:, 0], basis.products, axes=1)
        else:
            ZtD = np.einsum("bu,bqcu->qcu", f[:, basis.classes], basis.products)
        XyXy = np.einsum("bk,bkxy->xy", f, basis.totals)
        return UnitProducts(ZtD, XyXy, (self.extents * logs).sum().item())

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        of_effects, of_means = self._of_effects(posterior), self._of_means(posterior.coefficients)
        if self.basis.slopes is not None:
            df, dlogs = self.basis.slopes(full)
            of_logs = (df * of_effects).sum(axis=1) + (dlogs * self.extents).sum(axis=1)
            return self._by_row(of_logs, len(full)), self._by_row((df * of_means).sum(axis=1), len(full))
        first, second = np.zeros((2, *full.shape), np.result_type(full, posterior.coefficients))
        for j, k, df, dlogs in self._derivatives(full):
            first[j, k] = (df * of_effects).sum() + (dlogs * self.extents).sum()
            second[j, k] = (df * of_means).sum()
        return first, second

    def _by_row(self, values: np.ndarray, n_by: int) -> np.ndarray:
        """(K, classes) values summed by the row of the table that each class uses, (n_by, K)."""
        found, class_by = np.zeros((n_by, len(values)), values.dtype), self.basis.class_by
        assert class_by is not None
        np.add.at(found, class_by, values.T)
        return found

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """See `Products`."""
        _, logs = self.basis.coefficients(full)
        found = np.zeros(full.shape, full.dtype)
        for j, k, _, dlogs in self._derivatives(full):
            found[j, k] = dlogs.sum() if k else 0.0
        rows, class_by = self._derivatives(full), self.basis.class_by
        assert class_by is not None
        sizes = sum(dlogs for _, k, _, dlogs in rows if k == 0)
        return float(np.real(logs - sizes * full[class_by, 0]).sum()), found

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """See `Products`: the one correlation there is stands at its limit."""
        f, _ = self.basis.coefficients(full)
        assert self.basis.class_by is not None
        found = []
        # 1/(1 - rho) and 1/(1 + (T - 1) rho), as far as they tell of a small eigenvalue
        steep = np.abs(f).max(axis=0) * np.exp(2.0 * full[self.basis.class_by, 0]) > 1.0 / share
        for j in np.unique(self.basis.class_by[steep]):
            row = np.zeros(full.shape)
            row[j, 1] = 1.0
            found.append(row)
        return np.array(found).reshape(-1, *full.shape)

    def curvature(self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool) -> None:
        """See `Products`: by steps of the slopes."""

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Products`."""
        basis, last = self.basis, self.Q - 1
        of_effects = np.einsum("bqru,qru->bu", basis.products[:, :last, :last], variances)
        of_means = basis.products[:, last, last]
        first = np.zeros((*full.shape, len(basis.classes)))
        second = np.zeros_like(first)
        for j, k, df, dlogs in self._derivatives(full):
            df, dlogs = df[:, basis.classes], dlogs[:, basis.classes]
            first[j, k] = (df * of_effects).sum(axis=0) + (dlogs * basis.extents).sum(axis=0)
            second[j, k] = (df * of_means).sum(axis=0)
        return first, second

    def _derivatives(self, full: np.ndarray) -> list[tuple[int, int, np.ndarray, np.ndarray]]:
        """Row and column of every entry of the table with the derivatives of f and g along it."""
        found = []
        if self.basis.slopes is not None:
            df, dlogs = self.basis.slopes(full)
            for j in range(len(full)):
                own = np.asarray(self.basis.class_by == j)
                found += [(j, k, df[k] * own, dlogs[k] * own) for k in range(full.shape[1])]
            return found
        for j in range(full.shape[0]):
            for k in range(full.shape[1]):
                moved = full.astype(complex)
                moved[j, k] += 1j * STEP
                f, logs = self.basis.coefficients(moved)
                found.append((j, k, np.imag(f) / STEP, np.imag(logs) / STEP))
        return found

    def _of_effects(self, posterior: UnitPosterior) -> np.ndarray:
        """Sum over a class's units of <conditional covariance of effects and beta, B_b>, (b, classes)."""
        Q, products = self.Q, self.basis.products
        per_unit = np.einsum("bqru,qru->bu", products[:, :, :Q], posterior.variances)
        if posterior.with_beta is None or posterior.beta_covariance is None:
            return self._class_sums(per_unit)
        per_unit += 2.0 * np.einsum("bqwu,qwu->bu", products[:, :, Q:-1], posterior.with_beta)
        of_beta = np.einsum("bkxy,xy->bk", self.basis.totals[:, :, :-1, :-1], posterior.beta_covariance)
        return of_beta + self._class_sums(per_unit)

    def _of_means(self, coefficients: np.ndarray) -> np.ndarray:
        """Sum over a class's units of a'B_b a, (b, classes)."""
        Q = self.Q
        doubled = np.concatenate([coefficients[:Q], 2.0 * coefficients[Q:]])
        per_unit = (np.einsum("bqcu,cu->bqu", self.basis.products, doubled) * coefficients[:Q]).sum(axis=1)
        fixed = coefficients[Q:, 0]
        return np.einsum("bkxy,x,y->bk", self.basis.totals, fixed, fixed) + self._class_sums(per_unit)

    def _class_sums(self, per_unit: np.ndarray) -> np.ndarray:
        """(b, U) values summed by class, as often as units count."""
        counted = per_unit if self.counts is None else per_unit * self.counts
        if np.iscomplexobj(counted):
            parts = np.real(counted), np.imag(counted)
            real, imaginary = ([self._by_class(row) for row in part] for part in parts)
            return np.array(real) + 1j * np.array(imaginary)
        return np.stack([self._by_class(values) for values in counted])


def unit_sums(D: np.ndarray, E: np.ndarray, starts: np.ndarray, Q: int) -> np.ndarray:
    """Sum over the rows of each unit of D_q E_c, (Q, c, U)."""
    result = np.empty((Q, len(E), len(starts)), np.result_type(D, E))
    for q in range(Q):
        for c in range(len(E)):
            result[q, c] = np.add.reduceat(D[q] * E[c], starts)
    return result


def row_sums(units: Units, D: np.ndarray, Q: int, share: np.ndarray | None = None) -> np.ndarray:
    """Sum over the observations of each unit of D_q D_c, each as often as `share` (n,) says; (Q, c, U)."""
    left = D[:Q] if share is None else D[:Q] * share
    result = unit_sums(units.counted(left), D, units.starts, Q)
    if units.scatter is not None:
        for q in range(Q):
            for c in range(len(D)):
                found = units.scatter(q, c)
                if found is not None:
                    result[q, c] += units.summed(found if share is None else found * share)
    return result


def class_totals(
    left: np.ndarray, right: np.ndarray, members: np.ndarray, n_classes: int, counts: np.ndarray | None
) -> np.ndarray:
    """Sum over the members of a class of left right', as often as they count; (n_classes, w, w)."""
    if counts is not None:
        left = left * counts
    if n_classes == 1:
        return (left @ right.T)[None]
    result = np.empty((n_classes, len(left), len(right)))
    for k in range(n_classes):
        inside = members == k
        result[k] = left[:, inside] @ right[:, inside].T
    return result


def _scatter_totals(
    units: Units, Q: int, c: int, members: np.ndarray, n_classes: int, counts: np.ndarray | None
) -> np.ndarray:
    """What [X, y]'[X, y] has within cells, by class of the row; (n_classes, c-Q, c-Q)."""
    result = np.zeros((n_classes, c - Q, c - Q))
    if units.scatter is None:
        return result
    for i in range(Q, c):
        for j in range(Q, i + 1):
            found = units.scatter(i, j)
            if found is not None:
                own = np.bincount(members, found if counts is None else found * counts, n_classes)
                result[:, i - Q, j - Q] = result[:, j - Q, i - Q] = own
    return result


def independent_products(units: Units, by: np.ndarray, n_by: int, D: np.ndarray, Q: int) -> BasisProducts:
    """One variance for each group of by(), of which a unit has one; D is (c, n)."""
    counts, own = units.row_counts(), units.row_weights
    ones = np.ones(len(units.rows)) if own is None else own
    weights = ones if counts is None else ones * counts
    totals = class_totals(D[Q:] * units.counted(weights), D[Q:], by, n_by, None)
    totals += _scatter_totals(units, Q, len(D), by, n_by, weights)

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.exp(-2.0 * full.T), 2.0 * full.T

    def slopes(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, logs = coefficients(full)
        return -2.0 * f[None], np.full((1, *logs.shape), 2.0)

    products, extents = row_sums(units, D, Q, own)[None], units.summed(units.counted(ones))[None]
    classes, class_by = by[units.starts], np.arange(n_by)
    basis = Basis(products, totals[None], extents, classes, n_by, coefficients, slopes, class_by)
    return BasisProducts(basis, Q, units.counts)


def exchangeable_products(units: Units, by: np.ndarray, D: np.ndarray, Q: int) -> BasisProducts:
    """One variance and one correlation for each group of by(); D is (c, n).

    The fixed matrices are projections, on a unit's mean and on deviations from it: near a limit one of them
    counts beyond measure, and a difference of products would have lost it.
    """
    starts, counts = units.starts, units.row_counts()
    ones = np.ones(len(units.rows))
    extent = units.summed(units.counted(ones))
    keys, classes = np.unique(np.stack([extent, by[starts]]), axis=1, return_inverse=True)
    classes = np.ravel(classes)
    T, class_by = keys[0], keys[1].astype(np.intp)
    sums = units.summed(units.counted(D))
    means = sums / extent
    D = D - np.repeat(means, units.sizes, axis=1)
    products = np.stack([row_sums(units, D, Q), sums[:Q, None] * means[None]])
    row_class = np.repeat(classes, units.sizes)
    within = class_totals(units.counted(D[Q:]), D[Q:], row_class, len(T), counts)
    within += _scatter_totals(units, Q, len(D), row_class, len(T), counts)
    totals = np.stack([within, class_totals(sums[Q:], means[Q:], classes, len(T), units.counts)])

    def parts(full: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Log sds, 1 - rho and 1 + (T - 1) rho, and drho."""
        ratio, atanh = full[class_by, 0], full[class_by, 1]
        within = 2.0 / (1.0 + np.exp(2.0 * atanh))
        between = within + T * np.tanh(atanh)
        # The limit below is a difference: beside it the log likelihood would lose six digits and more.
        positive = (np.real(within) > 0).all() and (np.real(between) > _LEAST_BETWEEN).all()
        # With an imaginary step the table is one that was positive definite before.
        if not (positive or np.iscomplexobj(full)):
            raise np.linalg.LinAlgError("Lambda is not positive definite")
        return ratio, within, between, within * (2.0 - within)

    def coefficients(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ratio, within, between, _ = parts(full)
        f = np.exp(-2.0 * ratio) / np.stack([within, between])
        return f, (2.0 * T * ratio + (T - 1.0) * np.log(within) + np.log(between))[None]

    def slopes(full: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, _ = coefficients(full)
        _, within, between, slope = parts(full)
        along = f * slope * np.stack([1.0 / within, -(T - 1.0) / between])
        logs = slope * (T - 1.0) * (1.0 / between - 1.0 / within)
        return np.stack([-2.0 * f, along]), np.stack([2.0 * T + 0.0 * logs, logs])[:, None]

    extents = np.ones((1, len(starts)))
    basis = Basis(products, totals, extents, classes, len(T), coefficients, slopes, class_by.astype(np.intp))
    return BasisProducts(basis, Q, units.counts)
