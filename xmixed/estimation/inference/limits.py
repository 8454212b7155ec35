"""What `predict` says of a normal outcome between two limits: pr(a,b), e(a,b), ystar(a,b)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.results import Statistic
from xmixed.language.parser import parse_words
from xmixed.session.results import Estimates

Moments = Callable[[Estimates, EstimationFrame], tuple[np.ndarray, float]]
"""The mean of each row, and the standard deviation of all."""


def statistics_of_limits(moments: Moments) -> tuple[Statistic, ...]:
    """Return the three statistics, without gradients."""

    def probability(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        return _between(argument, *moments(e, frame))[0]

    def truncated_mean(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        mean, sd = moments(e, frame)
        inside, pull, _, _ = _between(argument, mean, sd)
        return mean + pull / inside

    def censored_mean(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        mean, sd = moments(e, frame)
        inside, pull, below, above = _between(argument, mean, sd)
        found = mean * inside + pull
        for limit, share in zip(_limits(argument), (below, above), strict=True):
            if np.isfinite(limit):
                found = found + limit * share
        return found

    return (
        Statistic("pr", "pr", probability, _label("Pr("), takes="two limits"),
        Statistic("e", "e", truncated_mean, _label("E({}|"), takes="two limits"),
        Statistic("ystar", "ys", censored_mean, _label("E({}*|"), takes="two limits"),
    )


def _limits(argument: str) -> tuple[float, float]:
    """Return (a, b) of `pr(a,b)`; `.` is minus or plus infinity; r(198)."""
    words = parse_words(argument.replace(",", " "))
    try:
        low, high = (
            infinite if word == "." else float(word)
            for word, infinite in zip(words, (-np.inf, np.inf), strict=True)
        )
    except ValueError:
        raise StataError(198, f"({argument}) invalid limits") from None
    return low, high


def _between(
    argument: str, mean: np.ndarray, sd: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return P(a < y < b), sd times the density at a less that at b, P(y < a) and P(y > b)."""
    from scipy.special import ndtr

    a, b = _limits(argument)
    low, high = (a - mean) / sd, (b - mean) / sd
    density = [np.exp(-0.5 * at**2) / np.sqrt(2 * np.pi) for at in (low, high)]
    # Above the mean the upper tails keep their digits.
    inside = np.where(low > 0, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))
    return inside, sd * (density[0] - density[1]), ndtr(low), ndtr(-high)


def _label(before: str) -> Callable[[Estimates, str], str]:
    def label(e: Estimates, argument: str) -> str:
        _limits(argument)
        a, b = parse_words(argument.replace(",", " "))
        depvar = e.macros["depvar"]
        return f"{before.format(depvar)}{a}<{depvar}<{b})"

    return label
