"""Counts of which some are always zero: zip and zinb. Lambert (1992), Technometrics 34."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.fit import (
    Ancillary,
    Description,
    Model,
    estimates_of,
    fit_equations,
    likelihood_of,
)
from xmixed.estimation.equations.rows import plain_counts, zero_inflated
from xmixed.estimation.equations.sample import Equation, SystemSample
from xmixed.estimation.likelihood.models import Rows, counts
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.missing import MISSING
from xmixed.session.results import Estimates

_TITLES = {"zip": "Zero-inflated Poisson regression", "zinb": "Zero-inflated negative binomial regression"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for: `command` zip or zinb, the link of the inflation, Vuong's test."""

    command: str
    cmdline: str
    limits: Tolerances
    link: str = "logit"
    vuong: bool = False


def check_counts(equation: Equation) -> np.ndarray:
    """Return the outcome of counts; r(459) below zero, r(498) where all are zero."""
    y = equation.y
    assert y is not None
    if y.min() < 0:
        raise StataError(459, f"{equation.depvar} must be greater than or equal to zero")
    if y.max() == 0:
        raise StataError(498, f"{equation.depvar} is zero in all observations")
    return y


def fit_zero_inflated(
    system: SystemSample, request: Request, log: Callable[[str], Progress | None]
) -> Estimates:
    """Return e() without its mark; the model is tested against a constant rate with the same inflation."""
    y = check_counts(system.equations[0])
    is_dispersed = request.command == "zinb"
    weighting = system.base.weighting
    has_constant = any(column is None for column in system.equations[0].columns)
    null = MISSING
    if has_constant:
        alone = replace(system.equations[0], columns=(None,))
        bare = replace(system, equations=(alone, *system.equations[1:]))
        likelihood = likelihood_of(bare.base, bare.equations, _model(bare, request, y), system.weights)
        null = maximise(likelihood, log("Fitting constant-only model:"), request.limits).log_likelihood
    fitted = fit_equations(system, _model(system, request, y), request.limits, log("Fitting full model:"))
    estimates = estimates_of(
        system,
        fitted,
        Description(request.command, request.cmdline, _TITLES[request.command], f"{request.command}_p", null),
    )
    e, w = estimates.scalars, np.ones(len(y))
    if weighting is not None and weighting.kind == "fweight":
        w = weighting.values
    e["N_zero"] = float(w @ (y == 0))
    e["df_c"] = float(len(fitted.best.parameters))
    estimates.macros["inflate"] = request.link
    if is_dispersed:
        e["alpha"] = float(np.exp(fitted.best.parameters[-1]))
    if request.vuong:
        e["vuong"] = _vuong(system, request, y, fitted.best, w)
        e["p_vuong"] = math.erfc(e["vuong"] / math.sqrt(2)) / 2
    return estimates


def _model(system: SystemSample, request: Request, y: np.ndarray) -> Model:
    """Return the model; it starts at the model of counts, the inflation at a third of the zeros."""
    first, inflation = system.equations
    simple = counts(y, _rows(system))
    point = maximise(simple).parameters
    start = np.zeros(len(inflation.columns))
    share = float(np.clip(np.mean(y == 0), 0.02, 0.98)) / 2
    constant = next((place for place, column in enumerate(inflation.columns) if column is None), None)
    if constant is not None:
        start[constant] = float(np.log(share / (1 - share)))
    ancillary = (Ancillary("lnalpha", 0.0),) if request.command == "zinb" else ()
    return Model(zero_inflated(request.command == "zinb", request.link), y[None], (point, start), ancillary)


def _rows(system: SystemSample) -> Rows:
    first, weighting = system.equations[0], system.base.weighting
    frequencies = weighting is not None and weighting.kind == "fweight"
    return Rows(first.columns, len(system.base.y), system.weights, first.offset, frequencies)


def _vuong(system: SystemSample, request: Request, y: np.ndarray, best: Maximum, w: np.ndarray) -> float:
    """Return Vuong's statistic against the model without inflation."""
    full = likelihood_of(system.base, system.equations, _model(system, request, y), system.weights)
    first, ancillary = system.equations[:1], _model(system, request, y).ancillary
    start = maximise(counts(y, _rows(system))).parameters
    plain = Model(plain_counts(bool(ancillary)), y[None], (start,), ancillary)
    other = likelihood_of(system.base, first, plain, system.weights)
    point = maximise(other, None, request.limits).standardised
    difference = full.log_likelihoods(best.standardised) - other.log_likelihoods(point)
    n = float(w.sum())
    mean = float(w @ difference) / n
    spread = float(w @ (difference - mean) ** 2) / (n - 1)
    return float(np.sqrt(n) * mean / np.sqrt(spread))
