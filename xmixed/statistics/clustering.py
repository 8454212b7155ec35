"""Clusters of observations: means or medians of k groups, and hierarchies of mergers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Measure = Literal["L2", "L2squared", "L1", "Linfinity", "Canberra"]
Linkage = Literal["single", "average", "complete", "waverage", "median", "centroid", "wards"]

MEASURES: tuple[Measure, ...] = ("L2", "L2squared", "L1", "Linfinity", "Canberra")
SQUARED: frozenset[Linkage] = frozenset({"median", "centroid", "wards"})
"""Linkages whose usual measure is the squared distance."""

_NAMES = {"L2": "euclidean", "L2squared": "sqeuclidean", "L1": "cityblock", "Linfinity": "chebyshev"}
_METHODS = {"waverage": "weighted", "wards": "ward"}


def dissimilarities(x: np.ndarray, y: np.ndarray, measure: Measure) -> np.ndarray:
    """Return dissimilarities of rows, shape (n, m) of (n, p) and (m, p) values."""
    from scipy.spatial.distance import cdist

    metric: Any = _NAMES.get(measure, "canberra")
    return cdist(x, y, metric)


# --- partitions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Groups from 0, shape (n,), their centres (k, p), and how many rounds it took."""

    groups: np.ndarray
    centres: np.ndarray
    rounds: int
    settled: bool


def partition(
    x: np.ndarray, centres: np.ndarray, measure: Measure, medians: bool = False, most_rounds: int = 10_000
) -> Partition:
    """Assign rows to the nearest centre and take the centres of the groups anew until nothing moves.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    centres : ndarray, shape (k, p)
        A group that loses all its rows keeps its centre.
    """
    groups = np.full(len(x), -1)
    for count in range(1, most_rounds + 1):
        found = dissimilarities(x, centres, measure).argmin(axis=1)
        if np.array_equal(found, groups):
            return Partition(groups, centres, count - 1, True)
        groups = found
        centres = centres_of(x, groups, centres, medians)
    return Partition(groups, centres, most_rounds, False)


def centres_of(x: np.ndarray, groups: np.ndarray, before: np.ndarray, medians: bool = False) -> np.ndarray:
    """Return means or medians of groups, shape (k, p)."""
    found = before.copy()
    for group in range(len(before)):
        rows = x[groups == group]
        if len(rows):
            found[group] = np.median(rows, axis=0) if medians else rows.mean(axis=0)
    return found


# --- hierarchies ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Mergers of n rows.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        The rows in the order of a dendrogram without crossings.
    heights : ndarray, shape (n - 1,)
        Where the rows at places i and i + 1 of the order come together.
    """

    order: np.ndarray
    heights: np.ndarray


def hierarchy(x: np.ndarray, linkage: Linkage, measure: Measure) -> Hierarchy:
    """Merge rows, (n, p), the most alike first; FloatingPointError where dissimilarities overflow.

    Lance and Williams's formulas are applied to the measure as it is; `scipy.cluster.hierarchy` takes the
    roots of it where it squares them itself.
    """
    from scipy.cluster.hierarchy import linkage as merged
    from scipy.spatial.distance import squareform

    distances = dissimilarities(x, x, measure)
    np.fill_diagonal(distances, 0.0)
    if not np.isfinite(distances).all():
        raise FloatingPointError("dissimilarities overflow")
    condensed = squareform((distances + distances.T) / 2, checks=False)
    rooted = linkage in SQUARED
    steps = merged(np.sqrt(condensed) if rooted else condensed, _METHODS.get(linkage, linkage))
    heights = steps[:, 2] ** 2 if rooted else steps[:, 2]
    return _ordered(steps[:, :2].astype(np.int64), heights, len(x))


def _ordered(pairs: np.ndarray, heights: np.ndarray, n: int) -> Hierarchy:
    """Return mergers, (n - 1, 2) numbers of clusters, along a line of rows."""
    members: list[list[int]] = [[place] for place in range(n)]
    joints: list[list[float]] = [[] for _ in range(n)]
    for (first, second), height in zip(pairs.tolist(), heights.tolist(), strict=True):
        if members[second][0] < members[first][0]:
            first, second = second, first
        members.append(members[first] + members[second])
        joints.append([*joints[first], height, *joints[second]])
        members[first] = members[second] = []
        joints[first] = joints[second] = []
    return Hierarchy(np.array(members[-1]), np.array(joints[-1]))


def cut_groups(own: Hierarchy, joined: np.ndarray) -> np.ndarray:
    """Return groups from 1 of the rows; `joined`, bool (n - 1,): which neighbours of the order are together.

    Groups are numbered by their first row.
    """
    along = np.concatenate([[0], np.cumsum(~joined)])
    groups = np.empty(len(along), dtype=np.int64)
    groups[own.order] = along
    _, first = np.unique(groups, return_index=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(1, len(first) + 1)
    return number[groups]


def pseudo_f(x: np.ndarray, groups: np.ndarray) -> float:
    """Return Calinski and Harabasz's (B / (g - 1)) / (W / (n - g)) of groups from 1."""
    count = int(groups.max())
    centres = centres_of(x, groups - 1, np.zeros((count, x.shape[1])))
    within = float(((x - centres[groups - 1]) ** 2).sum())
    between = float(((x - x.mean(axis=0)) ** 2).sum()) - within
    n = len(x)
    if count < 2 or n <= count or within <= 0:
        return np.nan
    return between / (count - 1) / (within / (n - count))
