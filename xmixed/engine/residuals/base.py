"""What every residual structure offers, and the table its parameters stand in.

All parameters of all by() groups stand in one (n_by, K) table in the estimation metric: log ratios of
standard deviations to sigma_e first, then what makes the correlations. What is not estimated (the reference
standard deviation, what the data never show) is 0 there. Every formula takes complex tables, so that
derivatives of Lambda come from complex steps, exact to rounding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residuals.products import STEP, Products, Units
from xmixed.engine.result import Parameter, ParameterKind

BEND = tuple((step * 1e-3, weight / 12e-3) for step, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)))
"""Steps and weights of a central difference of fourth order."""


Step = Callable[[np.ndarray, float | np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Parameters and gaps -> rho^gap and 1 - rho^(2 gap)."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Which entries of the (n_by, K) table are parameters.

    Attributes
    ----------
    sds : int
        How many of the K columns are log ratios.
    free : (n_by, K) bool array
        Row by row its true entries are the r parameters.
    pairs : (K - sds, 2) integer array
        Positions that each correlation of an unstructured or banded matrix belongs to; lags of a toeplitz in
        the first column; else zeros.
    """

    sds: int
    free: np.ndarray
    pairs: np.ndarray

    def repeated(self, count: int) -> Table:
        """The table for so many sets of parameters, one below the other."""
        return replace(self, free=np.tile(self.free, (count, 1)))

    def fill(self, parameters: np.ndarray) -> np.ndarray:
        """The table that the (r,) parameters make."""
        table = np.zeros(self.free.shape, np.result_type(parameters, np.float64))
        table[self.free] = parameters
        return table


def lattice_pairs(T: int) -> np.ndarray:
    """Position of each pair among the upper triangle of a (T, T) matrix, row by row; (T, T)."""
    upper = np.triu_indices(T)
    pair = np.empty((T, T), np.intp)
    pair[upper] = pair[upper[::-1]] = np.arange(len(upper[0]))
    return pair


class ResidualStructure(ABC):
    """A structure of a given order; `residual_structure` makes it by name.

    Its covariances on a lattice of values of t(), (T,), are the upper triangle of Lambda, row by row:
    P numbers for each row of the table.

    Attributes
    ----------
    name : str
        What a model calls it.
    correlated : bool
        Whether residuals of one unit are correlated.
    timed : bool
        Whether it depends on t().
    positioned : bool
        Whether t() only tells observations apart; it then counts as 0, 1, ...
    lagged : bool
        Whether t() counts whole periods.
    ordered : bool
        Whether it has an order.
    order_name : str
        Name of the order among results; "" where there is none.
    logistic : bool
        Whether the search has its correlation as a logit, not as a hyperbolic arctangent.
    coupled : bool
        Whether every correlation depends on every parameter of it.
    correlations_first : bool
        Whether tables have correlations before standard deviations.
    is_recursive : bool
        Whether residuals depend on those of the `order` periods before, seen or not.
    pairwise : bool
        Whether a correlation is that of two residuals, not of a process.
    linear : bool
        Whether Lambda is linear in its covariances; it may then be singular where V is not.
    order : int
        p, q; 0 where there is none.
    """

    name: ClassVar[str]
    correlated: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    positioned: ClassVar[bool] = False
    lagged: ClassVar[bool] = False
    ordered: ClassVar[bool] = False
    order_name: ClassVar[str] = ""
    logistic: ClassVar[bool] = False
    coupled: ClassVar[bool] = False
    correlations_first: ClassVar[bool] = False
    is_recursive: ClassVar[bool] = False
    pairwise: ClassVar[bool] = False
    linear: ClassVar[bool] = False

    def __init__(self, order: int = 0) -> None:
        self.order = order

    @property
    def step(self) -> Step | None:
        """From one residual to the next, where each depends on the one before alone; else None."""
        return None

    @property
    def title(self) -> str:
        """What tables call it."""
        return f"{self.name.capitalize()}({self.order})" if self.ordered else self.name.capitalize()

    def usual_order(self, positions: int, longest: int) -> int:
        """The order where none is asked for: `positions` values of t(), `longest` lag within a unit."""
        return 0

    @property
    @abstractmethod
    def correlation_count(self) -> int:
        """Parameters that make the correlations of a by() group."""

    @property
    def kind(self) -> ParameterKind:
        """Kind of those parameters."""
        return "residual_atanh"

    def correlation_label(self, row: int) -> str:
        """What tables call the correlation of a process, `row` being `Parameter.row`."""
        return "rho"

    def table(self, residuals: Residuals) -> Table:
        """The parameters that the data of `residuals` can tell about."""
        free = np.ones((residuals.n_by, 1 + self.correlation_count), bool)
        free[0, 0] = False
        lags = np.arange(1, self.correlation_count + 1)
        return Table(1, free, np.stack([lags, np.zeros_like(lags)], axis=1))

    def unidentified(self, table: Table) -> tuple[tuple[int, Parameter], ...]:
        """Lags that the data do not show, and the parameters that are missing for it."""
        return ()

    def parameters(self, table: Table) -> tuple[Parameter, ...]:
        """The r free parameters in e(b) order."""
        result = []
        for j, column in zip(*np.nonzero(table.free), strict=True):
            group = int(j) + 1
            if column < table.sds:
                at = int(column) + 1 if self.positioned else 0
                result.append(Parameter("residual_log_ratio", 0, group, at, at))
                continue
            first, second = (int(place) for place in table.pairs[column - table.sds])
            result.append(Parameter(self.kind, 0, group, *self._place(first, second)))
        return tuple(result)

    def _place(self, first: int, second: int) -> tuple[int, int]:
        """Row and column of a correlation's parameter, from its pair in the table."""
        return (0, 0)

    def estimation_metric(self, table: Table, search: np.ndarray) -> np.ndarray:
        """Parameters of the estimation metric from those of the search."""
        return search

    def search_metric(self, table: Table, parameters: np.ndarray) -> np.ndarray:
        """The inverse of `estimation_metric`; raises LinAlgError outside the parameter space."""
        return parameters

    def metric_jacobian(self, table: Table, search: np.ndarray) -> np.ndarray:
        """(r, r) derivative of `estimation_metric`."""
        return np.eye(len(search))

    def time_unit(self, residuals: Residuals) -> float:
        """What the search counts t() in: it knows t() divided by this only."""
        return 1.0

    def per_unit(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """Correlations for another unit of t(), rho to the power of `factor`; estimation metric."""
        return parameters

    def per_unit_slope(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """Derivative of each element of `per_unit`."""
        return np.ones_like(parameters)

    def start(self, residuals: Residuals, table: Table) -> np.ndarray:
        """Where the search starts, (r,): independence."""
        return np.zeros(int(table.free.sum()))

    @abstractmethod
    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """The way to the whitened cross-products.

        Parameters
        ----------
        by : (n,) integer array
            Row of the table, in the order of `units.rows`.
        D : (c, n) array
            Working columns, likewise.
        Q : int
            How many of them are of Z.
        """

    @abstractmethod
    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """Lambda of patterns of t(), (m, T, T).

        Parameters
        ----------
        full : (n_by, K) array
        times : (m, T) array
        by : (m,) integer array
            Row of the table that each pattern uses.
        """

    def lattice(self, table: Table, full: np.ndarray, times: np.ndarray, search: bool = True) -> np.ndarray:
        """Covariances (n_by, P) at a table in the metric of the search, or in that of the estimates."""
        if search:
            full = table.fill(self.estimation_metric(table, full[table.free]))
        by = np.arange(len(full))
        whole = self.matrices(table, full, np.broadcast_to(times, (len(full), len(times))), by)
        i, k = np.triu_indices(len(times))
        return whole[:, i, k]

    def lattice_slopes(
        self, table: Table, full: np.ndarray, times: np.ndarray, search: bool = True
    ) -> np.ndarray:
        """Derivatives of `lattice` along each row of the table, (n_by, K, P): by complex steps."""
        K = full.shape[1]
        moved = np.repeat(full.astype(complex)[None], K, axis=0)
        moved[np.arange(K), :, np.arange(K)] += 1j * STEP
        found = self.lattice(table.repeated(K), moved.reshape(-1, K), times, search)
        return np.imag(found.reshape(K, len(full), -1)).transpose(1, 0, 2) / STEP

    def lattice_bend(
        self, table: Table, search: np.ndarray, times: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """Second derivatives of each row's covariances, weighted (n_by, P) and summed; (n_by, K, K).

        Differences of exact slopes, to 1e-12; only Lambda is formed for them, the data are not touched.
        """
        rows, factors = [], np.array([factor for _, factor in BEND])
        for k in range(search.shape[1]):
            moved = np.repeat(search[None], len(BEND), axis=0)
            moved[:, :, k] += np.array([step for step, _ in BEND])[:, None]
            stacked = self.lattice_slopes(table.repeated(len(BEND)), moved.reshape(-1, len(moved.T)), times)
            slopes = stacked.reshape(len(BEND), *search.shape, -1)
            rows.append(np.einsum("s,sjkp,jp->jk", factors, slopes, weights))
        whole = np.stack(rows, axis=1)
        return (whole + whole.transpose(0, 2, 1)) / 2.0


class PatternStructure(ResidualStructure):
    """A structure whose Lambda is formed for each pattern of t()."""

    def lattice_places(self, table: Table, times: np.ndarray) -> np.ndarray | None:
        """Which free covariance each of the lattice is, (n_by, P), -1 where it is zero.

        None where they are not free: the covariances of few coefficients.
        """
        return None

    def from_lattice(self, table: Table, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The (r,) parameters in the search metric of free covariances (n_by, P)."""
        raise NotImplementedError("its covariances are not free")


class LinearStructure(PatternStructure):
    """A structure whose Lambda is linear in C covariances, its *coordinates*, for each row of the table."""

    linear = True

    @abstractmethod
    def coordinate_count(self, table: Table) -> int:
        """C."""

    @abstractmethod
    def element_places(self, table: Table, times: np.ndarray) -> np.ndarray:
        """Which covariance each element of Lambda is, (m, T, T), -1 where it is zero; times (m, T)."""

    @abstractmethod
    def along_coordinates(self, table: Table, full: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Derivatives along the (n_by, K) table from those along the (n_by, C) covariances.

        Both may be complex.
        """
