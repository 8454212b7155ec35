"""From equations over a sample to a maximised likelihood and its e()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.equations.likelihood import Pointwise, Predictor, SeveralPredictors
from xmixed.estimation.equations.sample import Equation, SystemSample
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True)
class Ancillary:
    """A parameter of its own: its name in e(b), where the search starts, whether its test is shown."""

    name: str
    start: float
    tested: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is maximised.

    Attributes
    ----------
    pointwise : Pointwise
        Its predictors are those of the equations, then the ancillary parameters.
    y : ndarray, shape (m, n)
    starts : sequence of ndarray
        Coefficients of each equation.
    ancillary : tuple of Ancillary
    scales : tuple of float
        Of the equations' predictors; see `Predictor`. () for ones.
    """

    pointwise: Pointwise
    y: np.ndarray
    starts: Sequence[np.ndarray]
    ancillary: tuple[Ancillary, ...] = ()
    scales: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A maximum with its variance; `payload` has the names, `n` the observations, frequencies counted."""

    payload: FittedTerms
    best: Maximum
    variance: np.ndarray
    model_based: np.ndarray
    n: float


def least_squares_of(equation: Equation, weights: np.ndarray | None) -> LeastSquares:
    """Return the regression of an equation's outcome, over the rows that have it."""
    assert equation.y is not None
    y, columns = equation.y, equation.columns
    if equation.offset is not None:
        y = y - equation.offset
    if equation.needed is not None:
        kept = equation.needed
        y, weights = y[kept], None if weights is None else weights[kept]
        columns = tuple(None if column is None else column[kept] for column in columns)
    return least_squares(y, columns, weights)


def likelihood_of(
    base: SingleSample, equations: Sequence[Equation], model: Model, weights: np.ndarray | None
) -> SeveralPredictors:
    """Return the likelihood of a model."""
    scales = model.scales or (1.0,) * len(equations)
    predictors = [
        Predictor(own.columns, own.offset, scale) for own, scale in zip(equations, scales, strict=True)
    ]
    predictors += [Predictor()] * len(model.ancillary)
    starts = [*model.starts, *(np.array([own.start]) for own in model.ancillary)]
    frequencies = base.weighting is not None and base.weighting.kind == "fweight"
    return SeveralPredictors.of(model.y, model.pointwise, predictors, starts, weights, frequencies)


def fit_equations(
    system: SystemSample, model: Model, limits: Tolerances, progress: Progress | None = None
) -> Fitted:
    """Maximise the likelihood of a model.

    Raises
    ------
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    base = system.base
    likelihood = likelihood_of(base, system.equations, model, system.weights)
    best = maximise(likelihood, progress, limits)
    n = observations(len(base.y), base.weighting)
    variance = best.covariance
    if base.variance.kind in ("robust", "cluster"):
        clusters = base.clusters
        codes, count = (None, 0) if clusters is None else (clusters.codes, clusters.count)
        variance = robust_variance(likelihood, best, n, codes, count)
    equations = [FittedEquation(own.name, own.terms) for own in system.equations]
    equations += [
        FittedEquation(own.name, (Term(()),), ancillary=True, tested=own.tested) for own in model.ancillary
    ]
    return Fitted(FittedTerms("", tuple(equations)), best, variance, best.covariance, n)


def last_transformed(fitted: Fitted, value: float, slope: float, name: str) -> Fitted:
    """Return a fit with another parameter in the place of the last: its value, its derivative, its name."""
    b = fitted.best.parameters.copy()
    b[-1] = value
    carry = np.ones(len(b))
    carry[-1] = slope
    *equations, last = fitted.payload.equations
    return replace(
        fitted,
        payload=replace(fitted.payload, equations=(*equations, replace(last, name=name))),
        best=replace(fitted.best, parameters=b),
        variance=fitted.variance * np.outer(carry, carry),
        model_based=fitted.model_based * np.outer(carry, carry),
    )


@dataclass(frozen=True, slots=True)
class Description:
    """What e() says of a model beside its figures; `null`: the log likelihood of the simpler model."""

    command: str
    cmdline: str
    title: str
    predict: str
    null: float = MISSING
    df_model: int = -1


def wald(b: np.ndarray, variance: np.ndarray, places: Sequence[int]) -> tuple[float, float]:
    """Return the chi2 that coefficients are zero, and its p-value; missing where there are none."""
    chi2 = joint_statistic(b[places], variance[np.ix_(places, places)]) if len(places) else np.nan
    if not np.isfinite(chi2):
        return MISSING, MISSING
    return float(chi2), chi2_tail(float(chi2), len(places))


def offset_macros(system: SystemSample) -> dict[str, str]:
    """Return e(offset1), e(offset2), ...; "" for none."""
    return {f"offset{number}": own.offset_name for number, own in enumerate(system.equations, 1)}


def estimates_of(system: SystemSample, fitted: Fitted, description: Description) -> Estimates:
    """Return e() without its mark; the test of the model is about the slopes of the first equation."""
    base, best, payload = system.base, fitted.best, fitted.payload
    robust = base.variance.kind in ("robust", "cluster")
    estimated = np.array([not term.status for own in payload.equations for term in own.terms])
    b = np.zeros(len(estimated))
    b[estimated] = best.parameters
    matrices = estimates_matrices(
        payload.names,
        base.depvar,
        b,
        whole_matrix(estimated, fitted.variance),
        whole_matrix(estimated, fitted.model_based) if robust else None,
    )
    df_m = system.equations[0].slopes if description.df_model < 0 else description.df_model
    ratio = description.null < MISSING and not robust
    if ratio:
        chi2 = 2 * (best.log_likelihood - description.null)
        p_value = chi2_tail(chi2, df_m) if df_m else MISSING
    else:
        chi2, p_value = wald(best.parameters, fitted.variance, range(df_m))
    scalars = {
        "N": fitted.n,
        "ll": best.log_likelihood,
        "ll_0": description.null,
        "df_m": float(df_m),
        "chi2": chi2,
        "p": p_value,
        "k": float(len(b)),
        "k_eq": float(len(payload.equations)),
        "k_aux": float(sum(own.ancillary for own in payload.equations)),
        "k_dv": float(len({own.depvar for own in system.equations if own.depvar})),
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(fitted.variance) > 0)),
    }
    if base.clusters is not None:
        scalars["N_clust"] = float(base.clusters.count)
    if description.null >= MISSING:
        del scalars["ll_0"]
    macros = {
        "cmd": description.command,
        "cmdline": description.cmdline,
        "depvar": " ".join(dict.fromkeys(own.depvar for own in system.equations if own.depvar)),
        "title": description.title,
        "chi2type": "LR" if ratio else "Wald",
        "vce": base.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": base.variance.cluster,
        "opt": "moptimize",
        "which": "max",
        "technique": "nr",
        "properties": "b V",
        "predict": description.predict,
        **offset_macros(system),
        **weight_macros(base),
    }
    return Estimates(
        scalars, {name: text for name, text in macros.items() if text}, matrices, payload=payload
    )
