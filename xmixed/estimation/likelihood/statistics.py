"""What predict makes after the likelihood models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.prediction import quadratic_forms
from xmixed.estimation.likelihood.families import logit, poisson, probit
from xmixed.estimation.likelihood.kinds import KINDS, Kind
from xmixed.estimation.results import Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.session.results import Estimates

OUTCOME = OptionSpec("outcome", "o", "text", "a category: its value, its label, or #1 for the first")


def _kind(e: Estimates) -> Kind:
    return KINDS[e.macros["cmd"]]


def _fitted(e: Estimates) -> FittedTerms:
    return e.payload


# --- linear predictors ----------------------------------------------------------------------------------


def _equation_terms(e: Estimates, equation: int) -> tuple[Term | None, ...]:
    """Return the terms of e(b), None for those of other equations than the one counted from 0."""
    found: list[Term | None] = []
    for place, own in enumerate(_fitted(e).equations):
        found += list(own.terms) if place == equation and not own.ancillary else [None] * len(own.terms)
    return tuple(found)


def _offset(e: Estimates, frame: EstimationFrame) -> np.ndarray | float:
    """Return the offset over the rows of a frame, which loses those where it is missing."""
    text = e.macros.get("offset", "")
    if not text:
        return 0.0
    name = text[3:-1] if text.startswith("ln(") else text
    frame.require(name)
    values = frame.values(name)
    return np.log(values) if text.startswith("ln(") else values


def _eta(e: Estimates, frame: EstimationFrame, equation: int = 0) -> np.ndarray:
    """Return X b and the offset of an equation over the rows of a frame."""
    offset = _offset(e, frame)
    total = np.zeros(frame.size) + offset
    for value, term in zip(Coefficients.of(e).b, _equation_terms(e, equation), strict=True):
        if term is not None and not term.status:
            own = frame.column(term)
            total += value if own is None else value * own
    return total


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _eta(e, frame, _equation(e, argument))


def _stdp(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    design = frame.design(_equation_terms(e, _equation(e, argument)))
    return np.sqrt(quadratic_forms(design, Coefficients.of(e).V))


def _equation(e: Estimates, argument: str) -> int:
    """Return the equation of `outcome()`, the first without it; r(198) for the base outcome."""
    if _kind(e).family != "multinomial" or not argument:
        return 0
    place, base = _outcome_place(e, argument), int(e.scalars["ibaseout"]) - 1
    if place == base:
        raise StataError(198, "the base outcome has no equation")
    return place - (place > base)


def _outcome_place(e: Estimates, text: str) -> int:
    """Return which category `outcome()` means: its value, its label, or `#1` for the first; r(198)."""
    levels = _fitted(e).levels
    if text.startswith("#") and text[1:].isdigit() and 1 <= int(text[1:]) <= len(levels):
        return int(text[1:]) - 1
    shown = [format_value(level, "%9.0g").strip() for level in levels]
    for known in (shown, e.macros.get("eqnames", "").split()):
        if text in known:
            return known.index(text)
    raise StataError(198, f"outcome {text} not found")


# --- probabilities --------------------------------------------------------------------------------------


def _probabilities(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the probabilities of all categories, shape (rows of the frame, categories)."""
    count = len(_fitted(e).levels)
    if _kind(e).family == "ordered":
        distribution = special.expit if _kind(e).link == "logit" else special.ndtr
        cuts = Coefficients.of(e).b[-(count - 1) :]
        eta = _eta(e, frame)
        below = distribution(cuts - eta[:, None])
        ends = np.zeros((len(eta), 1)), np.ones((len(eta), 1))
        return np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
    base = int(e.scalars["ibaseout"]) - 1
    others = [place for place in range(count) if place != base]
    eta = np.zeros((frame.size, count))
    for equation, place in enumerate(others):
        eta[:, place] = _eta(e, frame, equation)
    return special.softmax(eta, axis=1)


def _pr(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    eta = _eta(e, frame)
    return special.expit(eta) if _kind(e).link == "logit" else special.ndtr(eta)


def _pr_label(e: Estimates, argument: str) -> str:
    return f"Pr({e.macros['depvar']})"


def _category_pr(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    whole = _probabilities(e, frame)
    return whole[:, [_outcome_place(e, argument)]] if argument else whole


def _category_labels(e: Estimates, argument: str) -> tuple[str, ...]:
    levels = _fitted(e).levels
    if argument:
        levels = (levels[_outcome_place(e, argument)],)
    return tuple(f"Pr({e.macros['depvar']}=={format_value(level, '%9.0g').strip()})" for level in levels)


# --- counts, scores -------------------------------------------------------------------------------------


def _n(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return np.exp(_eta(e, frame))


def _ir(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    offset = _offset(e, frame)
    return np.exp(_eta(e, frame) - offset)


def _score(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    eta = _eta(e, frame)
    y = frame.values(*variable_of(e.macros["depvar"]))
    if _kind(e).family == "counts":
        return poisson(y, eta)[1]
    return (logit if _kind(e).link == "logit" else probit)((y != 0).astype(np.float64), eta)[1]


def _xb_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return frame.design(_equation_terms(e, _equation(e, argument)))


def _pr_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the density of the linear predictor times X."""
    eta = _eta(e, frame)
    if _kind(e).link == "logit":
        density = special.expit(eta) * special.expit(-eta)
    else:
        density = np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi)
    return density[:, None] * _xb_gradient(e, frame, argument)


def _n_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _n(e, frame, argument)[:, None] * _xb_gradient(e, frame, argument)


def _ir_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    return _ir(e, frame, argument)[:, None] * _xb_gradient(e, frame, argument)


def _label(text: str) -> Callable[[Estimates, str], str]:
    return lambda e, argument: text


XB = Statistic("xb", "xb", _xb, _label("Linear prediction"), gradient=_xb_gradient, modifiers=(OUTCOME,))
STDP = Statistic("stdp", "stdp", _stdp, _label("S.E. of the prediction"), modifiers=(OUTCOME,))
SCORE = Statistic("score", "sc", _score, _label("equation-level score"), needs="outcome")
BINARY = (
    Statistic(
        "pr",
        "p",
        _pr,
        lambda e, argument: f"Pr({e.macros['depvar']})",
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
        _label("Predicted number of events"),
        gradient=_n_gradient,
        assumed="n assumed; predicted number of events",
    ),
    Statistic("ir", "ir", _ir, _label("Predicted incidence rate"), gradient=_ir_gradient),
    replace(XB, modifiers=()),
    replace(STDP, modifiers=()),
    SCORE,
)
DISPERSED = COUNTS[:-1]
"""Scores would be two variables, one for each equation."""
CATEGORIES = (
    Statistic(
        "pr",
        "p",
        _category_pr,
        _label(""),
        columns=_category_labels,
        gradient=numerical_gradient(_category_pr),
        assumed="pr assumed; predicted probabilities",
        modifiers=(OUTCOME,),
    ),
    XB,
    STDP,
)
STATISTICS: dict[str, tuple[Statistic, ...]] = {
    "binary": BINARY,
    "counts": COUNTS,
    "dispersed": DISPERSED,
    "ordered": CATEGORIES,
    "multinomial": CATEGORIES,
}
"""What predict makes, by the family of the model."""
