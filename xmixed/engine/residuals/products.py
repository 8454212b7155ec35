"""Cross-products of data whitened by Lambda^{-1/2}, and their derivatives: what every way to them gives.

A unit is a group within which residuals are correlated. With D the unit's working columns [Z, X, y], the
levels' from the bottom up, all that the sweeps need is M = D'Lambda^{-1}D. Three ways lead there:

- `basis`: Lambda^{-1} is a combination of few fixed matrices (independent by group, exchangeable,
  Markov with few distinct gaps), so that M = sum of f_b(rho) B_b with B_b formed once, and an evaluation
  costs by units.
- `markov`: Markov with any gaps; every row is whitened by the one before it.
- `patterns`: units of one size stand in one array, those that share a pattern of t() share a
  factorisation.

A slope with respect to rho is that of the sweeps with respect to M, carried over: nothing is differenced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xmixed.engine.products.cells import CellScatter

STEP = 1e-40
"""Imaginary step of derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The rows unit by unit, in order of t() within.

    Attributes
    ----------
    rows : (n,) integer array
        Rows of the data.
    starts : (U,) array
        Where each unit begins.
    row_weights : (n,) array or None
        How often each row counts within its unit: residuals are independent then.
    counts : (U,) array or None
        How often each unit counts in all. None: once.
    observations : (n,) array or None
        How many observations each row stands for. None: one.
    scatter : CellScatter or None
        Of the columns D, rows as here; None where each row is one observation.
    """

    rows: np.ndarray
    starts: np.ndarray
    row_weights: np.ndarray | None = None
    counts: np.ndarray | None = None
    observations: np.ndarray | None = None
    scatter: CellScatter | None = None

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each unit, (U,)."""
        return np.diff(self.starts, append=len(self.rows))

    def counted(self, values: np.ndarray) -> np.ndarray:
        """(..., n) values, each as often as its row has observations."""
        return values if self.observations is None else values * self.observations

    def row_counts(self) -> np.ndarray | None:
        """How often each row counts in all, but for its own weight; (n,)."""
        return None if self.counts is None else np.repeat(self.counts, self.sizes)

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Sums of (..., n) values by unit, (..., U)."""
        return np.add.reduceat(values, self.starts, axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class UnitProducts:
    """M of all units.

    Attributes
    ----------
    ZtD : (Q, c, U) array
        Rows of M that belong to Z, each unit once.
    XyXy : (p+1, p+1) array
        The other block, summed over units as often as they count.
    log_det : float
        Sum of log|Lambda|, likewise.
    """

    ZtD: np.ndarray
    XyXy: np.ndarray
    log_det: complex


@dataclass(frozen=True, slots=True, eq=False)
class UnitPosterior:
    """What the sweeps say of each unit.

    Attributes
    ----------
    coefficients : (c, U) array
        a with D a = conditional mean of the residuals: (-u, -beta, 1).
    variances : (Q, Q, U) array
        Conditional variance of u (sigma_e = 1).
    with_beta : (Q, p, U) array or None
        Its covariance with beta; None where beta counts as known.
    beta_covariance : (p, p) array or None
    """

    coefficients: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None
    beta_covariance: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """First (r,) and second (r, r) derivatives of all log determinants and of y'Py, search metric."""

    log_det: np.ndarray
    rss: np.ndarray
    log_det_second: np.ndarray
    rss_second: np.ndarray


class Products(Protocol):
    """Evaluates `UnitProducts` at the (n_by, K) table of parameters.

    Attributes
    ----------
    cost_by_rows : bool
        Whether an evaluation costs by rows rather than by units.
    takes_complex : bool
        Whether `at` and `slopes` take tables with a tiny imaginary step, which make second derivatives.
    takes_complex_posterior : bool
        Whether `slopes` takes posteriors with one.
    """

    cost_by_rows: bool
    takes_complex: bool
    takes_complex_posterior: bool

    def at(self, full: np.ndarray) -> UnitProducts:
        """Whitened cross-products; raises LinAlgError where Lambda is not positive definite."""
        ...

    def slopes(self, full: np.ndarray, posterior: UnitPosterior) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of all log determinants and of y'Py along the table's entries, both (n_by, K)."""
        ...

    def log_det_slopes(self, full: np.ndarray) -> tuple[float, np.ndarray]:
        """Sum of log|C| over distinct patterns, C the correlations, and its derivatives (n_by, K).

        Where `takes_complex`, as slopes do. Raises LinAlgError where Lambda is not positive definite.
        """
        ...

    def null_slopes(self, full: np.ndarray, share: float) -> np.ndarray:
        """Along the table, derivatives of all that is zero where Lambda is singular; (s, n_by, K).

        That is v'(dLambda)w for null vectors v, w of a pattern: those of eigenvalues of the correlations
        below `share`. Where `takes_complex`.
        """
        ...

    def curvature(
        self, rho: np.ndarray, beta: np.ndarray, factor: np.ndarray, reml: bool
    ) -> Curvature | None:
        """First and second derivatives along the parameters by formula, in the metric of the search.

        None where they are made of steps of the slopes; with random effects the sweeps take part.
        """
        ...

    def unit_slopes(self, full: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives by unit where the last column of Z holds conditional means e of the residuals.

        Parameters
        ----------
        variances : (Q-1, Q-1, U) array
            Conditional variance of the random effects of the other columns.

        Returns
        -------
        (n_by, K, U) arrays
            Of log|Lambda| + tr(variances Z'Lambda^{-1}Z), and of e'Lambda^{-1}e; each unit once.
        """
        ...
