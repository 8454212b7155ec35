"""The estimators glm and binreg: replay, terms, and what predict makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.generalized.families import EXPONENTIAL, Family
from xmixed.estimation.generalized.links import Link
from xmixed.estimation.generalized.options import BINREG_DISPLAY, GLM_DISPLAY, Distribution, read_link
from xmixed.estimation.generalized.trials import trials_over
from xmixed.estimation.inference.prediction import (
    label,
    linear_gradient,
    quadratic_forms,
    standard_error_of_prediction,
)
from xmixed.estimation.likelihood.predictors import linear, offset_of, terms_of
from xmixed.estimation.likelihood.residual_statistics import outcome_of
from xmixed.estimation.results import Option, Statistic
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.generalized import GeneralizedHeader, render_header
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

_gradient = linear_gradient(terms_of)


def _model(e: Estimates) -> tuple[Family, Link]:
    k = float(e.macros.get("k", "1"))
    distribution = Distribution(e.macros["varfunc"], k=k)
    return distribution.family(), read_link(e.macros["link"], distribution, k)


def _trials(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    return trials_over(e.macros.get("m", ""), frame)


class _Parts:
    """What statistics are made of, over the rows of a frame."""

    def __init__(self, e: Estimates, frame: EstimationFrame) -> None:
        self.family, self.link = _model(e)
        _trials(e, frame)
        offset_of(e, frame)
        self.eta = linear(e, frame)
        self.trials = _trials(e, frame)
        self.mu, self.slope = self.family.inside(self.link.mean(self.eta)), self.link.slope(self.eta)
        self.variance = np.maximum(self.family.variance(self.mu), 1e-300)
        y = outcome_of(e, frame)
        if e.macros["varfunc"] == "binomial" and "m" not in e.macros and not np.any((y > 0) & (y < 1)):
            y = (y != 0).astype(np.float64)
        self.y = y / self.trials

    def leverage(self, e: Estimates, frame: EstimationFrame) -> np.ndarray:
        """Return the diagonal of the hat matrix."""
        V = e.matrices.get("V_modelbased", e.matrices["V"]).values / e.scalars["phi"]
        w = self.trials * self.slope**2 / self.variance
        return w * quadratic_forms(frame.design(terms_of(e)), V)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _mu(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    _trials(e, frame)
    eta = linear(e, frame)
    return _trials(e, frame) * _model(e)[1].mean(eta)


def _mu_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    _trials(e, frame)
    eta = linear(e, frame)
    return (_trials(e, frame) * _model(e)[1].slope(eta))[:, None] * _gradient(e, frame, "")


def _residual(
    figure: Callable[[_Parts], np.ndarray],
) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    return lambda e, frame, argument: figure(_Parts(e, frame))


def _deviance(own: _Parts) -> np.ndarray:
    deviance = np.maximum(own.family.deviance(own.y, own.mu), 0.0)
    return np.sign(own.y - own.mu) * np.sqrt(own.trials * deviance)


def _anscombe(own: _Parts) -> np.ndarray:
    """Return the residuals of the transformation that makes outcomes most nearly normal."""
    y, mu = own.y, own.mu
    title = own.family.title
    if title == "Gaussian":
        return y - mu
    if title == "Poisson":
        return 1.5 * (y ** (2 / 3) - mu ** (2 / 3)) / mu ** (1 / 6)
    if title == "gamma":
        return 3 * (y ** (1 / 3) - mu ** (1 / 3)) / mu ** (1 / 3)
    if title == "inverse Gaussian":
        return (np.log(y) - np.log(mu)) / np.sqrt(mu)
    if title == "binomial":
        whole = special.beta(2 / 3, 2 / 3)
        spread = special.betainc(2 / 3, 2 / 3, y) - special.betainc(2 / 3, 2 / 3, mu)
        return np.sqrt(own.trials) * whole * spread / (mu * (1 - mu)) ** (1 / 6)
    raise StataError(198, "option anscombe is not there for this family")


def _hat(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _Parts(e, frame).leverage(e, frame)


def _cooksd(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    own = _Parts(e, frame)
    h = own.leverage(e, frame)
    pearson = own.trials * (own.y - own.mu) ** 2 / own.variance
    return pearson * h / (e.scalars["rank"] * e.scalars["phi"] * (1 - h) ** 2)


SCORE = Statistic(
    "score",
    "sc",
    _residual(lambda own: own.trials * (own.y - own.mu) * own.slope / own.variance),
    label("equation-level score"),
    needs="outcome",
)
STATISTICS = (
    Statistic(
        "mu",
        "mu",
        _mu,
        lambda e, argument: f"Predicted mean {e.macros['depvar']}",
        gradient=_mu_gradient,
        assumed="mu assumed; predicted mean {depvar}",
    ),
    Statistic("xb", "xb", _xb, label("Linear prediction"), gradient=_gradient),
    Statistic("eta", "eta", _xb, label("Linear prediction"), gradient=_gradient),
    Statistic("stdp", "stdp", standard_error_of_prediction(terms_of), label("S.E. of the prediction")),
    Statistic("anscombe", "a", _residual(_anscombe), label("Anscombe residual"), needs="outcome"),
    Statistic("cooksd", "c", _cooksd, label("Cook's distance"), needs="sample"),
    Statistic("deviance", "d", _residual(_deviance), label("deviance residual"), needs="outcome"),
    Statistic("hat", "h", _hat, label("hat diagonal"), needs="sample"),
    Statistic(
        "pearson",
        "p",
        _residual(lambda own: np.sqrt(own.trials / own.variance) * (own.y - own.mu)),
        label("Pearson residual"),
        needs="outcome",
    ),
    Statistic(
        "response",
        "r",
        _residual(lambda own: own.trials * (own.y - own.mu)),
        label("response residual"),
        needs="outcome",
    ),
    SCORE,
    Statistic(
        "working",
        "w",
        _residual(lambda own: (own.y - own.mu) / own.slope),
        label("working residual"),
        needs="outcome",
    ),
)


class Glm(FittedEstimator):
    """See `results.Estimator`."""

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients, with the line about the scale below."""
        table = super().table(estimates, option, settings)
        scale = estimates.macros.get("scale", "")
        if not scale or estimates.macros["vcetype"] == "Robust":
            return table
        kind = {"x2": "Pearson X2-based dispersion", "dev": "deviance-based dispersion"}
        text = kind.get(scale, f"dispersion equal to {scale}")
        return [*table, line(f"(Standard errors scaled using square root of {text}.)")]

    def influence(self, estimates: Estimates, frame: EstimationFrame) -> np.ndarray:
        """See `results.HasInfluence`."""
        from xmixed.estimation.likelihood.residual_statistics import influence

        return influence(estimates, frame, SCORE) / estimates.scalars["phi"]

    def correction(self, estimates: Estimates) -> float:
        """See `results.HasInfluence`."""
        units = estimates.scalars.get("N_clust", estimates.scalars["N"])
        return units / (units - 1)


def _head(e: Estimates) -> str:
    link, family = e.macros["link"], e.macros["varfunc"]
    if family == "binomial":
        return {"logit": "Odds Ratio", "log": "Risk Ratio"}.get(link, "exp(b)")
    return EXPONENTIAL.get(link, "exp(b)") if family in ("poisson", "nbinomial") else "exp(b)"


def _extras(e: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras(_head(e) if option("eform") else "", offset=e.macros.get("offset", ""))


def _ratios(e: Estimates, option: Option, level: float) -> TableExtras:
    heads = {"logit": "Odds Ratio", "log": "Risk Ratio", "logc": "HR"}
    head = "" if option("coefficients") else heads.get(e.macros["link"], "")
    return TableExtras(head, offset=e.macros.get("offset", ""))


def _header(estimates: Estimates) -> GeneralizedHeader:
    e, macros = estimates.scalars, estimates.macros
    return GeneralizedHeader(
        macros["title"],
        (macros["opt1"], macros.get("opt2", "")),
        e["N"],
        e["df"],
        e["phi"],
        (e["deviance"], e["dispers"]),
        (e["deviance_p"], e["dispers_p"]),
        (macros["varfuncf"], macros["varfunct"]),
        (macros["linkf"], macros["linkt"]),
        e["ll"] if macros["opt"] == "ml" else None,
        e["aic"],
        e["bic"],
        macros["vcetype"] == "Robust",
    )


ESTIMATOR = Glm(STATISTICS, lambda e: render_header(_header(e)), extras=_extras, options=GLM_DISPLAY)
BINOMIAL = Glm(STATISTICS, ESTIMATOR.header, extras=_ratios, options=BINREG_DISPLAY)
