"""Conditional means and variances of random effects and beta on the way down the levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import cholesky, cross, product, solve_lower, times


@dataclass(frozen=True, slots=True, eq=False)
class LevelState:
    """Y = L^{-1}R (q, q, G) and E = L^{-1}C (q, w, G) of one level, with A = LL'.

    `lower` is R' (q, q, G); None for the bottom level, whose R does not depend on the parameters.
    """

    Y: np.ndarray
    E: np.ndarray
    lower: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """Conditional means and variances (sigma_e = 1) of all that stands above a level's groups.

    Attributes
    ----------
    beta : (p,) array
    root : (p, p) array or None
        Upper-triangular F^{-1} with Var(beta) = F^{-T}F^{-1}; None for ML, where beta counts as known.
    means : (Q, G) array
        Conditional means of the random effects of the levels above, nearest first, less what y is measured
        from.
    variances : (Q, Q, G) array
    with_beta : (Q, p, G) array or None
        Their conditional covariance with beta (REML).
    """

    beta: np.ndarray
    root: np.ndarray | None
    means: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None

    @staticmethod
    def fixed_only(beta: np.ndarray, factor: np.ndarray | None) -> Above:
        """What stands above all levels: beta; `factor` of X'V^{-1}X, None where beta counts as known."""
        kind = beta.dtype
        root = np.linalg.inv(factor) if factor is not None and len(factor) else None
        none = np.zeros((0, len(beta), 1), kind) if root is not None else None
        return Above(beta, root, np.zeros((0, 1), kind), np.zeros((0, 0, 1), kind), none)

    def of_children(self, parents: np.ndarray) -> Above:
        with_beta = None if self.with_beta is None else self.with_beta[:, :, parents]
        return Above(self.beta, self.root, self.means[:, parents], self.variances[:, :, parents], with_beta)

    def residual(self, E: np.ndarray) -> np.ndarray:
        """E_y - E_X beta - E_u u, (q, G)."""
        size, p = len(self.means), len(self.beta)
        coefficients = np.append(-self.beta, 1.0)[None, :]
        result = np.matmul(coefficients, E[:, size : size + p + 1])[:, 0]
        return result - (E[:, :size] * self.means).sum(axis=1) if size else result

    def fixed_root(self, E: np.ndarray) -> np.ndarray | None:
        """E_X F^{-T}, (q, p, G): the part of the groups' information that estimating beta uses up."""
        if self.root is None:
            return None
        size, p = len(self.means), len(self.beta)
        return np.stack([self.root @ row[size : size + p] for row in E])

    def explained(self, E: np.ndarray) -> np.ndarray:
        """E_up Cov_up E_up', (q, q, G)."""
        size = len(self.means)
        left = self.times_covariance(E)
        result = product(left[0], E[:, :size].transpose(1, 0, 2))
        if left[1] is not None:
            p = len(self.beta)
            result = result + product(left[1], E[:, size : size + p].transpose(1, 0, 2))
        return result

    def times_covariance(self, E: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """E_up Cov_up, split into the columns of the random effects and those of beta."""
        size, p = len(self.means), len(self.beta)
        to_u = product(E[:, :size], self.variances)
        if self.root is None or self.with_beta is None:
            return to_u, None
        E_X = E[:, size : size + p]
        to_u = to_u + product(E_X, self.with_beta.transpose(1, 0, 2))
        covariance = self.root.T @ self.root
        to_beta = np.stack([covariance @ row for row in E_X])
        if size:
            to_beta = to_beta + product(E[:, :size], self.with_beta)
        return to_u, to_beta

    def extended(
        self,
        state: LevelState,
        psi: np.ndarray,
        s: np.ndarray,
        own: np.ndarray,
        origin: np.ndarray | float = 0.0,
    ) -> Above:
        """Put this level's random effects before what stands above them.

        Parameters
        ----------
        s : (q, G) array, Z'Py
        own : (q, q, G) array, their conditional variance
        origin : (q, G) array or 0
            What their means are measured from.
        """
        to_u, to_beta = self.times_covariance(state.E)
        between = -times(psi, cross(state.Y, to_u))
        q, size, groups = len(psi), len(self.means), s.shape[1]
        variances = np.empty((q + size, q + size, groups), own.dtype)
        variances[:q, :q], variances[:q, q:] = own, between
        variances[q:, :q], variances[q:, q:] = between.transpose(1, 0, 2), self.variances
        means = np.concatenate([psi @ s - origin, np.broadcast_to(self.means, (size, groups))])
        if to_beta is None or self.with_beta is None:
            return Above(self.beta, self.root, means, variances, None)
        own_beta = -times(psi, cross(state.Y, to_beta))
        old = np.broadcast_to(self.with_beta, (size, len(self.beta), groups))
        return Above(self.beta, self.root, means, variances, np.concatenate([own_beta, old]))


def conditional_variance(lower: np.ndarray, psi: np.ndarray) -> np.ndarray:
    """Variance of a level's effects given y and all above them, (q, q, G), from R' = `lower` (q, q, G).

    That is T (I + T'R'RT)^{-1}T' with Psi = TT': nothing is subtracted.
    """
    if len(psi) == 1:
        return psi[0, 0] / (1.0 + psi[0, 0] * lower**2)
    if np.iscomplexobj(psi):
        # With an imaginary step only; there is no root of it.
        inner = cross(lower, times(psi, lower))
        inner[np.arange(len(psi)), np.arange(len(psi))] += 1.0
        half = solve_lower(cholesky(inner)[0], times(psi, lower).transpose(1, 0, 2))
        return psi[:, :, None] - cross(half, half)
    values, vectors = np.linalg.eigh(psi)
    T = vectors * np.sqrt(np.maximum(values, 0.0))
    scaled = product(lower.transpose(1, 0, 2), T[:, :, None])
    inner = cross(scaled, scaled)
    inner[np.arange(len(T)), np.arange(len(T))] += 1.0
    half = solve_lower(cholesky(inner)[0], np.repeat(T.T[:, :, None], lower.shape[2], axis=2))
    return cross(half, half)
