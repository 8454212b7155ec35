"""Regression with sample selection: by maximum likelihood, and in two steps.

Heckman (1979), Econometrica 47.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.fit import (
    Ancillary,
    Description,
    Fitted,
    Model,
    estimates_of,
    fit_equations,
    least_squares_of,
    offset_macros,
    wald,
)
from xmixed.estimation.equations.probits import probit
from xmixed.estimation.equations.rows import mills, selection
from xmixed.estimation.equations.sample import SystemSample
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances
from xmixed.estimation.single import weight_macros
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.blocks import Column, linear_combination

TITLE = "Heckman selection model"


@dataclass(frozen=True, slots=True, eq=False)
class TwoStep:
    """Two-step estimates: of the outcome's columns and the inverse Mills ratio, of the selection.

    Attributes
    ----------
    b : ndarray, shape (k + 1,)
        The coefficient of the inverse Mills ratio last.
    variance : ndarray, shape (k + 1, k + 1)
    probit : Maximum
    sigma, rho : float
    ratio : ndarray
        The inverse Mills ratio of the selected rows.
    """

    b: np.ndarray
    variance: np.ndarray
    probit: Maximum
    sigma: float
    rho: float
    ratio: np.ndarray


def selected_rows(system: SystemSample) -> np.ndarray:
    """Return which rows are selected, bool.

    Raises
    ------
    StataError
        r(2000) where none or all are.
    """
    selected = system.equations[0].needed
    assert selected is not None
    if not selected.any():
        raise StataError(2000, "no observations")
    if selected.all():
        raise StataError(498, "Dependent variable never censored because of selection")
    return selected


def _columns(columns: Sequence[Column], rows: np.ndarray) -> np.ndarray:
    """Return the design of chosen rows, (rows, k)."""
    n = int(np.count_nonzero(rows))
    return np.column_stack([np.ones(n) if own is None else own[rows] for own in columns])


def two_step(system: SystemSample, progress: Progress | None = None) -> TwoStep:
    """Return the two-step estimates with the consistent variance.

    With d = m (m + Z g) and Q = rho^2 (X'DZ) V_probit (Z'DX) it is
    s^2 (X'X)^-1 (X'(1 - rho^2 D)X + Q)(X'X)^-1. r(2001) where the outcome is fitted exactly.
    """
    outcome, choice = system.equations
    selected = selected_rows(system)
    first = probit(selected.astype(np.float64), choice, system, progress)
    zg = linear_combination(choice.columns, first.parameters, len(selected))
    if choice.offset is not None:
        zg = zg + choice.offset
    ratio = mills(zg[selected])
    delta = ratio * (ratio + zg[selected])
    whole = np.zeros(len(selected))
    whole[selected] = ratio
    with_ratio = replace(outcome, columns=(*outcome.columns, whole))
    found = least_squares_of(with_ratio, system.weights)
    w = np.ones(len(ratio)) if system.weights is None else system.weights[selected]
    slope = float(found.beta[-1])
    sigma2 = (found.rss + slope**2 * float(w @ delta)) / float(w.sum())
    if not sigma2 > 0:
        raise StataError(2001, "insufficient observations")
    rho2 = slope**2 / sigma2
    X, Z = _columns(with_ratio.columns, selected), _columns(choice.columns, selected)
    inner = X.T @ (X * (w * (1 - rho2 * delta))[:, None])
    cross = X.T @ (Z * (w * delta)[:, None])
    meat = inner + rho2 * cross @ first.covariance @ cross.T
    variance = sigma2 * found.inverse @ meat @ found.inverse
    sigma = float(np.sqrt(sigma2))
    rho = slope / sigma
    return TwoStep(found.beta, (variance + variance.T) / 2, first, sigma, rho, ratio)


def fit_likelihood(
    system: SystemSample,
    cmdline: str,
    limits: Tolerances,
    progress: Callable[[str], Progress | None],
) -> Estimates:
    """Return e() of the maximum-likelihood model, without its mark."""
    outcome, choice = system.equations
    selected = selected_rows(system)
    start = two_step(system)
    assert outcome.y is not None
    y = np.array([selected.astype(np.float64), np.where(selected, outcome.y, 0.0)])
    rho = float(np.clip(start.rho, -0.85, 0.85))
    model = Model(
        selection,
        y,
        (start.b[:-1], start.probit.parameters),
        (Ancillary("athrho", float(np.arctanh(rho))), Ancillary("lnsigma", float(np.log(start.sigma)))),
        (start.sigma, 1.0),
    )
    fitted = fit_equations(system, model, limits, progress(""))
    estimates = estimates_of(system, fitted, Description("heckman", cmdline, TITLE, "heckma_p"))
    e = estimates.scalars
    e |= _counts(system, selected, fitted.n) | _parameters(fitted)
    robust = "vcetype" in estimates.macros
    if robust:
        places = [len(fitted.best.parameters) - 2]
        e["chi2_c"], e["p_c"] = wald(fitted.best.parameters, fitted.variance, places)
    else:
        alone = _independent(system, start)
        e["ll_c"] = alone
        e["chi2_c"] = max(2 * (fitted.best.log_likelihood - alone), 0.0)
        e["p_c"] = chi2_tail(e["chi2_c"], 1)
    estimates.macros |= {"title2": "(regression model with sample selection)", "method": "ml"}
    estimates.macros["chi2_ct"] = "Wald" if robust else "LR"
    return estimates


def _independent(system: SystemSample, start: TwoStep) -> float:
    """Return the log likelihood of the two equations with independent errors."""
    own = least_squares_of(system.equations[0], system.weights)
    n = own.sum_of_weights
    return start.probit.log_likelihood - 0.5 * n * (np.log(2 * np.pi * own.rss / n) + 1)


def _parameters(fitted: Fitted) -> dict[str, float]:
    t, tau = fitted.best.parameters[-2:]
    rho, sigma = float(np.tanh(t)), float(np.exp(tau))
    V = fitted.variance[-2:, -2:]
    slopes = np.array([sigma * (1 - rho**2), rho * sigma])
    return {
        "rho": rho,
        "sigma": sigma,
        "lambda": rho * sigma,
        "selambda": float(np.sqrt(max(slopes @ V @ slopes, 0.0))),
    }


def _counts(system: SystemSample, selected: np.ndarray, n: float) -> dict[str, float]:
    weighting = system.base.weighting
    w = np.ones(len(selected)) if weighting is None or weighting.kind != "fweight" else weighting.values
    return {"N_cens": n - float(w @ selected)}


MILLS = Term((Part("lambda"),))


def fit_two_step(system: SystemSample, cmdline: str) -> Estimates:
    """Return e() of the two-step estimates, without its mark; those of the equations are not correlated."""
    outcome, choice = system.equations
    selected = selected_rows(system)
    found = two_step(system)
    k, m = len(found.b) - 1, len(found.probit.parameters)
    b = np.concatenate([found.b[:-1], found.probit.parameters, found.b[-1:]])
    V = np.zeros((k + m + 1, k + m + 1))
    own = np.array([*range(k), k + m])
    V[np.ix_(own, own)] = found.variance
    V[k : k + m, k : k + m] = found.probit.covariance
    equations = (
        FittedEquation(outcome.name, outcome.terms),
        FittedEquation(choice.name, choice.terms),
        FittedEquation("mills", (MILLS,), generated=True),
    )
    payload = FittedTerms("", equations)
    estimated = np.array([not term.status for own in equations for term in own.terms])
    whole = np.zeros(len(estimated))
    whole[estimated] = b
    matrices = estimates_matrices(payload.names, outcome.depvar, whole, whole_matrix(estimated, V), None)
    chi2, p_value = wald(b, V, range(outcome.slopes))
    n = float(len(selected))
    scalars = {
        "N": n,
        **_counts(system, selected, n),
        "df_m": float(outcome.slopes),
        "chi2": chi2,
        "p": p_value,
        "rho": found.rho,
        "sigma": found.sigma,
        "lambda": float(found.b[-1]),
        "selambda": float(np.sqrt(found.variance[-1, -1])),
        "rank": float(np.count_nonzero(np.diag(V) > 0)),
    }
    macros = {
        "cmd": "heckman",
        "cmdline": cmdline,
        "depvar": " ".join(name for name in (outcome.depvar, choice.depvar) if name),
        "title": f"{TITLE} -- two-step estimates",
        "title2": "(regression model with sample selection)",
        "chi2type": "Wald",
        "vce": "twostep",
        "method": "twostep",
        "properties": "b V",
        "predict": "heckma_p",
        **offset_macros(system),
        **weight_macros(system.base),
    }
    return Estimates(
        scalars, {name: text for name, text in macros.items() if text}, matrices, payload=payload
    )
