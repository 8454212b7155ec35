"""Fits of one model to many draws of its largest groups, from cross-products that are formed once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from xmixed.engine.errors import EngineError, InvalidModel
from xmixed.engine.fitting import fit_problem
from xmixed.engine.model import Model, Options
from xmixed.engine.prepare import prepare
from xmixed.engine.problem import Problem
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.result import Fit
from xmixed.engine.simultaneous import SimultaneousFits

MOST_ELEMENTS = 1 << 26
"""Numbers in the cross-products of [X, y] by group, beyond which they are not kept."""


class Resampler:
    """A model whose largest groups are drawn with any multiplicity.

    Attributes
    ----------
    labels : (G,) integer array
        Codes that the caller gave the largest groups; draws are places in this array.
    fit : Fit
        Of the groups as they are.
    batch : int
        How many draws `refits` is best given at once; 1 where each is fitted alone.

    Raises
    ------
    InvalidModel
        Crossed levels, correlated residuals, weights, cells, no groups, too many columns for so many groups,
        columns that others nearly determine.
    """

    def __init__(self, model: Model) -> None:
        problem = prepare(model)
        nesting = problem.nesting
        if (
            nesting is None
            or problem.residual is not None
            or problem.weights is not None
            or not nesting.labels
            or model.cells is not None
            or problem.x_mix is not None
            or problem.within is not None
        ):
            raise InvalidModel("only nested groups with independent residuals can be drawn")
        groups = len(nesting.labels[0])
        if groups * (problem.p + 1) ** 2 > MOST_ELEMENTS:
            raise InvalidModel("too many columns")
        self._problem, self._nesting = problem, nesting
        self.labels = nesting.labels[0]
        bottom = len(nesting.labels) - 1
        self._starts = [nesting.starts(0, level) for level in range(bottom + 1)]
        self._counts = [
            np.diff(starts, append=len(labels))
            for starts, labels in zip(self._starts, nesting.labels, strict=True)
        ]
        self._sizes = np.diff(nesting.row_starts, append=problem.n)
        self._XyXy = _products_by_group(problem, model, nesting.row_starts[self._starts[bottom]])
        self.fit = fit_problem(model, problem, Options(standard_errors=False))
        self._model = model
        self._start = self.fit.estimates if not self.fit.boundary else None
        self._together: SimultaneousFits | None = None
        if self._start is not None:
            group_sizes = np.add.reduceat(self._sizes, self._starts[bottom])
            with suppress(ValueError):
                self._together = SimultaneousFits(problem, self._XyXy, group_sizes, self._start)
        self.batch = 1 if self._together is None else self._together.batch

    def refits(self, draws: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray] | None]:
        """Return (beta, estimates) of each draw; None for those that `refit` should look at."""
        if self._together is None:
            return [None] * len(draws)
        groups = len(self.labels)
        return self._together.fit(np.array([np.bincount(drawn, minlength=groups) for drawn in draws]))

    def refit(self, drawn: np.ndarray, errors: bool = False) -> Fit:
        """Fit the model to groups drawn, each draw a group of its own; `errors`: with standard errors.

        Raises
        ------
        EngineError
            Where the data admit no fit.
        """
        problem = self._drawn(drawn)
        options = Options(standard_errors=errors, start=self._start)
        try:
            found = fit_problem(self._model, problem, options)
            if found.optimization.converged:
                return found
        except EngineError:
            if self._start is None:
                raise
        return fit_problem(self._model, problem, Options(standard_errors=errors))

    def _drawn(self, drawn: np.ndarray) -> Problem:
        problem, nesting = self._problem, self._nesting
        levels, parents, labels = [], [], []
        index = drawn
        above: np.ndarray | None = None  # how far the groups of each draw have moved at the level above
        for level, products in enumerate(problem.products.levels):
            counts, first = self._counts[level][drawn], self._starts[level][drawn]
            begin = np.cumsum(counts) - counts
            moved = begin - first
            index = np.repeat(first, counts) + np.arange(int(counts.sum())) - np.repeat(begin, counts)
            levels.append(LevelProducts(products.ZtZ[:, :, index], products.ZtW[:, :, index]))
            old = nesting.parents[level][index]
            parents.append(np.zeros(len(index), np.intp) if above is None else old + np.repeat(above, counts))
            labels.append(np.arange(len(index)))
            above = moved
        sizes = self._sizes[index]
        order = Nesting(None, np.cumsum(sizes) - sizes, tuple(parents), tuple(labels))
        total = self._XyXy[:, :, drawn].sum(axis=2)
        return replace(
            problem, products=CrossProducts(tuple(levels), total), nesting=order, n=int(sizes.sum())
        )


def _products_by_group(problem: Problem, model: Model, starts: np.ndarray) -> np.ndarray:
    """Return [X, y]'[X, y] of each of the largest groups in working columns, shape (p+1, p+1, G)."""
    assert problem.nesting is not None
    order, p = problem.nesting.order, problem.p
    y = model.y.astype(np.float64) - problem.y_center
    columns: list[np.ndarray | None] = []
    for place, column in enumerate(model.fixed):
        scale, offset = float(problem.x_scale[place]), float(problem.offset[place])
        if column is None:
            y -= offset
            columns.append(np.full(len(y), 1.0 / scale))
            continue
        centred = column - float(problem.x_center[place])
        y -= offset * centred
        columns.append(centred / scale)
    columns.append(y / problem.y_scale)
    sorted_columns = [column if order is None else column[order] for column in columns if column is not None]
    out = np.empty((p + 1, p + 1, len(starts)))
    for i in range(p + 1):
        for j in range(i + 1):
            out[i, j] = out[j, i] = np.add.reduceat(sorted_columns[i] * sorted_columns[j], starts)
    return out
