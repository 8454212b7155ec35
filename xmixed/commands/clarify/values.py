"""What values `setx` and `changex()` mean: statistics of the estimation sample, observations, expressions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.estimation.simulated.model import SimulatedModel
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.arguments.settings_of_x import words_in_groups
from xmixed.language.parser import parse_expression, parse_varlist
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.grouped import Grouped

STATISTICS = ("mean", "median", "min", "max")


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Where values come from: the data, the model, the rows (bool, shape (n,)) and weights of statistics."""

    model: SimulatedModel
    context: Context
    rows: np.ndarray
    weights: np.ndarray | None = None

    @property
    def data(self) -> Dataset:
        return self.context.data

    def names(self, text: str) -> list[str]:
        """Return the covariates of the model that a name, or a list in parentheses, means."""
        inside = text[1:-1] if text.startswith("(") and text.endswith(")") else text
        found = resolve_varlist(parse_varlist(inside), self.data)
        for name in found:
            if name not in self.model.covariates:
                raise StataError(111, f"{name} is not a covariate of the model that was simulated")
        return found

    def value(self, name: str, word: str) -> float:
        """Return what a word means for a covariate.

        Raises
        ------
        StataError
            r(198) for a word that means nothing, or no number.
        """
        if word in STATISTICS or _percentile(word) is not None:
            return self._statistic(name, word)
        expression = word
        if word.startswith("["):
            expression = f"{name}{word}"
        elif word in self.data and word not in self.context.scalars:
            raise StataError(198, f"{word} is no value: an observation is {word}[#]")
        value = evaluate_number(parse_expression(expression), self.context)
        if is_missing(value):
            raise StataError(198, f"{word} gives a missing value for {name}")
        return float(value)

    def _statistic(self, name: str, word: str) -> float:
        x = self.data[name].to_double()
        used = self.rows & ~is_missing(x)
        weights = None if self.weights is None else self.weights[used]
        x = x[used]
        if not len(x):
            raise StataError(2000, "no observations")
        if word == "mean":
            return float(np.average(x, weights=weights))
        percentile = {"median": 50.0, "min": 0.0, "max": 100.0}.get(word, _percentile(word) or 0.0)
        if percentile in (0.0, 100.0):
            return float(x.max() if percentile else x.min())
        kind = "" if weights is None else "aweight"
        grouped = Grouped(x, np.zeros(len(x), dtype=np.intp), 1, weights, kind)
        return float(grouped.percentile(percentile)[0])


def _percentile(word: str) -> float | None:
    """Return # of the word `p#`; None for another word."""
    if word[:1] == "p" and word[1:].isdigit() and 0 < int(word[1:]) < 100:
        return float(word[1:])
    return None


def settings_of(text: str, covariates: Covariates) -> dict[str, float]:
    """Return the values of covariates that `setx` asks for: one word for all, or names and values in turn."""
    words = words_in_groups(text)
    if len(words) == 1:
        return {name: covariates.value(name, words[0]) for name in covariates.model.covariates}
    if len(words) % 2:
        raise StataError(198, "setx takes a value behind each variable, or one value for all")
    pairs = zip(words[::2], words[1::2], strict=True)
    return {name: covariates.value(name, word) for names, word in pairs for name in covariates.names(names)}


def changes_of(text: str, covariates: Covariates) -> tuple[str, dict[str, float], dict[str, float]]:
    """Return what `changex()` changes as shown, and the values before and after."""
    before, after = {}, {}
    for part in text.split("&"):
        words = words_in_groups(part)
        if len(words) != 3:
            raise StataError(198, "option changex() incorrectly specified")
        for name in covariates.names(words[0]):
            before[name], after[name] = (covariates.value(name, word) for word in words[1:])
    return " ".join(text.split()), before, after


def missing_free(values: np.ndarray) -> np.ndarray:
    """Return values with the code of missing values where there is none."""
    return np.where(np.isnan(values), MISSING, values)
