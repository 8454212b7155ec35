"""Linear predictors and probabilities of the likelihood models over rows of the data."""

from __future__ import annotations

import numpy as np
from scipy import special

from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.likelihood.kinds import KINDS, Kind
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates


def kind_of(e: Estimates) -> Kind:
    return KINDS[e.macros["cmd"]]


def fitted_of(e: Estimates) -> FittedTerms:
    return e.payload


def terms_of(e: Estimates) -> tuple[Term | None, ...]:
    """Return the term of each coefficient of e(b)."""
    return fitted_of(e).terms


def equation_terms(e: Estimates, equation: int) -> tuple[Term | None, ...]:
    """Return the terms of e(b), None for those of other equations than the one counted from 0."""
    found: list[Term | None] = []
    for place, own in enumerate(fitted_of(e).equations):
        found += list(own.terms) if place == equation and not own.ancillary else [None] * len(own.terms)
    return tuple(found)


def offset_of(e: Estimates, frame: EstimationFrame, equation: int = 0) -> np.ndarray | float:
    """Return an equation's offset over the rows of a frame, which loses those where it is missing."""
    text = e.macros.get(f"offset{equation + 1}", e.macros.get("offset", ""))
    if not text:
        return 0.0
    name = text[3:-1] if text.startswith("ln(") else text
    frame.require(name)
    values = frame.values(name)
    return np.log(values) if text.startswith("ln(") else values


def linear(e: Estimates, frame: EstimationFrame, equation: int = 0) -> np.ndarray:
    """Return X b and the offset of an equation over the rows of a frame."""
    offset = offset_of(e, frame, equation)
    total = np.zeros(frame.size) + offset
    for value, term in zip(Coefficients.of(e).b, equation_terms(e, equation), strict=True):
        if term is not None and not term.status:
            own = frame.column(term)
            total += value if own is None else value * own
    return total


def category_probabilities(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the probabilities of all categories, shape (rows of the frame, categories)."""
    count = len(fitted_of(e).levels)
    if kind_of(e).family == "ordered":
        distribution = special.expit if kind_of(e).link == "logit" else special.ndtr
        cuts = Coefficients.of(e).b[-(count - 1) :]
        eta = linear(e, frame)
        below = distribution(cuts - eta[:, None])
        ends = np.zeros((len(eta), 1)), np.ones((len(eta), 1))
        return np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
    base = int(e.scalars["ibaseout"]) - 1
    others = [place for place in range(count) if place != base]
    eta = np.zeros((frame.size, count))
    for equation, place in enumerate(others):
        eta[:, place] = linear(e, frame, equation)
    return special.softmax(eta, axis=1)


def category_slopes(e: Estimates, frame: EstimationFrame, category: int) -> np.ndarray:
    """Return the derivatives of a category's probability by e(b), shape (rows of the frame, k)."""
    if kind_of(e).family == "ordered":
        return _ordered_slopes(e, frame, category)
    own = category_probabilities(e, frame)
    base = int(e.scalars["ibaseout"]) - 1
    others = [place for place in range(own.shape[1]) if place != base]
    found = np.zeros((frame.size, len(fitted_of(e).names)))
    for equation, place in enumerate(others):
        along = own[:, category] * (float(place == category) - own[:, place])
        found += along[:, None] * frame.design(equation_terms(e, equation))
    return found


def _ordered_slopes(e: Estimates, frame: EstimationFrame, category: int) -> np.ndarray:
    """The probability is F(cut above - X b) - F(cut below - X b)."""
    count = len(fitted_of(e).levels)
    b, eta = Coefficients.of(e).b, linear(e, frame)
    first_cut = len(b) - (count - 1)
    found = np.zeros((frame.size, len(b)))
    along = np.zeros(frame.size)
    for cut, sign in ((category, 1.0), (category - 1, -1.0)):
        if 0 <= cut < count - 1:
            away = b[first_cut + cut] - eta
            if kind_of(e).link == "logit":
                density = special.expit(away) * special.expit(-away)
            else:
                density = np.exp(-0.5 * away**2) / np.sqrt(2 * np.pi)
            found[:, first_cut + cut] = sign * density
            along -= sign * density
    return found + along[:, None] * frame.design(equation_terms(e, 0))


def positive_probability(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the probability of a positive outcome."""
    eta, link = linear(e, frame), kind_of(e).link
    if link == "cloglog":
        return -np.expm1(-np.exp(eta))
    return special.expit(eta) if link == "logit" else special.ndtr(eta)
