"""Second derivatives along the residual parameters of many by() groups, all groups at once.

Where every group of the top level lies in one by() group, V has a part of its own for each by() group, and
these have only beta in common. At a fixed beta, and a fixed C = Var(beta), the slopes along the parameters of
a group depend on no other group's parameters: all groups may take a step at once, in one parameter of each.
What beta's answer to the step adds to the second derivatives along i and j is known by formula: with A_i the
derivative of X'V^{-1}X and s_i that of the slope of y'Py by beta,

    -s_i'C s_j / 2  to those of y'Py,  -tr(C A_i C A_j)  to those of log|X'V^{-1}X|.

So the cost is that of the parameters of one group, not of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.residuals.products import STEP
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.sweeps import Psis, Sweeps, Upward
from xmixed.engine.sweeps.whitened import NestedWhitening

Stencil = Sequence[tuple[float, float]]
"""Steps and weights of a difference."""

# As many sets of parameters are worth it.
_LEAST_GROUPS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where derivatives are taken: rho (r,), the sweeps there, and what these found at `psis`."""

    rho: np.ndarray
    sweeps: Sweeps
    up: Upward
    psis: Psis


def is_separate(whitening: NestedWhitening) -> bool:
    """Whether V has a part of its own for each by() group, and there are so many that it is worth it."""
    nested = whitening.nested
    by, units = nested.residuals.by, nested.units
    if by is None or nested.residuals.n_by < _LEAST_GROUPS or not nested.products.takes_complex_posterior:
        return False
    own = by[units.rows]
    starts = units.starts
    if nested.groups:
        starts = starts[np.flatnonzero(np.diff(nested.groups[0], prepend=-1))]
    if not np.array_equal(np.minimum.reduceat(own, starts), np.maximum.reduceat(own, starts)):
        return False
    p = whitening.problem.p
    calls = p * (p + 1) // 2 if whitening.problem.reml else 0
    return whitening.residual.table.free.shape[1] + p + calls < whitening.count


class SeparateGroups:
    """Rows of second derivatives at a place; `stencil` None where complex steps will do."""

    def __init__(self, whitening: NestedWhitening, place: Place, stencil: Stencil | None) -> None:
        self.whitening, self.place, self.stencil = whitening, place, stencil
        self.root = np.linalg.inv(place.up.factor) if len(place.up.factor) else place.up.factor
        self.columns = np.nonzero(whitening.residual.table.free)[1]

    def _slopes(self, place: Place) -> np.ndarray:
        """Along the residual parameters: of the log determinants and of y'Py, (2, r)."""
        return np.stack(self.whitening.slopes(place.rho, place.sweeps, place.up, place.psis))

    def along_effects(self, directions: Sequence[Direction]) -> np.ndarray:
        """Second derivatives along residual parameters and directions of Psi, (2, r, d)."""
        place, found = self.place, []
        for direction in directions:
            psis = list(place.psis)
            psis[direction.position] = psis[direction.position] + 1j * STEP * direction.matrix
            up = place.sweeps.up(tuple(psis))
            found.append(np.imag(self._slopes(Place(place.rho, place.sweeps, up, tuple(psis)))) / STEP)
        return np.stack(found, axis=2) if found else np.zeros((2, len(place.rho), 0))

    def among_residuals(self) -> np.ndarray:
        """Second derivatives along pairs of residual parameters, (2, r, r)."""
        r, groups = len(self.place.rho), self.whitening.groups
        second = np.zeros((2, r, r))
        same = groups[:, None] == groups
        for column in np.unique(self.columns):
            moved = np.flatnonzero(self.columns == column)
            # Each group's slopes belong to the one parameter of the group that moved.
            change = self._change(moved)
            pairs = same[:, moved]
            rows, places = np.nonzero(pairs)
            second[:, rows, moved[places]] = change[:, rows]
        along = self._by_beta()
        second[1] -= 0.5 * along @ along.T
        if self.whitening.problem.reml:
            used = self._information(along)
            second[0] -= used @ used.T
        return second

    def _change(self, moved: np.ndarray) -> np.ndarray:
        """Derivatives of the slopes along the sum of the parameters `moved`, beta held; (2, r)."""
        unit = np.zeros(len(self.place.rho))
        unit[moved] = 1.0
        if self.stencil is None:
            return np.imag(self._held(self.place.rho + 1j * STEP * unit)) / STEP
        return sum(
            (weight * self._held(self.place.rho + step * unit) for step, weight in self.stencil),
            np.zeros((2, len(unit))),
        )

    def _held(self, rho: np.ndarray) -> np.ndarray:
        """Slopes at other residual parameters with beta and its covariance where they are."""
        sweeps, _ = self.whitening.formed(rho)
        up, psis = sweeps.up(self.place.psis), self.place.psis
        up = up._replace(beta=self.place.up.beta, factor=self.place.up.factor)
        return self._slopes(Place(rho, sweeps, up, psis))

    def _of_squares(self, shift: np.ndarray) -> np.ndarray:
        """Slopes of y'Py, as a function of beta, at another beta; (r,)."""
        up = self.place.up._replace(beta=self.place.up.beta + shift)
        return self._slopes(replace(self.place, up=up))[1]

    def _by_beta(self) -> np.ndarray:
        """Derivatives of the slopes of y'Py along beta, (r, p), in units that make C the identity."""
        found = [np.imag(self._of_squares(1j * STEP * direction)) / STEP for direction in self.root]
        return np.stack(found, axis=1) if found else np.zeros((len(self.place.rho), 0))

    def _information(self, by_beta: np.ndarray) -> np.ndarray:
        """Derivatives of X'V^{-1}X in the same units, packed so that products are traces; (r, p(p + 1)/2).

        The slopes of y'Py are squares in beta: what is left of a step in it are those of X'V^{-1}X.
        """
        base = self._of_squares(np.zeros(len(self.root)))
        single = [self._of_squares(direction) - base for direction in self.root]
        found = []
        for i, first in enumerate(self.root):
            found.append(single[i] - by_beta[:, i])
            for j in range(i):
                both = self._of_squares(first + self.root[j]) - base
                found.append((both - single[i] - single[j]) / np.sqrt(2.0))
        return np.stack(found, axis=1) if found else np.zeros((len(base), 0))
