"""One level of very many groups that are alike: those with the same Z'Z and Z'X are swept as a few.

All that the sweeps find are sums over groups, and the outcome enters these as Z'y and its square only. N
groups that share Z'Z and Z'X, as those of a balanced design do, therefore do what 2q groups do that count
N/2q times each and whose Z'y are m + sqrt(q) r_j and m - sqrt(q) r_j: m is the mean of theirs, RR' their
covariance. An evaluation then costs what there are different designs, whatever the number of groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.products.weights import Weights
from xmixed.engine.sweeps.blocked import BlockedSweeps, in_blocks
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import (
    Downward,
    GroupMoments,
    LevelMoments,
    Posterior,
    Psis,
    Sweeps,
    Ties,
    Upward,
)

_QUANTUM = 2.0**-44
"""Products that differ by less of their usual size are equal: sums in another order differ by less still."""
_SAMPLE = 4096
_BLOCK = 1 << 16
_SHARE = 0.5
"""Groups that are swept in their place, as a share of them, from which it is not worth while."""
_MIXER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


class AlikeSweeps:
    """See `Sweeps`; what is wanted of every group is found by sweeps over all of them."""

    def __init__(self, problem: Problem, condensed: Problem) -> None:
        self._problem = problem
        self._whole: BlockedSweeps | None = None
        self.evaluations = 0
        self._condensed = BlockedSweeps(condensed) if in_blocks(condensed) else NestedSweeps(condensed)
        self.sizes: tuple[int, ...] = self._condensed.sizes

    @property
    def is_dear(self) -> bool:
        """See `Sweeps`: as for all the groups, so that the log does not tell whether they are alike."""
        return True

    @property
    def outcome_squares(self) -> float:
        """See `Sweeps`."""
        return float(self._problem.products.XyXy[-1, -1])

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`."""
        self.evaluations += 1
        return self._condensed.up(psis)

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        return self._condensed.down(upward, psis)

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Sweeps`."""
        return self._condensed.second_derivatives(psis, directions, upward, downward)

    def _all(self) -> BlockedSweeps:
        if self._whole is None:
            self._whole = BlockedSweeps(self._problem)
        return self._whole

    def moments(self, upward: Upward, psis: Psis) -> tuple[GroupMoments, ...]:
        """See `Sweeps`."""
        return self._all().moments(upward, psis)

    def posterior(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        return self._all().posterior(upward, psis)

    def posterior_of_products(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        return self._all().posterior_of_products(upward, psis)

    def effects(self, upward: Upward, psis: Psis, ties: Ties) -> tuple[LevelMoments, ...]:
        """See `Sweeps`."""
        return self._all().effects(upward, psis, ties)


def many_sweeps(problem: Problem) -> Sweeps:
    """The sweeps of a problem of many groups of one level: over few in their place where they are alike."""
    condensed = condensed_problem(problem)
    return BlockedSweeps(problem) if condensed is None else AlikeSweeps(problem, condensed)


def condensed_problem(problem: Problem) -> Problem | None:
    """A problem of few groups that has the sums of one of many; None where few are alike."""
    if problem.residual is not None or problem.within is not None:
        return None
    level = problem.products.levels[0]
    q, width, groups = level.ZtW.shape
    units = _units(level, groups, problem.n)
    most = int(_SHARE * groups / (2 * q))
    some = np.unique(_marks(_designs(level, slice(None, None, max(1, groups // _SAMPLE))), units))
    if len(some) > min(most, _SAMPLE // 4):
        return None
    marks = _distinct_marks(level, units, most)
    if marks is None:
        return None
    counts = None if problem.weights is None else problem.weights.groups[0]
    found = _summed(level, marks, units, counts)
    if found is None:
        return None
    products, own = found
    size = len(own)
    nesting = Nesting(None, np.arange(size), (np.zeros(size, np.intp),), (np.arange(size),))
    none = np.zeros(0)
    weights = Weights(float(problem.residual_df), (none,), none, ((),), (own,))
    shared = CrossProducts((products,), problem.products.XyXy)
    return replace(problem, products=shared, nesting=nesting, weights=weights)


def _units(level: LevelProducts, groups: int, n: int) -> np.ndarray:
    """The difference that counts of every element of a group's design, (k,)."""
    q, width = level.ZtW.shape[:2]
    largest = np.sqrt(np.array([level.ZtZ[i, i].max() for i in range(q)]))
    largest[largest == 0] = 1.0
    row, column = np.tril_indices(q)
    own = largest[row] * largest[column]
    with_X = np.repeat(largest * np.sqrt(max(n / groups, 1.0)), width - 1)
    return _QUANTUM * np.concatenate([own, with_X])


def _designs(level: LevelProducts, part: slice) -> Iterator[np.ndarray]:
    """The elements of Z'Z on and below the diagonal, then those of Z'X, of some groups: (g,) arrays."""
    q, width = level.ZtW.shape[:2]
    for i, j in zip(*np.tril_indices(q), strict=True):
        yield level.ZtZ[i, j, part]
    for i in range(q):
        for j in range(width - 1):
            yield level.ZtW[i, j, part]


def _marks(designs: Iterator[np.ndarray], units: np.ndarray) -> np.ndarray:
    """A number for each group, the same for those that are alike, (g,) uint64."""
    mark = np.uint64(0)
    for column, unit in zip(designs, units, strict=True):
        steps = np.rint(column * (1.0 / unit)).astype(np.int64).view(np.uint64)
        mark = (mark ^ steps) * _MIXER
        mark ^= mark >> _SHIFT
    return np.asarray(mark)


def _blocks(groups: int, size: int) -> Iterator[slice]:
    for first in range(0, groups, size):
        yield slice(first, min(first + size, groups))


def _distinct_marks(level: LevelProducts, units: np.ndarray, most: int) -> np.ndarray | None:
    """The marks that occur, in order; None where there are more than `most`."""
    found = np.zeros(0, np.uint64)
    for part in _blocks(level.ZtZ.shape[2], _BLOCK):
        own = np.unique(_marks(_designs(level, part), units))
        new = own[~np.isin(own, found, assume_unique=True)]
        if len(new):
            found = np.sort(np.concatenate([found, new]))
        if len(found) > most:
            return None
    return found


def _summed(
    level: LevelProducts, marks: np.ndarray, units: np.ndarray, counts: np.ndarray | None
) -> tuple[LevelProducts, np.ndarray] | None:
    """Products of the groups that stand for all, and how often each counts; None where marks mislead."""
    q, width, groups = level.ZtW.shape
    size = len(marks)
    design = np.full((len(units), size), np.nan)
    N, sums, squares = np.zeros(size), np.zeros((q, size)), np.zeros((q, q, size))
    for part in _blocks(groups, max(_BLOCK, size)):
        code = np.searchsorted(marks, _marks(_designs(level, part), units))
        own = None if counts is None else counts[part]
        for first, column, unit in zip(design, _designs(level, part), units, strict=True):
            is_new = np.isnan(first[code])
            first[code[is_new]] = column[is_new]
            if not bool((np.abs(column - first[code]) <= 2.0 * unit).all()):
                return None
        y = level.ZtW[:, -1, part]
        N += np.bincount(code, own, size)
        for i in range(q):
            counted = y[i] if own is None else y[i] * own
            sums[i] += np.bincount(code, counted, size)
            for j in range(i + 1):
                squares[i, j] += np.bincount(code, counted * y[j], size)
    mean = sums / N
    covariance = np.empty((size, q, q))
    for i in range(q):
        for j in range(i + 1):
            covariance[:, i, j] = covariance[:, j, i] = squares[i, j] / N - mean[i] * mean[j]
    variances, directions = np.linalg.eigh(covariance)
    steps = directions * np.sqrt(q * np.maximum(variances, 0.0))[:, None, :]
    steps = steps.transpose(1, 2, 0)
    y = np.concatenate([mean[:, None] + steps, mean[:, None] - steps], axis=1).reshape(q, -1)
    return _products(design, y, q, width), np.tile(N / (2 * q), 2 * q)


def _products(design: np.ndarray, y: np.ndarray, q: int, width: int) -> LevelProducts:
    """The cross-products of groups with each of the designs in turn, as often as there are values of Z'y."""
    whole = np.tile(design, y.shape[1] // design.shape[1])
    own = q * (q + 1) // 2
    ZtZ = np.empty((q, q, y.shape[1]))
    row, column = np.tril_indices(q)
    ZtZ[row, column] = ZtZ[column, row] = whole[:own]
    ZtX = whole[own:].reshape(q, width - 1, -1)
    return LevelProducts(ZtZ, np.concatenate([ZtX, y[:, None]], axis=1))
