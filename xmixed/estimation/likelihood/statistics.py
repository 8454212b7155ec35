"""What predict makes after the likelihood models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.inference.prediction import label, quadratic_forms
from xmixed.estimation.likelihood.families import poisson
from xmixed.estimation.likelihood.models import POINTWISE
from xmixed.estimation.likelihood.predictors import (
    category_probabilities,
    category_slopes,
    equation_terms,
    fitted_of,
    kind_of,
    linear,
    offset_of,
    positive_probability,
)
from xmixed.estimation.likelihood.residual_statistics import (
    DEVIANCE,
    DISPERSED_SCORES,
    MULTINOMIAL_SCORES,
    ORDERED_SCORES,
    PATTERNS,
    RANGE,
)
from xmixed.estimation.results import Statistic
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.session.results import Estimates

OUTCOME = OptionSpec("outcome", "o", "text", "a category: its value, its label, or #1 for the first")


# --- linear predictors ----------------------------------------------------------------------------------


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return linear(e, frame, _equation(e, argument))


def _stdp(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    design = frame.design(equation_terms(e, _equation(e, argument)))
    return np.sqrt(quadratic_forms(design, Coefficients.of(e).V))


def _equation(e: Estimates, argument: str) -> int:
    """Return the equation of `outcome()`, the first without it; r(198) for the base outcome."""
    if kind_of(e).family != "multinomial" or not argument:
        return 0
    place, base = _outcome_place(e, argument), int(e.scalars["ibaseout"]) - 1
    if place == base:
        raise StataError(198, "the base outcome has no equation")
    return place - (place > base)


def _outcome_place(e: Estimates, text: str) -> int:
    """Return which category `outcome()` means: its value, its label, or `#1` for the first; r(198)."""
    levels = fitted_of(e).levels
    if text.startswith("#") and text[1:].isdigit() and 1 <= int(text[1:]) <= len(levels):
        return int(text[1:]) - 1
    shown = [format_value(level, "%9.0g").strip() for level in levels]
    for known in (shown, e.macros.get("eqnames", "").split()):
        if text in known:
            return known.index(text)
    raise StataError(198, f"outcome {text} not found")


# --- probabilities --------------------------------------------------------------------------------------


def _pr(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return positive_probability(e, frame)


def _pr_label(e: Estimates, argument: str) -> str:
    return f"Pr({e.macros['depvar']})"


def _category_pr(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    whole = category_probabilities(e, frame)
    return whole[:, [_outcome_place(e, argument)]] if argument else whole


def _category_labels(e: Estimates, argument: str) -> tuple[str, ...]:
    levels = fitted_of(e).levels
    if argument:
        levels = (levels[_outcome_place(e, argument)],)
    return tuple(f"Pr({e.macros['depvar']}=={format_value(level, '%9.0g').strip()})" for level in levels)


def _category_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the derivatives of the probability of one category, the first unless another is named."""
    return category_slopes(e, frame, _outcome_place(e, argument) if argument else 0)


# --- counts, scores -------------------------------------------------------------------------------------


def _n(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return np.exp(linear(e, frame))


def _ir(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    offset = offset_of(e, frame)
    return np.exp(linear(e, frame) - offset)


def _score(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    eta = linear(e, frame)
    y = frame.values(*variable_of(e.macros["depvar"]))
    if kind_of(e).family == "counts":
        return poisson(y, eta)[1]
    return POINTWISE[kind_of(e).link]((y != 0).astype(np.float64), eta)[1]


def _xb_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return frame.design(equation_terms(e, _equation(e, argument)))


def _pr_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the density of the linear predictor times X."""
    eta = linear(e, frame)
    if kind_of(e).link == "logit":
        density = special.expit(eta) * special.expit(-eta)
    elif kind_of(e).link == "cloglog":
        density = np.exp(eta - np.exp(eta))
    else:
        density = np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi)
    return density[:, None] * _xb_gradient(e, frame, argument)


def _n_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _n(e, frame, argument)[:, None] * _xb_gradient(e, frame, argument)


def _ir_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _ir(e, frame, argument)[:, None] * _xb_gradient(e, frame, argument)


XB = Statistic("xb", "xb", _xb, label("Linear prediction"), gradient=_xb_gradient, modifiers=(OUTCOME,))
STDP = Statistic("stdp", "stdp", _stdp, label("S.E. of the prediction"), modifiers=(OUTCOME,))
SCORE = Statistic("score", "sc", _score, label("equation-level score"), needs="outcome")
_BINARY = (
    Statistic(
        "pr",
        "p",
        _pr,
        _pr_label,
        gradient=_pr_gradient,
        assumed="pr assumed; Pr({depvar})",
    ),
    replace(XB, modifiers=()),
    replace(STDP, modifiers=()),
    SCORE,
)
COUNTS = (
    Statistic(
        "n",
        "n",
        _n,
        label("Predicted number of events"),
        gradient=_n_gradient,
        assumed="n assumed; predicted number of events",
    ),
    Statistic("ir", "ir", _ir, label("Predicted incidence rate"), gradient=_ir_gradient),
    replace(XB, modifiers=()),
    replace(STDP, modifiers=()),
)
CATEGORIES = (
    Statistic(
        "pr",
        "p",
        _category_pr,
        label(""),
        columns=_category_labels,
        gradient=_category_gradient,
        assumed="pr assumed; predicted probabilities",
        modifiers=(OUTCOME,),
    ),
    XB,
    STDP,
)
STATISTICS: dict[str, tuple[Statistic, ...]] = {
    "logit": (*_BINARY, *PATTERNS),
    "probit": (*_BINARY, DEVIANCE),
    "cloglog": _BINARY,
    "counts": (*COUNTS, SCORE, RANGE),
    "dispersed": (*COUNTS, RANGE, DISPERSED_SCORES),
    "ordered": (*CATEGORIES, ORDERED_SCORES),
    "multinomial": (*CATEGORIES, MULTINOMIAL_SCORES),
}
"""What predict makes, by the family of the model; binary ones by their link."""
