"""From a sample to the e() of a generalised linear model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.generalized.families import Family
from xmixed.estimation.generalized.links import Link
from xmixed.estimation.generalized.options import Distribution
from xmixed.estimation.generalized.trials import shares
from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.families import Pointwise, SinglePredictor
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.blocks import linear_combination
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares

_REWEIGHTED = 3
"""Steps of reweighted least squares before the search."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its sample.

    Attributes
    ----------
    distribution : Distribution
    family : Family
    link : Link
    offset : str
        As e(offset) has it: `x`, `ln(x)`, "".
    scale : str or float
        x2, dev, a number, or "" for the family's own.
    irls : bool
        The variance is that of expected information, as of reweighted least squares; the search is the same.
    """

    cmdline: str
    distribution: Distribution
    family: Family
    link: Link
    offset: str = ""
    scale: str | float = ""
    irls: bool = False
    limits: Tolerances = Tolerances()


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Means per trial and numbers of trials, (n,) each."""

    y: np.ndarray
    trials: np.ndarray

    @property
    def both(self) -> np.ndarray:
        return np.column_stack([self.y, self.trials])


def outcomes_of(sample: SingleSample, request: Request, trials: np.ndarray | None) -> Outcomes:
    """Return the dependent variable as a family takes it.

    Raises
    ------
    StataError
        r(459) outcomes that the family does not have; r(2000) a binary one that does not vary.
    """
    y, count = sample.y, np.ones(len(sample.y)) if trials is None else trials
    if request.distribution.name == "binomial" and trials is None and not np.any((y > 0) & (y < 1)):
        y = (y != 0).astype(np.float64)
        if y.min() == y.max():
            raise StataError(2000, "outcome does not vary")
    elif request.distribution.name == "binomial":
        y = shares(sample, trials)
    elif not np.all(request.family.allowed(y)):
        raise StataError(
            459, f"{sample.depvar} has values that family({request.distribution.name}) does not have"
        )
    return Outcomes(y, count)


def pointwise(family: Family, link: Link, expected: bool) -> Pointwise:
    """Return the log likelihood of rows at a scale of one, with its slopes along the linear predictor.

    The outcome has two columns, means and numbers of trials.
    """

    def values(both: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        y, trials = both.T
        mu, slope = family.inside(link.mean(eta)), link.slope(eta)
        own = -0.5 * family.deviance(y, mu) if family.log_likelihood is None else family.log_likelihood(y, mu)
        variance = family.variance(mu)
        own = np.where(variance < 0, np.nan, own)
        variance = np.maximum(variance, 1e-300)
        curvature = slope**2 / variance
        if not expected:
            bent = link.bend(eta) - slope**2 * family.variance_slope(mu) / variance
            curvature = curvature - (y - mu) * bent / variance
        return trials * own, trials * (y - mu) * slope / variance, trials * curvature

    return values


def fit(
    sample: SingleSample,
    outcomes: Outcomes,
    request: Request,
    offset: np.ndarray | None,
    progress: Progress | None,
) -> Estimates:
    """Fit a settled sample; return e() without its mark.

    Raises
    ------
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    weighting = sample.weighting
    weights = None
    if weighting is not None:
        weights = weighting.fitted if weighting.kind == "aweight" else weighting.values
    frequencies = weighting is not None and weighting.kind == "fweight"
    design = Design.of(sample.columns, len(sample.y), weights, offset)
    expected = request.irls or sample.variance.kind == "eim"
    likelihood = SinglePredictor(
        outcomes.both,
        design,
        pointwise(request.family, request.link, False),
        _start(design, outcomes, request, weights, offset),
        frequencies,
    )
    shown = _shown(progress, sample, outcomes, request, weights)
    best = maximise(likelihood, shown, request.limits)
    if expected:
        other = replace(
            likelihood, pointwise=pointwise(request.family, request.link, True), initial=best.standardised
        )
        best = replace(
            maximise(other, None, Tolerances(iterate=0)), history=best.history, converged=best.converged
        )
    n = observations(len(sample.y), weighting)
    figures = _figures(likelihood, best, outcomes, request, weights, n)
    variance = model_based = best.covariance * figures["phi"]
    kind = sample.variance.kind
    if kind in ("robust", "cluster"):
        clusters = sample.clusters
        codes, count = (None, 0) if clusters is None else (clusters.codes, clusters.count)
        variance = robust_variance(likelihood, best, n, codes, count)
    elif kind == "opg":
        back = np.linalg.inv(likelihood.transform)
        outer = back.T @ likelihood.scores(best.standardised, None, 0) @ back
        variance = np.linalg.inv(outer) * figures["phi"] ** 2
    return _estimates(sample, request, best, variance, model_based, n, figures)


def _start(
    design: Design,
    outcomes: Outcomes,
    request: Request,
    weights: np.ndarray | None,
    offset: np.ndarray | None,
) -> np.ndarray:
    """Return standardised coefficients after some steps of reweighted least squares."""
    family, link = request.family, request.link
    whole = outcomes.trials if weights is None else outcomes.trials * weights
    shift = 0.0 if offset is None else offset
    mean = np.array(float(np.average(outcomes.y, weights=whole)))
    constant = next((place for place, column in enumerate(design.columns) if column is None), None)
    initial = np.zeros(design.size)
    if constant is not None:
        initial[constant] = float(link.forward(mean))
    rows = pointwise(family, link, True)
    with np.errstate(all="ignore"):
        eta = link.forward(family.start(outcomes.y))
        eta = np.where(np.isfinite(eta), eta, link.forward(mean))
        for _ in range(_REWEIGHTED):
            mu, slope = family.inside(link.mean(eta)), link.slope(eta)
            w = whole * slope**2 / np.maximum(family.variance(mu), 1e-300)
            working = eta + (outcomes.y - mu) / slope - shift
            if not (np.isfinite(working).all() and np.isfinite(w).all() and (w > 0).all()):
                break
            found = least_squares(working, design.columns, w).beta
            eta = linear_combination(design.columns, found, design.n) + shift
            if not np.isfinite(rows(outcomes.both, eta)[0]).all():
                break
            initial = design.standardised(found)
    return initial


def _log_likelihood(value: float, outcomes: Outcomes, request: Request, weights: np.ndarray | None) -> float:
    """Return the log likelihood that is reported, from that at a scale of one."""
    w = np.ones(len(outcomes.y)) if weights is None else weights
    if request.family.log_likelihood is None:
        n = float(w.sum())
        return -0.5 * n * (np.log(2 * np.pi * max(-2 * value, 1e-300) / n) + 1)
    m, y = outcomes.trials, outcomes.y * outcomes.trials
    if request.distribution.name == "binomial" and np.any(m > 1):
        value += float(w @ (special.gammaln(m + 1) - special.gammaln(y + 1) - special.gammaln(m - y + 1)))
    return value


def _shown(
    progress: Progress | None,
    sample: SingleSample,
    outcomes: Outcomes,
    request: Request,
    weights: np.ndarray | None,
) -> Progress | None:
    if progress is None:
        return None
    return lambda number, value, remark: progress(
        number, _log_likelihood(value, outcomes, request, weights), remark
    )


def _figures(
    likelihood: SinglePredictor,
    best: Maximum,
    outcomes: Outcomes,
    request: Request,
    weights: np.ndarray | None,
    n: float,
) -> dict[str, float]:
    """Return log likelihood, deviance, Pearson's chi2, the scale and the criteria."""
    family = request.family
    eta = np.concatenate([likelihood._eta(best.standardised, *own) for own in likelihood.design.blocks()])
    mu = family.inside(request.link.mean(eta))
    w = outcomes.trials if weights is None else outcomes.trials * weights
    deviance = float(w @ family.deviance(outcomes.y, mu))
    pearson = float(w @ ((outcomes.y - mu) ** 2 / np.maximum(family.variance(mu), 1e-300)))
    df = n - len(best.parameters)
    ll = _log_likelihood(best.log_likelihood, outcomes, request, weights)
    kind = request.scale or ("" if family.unit_scale else "x2")
    ratios = (deviance / df, pearson / df) if df > 0 else (MISSING, MISSING)
    scale = {"": 1.0, "x2": ratios[1], "dev": ratios[0]}.get(kind, kind) if isinstance(kind, str) else kind
    return {
        "ll": ll,
        "df": df,
        "deviance": deviance,
        "deviance_p": pearson,
        "dispers": ratios[0],
        "dispers_p": ratios[1],
        "phi": float(scale) if float(scale) < MISSING else 0.0,
        "aic": (-2 * ll + 2 * len(best.parameters)) / n,
        "bic": deviance - df * np.log(n),
    }


def _estimates(
    sample: SingleSample,
    request: Request,
    best: Maximum,
    variance: np.ndarray,
    model_based: np.ndarray,
    n: float,
    figures: dict[str, float],
) -> Estimates:
    robust = sample.variance.kind in ("robust", "cluster")
    estimated = np.array([not term.status for term in sample.terms], dtype=bool)
    payload = FittedTerms(sample.depvar, (FittedEquation(sample.depvar, sample.terms),))
    matrices = estimates_matrices(
        payload.names,
        sample.depvar,
        whole_vector(sample.terms, best.parameters),
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    slopes = [place for place, column in enumerate(sample.columns) if column is not None]
    chi2 = joint_statistic(best.parameters[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = chi2 if np.isfinite(chi2) else MISSING
    scalars = {
        "N": n,
        "k": float(len(payload.names)),
        "k_eq": 1.0,
        "k_dv": 1.0,
        "df_m": float(len(slopes)),
        **{name: float(value) if np.isfinite(value) else MISSING for name, value in figures.items()},
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING and slopes else MISSING,
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(variance) > 0)),
    }
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    return Estimates(scalars, _macros(sample, request), matrices, payload=payload)


_VARIANCE_TITLES = {"robust": "Robust", "cluster": "Robust", "oim": "OIM", "eim": "EIM", "opg": "OPG"}


def _macros(sample: SingleSample, request: Request) -> dict[str, str]:
    distribution = request.distribution
    kind = "eim" if request.irls and sample.variance.kind == "oim" else sample.variance.kind
    family, link = request.family, request.link
    variance, name, formula = family.formula, family.name, link.formula
    if distribution.trials:
        variance, name = f"u*(1-u/{distribution.trials})", "Binomial"
        formula = formula.replace("1-u", f"{distribution.trials}-u") if link.title == "logit" else formula
    scale = f"{request.scale:g}" if isinstance(request.scale, float) else request.scale
    macros = {
        "cmd": "glm",
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "title": "Generalized linear models",
        "varfunc": distribution.name,
        "varfunct": name,
        "varfuncf": variance,
        "link": link.title,
        "linkt": link.name,
        "linkf": formula,
        "m": distribution.trials,
        "k": "" if distribution.name != "nbinomial" or distribution.k is None else f"{distribution.k:.17g}",
        "offset": request.offset,
        "cons": "" if any(column is None for column in sample.columns) else "noconstant",
        "opt": "irls" if request.irls else "ml",
        "opt1": "MQL Fisher scoring" if request.irls else "ML",
        "opt2": "(IRLS EIM)" if request.irls else "",
        "scale": scale,
        "chi2type": "Wald",
        "vce": kind,
        "vcetype": _VARIANCE_TITLES[kind],
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": "glim_p",
        "marginsok": "default",
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}
