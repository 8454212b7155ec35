"""Weights of xtmixed: observation and group weights, their checks and scaling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import Span, StataError
from xmixed.estimation.mixed.model import MixedWeights, WeightSummary
from xmixed.estimation.mixed.request import WeightExpression, WeightRequest
from xmixed.estimation.sample import SampleColumns
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Option
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.missing import is_missing

if TYPE_CHECKING:
    from xmixed.estimation.mixed.model import GroupLevel

KINDS = ("fweight", "pweight")


@dataclass(frozen=True, slots=True, eq=False)
class WeightColumn:
    """A weight expression over all observations, or over cells of them."""

    text: str
    values: np.ndarray
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class TypedWeights:
    """The weights as typed, over all observations; `levels` by the names of levels."""

    kind: str
    observations: WeightColumn | None
    levels: dict[str, WeightColumn]
    scale: str

    def check(self, rows: np.ndarray) -> None:
        """Check the weights over the sample.

        Raises
        ------
        StataError
            r(401) fractional frequency weights; r(402) negative weights, or a group without any.
        """
        if self.observations is not None:
            check_weights(self.observations.values[rows], self.kind, self.observations.span)
        self.check_levels(rows)

    def check_levels(self, rows: np.ndarray) -> None:
        """Check the weights of groups over the sample; raises as `check`."""
        for name, column in self.levels.items():
            check_weights(column.values[rows], self.kind, column.span)
            if np.any(column.values[rows] == 0):
                raise StataError(402, f"weights at level {name} must be positive", column.span)


def weight_request(node: MixedCommand, names: Sequence[str], correlated: bool) -> WeightRequest | None:
    """Return the weights that a command asks for; None without any.

    Parameters
    ----------
    names : sequence of str
        The level of each random-effects equation.
    correlated : bool
        Whether residuals are correlated, so that observations cannot be weighted.

    Raises
    ------
    StataError
        r(198) weights that cannot be combined.
    """
    assert node.fixed is not None
    typed = _level_options(node, names)
    weight = node.fixed.weight
    own = "" if weight is None else "fweight" if weight.kind == "weight" else weight.kind
    kinds = {option.name for option in typed.values()} | ({own} if own else set())
    scale = str(node.option("pwscale", ""))
    if scale and "pweight" not in kinds:
        raise StataError(198, "option pwscale() requires pweights", node.options["pwscale"].span)
    if not kinds:
        return None
    if len(kinds) > 1:
        raise StataError(198, "fweights and pweights may not be combined")
    _refuse_options(node)
    observations = None
    if weight is not None:
        if correlated:
            text = "weights of observations not allowed with correlated residuals"
            raise StataError(198, text, weight.span)
        observations = WeightExpression(weight.text, weight.expression, weight.span)
    levels = tuple(
        (name, WeightExpression(option.text, option.value, option.span)) for name, option in typed.items()
    )
    assumed = weight is not None and weight.kind == "weight"
    return WeightRequest(kinds.pop(), observations, levels, scale, assumed)


def evaluate_weights(request: WeightRequest, sample: SampleColumns) -> TypedWeights:
    """Return the weights over all observations and take those without a weight out of the sample.

    Raises
    ------
    StataError
        r(109) strings.
    """
    observations = None
    if request.observations is not None:
        observations = _evaluated(request.observations, sample.context)
        sample.rows = sample.rows & ~is_missing(observations.values) & (observations.values != 0)
    levels = {name: _evaluated(typed, sample.context) for name, typed in request.levels}
    for column in levels.values():
        sample.rows = sample.rows & ~is_missing(column.values)
    return TypedWeights(request.kind, observations, levels, request.scale)


def _level_options(node: MixedCommand, names: Sequence[str]) -> dict[str, Option]:
    found: dict[str, Option] = {}
    for equation, name in zip(node.random, names, strict=True):
        given = [equation.options[kind] for kind in KINDS if kind in equation.options]
        if given and (len(given) > 1 or name in found):
            raise StataError(198, f"weights at level {name} specified more than once", given[-1].span)
        if given:
            found[name] = given[0]
    return found


def _refuse_options(node: MixedCommand) -> None:
    for name, text in (("reml", "restricted maximum likelihood"), ("emonly", "option emonly")):
        if node.option(name):
            raise StataError(198, f"weights not allowed with {text}", node.options[name].span)


def _evaluated(typed: WeightExpression, context: Context) -> WeightColumn:
    values, text = evaluate_column(typed.expression, context)
    if text:
        raise StataError(109, "type mismatch", typed.span)
    return WeightColumn(typed.text, values, typed.span)


def sample_weights(
    typed: TypedWeights | None,
    names: Sequence[str],
    groups: Sequence[GroupLevel],
    rows: np.ndarray,
) -> MixedWeights | None:
    """Return the weights over the sample, scaled as `pwscale()` says.

    Parameters
    ----------
    names, groups : the distinct levels, highest first
    rows : ndarray of bool
        The sample.

    Raises
    ------
    StataError
        r(459) weights that differ within groups; r(198) `pwscale()` in other than two-level models.
    """
    if typed is None:
        return None
    if typed.scale and len(names) != 1:
        raise StataError(198, "pwscale() is supported only with two-level models")
    own = None if typed.observations is None else typed.observations.values[rows]
    levels: list[np.ndarray | None] = []
    for name, group in zip(names, groups, strict=True):
        column = typed.levels.get(name)
        levels.append(None if column is None else _constant_within(column, name, group, rows))
    if typed.scale:
        own, levels[0] = _scaled(typed.scale, own, levels[0], groups[0])
    texts = tuple(typed.levels[name].text if name in typed.levels else "" for name in names)
    expression = "" if typed.observations is None else typed.observations.text
    return MixedWeights(WeightSummary(typed.kind, expression, texts, typed.scale), own, tuple(levels))


def _constant_within(column: WeightColumn, name: str, group: GroupLevel, rows: np.ndarray) -> np.ndarray:
    values = column.values[rows]
    weights = np.empty(group.n_groups)
    weights[group.codes] = values
    if np.any(weights[group.codes] != values):
        raise StataError(459, f"weights are not constant within groups of {name}", column.span)
    return weights


def _scaled(
    scale: str, own: np.ndarray | None, top: np.ndarray | None, group: GroupLevel
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return observation and group weights scaled by one of the manual's three methods."""
    given = np.ones(len(group.codes)) if own is None else own

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(group.codes, values, minlength=group.n_groups)

    size, total = summed(np.ones(len(given))), summed(given)
    if scale == "size":
        return given * (size / total)[group.codes], top
    if scale == "effective":
        return given * (total / summed(given**2))[group.codes], top
    return None, total / size * (1.0 if top is None else top)


def expanded_counts(
    weights: MixedWeights | None, groups: Sequence[GroupLevel], observations: np.ndarray
) -> tuple[int, list[tuple[int, int, float, int]]]:
    """Return (observations, for each level number of groups and least, mean and most observations in them).

    Frequency weights count as the data they stand for; sampling weights do not.

    Parameters
    ----------
    observations : (n,) array
        How many observations each row is, before weights.
    """
    n = len(observations)
    counted = weights if weights is not None and weights.summary.kind == "fweight" else None
    inner = observations if counted is None or counted.rows is None else counted.rows.copy()
    own = [None] * len(groups) if counted is None else list(counted.levels)
    above = np.ones(n)
    factors = []
    for group, weight in zip(groups, own, strict=True):
        above = above * (1.0 if weight is None else weight[group.codes])
        factors.append(above)
    whole = round(float((inner * above).sum()))
    found = []
    for group, reached in zip(groups, factors, strict=True):
        sizes = np.bincount(group.codes, inner * above / reached, minlength=group.n_groups)
        first = np.ones(group.n_groups)
        first[group.codes] = reached
        count = round(float(first.sum()))
        found.append((count, round(float(sizes.min())), whole / count, round(float(sizes.max()))))
    return whole, found
