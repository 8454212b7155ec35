"""What the sweeps of a problem offer, whatever way its groups lie, and what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from xmixed.engine.batched import (
    FEW_COLUMNS,
    cholesky,
    eliminated_number_by_number,
    solve_triangular,
    solved_back,
)
from xmixed.engine.sweeps.directions import Derivatives, Direction, stacked

# Columns of X that are solved for, and eliminated, number by number: calls of LAPACK take longer.
_FEW = 6

Psis = tuple[np.ndarray, ...]

Ties = Mapping[int, int]
"""Level by level of equally correlated effects, the larger groups within which they are so."""


class Upward(NamedTuple):
    """The result of the upward sweep, working units, sigma_e = 1.

    Attributes
    ----------
    log_det_V : log |V|
    log_det_X : log |X'V^{-1}X|
    rss : y'Py, which is |c1|^2 of equation (11)
    beta : (p,) array, generalised least squares on the working columns
    factor : (p, p) array, lower Cholesky factor of X'V^{-1}X
    states : per level, top to bottom
    """

    log_det_V: complex
    log_det_X: complex
    rss: complex
    beta: np.ndarray
    factor: np.ndarray
    states: tuple[Any, ...]


class Downward(NamedTuple):
    """The result of the downward sweep.

    Attributes
    ----------
    information : per level (q, q) array
        Sum over groups of Z_l'MZ_l, M = V^{-1} for ML and P for REML.
    scores : per level (q, G) array
        Z_l'Py; the conditional mean of u_l is Psi_l times it.
    counts : per level (G,) array, how often each group counts; None where all count once
    """

    information: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...] | None = None

    def outer(self, level: int) -> np.ndarray:
        """Sum over a level's groups of ss', (q, q)."""
        s = self.scores[level]
        return (s if self.counts is None else s * self.counts[level]).dot(s.T)

    def size(self, level: int) -> float:
        """Number of a level's groups."""
        return self.scores[level].shape[1] if self.counts is None else float(self.counts[level].sum())


@dataclass(frozen=True, slots=True, eq=False)
class GroupMoments:
    """Z_l'Py (q, G) and Z_l'V^{-1}Z_l (q, q, G) of each of a level's groups."""

    scores: np.ndarray
    information: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Of u and beta given y, with sigma_e = 1, by group of the bottom level; u from the bottom level up.

    Attributes
    ----------
    means : (Q, G) array, of u less what y is measured from
    variances : (Q, Q, G) array, of u
    with_beta : (Q, p, G) array or None
        Covariance of u and beta; None where beta counts as known (ML).
    beta_covariance : (p, p) array or None
    """

    means: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None
    beta_covariance: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class LevelMoments:
    """Of the effects of one level's groups, given y, in working units with sigma_e = 1.

    Attributes
    ----------
    means : (q, G) array
    variances : (q, q, G) array
        With the uncertainty of beta for REML.
    with_beta : (q, p, G) array or None
        Covariance with beta; None for ML, where beta counts as known.
    """

    means: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None


class Sweeps(Protocol):
    """The sweeps over one problem; the parameters are Psi_l = Sigma_l/sigma_e^2 in working columns.

    Attributes
    ----------
    evaluations : int
        Upward sweeps so far.
    sizes : per level int
        q, columns of Z.
    """

    evaluations: int
    sizes: tuple[int, ...]

    @property
    def is_dear(self) -> bool:
        """Whether a sweep takes long enough to count."""
        ...

    @property
    def outcome_squares(self) -> float:
        """y'y of the data, or y'Lambda^{-1}y."""
        ...

    def up(self, psis: Psis) -> Upward:
        """Eliminate the levels, then X: log likelihood, beta, residual variance."""
        ...

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """Visit the levels again: Z'Py of every group, and what Z'MZ sums to."""
        ...

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """Second derivatives of the log determinants and of y'Py, both (k, k)."""
        ...

    def moments(self, upward: Upward, psis: Psis) -> tuple[GroupMoments, ...]:
        """The downward sweep with what `down` sums over groups for each of them; ML."""
        ...

    def posterior(self, upward: Upward, psis: Psis) -> Posterior:
        """Conditional moments of all random effects by group of the bottom level; nested groups."""
        ...

    def posterior_of_products(self, upward: Upward, psis: Psis) -> Posterior:
        """The same in terms of the columns that the products are of."""
        ...

    def effects(self, upward: Upward, psis: Psis, ties: Ties) -> tuple[LevelMoments, ...]:
        """Conditional moments of each level's random effects.

        Those of a tied level are its own, then that of the larger group.
        """
        ...


def first_derivatives(directions: tuple[Direction, ...], down: Downward) -> tuple[np.ndarray, np.ndarray]:
    """d log determinants and d y'Py along each direction, both (k,)."""
    by_level = stacked(directions)
    found = [
        (matrices.dot(down.information[level].ravel()), -matrices.dot(down.outer(level).ravel()))
        for level, (_, matrices) in by_level.items()
    ]
    if len(found) == 1:
        return found[0]
    kind = np.result_type(*(scores.dtype for scores in down.scores), np.float64)
    log_det, rss = np.empty((2, len(directions)), kind)
    for (places, _), own in zip(by_level.values(), found, strict=True):
        log_det[places], rss[places] = own
    return log_det, rss


def derivatives(
    sweeps: Sweeps,
    psis: Psis,
    directions: tuple[Direction, ...],
    up: Upward,
    down: Downward,
) -> Derivatives:
    """First and second derivatives at `psis`, whose sweeps are `up` and `down`."""
    log_det, rss = first_derivatives(directions, down)
    return Derivatives(log_det, rss, *sweeps.second_derivatives(psis, directions, up, down))


def eliminate_fixed(top: np.ndarray, log_det: complex, states: tuple[Any, ...]) -> Upward:
    """Eliminate X from W'V^{-1}W, W = [X, y]: the end of an upward sweep."""
    p = len(top) - 1
    if p == 0:
        return Upward(log_det, 0.0, top[0, 0], np.zeros(0), np.zeros((0, 0)), states)
    if p <= FEW_COLUMNS and top.dtype == np.float64:
        found = eliminated_number_by_number(top)
        if found is not None:
            return Upward(log_det, *found, states)
    if np.iscomplexobj(top):
        factors, log_det_X = cholesky(top[:p, :p, None])
        factor = factors[:, :, 0]
        c0 = np.linalg.solve(factor, top[:p, p])
        rss = top[p, p] - c0 @ c0
    else:
        factor, c0, rss = _factored(top)
        log_det_X = 2.0 * np.log(factor.diagonal()).sum()
    beta = solved_back(factor, c0) if p <= _FEW else solve_triangular(factor.T, c0)
    return Upward(log_det, log_det_X, rss, beta, factor, states)


def _factored(top: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Lower factor L of X'V^{-1}X, c0 = L^{-1}X'V^{-1}y and y'Py; one factor of the whole holds them all."""
    p = len(top) - 1
    try:
        whole = np.linalg.cholesky(top)
    except np.linalg.LinAlgError:  # X explains y to the last digit
        factor = np.linalg.cholesky(top[:p, :p])
        c0 = solve_triangular(factor, top[:p, p])
        return factor, c0, float(top[p, p] - c0 @ c0)
    return whole[:p, :p], whole[p, :p], float(whole[p, p]) ** 2
