"""Probabilities, expected and predicted values by simulated parameters, at given values of the covariates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.simulated.model import BINARY, COUNTS, LINEAR, ORDERED, SimulatedModel

TRANSFORMATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "squared": np.square,
    "sqrt": np.sqrt,
    "ln": np.log,
    "exp": np.exp,
    "logiti": lambda x: 1 / (1 + np.exp(-x)),
}
"""What `tfunc()` turns expected and predicted values into."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """A model, its draws (shape (count, k), columns as `model.parameters`) and values of the covariates."""

    model: SimulatedModel
    values: np.ndarray
    x: Mapping[str, float]

    def predictor(self, equation: str | None = None) -> np.ndarray:
        """Return the linear predictor of an equation, else of the first, shape (count,)."""
        out = np.zeros(len(self.values))
        if equation is None:
            equation = self.model.parameters[0].rpartition(":")[0]
        for place, parameter in enumerate(self.model.parameters):
            own, _, name = parameter.rpartition(":")
            if own == equation and name != "sigma2":
                out += self.values[:, place] * (1.0 if name == "_cons" else self.x[name])
        return out

    def parameter(self, name: str) -> np.ndarray:
        """Return the draws of one parameter, shape (count,)."""
        return self.values[:, self.model.parameters.index(name)]


def probabilities(draws: Draws) -> np.ndarray:
    """Return the probability of each category, shape (count, categories)."""
    model = draws.model
    if model.command in BINARY:
        positive = _cumulative(model.command)(draws.predictor())
        return np.column_stack([1 - positive, positive])
    if model.command in ORDERED:
        cumulative, xb = _cumulative(model.command), draws.predictor()
        cuts = [draws.parameter(name) for name in model.parameters if name.startswith("cut")]
        below = [cumulative(cut - xb) for cut in cuts]
        edges = np.column_stack([np.zeros_like(xb), *below, np.ones_like(xb)])
        return np.diff(edges, axis=1)
    equations = list(dict.fromkeys(name.rpartition(":")[0] for name in model.parameters))
    scores = [draws.predictor(equation) for equation in equations]
    scores.insert(model.base, np.zeros(len(draws.values)))
    stacked = np.column_stack(scores)
    odds = np.exp(stacked - stacked.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _cumulative(command: str) -> Callable[[np.ndarray], np.ndarray]:
    from scipy.special import expit, ndtr

    return ndtr if command in ("probit", "oprobit") else expit


def count_probability(draws: Draws, count: float) -> np.ndarray:
    """Return P(y = count) of a model of counts, shape (draws,)."""
    from scipy.special import gammaln, xlog1py, xlogy

    mean = expected_values(draws)
    if draws.model.command == "poisson":
        return np.exp(xlogy(count, mean) - mean - gammaln(count + 1))
    size = np.exp(-draws.parameter("lnalpha:_cons"))
    chosen = gammaln(count + size) - gammaln(size) - gammaln(count + 1)
    share = mean / (mean + size)
    return np.exp(chosen + xlog1py(size, -share) + xlogy(count, share))


def probability_of(draws: Draws, value: float) -> np.ndarray:
    """Return P(y = value), shape (draws,).

    Raises
    ------
    StataError
        r(198) for a value that the outcome does not take.
    """
    model = draws.model
    if model.command in LINEAR:
        raise StataError(198, "probabilities are not available after estsimp regress")
    if model.command in COUNTS:
        if value < 0 or value != int(value):
            raise StataError(198, f"{value:g} is not a count")
        return count_probability(draws, value)
    for place, category in enumerate(model.categories):
        if float(category) == value:
            return probabilities(draws)[:, place]
    raise StataError(198, f"{model.depvar} does not take the value {value:g}")


def expected_values(draws: Draws) -> np.ndarray:
    """Return E(y), shape (draws,).

    Raises
    ------
    StataError
        r(198) after models of categories.
    """
    if draws.model.command in LINEAR:
        return draws.predictor()
    if draws.model.command in COUNTS:
        return np.exp(draws.predictor())
    raise StataError(198, f"expected values are not available after estsimp {draws.model.command}")


def predicted_values(draws: Draws, generator: np.random.Generator) -> np.ndarray:
    """Return one draw of y for each draw of the parameters, shape (draws,)."""
    command = draws.model.command
    if command in LINEAR:
        spread = np.sqrt(draws.parameter("sigma2"))
        return draws.predictor() + spread * generator.standard_normal(len(spread))
    if command == "poisson":
        return generator.poisson(expected_values(draws)).astype(np.float64)
    if command == "nbreg":
        size = np.exp(-draws.parameter("lnalpha:_cons"))
        mean = generator.gamma(size) * expected_values(draws) / size
        return generator.poisson(mean).astype(np.float64)
    below = np.cumsum(probabilities(draws), axis=1)[:, :-1]
    place = (generator.random(len(below))[:, None] > below).sum(axis=1)
    return np.array([float(category) for category in draws.model.categories])[place]


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and interval of the draws of a quantity."""

    name: str
    mean: float
    se: float
    low: float
    high: float


def summary(name: str, values: np.ndarray, level: float) -> Summary:
    """Return what simulations say of a quantity; the interval is of percentiles."""
    low, high = np.percentile(values, [50 - level / 2, 50 + level / 2], method="averaged_inverted_cdf")
    return Summary(name, float(values.mean()), float(values.std(ddof=1)), float(low), float(high))


def summaries(quantities: Mapping[str, np.ndarray], level: float) -> Sequence[Summary]:
    """Return the summaries of several quantities, by name."""
    return [summary(name, values, level) for name, values in quantities.items()]
