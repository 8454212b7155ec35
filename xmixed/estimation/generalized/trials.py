"""Numbers of trials of binomial outcomes: `family(binomial 10)`, `family(binomial n)`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.generalized.options import Distribution
from xmixed.estimation.single import SingleSample
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Pattern


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def trials_variable(data: Dataset, distribution: Distribution) -> tuple[Distribution, str]:
    """Return the family, and the variable that holds its numbers of trials; "" for none."""
    text = distribution.trials
    if not text or _is_number(text):
        return distribution, ""
    name = resolve_name(Pattern(text, ""), data)
    return replace(distribution, trials=name), name


def trials_of(sample: SingleSample, distribution: Distribution, variable: str) -> np.ndarray | None:
    """Return the numbers of trials of a sample, (n,); None where outcomes are no sums of trials."""
    if variable:
        return sample.others[variable]
    return np.full(len(sample.y), float(distribution.trials)) if distribution.trials else None


def shares(sample: SingleSample, trials: np.ndarray | None) -> np.ndarray:
    """Return the outcomes in terms of their numbers of trials, which are one where they are None.

    Raises
    ------
    StataError
        r(459) outcomes or numbers that cannot be.
    """
    if trials is not None and np.any((trials < 1) | (trials != np.floor(trials))):
        raise StataError(459, "the number of trials must be a positive integer")
    count = np.ones(len(sample.y)) if trials is None else trials
    if np.any((sample.y < 0) | (sample.y > count)):
        raise StataError(459, f"{sample.depvar} must lie between zero and the number of trials")
    return sample.y / count


def trials_over(text: str, frame: EstimationFrame) -> np.ndarray:
    """Return the numbers of trials over the rows, which lose those where they are missing."""
    if not text or _is_number(text):
        return np.full(frame.size, float(text or 1))
    frame.require(text)
    return frame.values(text)
