"""Posterior draws of a linear regression, and imputed values from them: the normal model and matched donors.

Rubin (1987), "Multiple Imputation for Nonresponse in Surveys", sections 5.3 and 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True, eq=False)
class LinearPosterior:
    """The posterior of beta and sigma under the prior 1/sigma^2.

    Attributes
    ----------
    beta : ndarray, shape (p,)
        Least squares; the constant, where there is one, last. Zero where a column is omitted.
    root : ndarray, shape (p, r)
        root root' = (X'X)^-1.
    rss : float
    df : int
        Observations less the rank of X.
    constant : bool
    """

    beta: np.ndarray
    root: np.ndarray
    rss: float
    df: int
    constant: bool

    def parameters(self, generator: np.random.Generator) -> tuple[np.ndarray, float]:
        """Return a draw of beta, shape (p,), and sigma."""
        sigma = float(np.sqrt(self.rss / generator.chisquare(self.df)))
        return self.beta + sigma * (self.root @ generator.standard_normal(self.root.shape[1])), sigma

    def predicted(self, beta: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return X beta of other rows; `columns` shape (p, n) without the constant."""
        return beta[:-1] @ columns + beta[-1] if self.constant else beta @ columns

    def draw(self, columns: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return imputed values of the rows of `columns`, shape (n,)."""
        beta, sigma = self.parameters(generator)
        return self.predicted(beta, columns) + sigma * generator.standard_normal(columns.shape[1])


def linear_posterior(
    y: np.ndarray, columns: np.ndarray, constant: bool = True, weights: np.ndarray | None = None
) -> LinearPosterior:
    """Return the posterior of a regression.

    Parameters
    ----------
    y : ndarray, shape (n,)
    columns : ndarray, shape (p, n)
        Without the constant.
    weights : ndarray, shape (n,), optional

    Raises
    ------
    ValueError
        No more rows than parameters.
    FloatingPointError
        For sums that overflow.
    """
    fit = least_squares(y, (*columns, *([None] if constant else [])), weights)
    df = len(y) - fit.rank
    if df <= 0:
        raise ValueError("no degrees of freedom")
    return LinearPosterior(fit.beta, covariance_root(fit.inverse), fit.rss, df, constant)


def covariance_root(covariance: np.ndarray) -> np.ndarray:
    """Return R, shape (p, r), with R R' equal to a covariance matrix that may have zero rows."""
    kept = np.flatnonzero(np.diag(covariance) > 0)
    inner = covariance[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(inner))
    values, vectors = np.linalg.eigh(inner / np.outer(scale, scale))
    root = np.zeros((len(covariance), len(kept)))
    root[kept] = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return root


@dataclass(frozen=True, slots=True, eq=False)
class MatchingPosterior:
    """Predictive mean matching: a missing value is that of one of the donors nearest in prediction.

    Attributes
    ----------
    linear : LinearPosterior
    donors : ndarray, shape (n,)
        Observed values, in the order of their predictions.
    predictions : ndarray, shape (n,)
        From the least-squares coefficients, ascending; those of the missing rows are from drawn ones.
    neighbours : int
        How many donors a value is drawn from.
    """

    linear: LinearPosterior
    donors: np.ndarray
    predictions: np.ndarray
    neighbours: int

    def draw(self, columns: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return imputed values of the rows of `columns`, shape (n,)."""
        beta, _ = self.linear.parameters(generator)
        wanted = self.linear.predicted(beta, columns)
        return self.donors[nearest(self.predictions, wanted, self.neighbours, generator)]


def matching_posterior(
    y: np.ndarray,
    columns: np.ndarray,
    constant: bool = True,
    weights: np.ndarray | None = None,
    neighbours: int = 1,
) -> MatchingPosterior:
    """Return what draws donors; parameters and errors as `linear_posterior`."""
    linear = linear_posterior(y, columns, constant, weights)
    predictions = linear.predicted(linear.beta, columns)
    order = np.argsort(predictions, kind="stable")
    return MatchingPosterior(linear, y[order], predictions[order], min(neighbours, len(y)))


def nearest(points: np.ndarray, wanted: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """Return for each wanted value the place of one of its `count` nearest points, drawn at random.

    Parameters
    ----------
    points : ndarray, shape (n,)
        Ascending, n >= count; of points that are equal chance decides which count as nearest.
    wanted : ndarray, shape (m,)
    """
    n = len(points)
    left, right = np.searchsorted(points, wanted, "left"), np.searchsorted(points, wanted, "right")
    tied = right - left > count
    # The nearest `count` points lie within as many places on either side of where the value belongs.
    places = left[:, None] + np.arange(-count, count)
    inside = (places >= 0) & (places < n)
    distances = np.where(inside, np.abs(points[np.clip(places, 0, n - 1)] - wanted[:, None]), np.inf)
    # Random numbers in front of the sort break ties.
    shuffled = np.argsort(generator.random(places.shape), axis=1)
    order = np.argsort(np.take_along_axis(distances, shuffled, axis=1), axis=1, kind="stable")
    chosen = np.take_along_axis(shuffled, order, axis=1)[
        np.arange(len(wanted)), generator.integers(count, size=len(wanted))
    ]
    found = places[np.arange(len(wanted)), chosen]
    # A donor stands for all that have its prediction.
    first, last = (
        np.searchsorted(points, points[found], "left"),
        np.searchsorted(points, points[found], "right"),
    )
    among = first + generator.integers(last - first)
    return np.where(tied | (last - first > 1), among, found)
