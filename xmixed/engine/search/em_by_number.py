"""EM of one block of one or two columns and few groups: what stands between calls of numpy is plain numbers.

The steps are those of `em`. A symmetric matrix is the list of its elements on and below the diagonal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import inf, isfinite

import numpy as np

from xmixed.engine.batched import FEW_COLUMNS
from xmixed.engine.covariance.structures import CovarianceStructure
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.one_or_two_effects import OneOrTwoEffects, Visit


def is_by_number(objective: Objective) -> bool:
    """Whether EM of a problem can be done so."""
    blocks, sweeps = objective.problem.blocks, objective.sweeps
    if not isinstance(sweeps, OneOrTwoEffects) or objective.whitening is not None:
        return False
    whole = len(blocks) == 1 and blocks[0].tie is None and len(blocks[0].metric) == sweeps.sizes[0]
    return whole and objective.problem.p <= FEW_COLUMNS


def em_by_number(
    objective: Objective,
    psi: np.ndarray,
    iterations: int,
    tolerance: float,
    report: Callable[[int, float], None],
) -> tuple[Point, int]:
    """See `em`; `psi` is where the block starts."""
    (block,), sweeps, done = objective.problem.blocks, objective.sweeps, 0
    assert isinstance(sweeps, OneOrTwoEffects)
    change = block.to_working.tolist()
    turned = block.to_working.T.tolist()
    projection = _projection(block.structure)
    elements = _elements(psi)
    visit = sweeps.visit(_congruent(change, elements))
    value = _log_likelihood(objective, visit)
    while visit is not None and done < iterations:
        following = _step(visit, elements, turned, sweeps.groups)
        if projection is not None:
            following = [sum(a * b for a, b in zip(row, following, strict=True)) for row in projection]
        visit = sweeps.visit(_congruent(change, following))
        new = _log_likelihood(objective, visit)
        if not isfinite(new):
            break
        done, gain, value, elements = done + 1, abs(new - value), new, following
        report(done, value)
        if gain < tolerance * max(1e-300, abs(value)):
            break
    return objective.point((_matrix(elements),)), done


def _log_likelihood(objective: Objective, visit: Visit | None) -> float:
    return -inf if visit is None else objective.profiled(visit.rss, visit.log_det)


def _step(visit: Visit, psi: list[float], turned: list[list[float]], groups: int) -> list[float]:
    """Psi + Psi (ss'/sigma_e^2 - Z'MZ) Psi, in the optimiser's metric; `turned`: B', see `Block`."""
    excess = [value / groups for value in visit.excess]
    added = _congruent(_rows(psi), _congruent(turned, excess))
    return [old + new for old, new in zip(psi, added, strict=True)]


def _congruent(change: list[list[float]], matrix: list[float]) -> list[float]:
    """B S B' of one or two rows."""
    if len(matrix) == 1:
        return [change[0][0] * change[0][0] * matrix[0]]
    (p, q), (r, s) = change
    a, b, c = matrix
    first, second = r * a + s * b, r * b + s * c
    return [p * (p * a + q * b) + q * (p * b + q * c), p * first + q * second, r * first + s * second]


def _rows(matrix: list[float]) -> list[list[float]]:
    if len(matrix) == 1:
        return [matrix]
    a, b, c = matrix
    return [[a, b], [b, c]]


def _matrix(elements: list[float]) -> np.ndarray:
    return np.array(_rows(elements))


def _elements(matrix: np.ndarray) -> list[float]:
    return [value for i, row in enumerate(matrix.tolist()) for value in row[: i + 1]]


@cache
def _projection(structure: CovarianceStructure) -> list[list[float]] | None:
    """What takes the elements of a matrix to those of the nearest one of the structure; None: the same."""
    q = structure.q
    columns = []
    for i in range(q):
        for j in range(i + 1):
            unit = np.zeros((q, q))
            unit[i, j] = unit[j, i] = 1.0
            columns.append(_elements(structure.matrix(structure.coordinates(unit))))
    found = np.array(columns).T
    return None if np.array_equal(found, np.eye(len(found))) else found.tolist()
