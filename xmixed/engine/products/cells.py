"""What varies within cells: the part of cross-products that the means of cells do not show.

With n the observations of a cell, m its means and S the products of deviations from them, the sum over its
observations of (a - c)(b - d) is n (m_a - c)(m_b - d) + S_ab whatever c and d are: rows give the first term,
and S, which no centring changes, is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.errors import InvalidModel
from xmixed.engine.model import Cells, Model

Combination = dict[int, "float | np.ndarray"]
"""A column as the sum of the columns of cells times these: numbers, or (m,) arrays by cell."""


@dataclass(frozen=True, slots=True, eq=False)
class CellScatter:
    """S of a list of columns.

    Attributes
    ----------
    cells : Cells
    columns : tuple of Combination
    order : (m,) integer array or None
        Of the cells, for what is returned; None where they stand as the caller has them.
    """

    cells: Cells
    columns: tuple[Combination, ...]
    order: np.ndarray | None = None

    def less(self, y: int, x: Sequence[int], coefficients: np.ndarray) -> CellScatter:
        """The same with y - X b in the place of y."""
        terms = [(self.columns[y], 1.0)]
        terms += [(self.columns[at], -float(b)) for at, b in zip(x, coefficients, strict=True)]
        changed = list(self.columns)
        changed[y] = combined(terms)
        return replace(self, columns=tuple(changed))

    def __call__(self, a: int, b: int) -> np.ndarray | None:
        """S of two of the columns by cell, (m,); None where one of them does not vary within cells."""
        found: np.ndarray | None = None
        for i, f in self.columns[a].items():
            for j, g in self.columns[b].items():
                own = self.cells.within[min(i, j), max(i, j)]
                if not (isinstance(f, float) and isinstance(g, float) and f * g == 1.0):
                    own = own * (f * g)
                found = own if found is None else found + own
        return found if found is None or self.order is None else found[self.order]

    def total(self, columns: Sequence[int], weights: np.ndarray | None = None) -> np.ndarray:
        """S summed over cells, each as often as its weight says; (len(columns), len(columns)).

        Parameters
        ----------
        weights : (m,) array or None
            In `order`.
        """
        result = np.zeros((len(columns), len(columns)))
        factor = 1.0 if weights is None else float(weights[0])
        alike = weights is None or bool((weights == factor).all())
        for i, a in enumerate(columns):
            for j, b in enumerate(columns[: i + 1]):
                if alike and self.cells.totals is not None:
                    result[i, j] = factor * self._from_totals(a, b, self.cells.totals)
                elif (found := self(a, b)) is not None:
                    result[i, j] = found.sum() if weights is None else found @ weights
                result[j, i] = result[i, j]
        return result

    def _from_totals(self, a: int, b: int, totals: np.ndarray) -> float:
        pairs = [(i, f, j, g) for i, f in self.columns[a].items() for j, g in self.columns[b].items()]
        return float(sum(f * g * totals[i, j] for i, f, j, g in pairs))


def combination(cells: Cells, array: np.ndarray | None) -> Combination:
    """A column of a model; the caller's array, None the constant."""
    return {place: 1.0 for place, own in enumerate(cells.columns) if own is array}


def combined(terms: Sequence[tuple[Combination, float | np.ndarray]]) -> Combination:
    """The sum of columns times numbers, or times (m,) arrays."""
    result: Combination = {}
    for column, factor in terms:
        for place, own in column.items():
            result[place] = result.get(place, 0.0) + own * factor
    return result


def refuse_cells(model: Model) -> None:
    """Raise InvalidModel where sums over cells do not say enough, or are not what they should be."""
    cells = model.cells
    if cells is None:
        return
    if model.weights is not None:
        raise InvalidModel("the weights of cells stand in their counts")
    sizes = {len(cells.counts), *map(len, cells.columns), *map(len, cells.within.values())}
    if sizes != {len(model.y)}:
        raise InvalidModel("columns of cells differ in length")
