"""From a sample of panels to the e() of random-effects and conditional models of binary outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.criteria import pseudo_r_squared
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.multilevel.groups import Nested
from xmixed.estimation.multilevel.likelihood import Block, MultilevelLikelihood
from xmixed.estimation.multilevel.problem import Problem, fit_simple, standardised, start_of
from xmixed.estimation.multilevel.responses import Binomial
from xmixed.estimation.panels.conditional import ConditionalLikelihood
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.scaled import scaled_columns

LATENT = {"logit": np.pi**2 / 3, "probit": 1.0}
_SMALLEST = 1e-6
"""A standard deviation that counts as zero."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for beside its sample: `link` logit or probit, the points of the quadrature."""

    command: str
    cmdline: str
    group: str
    offset: str
    limits: Tolerances
    link: str = "logit"
    points: int = 12


def binary(sample: SingleSample) -> np.ndarray:
    """Return the outcome as zeros and ones; r(2000) where it does not vary."""
    y = (sample.y != 0).astype(np.float64)
    if y.min() == y.max():
        raise StataError(2000, "outcome does not vary")
    return y


def sizes_of(codes: np.ndarray) -> dict[str, float]:
    """Return e(N), e(N_g) and the sizes of panels."""
    sizes = np.bincount(codes)
    return {
        "N": float(len(codes)),
        "N_g": float(len(sizes)),
        "g_min": float(sizes.min()),
        "g_avg": float(len(codes) / len(sizes)),
        "g_max": float(sizes.max()),
    }


def cluster_codes(sample: SingleSample, codes: np.ndarray, group: str) -> tuple[np.ndarray, int]:
    """Return the cluster of each group, in the order of their codes; r(459) where clusters split groups."""
    count = int(codes.max()) + 1
    if sample.clusters is None:
        return np.arange(count), count
    found = np.empty(count, dtype=np.int64)
    found[codes] = sample.clusters.codes
    if np.any(found[codes] != sample.clusters.codes):
        raise StataError(459, f"groups of {group} are not nested within {sample.variance.cluster}")
    return found, sample.clusters.count


def fit_random(
    sample: SingleSample,
    request: Request,
    offset: np.ndarray | None,
    log_simple: Progress | None,
    log_full: Progress | None,
) -> Estimates:
    """Fit random effects; return e() without its mark.

    Raises
    ------
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    y = binary(sample)
    codes = factorise(sample.others[request.group]).codes
    nested = Nested.of([codes])
    order = nested.order
    X, back = standardised([None if c is None else c[order] for c in sample.columns], len(y), 0)
    likelihood = MultilevelLikelihood(
        Binomial(y[order], np.ones(len(y)), request.link),
        X,
        back,
        np.zeros(len(y)) if offset is None else offset[order],
        (Block(0, np.ones((len(y), 1)), np.ones((1, 1, 1))),),
        nested,
        request.points,
        np.zeros(0),
    )
    problem = Problem(likelihood, (0,), (np.ones(1),), (), 0.0)
    simple = fit_simple(problem, log_simple, Tolerances())
    likelihood = replace(likelihood, initial=start_of(problem, simple))
    best = maximise(likelihood, log_full, request.limits)
    sigma = abs(float(best.standardised[-1]))
    carry = np.eye(len(best.standardised))
    carry[-1, -1] = 2 / best.standardised[-1] if sigma > _SMALLEST else 0.0
    parameters = np.append(best.parameters[:-1], 2 * np.log(max(sigma, 1e-150)))
    variance = model_based = carry @ best.covariance @ carry.T
    if sample.variance.kind in ("robust", "cluster"):
        own, count = cluster_codes(sample, codes, request.group)
        top = codes[order][nested.rows[0].starts]
        scores = likelihood.scores(best.standardised, own[top], count)
        bread = carry @ best.covariance @ np.linalg.inv(likelihood.transform).T
        variance = bread @ (scores.T @ scores) @ bread.T * (count / (count - 1))
    equations = (
        FittedEquation(sample.depvar, sample.terms),
        FittedEquation("lnsig2u", (Term(()),), ancillary=True),
    )
    estimates = estimates_of(
        sample, request, best, parameters, variance, model_based, equations, sizes_of(codes)
    )
    e = estimates.scalars
    share = sigma**2 / (sigma**2 + LATENT[request.link])
    e |= {"sigma_u": sigma, "rho": share, "n_quad": float(request.points)}
    if sample.variance.kind not in ("robust", "cluster"):
        gain = max(2 * (best.log_likelihood - simple.log_likelihood), 0.0)
        gain = 0.0 if gain < 1e-9 * abs(simple.log_likelihood) else gain
        e |= {"ll_c": simple.log_likelihood, "chi2_c": gain, "p_c": chi2_tail(gain, 1) / 2 if gain else 1.0}
    title = {"logit": "Random-effects logistic regression", "probit": "Random-effects probit regression"}
    estimates.macros |= {
        "title": title[request.link],
        "model": "re",
        "distrib": "Gaussian",
        "link": request.link,
        "intmethod": "mcaghermite",
        "predict": f"{request.command}_re_p",
    }
    return estimates


def informative(sample: SingleSample, group: str, panels: bool) -> SingleSample:
    """Return the sample without the groups whose outcomes do not vary, with notes on them.

    Raises
    ------
    StataError
        r(2000) where none is left.
    """
    y = (sample.y != 0).astype(np.float64)
    codes = factorise(sample.others[group]).codes
    sizes, sums = np.bincount(codes), np.bincount(codes, y)
    varies = (sums > 0) & (sums < sizes)
    notes = list(sample.notes)
    if np.any(sums[varies] > 1):
        notes.append("note: multiple positive outcomes within groups encountered.")
    gone = int(np.count_nonzero(~varies))
    if gone == len(sizes):
        raise StataError(2000, "outcome does not vary in any group")
    if gone:
        rows = int(sizes[~varies].sum())
        plural = "s" if gone > 1 else ""
        notes.append(f"note: {gone} group{plural} ({rows} obs) dropped because of all positive or")
        notes.append("      all negative outcomes.")
    return replace(sample, notes=tuple(notes)).restricted(varies[codes])


def without_constants(sample: SingleSample, group: str) -> SingleSample:
    """Return the sample without the covariates that do not vary within groups, which notes name."""
    codes = factorise(sample.others[group]).codes
    sizes = np.bincount(codes)
    constant = []
    for column in sample.columns:
        assert column is not None
        mean = (np.bincount(codes, column) / sizes)[codes]
        spread = float(np.max(np.abs(column - mean), initial=0.0))
        constant.append(spread <= 1e-12 * max(1.0, float(np.max(np.abs(column), initial=0.0))))
    terms, notes = list(sample.terms), list(sample.notes)
    for place, gone in zip(sample.places, constant, strict=True):
        if gone:
            notes.append(f"note: {terms[place].without_marks()} omitted because of no within-group variance.")
            terms[place] = replace(terms[place], status="omitted")
    kept = tuple(column for column, gone in zip(sample.columns, constant, strict=True) if not gone)
    return replace(sample, terms=tuple(terms), columns=kept, notes=tuple(notes))


def fit_conditional(
    sample: SingleSample, request: Request, offset: np.ndarray | None, progress: Progress | None
) -> Estimates:
    """Fit fixed effects; return e() without its mark.

    Raises
    ------
    StataError
        r(199) for weights that vary within groups.
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    y = (sample.y != 0).astype(np.float64)
    codes = factorise(sample.others[request.group]).codes
    count = int(codes.max()) + 1
    weights = np.ones(count)
    if sample.weighting is not None:
        weights[codes] = sample.weighting.values
        if np.any(weights[codes] != sample.weighting.values):
            raise StataError(199, f"weight must be constant within {request.group}")
    columns = [column for column in sample.columns if column is not None]
    X = np.column_stack(columns) if columns else np.zeros((len(y), 0))
    # Only differences within groups count.
    sizes = np.bincount(codes)
    X = X - np.stack([np.bincount(codes, own) / sizes for own in X.T], axis=1)[codes] if columns else X
    X, back = scaled_columns(X)
    likelihood = ConditionalLikelihood(
        y, X, back, np.zeros(len(y)) if offset is None else offset, codes, weights
    )
    null = likelihood.log_likelihood(likelihood.start())
    best = maximise(likelihood, progress, request.limits)
    variance = model_based = best.covariance
    if sample.variance.kind in ("robust", "cluster"):
        own, clusters = cluster_codes(sample, codes, request.group)
        scores = likelihood.scores(best.standardised, own, clusters)
        bread = best.covariance @ np.linalg.inv(likelihood.transform).T
        variance = bread @ (scores.T @ scores) @ bread.T * (clusters / (clusters - 1))
    figures = sizes_of(codes)
    figures["N"] = float(weights[codes].sum())
    equations = (FittedEquation(sample.depvar, sample.terms),)
    estimates = estimates_of(
        sample, request, best, best.parameters, variance, model_based, equations, figures, null
    )
    estimates.scalars["r2_p"] = pseudo_r_squared(best.log_likelihood, null)
    panel = request.command == "xtlogit"
    title = "Conditional fixed-effects logistic regression"
    estimates.macros |= {
        "title": title if panel else "Conditional (fixed-effects) logistic regression",
        "model": "fe",
        "predict": "clogit_p",
    }
    if not panel:
        estimates.macros["group"] = request.group
    return estimates


def estimates_of(
    sample: SingleSample,
    request: Request,
    best: Maximum,
    parameters: np.ndarray,
    variance: np.ndarray,
    model_based: np.ndarray,
    equations: tuple[FittedEquation, ...],
    figures: dict[str, float],
    null: float = MISSING,
) -> Estimates:
    """Return e() of a maximum without its mark: what models of panels have in common."""
    robust = sample.variance.kind in ("robust", "cluster")
    payload = FittedTerms(sample.depvar, equations)
    estimated = np.array([not term.status for equation in equations for term in equation.terms], dtype=bool)
    b = np.zeros(len(estimated))
    b[estimated] = parameters
    variance = (variance + variance.T) / 2
    matrices = estimates_matrices(
        payload.names,
        sample.depvar,
        b,
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    kept = [term for term in equations[0].terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    ratio = null < MISSING and not robust
    chi2 = 2 * (best.log_likelihood - null)
    if not ratio:
        chi2 = joint_statistic(parameters[slopes], variance[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) else MISSING
    scalars = {
        **figures,
        "df_m": float(len(slopes)),
        "ll": best.log_likelihood,
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING and slopes else MISSING,
        "k": float(len(payload.names)),
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        "rank": float(np.count_nonzero(np.diag(variance) > 0)),
    }
    if null < MISSING:
        scalars["ll_0"] = null
    cluster = sample.variance.cluster or (request.group if robust else "")
    if cluster:
        scalars["N_clust"] = float(sample.clusters.count) if sample.clusters is not None else figures["N_g"]
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "ivar": request.group,
        "offset": request.offset,
        "chi2type": "LR" if ratio else "Wald",
        "vce": sample.variance.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": cluster,
        "properties": "b V",
        **weight_macros(sample),
    }
    return Estimates(
        scalars, {name: text for name, text in macros.items() if text}, matrices, payload=payload
    )
