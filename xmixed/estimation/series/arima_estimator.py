"""arima as generic commands see it: display and predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedEstimator, FittedTerms
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.results import Statistic
from xmixed.estimation.series.arima import MOST_WITH_GAPS, Lags, process_of
from xmixed.estimation.series.order import TimeOrder
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING, is_missing
from xmixed.output import Line
from xmixed.render.layouts.estimation.beside import PANEL, Entry, chi2_entries, likelihood_text, render_beside
from xmixed.session.results import Estimates
from xmixed.statistics.arma import predictions, whole_series


def _header(e: Estimates) -> list[Line]:
    own, macros = e.scalars, e.macros
    gaps = int(own["N_gaps"])
    note = "" if not gaps else ", but with a gap" if gaps == 1 else ", but with gaps"
    left = [
        macros["title"],
        "",
        f"Sample:  {macros['tmins']} - {macros['tmaxs']}{note}",
        "",
        likelihood_text(own["ll"], macros["vce"] == "robust"),
    ]
    tests = chi2_entries("Wald", own["df_m"], own["chi2"], own["p"])
    return render_beside(left, [None, None, Entry("Number of obs", own["N"]), *tests], PANEL)


def factors_of(e: Estimates) -> tuple[Lags, ...]:
    """Return the lags of the process of an e()."""

    def numbers(name: str) -> tuple[int, ...]:
        return tuple(int(word) for word in e.macros.get(name, "").split())

    own = (Lags(1, numbers("ar"), numbers("ma")),)
    seasons = [
        Lags(season, numbers(f"mar{place}"), numbers(f"mma{place}"))
        for place, season in enumerate(numbers("seasons"), 1)
    ]
    return tuple(lags for lags in (*own, *seasons) if lags.size)


# --- predictions ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _How:
    """What modifies a prediction: the time it is dynamic from, whether the ARMA part is left out."""

    start: float
    structural: bool


def _how(argument: str, frame: EstimationFrame) -> _How:
    start, rest = np.inf, argument
    if argument.startswith("dynamic("):
        inside, _, rest = argument.removeprefix("dynamic(").rpartition(")")
        values, _ = evaluate_column(parse_expression(inside), frame.context)
        start = float(np.asarray(values).reshape(-1)[0])
        if start >= MISSING:
            raise StataError(198, "dynamic() is not a time")
    return _How(start, "structural" in rest.split())


@dataclass(frozen=True, slots=True, eq=False)
class _Predicted:
    """Predictions over all observations of the data, NaN where there are none, and variances of their errors.

    Attributes
    ----------
    values, variances, outcome : ndarray, shape (n,)
    known : ndarray of bool, shape (n,)
        Where the outcome is there and counts for later predictions.
    """

    values: np.ndarray
    variances: np.ndarray
    outcome: np.ndarray
    known: np.ndarray


def _predicted(e: Estimates, frame: EstimationFrame, how: _How) -> _Predicted:
    fitted: FittedTerms = e.payload
    n = frame.context.data.n_obs
    every = frame.of_rows(np.ones(n, dtype=bool))
    every.require_terms(fitted.terms)
    every.require(e.macros["tvar"])
    b = Coefficients.of(e).b
    factors = factors_of(e)
    size = sum(own.size for own in factors)
    xb, outcome = np.full(n, np.nan), np.full(n, np.nan)
    xb[every.rows] = every.design(fitted.terms) @ b
    there = every.of_rows(every.rows)
    there.require(*variable_of(e.macros["depvar"]))
    outcome[there.rows] = there.values(*variable_of(e.macros["depvar"]))
    times = frame.context.data[e.macros["tvar"]].to_double()
    known = there.rows & (times < how.start)
    sigma2 = float(b[-1]) ** 2
    if how.structural or not size:
        return _Predicted(xb, np.full(n, sigma2), outcome, known)
    places = np.flatnonzero(every.rows)
    values, variances = xb.copy(), np.full(n, np.nan)
    if len(places):
        order = TimeOrder.of(None, times[places], e.scalars["tdelta"])
        rows, keys = places[order.order], order.keys
        observed = known[rows]
        if np.any(np.diff(keys[observed]) != 1) and observed.sum() > MOST_WITH_GAPS:
            raise StataError(498, f"gaps are taken in series of up to {MOST_WITH_GAPS} observations")
        process = process_of(factors, b[len(b) - 1 - size : -1])
        u = (outcome - xb)[rows][observed]
        found = predictions(u, keys[observed], keys, np.inf, process)
        values[rows] += found.values
        variances[rows] = found.variances * sigma2
    return _Predicted(values, variances, outcome, known)


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _predicted(e, frame, _how(argument, frame)).values[frame.rows]


def _mse(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _predicted(e, frame, _how(argument, frame)).variances[frame.rows]


def _residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    found = _predicted(e, frame, _how(argument, frame))
    return (found.outcome - found.values)[frame.rows]


def difference_of(operators: str) -> np.ndarray | None:
    """Return 1, c_1, ... of operators such as `D2S12`; None where a lag or lead is among them."""
    found = np.ones(1)
    rest = operators
    while rest:
        letter, rest = rest[0], rest[1:]
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        rest = rest[len(digits) :]
        count = int(digits) if digits else 1
        if letter not in "DS":
            return None
        lag, times = (1, count) if letter == "D" else (count, 1)
        factor = np.zeros(lag + 1)
        factor[0], factor[-1] = 1.0, factor[-1] - 1.0
        for _ in range(times):
            found = np.convolve(found, factor)
    return found


def _y(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return predictions of the variable itself."""
    how = _how(argument, frame)
    name, operators = variable_of(e.macros["depvar"])
    difference = difference_of(operators)
    if difference is None:
        raise StataError(198, f"y is not available: {e.macros['depvar']} has lags or leads")
    found = _predicted(e, frame, how)
    data = frame.context.data
    times, actual = data[e.macros["tvar"]].to_double(), data[name].to_double()
    dated = np.flatnonzero(~is_missing(times))
    if not len(dated):
        return np.full(frame.size, np.nan)
    order = TimeOrder.of(None, times[dated], e.scalars["tdelta"])
    rows, keys = dated[order.order], order.keys
    predicted, series = (np.full(int(keys[-1]) + 1, np.nan) for _ in range(2))
    predicted[keys] = found.values[rows]
    known = np.zeros(len(series), dtype=bool)
    known[keys] = ~is_missing(actual[rows]) & (times[rows] < how.start)
    series[keys] = np.where(known[keys], actual[rows], np.nan)
    out = np.full(data.n_obs, np.nan)
    out[rows] = whole_series(predicted, series, known, difference)[keys]
    return out[frame.rows]


def _y_residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    name, _ = variable_of(e.macros["depvar"])
    frame.require(name)
    return frame.values(name) - _y(e, frame, argument)


_Values = Callable[[Estimates, EstimationFrame, str], np.ndarray]
_MODIFIERS = (
    OptionSpec("dynamic", "d", "text", "the time from which predictions build on each other"),
    OptionSpec("structural", "str", help="the regression alone, without the ARMA part"),
)


def _label(what: str, e: Estimates, argument: str) -> str:
    how = argument.removeprefix("dynamic(").rpartition(")")[0]
    return f"{what}, {f'dyn({how})' if how else 'one-step'}"


def _statistic(name: str, minimum: str, values: _Values, what: str, assumed: str = "") -> Statistic:
    return Statistic(
        name,
        minimum,
        values,
        lambda e, argument: _label(what, e, argument),
        needs="nothing",
        assumed=assumed,
        modifiers=_MODIFIERS,
        combined=True,
    )


STATISTICS = (
    _statistic("xb", "xb", _xb, "xb prediction", "xb assumed; predicted values"),
    _statistic("y", "y", _y, "y prediction"),
    _statistic("mse", "m", _mse, "mse"),
    _statistic("residuals", "r", _residuals, "residual"),
    _statistic("yresiduals", "yr", _y_residuals, "y residual"),
)

ESTIMATOR = FittedEstimator(STATISTICS, _header)
