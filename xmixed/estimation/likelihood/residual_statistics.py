"""What predict makes by covariate pattern; probabilities of counts; scores of several equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame, variable_of
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.prediction import label, quadratic_forms
from xmixed.estimation.likelihood.dispersed import DISPERSIONS
from xmixed.estimation.likelihood.kinds import KINDS
from xmixed.estimation.likelihood.patterns import Patterns, patterns_of
from xmixed.estimation.likelihood.predictors import (
    category_probabilities,
    equation_terms,
    linear,
    positive_probability,
)
from xmixed.estimation.results import Statistic
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Estimates


def frequency_weights(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return how many observations each row stands for: fweights, else ones."""
    if e.macros.get("wtype") != "fweight":
        return np.ones(frame.size)
    values, _ = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), frame.context)
    return values[frame.rows]


def outcome_of(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    return frame.values(*variable_of(e.macros["depvar"]))


def model_patterns(e: Estimates, frame: EstimationFrame) -> Patterns:
    """Return the covariate patterns of the rows of a frame; an offset is one of the covariates."""
    probability = positive_probability(e, frame)
    columns = [frame.column(term) for term in equation_terms(e, 0) if term is not None and not term.status]
    offset = e.macros.get("offset", "")
    if offset:
        columns.append(frame.values(offset[3:-1] if offset.startswith("ln(") else offset))
    return patterns_of(columns, outcome_of(e, frame) != 0, probability, frequency_weights(e, frame))


def _leverage(e: Estimates, frame: EstimationFrame, own: Patterns) -> np.ndarray:
    """Return m p (1 - p) x V x' of each pattern."""
    matrices = e.matrices
    V = matrices["V_modelbased"].values if "V_modelbased" in matrices else Coefficients.of(e).V
    design = frame.design(equation_terms(e, 0))[own.first]
    return own.variance * quadratic_forms(design, V)


Pattern = Callable[[Patterns, np.ndarray], np.ndarray]
"""(patterns, their leverage) to a figure of each pattern."""


def _by_pattern(figure: Pattern) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    def values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        own = model_patterns(e, frame)
        return figure(own, _leverage(e, frame, own))[own.codes]

    return values


def _pattern(name: str, minimum: str, text: str, figure: Pattern) -> Statistic:
    return Statistic(name, minimum, _by_pattern(figure), label(text), needs="sample")


DEVIANCE = _pattern("deviance", "de", "deviance residual", lambda own, h: own.deviance)
PATTERNS = (
    _pattern("dbeta", "db", "Pregibon's dbeta", lambda own, h: own.pearson**2 * h / (1.0 - h) ** 2),
    DEVIANCE,
    _pattern("dx2", "dx", "H-L dX^2", lambda own, h: own.pearson**2 / (1.0 - h)),
    _pattern("ddeviance", "dd", "H-L dD", lambda own, h: own.deviance**2 / (1.0 - h)),
    _pattern("hat", "h", "leverage", lambda own, h: h),
    _pattern("number", "n", "covariate pattern", lambda own, h: np.arange(1.0, own.count + 1)),
    _pattern("residuals", "r", "Pearson residual", lambda own, h: own.pearson),
    _pattern(
        "rstandard", "rs", "standardized Pearson residual", lambda own, h: own.pearson / np.sqrt(1.0 - h)
    ),
)
"""After logit; probit has the deviance alone."""


# --- probabilities of counts ----------------------------------------------------------------------------


def _ends(e: Estimates, frame: EstimationFrame, text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends that `pr(n)` or `pr(a,b)` names, over the rows: numbers, or variables."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 2 or not all(parts):
        raise StataError(198, "option pr() incorrectly specified", hint="pr(n) or pr(a,b)")
    ends = []
    for part in parts:
        values, _ = evaluate_column(parse_expression(part), frame.context)
        ends.append(np.broadcast_to(values, len(frame.rows))[frame.rows].astype(np.float64))
    low, high = ends[0], ends[-1]
    known = np.where(is_missing(low), 0.0, low), np.where(is_missing(high), 0.0, high)
    if any((own != np.floor(own)).any() or (own < 0).any() for own in known):
        raise StataError(198, "pr() must contain nonnegative integers")
    return low, high


def _cumulative(e: Estimates, mean: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return Pr(y <= count); 0 below zero."""
    known = np.maximum(count, 0.0)
    if KINDS[e.macros["cmd"]].family == "counts":
        found = special.pdtr(known, mean)
    else:
        dispersion = np.exp(e.matrices["b"].values[0, -1])
        if e.macros["dispers"] == "mean":
            size, share = 1.0 / dispersion, 1.0 / (1.0 + dispersion * mean)
        else:
            size, share = mean / dispersion, 1.0 / (1.0 + dispersion)
        found = special.betainc(size, known + 1.0, share)
    return np.where(count < 0, 0.0, found)


def _range_probability(e: Estimates, frame: EstimationFrame, text: str) -> np.ndarray:
    low, high = _ends(e, frame, text)
    mean = np.exp(linear(e, frame))
    upper = np.where(high >= MISSING, 1.0, _cumulative(e, mean, high))
    found = upper - _cumulative(e, mean, low - 1.0)
    return np.where(is_missing(low) | (high < low), np.nan, found)


def _range_label(e: Estimates, text: str) -> str:
    name = e.macros["depvar"]
    low, comma, high = (part.strip() for part in text.partition(","))
    if not comma:
        return f"Pr({name}={low})"
    return f"Pr({name}>={low})" if high == "." else f"Pr({low}<={name}<={high})"


RANGE = Statistic(
    "pr",
    "pr",
    _range_probability,
    _range_label,
    gradient=numerical_gradient(_range_probability),
    takes="pr(n) or pr(a,b): the probability of a count, or of a range of counts",
)


# --- scores of several equations --------------------------------------------------------------------------


def _score_labels(e: Estimates, argument: str) -> tuple[str, ...]:
    fitted: FittedTerms = e.payload
    return tuple(f"equation-level score for [{own.name}] from {e.macros['cmd']}" for own in fitted.equations)


def _dispersed_scores(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    slopes = DISPERSIONS[e.macros["dispers"]](
        outcome_of(e, frame), linear(e, frame), float(e.matrices["b"].values[0, -1])
    )
    return np.column_stack([slopes.eta, slopes.tau])


def _category_of(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the place of each outcome among the categories, -1 for others."""
    fitted: FittedTerms = e.payload
    levels = np.array(fitted.levels)
    y = outcome_of(e, frame)
    place = np.minimum(np.searchsorted(levels, y), len(levels) - 1)
    return np.where(levels[place] == y, place, -1)


def _ordered_scores(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return slopes of the log probability along X b and along each cut point."""
    fitted: FittedTerms = e.payload
    count = len(fitted.levels)
    y, eta = _category_of(e, frame), linear(e, frame)
    own = category_probabilities(e, frame)[np.arange(frame.size), y]
    cuts = Coefficients.of(e).b[-(count - 1) :] - eta[:, None]
    if KINDS[e.macros["cmd"]].link == "logit":
        density = special.expit(cuts) * special.expit(-cuts)
    else:
        density = np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi)
    at_upper = y[:, None] == np.arange(count - 1)
    at_lower = y[:, None] == np.arange(1, count)
    along = density * (at_upper.astype(np.float64) - at_lower) / own[:, None]
    found = np.column_stack([-along.sum(axis=1), along])
    found[y < 0] = np.nan
    return found if any(not item.ancillary for item in fitted.equations) else along


def _multinomial_scores(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    y, base = _category_of(e, frame), int(e.scalars["ibaseout"]) - 1
    probabilities = category_probabilities(e, frame)
    found = (y[:, None] == np.arange(probabilities.shape[1])) - probabilities
    found[y < 0] = np.nan
    return np.delete(found, base, axis=1)


def _scores(values: Callable[[Estimates, EstimationFrame, str], np.ndarray]) -> Statistic:
    return Statistic("scores", "sc", values, label(""), columns=_score_labels, needs="outcome")


DISPERSED_SCORES = _scores(_dispersed_scores)
ORDERED_SCORES = _scores(_ordered_scores)
MULTINOMIAL_SCORES = _scores(_multinomial_scores)


def influence(e: Estimates, frame: EstimationFrame, statistic: Statistic) -> np.ndarray:
    """Return the scores of e(b) times its model-based covariance, (rows of the frame, k).

    Parameters
    ----------
    statistic : Statistic
        The scores of the equations.
    """
    fitted: FittedTerms = e.payload
    by_equation = statistic.values(e, frame, "").reshape(frame.size, -1)
    if e.macros.get("wtype", "fweight") != "fweight":
        weights, _ = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), frame.context)
        by_equation = by_equation * weights[frame.rows][:, None]
    found = []
    for place, equation in enumerate(fitted.equations):
        found.append(frame.design(equation.terms) * by_equation[:, place, None])
    V = e.matrices["V_modelbased" if "V_modelbased" in e.matrices else "V"].values
    return np.hstack(found) @ V
