"""Starting afresh: points from which a search may find a maximum that the first one did not come to.

Where that has ended without a maximum it has often gone astray early: EM may have left next to nothing for
the residuals, or a correlation have run to its limit before the variances had moved. Other ones that know
nothing of it start from usual variances, moderate correlations and some disorder.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xmixed.engine.covariance.metrics import MatrixSquareRoot
from xmixed.engine.model import Options
from xmixed.engine.result import Iteration
from xmixed.engine.search.ascent import Ascent
from xmixed.engine.search.boundary import no_boundary
from xmixed.engine.search.em import shape_of_start, start_blocks
from xmixed.engine.search.local_maxima import FEW_ROWS
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import Surface, search
from xmixed.engine.search.stopping import at_most

# How many points there are at the most, and how much work they and the ways from them may take.
_POINTS, _MOST = 12, 1500.0
# Steps that show where the way from a point leads.
_BRIEFLY = Options(iterate=20)
# By how much logarithms of standard deviations differ, and correlations, as hyperbolic arctangents or logits.
_SPREADS, _CORRELATED = (0.0, 0.5, 1.0, 2.0), 0.4
# Shares of such correlations that are tried in turn, until there is a likelihood.
_NEARER = (1.0, 0.5, 0.2, 0.0)
_SEED = 2


def allowed(objective: Objective) -> float:
    """The work at which starting afresh is to end; none is allowed where rows are many."""
    return at_most(objective, _MOST) if objective.problem.n <= FEW_ROWS else 0.0


def ways_afresh(surface: Surface, end: Ascent) -> Iterator[Ascent]:
    """First steps of ways to a maximum, given where the first search ended, which may have been cut short."""
    objective, root = surface.objective, Surface(surface.objective, MatrixSquareRoot())
    if end.found.is_lost(end.root.objective):
        yield end
    for point in _points(objective, end.point):
        found = search(surface, point, _BRIEFLY, _silent, True, False)
        yield Ascent(root, surface, found, found.state.point, no_boundary(objective))


def _silent(entry: Iteration) -> None:
    """Report to nobody."""


def _points(objective: Objective, end: Point) -> Iterator[Point]:
    """Points to start from, no two of them alike; the same whenever a model is fitted."""
    blocks, whitening = objective.problem.blocks, objective.whitening
    zero = np.zeros(0) if whitening is None else whitening.start
    linked = np.zeros(len(zero), bool) if whitening is None else whitening.correlations
    usual = tuple(shape_of_start(block) for block in blocks)
    bases = ((usual, zero), (usual, end.rho), (start_blocks(objective), zero))
    rng, found = np.random.default_rng(_SEED), set[float]()
    for number in range(_POINTS):
        spread, (own, rho) = _SPREADS[number // len(bases)], bases[number % len(bases)]
        moved = []
        for block, base in zip(blocks, own, strict=True):
            common = block.structure.common_variance or block.tie is not None
            sds = np.exp(spread * rng.normal(size=1 if common else len(base)))
            moved.append(block.structure.matrix(block.structure.coordinates(base * sds * sds[:, None])))
        correlated = (_CORRELATED if spread else 0.0) * rng.normal(size=len(zero))
        ratios = spread * rng.normal(size=len(zero))
        # Many correlations at once are seldom those of a matrix.
        for share in _NEARER:
            trial = objective.point(tuple(moved), rho + np.where(linked, share * correlated, ratios))
            if np.isfinite(trial.log_likelihood):
                if trial.log_likelihood not in found:
                    yield trial
                found.add(trial.log_likelihood)
                break
