"""The values of a factor as equally correlated random effects: `|| region: R.state, cov(exchangeable)`.

Within an enclosing group the effects have variance v and covariance c: Sigma = (v - c) I + c J. That is a
random intercept of variance v - c for every value, and one of "variance" c for the enclosing group, which
may be negative down to -(v - c)/q, q being the values in the largest group. The sweeps therefore see two
levels, which one block drives; nothing of the size of the factor is formed.

The block's own matrix is the 2 x 2 exchangeable matrix with the two eigenvalues of the q x q one,
v - c and v + (q - 1)c. Square roots and logarithms act on eigenvalues, so that the optimiser may treat it as
any exchangeable block, and both limits of the correlation are where it is singular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.structures import covariance_structure
from xmixed.engine.errors import InvalidModel
from xmixed.engine.model import Level
from xmixed.engine.products.grouping import enclosing


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """How a block of equally correlated effects acts on the enclosing level.

    Attributes
    ----------
    position : int
        The enclosing level among those that the sweeps see.
    to_working : float
        Working "variance" of the enclosing level = to_working^2 * (K c K'/sigma_e^2).
    members : int
        q, how many values the largest enclosing group has; at least two.
    """

    position: int
    to_working: float
    members: int

    @property
    def change(self) -> np.ndarray:
        """(2, 2) matrix from (v, c) to the coordinates of the block's own matrix."""
        q = self.members
        return np.array([[1.0, (q - 2) / 2], [0.0, q / 2]])

    @property
    def pieces(self) -> np.ndarray:
        """(2, 2) matrix from the coordinates of the block's own matrix to (v - c, c)."""
        return np.array([[1.0, -1.0], [0.0, 2.0 / self.members]])

    def em_step(self, psi: np.ndarray, own: float, common: float, groups: float) -> np.ndarray:
        """The block's own matrix after one EM step.

        Every group counts as having q values, some of them never observed: then the complete data have the
        closed form of an exchangeable matrix, and the log likelihood rises as in any EM.

        Parameters
        ----------
        psi : (2, 2) array
        own, common : float
            Sums over values and over enclosing groups of (Z'Py)^2/sigma_e^2 - Z'MZ.
        groups : float
            Number of enclosing groups.
        """
        q = self.members
        within, between = psi[0, 0] - psi[0, 1], psi[0, 0] + psi[0, 1]
        within += within**2 * (own - common / q) / (groups * (q - 1))
        between += between**2 * common / (groups * q)
        half = (between - within) / 2
        return np.array([[within + half, half], [half, within + half]])


def check(level: Level) -> None:
    """Raise InvalidModel where `Level.within` contradicts the level."""
    if level.within is None:
        return
    codes, n_groups = level.within
    if [equation.columns for equation in level.equations] != [(None,)]:
        raise InvalidModel("a level within another has one equation with the constant alone")
    if not covariance_structure(level.equations[0].structure, 2).ties_groups:
        raise InvalidModel("effects within enclosing groups are exchangeable")
    if codes.shape != level.groups.shape:
        raise InvalidModel("columns differ in length")
    if len(codes) and (codes.min() < 0 or codes.max() >= n_groups):
        raise InvalidModel("group codes are outside 0..n_groups-1")
    if enclosing(codes, level.groups, level.n_groups) is None:
        raise InvalidModel("a group lies in more than one enclosing group")
