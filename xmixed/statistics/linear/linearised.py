"""Means and totals of subpopulations with their linearised variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """Estimates of every variable in every subpopulation, those of a variable together.

    Attributes
    ----------
    b : ndarray, shape (k g,)
    V : ndarray, shape (k g, k g)
        `.` where a subpopulation has a single observation.
    n : ndarray, shape (k g,)
        Observations that an estimate rests on.
    """

    b: np.ndarray
    V: np.ndarray
    n: np.ndarray


def means(
    Y: np.ndarray,
    codes: np.ndarray,
    count: int,
    w: np.ndarray | None,
    kind: str,
    clusters: np.ndarray | None,
    X: np.ndarray | None = None,
) -> Linearised:
    """Return means of the columns of Y (n, k) in subpopulations (codes 0 ... count - 1).

    With X (n, k) they are ratios of sums, of Y to X: a mean is the ratio to a column of ones.
    The variance is that of the mean of y - (ratio) x, over the square of the mean of x (Cochran 1977, 6.4).

    Without clusters the variance of a subpopulation has the factor n/(n-1) of its own size (frequency weights
    count as observations); with clusters (codes) M/(M-1) of all clusters.

    Parameters
    ----------
    kind : str
        "", fweight, aweight, iweight or pweight.
    """
    weights = np.ones(len(Y)) if w is None else w
    inside = codes[:, None] == np.arange(count)
    sizes, sums = inside.sum(axis=0).astype(np.float64), weights @ inside
    k = Y.shape[1]
    n = np.tile(sums if kind in ("fweight", "iweight") else sizes, k)
    scale = np.tile(np.where(sums > 0, sums, 1.0), k)
    X = np.ones_like(Y) if X is None else X
    below = ((weights[:, None] * X).T @ inside).ravel()
    defined = below != 0
    below = np.where(defined, below, 1.0)
    b = np.where(defined, ((weights[:, None] * Y).T @ inside).ravel() / below, 0.0)
    ratios = b.reshape(k, count)
    deviations = np.hstack([(Y[:, [j]] - ratios[j] * X[:, [j]]) * inside for j in range(k)])
    if clusters is not None:
        V = _between_clusters(deviations * weights[:, None] / scale, clusters)
    else:
        V = _within(deviations, weights, kind, scale, n)
    V *= np.outer(scale / below, scale / below)
    unknown = (n <= 1) | ~defined
    V[unknown], V[:, unknown] = MISSING, MISSING
    return Linearised(b, V, n)


def _within(
    deviations: np.ndarray, weights: np.ndarray, kind: str, scale: np.ndarray, n: np.ndarray
) -> np.ndarray:
    """Return the variance of means without clusters; the subpopulations are independent."""
    more = np.where(n > 1, n, 2.0)
    if kind == "pweight":
        scores = deviations * weights[:, None] / scale
        return scores.T @ scores * np.sqrt(np.outer(more / (more - 1), more / (more - 1)))
    squares = (deviations * weights[:, None]).T @ deviations
    return squares / np.sqrt(np.outer(scale, scale)) / np.sqrt(np.outer(more - 1, more - 1))


def totals(
    Y: np.ndarray, codes: np.ndarray, count: int, w: np.ndarray | None, kind: str, clusters: np.ndarray | None
) -> Linearised:
    """Return totals of the columns of Y (n, k) in subpopulations; the variance is over all observations."""
    weights = np.ones(len(Y)) if w is None else w
    inside = codes[:, None] == np.arange(count)
    parts = np.hstack([Y[:, j : j + 1] * inside for j in range(Y.shape[1])])
    b = weights @ parts
    n = np.tile(inside.sum(axis=0).astype(np.float64), Y.shape[1])
    if clusters is not None:
        return Linearised(b, _between_clusters(parts * weights[:, None], clusters), n)
    if kind in ("fweight", "iweight"):
        size = float(weights.sum())
        centred = parts - b / size
        V = (centred * weights[:, None]).T @ centred * size / max(size - 1, 1.0)
    else:
        scores = parts * weights[:, None]
        size = float(len(Y))
        centred = scores - scores.mean(axis=0)
        V = centred.T @ centred * size / max(size - 1, 1.0)
    return Linearised(b, V, n)


def _between_clusters(scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return M/(M-1) times the sum of the squares of the clusters' total scores about their mean."""
    count = int(clusters.max()) + 1
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, clusters, scores)
    centred = sums - sums.mean(axis=0)
    return centred.T @ centred * count / max(count - 1, 1)
