"""Derivatives of few rows that keep their digits where effects are far larger than residuals.

With Lambda = LL' and Psi = TT' of every level, the columns

    B = [L^{-1}X  L^{-1}ZT]
        [   0        I    ]

have an orthogonal basis Q, and N = I - QQ' holds all that derivatives are made of: its blocks are L'PL,
-L'PZT and T'Z'PZT. With e = N[L^{-1}y; 0] and, along a parameter, D = L^{-1} dLambda L^{-T} for the
observations and T^{-1} dPsi T^{-T} for the effects of each group,

    d log dets = tr(N D_i),   d y'Py = -e'D_i e,
    d^2 log dets = tr(N D_ij) - tr(N D_i N D_j),   d^2 y'Py = 2 e'D_i N D_j e - e'D_ij e;

for ML the log determinant has N of the columns without X. Every element is of the order of one, however
large the effects are; V^{-1}, and moments of the effects, are differences of what is as large as they are.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.residuals.data import ResidualData
from xmixed.engine.residuals.few_rows import FewRows
from xmixed.engine.sweeps.directions import Derivatives, Direction
from xmixed.engine.sweeps.sweeps import Psis

# Rows and effects together, and elements of all D, up to which they are formed.
_MOST_ROWS, _MOST_ELEMENTS = 400, 2_000_000
# Effects that add so many times the residual variance lose digits in products.
_FAR_LARGER = 1e4
# The least eigenvalue of correlations of effects that may be divided by.
_LEAST = 1e-10


def is_far_larger(psis: Psis) -> bool:
    """Whether effects, on columns of the usual size, are so much larger than residuals."""
    return any(float(psi.max(initial=0.0)) > _FAR_LARGER for psi in psis)


def projected_rows(problem: Problem, directions: tuple[Direction, ...]) -> ProjectedRows | None:
    """What forms the derivatives, or None where rows, effects or parameters are too many, or have weights."""
    effects = sum(q * groups for q, groups in _shapes(problem))
    size = len(problem.model.y) + effects
    count = len(directions) + (0 if problem.residual is None else int(problem.residual.table.free.sum()))
    plain = problem.weights is None and problem.model.cells is None
    tied = any(block.tie is not None for block in problem.blocks)
    if not plain or tied or not effects or size > _MOST_ROWS or count * size**2 > _MOST_ELEMENTS:
        return None
    return ProjectedRows(problem, directions)


def _shapes(problem: Problem) -> list[tuple[int, int]]:
    """Columns of Z and groups of each level of the sweeps."""
    if problem.crossed is not None:
        levels = problem.crossed.levels
    else:
        levels = problem.products.levels
    return [(level.ZtZ.shape[0], level.ZtZ.shape[2]) for level in levels]


class ProjectedRows:
    """See above; `projected_rows` makes it where it is worth it."""

    def __init__(self, problem: Problem, directions: tuple[Direction, ...]) -> None:
        self.problem, self.directions = problem, directions
        self.shapes = _shapes(problem)
        ends = len(problem.model.y) + np.cumsum([q * groups for q, groups in self.shapes])
        self.starts = [len(problem.model.y), *ends.tolist()]

    @cached_property
    def residual(self) -> FewRows | None:
        """The residuals' matrices, rows as in `order`."""
        data: ResidualData | None = self.problem.residual
        if data is None or not data.table.free.any():
            return None
        by = data.residuals.by_codes[data.units.rows]
        return FewRows(data.structure, data.residuals, data.table, data.units, by, ())

    @cached_property
    def order(self) -> np.ndarray:
        """The rows as the residuals' units have them."""
        data = self.problem.residual
        return np.arange(len(self.problem.model.y)) if data is None else data.units.rows

    @cached_property
    def columns(self) -> tuple[list[np.ndarray], np.ndarray]:
        """Z of each level, (q, n, G), and the columns of X that are not null with y, (p+1, n)."""
        problem, rows = self.problem, self.order
        every, Z = slice(0, len(rows)), []
        for at, ((q, groups), columns) in enumerate(zip(self.shapes, problem.z_columns, strict=True)):
            places, own = problem.places(at), np.zeros((q, len(rows), groups))
            assert places is not None
            for target, column in zip(own, columns, strict=True):
                target[np.arange(len(rows)), places[rows]] = column.values(every)[rows]
            Z.append(own)
        X = [column.values(every)[rows] for column in problem.x_columns]
        y = (problem.model.y - problem.y_center)[rows]
        for values, coefficient in zip(X, problem.offset * problem.x_scale, strict=True):
            y = y - coefficient * values
        return Z, np.array([*(values for values in X if values.any()), y / problem.y_scale])

    def derivatives(self, psis: Psis, rho: np.ndarray) -> Derivatives | None:
        """Along the directions, then the residual parameters; None where a matrix is nearly singular."""
        try:
            roots = [_root(psi) for psi in psis]
            half = None if self.residual is None else self.residual.halves(rho)
        except np.linalg.LinAlgError:
            return None
        Z, fixed = self.columns
        A = [
            np.einsum("bng,ba->nag", z, root).reshape(z.shape[1], -1)
            for z, root in zip(Z, roots, strict=True)
        ]
        top = np.concatenate([*A, fixed.T], axis=1)
        if half is not None:
            assert self.residual is not None
            top = self.residual.whitened(half, top)
        n, count = len(top), sum(own.shape[1] for own in A)
        below = np.zeros((count, top.shape[1]))
        below[:, :count] = np.eye(count)
        whole = np.concatenate([top, below])
        Q = np.linalg.qr(whole[:, :-1])[0]
        e = whole[:, -1]
        for _ in range(2):
            e = e - Q @ (Q.T @ e)
        of_effects = np.eye(n + count) - Q[:, :count] @ Q[:, :count].T
        N = of_effects - Q[:, count:] @ Q[:, count:].T
        return self._assembled(rho, roots, half, N if self.problem.reml else of_effects, N, e)

    def _assembled(
        self,
        rho: np.ndarray,
        roots: list[np.ndarray],
        half: list[np.ndarray] | None,
        of_log_det: np.ndarray,
        N: np.ndarray,
        e: np.ndarray,
    ) -> Derivatives:
        """The derivatives, as above; `of_log_det` is N of the columns that the log determinant has."""
        from scipy.sparse import csr_matrix

        changes: list[csr_matrix] = []
        for direction in self.directions:
            root, (q, groups) = roots[direction.position], self.shapes[direction.position]
            inverse = np.linalg.inv(root)
            E = inverse @ direction.matrix @ inverse.T
            first = self.starts[direction.position]
            a, b = np.indices((q, q)).reshape(2, -1)
            g = np.arange(groups)
            rows = (first + a[:, None] * groups + g).ravel()
            columns = (first + b[:, None] * groups + g).ravel()
            changes.append(csr_matrix((np.repeat(E.ravel(), groups), (rows, columns)), shape=N.shape))
        if self.residual is not None and half is not None:
            few = self.residual
            for values in few.changes(rho, half):
                changes.append(csr_matrix((values, (few.left, few.right)), shape=N.shape))
        k, size = len(changes), len(N)
        moved = np.array([change @ e for change in changes])
        products = np.array([change @ of_log_det for change in changes]).reshape(k, size, size)
        log_det = np.trace(products, axis1=1, axis2=2)
        turned = products.transpose(0, 2, 1).reshape(k, -1)
        log_det_second = -(products.reshape(k, -1) @ turned.T)
        rss, rss_second = -moved @ e, 2.0 * moved @ N @ moved.T
        if self.residual is not None and half is not None:
            first = len(self.directions)
            bends = self.residual.bends(rho, half, of_log_det, e)
            log_det_second[first:, first:] += bends[0]
            rss_second[first:, first:] -= bends[1]
        return Derivatives(log_det, rss, log_det_second, rss_second)


def _root(psi: np.ndarray) -> np.ndarray:
    """T with TT' = Psi; raises LinAlgError where that is nearly singular."""
    sds = np.sqrt(psi.diagonal())
    if not (sds > 0).all():
        raise np.linalg.LinAlgError("a variance is zero")
    correlations = psi / np.outer(sds, sds)
    if not np.linalg.eigvalsh(correlations)[0] > _LEAST:
        raise np.linalg.LinAlgError("a correlation is at its limit")
    return sds[:, None] * np.linalg.cholesky(correlations)
