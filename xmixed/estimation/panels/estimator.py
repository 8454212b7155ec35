"""Binary outcomes in panels as generic commands see them: display, terms, predictions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy import special

from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.prediction import label, linear_gradient, standard_error_of_prediction
from xmixed.estimation.likelihood.estimator import likelihood_header
from xmixed.estimation.likelihood.options import OR
from xmixed.estimation.likelihood.predictors import linear, offset_of, terms_of
from xmixed.estimation.panels.fit import LATENT
from xmixed.estimation.panels.options import PANEL_DISPLAY
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import Option, Statistic
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.render.layouts.estimation.panel import PanelHeader, render_header
from xmixed.session.results import Estimates

_gradient = linear_gradient(terms_of)


def _is_random(e: Estimates) -> bool:
    return e.macros["model"] == "re"


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _pu0(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the probability of a positive outcome where the effect is zero."""
    eta = linear(e, frame)
    return special.ndtr(eta) if e.macros.get("link") == "probit" else special.expit(eta)


def _pu0_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    eta = linear(e, frame)
    if e.macros.get("link") == "probit":
        density = np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi)
    else:
        density = special.expit(eta) * special.expit(-eta)
    return density[:, None] * _gradient(e, frame, "")


_XB = Statistic(
    "xb",
    "xb",
    _xb,
    label("Linear prediction"),
    gradient=_gradient,
    assumed="xb assumed; linear prediction",
)
_PU0 = Statistic("pu0", "pu0", _pu0, label("Pr(u_i=0)"), gradient=_pu0_gradient)
_STDP = Statistic("stdp", "stdp", standard_error_of_prediction(terms_of), label("S.E. of the prediction"))


def _group_probability(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the probability that an observation is the one positive outcome of its group."""
    offset_of(e, frame)
    eta = linear(e, frame)
    column = frame.context.data[e.macros["ivar"]].values[frame.rows]
    _, codes = np.unique(column, return_inverse=True)
    largest = np.full(int(codes.max(initial=0)) + 1, -np.inf)
    np.maximum.at(largest, codes, eta)
    own = np.exp(eta - largest[codes])
    return own / np.bincount(codes, own)[codes]


_PC1 = Statistic(
    "pc1",
    "pc1",
    _group_probability,
    label("Pr(outcome|one positive)"),
    assumed="pc1 assumed; conditional probability for single outcome within group",
)


class PanelBinary(FittedEstimator):
    """See `results.Estimator`."""

    def margins_predict(self, estimates: Estimates, typed: str) -> str:
        """See `results.HasMarginsDefault`."""
        return typed or "xb"


def _extras(e: Estimates, option: Option, level: float) -> TableExtras:
    """Return what the table has beyond the usual: odds ratios where asked for, variance components."""
    odds = "OR" if e.macros["cmd"] == "xtlogit" else "Odds Ratio"
    last = _components(e, level) if _is_random(e) else ()
    return TableExtras(
        odds if option(OR.name) else exponential_heading(option),
        offset=e.macros.get("offset", ""),
        last=last,
        apart=bool(last),
    )


def _components(e: Estimates, level: float) -> tuple[CoefficientRow, ...]:
    """Return the rows of sigma_u and of rho, from ln sigma_u^2."""
    b, V = float(e.matrices["b"].values[0, -1]), float(e.matrices["V"].values[-1, -1])
    half = exponentiated(wald_figures(b / 2, V / 4, level))
    sigma = Figures(half.estimate, half.standard_error, lower=half.lower, upper=half.upper)
    latent = math.log(LATENT[e.macros["link"]])
    logit = wald_figures(b - latent, V, level)
    share = e.scalars["rho"]
    rho = Figures(share)
    if logit.standard_error < MISSING:
        low, high = (1 / (1 + math.exp(-end)) for end in (logit.lower, logit.upper))
        rho = Figures(share, share * (1 - share) * logit.standard_error, lower=low, upper=high)
    return (CoefficientRow("sigma_u", sigma, bare=True), CoefficientRow("rho", rho, bare=True))


def panel_header(estimates: Estimates) -> list[Line]:
    """Return the header of models of panels fitted by maximum likelihood."""
    e, macros = estimates.scalars, estimates.macros
    likelihood = "Log pseudolikelihood" if "vcetype" in macros else "Log likelihood "
    return render_header(
        PanelHeader(
            macros["title"],
            macros["ivar"],
            e["N"],
            e["N_g"],
            (e["g_min"], e["g_avg"], e["g_max"]),
            None,
            f"Random effects u_i ~ {macros['distrib']}" if _is_random(estimates) else "",
            (f"{macros['chi2type']} chi2({e['df_m']:.0f})", e["chi2"]),
            ("Prob > chi2", e["p"]),
            f"{likelihood} = {format_value(e['ll'], '%10.0g').strip()}",
        )
    )


def _comparison(estimates: Estimates) -> list[Line]:
    e = estimates.scalars
    if "chi2_c" not in e:
        return []
    statistic = format_value(e["chi2_c"], "%8.2f").strip().rjust(8)
    p_value = format_value(e["p_c"], "%5.3f").strip()
    return [line(f"Likelihood-ratio test of rho=0: chibar2(01) = {statistic} Prob >= chibar2 = {p_value}")]


RANDOM = PanelBinary((_XB, _PU0, _STDP), panel_header, _comparison, _extras, PANEL_DISPLAY)
CONDITIONAL = PanelBinary(
    (_PC1, _PU0, replace(_XB, assumed=""), _STDP), panel_header, _comparison, _extras, PANEL_DISPLAY
)
GROUPED = replace(CONDITIONAL, header=likelihood_header)
"""clogit: its groups are no panels."""
