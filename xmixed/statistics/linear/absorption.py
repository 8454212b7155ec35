"""Many categorical variables taken out of columns at once.

Alternating projections, each way and back so that the map is symmetric, with conjugate gradients: Correia
(2016), "Linear models with high-dimensional fixed effects". Nothing is made of the indicators themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A categorical variable: codes from 0, (n,), their number, and the sum of weights of each level."""

    codes: np.ndarray
    count: int
    totals: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, weights: np.ndarray | None = None) -> Factor:
        """Return the factor of any codes."""
        own = factorise(codes)
        count = len(own.levels)
        totals = np.bincount(own.codes, weights, minlength=count).astype(np.float64)
        return cls(own.codes, count, totals)

    def without_means(self, values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Return values less the mean of their level."""
        weighted = values if weights is None else values * weights
        means = np.bincount(self.codes, weighted, minlength=self.count) / self.totals
        return values - means[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class PartialledOut:
    """A column without the factors, how many iterations it took, and whether these came to an end."""

    values: np.ndarray
    iterations: int
    converged: bool


def partialled_out(
    values: np.ndarray,
    factors: Sequence[Factor],
    weights: np.ndarray | None = None,
    tolerance: float = 1e-10,
    most: int = 10_000,
) -> PartialledOut:
    """Return the residuals of a column's regression on the indicators of all factors.

    Parameters
    ----------
    values : ndarray, shape (n,)
    tolerance : float
        Of what is left to take out, relative to the column.
    """
    start = values.astype(np.float64)
    start = start - float(np.average(start, weights=weights))
    if len(factors) == 1:
        return PartialledOut(factors[0].without_means(start, weights), 1, True)
    there_and_back = (*factors, *factors[-2::-1])

    def taken(x: np.ndarray) -> np.ndarray:
        """What one way there and back takes out: (I - T) x."""
        left = x
        for factor in there_and_back:
            left = factor.without_means(left, weights)
        return x - left

    def product(a: np.ndarray, b: np.ndarray) -> float:
        return float(a @ b if weights is None else (a * weights) @ b)

    # Rounding of large values stays in what the projections leave: a second start from it takes it out.
    largest, iterations, current = product(start, start), 0, start
    if largest == 0:
        return PartialledOut(start, 0, True)
    for _ in range(2):
        residual = taken(current)
        found, direction, size = np.zeros_like(current), residual, product(residual, residual)
        while size > tolerance**2 * largest and iterations < most:
            image = taken(direction)
            curvature = product(direction, image)
            if curvature <= 0:
                break
            step = size / curvature
            found += step * direction
            residual = residual - step * image
            fresh = product(residual, residual)
            direction = residual + (fresh / size) * direction
            size = fresh
            iterations += 1
        current = current - found
        for factor in factors:
            current = factor.without_means(current, weights)
    return PartialledOut(current, iterations, iterations < most)


def components(first: Factor, second: Factor) -> int:
    """Return how many parts the levels of two factors fall into, of levels that occur together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = np.unique(first.codes * np.int64(second.count) + second.codes)
    size = first.count + second.count
    graph = coo_matrix(
        (np.ones(len(pairs), dtype=bool), (pairs // second.count, first.count + pairs % second.count)),
        shape=(size, size),
    )
    return int(connected_components(graph, directed=False, return_labels=False))


def without_singletons(codes: Sequence[np.ndarray]) -> np.ndarray:
    """Return which rows stay when levels that one row alone has go, again and again; bool, (n,)."""
    kept = np.ones(len(codes[0]), dtype=bool)
    while True:
        before = np.count_nonzero(kept)
        for own in codes:
            sizes = np.bincount(own[kept], minlength=int(own.max(initial=0)) + 1)
            kept &= sizes[own] > 1
        if np.count_nonzero(kept) == before:
            return kept
