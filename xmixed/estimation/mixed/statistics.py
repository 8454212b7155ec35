"""What `predict` makes after xtmixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.inference.prediction import (
    linear_gradient,
    linear_predictor,
    standard_error_of_prediction,
)
from xmixed.estimation.mixed.effects import SampleEffects, fitted_sample, row_effects, sample_effects
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.results import Statistic
from xmixed.expressions.factors.terms import Term
from xmixed.language.syntax import OptionSpec
from xmixed.session.results import Estimates

LEVELS = (
    OptionSpec("level", "l", "text", "down to, or only, this level"),
    OptionSpec("relevel", "rel", "text", "the same as level()"),
)


def terms_of(estimates: Estimates) -> tuple[Term | None, ...]:
    """Return the term of each coefficient of e(b); None for the parameters of variances."""
    result: MixedResult = estimates.payload
    return (*result.description.terms, *(None for _ in result.parameters))


def equation_places(estimates: Estimates, level: str, only: bool) -> list[int]:
    """Return the equations with random effects of a level, or with `only` False of it and those above it.

    Raises
    ------
    StataError
        r(198) for a level that the model does not have.
    """
    result: MixedResult = estimates.payload
    equations = result.description.equations
    chosen = [place for place, equation in enumerate(equations) if equation.effects]
    if not level:
        return chosen
    numbers = {equation.level: equation.level_number for equation in equations}
    if level not in numbers:
        raise StataError(198, f"level {level} not found in the model")
    number = numbers[level]
    return [
        place
        for place in chosen
        if equations[place].level_number == number or (not only and equations[place].level_number < number)
    ]


# --- fitted values and residuals ----------------------------------------------------------------------


def _fitted(estimates: Estimates, frame: EstimationFrame, level: str) -> np.ndarray:
    """Return X b + Z u; effects of groups outside the sample are zero, which is noted."""
    places = equation_places(estimates, level, only=False)
    if not places:
        return linear_predictor(terms_of)(estimates, frame, "")
    total = random_part(sample_effects(estimates, frame.context), frame, places)
    return linear_predictor(terms_of)(estimates, frame, "") + total


def random_part(sample: SampleEffects, frame: EstimationFrame, places: Sequence[int]) -> np.ndarray:
    """Return Z u of some equations; the frame loses the rows that lack what is needed."""
    effects = {place: sample.effects[place] for place in places}
    found = row_effects(sample, effects, frame.context, frame.rows, True, known_only=False)
    frame.rows = found.rows
    frame.note(_new_groups(found.groups))
    total = np.zeros(frame.size)
    for place in places:
        codes = found.groups[place]
        for means, column in zip(effects[place].means, found.columns[place], strict=True):
            own = np.append(means, 0.0)[codes]  # the last for groups outside the sample, -1
            total += own if column is None else own * column
    return total


def _new_groups(groups: Mapping[int, np.ndarray]) -> str:
    """Return what is said of observations whose groups are not in the estimation sample; "" for none."""
    if not groups:
        return ""
    return outside_note(int(np.count_nonzero(np.any([codes < 0 for codes in groups.values()], axis=0))))


def outside_note(count: int) -> str:
    """Return what is said of so many observations whose groups are not in the estimation sample."""
    if not count:
        return ""
    rows = "1 observation in a group" if count == 1 else f"{count} observations in groups"
    return f"(random effects are zero for {rows} outside the sample)"


def _residuals(estimates: Estimates, frame: EstimationFrame, level: str) -> np.ndarray:
    fitted = _fitted(estimates, frame, level)
    return frame.values(*variable_of(estimates.macros["depvar"])) - fitted


def _standardized(estimates: Estimates, frame: EstimationFrame, level: str) -> np.ndarray:
    """Return R^{-1/2} times the residuals at all levels; groups of correlated ones are taken whole."""
    result: MixedResult = estimates.payload
    if result.description.residuals is None:
        return _residuals(estimates, frame, level) / result.sigma_e
    sample = fitted_sample(estimates, frame.context)
    whole = EstimationFrame(frame.context, sample_rows(frame.context, estimates.mark))
    values = sample.evaluation.whitened(_residuals(estimates, whole, level))
    return values[frame.rows[whole.rows]]


# --- random effects -------------------------------------------------------------------------------------


def _effect_names(estimates: Estimates, level: str) -> list[tuple[str, str]]:
    """Return (level, effect) of each random effect.

    Raises
    ------
    StataError
        r(198) where there is none.
    """
    result: MixedResult = estimates.payload
    equations = result.description.equations
    names = [
        (equations[place].level, name)
        for place in equation_places(estimates, level, only=True)
        for name in equations[place].effects
    ]
    if not names:
        raise StataError(198, "the model has no random effects")
    return names


def effect_labels(prefix: str, estimates: Estimates, level: str) -> tuple[str, ...]:
    return tuple(f"{prefix} for {group}: {name}" for group, name in _effect_names(estimates, level))


def _effect_values(figure: str, estimates: Estimates, frame: EstimationFrame, level: str) -> np.ndarray:
    _effect_names(estimates, level)
    return effect_values(figure, sample_effects(estimates, frame.context), estimates, frame, level)


def effect_values(
    figure: str, sample: SampleEffects, estimates: Estimates, frame: EstimationFrame, level: str
) -> np.ndarray:
    """Return the effects, or their standard errors, of the groups that the rows lie in.

    `figure`: means or errors.
    """
    columns = []
    asked, every = frame.rows, np.zeros(len(frame.rows), dtype=bool)
    for place in equation_places(estimates, level, only=True):
        own = sample.effects[place]
        found = row_effects(sample, {place: own}, frame.context, asked, with_columns=False)
        every |= found.rows
        for values in getattr(own, figure):
            whole = np.full(len(asked), np.nan)
            whole[found.rows] = values[found.groups[place]]
            columns.append(whole)
    frame.rows = every
    return np.column_stack(columns)[every]


# --- scores ----------------------------------------------------------------------------------------------


def _score_labels(estimates: Estimates, argument: str) -> tuple[str, ...]:
    names = estimates.matrices["b"].column_names
    return tuple(f"Score for [{name.rpartition(':')[0]}]{name.rpartition(':')[2]}" for name in names)


def _scores(estimates: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return the scores of the groups of the highest level, each in its last observation."""
    from xmixed import engine

    result: MixedResult = estimates.payload
    if result.description.method == "reml":
        raise StataError(198, "option scores not allowed after restricted maximum likelihood")
    sample = fitted_sample(estimates, frame.context)
    levels = sample.specification.levels
    n = len(sample.specification.y)
    codes, count = (levels[0].codes, levels[0].n_groups) if levels else (np.arange(n), n)
    try:
        scores = sample.evaluation.scores((codes, count))
    except engine.EngineError as error:
        raise StataError(198, f"scores are not available: {error}") from error
    terms = result.description.terms
    whole = np.zeros((count, len(terms) + len(result.parameters)))
    estimated = [place for place, term in enumerate(terms) if not term.status]
    whole[:, estimated] = scores[:, : len(estimated)]
    whole[:, len(terms) + np.array(sample.order, dtype=int)] = scores[:, len(estimated) :]
    last = np.zeros(count, dtype=np.int64)
    last[codes] = np.arange(n)
    places = np.flatnonzero(sample.specification.rows)[last]
    asked = frame.rows[places]
    order = np.argsort(places[asked])  # rows of a frame are those of the data, in their order
    frame.rows = np.zeros(len(frame.rows), dtype=bool)
    frame.rows[places[asked]] = True
    return whole[asked][order]


def _fixed(text: str) -> Callable[[Estimates, str], str]:
    return lambda estimates, argument: text


STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "xb",
        "xb",
        linear_predictor(terms_of),
        _fixed("Linear prediction, fixed portion"),
        gradient=linear_gradient(terms_of),
        linear=True,
        assumed="xb assumed",
    ),
    Statistic(
        "stdp",
        "stdp",
        standard_error_of_prediction(terms_of),
        _fixed("S.E. of the linear prediction, fixed portion"),
    ),
    Statistic("fitted", "fit", _fitted, _fixed("Fitted values: xb + Zu"), modifiers=LEVELS),
    Statistic("residuals", "r", _residuals, _fixed("Residuals"), needs="outcome", modifiers=LEVELS),
    Statistic(
        "rstandard",
        "rsta",
        _standardized,
        _fixed("Standardized residuals"),
        needs="sample",
        modifiers=LEVELS,
    ),
    Statistic(
        "reffects",
        "ref",
        partial(_effect_values, "means"),
        _fixed("BLUP r.e."),
        partial(effect_labels, "BLUP r.e."),
        needs="nothing",
        modifiers=LEVELS,
    ),
    Statistic(
        "reses",
        "reses",
        partial(_effect_values, "errors"),
        _fixed("BLUP r.e. std. err."),
        partial(effect_labels, "BLUP r.e. std. err."),
        needs="nothing",
        modifiers=LEVELS,
        beside=True,
    ),
    Statistic("scores", "sc", _scores, _fixed("Score"), _score_labels, needs="sample"),
)
