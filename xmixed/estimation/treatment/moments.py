"""Potential outcomes by stacked estimating equations: their solution and its sandwich variance.

Cattaneo (2010), Journal of Econometrics 155; Wooldridge (2010), Econometric Analysis, chapter 21.
Derivatives of the equations are complex steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from xmixed.errors import StataError

_ROUNDS = 100
_STEP = 1e-30

ADJUSTED = frozenset({"ra", "aipw", "ipwra"})
"""Estimators with models of the outcome."""
WEIGHTED = frozenset({"ipw", "aipw", "ipwra"})
"""Estimators with a model of the treatment."""


def _logistic(eta: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-eta))


def mean_of(model: str, eta: np.ndarray) -> np.ndarray:
    """Return the mean of an outcome model (linear, logit, probit, poisson); complex numbers go through."""
    if model == "linear":
        return eta
    if model == "logit":
        return _logistic(eta)
    return special.ndtr(eta) if model == "probit" else np.exp(eta)


def _residual(model: str, y: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Return what the covariates are multiplied by in the score."""
    mean = mean_of(model, eta)
    if model != "probit":
        return y - mean
    density = np.exp(-eta * eta / 2) / np.sqrt(2 * np.pi)
    return density * (y - mean) / (mean * (1 - mean))


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Observations of a study.

    Attributes
    ----------
    y : ndarray, shape (n,)
    treatment : ndarray of int, shape (n,)
        Levels from 0.
    X : ndarray, shape (n, p)
        Columns of the outcome model.
    Z : ndarray, shape (n, q)
        Columns of the treatment model.
    weights : ndarray, shape (n,)
    levels, control, treated : int
        How many levels; the one compared with; the one averaged over, -1 for all.
    estimator, outcome, propensity : str
    """

    y: np.ndarray
    treatment: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    weights: np.ndarray
    levels: int
    control: int
    treated: int
    estimator: str
    outcome: str
    propensity: str

    @property
    def others(self) -> list[int]:
        """Levels beside the control."""
        return [level for level in range(self.levels) if level != self.control]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of means, of outcome and of treatment coefficients."""
        p = self.X.shape[1] * self.levels if self.estimator in ADJUSTED else 0
        q = self.Z.shape[1] * (self.levels - 1) if self.estimator in WEIGHTED else 0
        return self.levels, p, q

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return means (levels,), outcome coefficients (levels, p), treatment coefficients (levels-1, q)."""
        means, p, _ = self.sizes
        beta = theta[means : means + p].reshape(-1, self.X.shape[1]) if p else theta[:0]
        gamma = theta[means + p :]
        return theta[:means], beta, gamma.reshape(self.levels - 1, -1) if len(gamma) else gamma

    def propensities(self, gamma: np.ndarray) -> np.ndarray:
        """Return the probabilities of the levels, (n, levels)."""
        eta = self.Z @ gamma.T
        if self.propensity == "probit":
            p = special.ndtr(eta[:, 0])
            found = np.empty((len(p), 2), dtype=p.dtype)
            found[:, self.others[0]], found[:, self.control] = p, 1 - p
            return found
        whole = np.zeros((len(eta), self.levels), dtype=eta.dtype)
        whole[:, self.others] = eta
        shifted = np.exp(whole - np.real(whole).max(axis=1)[:, None])
        return shifted / shifted.sum(axis=1)[:, None]

    def inverse_weights(self, p: np.ndarray) -> np.ndarray:
        """Return what makes each level like all observations, or like the treated, (n, levels)."""
        target = p[:, [self.treated]] if self.treated >= 0 else 1.0
        return target / p


def moments(theta: np.ndarray, study: Study) -> np.ndarray:
    """Return the estimating functions of each observation, (n, k), unweighted."""
    means, beta, gamma = study.split(theta)
    indicators = study.treatment[:, None] == np.arange(study.levels)
    inside = np.ones(len(study.y)) if study.treated < 0 else indicators[:, study.treated].astype(float)
    parts: list[np.ndarray] = []
    scale = np.ones((len(study.y), study.levels), dtype=theta.dtype)
    treatment_parts: list[np.ndarray] = []
    if len(gamma):
        p = study.propensities(gamma)
        scale = study.inverse_weights(p)
        if study.propensity == "probit":
            own = _residual("probit", indicators[:, study.others[0]], study.Z @ gamma[0])
            treatment_parts.append(own[:, None] * study.Z)
        else:
            treatment_parts += [
                (indicators[:, level] - p[:, level])[:, None] * study.Z for level in study.others
            ]
    fitted = None
    outcome_parts: list[np.ndarray] = []
    if len(beta):
        eta = study.X @ beta.T
        fitted = mean_of(study.outcome, eta)
        for level in range(study.levels):
            own = _residual(study.outcome, study.y, eta[:, level]) * indicators[:, level]
            if study.estimator == "ipwra":
                own = own * scale[:, level]
            outcome_parts.append(own[:, None] * study.X)
    for level in range(study.levels):
        if fitted is None:
            own = indicators[:, level] * scale[:, level] * (study.y - means[level])
        else:
            own = inside * (fitted[:, level] - means[level])
            if study.estimator == "aipw":
                own = own + indicators[:, level] * scale[:, level] * (study.y - fitted[:, level])
        parts.append(own[:, None])
    return np.hstack([*parts, *outcome_parts, *treatment_parts])


def _jacobian(theta: np.ndarray, study: Study) -> np.ndarray:
    """Return derivatives of the weighted sums of the estimating functions, (k, k)."""
    k = len(theta)
    found = np.empty((k, k))
    for place in range(k):
        moved = theta.astype(complex)
        moved[place] += 1j * _STEP
        found[:, place] = study.weights @ np.imag(moments(moved, study)) / _STEP
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Parameters (k,), scores of observations (n, k), and the inverse of the Jacobian (k, k)."""

    theta: np.ndarray
    scores: np.ndarray
    inverse: np.ndarray
    smallest: float


def solve(study: Study) -> Solution:
    """Solve the estimating equations: first the treatment's, then the outcomes', then the means.

    Raises
    ------
    StataError
        r(430) where no solution is found, as with perfect predictors.
    """
    means, p, q = study.sizes
    theta = np.zeros(means + p + q)
    total = study.weights.sum()
    share = np.bincount(study.treatment, study.weights, minlength=study.levels) / total
    if q:
        theta[means + p :] = _treatment(study, share)
    if p:
        theta[means : means + p] = _outcomes(study, theta)
    found = study.weights @ moments(theta, study)
    slope = _jacobian(theta, study)
    theta[:means] -= found[:means] / np.diag(slope)[:means]
    smallest = float(study.propensities(study.split(theta)[2]).min()) if q else 1.0
    if not np.isfinite(theta).all() or not np.isfinite(slope).all():
        raise StataError(430, "convergence not achieved")
    slope = _jacobian(theta, study)
    try:
        inverse = np.linalg.inv(slope)
    except np.linalg.LinAlgError:
        raise StataError(430, "convergence not achieved") from None
    return Solution(theta, moments(theta, study), inverse, smallest)


def _newton(theta: np.ndarray, places: slice, study: Study) -> np.ndarray:
    """Solve the equations of some parameters, the others being as they are."""
    theta = theta.copy()
    last = np.inf
    for _ in range(_ROUNDS):
        value = (study.weights @ moments(theta, study))[places]
        slope = _jacobian(theta, study)[places, places]
        if not np.isfinite(value).all() or not np.isfinite(slope).all():
            break
        try:
            step = np.linalg.solve(slope, value)
        except np.linalg.LinAlgError:
            break
        size = float(np.abs(value) @ np.abs(step))
        limit = max(1.0, float(np.abs(theta[places]).max(initial=0.0))) * 5
        theta[places] -= step * min(1.0, limit / max(float(np.abs(step).max()), 1e-300))
        if size <= 1e-20 * study.weights.sum() or (size >= last and size <= 1e-14 * study.weights.sum()):
            return theta[places]
        last = size
    raise StataError(430, "convergence not achieved")


def _treatment(study: Study, share: np.ndarray) -> np.ndarray:
    """Return the coefficients of the treatment model, which is fitted alone."""
    alone = replace(study, estimator="ipw", treated=-1)
    theta = np.zeros(sum(alone.sizes))
    return _newton(theta, slice(study.levels, None), alone)


def _outcomes(study: Study, theta: np.ndarray) -> np.ndarray:
    means, p, _ = study.sizes
    start = theta.copy()
    if study.outcome == "poisson":
        # exp(0) is far from a large mean: a constant column begins at its logarithm
        level = np.log(max(float(np.average(study.y, weights=study.weights)), 1e-10))
        constant = np.flatnonzero((study.X == 1).all(axis=0))
        beta = start[means : means + p].reshape(study.levels, -1)
        if len(constant):
            beta[:, constant[0]] = level
    return _newton(start, slice(means, means + p), study)


def covariance(
    solution: Solution, weights: np.ndarray, frequencies: bool, codes: np.ndarray | None, count: int
) -> np.ndarray:
    """Return the sandwich of the equations, by observation or cluster, (k, k)."""
    if codes is None:
        own = weights if frequencies else weights**2
        meat = solution.scores.T @ (solution.scores * own[:, None])
    else:
        weighted = solution.scores * weights[:, None]
        sums = np.column_stack([np.bincount(codes, column, minlength=count) for column in weighted.T])
        meat = sums.T @ sums
    whole = solution.inverse @ meat @ solution.inverse.T
    return (whole + whole.T) / 2
