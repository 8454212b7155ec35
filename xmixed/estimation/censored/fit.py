"""From a sample to the e() of tobit and intreg."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.censored.likelihood import interval_slopes
from xmixed.estimation.criteria import pseudo_r_squared
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.dispersed import Dispersed
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for: `command` tobit or intreg, the limits of censoring, infinite for none."""

    command: str
    cmdline: str
    offset: str
    limits: Tolerances
    low: float = -np.inf
    high: float = np.inf


def censored(y: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the ends of what is known of outcomes, (n, 2)."""
    ends = np.column_stack([y, y])
    ends[y <= low] = -np.inf, low
    ends[y >= high] = high, np.inf
    return ends


def likelihood_of(
    sample: SingleSample, ends: np.ndarray, offset: np.ndarray | None, columns: tuple[Column, ...]
) -> Dispersed:
    """Return the likelihood; it starts at the regression of the middles of intervals."""
    weighting = sample.weighting
    weights = None
    if weighting is not None:
        weights = weighting.fitted if weighting.kind == "aweight" else weighting.values
    design = Design.of(columns, len(ends), weights, offset)
    finite = np.isfinite(ends)
    middle = np.where(finite, ends, 0.0).sum(axis=1) / np.maximum(finite.sum(axis=1), 1)
    first = least_squares(middle - (0.0 if offset is None else offset), columns, weights)
    initial = design.standardised(first.beta)
    spread = max(np.sqrt(first.rss / max(first.sum_of_weights, 1.0)), 1e-8)
    frequencies = weighting is not None and weighting.kind == "fweight"
    return Dispersed(ends, design, interval_slopes, np.append(initial, np.log(spread)), frequencies)


def fit(
    sample: SingleSample,
    ends: np.ndarray,
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
    likelihood = likelihood_of(sample, ends, offset, sample.columns)
    best = maximise(likelihood, progress, request.limits)
    null = MISSING
    if any(column is None for column in sample.columns):
        null = maximise(likelihood_of(sample, ends, offset, (None,)), None, request.limits).log_likelihood
    n = observations(len(ends), sample.weighting)
    variance = model_based = best.covariance
    if sample.variance.kind in ("robust", "cluster"):
        clusters = sample.clusters
        codes, count = (None, 0) if clusters is None else (clusters.codes, clusters.count)
        variance = robust_variance(likelihood, best, n, codes, count)
    parameters = best.parameters.copy()
    if request.command == "tobit":
        # Stata: e(b) has sigma itself.
        sigma = float(np.exp(parameters[-1]))
        parameters[-1] = sigma
        carry = np.diag(np.append(np.ones(len(parameters) - 1), sigma))
        variance, model_based = (carry @ own @ carry for own in (variance, model_based))
    return _estimates(sample, ends, request, best, parameters, variance, model_based, n, null)


def _estimates(
    sample: SingleSample,
    ends: np.ndarray,
    request: Request,
    best: Maximum,
    parameters: np.ndarray,
    variance: np.ndarray,
    model_based: np.ndarray,
    n: float,
    null: float,
) -> Estimates:
    robust = sample.variance.kind in ("robust", "cluster")
    tobit = request.command == "tobit"
    name = "sigma" if tobit else "lnsigma"
    equations = (FittedEquation("model", sample.terms), FittedEquation(name, (Term(()),), ancillary=True))
    payload = FittedTerms(sample.depvar, equations)
    estimated = np.array([*(not term.status for term in sample.terms), True])
    b = np.zeros(len(estimated))
    b[estimated] = parameters
    matrices = estimates_matrices(
        payload.names,
        sample.depvar,
        b,
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    kept = [term for term in sample.terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    ratio = null < MISSING and not robust
    chi2 = 2 * (best.log_likelihood - null)
    if not ratio:
        chi2 = joint_statistic(parameters[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) and slopes else MISSING
    low, high = ends.T
    w = (
        np.ones(len(low))
        if sample.weighting is None or sample.weighting.kind != "fweight"
        else sample.weighting.values
    )
    counts = {
        "N_lc": float(w @ np.isinf(low)),
        "N_unc": float(w @ (low == high)),
        "N_rc": float(w @ np.isinf(high)),
        "N_int": float(w @ (np.isfinite(low) & np.isfinite(high) & (low != high))),
    }
    if tobit:
        counts.pop("N_int")
    df_r = n - len(kept)
    scalars = {
        "N": n,
        **counts,
        "df_m": float(len(slopes)),
        "ll": best.log_likelihood,
        "ll_0": null,
        "k": float(len(b)),
        "k_eq": 2.0,
        "k_aux": 1.0,
        "sigma": float(np.exp(best.parameters[-1])),
        "r2_p": pseudo_r_squared(best.log_likelihood, null),
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(variance) > 0)),
    }
    if tobit:
        scalars["df_r"] = df_r
        if request.low > -np.inf:
            scalars["llopt"] = request.low
        if request.high < np.inf:
            scalars["ulopt"] = request.high
    if tobit and robust:
        statistic = chi2 / len(slopes) if chi2 < MISSING else MISSING
        scalars |= {
            "F": statistic,
            "p": f_tail(statistic, len(slopes), df_r) if statistic < MISSING else MISSING,
        }
    else:
        scalars |= {"chi2": chi2, "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING}
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "title": "Tobit regression" if tobit else "Interval regression",
        "offset": request.offset,
        "chi2type": "LR" if ratio else "Wald",
        "vce": sample.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": f"{request.command}_p",
        **weight_macros(sample),
    }
    optional = ("ll_0", "r2_p")
    scalars = {key: value for key, value in scalars.items() if key not in optional or value < MISSING}
    return Estimates(scalars, {key: text for key, text in macros.items() if text}, matrices, payload=payload)


def check_ends(low: np.ndarray, high: np.ndarray) -> None:
    """Refuse intervals whose ends are the wrong way round; r(459)."""
    if np.any(low > high):
        raise StataError(459, "the lower end of an interval must not be above the upper one")
