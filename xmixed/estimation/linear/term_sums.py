"""Sums of squares of the terms of a linear model, by effect coding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A variable of a term: a factor, whose codes run from 0, or a covariate.

    Attributes
    ----------
    values : ndarray, shape (n,)
        Codes or numbers.
    n_levels : int
        Of a factor; 0 for a covariate.
    """

    values: np.ndarray
    n_levels: int

    @property
    def coded(self) -> list[np.ndarray]:
        """Columns: the covariate, or the factor's levels against its last one, which is minus one in all."""
        if not self.n_levels:
            return [self.values.astype(np.float64)]
        last = self.values == self.n_levels - 1
        return [(self.values == level).astype(np.float64) - last for level in range(self.n_levels - 1)]


@dataclass(frozen=True, slots=True)
class TermSum:
    """Sum of squares and degrees of freedom of a term."""

    sum_of_squares: float
    df: int


def columns_of(operands: Sequence[Operand]) -> list[np.ndarray]:
    """Return the effect-coded columns of a term, products over its operands."""
    found = [np.ones(len(operands[0].values))]
    for operand in operands:
        found = [left * right for left in found for right in operand.coded]
    return found


def term_sums(
    y: np.ndarray,
    terms: Sequence[Sequence[Operand]],
    weights: np.ndarray | None,
    sequential: bool,
    constant: bool,
) -> tuple[TermSum, ...]:
    """Return the sums of squares of terms.

    Partial ones are those of a term given all others: with effect coding a main effect is tested averaged
    over the levels of the other factors (Yates 1934, weighted squares of means). Sequential ones are those of
    a term given the terms before it.
    """
    blocks = [columns_of(operands) for operands in terms]
    ends = np.cumsum([len(block) for block in blocks]).tolist()
    starts = [0, *ends[:-1]]
    last: list[np.ndarray | None] = [None] if constant else []
    if sequential:
        return _sequential(y, blocks, last, weights)
    whole = least_squares(y, [*(column for block in blocks for column in block), *last], weights)
    return tuple(_partial(whole, start, end) for start, end in zip(starts, ends, strict=True))


def _partial(whole: LeastSquares, start: int, end: int) -> TermSum:
    """Return what a term adds: b' V^-1 b of its own coefficients."""
    places = [place for place in range(start, end) if not whole.omitted[place]]
    if not places:
        return TermSum(0.0, 0)
    b, V = whole.beta[places], whole.inverse[np.ix_(places, places)]
    return TermSum(float(b @ np.linalg.solve(V, b)), len(places))


def _sequential(
    y: np.ndarray,
    blocks: Sequence[Sequence[np.ndarray]],
    last: list[np.ndarray | None],
    weights: np.ndarray | None,
) -> tuple[TermSum, ...]:
    found, columns = [], list(last)
    before = least_squares(y, columns, weights)
    for block in blocks:
        columns = [*columns, *block]
        after = least_squares(y, columns, weights)
        found.append(TermSum(max(before.rss - after.rss, 0.0), after.rank - before.rank))
        before = after
    return tuple(found)
