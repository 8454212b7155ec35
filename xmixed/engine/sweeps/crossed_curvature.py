"""Exact second derivatives for crossed levels.

The formulas are those of `curvature`. With W = Z'V^{-1}Z, J = Z'V^{-1}X scaled so that Var(beta) is the
identity, and D_a the direction of level f,

    tr(PV_aPV_b) = tr(D_a W_fg D_b W_gf) - 2 tr(J_f'D_a W_fg D_b J_g) + tr(J_f'D_a J_f J_g'D_b J_g)

(ML: the first term alone). Sums over pairs of groups of the eliminated level are traces of products of
(m, m) matrices, so that nothing of the size G0 x G0 is formed.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.sweeps.crossed_state import Counts, CrossedState, by_level, chunks
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.sweeps import Upward


def second_derivatives(
    problem: Problem,
    products: CrossedProducts,
    counts: Counts,
    directions: tuple[Direction, ...],
    upward: Upward,
) -> tuple[np.ndarray, np.ndarray]:
    """Second derivatives of log|V| (REML: with log|X'V^{-1}X|) and of y'Py, both (k, k)."""
    work = _Curvature(products, counts, upward, problem.p)
    images = work.images(directions)
    through = [work.through_beta(direction) for direction in directions]
    squares = [work.beta_square(direction) for direction in directions]
    k = len(directions)
    log_det, rss = np.empty((k, k)), np.empty((k, k))
    for i, a in enumerate(directions):
        moved_s, moved_J = work.moved(a)
        for j, b in enumerate(directions[: i + 1]):
            seen = images[j][a.position]
            direct = float(np.vdot(work.counted(moved_s, a.position), seen[:, :, 0]))
            rss[i, j] = rss[j, i] = 2.0 * (direct - float(through[i] @ through[j]))
            value = counts.share * work.trace(a, b)
            if problem.reml:
                value += float(np.vdot(squares[i], squares[j].T)) - 2.0 * float(
                    np.vdot(moved_J, seen[:, :, 1:])
                )
            log_det[i, j] = log_det[j, i] = -value
    return log_det, rss


class _Curvature:
    """The pieces that all pairs of directions share."""

    def __init__(self, products: CrossedProducts, counts: Counts, upward: Upward, p: int) -> None:
        state: CrossedState = upward.states[0]
        self.state, self.products, self.counts = state, products, counts
        self.first = self.products.order[0]
        self.part = dict(zip(self.products.order[1:], self.products.parts, strict=True))
        coefficients = np.append(-upward.beta, 1.0)
        inverse = np.linalg.inv(upward.factor) if p else np.zeros((0, 0))
        self.scores = [right @ coefficients for right in state.ZtVW]
        self._squares: dict[tuple[int, int], np.ndarray] = {}
        self.J = [right[:, :, :p] @ inverse.T for right in state.ZtVW]

    @cached_property
    def F(self) -> list[Any]:
        """F as scipy matrices, one for each column of Z0."""
        return [self.products.pattern.matrix(values) for values in self.state.F]

    @cached_property
    def own(self) -> np.ndarray:
        """Z0'V0^{-1}Z0, (q0, q0, G0)."""
        return self.state.own

    @cached_property
    def first_sums(self) -> np.ndarray:
        """Sum over pairs of groups of W_ij W_kl of the eliminated level, at [i, j, k, l]."""
        pattern, C, pairs = self.products.pattern, self.state.C, self.products.pairs
        q = len(self.own)
        sums = np.einsum("ijg,klg->ijkl", self.counts.among_dense(self.own), self.own)
        CQ = self.CQ
        for i in range(q):
            for j in range(q):
                for k in range(q):
                    for m in range(q):
                        # W_ij = own_ij - F_i C F_j' for groups (g, h), W_kl the same for (h, g).
                        sums[i, j, k, m] += float(np.einsum("xy,yx->", CQ[j][k], CQ[m][i]))
        if pairs is not None:
            counted = self.counts.among_dense(self.own[0, 0])
            return sums - 2.0 * pairs.gram_dot(counted * self.state.system.reach**2, C)
        for i in range(q):
            for j in range(i + 1):
                weights = self.counts.among_elements(self.own[i, j][pattern.rows])
                for k in range(q):
                    for m in range(k + 1):
                        value = pattern.gram_dot(self.state.F[k], weights * self.state.F[m], C, k == m)
                        for a, b in {(i, j), (j, i)}:
                            for c, d in {(k, m), (m, k)}:
                                sums[a, b, c, d] -= value
                                sums[c, d, a, b] -= value
        return sums

    @cached_property
    def CQ(self) -> list[list[np.ndarray]]:
        """C F_a'F_b, (m, m) each."""
        return [[self.state.C @ gram for gram in row] for row in self.state.grams]

    def moved(self, direction: Direction) -> tuple[np.ndarray, np.ndarray]:
        """D s and D J of the direction's level."""
        level = direction.position
        return (
            np.einsum("ab,bg->ag", direction.matrix, self.scores[level]),
            np.einsum("ab,bgk->agk", direction.matrix, self.J[level]),
        )

    def counted(self, values: np.ndarray, level: int) -> np.ndarray:
        """(q, G) values of a level as often as its groups count in all."""
        return self.counts.in_all(values) if level == self.first else self.counts.share * values

    def through_beta(self, direction: Direction) -> np.ndarray:
        """J'D s, (p,)."""
        level = direction.position
        return np.einsum("ag,agk->k", self.counted(self.moved(direction)[0], level), self.J[level])

    def beta_square(self, direction: Direction) -> np.ndarray:
        """J'D J, (p, p)."""
        return np.einsum("agk,agl->kl", self.J[direction.position], self.moved(direction)[1])

    def images(self, directions: tuple[Direction, ...]) -> list[tuple[np.ndarray, ...]]:
        """W_fg D [s_g, J_g] for every level f, (q, G, 1 + p), for each direction; g is its level."""
        moved = [np.concatenate([s[:, :, None], J], axis=2) for s, J in map(self.moved, directions)]
        sides = [self._sides(at.position, own) for at, own in zip(directions, moved, strict=True)]
        # All at once: reading C takes longer than multiplying it by a few columns.
        shrunk = np.split(self.state.C @ np.concatenate([inner for _, inner in sides], axis=1), len(sides), 1)
        places = (direction.position for direction in directions)
        return [self._image(*one) for one in zip(places, moved, sides, shrunk, strict=True)]

    def _sides(self, level: int, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `moved` is among the dense effects, and what C is to be multiplied by; (m, 1 + p)."""
        if level == self.first:
            counted = moved if self.counts.groups is None else moved * self.counts.groups[:, None]
            seen = np.sum([F.T @ block for F, block in zip(self.F, counted, strict=True)], axis=0)
            return seen, seen
        flat = np.zeros((self.products.pattern.shape[1], moved.shape[2]))
        flat[self.part[level]] = moved.reshape(-1, moved.shape[2])
        return flat, self.state.inner(flat)

    def _image(
        self, level: int, moved: np.ndarray, sides: tuple[np.ndarray, np.ndarray], shrunk: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        right, inner = sides
        if level == self.first:
            first = np.einsum("abg,bgw->agw", self.own, moved)
            first -= np.stack([F @ shrunk for F in self.F])
            return by_level(self.products, first, self.state.unexplained(right, shrunk))
        rest, seen = self.state.outer(right, inner, shrunk)
        return by_level(self.products, np.stack([F @ rest for F in self.F]), seen)

    def trace(self, a: Direction, b: Direction) -> float:
        """tr(D_a W_fg D_b W_gf)."""
        f, g = a.position, b.position
        if f == g == self.first:
            return float(np.einsum("ijkl,li,jk->", self.first_sums, a.matrix, b.matrix))
        if self.first in (f, g):
            zero, other = (a, b) if f == self.first else (b, a)
            return self._mixed(zero.matrix, other)
        return float(np.einsum("ijkl,ij,kl->", self.squares(f, g), a.matrix, b.matrix))

    def squares(self, f: int, g: int) -> np.ndarray:
        """Sum over pairs of groups of W_ik W_jl of two dense levels, at [i, j, k, l]."""
        if (f, g) not in self._squares:
            self._squares[f, g] = self._summed_squares(f, g)
        return self._squares[f, g]

    def _summed_squares(self, f: int, g: int) -> np.ndarray:
        one, other = self.part[f], self.part[g]
        q, r = (len(self.products.levels[level].ZtZ) for level in (f, g))
        groups = (one.stop - one.start) // q
        found = self.state.squares(one, other)
        if found is not None:
            return np.full((1, 1, 1, 1), found)
        total = np.zeros((q, q, r, r))
        for first, last in chunks(groups, q * self.products.pattern.shape[1]):
            rows = one.start + (np.arange(q)[:, None] * groups + np.arange(first, last)).ravel()
            block = self.state.W_rows(rows)[:, other].reshape(q, last - first, r, -1)
            total += np.einsum("igkh,jglh->ijkl", block, block, optimize=q * r > 1)
        return total

    def _mixed(self, zero: np.ndarray, other: Direction) -> float:
        """W_0g = F (I - CK), which is F C Psi^{-1} where Psi can be divided by."""
        state, part, q = self.state, self.part[other.position], len(other.matrix)
        total = np.zeros((q, q))
        for a in range(len(zero)):
            for b in range(len(zero)):
                if not zero[a, b]:
                    continue
                if state.system.K is None:
                    left, right = self.CQ[a][b][part], state.C[part]
                else:
                    unit = np.zeros((state.C.shape[0], part.stop - part.start))
                    unit[part] = np.eye(part.stop - part.start)
                    rest = state.remaining(unit)
                    left, right = (state.grams[a, b] @ rest).T, rest.T
                blocks = (np.reshape(side, (q, -1, side.shape[1])) for side in (left, right))
                total += zero[a, b] * np.einsum("khm,lhm->kl", *blocks)
        if state.system.K is None:
            inverse = np.linalg.inv(state.psis[self.products.order[1:].index(other.position)])
            total = inverse @ total @ inverse
        return float(np.vdot(total, other.matrix))
