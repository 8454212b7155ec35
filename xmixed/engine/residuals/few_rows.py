"""Second derivatives along residual parameters where rows are so few that V^{-1} is one dense matrix.

With M = V^{-1} (ML) or P (REML), w = Py, R_i the derivative of Lambda along a parameter and V_a that of V
along a direction of Psi,

    d^2 log dets = tr(M R_ij) - tr(M R_i M R_j),  -tr(M V_a M R_i),
    d^2 y'Py = 2 w'R_i P R_j w - w'R_ij w,  2 w'V_a P R_i w.

R_i has elements for pairs of rows of one unit only, each a covariance of a lattice of values of t().
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.products.grouping import distinct
from xmixed.engine.residuals.base import ResidualStructure, Table, lattice_pairs
from xmixed.engine.residuals.crossed_rows import LevelRows
from xmixed.engine.residuals.products import Units

# Rows up to which V^{-1} is formed, and elements of all R_i together and of the lattice of all by() groups.
_MOST_ROWS, _MOST_ELEMENTS = 600, 4_000_000
# What is left of a variance, given the others of its unit, from which digits are wanting.
_NEARLY_SINGULAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class DenseInverse:
    """What the sweeps say of all rows, rows as in `Units.rows`.

    Attributes
    ----------
    inverse : (n, n) array
        V^{-1}.
    of_beta : (p, n) array
        F^{-1}X'V^{-1}, F the lower factor of X'V^{-1}X.
    outcome : (n,) array
        w.
    X : (p, n) array
    of_levels : per level (q, n, G) array
        V^{-1}Z of its groups.
    scores : per level (q, G) array
        Z'w.
    """

    inverse: np.ndarray
    of_beta: np.ndarray
    outcome: np.ndarray
    X: np.ndarray
    of_levels: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]

    def projection(self) -> np.ndarray:
        """P, (n, n)."""
        return self.inverse - self.of_beta.T @ self.of_beta

    def projected(self, level: int, factor: np.ndarray) -> np.ndarray:
        """PZ of a level, (q, n, G); `factor`: F."""
        own = self.of_levels[level]
        if not len(factor):
            return own
        used = np.linalg.solve(factor, np.tensordot(own, self.X, axes=(1, 1)).transpose(0, 2, 1))
        return own - np.matmul(self.of_beta.T, used)


class FewRows:
    """See above; `few_rows` makes it where it is worth it."""

    def __init__(
        self,
        structure: ResidualStructure,
        residuals: Residuals,
        table: Table,
        units: Units,
        by: np.ndarray,
        levels: Sequence[LevelRows],
    ) -> None:
        self.structure, self.table, self.levels = structure, table, tuple(levels)
        sizes, starts = units.sizes, units.starts
        place = np.arange(len(units.rows)) - np.repeat(starts, sizes)
        if residuals.time is not None and structure.timed:
            time = residuals.time[units.rows]
            time = time if structure.positioned else time - np.repeat(time[starts], sizes)
            self.times, place = distinct(time)
        else:
            self.times = np.arange(float(place.max() + 1))
        self.groups, self.columns = np.nonzero(table.free)
        self.count = len(self.times) * (len(self.times) + 1) // 2
        pair = lattice_pairs(len(self.times))
        # Rows of units of one size, (U, T), and which covariance of their by() group each pair is.
        self.batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for T in np.unique(sizes):
            rows = starts[sizes == T][:, None] + np.arange(T)
            at = place[rows]
            self.batches.append((rows, pair[at[:, :, None], at[:, None, :]], by[rows[:, 0]]))
        self.left = np.concatenate(
            [np.repeat(rows, rows.shape[1], axis=1).ravel() for rows, _, _ in self.batches]
        )
        self.right = np.concatenate([np.tile(rows, rows.shape[1]).ravel() for rows, _, _ in self.batches])
        keys = [own[:, None, None] * self.count + pairs for _, pairs, own in self.batches]
        self.keys = np.concatenate([key.ravel() for key in keys])

    def precision(self, rho: np.ndarray) -> np.ndarray:
        """Lambda^{-1}, (n, n)."""
        covariances = self.structure.lattice(self.table, self.table.fill(rho), self.times)
        n = sum(rows.size for rows, _, _ in self.batches)
        result = np.zeros((n, n))
        for rows, pairs, by in self.batches:
            half = np.linalg.inv(np.linalg.cholesky(covariances[by[:, None, None], pairs]))
            result[rows[:, :, None], rows[:, None, :]] = half.transpose(0, 2, 1) @ half
        return result

    def halves(self, rho: np.ndarray) -> list[np.ndarray]:
        """L^{-1} of the units, Lambda = LL', (U, T, T) for each size.

        Raises LinAlgError where Lambda is nearly singular.
        """
        covariances = self.structure.lattice(self.table, self.table.fill(rho), self.times)
        found = []
        for _, pairs, by in self.batches:
            own = covariances[by[:, None, None], pairs]
            factor = np.linalg.cholesky(own)
            left = np.diagonal(factor, axis1=1, axis2=2) ** 2 / np.diagonal(own, axis1=1, axis2=2)
            if not (left > _NEARLY_SINGULAR).all():
                raise np.linalg.LinAlgError("observations all but determine another one's residual")
            found.append(np.linalg.inv(factor))
        return found

    def whitened(self, halves: Sequence[np.ndarray], columns: np.ndarray) -> np.ndarray:
        """L^{-1} times columns, (n, c)."""
        result = np.empty_like(columns)
        for (rows, _, _), half in zip(self.batches, halves, strict=True):
            result[rows] = half @ columns[rows]
        return result

    def changes(self, rho: np.ndarray, halves: Sequence[np.ndarray]) -> np.ndarray:
        """L^{-1} R_i L^{-T} along each parameter, (r, e), elements of rows `left` and columns `right`."""
        slopes = self._slopes(rho)
        found = []
        for (_, pairs, by), half in zip(self.batches, halves, strict=True):
            own = slopes[:, pairs] * (self.groups[:, None] == by)[:, :, None, None]
            found.append((half @ own @ half.transpose(0, 2, 1)).reshape(len(slopes), -1))
        return np.concatenate(found, axis=1)

    def bends(
        self, rho: np.ndarray, halves: Sequence[np.ndarray], N: np.ndarray, e: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """tr(N L^{-1} R_ij L^{-T}) and e'L^{-1} R_ij L^{-T}e, both (r, r)."""
        products, squares = [], []
        for (rows, _, _), half in zip(self.batches, halves, strict=True):
            back = half.transpose(0, 2, 1)
            products.append((back @ N[rows[:, :, None], rows[:, None, :]] @ half).ravel())
            outcome = (back @ e[rows][:, :, None])[:, :, 0]
            squares.append((outcome[:, :, None] * outcome[:, None, :]).ravel())
        full, same = self.table.fill(rho), self.groups[:, None] == self.groups
        found = []
        for elements in (products, squares):
            weights = self._summed(np.concatenate(elements))
            bend = self.structure.lattice_bend(self.table, full, self.times, weights)
            found.append(same * bend[self.groups[:, None], self.columns[:, None], self.columns])
        return found[0], found[1]

    def _slopes(self, rho: np.ndarray) -> np.ndarray:
        """Derivatives of the covariances along each parameter, (r, P), those of its by() group."""
        full = self.table.fill(rho)
        return self.structure.lattice_slopes(self.table, full, self.times)[self.groups, self.columns]

    def second_derivatives(
        self,
        rho: np.ndarray,
        found: DenseInverse,
        factor: np.ndarray,
        directions: Sequence[tuple[int, np.ndarray]],
        reml: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Of all log determinants and of y'Py: along each residual parameter and, first the directions, all.

        Both (r, d + r), search metric. `factor`: F. A direction is a level and how its Psi moves, (q, q).
        """
        full = self.table.fill(rho)
        slopes = self._slopes(rho)
        P, w = found.projection(), found.outcome
        M = P if reml else found.inverse
        moved, traces = self._along(slopes, M, w)
        log_det, rss = -traces, 2.0 * moved @ P @ moved.T
        weights = M[self.left, self.right], -w[self.left] * w[self.right]
        same = self.groups[:, None] == self.groups
        for total, own in zip((log_det, rss), weights, strict=True):
            bend = self.structure.lattice_bend(self.table, full, self.times, self._summed(own))
            total += same * bend[self.groups[:, None], self.columns[:, None], self.columns]
        outer = np.zeros((2, len(rho), len(directions)))
        projected = {level: found.projected(level, factor) for level, _ in directions}
        for at, (level, matrix) in enumerate(directions):
            through = projected[level] if reml else found.of_levels[level]
            turned = np.tensordot(matrix, through, axes=1)
            elements = np.einsum("qeg,qeg->e", through[:, self.left], turned[:, self.right])
            outer[0, :, at] = -np.einsum("rp,rp->r", slopes, self._summed(elements)[self.groups])
            shifted = np.einsum("qng,qg->n", projected[level], matrix @ found.scores[level])
            outer[1, :, at] = 2.0 * moved @ shifted
        return np.concatenate([outer[0], log_det], axis=1), np.concatenate([outer[1], rss], axis=1)

    def _summed(self, elements: np.ndarray) -> np.ndarray:
        """Elements (e,) of all pairs summed by the covariance that they belong to, (n_by, P)."""
        n_by = len(self.table.free)
        return np.bincount(self.keys, elements, n_by * self.count).reshape(n_by, self.count)

    def _along(self, slopes: np.ndarray, M: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """R_i w, (r, n), and tr(M R_i M R_j), (r, r)."""
        r, n = len(slopes), len(w)
        products, moved = np.empty((r, n, n)), np.empty((r, n))
        for rows, pairs, by in self.batches:
            T, place = rows.shape[1], rows.ravel()
            # R_i of each unit, one below the other: few products of matrices are larger ones.
            own = slopes[:, pairs].transpose(1, 0, 2, 3) * (self.groups == by[:, None])[:, :, None, None]
            own = own.reshape(len(rows), r * T, T)
            found = np.matmul(own, M[rows]).reshape(len(rows), r, T, n)
            products[:, place] = found.transpose(1, 0, 2, 3).reshape(r, len(place), n)
            change = np.matmul(own, w[rows][:, :, None]).reshape(len(rows), r, T)
            moved[:, place] = change.transpose(1, 0, 2).reshape(r, len(place))
        turned = products.transpose(0, 2, 1).reshape(r, n * n)
        return moved, products.reshape(r, n * n) @ turned.T


def has_few_rows(structure: ResidualStructure, table: Table, n: int) -> bool:
    """Whether n rows are few enough for `few_rows`, and the structure one that it is for."""
    r = int(table.free.sum())
    return structure.step is None and r > 0 and n <= _MOST_ROWS and r * n**2 <= _MOST_ELEMENTS


def few_rows(
    structure: ResidualStructure,
    residuals: Residuals,
    table: Table,
    units: Units,
    by: np.ndarray,
    levels: Sequence[LevelRows],
) -> FewRows | None:
    """What forms dense matrices, or None where rows or parameters are too many; rows as in `units.rows`.

    None for Markov residuals, too: their own formulas keep the digits of correlations near one.
    """
    if not has_few_rows(structure, table, len(units.rows)):
        return None
    found = FewRows(structure, residuals, table, units, by, levels)
    return found if table.free.size * found.count <= _MOST_ELEMENTS else None
