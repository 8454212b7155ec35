"""A problem whitened by Lambda^{-1/2} at given residual parameters, and the slopes along them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.residuals.data import NestedResidualData, ResidualData
from xmixed.engine.residuals.few_rows import DenseInverse
from xmixed.engine.residuals.lattice import LatticeProducts
from xmixed.engine.residuals.products import STEP, Curvature, Products, UnitPosterior
from xmixed.engine.residuals.scoring import scored_start
from xmixed.engine.sweeps.dense import dense_products
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import Psis, Sweeps, Upward

_KEPT = 2
_MANY_ROWS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Barrier:
    """Sum over distinct patterns of log|C|, C the correlations, with first (r,) and second derivatives."""

    value: float
    slopes: np.ndarray
    bend: np.ndarray


class Whitening(ABC):
    """Sweeps of the whitened problem; rho is (r,), in the search metric."""

    def __init__(self, problem: Problem, residual: ResidualData) -> None:
        self.problem, self.residual = problem, residual
        self.count = int(residual.table.free.sum())
        # Row and column of the table that each parameter stands in.
        self.groups, columns = np.nonzero(residual.table.free)
        self.correlations = columns >= residual.table.sds
        self._kept: OrderedDict[bytes, tuple[Sweeps, float]] = OrderedDict()

    @cached_property
    def start(self) -> np.ndarray:
        """Where the search starts, (r,)."""
        return self.residual.structure.start(self.residual.residuals, self.residual.table)

    def sizes(self, rho: np.ndarray) -> np.ndarray:
        """What counts as a change of order one of each parameter, (r,).

        Far below zero a logit is the logarithm of rho, and the size of that decides which gaps are so short
        that residuals are correlated.
        """
        if not self.residual.structure.logistic:
            return np.ones(len(rho))
        return np.where(self.correlations, np.maximum(1.0, -rho), 1.0)

    @property
    def is_exact(self) -> bool:
        """Whether second derivatives are exact, not differences of first ones."""
        return False

    @property
    @abstractmethod
    def is_dear(self) -> bool:
        """Whether whitening at another rho takes long enough to count."""

    @property
    def has_many_rows(self) -> bool:
        """Whether what costs by rows takes long enough to count."""
        return len(self.residual.units.rows) >= _MANY_ROWS

    def estimates(self, rho: np.ndarray) -> np.ndarray:
        """The parameters in the estimation metric, correlations for the user's unit of t()."""
        return self._per_unit(self._inner(rho), 1.0 / self.residual.time_unit)

    def from_estimates(self, parameters: np.ndarray) -> np.ndarray:
        """The inverse of `estimates`; raises LinAlgError outside the parameter space."""
        inner = self._per_unit(parameters, self.residual.time_unit)
        return self.residual.structure.search_metric(self.residual.table, inner)

    def jacobian(self, rho: np.ndarray) -> np.ndarray:
        """(r, r) derivative of `estimates`."""
        return self.unit_slopes(rho)[:, None] * self._inner_jacobian(rho)

    def unit_slopes(self, rho: np.ndarray) -> np.ndarray:
        """Derivatives of the estimates by the same for the search's unit of t(), (r,)."""
        slopes, own = np.ones(self.count), self.correlations
        inner, factor = self._inner(rho), 1.0 / self.residual.time_unit
        slopes[own] = self.residual.structure.per_unit_slope(inner[own], factor)
        return slopes

    def table(self, rho: np.ndarray) -> np.ndarray:
        """The structure's table, correlations for the search's unit of t()."""
        return self.residual.table.fill(self._inner(rho))

    def _inner(self, rho: np.ndarray) -> np.ndarray:
        """The estimation metric for the search's unit of t()."""
        return self.residual.structure.estimation_metric(self.residual.table, rho)

    def _inner_jacobian(self, rho: np.ndarray) -> np.ndarray:
        return self.residual.structure.metric_jacobian(self.residual.table, rho)

    def _per_unit(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        result, own = parameters.copy(), self.correlations
        result[own] = self.residual.structure.per_unit(parameters[own], factor)
        return result

    def at(self, rho: np.ndarray) -> tuple[Sweeps, float]:
        """The sweeps, and log|Lambda|; raises LinAlgError where Lambda is not positive definite."""
        key = rho.tobytes()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._kept[key] = self._at(rho)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    @abstractmethod
    def _at(self, rho: np.ndarray) -> tuple[Sweeps, float]:
        """See `at`."""

    @cached_property
    @abstractmethod
    def edges(self) -> Products | None:
        """What tells where Lambda is singular; None where it is not linear in its covariances."""

    @property
    def has_barrier(self) -> bool:
        """Whether `barrier` is known."""
        return self.edges is not None and self.edges.takes_complex

    def log_correlations(self, rho: np.ndarray) -> float:
        """Sum over distinct patterns of log|C|; raises LinAlgError where one is not positive definite."""
        assert self.edges is not None
        return self.edges.log_det_slopes(self.table(rho))[0]

    def barrier(self, rho: np.ndarray) -> Barrier | None:
        """log|C| of distinct patterns with its derivatives; None where one is not positive definite."""
        products, free = self.edges, self.residual.table.free
        assert products is not None
        columns, bend = np.nonzero(free)[1], np.zeros((len(rho), len(rho)))
        try:
            value, slopes = products.log_det_slopes(self.table(rho))
            # A pattern is of one by() group: one parameter of each may move at once.
            for column in np.unique(columns):
                moved = self.table(rho + 1j * STEP * (columns == column))
                change = np.imag(products.log_det_slopes(moved)[1][free]) / STEP
                own = (self.groups[:, None] == self.groups) & (columns == column)
                bend[own] = np.broadcast_to(change[:, None], own.shape)[own]
        except np.linalg.LinAlgError:
            return None
        return Barrier(value, slopes[free], (bend + bend.T) / 2.0)

    def normals(self, rho: np.ndarray, share: float) -> np.ndarray:
        """See `Products.null_slopes`; (s, r)."""
        assert self.edges is not None
        slopes = self.edges.null_slopes(self.table(rho), share)
        return slopes[:, self.residual.table.free]

    def is_near_edge(self, rho: np.ndarray, share: float) -> bool:
        """Whether an eigenvalue of the correlations is known to be below a share, or rounding of zero."""
        if self.edges is None or not (self.has_barrier or self.is_exact):
            return False
        try:
            return len(self.normals(rho, share)) > 0
        except np.linalg.LinAlgError:
            return True

    @property
    def has_formula(self) -> bool:
        """Whether second derivatives along rho take no sweeps at other parameters."""
        return False

    def stepped(self, rho: np.ndarray, place: int) -> tuple[np.ndarray, Sweeps]:
        """rho with a tiny imaginary step along one parameter, and the sweeps there; where `is_exact`."""
        raise NotImplementedError("second derivatives are differences")

    def curvature(self, rho: np.ndarray, up: Upward) -> Curvature | None:
        """Exact first and second derivatives along rho; None where second ones are differences."""
        return None

    def rows_by_formula(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis, directions: tuple[Direction, ...]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Second derivatives of the log determinants and of y'Py along rho and, first the directions, all.

        Both (r, d + r); None where they are made of steps of the slopes.
        """
        return None

    @abstractmethod
    def slopes(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives along rho of all log determinants and of y'Py, both (r,)."""


class NestedWhitening(Whitening):
    """See `Whitening`: units within groups of nested levels."""

    def __init__(self, problem: Problem, residual: NestedResidualData) -> None:
        super().__init__(problem, residual)
        self.nested = residual

    @cached_property
    def start(self) -> np.ndarray:
        """See `Whitening`: where scoring ends, on a lattice."""
        found = None
        if isinstance(self.nested.products, LatticeProducts):
            found = scored_start(self.nested.products, self.problem.reml)
        return super().start if found is None else found

    @property
    def is_exact(self) -> bool:
        """See `Whitening`."""
        products = self.nested.products
        by_formula = self.nested.few_rows is not None
        return by_formula or products.takes_complex or isinstance(products, LatticeProducts)

    @property
    def has_formula(self) -> bool:
        """See `Whitening`."""
        return self.nested.few_rows is not None or isinstance(self.nested.products, LatticeProducts)

    @property
    def is_dear(self) -> bool:
        """See `Whitening`."""
        return self.nested.products.cost_by_rows and self.has_many_rows

    def _at(self, rho: np.ndarray) -> tuple[Sweeps, float]:
        sweeps, log_det = self.formed(rho)
        return sweeps, float(log_det.real)

    def formed(self, rho: np.ndarray) -> tuple[Sweeps, complex]:
        """See `at`; of complex parameters too where `is_exact`."""
        found = self.nested.products.at(self.table(rho))
        problem = replace(self.problem, products=self.nested.cross_products(found))
        return NestedSweeps(problem, self.nested.fitted), found.log_det

    def stepped(self, rho: np.ndarray, place: int) -> tuple[np.ndarray, Sweeps]:
        """See `Whitening`."""
        moved = rho.astype(complex)
        moved[place] += 1j * STEP
        return moved, self.formed(moved)[0]

    @cached_property
    def edges(self) -> Products | None:
        """See `Whitening`."""
        return self.nested.products if self.residual.structure.linear else None

    def curvature(self, rho: np.ndarray, up: Upward) -> Curvature | None:
        """See `Whitening`."""
        return self.nested.products.curvature(rho, up.beta, up.factor, self.problem.reml)

    def rows_by_formula(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis, directions: tuple[Direction, ...]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """See `Whitening`."""
        few, X, columns = self.nested.few_rows, self.nested.X, self.nested.columns
        if few is None or X is None or columns is None:
            return None
        precision, factor, fitted = few.precision(rho), up.factor, self.nested.fitted
        left = columns[len(psis[-1]) : -1] if psis else X
        found = dense_products(precision, few.levels, psis, left, fitted)
        of_beta = np.linalg.solve(factor, found.of_fixed) if len(X) else found.of_fixed
        # Where effects are far larger than residuals, these are what is left of columns without them.
        coefficients = self._of_units(sweeps, up, psis).coefficients
        rest = (columns * np.repeat(coefficients, self.nested.units.sizes, axis=1)).sum(axis=0)
        scores = sweeps.down(up, psis).scores if psis else ()
        dense = DenseInverse(found.inverse, of_beta, precision @ rest, X, found.of_levels, scores)
        along = [(direction.position, direction.matrix) for direction in directions]
        return few.second_derivatives(rho, dense, factor, along, self.problem.reml)

    def slopes(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Whitening`."""
        full, free = self.table(rho), self.residual.table.free
        log_det, rss = self.nested.products.slopes(full, self._of_units(sweeps, up, psis))
        jacobian = self._inner_jacobian(rho)
        return jacobian.T @ log_det[free], jacobian.T @ rss[free]

    def _of_units(self, sweeps: Sweeps, up: Upward, psis: Psis) -> UnitPosterior:
        """What the sweeps say of each unit, in terms of the columns that the products are of."""
        residual = self.nested
        units = residual.groups[-1] if residual.groups else np.zeros(residual.n_units, np.intp)
        posterior = sweeps.posterior_of_products(up, psis)
        fixed = np.append(-up.beta, 1.0)[:, None]
        coefficients = np.concatenate(
            [-posterior.means[:, units], np.broadcast_to(fixed, (len(fixed), len(units)))]
        )
        with_beta = None if posterior.with_beta is None else posterior.with_beta[:, :, units]
        return UnitPosterior(
            coefficients, posterior.variances[:, :, units], with_beta, posterior.beta_covariance
        )
