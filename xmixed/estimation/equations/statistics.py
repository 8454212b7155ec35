"""What predict makes after models of several equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.equations.rows import mills
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.limits import statistics_of_limits
from xmixed.estimation.inference.prediction import label, quadratic_forms
from xmixed.estimation.likelihood.predictors import equation_terms, linear, offset_of
from xmixed.estimation.results import Statistic
from xmixed.language.syntax import OptionSpec
from xmixed.session.results import Estimates
from xmixed.statistics.bivariate_normal import bivariate_normal

Values = Callable[[Estimates, EstimationFrame], np.ndarray]


def predictor(e: Estimates, frame: EstimationFrame, equation: int = 0) -> np.ndarray:
    """Return X b of an equation over the rows that have its covariates."""
    frame.require_terms(equation_terms(e, equation))
    return linear(e, frame, equation)


def predictors(e: Estimates, frame: EstimationFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return X b and Z g of the first two equations over the rows that have both."""
    for equation in (0, 1):
        frame.require_terms(equation_terms(e, equation))
        offset_of(e, frame, equation)
    return linear(e, frame, 0), linear(e, frame, 1)


def xb_of(equation: int, name: str, minimum: str, text: str, assumed: str = "") -> Statistic:
    """Return the linear predictor of an equation."""

    def gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        frame.require_terms(equation_terms(e, equation))
        return frame.design(equation_terms(e, equation))

    return Statistic(
        name,
        minimum,
        lambda e, frame, argument: predictor(e, frame, equation),
        label(text),
        gradient=gradient,
        needs="nothing",
        assumed=assumed,
    )


def stdp_of(equation: int, name: str, minimum: str, text: str) -> Statistic:
    """Return the standard error of a linear predictor."""

    def values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        terms = equation_terms(e, equation)
        frame.require_terms(terms)
        return np.sqrt(quadratic_forms(frame.design(terms), Coefficients.of(e).V))

    return Statistic(name, minimum, values, label(text), needs="nothing")


def function_of(name: str, minimum: str, values: Values, text: str, assumed: str = "") -> Statistic:
    """Return a function of the predictors, with derivatives by differences; `{0}` is the first depvar."""

    def described(e: Estimates, argument: str) -> str:
        return text.format(*e.macros["depvar"].split(), "")

    def own(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        return values(e, frame)

    return Statistic(
        name, minimum, own, described, gradient=numerical_gradient(own), needs="nothing", assumed=assumed
    )


_XB = xb_of(0, "xb", "xb", "Linear prediction", "xb assumed; fitted values")
_STDP = stdp_of(0, "stdp", "stdp", "S.E. of the prediction")


# --- any of several equations -----------------------------------------------------------------------------

EQUATION = OptionSpec("equation", "eq", "text", "an equation: its name, or #1 for the first")


def equation_place(e: Estimates, argument: str) -> int:
    """Return which equation `equation()` means, the first without it; r(303)."""
    names = [own.name for own in e.payload.equations if not own.ancillary]
    text = argument.strip()
    if not text:
        return 0
    if text.startswith("#") and text[1:].isdigit() and 1 <= int(text[1:]) <= len(names):
        return int(text[1:]) - 1
    if text not in names:
        raise StataError(303, f"equation [{text}] not found")
    return names.index(text)


def _xb_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    terms = equation_terms(e, equation_place(e, argument))
    frame.require_terms(terms)
    return frame.design(terms)


def _xb_values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return predictor(e, frame, equation_place(e, argument))


def _residuals(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    place = equation_place(e, argument)
    depvars = e.macros["depvar"].split()
    variable = variable_of(depvars[place] if place < len(depvars) else depvars[0])
    frame.require(*variable)
    own = predictor(e, frame, place)
    return frame.values(*variable) - own


def _stdp_values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    design = _xb_gradient(e, frame, argument)
    return np.sqrt(quadratic_forms(design, Coefficients.of(e).V))


SYSTEM = (
    Statistic(
        "xb",
        "xb",
        _xb_values,
        label("Linear prediction"),
        gradient=_xb_gradient,
        needs="nothing",
        assumed="xb assumed; fitted values",
        modifiers=(EQUATION,),
    ),
    Statistic(
        "stdp", "stdp", _stdp_values, label("S.E. of the prediction"), needs="nothing", modifiers=(EQUATION,)
    ),
    Statistic("residuals", "r", _residuals, label("Residuals"), needs="nothing", modifiers=(EQUATION,)),
)


# --- selection ------------------------------------------------------------------------------------------


def _pull(e: Estimates) -> float:
    """Return rho sigma."""
    b = Coefficients.of(e).b
    if e.macros["method"] == "twostep":
        return float(b[-1])
    return float(np.tanh(b[-2]) * np.exp(b[-1]))


def _conditional(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    xb, zg = predictors(e, frame)
    return xb + _pull(e) * mills(zg)


def _expected(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return P(selected) E(y | selected): outcomes that are not selected count as zero."""
    xb, zg = predictors(e, frame)
    return special.ndtr(zg) * (xb + _pull(e) * mills(zg))


def _sigma(e: Estimates) -> float:
    if e.macros["cmd"] == "heckman":
        own = e.macros["method"] == "twostep"
        return e.scalars["sigma"] if own else float(np.exp(Coefficients.of(e).b[-1]))
    return float(Coefficients.of(e).b[-1])


_LIMITS = statistics_of_limits(lambda e, frame: (predictor(e, frame), _sigma(e)))
HECKMAN = (
    _XB,
    _STDP,
    function_of("ycond", "yc", _conditional, "E({0}|Zg>0)"),
    function_of("yexpected", "ye", _expected, "E({0}*|Pr({1}))"),
    function_of("mills", "m", lambda e, frame: mills(predictor(e, frame, 1)), "Mills' ratio"),
    function_of("nshazard", "ns", lambda e, frame: mills(predictor(e, frame, 1)), "Mills' ratio"),
    function_of("psel", "ps", lambda e, frame: special.ndtr(predictor(e, frame, 1)), "Pr(selection)"),
    xb_of(1, "xbsel", "xbs", "Linear prediction of selection"),
    stdp_of(1, "stdpsel", "stdps", "S.E. of the prediction of selection"),
    *_LIMITS,
)
TRUNCATED = (_XB, _STDP, *_LIMITS)


# --- counts ---------------------------------------------------------------------------------------------


def _always_zero(e: Estimates, zg: np.ndarray) -> np.ndarray:
    return special.expit(zg) if e.macros["inflate"] == "logit" else special.ndtr(zg)


def _events(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    xb, zg = predictors(e, frame)
    return np.exp(xb) * (1 - _always_zero(e, zg))


def _rate(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the events without exposure, for those that are not always zero."""
    return np.exp(predictor(e, frame) - offset_of(e, frame))


ZERO_INFLATED = (
    function_of("n", "n", _events, "Predicted number of events", "n assumed; predicted number of events"),
    function_of("ir", "ir", _rate, "Predicted incidence rate"),
    function_of("pr", "pr", lambda e, frame: _always_zero(e, predictor(e, frame, 1)), "Pr(always zero)"),
    xb_of(0, "xb", "xb", "Linear prediction"),
    _STDP,
)


# --- probits --------------------------------------------------------------------------------------------


def _heteroskedastic(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    xb, zg = predictors(e, frame)
    return special.ndtr(xb * np.exp(-zg))


HETEROSKEDASTIC = (
    function_of(
        "pr",
        "p",
        _heteroskedastic,
        "Probability of positive outcome",
        "p assumed; probability of positive outcome",
    ),
    xb_of(0, "xb", "xb", "Linear prediction"),
    function_of("sigma", "s", lambda e, frame: np.exp(predictor(e, frame, 1)), "Sigma"),
)


def _joint(first: float, second: float) -> Values:
    """Return the probability of two outcomes, 1 or -1 for zero."""

    def values(e: Estimates, frame: EstimationFrame) -> np.ndarray:
        xb, zg = predictors(e, frame)
        rho = float(np.tanh(Coefficients.of(e).b[-1]))
        return bivariate_normal(first * xb, second * zg, np.full(len(xb), first * second * rho))

    return values


def _given(equation: int) -> Values:
    """Return the probability of one positive outcome where the other one is positive."""
    whole = _joint(1.0, 1.0)
    return lambda e, frame: whole(e, frame) / special.ndtr(predictors(e, frame)[1 - equation])


BIVARIATE = (
    function_of("p11", "p11", _joint(1, 1), "Pr({0}=1,{1}=1)", "p11 assumed; Pr({depvar}=1)"),
    function_of("p10", "p10", _joint(1, -1), "Pr({0}=1,{1}=0)"),
    function_of("p01", "p01", _joint(-1, 1), "Pr({0}=0,{1}=1)"),
    function_of("p00", "p00", _joint(-1, -1), "Pr({0}=0,{1}=0)"),
    function_of("pmarg1", "pmarg1", lambda e, frame: special.ndtr(predictor(e, frame)), "Pr({0}=1)"),
    function_of("pmarg2", "pmarg2", lambda e, frame: special.ndtr(predictor(e, frame, 1)), "Pr({1}=1)"),
    function_of("pcond1", "pcond1", _given(0), "Pr({0}=1|{1}=1)"),
    function_of("pcond2", "pcond2", _given(1), "Pr({1}=1|{0}=1)"),
    xb_of(0, "xb1", "xb1", "Linear prediction of the first equation"),
    xb_of(1, "xb2", "xb2", "Linear prediction of the second equation"),
    stdp_of(0, "stdp1", "stdp1", "S.E. of the prediction of the first equation"),
    stdp_of(1, "stdp2", "stdp2", "S.E. of the prediction of the second equation"),
)
INSTRUMENTED = (
    _XB,
    _STDP,
    function_of(
        "pr", "p", lambda e, frame: special.ndtr(predictor(e, frame)), "Probability of positive outcome"
    ),
)
