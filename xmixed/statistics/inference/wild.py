"""The wild cluster bootstrap of a linear hypothesis (Cameron, Gelbach, Miller 2008; Roodman et al. 2019).

One restriction r'b = c; everything that a replication needs is of the size of the clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DISTRIBUTIONS = ("rademacher", "mammen", "webb", "normal", "gamma")
"""What the weights of clusters are drawn from: mean 0, variance 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """A regression by clusters.

    Attributes
    ----------
    estimate, standard_error : float
        r'b, and its clustered standard error with `factor`.
    scores : (2, g) array
        r'(X'X)^-1 X_g'e_g for residuals e, and for what they gain per unit of r'b - c under the null.
    along : (g, k) array
        By rows r'(X'X)^-1 X_g'X_g.
    moves : (2, k, g) array
        The change of b that the residuals of each cluster bring.
    factor : float
        Small-sample correction of the variance.
    """

    estimate: float
    standard_error: float
    scores: np.ndarray
    along: np.ndarray
    moves: np.ndarray
    factor: float

    @property
    def count(self) -> int:
        return self.scores.shape[1]

    def statistic(self, value: float) -> float:
        """Return t for r'b = value."""
        return (self.estimate - value) / self.standard_error

    def replicated(self, value: float, weights: np.ndarray, imposed: bool = True) -> np.ndarray:
        """Return t of each replication, shape (B,), for r'b = value; weights (g, B).

        Without the null imposed, residuals are those of the fit, and t is about the estimate.
        """
        distance = self.estimate - value if imposed else 0.0
        scores = self.scores[0] + distance * self.scores[1]
        moves = self.moves[0] + distance * self.moves[1]
        change = scores @ weights
        own = scores[:, None] * weights - self.along @ (moves @ weights)
        variance = self.factor * np.einsum("gb,gb->b", own, own)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = change / np.sqrt(variance)
        return np.where(variance > 0, found, 0.0)


def clusters_of(
    X: np.ndarray,
    residuals: np.ndarray,
    beta: np.ndarray,
    row: np.ndarray,
    codes: np.ndarray,
    variance: float | None,
) -> Clusters:
    """Return a regression by clusters.

    Parameters
    ----------
    X : (n, k) array of full rank
    residuals : (n,) array
    beta, row : (k,) arrays
        Estimates and r.
    codes : (n,) array of int
        Cluster of each row.
    variance : float or None
        Of r'b, as it was estimated; None: by the usual correction for the number of clusters.
    """
    inverse = np.linalg.inv(X.T @ X)
    count = int(codes.max()) + 1
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    direction = inverse @ row
    spread = float(row @ direction)
    of_null = X @ direction / spread
    sums = [np.add.reduceat(X[order] * e[order, None], starts) for e in (residuals, of_null)]
    along = np.add.reduceat(X[order] * (X[order] @ direction)[:, None], starts)
    moves = np.stack([inverse @ part.T for part in sums])
    scores = np.stack([part @ direction for part in sums])
    raw, (n, k) = float(scores[0] @ scores[0]), X.shape
    factor = count / (count - 1) * (n - 1) / (n - k) if variance is None else variance / raw
    return Clusters(float(row @ beta), float(np.sqrt(factor * raw)), scores, along, moves, factor)


def draws(
    generator: np.random.Generator, distribution: str, count: int, replications: int
) -> tuple[np.ndarray, bool]:
    """Return weights, shape (count, B), and whether they are all there are, each once.

    Rademacher weights of few clusters have fewer than `replications` patterns: then every one counts once.
    """
    size = (count, replications)
    if distribution == "rademacher":
        if count < 40 and 2**count <= replications:
            patterns = np.arange(2**count)[None, :] >> np.arange(count)[:, None] & 1
            return 2.0 * patterns - 1.0, True
        return 2.0 * generator.integers(0, 2, size) - 1.0, False
    if distribution == "webb":
        points = np.sqrt([0.5, 1.0, 1.5])
        return generator.choice(np.concatenate([-points, points]), size), False
    if distribution == "mammen":
        root = np.sqrt(5.0)
        low = generator.random(size) < (root + 1) / (2 * root)
        return np.where(low, (1 - root) / 2, (1 + root) / 2), False
    if distribution == "gamma":
        return generator.gamma(4.0, 0.5, size) - 2.0, False
    return generator.standard_normal(size), False


def p_value(t: float, replicated: np.ndarray, kind: str) -> float:
    """Return the share of replications beyond t: `symmetric`, `equaltail`, `lower` or `upper`."""
    if kind == "symmetric":
        return float(np.mean(np.abs(replicated) > abs(t)))
    below, above = float(np.mean(replicated < t)), float(np.mean(replicated > t))
    if kind == "equaltail":
        return 2 * min(below, above)
    return below if kind == "lower" else above


def confidence_limits(
    p: Callable[[float], float], estimate: float, error: float, alpha: float
) -> tuple[float, float]:
    """Return where p falls below alpha on both sides of the estimate; infinite where it never does."""
    limits: list[float] = []
    for side in (-1.0, 1.0):
        inside, outside, step = estimate, estimate + side * 2 * error, 2 * error
        while p(outside) >= alpha and step < 1e6 * error:
            inside, step = outside, 2 * step
            outside = estimate + side * step
        if step >= 1e6 * error:
            limits.append(side * np.inf)
            continue
        for _ in range(60):
            middle = (inside + outside) / 2
            if p(middle) >= alpha:
                inside = middle
            else:
                outside = middle
        limits.append((inside + outside) / 2)
    return limits[0], limits[1]
