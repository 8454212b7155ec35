"""The variance of least-squares coefficients: of the model, robust, by clusters, with leverages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.blocks import Column, linear_combination, quadratic_forms
from xmixed.statistics.linear.least_squares import LeastSquares
from xmixed.statistics.linear.sandwich import cluster_scores, sandwich, score_products


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights over a sample.

    Attributes
    ----------
    kind : str
        fweight, aweight, pweight or iweight.
    values : ndarray, shape (n,)
        As typed.
    """

    kind: str
    values: np.ndarray

    @property
    def fitted(self) -> np.ndarray:
        """Weights as sums are formed with them: analytic and sampling weights sum to the rows."""
        if self.kind in ("aweight", "pweight"):
            return self.values * (len(self.values) / self.values.sum())
        return self.values

    @property
    def frequencies(self) -> np.ndarray | None:
        return self.values if self.kind == "fweight" else None


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Clusters over a sample: codes from 0, shape (n,), and their number."""

    codes: np.ndarray
    count: int


def is_nested(codes: np.ndarray, count: int, above: np.ndarray) -> bool:
    """Return whether every group of `codes` lies within one group of `above`."""
    first = np.empty(count, dtype=np.int64)
    first[codes] = above
    return bool(np.all(first[codes] == above))


def observations(n: int, weighting: Weighting | None) -> float:
    """Return how many observations there are: frequency and importance weights count."""
    if weighting is None or weighting.kind in ("aweight", "pweight"):
        return float(n)
    total = float(weighting.values.sum())
    return total if weighting.kind == "fweight" else float(np.trunc(total))


def residuals(y: np.ndarray, columns: Sequence[Column], beta: np.ndarray) -> np.ndarray:
    return y - linear_combination(columns, beta, len(y))


def leverages(columns: Sequence[Column], fit: LeastSquares, weighting: Weighting | None) -> np.ndarray:
    """Return h of every row, shape (n,); a row of frequency f has the h of one of its f observations."""
    n = len(weighting.values) if weighting is not None else _rows(columns)
    h = quadratic_forms(columns, fit.centred, n, fit.centers)
    if weighting is not None and weighting.kind != "fweight":
        h *= weighting.fitted
    return h


def _rows(columns: Sequence[Column]) -> int:
    return next((len(column) for column in columns if column is not None), 0)


def robust_variance(
    kind: str,
    columns: Sequence[Column],
    errors: np.ndarray,
    fit: LeastSquares,
    weighting: Weighting | None,
    clusters: Clusters | None = None,
    absorbed: int = 0,
) -> np.ndarray:
    """Return a robust variance of the coefficients for columns less their centers, shape (k, k).

    `fit.uncentred` makes one of the columns as they are of it.

    With residuals e, weights w and leverages h the scores are w e x (hc2: over the root of 1 - h; hc3: over
    1 - h), and their outer products are corrected by N/(N - k) (robust), (N - 1)/(N - k) G/(G - 1)
    (cluster) or not at all. MacKinnon and White (1985), Journal of Econometrics 29.

    Parameters
    ----------
    kind : str
        robust, cluster, hc2 or hc3.
    columns : sequence of k columns
    errors : (n,) array
    clusters : Clusters
        For cluster.
    absorbed : int
        Coefficients estimated besides those of `columns`.
    """
    n, rank = observations(len(errors), weighting), fit.rank + absorbed
    if n <= rank:
        return np.zeros_like(fit.centred)  # residuals that are zero say nothing
    frequencies = None if weighting is None else weighting.frequencies
    own = errors if weighting is None or frequencies is not None else errors * weighting.fitted
    if kind == "cluster":
        assert clusters is not None
        whole = own if frequencies is None else own * frequencies
        sums = cluster_scores(columns, whole, clusters.codes, clusters.count, fit.centers)
        factor = (n - 1) / (n - rank) * clusters.count / (clusters.count - 1)
        return sandwich(fit.centred, sums.T @ sums, factor)
    factor = n / (n - rank)
    if kind in ("hc2", "hc3"):
        left = np.maximum(1 - leverages(columns, fit, weighting), 0.0)
        # An observation fitted exactly has no residual to blow up.
        left = np.where(left > 1e-12, left, 1.0)
        own = own / (np.sqrt(left) if kind == "hc2" else left)
        factor = 1.0
    return sandwich(fit.centred, score_products(columns, own, frequencies, fit.centers), factor)
