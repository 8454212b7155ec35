"""Survival models as generic commands see them: display, terms, predictions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.fitted import FittedEstimator, TableExtras
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.inference.prediction import label, linear_gradient, standard_error_of_prediction
from xmixed.estimation.likelihood.predictors import linear, offset_of, terms_of
from xmixed.estimation.results import Option, Statistic
from xmixed.estimation.survival.cox import PartialLikelihood
from xmixed.estimation.survival.declared import spells_of
from xmixed.estimation.survival.options import COX_DISPLAY, REGRESSION_DISPLAY
from xmixed.estimation.survival.parametric import DISTRIBUTIONS, Distribution
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.render.layouts.estimation.survival import SurvivalHeader, render_header
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings
from xmixed.statistics.grouping import factorise
from xmixed.statistics.survival.risk_sets import RiskSets

_gradient = linear_gradient(terms_of)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame)


def _ratio(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return exp(X b) without the constant."""
    terms = [None if term is None or not term.parts else term for term in terms_of(e)]
    offset = offset_of(e, frame)
    return np.exp(frame.design(terms) @ e.matrices["b"].values[0] + offset)


def _ratio_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    terms = [None if term is None or not term.parts else term for term in terms_of(e)]
    return _ratio(e, frame, "")[:, None] * frame.design(terms)


# --- Cox --------------------------------------------------------------------------------------------------


def fitted_cox(e: Estimates, frame: EstimationFrame) -> tuple[PartialLikelihood, np.ndarray, EstimationFrame]:
    """Return the likelihood on the estimation sample, its coefficients there, and the frame of that sample.

    Raises
    ------
    StataError
        r(498) where the sample is gone.
    """
    context = frame.context
    whole = EstimationFrame(context, sample_rows(context, e.mark))
    terms = [term for term in terms_of(e) if term is not None and not term.status]
    X = whole.design(terms)
    weights = None
    if "wexp" in e.macros:
        values, _ = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), context)
        weights = values[whole.rows]
    codes = np.zeros(whole.size, dtype=np.int64)
    for name in e.macros.get("strata", "").split():
        own = factorise(context.data[name].values[whole.rows])
        codes = factorise(codes * len(own.levels) + own.codes).codes
    offset = offset_of(e, whole)
    b = e.matrices["b"].values[0][[place for place, term in enumerate(terms_of(e)) if term in terms]]
    likelihood = PartialLikelihood(
        X,
        np.ones(X.shape[1]),
        np.zeros(whole.size) + offset,
        RiskSets(spells_of(context.data, whole.rows, weights), codes),
        e.macros["method"] == "efron",
    )
    return likelihood, b, whole


def _cox(figure: Callable[[PartialLikelihood, np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """Return a statistic of the estimation sample."""

    def values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        likelihood, b, whole = fitted_cox(e, frame)
        found = figure(likelihood, b)
        every = np.full((len(whole.rows), *found.shape[1:]), np.nan)
        every[whole.rows] = found
        frame.rows = frame.rows & whole.rows
        return every[frame.rows]

    return values


def _hazard(own: PartialLikelihood, b: np.ndarray) -> np.ndarray:
    return own.baseline(b)[0]


def _cox_snell(own: PartialLikelihood, b: np.ndarray) -> np.ndarray:
    return own.baseline(b)[1]


def _martingale(own: PartialLikelihood, b: np.ndarray) -> np.ndarray:
    return own.sets.spells.failed - own.baseline(b)[1]


def _deviance_of(martingale: np.ndarray, failed: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(failed, np.log(np.where(failed, failed - martingale, 1.0)), 0.0)
    return np.sign(martingale) * np.sqrt(np.maximum(-2 * (martingale + failed * log), 0.0))


def _deviance(own: PartialLikelihood, b: np.ndarray) -> np.ndarray:
    return _deviance_of(_martingale(own, b), own.sets.spells.failed)


def _schoenfeld(own: PartialLikelihood, b: np.ndarray) -> np.ndarray:
    found = np.full(own.X.shape, np.nan)
    found[own.sets.spells.failed] = own.schoenfeld(b)
    return found


def _names(head: str) -> Callable[[Estimates, str], tuple[str, ...]]:
    def labels(e: Estimates, argument: str) -> tuple[str, ...]:
        kept = [term for term in terms_of(e) if term is not None and not term.status]
        return tuple(f"{head} - {term.without_marks()}" for term in kept)

    return labels


_HR = Statistic(
    "hr",
    "hr",
    _ratio,
    label("Relative hazard"),
    gradient=_ratio_gradient,
    assumed="hr assumed; relative hazard",
)
_LINEAR = (
    Statistic("xb", "xb", _xb, label("Linear prediction"), gradient=_gradient),
    Statistic("stdp", "stdp", standard_error_of_prediction(terms_of), label("S.E. of the prediction")),
)
COX_STATISTICS = (
    _HR,
    *_LINEAR,
    Statistic("basechazard", "basec", _cox(_hazard), label("cumulative baseline hazard"), needs="nothing"),
    Statistic(
        "basesurv",
        "bases",
        _cox(lambda own, b: np.exp(-_hazard(own, b))),
        label("baseline survivor"),
        needs="nothing",
    ),
    Statistic("csnell", "csn", _cox(_cox_snell), label("Cox-Snell residual"), needs="nothing"),
    Statistic("mgale", "mg", _cox(_martingale), label("martingale residual"), needs="nothing"),
    Statistic("deviance", "dev", _cox(_deviance), label("deviance residual"), needs="nothing"),
    Statistic(
        "schoenfeld",
        "sch",
        _cox(_schoenfeld),
        label(""),
        columns=_names("Schoenfeld"),
        needs="nothing",
    ),
    Statistic(
        "scores",
        "sc",
        _cox(lambda own, b: own.score_residuals(b)),
        label(""),
        columns=_names("efficient score"),
        needs="nothing",
    ),
)


# --- parametric models --------------------------------------------------------------------------------------


def distribution_of(e: Estimates) -> Distribution:
    return DISTRIBUTIONS[e.macros["cmd"], e.macros.get("frm2") == "time"]


def _tau(e: Estimates) -> float:
    return float(e.matrices["b"].values[0, -1]) if distribution_of(e).ancillary else 0.0


def _survivor_at(e: Estimates, frame: EstimationFrame, name: str) -> np.ndarray:
    eta = linear(e, frame)
    t = frame.context.data[name].to_double()[frame.rows]
    return distribution_of(e).survivor(t, eta, _tau(e))


def _surv(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return S(t | t0)."""
    return _survivor_at(e, frame, "_t") / _survivor_at(e, frame, "_t0")


def _hazard_at(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    eta, tau = linear(e, frame), _tau(e)
    t = frame.context.data["_t"].to_double()[frame.rows]
    zero, one = np.zeros_like(t), np.ones_like(t)
    slopes = distribution_of(e).slopes
    # ln t + ln h + ln S less ln S is what a failure has more than a censored spell.
    both = [slopes(np.column_stack([t, zero, failed]), eta, tau).ll for failed in (one, zero)]
    return np.exp(both[0] - both[1]) / t


def _median(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return where the survivor function is a half, by halving intervals of ln t."""
    eta, tau = linear(e, frame), _tau(e)
    survivor = distribution_of(e).survivor
    low, high = np.full(len(eta), -60.0), np.full(len(eta), 60.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(200):
            middle = (low + high) / 2
            above = survivor(np.exp(middle), eta, tau) > 0.5
            low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(high < 59.0, np.exp(high), np.nan)


def _spell_cox_snell(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return -np.log(_surv(e, frame, ""))


def _spell_martingale(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return frame.context.data["_d"].to_double()[frame.rows] - _spell_cox_snell(e, frame, "")


def _spell_deviance(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    failed = frame.context.data["_d"].to_double()[frame.rows] == 1
    return _deviance_of(_spell_martingale(e, frame, ""), failed)


TIME_STATISTICS = (
    Statistic(
        "median",
        "med",
        _median,
        label("Predicted median _t"),
        modifiers=(OptionSpec("time", "time", help="the time itself; the default"),),
        assumed="median time assumed; predicted median time",
    ),
    *_LINEAR,
    Statistic("hr", "hr", _ratio, label("Relative hazard"), gradient=_ratio_gradient),
    Statistic("hazard", "ha", _hazard_at, label("Predicted hazard"), needs="sample"),
    Statistic("surv", "s", _surv, label("S(t|t_0)"), needs="sample"),
    Statistic("csnell", "csn", _spell_cox_snell, label("Cox-Snell residual"), needs="sample"),
    Statistic("mgale", "mg", _spell_martingale, label("martingale-like residual"), needs="sample"),
    Statistic("deviance", "dev", _spell_deviance, label("deviance residual"), needs="sample"),
)


_HAZARD = "Haz. Ratio"


class ParametricSurvival(FittedEstimator):
    """See `results.Estimator`."""

    def usual_exponential(self, estimates: Estimates) -> str:
        """See `results.ShowsExponentials`."""
        return _HAZARD if distribution_of(estimates).hazard else ""

    def margins_predict(self, estimates: Estimates, typed: str) -> str:
        """See `results.HasMarginsDefault`."""
        return typed or "xb"


class Cox(FittedEstimator):
    """See `results.Estimator`."""

    def table(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        """Return the table of coefficients, and below it what the strata are."""
        table = super().table(estimates, option, settings)
        if "strata" not in estimates.macros:
            return table
        return [*table, line(f"Stratified by {estimates.macros['strata']}".rjust(len(table[-1].text)))]

    def usual_exponential(self, estimates: Estimates) -> str:
        """See `results.ShowsExponentials`."""
        return _HAZARD

    def margins_predict(self, estimates: Estimates, typed: str) -> str:
        """See `results.HasMarginsDefault`."""
        return typed or "hr"


def _cox_extras(e: Estimates, option: Option, level: float) -> TableExtras:
    return TableExtras("" if option("nohr") else _HAZARD, offset=e.macros.get("offset", ""))


def _parametric_extras(e: Estimates, option: Option, level: float) -> TableExtras:
    """Return what the table has beyond the usual: hazard ratios unless options say otherwise, exp(tau)."""
    time = "Tm. Ratio" if option("tr") else ""
    head = ("" if option("nohr") else _HAZARD) if distribution_of(e).hazard else time
    last = _ancillary(e, level)
    return TableExtras(head, offset=e.macros.get("offset", ""), last=last, apart=bool(last))


def _ancillary(e: Estimates, level: float) -> tuple[CoefficientRow, ...]:
    """Return the rows of exp(tau) and its inverse."""
    distribution = distribution_of(e)
    b, V = _tau(e), float(e.matrices["V"].values[-1, -1])
    df = degrees_of_freedom(e)
    found = []
    for name, sign in distribution.shown:
        figures = exponentiated(wald_figures(sign * b, V, level, None if df is None else float(df[-1])))
        bare = Figures(figures.estimate, figures.standard_error, lower=figures.lower, upper=figures.upper)
        found.append(CoefficientRow(name, bare, bare=True))
    return tuple(found)


def _header(estimates: Estimates) -> SurvivalHeader:
    e, macros = estimates.scalars, estimates.macros
    return SurvivalHeader(
        macros["title"],
        e["N_sub"],
        e["N"],
        e["N_fail"],
        e["risk"],
        macros["chi2type"],
        e["df_m"],
        e["chi2"],
        e["p"],
        e["ll"],
        "vcetype" in macros and macros["vcetype"] == "Robust",
    )


def _head(estimates: Estimates) -> list[Line]:
    return render_header(_header(estimates))


COX = Cox(COX_STATISTICS, _head, extras=_cox_extras, options=COX_DISPLAY)
PARAMETRIC = ParametricSurvival(TIME_STATISTICS, _head, extras=_parametric_extras, options=REGRESSION_DISPLAY)
