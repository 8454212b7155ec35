"""Tables of survey data: proportions and counts with linearised variances, tests of independence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.estimation.survey.design import Units
from xmixed.estimation.survey.variance import linearised
from xmixed.missing import MISSING
from xmixed.statistics.distributions import f_tail, t_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Figures of an r x c table with its margins, each of shape (r + 1, c + 1); NaN where unknown.

    Attributes
    ----------
    estimate, error, lower, upper : ndarray
        Limits of proportions are formed on the scale of logits.
    variance : ndarray, shape (r c, r c), or None
        Of the inner cells, row by row.
    """

    estimate: np.ndarray
    error: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    variance: np.ndarray | None


@dataclass(frozen=True, slots=True)
class Independence:
    """A test of independence: chi2 as of a simple random sample, Rao and Scott's F (1984) of the design."""

    chi2: float
    df: int
    F: float
    df1: float
    df2: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class SurveyTable:
    """Rows of a sample in the cells of a table.

    Attributes
    ----------
    rows, columns : ndarray of int, shape (n,)
        Codes; -1 outside of the table, as outside of a subpopulation.
    shape : tuple of int
    weights : ndarray, shape (n,)
    units : Units
    single : str
        See `Design`.
    df : float
        Design degrees of freedom.
    """

    rows: np.ndarray
    columns: np.ndarray
    shape: tuple[int, int]
    weights: np.ndarray
    units: Units
    single: str
    df: float

    @property
    def inside(self) -> np.ndarray:
        return (self.rows >= 0) & (self.columns >= 0)

    def indicators(self) -> np.ndarray:
        """Return whether rows are in cells and margins, (n, r + 1, c + 1), as numbers."""
        r, c = self.shape
        found = np.zeros((len(self.rows), r + 1, c + 1))
        at = np.flatnonzero(self.inside)
        own, other = self.rows[at], self.columns[at]
        for i, j in ((own, other), (own, c), (r, other), (r, c)):
            found[at, i, j] = 1.0
        return found

    def counts(self, weighted: bool = True) -> np.ndarray:
        """Return counts of observations or of the population, (r + 1, c + 1)."""
        w = self.weights if weighted else np.ones(len(self.weights))
        return np.einsum("n,nij->ij", w, self.indicators())

    def cells(self, of: str, level: float) -> Cells:
        """Return the figures of a table.

        Parameters
        ----------
        of : str
            cell, row, column (proportions) or count.
        """
        inside, counts = self.indicators(), self.counts()
        r, c = self.shape
        if of == "count":
            estimate, influence = counts, self.weights[:, None, None] * inside
        else:
            base = {"cell": np.s_[r:, c:], "row": np.s_[:, c:], "column": np.s_[r:, :]}[of]
            whole = np.broadcast_to(counts[base], counts.shape)
            within = np.broadcast_to(inside[(slice(None), *base)], inside.shape)
            with np.errstate(divide="ignore", invalid="ignore"):
                estimate = counts / whole
                influence = self.weights[:, None, None] * (inside - estimate * within) / whole
        return self._figures(estimate, np.nan_to_num(influence), level, of != "count")

    def _figures(self, estimate: np.ndarray, influence: np.ndarray, level: float, logits: bool) -> Cells:
        r, c = self.shape
        V = linearised(influence.reshape(len(influence), -1), self.units, self.single)
        nothing = np.full(estimate.shape, np.nan)
        if V is None:
            return Cells(estimate, nothing, nothing, nothing, None)
        error = np.sqrt(np.maximum(np.diag(V), 0.0)).reshape(estimate.shape)
        factor = t_quantile(level, self.df)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if logits:
                middle, margin = (
                    np.log(estimate / (1 - estimate)),
                    factor * error / (estimate * (1 - estimate)),
                )
                lower, upper = (1 / (1 + np.exp(-(middle + sign * margin))) for sign in (-1, 1))
            else:
                lower, upper = estimate - factor * error, estimate + factor * error
        known = error > 1e-14 * np.abs(estimate)
        inner = np.arange(estimate.size).reshape(estimate.shape)[:r, :c].ravel()
        return Cells(
            estimate,
            np.where(known, error, np.where(np.isfinite(estimate), 0.0, np.nan)),
            np.where(known, lower, np.nan),
            np.where(known, upper, np.nan),
            V[np.ix_(inner, inner)],
        )

    def independence(self, likelihood_ratio: bool = False) -> Independence:
        """Test whether rows and columns are independent, with Rao and Scott's second-order correction."""
        r, c = self.shape
        found = self.cells("cell", 95.0)
        p = found.estimate[:r, :c]
        expected = np.outer(p.sum(axis=1), p.sum(axis=0))
        n, df = float(np.count_nonzero(self.inside)), (r - 1) * (c - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            if likelihood_ratio:
                chi2 = 2 * n * float(np.where(p > 0, p * np.log(p / expected), 0.0).sum())
            else:
                chi2 = n * float(((p - expected) ** 2 / expected).sum())
        if found.variance is None or df == 0:
            return Independence(chi2 if df else MISSING, df, *[MISSING] * 4)
        delta = _design_effects(p.ravel(), found.variance, _interactions(r, c), n)
        trace, squares = float(np.trace(delta)), float(np.trace(delta @ delta))
        if not squares > 0:
            return Independence(chi2, df, *[MISSING] * 4)
        df1 = trace**2 / squares
        df2, F = df1 * self.df, chi2 / trace
        return Independence(chi2, df, F, df1, df2, f_tail(F, df1, df2))


def _interactions(r: int, c: int) -> np.ndarray:
    """Return the interactions of rows and columns, (r c, (r - 1)(c - 1)), orthogonal to main effects."""
    rows, columns = (np.eye(k)[:, 1:] - 1 / k for k in (r, c))
    return np.kron(rows, columns)


def _design_effects(p: np.ndarray, V: np.ndarray, X: np.ndarray, n: float) -> np.ndarray:
    """Return the matrix of generalised design effects of the interactions X at proportions p > 0."""
    inverse = np.where(p > 0, 1 / np.where(p > 0, p, 1.0), 0.0)
    simple = (np.diag(p) - np.outer(p, p)) / n
    scaled = inverse[:, None] * X
    return np.linalg.pinv(scaled.T @ simple @ scaled) @ (scaled.T @ V @ scaled)
