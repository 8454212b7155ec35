"""From a sample of panels to the e() of models of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation
from xmixed.estimation.likelihood.models import Rows, counts, dispersed
from xmixed.estimation.likelihood.newton import Progress, Tolerances, maximise
from xmixed.estimation.multilevel.problem import standardised
from xmixed.estimation.panels.counts import (
    Model,
    PanelLikelihood,
    Panels,
    beta_dispersed,
    conditional_dispersed,
    conditional_poisson,
    gamma_poisson,
)
from xmixed.estimation.panels.fit import Request, cluster_codes, estimates_of, sizes_of
from xmixed.estimation.single import SingleSample
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.grouping import factorise

Log = Callable[[str], Progress | None]
"""log(title): what shows the iterations of one fit."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A model: its likelihood, its parameters beside coefficients, its title, what its effects are."""

    model: Model
    parameters: tuple[str, ...]
    title: str
    distribution: str = ""


KINDS: dict[tuple[str, str], Kind] = {
    ("xtpoisson", "re"): Kind(gamma_poisson, ("lnalpha",), "Random-effects Poisson regression", "Gamma"),
    ("xtpoisson", "fe"): Kind(conditional_poisson, (), "Conditional fixed-effects Poisson regression"),
    ("xtnbreg", "re"): Kind(
        beta_dispersed, ("ln_r", "ln_s"), "Random-effects negative binomial regression", "Beta"
    ),
    ("xtnbreg", "fe"): Kind(conditional_dispersed, (), "Conditional FE negative binomial regression"),
}


def informative_counts(sample: SingleSample, group: str) -> SingleSample:
    """Return the sample without panels of one row and those whose outcomes are all zero, with notes.

    Raises
    ------
    StataError
        r(2000) where none is left.
    """
    codes = factorise(sample.others[group]).codes
    sizes, sums = np.bincount(codes), np.bincount(codes, sample.y)
    notes, kept = list(sample.notes), np.ones(len(sizes), dtype=bool)
    for gone, reason in ((sizes == 1, "of only one obs per group"), (sums == 0, "of all zero outcomes")):
        gone = gone & kept
        kept &= ~gone
        if gone.any():
            rows, count = int(sizes[gone].sum()), int(np.count_nonzero(gone))
            groups = f"{count} group{'s' if count > 1 else ''} ({rows} obs)"
            notes.append(f"note: {groups} dropped because {reason}")
    if not kept.any():
        raise StataError(2000, "no observations")
    return replace(sample, notes=tuple(notes)).restricted(kept[codes])


def check_counts(sample: SingleSample) -> None:
    """Refuse outcomes below zero, r(459)."""
    if sample.y.min() < 0:
        raise StataError(459, f"{sample.depvar} must be greater than or equal to zero")


def _weights(sample: SingleSample, codes: np.ndarray, group: str) -> np.ndarray:
    """Return the weight of each panel; r(199) where weights vary within panels."""
    weights = np.ones(int(codes.max()) + 1)
    if sample.weighting is not None:
        weights[codes] = sample.weighting.values
        if np.any(weights[codes] != sample.weighting.values):
            raise StataError(199, f"weight must be constant within {group}")
    return weights


def fit_counts(
    sample: SingleSample, request: Request, effects: str, offset: np.ndarray | None, log: Log
) -> Estimates:
    """Return e() of a settled sample, without its mark.

    Parameters
    ----------
    effects : str
        re or fe.

    Raises
    ------
    StataError
        r(199) for weights that vary within panels; r(459).
    FloatingPointError
        Where the likelihood cannot be evaluated.
    """
    kind = KINDS[request.command, effects]
    codes = factorise(sample.others[request.group]).codes
    panels = Panels(sample.y, codes, int(codes.max()) + 1)
    X, back = standardised(sample.columns, len(sample.y), 0)
    weights = _weights(sample, codes, request.group)
    rows = Rows(sample.columns, len(sample.y), None if sample.weighting is None else weights[codes], offset)
    plain = maximise(
        counts(sample.y, rows), log("Fitting Poisson model:") if effects == "re" else None, Tolerances()
    )
    start = np.linalg.solve(back, plain.parameters)
    likelihood = PanelLikelihood(
        panels,
        kind.model,
        X,
        back,
        np.zeros(len(sample.y)) if offset is None else offset,
        np.append(start, np.zeros(len(kind.parameters))),
        weights,
    )
    best = maximise(likelihood, log("Fitting full model:" if effects == "re" else ""), request.limits)
    variance = best.covariance
    if sample.variance.kind in ("robust", "cluster"):
        own, clusters = cluster_codes(sample, codes, request.group)
        scores = likelihood.scores(best.standardised, own, clusters)
        bread = best.covariance @ np.linalg.inv(likelihood.transform).T
        variance = bread @ (scores.T @ scores) @ bread.T * (clusters / (clusters - 1))
    equations = (
        FittedEquation(sample.depvar, sample.terms),
        *(FittedEquation(name, (Term(()),), ancillary=True) for name in kind.parameters),
    )
    estimates = estimates_of(
        sample, request, best, best.parameters, variance, best.covariance, equations, sizes_of(codes)
    )
    e = estimates.scalars
    for name, value in zip(kind.parameters, best.parameters[-len(kind.parameters) :], strict=False):
        e[name.removeprefix("ln").removeprefix("_")] = float(np.exp(value))
    if effects == "re" and "vcetype" not in estimates.macros:
        simple = plain.log_likelihood
        if request.command == "xtnbreg":
            simple = maximise(dispersed("constant", sample.y, rows), None, Tolerances()).log_likelihood
        gain = max(2 * (best.log_likelihood - simple), 0.0)
        e |= {"ll_c": simple, "chi2_c": gain, "p_c": chi2_tail(gain, 1) / 2 if gain else 1.0}
    estimates.macros |= {"title": kind.title, "model": effects, "predict": f"{request.command}_p"}
    if kind.distribution:
        estimates.macros["distrib"] = kind.distribution
    return estimates
