"""Probits with heteroskedastic errors, of two outcomes, with an endogenous covariate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.fit import (
    Ancillary,
    Description,
    Model,
    estimates_of,
    fit_equations,
    least_squares_of,
    wald,
)
from xmixed.estimation.equations.rows import bivariate_probit, heteroskedastic_probit, instrumented_probit
from xmixed.estimation.equations.sample import Equation, SystemSample
from xmixed.estimation.likelihood.models import Rows, binary
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import chi2_tail

Log = Callable[[str], Progress | None]
"""log(title): what shows the iterations of one fit."""


def zeros_and_ones(equation: Equation) -> np.ndarray:
    """Return an outcome as zeros and ones; r(2000) where it does not vary."""
    assert equation.y is not None
    y = (equation.y != 0).astype(np.float64)
    if y.min() == y.max():
        raise StataError(2000, "outcome does not vary")
    return y


def probit(
    y: np.ndarray, equation: Equation, system: SystemSample, progress: Progress | None = None
) -> Maximum:
    """Return the probit of zeros and ones on the columns of an equation."""
    weighting = system.base.weighting
    frequencies = weighting is not None and weighting.kind == "fweight"
    rows = Rows(equation.columns, len(y), system.weights, equation.offset, frequencies)
    return maximise(binary("probit", y, rows), progress)


def fit_heteroskedastic(system: SystemSample, cmdline: str, limits: Tolerances, log: Log) -> Estimates:
    """Return e() of a probit whose standard deviation is exp(Z g), without its mark."""
    mean, spread = system.equations
    y = zeros_and_ones(mean)
    plain = probit(y, mean, system, log("Fitting probit model:"))
    model = Model(heteroskedastic_probit, y[None], (plain.parameters, np.zeros(len(spread.columns))))
    fitted = fit_equations(system, model, limits, log("Fitting full model:"))
    estimates = estimates_of(
        system, fitted, Description("hetprob", cmdline, "Heteroskedastic probit model", "hetpr_p")
    )
    e, ones = estimates.scalars, _weighted_sum(system, y)
    e |= {"N_f": fitted.n - ones, "N_s": ones, "ll_c": plain.log_likelihood}
    places = range(len(mean.columns), len(mean.columns) + len(spread.columns))
    if "vcetype" in estimates.macros:
        e["chi2_c"], e["p_c"] = wald(fitted.best.parameters, fitted.variance, places)
    else:
        _compared(e, fitted.best.log_likelihood, len(places))
    e["df_m_c"] = float(len(places))
    return estimates


def _weighted_sum(system: SystemSample, y: np.ndarray) -> float:
    weighting = system.base.weighting
    return float(y.sum() if weighting is None or weighting.kind != "fweight" else weighting.values @ y)


def _compared(e: dict[str, float], ll: float, df: int) -> None:
    """Put the test against the simpler model, whose log likelihood is e(ll_c), into e()."""
    e["chi2_c"] = max(2 * (ll - e["ll_c"]), 0.0)
    e["p_c"] = chi2_tail(e["chi2_c"], df)


def fit_bivariate(system: SystemSample, cmdline: str, limits: Tolerances, log: Log) -> Estimates:
    """Return e() of two probits with correlated errors, without its mark."""
    y = np.array([zeros_and_ones(own) for own in system.equations])
    alone = [
        probit(own, equation, system, log(f"Fitting comparison equation {number}:"))
        for number, (own, equation) in enumerate(zip(y, system.equations, strict=True), 1)
    ]
    model = Model(bivariate_probit, y, [own.parameters for own in alone], (Ancillary("athrho", 0.0),))
    fitted = fit_equations(system, model, limits, log("Fitting full model:"))
    first, second = system.equations
    slopes = first.slopes + second.slopes
    same = [own.parts for own in first.terms] == [own.parts for own in second.terms]
    title = "Bivariate probit regression" if same else "Seemingly unrelated bivariate probit"
    estimates = estimates_of(
        system, fitted, Description("biprobit", cmdline, title, "bipr_p", df_model=slopes)
    )
    e, b = estimates.scalars, fitted.best.parameters
    places = [*range(first.slopes), *(len(first.columns) + place for place in range(second.slopes))]
    e["chi2"], e["p"] = wald(b, fitted.variance, places)
    e["rho"] = float(np.tanh(b[-1]))
    e["ll_c"] = sum(own.log_likelihood for own in alone)
    if "vcetype" in estimates.macros:
        e["chi2_c"], e["p_c"] = wald(b, fitted.variance, [len(b) - 1])
    else:
        _compared(e, fitted.best.log_likelihood, 1)
    return estimates


def fit_instrumented(
    system: SystemSample, cmdline: str, limits: Tolerances, log: Log, lists: dict[str, str]
) -> Estimates:
    """Return e() of a probit with one endogenous covariate, without its mark.

    Parameters
    ----------
    system : SystemSample
        The first equation has the endogenous covariate first, the second is its regression.
    lists : dict of str
        e(instd) and e(insts).
    """
    outcome, stage = system.equations
    y = zeros_and_ones(outcome)
    assert stage.y is not None
    first = least_squares_of(stage, system.weights)
    sigma = float(np.sqrt(first.rss / first.sum_of_weights))
    plain = probit(y, outcome, system, log("Fitting exogenous probit model"))
    model = Model(
        instrumented_probit,
        np.array([y, stage.y]),
        (plain.parameters, first.beta),
        (Ancillary("athrho", 0.0), Ancillary("lnsigma", float(np.log(sigma)))),
        (1.0, sigma),
    )
    fitted = fit_equations(system, model, limits, log("Fitting full model"))
    title = "Probit model with endogenous regressors"
    estimates = estimates_of(system, fitted, Description("ivprobit", cmdline, title, "ivprob_p"))
    e, b = estimates.scalars, fitted.best.parameters
    e |= {"rho": float(np.tanh(b[-2])), "sigma": float(np.exp(b[-1])), "endog_ct": 1.0}
    e["chi2_exog"], e["p_exog"] = wald(b, fitted.variance, [len(b) - 2])
    estimates.macros |= {"method": "ml", **lists}
    return estimates
