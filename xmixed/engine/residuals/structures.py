"""Residual structures by name; those whose Lambda is formed are in `lagged` and `positioned`."""

from __future__ import annotations

import numpy as np

from xmixed.engine.errors import TooManyParameters
from xmixed.engine.model import Residuals
from xmixed.engine.residuals.base import ResidualStructure, Step, Table
from xmixed.engine.residuals.basis import exchangeable_products, independent_products
from xmixed.engine.residuals.lagged import Autoregressive, MovingAverage, Toeplitz
from xmixed.engine.residuals.markov import exponential_slope, exponential_step, gaps_within, markov_products
from xmixed.engine.residuals.positioned import Banded, Unstructured
from xmixed.engine.residuals.products import Products, Units
from xmixed.engine.result import Parameter, ParameterKind


class Independent(ResidualStructure):
    """One standard deviation for each by() group."""

    name = "independent"
    correlated = timed = False

    @property
    def correlation_count(self) -> int:
        """See `ResidualStructure`."""
        return 0

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return independent_products(units, by, residuals.n_by, D, Q)

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        return np.exp(2.0 * full[by, 0])[:, None, None] * np.eye(times.shape[1])


class Exchangeable(ResidualStructure):
    """One correlation of any two residuals of a unit."""

    name = "exchangeable"
    timed = False
    pairwise = linear = True

    @property
    def correlation_count(self) -> int:
        """See `ResidualStructure`."""
        return 1

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return exchangeable_products(units, by, D, Q)

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        rho, identity = np.tanh(full[by, 1])[:, None, None], np.eye(times.shape[1])
        return np.exp(2.0 * full[by, 0])[:, None, None] * (rho + (1.0 - rho) * identity)


class Exponential(ResidualStructure):
    """Correlation rho to the power of the distance in t()."""

    name = "exponential"
    logistic = correlations_first = True

    @property
    def correlation_count(self) -> int:
        """See `ResidualStructure`."""
        return 1

    @property
    def kind(self) -> ParameterKind:
        """See `ResidualStructure`."""
        return "residual_logit"

    @property
    def step(self) -> Step:
        """See `ResidualStructure`."""
        return exponential_step

    def time_unit(self, residuals: Residuals) -> float:
        """See `ResidualStructure`: the usual gap."""
        gaps, _ = gaps_within(residuals)
        return float(np.median(gaps)) if len(gaps) else 1.0

    def per_unit(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """See `ResidualStructure`: log rho and log(1 - rho) keep their digits whatever their size."""
        if factor == 1.0:
            return parameters
        log_rho = -factor * np.logaddexp(0.0, -parameters)
        return log_rho - np.log(-np.expm1(log_rho))

    def per_unit_slope(self, parameters: np.ndarray, factor: float) -> np.ndarray:
        """See `ResidualStructure`."""
        if factor == 1.0:
            return np.ones_like(parameters)
        log_rho = -factor * np.logaddexp(0.0, -parameters)
        return factor * np.exp(-np.logaddexp(0.0, parameters)) / -np.expm1(log_rho)

    def start(self, residuals: Residuals, table: Table) -> np.ndarray:
        """See `ResidualStructure`: a correlation of one half at the usual gap, which is the unit of t()."""
        return np.zeros(int(table.free.sum()))

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return markov_products(residuals, units, by, D, Q, exponential_step, exponential_slope)

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        gaps = np.abs(times[:, :, None] - times[:, None, :])
        power, _ = exponential_step(full[by, 1][:, None, None], gaps)
        return np.exp(2.0 * full[by, 0])[:, None, None] * power


_STRUCTURES: dict[str, type[ResidualStructure]] = {
    kind.name: kind
    for kind in (
        Independent,
        Exchangeable,
        Autoregressive,
        MovingAverage,
        Unstructured,
        Banded,
        Toeplitz,
        Exponential,
    )
}


def residual_structure(name: str, order: int = 0) -> ResidualStructure:
    """The structure of that name and order."""
    return _STRUCTURES[name](order)


def structure_of(residuals: Residuals) -> ResidualStructure:
    """The structure that a model asks for."""
    return residual_structure(residuals.structure, residuals.order)


def residual_parameters(residuals: Residuals) -> tuple[Parameter, ...]:
    """The r free parameters in e(b) order."""
    structure = structure_of(residuals)
    return structure.parameters(table_of(residuals, structure))


def table_of(residuals: Residuals, structure: ResidualStructure) -> Table:
    """The table of the structure; raises TooManyParameters where it is larger than the data."""
    table = structure.table(residuals)
    count, n = int(table.free.sum()) + 1, len(residuals.groups)
    if count > n:
        raise TooManyParameters(
            f"residuals({structure.name}) has {count:,} parameters, there are {n:,} observations"
        )
    return table
