"""What the engine gives back: parameters, progress events, notes and the fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from xmixed.engine.model import Method

ParameterKind = Literal[
    "log_sd",
    "atanh_correlation",
    "log_sd_residual",
    "residual_log_ratio",
    "residual_atanh",
    "residual_atanh_theta",
    "residual_phi",
    "residual_theta",
    "residual_logit",
]
NoteKind = Literal[
    "variance_zero",
    "correlation_limit",
    "covariance_singular",
    "residual_variance_zero",
    "residual_limit",
    "residual_singular",
    "residual_near_singular",
    "residual_sd_zero",
    "not_identified",
    "lag_not_seen",
    "rounding",
    "higher_without_maximum",
    "standard_errors_failed",
]
Verdict = Literal[
    "converged", "em_only", "no_parameters", "iteration_limit", "not_concave", "no_progress", "residual_zero"
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One free parameter in the estimation metric, in e(b) order.

    `level`, `equation`, `row`, `column` count from 1; row == column for standard deviations, and
    all are zero for the residual.

    Those of the residual structure come last, one by() group after the other; `level` is 0, `equation` the
    by() group. First its `residual_log_ratio`s: log of a standard deviation over sigma_e, that of the
    first group (and first t()); row == column is the position of t() for unstructured and banded, else 0.
    Then `residual_atanh`: correlation of positions row and column (unstructured, banded), of lag `row`
    (toeplitz), or the one there is (exchangeable, ar 1: both 0); `residual_atanh_theta`: ma 1;
    `residual_phi`, `residual_theta`: raw, `row` the lag; `residual_logit`: rho of exponential.
    """

    kind: ParameterKind
    level: int
    equation: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """The fit has reached a new phase."""

    phase: Literal["em", "gradient", "standard_errors"]


@dataclass(frozen=True, slots=True)
class EMStep:
    """One EM step is done; `log_likelihood` is the (restricted) log likelihood, response units."""

    number: int
    log_likelihood: float


@dataclass(frozen=True, slots=True, eq=False)
class IterationDetail:
    """What `trace`, `gradient`, `hessian`, `showstep` and `showtolerance` show of an iteration.

    Attributes
    ----------
    parameters, gradient : (k-1,) arrays; hessian : (k-1, k-1) array
        Matrix square roots or logarithms of Sigma/sigma_e^2 in the user's columns, and the derivatives
        of the profiled log likelihood there.
    steps : tuple of (length, log likelihood)
        What the line search tried, in units of the first step.
    tolerance, ltolerance : float
        Relative changes of parameters and log likelihood; nan at the starting point.
    nrtolerance : float
        Scaled gradient g'(-H)^{-1}g, flat directions left out.
    """

    parameters: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray
    steps: tuple[tuple[float, float], ...]
    tolerance: float
    ltolerance: float
    nrtolerance: float


@dataclass(frozen=True, slots=True)
class Iteration:
    """One iteration of the gradient-based optimisation; number 0 is its starting point.

    `detail` is there when `Options.detail` asks for it.
    """

    number: int
    log_likelihood: float
    not_concave: bool = False
    backed_up: bool = False
    detail: IterationDetail | None = field(default=None, compare=False, repr=False)


Progress = PhaseStarted | EMStep | Iteration


@dataclass(frozen=True, slots=True)
class BoundaryNote:
    """A typed remark on the solution; indices count from 1, and are 0 where they do not apply.

    Of "lag_not_seen" `equation` and `row` are those of the residual parameter that is left out, `column` is
    the lag. Of "rounding" `size` is how far the log likelihood is open (it may be infinite), level and
    equation are those of the largest effects; 0 where the residual covariance matrix is nearly singular.
    """

    kind: NoteKind
    level: int = 0
    equation: int = 0
    row: int = 0
    column: int = 0
    size: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Optimization:
    """The maximisation as a value.

    Attributes
    ----------
    start : (k-1,) array
        Where the gradient-based iterations began, optimisation metric (matsqrt or matlog).
    estimates, gradient : (k-1,) arrays; hessian : (k-1, k-1) array
        End point in the same metric, derivatives of the profiled log likelihood there.
    em_iterations : int
        EM steps taken.
    iterations : tuple of Iteration
        What the iteration log shows.
    evaluations : int
        Sweeps over the groups.
    converged : bool
        Scaled gradient below 1e-5 and Hessian negative definite (off the boundary).
    return_code : int
        0, or 430 when not converged.
    verdict : str
        Why the optimisation ended.
    scaled_gradient : float
        g'(-H)^{-1}g; nan where the Hessian is not negative definite.
    """

    start: np.ndarray
    estimates: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray
    em_iterations: int
    iterations: tuple[Iteration, ...]
    evaluations: int
    converged: bool
    return_code: int
    verdict: Verdict
    scaled_gradient: float


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Linear regression on the same X: the comparison model.

    Attributes
    ----------
    beta : (p,) array, response units
    beta_covariance : (p, p) array
    sigma_e : float
        Residual standard deviation: rss/n (ML) or rss/(n-p) (REML), square-rooted.
    log_likelihood : float
        (Restricted) log likelihood.
    n_obs, rank : int
    """

    beta: np.ndarray
    beta_covariance: np.ndarray
    sigma_e: float
    log_likelihood: float
    n_obs: int
    rank: int


@dataclass(frozen=True, slots=True, eq=False)
class SandwichParts:
    """What robust variances are made of, where no digits are lost far from zero: for centred, scaled X.

    Attributes
    ----------
    scores : (M, p + k) array
        Of the clusters, as in `Fit`, but by beta of those columns.
    bread : (p + k, p + k) array
        The usual covariance, block-diagonal.
    to_user : (p + k, p + k) array
        Derivative of the user's beta and the parameters.
    to_centred : (p + k, p + k) array
        The same of beta for the user's columns less `Fit.centers`.
    """

    scores: np.ndarray
    bread: np.ndarray
    to_user: np.ndarray
    to_centred: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The result of `fit`.

    Attributes
    ----------
    method : {"ml", "reml"}
    beta : (p,) array
        Fixed effects, response units.
    beta_covariance : (p, p) array
        sigma_e^2 (R00'R00)^{-1}.
    centers : (p,) array
        What is taken from the columns of X where they are centred.
    centred_covariance : (p, p) array
        `beta_covariance` for the columns less that: no digits are lost far from zero.
    parameters : tuple of k Parameter
    estimates : (k,) array
        Estimation metric (log standard deviations, atanh correlations, log sigma_e), floored so
        that every entry is finite.
    parameter_covariance : (k, k) array
        Inverse of the negative Hessian of L*; rows and columns of parameters on the boundary are
        zero. All zero where standard errors were not asked for or failed (see `boundary`).
    covariances : tuple over levels of tuple over equations of (q, q) arrays
        Sigma in response units; of effects that are equally correlated within larger groups that of any two.
    sigma_e : float
        Residual standard deviation, response units.
    log_likelihood : float
        (Restricted) log likelihood at the estimates.
    n_obs, rank : int
        n, and the rank p of X.
    comparison : Regression
    optimization : Optimization
    boundary : tuple of BoundaryNote
    scores : (M, p + k) array or None
        Derivatives of each cluster's log likelihood, weights included, by (beta, estimates). None where they
        were not asked for.
    sandwich : SandwichParts or None
        There with `scores`.
    prepared : object
        What `evaluate` may begin with; None where it has to prepare the model anew.
    """

    method: Method
    beta: np.ndarray
    beta_covariance: np.ndarray
    centers: np.ndarray
    centred_covariance: np.ndarray
    parameters: tuple[Parameter, ...]
    estimates: np.ndarray
    parameter_covariance: np.ndarray
    covariances: tuple[tuple[np.ndarray, ...], ...]
    sigma_e: float
    log_likelihood: float
    n_obs: int
    rank: int
    comparison: Regression
    optimization: Optimization
    boundary: tuple[BoundaryNote, ...]
    scores: np.ndarray | None = None
    sandwich: SandwichParts | None = None
    prepared: object = None
