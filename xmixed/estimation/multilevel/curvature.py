"""The second derivatives along the random effects of nested levels, factored group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.multilevel.groups import Nested

Effects = list[np.ndarray]
"""Of each level, highest first: an array (groups, effects)."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """H = I + sum of w a a' over rows, eliminated from the lowest level up.

    A group of the lowest level has a path of effects: its own and those of the groups above it. The blocks
    of a level, given what lies below it is eliminated, are H = L L'; `coupling` is H^-1 times the block
    between a group and the levels above it.

    Attributes
    ----------
    nested : Nested
    sizes : tuple of int
        Effects of each level.
    factors : tuple of ndarray, shapes (G, q, q)
        L of each level.
    coupling : tuple of ndarray, shapes (G, q, effects above)
    """

    nested: Nested
    sizes: tuple[int, ...]
    factors: tuple[np.ndarray, ...]
    coupling: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, nested: Nested, sizes: Sequence[int], rows: np.ndarray, weights: np.ndarray) -> Curvature:
        """Return the curvature of rows (n, Q) with weights (n,).

        Raises
        ------
        LinAlgError
            Where H is not positive definite.
        """
        products = _cross_products(nested, rows, weights)
        factors: list[np.ndarray] = []
        coupling: list[np.ndarray] = []
        for level in range(len(sizes) - 1, -1, -1):
            above = sum(sizes[:level])
            own = slice(above, above + sizes[level])
            block = products[:, own, own] + np.eye(sizes[level])
            factor = np.linalg.cholesky(block)
            side = np.linalg.solve(block, products[:, own, :above])
            factors.insert(0, factor)
            coupling.insert(0, side)
            if level:
                rest = products[:, :above, :above] - products[:, :above, own] @ side
                products = nested.within[level - 1].sums(rest)
        return cls(nested, tuple(sizes), tuple(factors), tuple(coupling))

    def log_determinants(self) -> np.ndarray:
        """Return log|H| by group of the highest level, (G,)."""
        total = np.zeros(0)
        for level in range(len(self.sizes) - 1, -1, -1):
            diagonal = np.diagonal(self.factors[level], axis1=1, axis2=2)
            own = 2 * np.log(diagonal).sum(axis=1)
            total = own if level == len(self.sizes) - 1 else own + self.nested.within[level].sums(total)
        return total

    def solve(self, right: Effects) -> Effects:
        """Return H^-1 times a vector of all effects."""
        sides = [own.copy() for own in right]
        found: Effects = [np.zeros(0)] * len(right)
        for level in range(len(right) - 1, -1, -1):
            own = sides[level]
            found[level] = _solved(self.factors[level], own)
            if level:
                # What the eliminated effects take from those of each level above.
                moved = np.einsum("gqa,gq->ga", self.coupling[level], own)
                self._take(sides, level, moved)
        for level in range(1, len(right)):
            above = self._above(found, level)
            found[level] = found[level] - np.einsum("gqa,ga->gq", self.coupling[level], above)
        return found

    def _take(self, sides: Effects, level: int, moved: np.ndarray) -> None:
        """Subtract sums of (groups, effects above) from the right sides of the levels above."""
        for upper in range(level - 1, -1, -1):
            moved = self.nested.within[upper].sums(moved)
            start = sum(self.sizes[:upper])
            sides[upper] -= moved[:, start : start + self.sizes[upper]]

    def _above(self, found: Effects, level: int) -> np.ndarray:
        """Return the effects of the levels above, (groups of the level, effects)."""
        parts = []
        for upper in range(level):
            own = found[upper]
            for between in range(upper, level):
                own = own[self.nested.within[between].codes]
            parts.append(own)
        return np.concatenate(parts, axis=1)

    def path_inverses(self) -> np.ndarray:
        """Return the block of H^-1 of each path, (groups of the lowest level, Q, Q)."""
        found = _inverse(self.factors[0])
        for level in range(1, len(self.sizes)):
            above = found[self.nested.within[level - 1].codes]
            side = -self.coupling[level] @ above
            own = _inverse(self.factors[level]) - side @ np.swapaxes(self.coupling[level], 1, 2)
            top = np.concatenate([above, np.swapaxes(side, 1, 2)], axis=2)
            found = np.concatenate([top, np.concatenate([side, own], axis=2)], axis=1)
        return found


def _cross_products(nested: Nested, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return sums of w a a' by group of the lowest level, (G, Q, Q)."""
    lowest, size = nested.rows[-1], rows.shape[1]
    found = np.empty((lowest.count, size, size))
    for first in range(size):
        weighted = rows[:, first] * weights
        for second in range(first + 1):
            found[:, first, second] = found[:, second, first] = lowest.sums(weighted * rows[:, second])
    return found


def _solved(factors: np.ndarray, right: np.ndarray) -> np.ndarray:
    half = np.linalg.solve(factors, right[..., None])
    return np.linalg.solve(np.swapaxes(factors, 1, 2), half)[..., 0]


def _inverse(factors: np.ndarray) -> np.ndarray:
    half = np.linalg.inv(factors)
    return np.swapaxes(half, 1, 2) @ half
