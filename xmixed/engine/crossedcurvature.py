"""Exact second derivatives for crossed levels whose eliminated level has one random effect per group.

The formulas are those of `curvature`; sums over pairs of groups of the eliminated level are traces of
products of (m, m) matrices, so that nothing of the size G0 x G0 is formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.engine.crossed import CrossedState, CrossedSweeper, state_of
from xmixed.engine.curvature import Direction
from xmixed.engine.sweep import Upward


def second_derivatives(
    sweeper: CrossedSweeper, directions: tuple[Direction, ...], upward: Upward
) -> tuple[np.ndarray, np.ndarray]:
    """Second derivatives of log|V| (REML: with log|X'V^{-1}X|) and of y'Py, both (k, k)."""
    work = _Curvature(sweeper, state_of(upward), upward)
    images = [work.image(direction) for direction in directions]
    through = [work.through_beta(direction) for direction in directions]
    k = len(directions)
    log_det, rss = np.empty((k, k)), np.empty((k, k))
    for i, a in enumerate(directions):
        moved = np.einsum("ab,bg->ag", a.matrix, work.scores[a.position])
        for j, b in enumerate(directions[: i + 1]):
            direct = float(np.vdot(moved, images[j][a.position][:, :, 0]))
            rss[i, j] = rss[j, i] = 2.0 * (direct - float(through[i] @ through[j]))
            log_det[i, j] = log_det[j, i] = -work.trace(a, b, images[j])
    return log_det, rss


@dataclass(eq=False)
class _Curvature:
    """The pieces that all pairs of directions share."""

    sweeper: CrossedSweeper
    state: CrossedState
    upward: Upward

    def __post_init__(self) -> None:
        p = self.sweeper.problem.p
        self.products = self.sweeper.products
        self.first = self.products.order[0]
        self.part = dict(zip(self.products.order[1:], self.products.parts, strict=True))
        self.reml = self.sweeper.problem.reml and p > 0
        coefficients = np.append(-self.upward.beta, 1.0)
        inverse = np.linalg.inv(self.upward.factor) if p else np.zeros((0, 0))
        self.scores = [right @ coefficients for right in self.state.ZtVW]
        # Scaled so that Var(beta) is the identity.
        self.J = [right[:, :, :p] @ inverse.T for right in self.state.ZtVW]

    @cached_property
    def F(self):  # noqa: ANN201 - a scipy sparse matrix
        return self.products.pattern.matrix(self.state.F[0])

    @cached_property
    def own(self) -> np.ndarray:
        """H Z0'Z0, (G0,)."""
        return self.state.H[0, 0] * self.products.levels[self.first].ZtZ[0, 0]

    @cached_property
    def CQ(self) -> np.ndarray:
        """C F'F."""
        return self.state.C @ self.state.grams[0, 0]

    @cached_property
    def square(self) -> float:
        """|Z0'V^{-1}Z0|^2 (Frobenius)."""
        pattern = self.products.pattern
        weighted = pattern.gram(self.state.F[0], self.state.F[0] * self.own[pattern.rows])
        crossed = np.vdot(self.state.C, weighted)
        return float(self.own @ self.own - 2.0 * crossed + np.vdot(self.CQ, self.CQ.T))

    @cached_property
    def W(self) -> np.ndarray:
        """Z1'MZ1, M = V^{-1} for ML and P for REML."""
        if not self.reml:
            return self.state.W
        flat = np.concatenate([self.J[level].reshape(-1, self.J[level].shape[2]) for level in self.part])
        return self.state.W - flat @ flat.T

    @cached_property
    def mixed_left(self) -> np.ndarray:
        """F'F (I - CK), (m, m)."""
        return self.state.grams[0, 0] @ self.state.remaining

    def through_beta(self, direction: Direction) -> np.ndarray:
        """J'D s of the direction's level, (p,)."""
        level = direction.position
        return np.einsum("ab,bg,agk->k", direction.matrix, self.scores[level], self.J[level])

    def image(self, direction: Direction) -> tuple[np.ndarray, ...]:
        """Z_f'V^{-1}Z_g D [s_g, J_g] for every level f; the direction's level is g."""
        level, state = direction.position, self.state
        right = np.concatenate([self.scores[level][:, :, None], self.J[level]], axis=2)
        moved = np.einsum("ab,bgw->agw", direction.matrix, right)
        if level == self.first:
            seen = self.F.T @ moved[0]
            shrunk = state.C @ seen
            first, dense = self.own[:, None] * moved[0] - self.F @ shrunk, seen - state.K @ shrunk
        else:
            part = self.part[level]
            flat = moved.reshape(-1, moved.shape[2])
            rest = -(state.C @ (state.K[:, part] @ flat))
            rest[part] += flat
            first, dense = self.F @ rest, state.W[:, part] @ flat
        return self.sweeper.by_level(first[None], dense)

    def trace(self, a: Direction, b: Direction, image: tuple[np.ndarray, ...]) -> float:
        """tr(M V_a M V_b); `image` is that of b."""
        if a.position == b.position == self.first:
            return self._trace_first(a, b, image)
        if self.first in (a.position, b.position):
            zero, other = (a, b) if a.position == self.first else (b, a)
            return self._trace_mixed(zero, other)
        f, g = a.position, b.position
        qf, qg = len(a.matrix), len(b.matrix)
        block = self.W[self.part[f], self.part[g]].reshape(qf, -1, qg, self.products.levels[g].ZtZ.shape[2])
        moved = np.einsum("ij,jgkh->igkh", a.matrix, block)
        moved = np.einsum("igkh,kl->iglh", moved, b.matrix)
        return float(np.vdot(moved, block))

    def _trace_first(self, a: Direction, b: Direction, image: tuple[np.ndarray, ...]) -> float:
        value = self.square
        if self.reml:
            J = self.J[self.first][0]
            JJ = J.T @ J
            WJ = image[self.first][0][:, 1:] / b.matrix[0, 0]
            value += float(np.vdot(JJ, JJ)) - 2.0 * float(np.vdot(J, WJ))
        return float(a.matrix[0, 0] * b.matrix[0, 0]) * value

    def _trace_mixed(self, zero: Direction, other: Direction) -> float:
        """|Z0'MZ_g|^2 weighted by the directions."""
        part, q = self.part[other.position], len(other.matrix)
        right = self.state.remaining[:, part].reshape(len(self.state.K), q, -1)
        left = self.mixed_left[:, part].reshape(len(self.state.K), q, -1)
        sums = np.einsum("mah,mbh->ab", left, right)
        if self.reml:
            J0, J = self.J[self.first][0], self.J[other.position]
            seen = self.F.T @ J0
            WJ = seen - self.state.K @ (self.state.C @ seen)  # Z_g'V^{-1}Z0 J0
            WJ = WJ[part].reshape(q, -1, J0.shape[1])
            cross = np.einsum("ahk,bhk->ab", WJ, J)
            sums = sums - cross - cross.T + np.einsum("ahk,kl,bhl->ab", J, J0.T @ J0, J)
        return float(zero.matrix[0, 0]) * float(np.vdot(sums, other.matrix))
