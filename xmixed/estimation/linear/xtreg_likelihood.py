"""Random intercepts by maximum likelihood, from sums by group: what xtreg, mle maximises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.likelihood.newton import Evaluation
from xmixed.estimation.linear.panel import Groups, random_effects
from xmixed.statistics.linear.blocks import Column


@dataclass(frozen=True, slots=True, eq=False)
class RandomIntercepts:
    """The log likelihood of y = X b + u_i + e, u_i and e normal; parameters b*, sigma_u, sigma_e.

    With T_i rows, v_i = sigma_e^2 + T_i sigma_u^2, W(b) the sum of squares of y - X b within groups and m_i
    its mean in a group, it is
    -1/2 [N log 2 pi + (N - G) log sigma_e^2 + sum log v_i + W / sigma_e^2 + sum T_i m_i^2 / v_i].

    Attributes
    ----------
    sizes : ndarray, shape (G,)
        T_i.
    within : ndarray, shape (p + 1, p + 1)
        Cross-products of [X, y] within groups, columns centred and scaled.
    means : ndarray, shape (p + 1, G)
        Means of [X, y] by group.
    centers, scales : ndarray, shape (p,)
        A standardised column is (x - center) / scale.
    constant : int or None
        Which column of X is the constant.
    initial : ndarray, shape (p + 2,)
    """

    sizes: np.ndarray
    within: np.ndarray
    means: np.ndarray
    centers: np.ndarray
    scales: np.ndarray
    constant: int | None
    initial: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, columns: Sequence[Column], groups: Groups) -> RandomIntercepts:
        """Return the likelihood of columns that are linearly independent; it starts at the GLS estimates."""
        p = len(columns)
        constant = next((place for place, column in enumerate(columns) if column is None), None)
        rows = np.ones((p + 1, len(y)))
        centers, scales = np.zeros(p), np.ones(p)
        for place, column in enumerate(columns):
            if column is not None:
                centers[place] = column.mean() if constant is not None else 0.0
                rows[place] = column - centers[place]
                scales[place] = np.sqrt(np.mean(rows[place] ** 2)) or 1.0
                rows[place] /= scales[place]
        rows[p] = y
        means = np.array([groups.means(row) for row in rows])
        rows -= means[:, groups.codes]
        first = random_effects(y, columns, groups)
        start = first.fit.beta * scales
        if constant is not None:
            start[constant] = first.fit.beta[constant] + first.fit.beta @ centers
        sigma_e = first.sigma_e if np.isfinite(first.sigma_e) and first.sigma_e > 0 else float(np.std(y))
        sigma_u = first.sigma_u if np.isfinite(first.sigma_u) and first.sigma_u > 0 else sigma_e / 10
        initial = np.concatenate([start, [sigma_u, sigma_e]])
        return cls(groups.sizes, rows @ rows.T, means, centers, scales, constant, initial)

    @property
    def transform(self) -> np.ndarray:
        p = len(self.scales)
        whole = np.eye(p + 2)
        whole[:p, :p] = np.diag(1 / self.scales)
        if self.constant is not None:
            whole[self.constant, :p] -= self.centers / self.scales
        return whole

    def start(self) -> np.ndarray:
        return self.initial

    def _parts(self, parameters: np.ndarray) -> tuple[float, float, np.ndarray, np.ndarray, float]:
        """Return sigma_u^2, sigma_e^2, v, m and W."""
        p = len(self.scales)
        u, a = float(parameters[p] ** 2), float(parameters[p + 1] ** 2)
        contrast = np.append(-parameters[:p], 1.0)
        return u, a, a + self.sizes * u, contrast @ self.means, float(contrast @ self.within @ contrast)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        _, a, v, m, W = self._parts(parameters)
        if not a > 0:
            return -np.inf
        n = float(self.sizes.sum())
        total = n * np.log(2 * np.pi) + (n - len(v)) * np.log(a) + np.log(v).sum()
        return -0.5 * float(total + W / a + np.sum(self.sizes * m**2 / v))

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        p, T = len(self.scales), self.sizes
        _, a, v, m, W = self._parts(parameters)
        means = self.means[:p]
        left = float(T.sum()) - len(v)
        pull = self.within[:p, p] - self.within[:p, :p] @ parameters[:p]
        # First and second derivatives along b, sigma_u^2 and sigma_e^2, then along the sigmas.
        slope_u = -0.5 * float(np.sum(T / v) - np.sum(T**2 * m**2 / v**2))
        slope_a = -0.5 * float(left / a - W / a**2 + np.sum(1 / v) - np.sum(T * m**2 / v**2))
        second = np.zeros((p + 2, p + 2))
        second[:p, :p] = -self.within[:p, :p] / a - (means * (T / v)) @ means.T
        second[:p, p] = -means @ (T**2 * m / v**2)
        second[:p, p + 1] = -pull / a**2 - means @ (T * m / v**2)
        second[p, p] = 0.5 * float(np.sum(T**2 / v**2) - 2 * np.sum(T**3 * m**2 / v**3))
        second[p, p + 1] = 0.5 * float(np.sum(T / v**2) - 2 * np.sum(T**2 * m**2 / v**3))
        within = left / a**2 - 2 * W / a**3
        second[p + 1, p + 1] = 0.5 * float(within + np.sum(1 / v**2) - 2 * np.sum(T * m**2 / v**3))
        second = np.triu(second) + np.triu(second, 1).T
        chain = np.append(np.ones(p), 2 * parameters[p:])
        slopes = np.concatenate([pull / a + means @ (T * m / v), [slope_u, slope_a]])
        curvature = second * np.outer(chain, chain)
        curvature[p, p] += 2 * slope_u
        curvature[p + 1, p + 1] += 2 * slope_a
        return Evaluation(self.log_likelihood(parameters), slopes * chain, -curvature)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        raise NotImplementedError("no robust variances for this likelihood")
