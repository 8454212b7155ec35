"""Sums of squares of the terms of a linear model, by effect coding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.least_squares import least_squares


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


@dataclass(frozen=True, slots=True, eq=False)
class CodedFit:
    """A model's fit to effect-coded columns: what its terms add, alone or together.

    Attributes
    ----------
    beta : ndarray, shape (k,)
    inverse : ndarray, shape (k, k)
        Of the cross-products.
    omitted : ndarray of bool, shape (k,)
    ends : tuple of int
        Where the columns of each term end.
    """

    beta: np.ndarray
    inverse: np.ndarray
    omitted: np.ndarray
    ends: tuple[int, ...]

    def added(self, terms: Sequence[int]) -> TermSum:
        """Return what terms, by their numbers from 0, add to all others: b' V^-1 b of their coefficients.

        With effect coding a main effect is tested averaged over the levels of the other factors (Yates 1934,
        weighted squares of means).
        """
        starts = (0, *self.ends)
        places = [
            place
            for term in terms
            for place in range(starts[term], self.ends[term])
            if not self.omitted[place]
        ]
        if not places:
            return TermSum(0.0, 0)
        b, V = self.beta[places], self.inverse[np.ix_(places, places)]
        return TermSum(float(b @ np.linalg.solve(V, b)), len(places))


def coded_fit(
    y: np.ndarray, terms: Sequence[Sequence[Operand]], weights: np.ndarray | None, constant: bool
) -> CodedFit:
    """Return the fit of all terms."""
    blocks = [columns_of(operands) for operands in terms]
    last: list[np.ndarray | None] = [None] if constant else []
    whole = least_squares(y, [*(column for block in blocks for column in block), *last], weights)
    ends = np.cumsum([len(block) for block in blocks]).tolist()
    return CodedFit(whole.beta, whole.inverse, whole.omitted, tuple(ends))


def sequential_sums(
    y: np.ndarray, terms: Sequence[Sequence[Operand]], weights: np.ndarray | None, constant: bool
) -> tuple[TermSum, ...]:
    """Return what each term adds to the terms before it."""
    last: list[np.ndarray | None] = [None] if constant else []
    return _sequential(y, [columns_of(operands) for operands in terms], last, weights)


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
