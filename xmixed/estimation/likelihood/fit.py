"""From a sample to the e() of a likelihood model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.constrained.constraints import Restrictions, constraints_matrix, wald_of_rank
from xmixed.estimation.criteria import pseudo_r_squared
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
)
from xmixed.estimation.likelihood.constrained import maximise_under
from xmixed.estimation.likelihood.kinds import KINDS, Kind
from xmixed.estimation.likelihood.models import (
    Rows,
    binary,
    counts,
    dispersed,
    multinomial,
    null_log_likelihood,
    ordered,
    robust_variance,
)
from xmixed.estimation.likelihood.newton import Likelihood, Maximum, Progress, Tolerances, maximise
from xmixed.estimation.likelihood.separation import perfect_rule, separation
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.joint import joint_statistic


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The dependent variable as a likelihood takes it.

    Attributes
    ----------
    y : ndarray, shape (n,)
        0 and 1, counts, or codes of the categories from 0.
    levels : tuple of float
        Values of the categories; () for counts.
    base : int
        Position of the base category; multinomial only.
    """

    y: np.ndarray
    levels: tuple[float, ...] = ()
    base: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a command asks for beside its sample.

    Attributes
    ----------
    kind : Kind
    cmdline : str
    offset : ndarray, shape (n,), or None
    offset_name : str
        As e(offset) has it: `x` or `ln(x)`.
    limits : Tolerances
    base : float or None
        Value of the base outcome.
    labels : mapping of float to str
        What outcomes are called.
    dispersion : str
        Of negative binomial models: `mean` or `constant`.
    constrain : callable(names of e(b)) -> Restrictions, or None
    """

    kind: Kind
    cmdline: str
    offset: np.ndarray | None
    offset_name: str
    limits: Tolerances
    base: float | None
    labels: Mapping[float, str]
    dispersion: str = ""
    constrain: Callable[[list[str]], Restrictions] | None = None


# --- outcomes -------------------------------------------------------------------------------------------


def outcome(sample: SingleSample, request: Request) -> Outcome:
    """Return the dependent variable of a model.

    Raises
    ------
    StataError
        r(2000) where it does not vary; r(459) for negative counts; r(148) for a single category; r(198).
    """
    y = sample.y
    if request.kind.family == "binary":
        positive = (y != 0).astype(np.float64)
        if positive.min() == positive.max():
            raise StataError(
                2000,
                "outcome does not vary; remember:\n"
                "                                  0 = negative outcome,\n"
                "        all other nonmissing values = positive outcome",
            )
        return Outcome(positive, (0.0, 1.0))
    if request.kind.family in ("counts", "dispersed"):
        if y.min() < 0:
            raise StataError(459, f"{sample.depvar} must be greater than or equal to zero")
        if y.max() == 0:
            raise StataError(498, f"{sample.depvar} is zero in all observations")
        return Outcome(y)
    codes, levels = factorise(y)
    if len(levels) < 2:
        raise StataError(148, "too few categories")
    totals = np.bincount(codes, None if sample.weighting is None else sample.weighting.values)
    base = int(np.argmax(totals))
    if request.base is not None:
        places = np.flatnonzero(levels == request.base)
        if not len(places):
            raise StataError(198, "baseoutcome() is not an outcome")
        base = int(places[0])
    return Outcome(codes, tuple(float(level) for level in levels), base)


def without_perfect_predictors(sample: SingleSample) -> SingleSample:
    """Take out covariates that predict success or failure perfectly, with their observations.

    Raises
    ------
    StataError
        r(2000) where a single covariate predicts every outcome.
    """
    y = (sample.y != 0).astype(np.float64)
    for place, column in zip(sample.places, sample.columns, strict=True):
        rule = None if column is None else perfect_rule(y, column)
        if rule is not None:
            name = sample.terms[place].without_marks()
            bound = format_value(rule[1], "%9.0g").strip()
            raise StataError(2000, f"outcome = {name} {rule[0]} {bound} predicts data perfectly")
    found = separation(y, sample.columns)
    if not found.predictors:
        return sample
    notes, terms, gone = list(sample.notes), list(sample.terms), set()
    for predictor in found.predictors:
        place = sample.places[predictor.place]
        name = terms[place].without_marks()
        value = format_value(predictor.value, "%9.0g").strip()
        word = "success" if predictor.success else "failure"
        notes.append(f"note: {name} != {value} predicts {word} perfectly")
        notes.append(f"      {name} dropped and {predictor.rows} obs not used")
        terms[place] = replace(terms[place], status="omitted")
        gone.add(predictor.place)
    columns = tuple(column for place, column in enumerate(sample.columns) if place not in gone)
    return replace(sample, terms=tuple(terms), columns=columns, notes=tuple(notes)).restricted(found.kept)


# --- fits -----------------------------------------------------------------------------------------------


def likelihood_of(sample: SingleSample, found: Outcome, request: Request) -> Likelihood:
    """Return the likelihood of a settled sample."""
    weighting = sample.weighting
    rows = Rows(
        sample.columns,
        len(sample.y),
        None if weighting is None else weighting.values,
        request.offset,
        weighting is not None and weighting.kind == "fweight",
    )
    kind = request.kind
    if kind.family == "binary":
        return binary(kind.link, found.y, rows)
    if kind.family == "counts":
        return counts(found.y, rows)
    if kind.family == "dispersed":
        return dispersed(request.dispersion, found.y, rows)
    if kind.family == "ordered":
        return ordered(kind.link, found.y, len(found.levels), rows)
    order = [place for place in range(len(found.levels)) if place != found.base] + [found.base]
    position = np.argsort(order)
    return multinomial(position[found.y], len(order) - 1, rows)


def fit(
    sample: SingleSample,
    found: Outcome,
    request: Request,
    progress: Progress | None,
    null: float | None = None,
) -> Estimates:
    """Maximise the likelihood of a settled sample and return e() without its mark.

    Parameters
    ----------
    null : float or None
        The log likelihood of the constant alone, where it is known.

    Raises
    ------
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    likelihood = likelihood_of(sample, found, request)
    n = observations(len(sample.y), sample.weighting)
    payload = _equations(sample, found, request)
    estimated = np.array([not term.status for equation in payload.equations for term in equation.terms])
    given = None if request.constrain is None else request.constrain(payload.names)
    best, variance = _maximised(
        likelihood, sample, request, progress, n, None if given is None else given.of(estimated)
    )
    model_based = best.covariance if sample.variance.kind in ("robust", "cluster") else None
    b = np.zeros(len(estimated))
    b[estimated] = best.parameters
    matrices = estimates_matrices(
        payload.names,
        sample.depvar,
        b,
        whole_matrix(estimated, variance),
        None if model_based is None else whole_matrix(estimated, model_based),
    )
    history = np.array([best.history])
    names = [f"c{place}" for place in range(1, len(best.history) + 1)]
    matrices["ilog"] = Matrix(history, ["r1"], names)
    ll_0 = null_of(sample, found, request) if null is None else null
    scalars = _scalars(sample, request, best, variance, payload, n, ll_0)
    if request.kind.link == "cloglog":
        w = sample.weighting.values if sample.weighting is not None else np.ones(len(found.y))
        positive = float(found.y @ w) / float(w.sum()) * n
        scalars |= {"N_f": n - positive, "N_s": positive}
    if found.levels and request.kind.family != "binary":
        scalars["k_cat" if request.kind.family == "ordered" else "k_out"] = float(len(found.levels))
    if request.kind.family == "multinomial":
        scalars |= {"baseout": found.levels[found.base], "ibaseout": found.base + 1.0}
    macros = _macros(sample, found, request)
    if given is not None:
        matrices["Cns"] = constraints_matrix(given, payload.names)
        slopes = _slope_places(payload)
        df, chi2 = wald_of_rank(best.parameters[slopes], variance[np.ix_(slopes, slopes)])
        scalars |= {
            "df_m": float(df),
            "chi2": chi2 if df else MISSING,
            "p": chi2_tail(chi2, df) if df else MISSING,
        }
        scalars = {name: value for name, value in scalars.items() if name not in ("ll_0", "r2_p")}
        macros["chi2type"] = "Wald"
    return Estimates(scalars, macros, matrices, payload=payload)


def _maximised(
    likelihood: Likelihood,
    sample: SingleSample,
    request: Request,
    progress: Progress | None,
    n: float,
    given: Restrictions | None,
) -> tuple[Maximum, np.ndarray]:
    """Return the maximum, under constraints where there are any, and its variance."""
    clusters = sample.clusters
    codes, count = (None, 0) if clusters is None else (clusters.codes, clusters.count)
    robust = sample.variance.kind in ("robust", "cluster")
    if given is not None:
        held = maximise_under(likelihood, *given.solved(), progress, request.limits)
        return held.maximum, held.robust(n, codes, count) if robust else held.maximum.covariance
    best = maximise(likelihood, progress, request.limits)
    return best, robust_variance(likelihood, best, n, codes, count) if robust else best.covariance


def equation_name(level: float, labels: Mapping[float, str]) -> str:
    """Return the name of an outcome's equation: its label with underscores, or its value."""
    text = labels.get(level, "")
    name = "_".join(text.split())
    if name and all(character.isalnum() or character == "_" for character in name):
        return name[:32]
    return format_value(level, "%9.0g").strip()


def _equations(sample: SingleSample, found: Outcome, request: Request) -> FittedTerms:
    family = request.kind.family
    if family == "multinomial":
        equations = tuple(
            FittedEquation(equation_name(level, request.labels), sample.terms)
            for place, level in enumerate(found.levels)
            if place != found.base
        )
    elif family == "ordered":
        cuts = tuple(
            FittedEquation(f"cut{number}", (Term(()),), ancillary=True)
            for number in range(1, len(found.levels))
        )
        slopes = (FittedEquation(sample.depvar, sample.terms),) if sample.terms else ()
        equations = (*slopes, *cuts)
    elif family == "dispersed":
        name = "lnalpha" if request.dispersion == "mean" else "lndelta"
        slopes = FittedEquation(sample.depvar, sample.terms)
        equations = (slopes, FittedEquation(name, (Term(()),), ancillary=True))
    else:
        equations = (FittedEquation(sample.depvar, sample.terms),)
    return FittedTerms(sample.depvar, equations, found.levels)


def null_of(
    sample: SingleSample, found: Outcome, request: Request, progress: Progress | None = None
) -> float:
    """Return the log likelihood of the constant alone; missing for a model without one."""
    family = request.kind.family
    constant = any(column is None for column in sample.columns)
    if family != "ordered" and not constant:
        return MISSING
    weights = None if sample.weighting is None else sample.weighting.values
    if request.offset is None and family not in ("counts", "dispersed"):
        return null_log_likelihood(found.y.astype(np.int64), weights)
    alone = replace(sample, columns=() if family == "ordered" else (None,))
    return maximise(likelihood_of(alone, found, request), progress).log_likelihood


def _scalars(
    sample: SingleSample,
    request: Request,
    best: Maximum,
    variance: np.ndarray,
    payload: FittedTerms,
    n: float,
    ll_0: float,
) -> dict[str, float]:
    robust = sample.variance.kind != "oim"
    slopes = _slope_places(payload)
    likelihood_ratio = ll_0 < MISSING and not robust
    if likelihood_ratio:
        chi2 = 2 * (best.log_likelihood - ll_0)
    else:
        chi2 = joint_statistic(best.parameters[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = chi2 if np.isfinite(chi2) else MISSING
    df_m = float(len(slopes))
    scalars = {
        "N": n,
        "ll": best.log_likelihood,
        "ll_0": ll_0,
        "df_m": df_m,
        "chi2": chi2,
        "p": chi2_tail(chi2, df_m) if chi2 < MISSING else MISSING,
        "r2_p": pseudo_r_squared(best.log_likelihood, ll_0),
        "k": float(len(payload.names)),
        "k_eq": float(len(payload.equations)),
        "k_dv": 1.0,
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(variance) > 0)),
    }
    if request.kind.family == "dispersed":
        scalars["k_aux"] = 1.0
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    return {name: value for name, value in scalars.items() if name not in ("ll_0", "r2_p") or value < MISSING}


def _slope_places(payload: FittedTerms) -> list[int]:
    """Return places of estimated slopes among the estimated parameters."""
    places, at = [], 0
    for equation in payload.equations:
        for term in equation.terms:
            if term.status:
                continue
            if term.parts and not equation.ancillary:
                places.append(at)
            at += 1
    return places


def _macros(sample: SingleSample, found: Outcome, request: Request) -> dict[str, str]:
    kind = request.kind
    robust = sample.variance.kind != "oim"
    constant = any(column is None for column in sample.columns)
    ratio = not robust and (constant or kind.family == "ordered")
    names = [equation_name(level, request.labels) for level in found.levels]
    macros = {
        "cmd": kind.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "title": kind.title,
        "offset": request.offset_name,
        "chi2type": "LR" if ratio else "Wald",
        "vce": sample.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "opt": "moptimize",
        "which": "max",
        "ml_method": "d2",
        "technique": "nr",
        "properties": "b V",
        "predict": kind.predict,
        "dispers": request.dispersion,
        "eqnames": " ".join(names) if kind.family == "multinomial" else "",
        "baselab": names[found.base] if kind.family == "multinomial" else "",
        **weight_macros(sample),
    }
    return {name: text for name, text in macros.items() if text}


def fit_dispersed(
    sample: SingleSample, found: Outcome, request: Request, progress: Callable[[str], Progress | None]
) -> Estimates:
    """Fit a negative binomial model, its constant alone and the Poisson model; e() without its mark.

    Parameters
    ----------
    progress : callable(title) -> Progress or None
        Of each of the three fits.

    Raises
    ------
    FloatingPointError
        Where a likelihood cannot be evaluated.
    """
    simple = replace(request, kind=KINDS["poisson"], constrain=None)
    poisson = maximise(
        likelihood_of(sample, found, simple), progress("Fitting Poisson model:"), request.limits
    ).log_likelihood
    null = null_of(sample, found, request, progress("Fitting constant-only model:"))
    estimates = fit(sample, found, request, progress("Fitting full model:"), null)
    name = "alpha" if request.dispersion == "mean" else "delta"
    estimates.scalars[name] = float(np.exp(estimates.matrices["b"].values[0, -1]))
    if sample.variance.kind == "oim" and request.constrain is None:
        chi2 = max(2 * (estimates.scalars["ll"] - poisson), 0.0)
        estimates.scalars |= {"ll_c": poisson, "chi2_c": chi2}
        estimates.scalars["p_c"] = chi2_tail(chi2, 1) / 2 if chi2 > 0 else 1.0
        estimates.macros["chi2_ct"] = "LR"
    return estimates
