"""Second derivatives of the log determinants and of y'Py for any number of nested levels.

With V_a = Z D_a Z' for a direction D_a of Psi of level l, and b of level m, both

    tr(V^{-1}V_a V^{-1}V_b)   and   v'V_a V^{-1}V_b v,   v = Py or the columns of V^{-1}X F'^{-1},

are sums over pairs of a group h of level l and a group k of level m. Where h is k or stands above it, what
counts is Z_h'V^{-1}Z_k, which the levels give going down. Where both lie in different groups c below a common
group g of level j, the rows of g have

    V^{-1} = R^{-1} - R^{-1} U Var(u|y) U'R^{-1},   U = the columns of g and all that stands above it,

R, the covariance of what is below g, being zero between h and k: what is left is a product of sums over h
and over k, so that all such pairs cost as much as their groups. They are all pairs below g less those below
one c. Groups that count several times are as many groups, for these pairs too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from xmixed.engine.batched import cross, product, summed_cross, times
from xmixed.engine.problem import Problem
from xmixed.engine.products.weights import Weights
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.directions import Direction, stacked
from xmixed.engine.sweeps.sweeps import Downward, Psis, Upward

# Elements of Z_h'V^{-1}Z_k up to which sums over groups hold all products of two of them.
_FEW_ELEMENTS = 144


class _Chain(NamedTuple):
    """A level's groups, each with all that stands above it; C = columns of the level, then of those above.

    Attributes
    ----------
    joint : (C, C, G) array, Z'V^{-1}Z of these columns
    to_above : (q, C, G) array, Z'V_l^{-1}Z of the level with all of them, V_l being without what is above
    psi : (C, C) array, Psi of the columns
    vectors : (C, v, G) array, Z'v
    """

    joint: np.ndarray
    to_above: np.ndarray
    psi: np.ndarray
    vectors: np.ndarray


class _Pull(NamedTuple):
    """What the groups of one level below g do to g: sums over them, for each of the level's directions d.

    Attributes
    ----------
    places : (d,) array, which directions these are
    matrices : (d, C, C, G) array, U'R^{-1} V_a R^{-1}U
    vectors : (d, C, v, G) array, U'R^{-1} V_a v
    """

    places: np.ndarray
    matrices: np.ndarray
    vectors: np.ndarray


class MultilevelCurvature:
    """The second derivatives at one point."""

    def __init__(self, problem: Problem, psis: Psis, up: Upward, down: Downward, root: np.ndarray) -> None:
        assert problem.nesting is not None, "crossed levels have curvature of their own"
        self.nesting, self.psis = problem.nesting, psis
        self.weights: Weights | None = problem.weights
        self.fixed = len(root)
        self.reml = problem.reml and self.fixed > 0
        self.chains: list[_Chain] = []
        for level, (state, scores) in enumerate(zip(up.states, down.scores, strict=True)):
            self.chains.append(self._chain(level, state, scores, root))

    def second_derivatives(self, directions: tuple[Direction, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Of the log determinants and of y'Py, both (k, k)."""
        k = len(directions)
        self.matrices = {
            level: (places, rows.reshape(len(places), *self.psis[level].shape))
            for level, (places, rows) in stacked(directions).items()
        }
        # tr(V^{-1}V_a V^{-1}V_b), and v'V_a V^{-1}V_b v summed over columns of X, and for y.
        found = np.zeros((3, k, k))
        for lower in self.matrices:
            for upper in self.matrices:
                if upper <= lower:
                    self._add_lines(found, upper, lower)
        for level in range(len(self.chains) - 1):
            self._add_branches(found, level)
        of_X, with_y = self._of_fixed(k)
        return 2.0 * found[1] - found[0] - of_X, 2.0 * (found[2] - with_y)

    def _chain(self, level: int, state: LevelState, scores: np.ndarray, root: np.ndarray) -> _Chain:
        """See `_Chain`; scores, (q, G), are Z'Py."""
        q, groups = scores.shape
        W, to_rest = cross(state.Y, state.Y), cross(state.Y, state.E[:, :-1])
        psi = self.psis[level]
        if not level:
            of_X = to_rest
            vectors = np.concatenate([self._scaled(of_X, root), scores[:, None]], axis=1)
            return _Chain(W, W, psi, vectors)
        above, parents = self.chains[level - 1], self.nesting.parents[level]
        size = len(above.psi)
        joint, upper = above.joint[:, :, parents], above.vectors[:, :, parents]
        between, of_X = to_rest[:, :size], to_rest[:, size:]
        taken = between.reshape(q, size, groups).transpose(1, 0, 2)
        taken = times(above.psi.T, taken).transpose(1, 0, 2)  # Z'V_l^{-1}Z Psi of what stands above
        outside = between - product(taken, joint)
        whole = np.empty((q + size, q + size, groups))
        whole[:q, q:], whole[q:, :q], whole[q:, q:] = outside, outside.transpose(1, 0, 2), joint
        whole[:q, :q] = W - product(taken, outside.transpose(1, 0, 2))
        of_X = self._scaled(of_X, root) - product(taken, upper[:, :-1])
        own = np.concatenate([of_X, scores[:, None]], axis=1)
        chain_psi = np.zeros((q + size, q + size))
        chain_psi[:q, :q], chain_psi[q:, q:] = psi, above.psi
        return _Chain(whole, np.concatenate([W, between], axis=1), chain_psi, np.concatenate([own, upper]))

    @staticmethod
    def _scaled(of_X: np.ndarray, root: np.ndarray) -> np.ndarray:
        """The columns of X replaced by those whose variance is the identity, (q, p, G)."""
        return np.stack([root @ row for row in of_X])

    def _own(self, level: int) -> slice:
        """Where a level's own columns stand in its chain."""
        return slice(0, len(self.psis[level]))

    def _place(self, upper: int, lower: int) -> slice:
        """Where the columns of an upper level stand in the chain of a lower one."""
        first = sum(len(self.psis[level]) for level in range(upper + 1, lower + 1))
        return slice(first, first + len(self.psis[upper]))

    def _counts(self, level: int) -> np.ndarray | None:
        return None if self.weights is None else self.weights.groups[level]

    def _add_lines(self, found: np.ndarray, upper: int, lower: int) -> None:
        """Pairs of a group and itself, or one above it."""
        chain, counts = self.chains[lower], self._counts(lower)
        own, other = self._own(lower), self._place(upper, lower)
        K = chain.joint[own, other]
        fixed, last = slice(0, self.fixed), slice(self.fixed, None)
        rights = [K]
        for columns in (fixed, last) if self.reml else (last,):
            left = chain.vectors[own, columns].transpose(1, 0, 2)
            rights.append(cross(left, chain.vectors[other, columns].transpose(1, 0, 2)))
        a, D_a = self.matrices[upper]
        b, D_b = self.matrices[lower]
        sums = _traces(D_b, K if counts is None else K * counts, D_a, rights)
        for kind, own_sums in zip((0, 1, 2) if self.reml else (0, 2), sums, strict=True):
            found[kind][np.ix_(b, a)] += own_sums
            if upper != lower:
                found[kind][np.ix_(a, b)] += own_sums.T

    def _add_branches(self, found: np.ndarray, level: int) -> None:
        """Pairs of groups that lie in different ones below a group of `level`."""
        chain = self.chains[level]
        inside = times(chain.psi, chain.joint)
        variance = chain.psi[:, :, None] - times(chain.psi.T, inside.transpose(1, 0, 2)).transpose(1, 0, 2)
        below = [other for other in self.matrices if other > level]
        seen = [self._seen(level, other) for other in range(level + 1, len(self.chains))]
        at_group = [self._pull(level, level, other, seen[other - level - 1]) for other in below]
        at_child = [self._pull(level, level + 1, other, seen[other - level - 1]) for other in below]
        of_children = variance[:, :, self.nesting.parents[level + 1]]
        self._add_pairs(found, at_group, variance, self._counts(level), 1.0)
        self._add_pairs(found, at_child, of_children, self._counts(level + 1), -1.0)

    def _seen(self, level: int, lower: int) -> np.ndarray:
        """Z'R^{-1}U of the groups of a lower level, R being without `level` and what stands above it."""
        chain, size = self.chains[lower], len(self.chains[level].psi)
        direct = chain.to_above[:, -size:]
        for between in range(level + 1, lower):
            ancestors = self.nesting.ancestors(between, lower)
            columns = chain.to_above[:, self._place(between, lower)]
            taken = times(self.psis[between].T, columns.transpose(1, 0, 2)).transpose(1, 0, 2)
            direct = direct - product(taken, self._seen(level, between)[:, :, ancestors])
        return direct

    def _pull(self, level: int, at: int, lower: int, seen: np.ndarray) -> _Pull:
        """See `_Pull`: sums over the groups of level `lower` in each group of level `at`."""
        places, D = self.matrices[lower]
        vectors = self.chains[lower].vectors[self._own(lower)]
        if not self.reml:
            vectors = vectors[:, self.fixed :]
        right = np.concatenate([seen, vectors], axis=1)
        size = seen.shape[1]
        rows = []
        for matrix in D:
            moved = times(matrix, right)
            if at == lower:
                rows.append(cross(seen, moved))
                continue
            counts = None if self.weights is None else self.weights.to_above[lower][at]
            rows.append(summed_cross(seen, moved, self.nesting.starts(at, lower), counts))
        whole = np.array(rows)
        return _Pull(places, whole[:, :, :size], whole[:, :, size:])

    def _add_pairs(
        self,
        found: np.ndarray,
        pulls: list[_Pull],
        variance: np.ndarray,
        counts: np.ndarray | None,
        sign: float,
    ) -> None:
        """All pairs that `pulls` are sums over, as often as the groups count, taken or given back."""
        for one in pulls:
            explained = [product(variance, matrix) for matrix in one.matrices]
            turned = np.array([matrix.transpose(1, 0, 2) for matrix in explained])
            vectors = np.array([product(variance, matrix) for matrix in one.vectors])
            if counts is not None:
                turned, vectors = turned * counts, vectors * counts
            for other in pulls:
                matrices = np.array([product(variance, matrix) for matrix in other.matrices])
                block = np.ix_(one.places, other.places)
                found[0][block] += sign * _dot(turned, matrices)
                if self.reml:
                    of_X = slice(0, self.fixed)
                    found[1][block] -= sign * _dot(vectors[:, :, of_X], other.vectors[:, :, of_X])
                found[2][block] -= sign * _dot(vectors[:, :, -1], other.vectors[:, :, -1])

    def _of_fixed(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """What estimating beta takes of both, each (k, k): sums of v'V_a v, v those of X, by those of b."""
        p = self.fixed
        with_y, of_X = np.zeros((k, p)), np.zeros((k, p * p))
        for level, (places, D) in self.matrices.items():
            vectors, counts = self.chains[level].vectors[self._own(level)], self._counts(level)
            q, _, groups = vectors.shape
            rows = vectors[:, :p].reshape(q * p, groups)
            counted = rows if counts is None else rows * counts
            products = (counted @ vectors[:, p].T).reshape(q, p, q)
            with_y[places] = np.tensordot(D, products, axes=([1, 2], [2, 0]))
            if self.reml:
                products = (counted @ rows.T).reshape(q, p, q, p)
                of_X[places] = np.tensordot(D, products, axes=([1, 2], [0, 2])).reshape(len(D), p * p)
        return of_X @ of_X.T, with_y @ with_y.T


def _dot(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sums of products of all elements: (a, ...), (b, ...) -> (a, b)."""
    return left.reshape(len(left), -1) @ right.reshape(len(right), -1).T


def _traces(
    lower: np.ndarray, K: np.ndarray, upper: np.ndarray, rights: list[np.ndarray]
) -> Iterator[np.ndarray]:
    """Sums over groups of tr(D_b K D_a M') for every M: (b, r, r), (r, s, G), (a, s, s) -> (b, a) each."""
    r, s, groups = K.shape
    if r * s <= _FEW_ELEMENTS:
        flat = K.reshape(r * s, groups)
        for M in rights:
            # sum of K_ij M_kl, by D_b at [k, i] and D_a at [j, l].
            sums = (flat @ M.reshape(r * s, groups).T).reshape(r, s, r, s)
            yield np.einsum("bki,ijkl,ajl->ba", lower, sums, upper, optimize=True)
        return
    moved = np.tensordot(lower, K, axes=1)
    for M in rights:
        turned = np.tensordot(upper, M.transpose(1, 0, 2), axes=1).transpose(0, 2, 1, 3)
        yield _dot(moved, turned)
