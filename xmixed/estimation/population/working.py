"""Working correlations within panels: their estimates from residuals, and the inverse of each panel's matrix.

Estimates are ratios of sums over panels, each panel's products divided by its size (or by how many panels
have both occasions), to the mean square of its residuals, as [XT] xtgee has them. A structure is one class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.linalg import solve_toeplitz, toeplitz

from xmixed.errors import StataError
from xmixed.estimation.population.panels import Batch, Panels

CHUNK = 4_000_000
"""Elements of the matrices that are multiplied at a time."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What `corr()` asks for, of an order where the structure has one.

    Attributes
    ----------
    name, short : str
        The name, and its shortest abbreviation.
    ordered : bool
        Whether there is an order.
    needs_time : bool
        Whether the order of a panel's rows counts.
    needs_steps : bool
        Whether gaps in time count.
    by_value : bool
        Whether correlations belong to occasions, not to places in the panel.
    """

    order: int = 0
    name: ClassVar[str] = ""
    short: ClassVar[str] = ""
    ordered: ClassVar[bool] = False
    needs_time: ClassVar[bool] = False
    needs_steps: ClassVar[bool] = False
    by_value: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """As the header and e(corr) have it."""
        return f"{self.name}({self.order})" if self.ordered else self.name

    @property
    def least_rows(self) -> int:
        """How many rows a panel must have."""
        return 1

    def correlations(self, residuals: np.ndarray, panels: Panels, weights: np.ndarray) -> np.ndarray:
        """Return the correlations between all occasions, (T, T).

        Parameters
        ----------
        residuals : (n,) array
            Pearson residuals.
        weights : (G,) array
            Of panels.
        """
        squares = float(np.sum(weights * panels.sums(residuals**2) / panels.sizes))
        if not squares > 0:
            return np.eye(panels.occasions)
        return self._of_squares(residuals, panels, weights, squares)

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        raise NotImplementedError

    def solved(self, R: np.ndarray, batch: Batch, columns: np.ndarray) -> np.ndarray:
        """Return R_i^-1 times the columns of each panel, (g, m, k).

        Raises
        ------
        StataError
            r(430) where a panel's matrix is not positive definite.
        """
        m = columns.shape[1]
        if m == 1:
            return columns
        patterns, codes = batch.patterns, batch.codes
        if len(patterns) == 1:
            return _inverses(R, patterns)[0] @ columns
        found = np.empty_like(columns)
        order = np.argsort(codes, kind="stable")
        step = max(1, CHUNK // (m * m))
        for first in range(0, len(order), step):
            own = order[first : first + step]
            low, high = codes[own[0]], codes[own[-1]] + 1
            found[own] = _inverses(R, patterns[low:high])[codes[own] - low] @ columns[own]
        return found

    def figures(self, R: np.ndarray) -> np.ndarray:
        """Return what stands for the correlations in a compact display."""
        return R[0, 1:]


def _inverses(R: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    blocks = R[patterns[:, :, None], patterns[:, None, :]]
    try:
        np.linalg.cholesky(blocks)
        return np.linalg.inv(blocks)
    except np.linalg.LinAlgError:
        raise _indefinite() from None


def _indefinite() -> StataError:
    return StataError(430, "working correlation matrix not positive definite; convergence not achieved")


class Independent(Structure):
    """No correlations."""

    name, short = "independent", "ind"

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        return np.eye(panels.occasions)

    def solved(self, R: np.ndarray, batch: Batch, columns: np.ndarray) -> np.ndarray:
        return columns

    def figures(self, R: np.ndarray) -> np.ndarray:
        return np.zeros(0)


class Exchangeable(Structure):
    """One correlation, whose matrices have a closed inverse."""

    name, short = "exchangeable", "exc"

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        several = panels.sizes > 1
        products = (panels.sums(residuals) ** 2 - panels.sums(residuals**2))[several]
        sizes = panels.sizes[several]
        rho = float(np.sum(weights[several] * products / (sizes * (sizes - 1.0)))) / squares
        return np.full((panels.occasions, panels.occasions), rho) + (1.0 - rho) * np.eye(panels.occasions)

    def solved(self, R: np.ndarray, batch: Batch, columns: np.ndarray) -> np.ndarray:
        m = columns.shape[1]
        if m == 1:
            return columns
        rho = float(R[0, 1])
        if not -1.0 / (m - 1) < rho < 1.0:
            raise _indefinite()
        pull = rho / (1.0 + (m - 1) * rho)
        return (columns - pull * columns.sum(axis=1, keepdims=True)) / (1.0 - rho)

    def figures(self, R: np.ndarray) -> np.ndarray:
        return R[0, 1:2]


class _Lagged(Structure):
    """Correlations by lag, estimated up to the order."""

    ordered = needs_time = needs_steps = True

    @property
    def least_rows(self) -> int:
        return self.order + 1

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        rho = np.zeros(max(panels.occasions, self.order + 1))
        rho[0] = 1.0
        for batch in panels:
            own = residuals[batch.rows]
            share = weights[batch.panels] / own.shape[1] / squares
            for lag in range(1, min(self.order, own.shape[1] - 1) + 1):
                rho[lag] += float(share @ np.sum(own[:, lag:] * own[:, :-lag], axis=1))
        self._extend(rho)
        return toeplitz(rho[: panels.occasions])

    def _extend(self, rho: np.ndarray) -> None:
        """Fill in the correlations of longer lags."""


class Stationary(_Lagged):
    """None at longer lags."""

    name, short = "stationary", "sta"


class Autoregressive(_Lagged):
    """Longer lags by the autoregression that the first ones determine."""

    name, short = "ar", "ar"

    @property
    def title(self) -> str:
        return f"AR({self.order})"

    def _extend(self, rho: np.ndarray) -> None:
        slopes = solve_toeplitz(rho[: self.order], rho[1 : self.order + 1])
        for lag in range(self.order + 1, len(rho)):
            rho[lag] = slopes @ rho[lag - self.order : lag][::-1]


class Unstructured(Structure):
    """One for each pair of occasions."""

    name, short = "unstructured", "uns"
    needs_time = by_value = True

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        T = panels.occasions
        table, present = np.zeros((len(panels.sizes), T)), np.zeros((len(panels.sizes), T))
        for batch in panels:
            table[batch.panels[:, None], batch.places] = residuals[batch.rows]
            present[batch.panels[:, None], batch.places] = 1.0
        counts = present.T @ (weights[:, None] * present)
        products = table.T @ (weights[:, None] * table)
        found = weights.sum() * products / np.where(counts > 0, counts, 1.0) / squares
        np.fill_diagonal(found, 1.0)
        return found

    def figures(self, R: np.ndarray) -> np.ndarray:
        return R[np.tril_indices(len(R), -1)]


class Nonstationary(Unstructured):
    """One for each pair of occasions that the order lets correlate."""

    name, short = "nonstationary", "non"
    ordered = needs_steps = True

    def _of_squares(
        self, residuals: np.ndarray, panels: Panels, weights: np.ndarray, squares: float
    ) -> np.ndarray:
        # Not `super()`: a dataclass with slots is a class made anew.
        found = Unstructured._of_squares(self, residuals, panels, weights, squares)
        i, j = np.indices(found.shape)
        return np.where(np.abs(i - j) <= self.order, found, 0.0)


STRUCTURES = (Exchangeable, Independent, Unstructured, Autoregressive, Stationary, Nonstationary)
