"""Cross-products of levels that cross the units of correlated residuals, whitened by Lambda^{-1}.

Every element of Lambda^{-1} joins two rows, and so two groups of any two levels: Z'Lambda^{-1}Z are sums
over the elements. One level, whose groups are made of whole units, keeps block-diagonal products and is
eliminated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.products.crossed import CrossedProducts, SparsePattern
from xmixed.engine.products.crossproducts import LevelProducts
from xmixed.engine.products.within import least_squares
from xmixed.engine.residuals.precision import Precision


@dataclass(frozen=True, slots=True, eq=False)
class LevelRows:
    """A level by row, rows as in `Units.rows`: codes (n,), how many groups, columns of Z (q, n).

    `counts` (n,) or None: how often rows count in the sums of its groups; None for once.
    """

    codes: np.ndarray
    n_groups: int
    columns: np.ndarray
    counts: np.ndarray | None = None

    def counted(self, values: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """(..., n) values of rows, or (..., e) of elements in these `rows`, as often as they count."""
        if self.counts is None:
            return values
        return values * (self.counts if rows is None else self.counts[rows])

    def indicators(self) -> np.ndarray:
        """Z, (q, n, G)."""
        return self.spread(self.columns)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """(q, n) values of rows each in the place of its group, (q, n, G), zero elsewhere."""
        result = np.zeros((*values.shape, self.n_groups))
        result[:, np.arange(values.shape[1]), self.codes] = values
        return result

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """Z'W by group, (q, w, G), of (w, n) values."""
        return np.stack(
            [[np.bincount(self.codes, z * w, self.n_groups) for w in values] for z in self.columns]
        ).reshape(len(self.columns), len(values), self.n_groups)


class CrossedRows:
    """The rows of all levels and how they meet in the elements of Lambda^{-1}.

    Attributes
    ----------
    levels : list of LevelRows
    fixed : (p+1, n) array
        X and y.
    fitted : (q0, p+1, G0) array
        Coefficients of their least squares on the eliminated level's Z, group by group.
    rest : (p+1, n) array
        What these leave: with effects far larger than residuals, products of X and y would lose it.
    counts : (n,) array
        How often rows count in all.
    precision : Precision
    rows, columns : (E,) arrays
        Rows of the elements, those below the diagonal twice.
    """

    def __init__(
        self,
        levels: Sequence[LevelRows],
        fixed: np.ndarray,
        precision: Precision,
        base: CrossedProducts,
        counts: np.ndarray,
    ) -> None:
        self.levels, self.fixed, self.precision, self.base = list(levels), fixed, precision, base
        self.counts = counts
        below = np.flatnonzero(precision.rows != precision.columns)
        self._place = np.concatenate([np.arange(len(precision.rows)), below])
        self.rows = np.concatenate([precision.rows, precision.columns[below]])
        self.columns = np.concatenate([precision.columns, precision.rows[below]])
        first, dense = base.order[0], base.order[1:]
        m = base.pattern.shape[1]
        self.fitted, self.rest = _fitted(self.levels[first], fixed)
        self._own = self.levels[first].codes[self.rows]
        keys = [
            self._own * m + self.dense_place(level, b)[self.columns]
            for level in dense
            for b in range(len(self.levels[level].columns))
        ]
        distinct, where = np.unique(np.concatenate([np.zeros(0, np.intp), *keys]), return_inverse=True)
        starts = np.searchsorted(distinct, np.arange(self.levels[first].n_groups + 1) * m)
        self.pattern = SparsePattern(starts.astype(np.int32), (distinct % m).astype(np.int32), m)
        self.on_pattern = np.ravel(where).reshape(len(keys), len(self.rows))

    def dense_place(self, level: int, b: int) -> np.ndarray:
        """Place of each row's group, for column b of Z, among the dense columns; (n,)."""
        part = self.base.parts[self.base.order[1:].index(level)]
        own = self.levels[level]
        return part.start + b * own.n_groups + own.codes

    def at(self, values: np.ndarray) -> CrossedProducts:
        """The products where Lambda^{-1} has these elements."""
        base = self.base
        every = values[self._place]
        moved = self._whitened(every)
        first, dense = base.order[0], base.order[1:]
        own = self.levels[first]
        left = own.counted(own.columns[:, self.rows] * every, self.rows)
        q, G = len(own.columns), own.n_groups
        right = own.columns[:, self.columns]
        ZtZ = np.stack([[np.bincount(self._own, left[a] * right[b], G) for b in range(q)] for a in range(q)])
        eliminated = LevelProducts((ZtZ + ZtZ.transpose(1, 0, 2)) / 2, own.by_group(own.counted(moved)))
        levels = list(base.levels)
        levels[first] = eliminated
        for level in dense:
            rows = self.levels[level]
            levels[level] = replace(levels[level], ZtW=rows.by_group(rows.counted(moved)))
        B = np.zeros((q, len(self.pattern.indices)))
        at = 0
        for level in dense:
            for column in self.levels[level].columns:
                other = column[self.columns]
                for a in range(q):
                    B[a] += np.bincount(self.on_pattern[at], left[a] * other, B.shape[1])
                at += 1
        return replace(
            base,
            levels=tuple(levels),
            XyXy=(self.rest * self.counts) @ moved.T,
            fitted=self.fitted,
            pattern=self.pattern,
            B=B,
            Z1tZ1=self._between_dense(every),
            pairs=None,
        )

    def _whitened(self, every: np.ndarray) -> np.ndarray:
        """Lambda^{-1} times what is left of [X, y], (p+1, n)."""
        from scipy.sparse import coo_matrix

        n = self.rest.shape[1]
        matrix = coo_matrix((every, (self.rows, self.columns)), shape=(n, n)).tocsr()
        return np.ascontiguousarray((matrix @ self.rest.T).T)

    def _between_dense(self, every: np.ndarray) -> np.ndarray:
        """Z1'Lambda^{-1}Z1, (m, m)."""
        base = self.base
        dense = base.order[1:]
        result = np.zeros((base.pattern.shape[1], base.pattern.shape[1]))
        for i, f in enumerate(dense):
            one = self.levels[f]
            left, row = one.counted(one.columns[:, self.rows] * every, self.rows), one.codes[self.rows]
            for j, g in enumerate(dense[: i + 1]):
                other = self.levels[g]
                right = other.columns[:, self.columns]
                key, size = row * other.n_groups + other.codes[self.columns], one.n_groups * other.n_groups
                block = np.empty((len(left), one.n_groups, len(right), other.n_groups))
                for a in range(len(left)):
                    for b in range(len(right)):
                        sums = np.bincount(key, left[a] * right[b], size)
                        block[a, :, b] = sums.reshape(one.n_groups, other.n_groups)
                block = block.reshape(len(left) * one.n_groups, -1)
                result[base.parts[i], base.parts[j]] = block
                result[base.parts[j], base.parts[i]] = block.T
        return (result + result.T) / 2


def _fitted(own: LevelRows, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least squares of rows (w, n) on a level's Z, (q, w, G), and what it leaves, (w, n)."""
    fitted = least_squares(LevelProducts(own.by_group(own.columns), own.by_group(fixed)))
    return fitted, fixed - np.einsum("qn,qwn->wn", own.columns, fitted[:, :, own.codes])
