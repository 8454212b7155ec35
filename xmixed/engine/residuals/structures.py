"""Residual structures by name; those whose Lambda is formed are in `lagged` and `positioned`."""

from __future__ import annotations

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.residuals.base import ResidualStructure, Table
from xmixed.engine.residuals.basis import exchangeable_products, independent_products
from xmixed.engine.residuals.lagged import Autoregressive, MovingAverage, Toeplitz
from xmixed.engine.residuals.markov import exponential_step, markov_products
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
    timed, pairwise = False, True

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

    def start(self, residuals: Residuals, table: Table) -> np.ndarray:
        """See `ResidualStructure`: a correlation of one half at the usual gap."""
        assert residuals.time is not None
        full = np.zeros(table.free.shape)
        order = np.lexsort((residuals.time, residuals.groups))
        same = np.diff(residuals.groups[order]) == 0
        gaps = np.diff(residuals.time[order])[same]
        usual = float(np.median(gaps)) if len(gaps) else 1.0
        # logit of 2^(-1/gap), which is -log(2^(1/gap) - 1)
        full[:, 1] = -np.log(np.expm1(np.log(2.0) / usual)) if usual > 0 else 0.0
        return full[table.free]

    def products(
        self, residuals: Residuals, table: Table, units: Units, by: np.ndarray, D: np.ndarray, Q: int
    ) -> Products:
        """See `ResidualStructure`."""
        return markov_products(residuals, units, by, D, Q, exponential_step)

    def matrices(self, table: Table, full: np.ndarray, times: np.ndarray, by: np.ndarray) -> np.ndarray:
        """See `ResidualStructure`."""
        gaps = np.abs(times[:, :, None] - times[:, None, :])
        # log of the inverse logit, whatever its size
        log_rho = -np.logaddexp(0.0, -full[by, 1])[:, None, None]
        return np.exp(2.0 * full[by, 0][:, None, None] + gaps * log_rho)


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
    return structure.parameters(structure.table(residuals))
