"""From a sample to the e() of Cox and parametric survival models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.criteria import pseudo_r_squared
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.dispersed import Dispersed
from xmixed.estimation.likelihood.families import SinglePredictor
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Likelihood, Maximum, Progress, Tolerances, maximise
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import weight_macros
from xmixed.estimation.survival.cox import PartialLikelihood
from xmixed.estimation.survival.parametric import Distribution
from xmixed.estimation.survival.sample import SurvivalSample
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.scaled import scaled_columns
from xmixed.statistics.survival.risk_sets import RiskSets


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its sample.

    Attributes
    ----------
    offset : str
        Variable; "" for none.
    strata : tuple of str
    efron : bool
    distribution : Distribution or None
        None: Cox's model.
    """

    cmdline: str
    offset: str
    limits: Tolerances
    strata: tuple[str, ...] = ()
    efron: bool = False
    distribution: Distribution | None = None


def partial_likelihood(own: SurvivalSample, efron: bool, offset: np.ndarray | None) -> PartialLikelihood:
    columns = [column for column in own.sample.columns if column is not None]
    n = len(own.sample.y)
    X = np.column_stack(columns) if columns else np.zeros((n, 0))
    X, back = scaled_columns(X - X.mean(axis=0))
    weighting = own.sample.weighting
    return PartialLikelihood(
        X,
        back,
        np.zeros(n) if offset is None else offset,
        RiskSets(own.spells, own.strata),
        efron,
        weighting is None or weighting.kind == "fweight",
    )


def fit_cox(
    own: SurvivalSample, request: Request, offset: np.ndarray | None, progress: Progress | None
) -> Estimates:
    """Fit Cox's model; return e() without its mark.

    Raises
    ------
    StataError
        r(498) without failures.
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    if not own.spells.failed.any():
        raise StataError(498, "no failures")
    likelihood = partial_likelihood(own, request.efron, offset)
    null = likelihood.log_likelihood(likelihood.start())
    best = maximise(likelihood, progress, request.limits)
    terms = own.sample.terms
    estimates = _estimates(own, request, likelihood, best, null, (FittedEquation("", terms),))
    tied = len(likelihood.sets.times) < int(np.count_nonzero(own.spells.failed))
    ties = ("efron" if request.efron else "breslow") if tied else "none"
    titles = {"efron": "Efron method for ties", "breslow": "Breslow method for ties", "none": "no ties"}
    estimates.macros |= {
        "cmd": "cox",
        "cmd2": "stcox",
        "ties": ties,
        "title": f"Cox regression -- {titles[ties]}",
        "method": "efron" if request.efron else "breslow",
        "predict": "stcox_p",
    }
    if request.strata:
        estimates.macros["strata"] = " ".join(request.strata)
        estimates.macros["title"] = f"Stratified Cox regr. -- {titles[ties]}"
    return estimates


def parametric_likelihood(
    own: SurvivalSample,
    distribution: Distribution,
    offset: np.ndarray | None,
    columns: Sequence[np.ndarray | None],
) -> SinglePredictor | Dispersed:
    spells, weighting = own.spells, own.sample.weighting
    y = np.column_stack([spells.exit, spells.entry, spells.failed.astype(np.float64)])
    weights = None if weighting is None else weighting.values
    frequencies = weighting is None or weighting.kind == "fweight"
    design = Design.of(columns, len(y), weights, offset)
    rate = float(np.average(y[:, 2], weights=weights) / np.average(y[:, 0] - y[:, 1], weights=weights))
    location = np.log(rate) if distribution.hazard else -np.log(rate)
    initial = np.zeros(design.size)
    constant = next((place for place, column in enumerate(columns) if column is None), None)
    if constant is not None:
        initial[constant] = location - (0.0 if offset is None else float(np.mean(offset)))
    if distribution.ancillary:
        return Dispersed(y, design, distribution.slopes, np.append(initial, 0.0), frequencies)

    def pointwise(rows: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = distribution.slopes(rows, eta, 0.0)
        return found.ll, found.eta, found.eta2

    return SinglePredictor(y, design, pointwise, initial, frequencies)


def fit_parametric(
    own: SurvivalSample,
    request: Request,
    offset: np.ndarray | None,
    log_constant: Progress | None,
    log_full: Progress | None,
) -> Estimates:
    """Fit a parametric model and its constant alone; return e() without its mark.

    Raises
    ------
    StataError
        r(498) without failures.
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    distribution = request.distribution
    assert distribution is not None
    if not own.spells.failed.any():
        raise StataError(498, "no failures")
    columns = own.sample.columns
    null, start = MISSING, np.zeros(0)
    slopes = [column for column in columns if column is not None]
    if len(slopes) < len(columns):
        alone = maximise(
            parametric_likelihood(own, distribution, offset, (None,)), log_constant, request.limits
        )
        null = alone.log_likelihood
        start = alone.standardised
    likelihood = parametric_likelihood(own, distribution, offset, columns)
    if null < MISSING:
        initial = likelihood.initial.copy()
        place = next(at for at, column in enumerate(columns) if column is None)
        initial[place] = start[0]
        if distribution.ancillary:
            initial[-1] = start[-1]
        likelihood = replace(likelihood, initial=initial)
    best = maximise(likelihood, log_full, request.limits)
    equations = [FittedEquation("_t", own.sample.terms)]
    if distribution.ancillary:
        equations.append(FittedEquation(distribution.ancillary, (Term(()),), ancillary=True))
    estimates = _estimates(own, request, likelihood, best, null, tuple(equations))
    estimates.macros |= {
        "cmd": distribution.name,
        "cmd2": "streg",
        "title": distribution.title,
        "predict": "streg_p",
        "stcurve": "stcurve",
    }
    if distribution.ancillary:
        tau = float(best.parameters[-1])
        for label, sign in distribution.shown:
            if label.isalpha():
                estimates.scalars[f"aux_{label}" if label == "p" else label] = float(np.exp(sign * tau))
    if not distribution.hazard:
        estimates.macros["frm2"] = "time"
    return estimates


def _estimates(
    own: SurvivalSample,
    request: Request,
    likelihood: Likelihood,
    best: Maximum,
    null: float,
    equations: tuple[FittedEquation, ...],
) -> Estimates:
    sample = own.sample
    n = observations(len(sample.y), sample.weighting)
    variance, model_based = best.covariance, None
    robust = sample.variance.kind in ("robust", "cluster")
    if robust:
        clusters = sample.clusters
        codes, count = (None, 0) if clusters is None else (clusters.codes, clusters.count)
        model_based = best.covariance
        variance = robust_variance(likelihood, best, n, codes, count)
    payload = FittedTerms("_t", equations)
    estimated = np.array([not term.status for equation in equations for term in equation.terms], dtype=bool)
    b = np.zeros(len(estimated))
    b[estimated] = best.parameters
    matrices = estimates_matrices(
        payload.names,
        "_t",
        b,
        whole_matrix(estimated, variance),
        None if model_based is None else whole_matrix(estimated, model_based),
    )
    kept = [term for equation in equations for term in equation.terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    ratio = null < MISSING and not robust
    chi2 = 2 * (best.log_likelihood - null)
    if not ratio:
        chi2 = joint_statistic(best.parameters[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) else MISSING
    w = own.spells.weights
    scalars = {
        "N": n,
        "N_sub": own.subjects,
        "N_fail": float(w @ own.spells.failed),
        "risk": float(w @ (own.spells.exit - own.spells.entry)),
        "df_m": float(len(slopes)),
        "ll": best.log_likelihood,
        "ll_0": null,
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING and slopes else MISSING,
        "r2_p": pseudo_r_squared(best.log_likelihood, null),
        "k": float(len(payload.names)),
        "k_eq": float(len(equations)),
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(variance) > 0)),
    }
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    macros = {
        "cmdline": request.cmdline,
        "depvar": "_t",
        "t0": "_t0",
        "offset": request.offset,
        "chi2type": "LR" if ratio else "Wald",
        "vce": sample.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        **weight_macros(sample),
    }
    optional = ("ll_0", "r2_p")
    return Estimates(
        {name: value for name, value in scalars.items() if name not in optional or value < MISSING},
        {name: text for name, text in macros.items() if text},
        matrices,
        payload=payload,
    )
