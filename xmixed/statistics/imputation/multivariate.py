"""Multivariate normal data with missing values: EM, and imputations by data augmentation.

Schafer (1997), "Analysis of Incomplete Multivariate Data", chapter 5, with covariates: Y = Z B + E, the rows
of E normal with covariance Sigma.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

PRIORS = ("uniform", "jeffreys")


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """Rows that have the same variables missing: rows, places of observed and of missing variables."""

    rows: np.ndarray
    observed: np.ndarray
    missing: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """B, shape (q, p), and Sigma, shape (p, p)."""

    B: np.ndarray
    Sigma: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where EM ended: parameters, observed log likelihood, iterations, and whether it converged."""

    parameters: Parameters
    log_likelihood: float
    iterations: int
    converged: bool


class IncompleteNormal:
    """Rows of Y with missing values, and complete covariates.

    Rows without any observed variable say nothing of the parameters: they are imputed, and not used.

    Parameters
    ----------
    Y : ndarray, shape (n, p)
        Whatever stands where `missing` is true counts for nothing.
    Z : ndarray, shape (n, q)
        Covariates, the constant among them.
    missing : ndarray of bool, shape (n, p)

    Raises
    ------
    ValueError
        Too few rows, or covariates that depend on each other.
    """

    def __init__(self, Y: np.ndarray, Z: np.ndarray, missing: np.ndarray) -> None:
        self.Y = np.where(missing, 0.0, Y)
        self.Z, self.missing = Z, missing
        self.used = ~missing.all(axis=1)
        self.n = int(self.used.sum())
        self.p, self.q = Y.shape[1], Z.shape[1]
        self.patterns = tuple(_patterns(missing))
        own = Z[self.used]
        ZtZ = own.T @ own
        if self.n <= self.p + self.q or np.linalg.matrix_rank(own) < self.q:
            raise ValueError("too few observations, or covariates that are collinear")
        self.inverse = np.linalg.inv(ZtZ)
        self.inverse_root = np.linalg.cholesky((self.inverse + self.inverse.T) / 2)

    # --- EM --------------------------------------------------------------------------------------------

    def start(self) -> Parameters:
        """Return regressions of each variable on its own observed rows, and no correlation."""
        B, variances = np.zeros((self.q, self.p)), np.ones(self.p)
        for place in range(self.p):
            rows = ~self.missing[:, place]
            y, Z = self.Y[rows, place], self.Z[rows]
            B[:, place] = np.linalg.lstsq(Z, y, rcond=None)[0]
            residual = float(np.mean((y - Z @ B[:, place]) ** 2)) if len(y) else 0.0
            variances[place] = residual if residual > 0 else 1.0
        return Parameters(B, np.diag(variances))

    def em(self, iterate: int = 100, tolerance: float = 1e-4) -> Maximum:
        """Return maximum likelihood estimates; it ends when no parameter changes by more, relatively."""
        here, change, done = self.start(), np.inf, 0
        while change > tolerance and done < iterate:
            after = self._em_step(here)
            change = max(_change(here.B, after.B), _change(here.Sigma, after.Sigma))
            here = after
            done += 1
        return Maximum(here, self.log_likelihood(here), done, change <= tolerance)

    def _em_step(self, at: Parameters) -> Parameters:
        filled, spread = self.Y.copy(), np.zeros((self.p, self.p))
        means = self.Z @ at.B
        for pattern in self.patterns:
            o, m, rows = pattern.observed, pattern.missing, pattern.rows
            if not len(o) or not len(m):
                continue
            slopes, rest = _conditional(at.Sigma, o, m)
            filled[np.ix_(rows, m)] = means[np.ix_(rows, m)] + (filled - means)[np.ix_(rows, o)] @ slopes
            spread[np.ix_(m, m)] += len(rows) * rest
        Y, Z = filled[self.used], self.Z[self.used]
        B = self.inverse @ (Z.T @ Y)
        residuals = Y - Z @ B
        return Parameters(B, (residuals.T @ residuals + spread) / self.n)

    def log_likelihood(self, at: Parameters) -> float:
        """Return the log likelihood of the observed values."""
        residuals, total = self.Y - self.Z @ at.B, 0.0
        for pattern in self.patterns:
            o = pattern.observed
            if not len(o):
                continue
            root = np.linalg.cholesky(at.Sigma[np.ix_(o, o)])
            white = np.linalg.solve(root, residuals[np.ix_(pattern.rows, o)].T)
            constant = len(o) * np.log(2 * np.pi) + 2 * np.log(np.diag(root)).sum()
            total -= 0.5 * (len(pattern.rows) * constant + float(np.sum(white**2)))
        return total

    # --- data augmentation ------------------------------------------------------------------------------

    def imputations(
        self,
        start: Parameters,
        count: int,
        generator: np.random.Generator,
        burnin: int = 100,
        between: int = 100,
        prior: str = "uniform",
    ) -> Iterator[np.ndarray]:
        """Yield completed Y, `count` times, from one chain: after `burnin` steps, then every `between` steps.

        Parameters
        ----------
        prior : str
            uniform: of Sigma; jeffreys: |Sigma|^(-(p+1)/2); that of B is flat.
        """
        here = start
        for number in range(count):
            for _ in range(burnin if number == 0 else between):
                here = self._posterior(self._filled(here, generator), generator, prior)
            yield self._filled(here, generator)

    def _filled(self, at: Parameters, generator: np.random.Generator) -> np.ndarray:
        """Return Y with the missing values drawn from their distribution given the observed ones."""
        filled, means = self.Y.copy(), self.Z @ at.B
        for pattern in self.patterns:
            o, m, rows = pattern.observed, pattern.missing, pattern.rows
            if not len(m):
                continue
            slopes, rest = _conditional(at.Sigma, o, m)
            noise = generator.standard_normal((len(rows), len(m))) @ np.linalg.cholesky(rest).T
            expected = means[np.ix_(rows, m)]
            if len(o):
                expected = expected + (filled - means)[np.ix_(rows, o)] @ slopes
            filled[np.ix_(rows, m)] = expected + noise
        return filled

    def _posterior(self, filled: np.ndarray, generator: np.random.Generator, prior: str) -> Parameters:
        """Return a draw of the parameters given complete data."""
        Y, Z = filled[self.used], self.Z[self.used]
        B = self.inverse @ (Z.T @ Y)
        residuals = Y - Z @ B
        df = self.n - self.q - (self.p + 1 if prior == "uniform" else 0)
        root = _inverse_wishart_root(residuals.T @ residuals, df, generator)
        noise = self.inverse_root @ generator.standard_normal((self.q, self.p)) @ root.T
        return Parameters(B + noise, root @ root.T)


def _patterns(missing: np.ndarray) -> Iterator[_Pattern]:
    kinds, codes = np.unique(missing, axis=0, return_inverse=True)
    order = np.argsort(codes.ravel(), kind="stable")
    starts = np.searchsorted(codes.ravel()[order], np.arange(len(kinds) + 1))
    for kind, first, last in zip(kinds, starts[:-1], starts[1:], strict=True):
        yield _Pattern(order[first:last], np.flatnonzero(~kind), np.flatnonzero(kind))


def _conditional(Sigma: np.ndarray, o: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes of the missing on the observed variables, (o, m), and the covariance that is left."""
    slopes = np.linalg.solve(Sigma[np.ix_(o, o)], Sigma[np.ix_(o, m)])
    rest = Sigma[np.ix_(m, m)] - Sigma[np.ix_(m, o)] @ slopes
    return slopes, (rest + rest.T) / 2


def _inverse_wishart_root(scale: np.ndarray, df: int, generator: np.random.Generator) -> np.ndarray:
    """Return C with C C' a draw from the inverse Wishart distribution, by Bartlett's decomposition.

    Raises
    ------
    ValueError
        Fewer degrees of freedom than variables.
    """
    p = len(scale)
    if df < p:
        raise ValueError("too few observations")
    factor = np.tril(generator.standard_normal((p, p)), -1)
    factor[np.diag_indices(p)] = np.sqrt(generator.chisquare(df - np.arange(p)))
    return np.linalg.cholesky(scale) @ np.linalg.inv(factor).T


def _change(before: np.ndarray, after: np.ndarray) -> float:
    return float(np.max(np.abs(after - before) / (1 + np.abs(before)), initial=0.0))
