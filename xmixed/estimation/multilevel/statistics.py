"""What `predict` makes after generalised linear mixed models."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import special

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.inference.expressions import numerical_gradient
from xmixed.estimation.inference.prediction import (
    label,
    linear_gradient,
    linear_predictor,
    standard_error_of_prediction,
)
from xmixed.estimation.likelihood.predictors import offset_of
from xmixed.estimation.mixed.effects import (
    EquationEffects,
    SampleEffects,
    check_variables,
    columns_of,
    effect_terms,
    same_columns,
)
from xmixed.estimation.mixed.statistics import (
    LEVELS,
    effect_labels,
    effect_values,
    equation_places,
    random_part,
)
from xmixed.estimation.multilevel.model import MultilevelResult
from xmixed.estimation.multilevel.problem import OutcomeSample, problem_of, specification_for
from xmixed.estimation.multilevel.responses import SUCCESS
from xmixed.estimation.results import Statistic
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.session.results import Estimates

_POINTS = 40
"""Of the quadrature over the random part of a row's linear predictor."""
FIXED = (
    OptionSpec("fixedonly", "fixed", help="random effects are zero"),
    OptionSpec("conditional", "cond", "text", "fixedonly: random effects are zero", optional_value=True),
    OptionSpec("marginal", "marg", help="the mean over the distribution of the random effects"),
)
OUTCOME = OptionSpec("outcome", "o", "text", "a category: its value, or #1 for the first")


def terms_of(e: Estimates) -> tuple[Term | None, ...]:
    """Return the term of each coefficient of e(b); None for cut points and variances."""
    result: MultilevelResult = e.payload
    return (*result.description.terms, *(None for _ in range(len(result.cuts) + len(result.parameters))))


_linear, _gradient = linear_predictor(terms_of), linear_gradient(terms_of)


# --- random effects -----------------------------------------------------------------------------------------


def multilevel_effects(e: Estimates, context: Context) -> SampleEffects:
    """Return the modes of the random effects and their standard errors, by equation and group.

    Raises
    ------
    StataError
        r(498) where the sample is gone; r(459) where its data have changed.
    """
    columns = columns_of(e, context)
    if isinstance(e.kept, SampleEffects) and same_columns(e.kept.columns, columns):
        return e.kept
    result: MultilevelResult = e.payload
    rows = sample_rows(context, e.mark)
    assert result.resolved is not None
    check_variables(result, context)
    offset = result.offset[3:-1] if result.offset.startswith("ln(") else result.offset
    trials = "" if not result.trials or result.trials.isdigit() else result.trials
    sample = OutcomeSample(context, rows, [name for name in (offset, trials) if name])
    specification = specification_for(result.resolved, sample, result.kind)
    if not np.array_equal(specification.rows, rows):
        raise StataError(459, "data have changed since estimation")
    shift = sample.values(offset) if offset else None
    if shift is not None and result.offset.startswith("ln("):
        shift = np.log(shift)
    counts = sample.values(trials) if trials else None
    if result.trials and not trials:
        counts = np.full(len(specification.y), float(result.trials))
    problem = problem_of(specification, result.kind, result.points, shift, counts)
    likelihood = problem.likelihood
    if len(result.standardised) != len(likelihood.transform):
        raise StataError(459, "data have changed since estimation")
    means, errors = likelihood.effects(result.standardised)
    found = {}
    for place, block, mean, error, scale in zip(
        problem.equations, likelihood.blocks, means, errors, problem.scales, strict=True
    ):
        codes = np.empty(len(specification.y), dtype=np.int64)
        codes[likelihood.nested.order] = likelihood.nested.rows[block.level].codes
        found[place] = EquationEffects((mean / scale).T, (error / scale).T, codes)
    made = SampleEffects(result, rows, found, columns)
    if columns:
        e.kept = made
    return made


def _eta(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return X b, the offset, and the random effects."""
    random = random_part(multilevel_effects(e, frame.context), frame, equation_places(e, "", only=False))
    return _xb(e, frame, "") + random


def _xb(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    offset = offset_of(e, frame)
    return _linear(e, frame, "") + offset


def _deviation(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    """Return the standard deviation of the random part of each row's linear predictor."""
    result: MultilevelResult = e.payload
    assert result.resolved is not None
    b = e.matrices["b"].values[0]
    start = len(result.description.terms) + len(result.cuts)
    total = np.zeros(frame.size)
    resolved = result.resolved.equations
    for place, equation in enumerate(result.description.equations):
        if not equation.effects:
            continue
        form = equation.form
        own = form.matrix(form.from_estimation(b[start : start + len(form.labels)]).value)
        start += len(form.labels)
        columns = [frame.column(term) for term in effect_terms(equation.effects, resolved[place].effects)]
        Z = np.column_stack([np.ones(frame.size) if column is None else column for column in columns])
        total += np.einsum("ij,jk,ik->i", Z, own, Z)
    return np.sqrt(total)


# --- means ------------------------------------------------------------------------------------------------


def _asked(argument: str) -> tuple[str, str]:
    """Return the category that modifiers name, "" for none, and fixedonly, marginal or ""."""
    category, kind = "", ""
    for word in argument.split():
        name, _, inside = word.partition("(")
        if name == "outcome" or word.startswith("#"):
            category = inside.rstrip(")") if inside else word
        elif name == "conditional":
            kind = "fixedonly" if inside.rstrip(")") == "fixedonly" else ""
        else:
            kind = name
    return category, kind


def _mean(e: Estimates, eta: np.ndarray, category: int) -> np.ndarray:
    """Return the mean, or the probability of a category, at a linear predictor."""
    result: MultilevelResult = e.payload
    kind = result.kind
    if kind.family == "counts":
        return np.exp(eta)
    if kind.family == "binomial":
        return np.exp(SUCCESS[kind.link](eta)[0])
    cuts = e.matrices["b"].values[0][len(result.description.terms) :][: len(result.cuts)]
    whole = np.concatenate([[-np.inf], cuts, [np.inf]])
    function = special.expit if kind.link == "logit" else special.ndtr
    return function(whole[category + 1] - eta) - function(whole[category] - eta)


def _category(e: Estimates, text: str) -> int:
    levels = e.payload.levels
    if text.startswith("#") and text[1:].isdigit() and 1 <= int(text[1:]) <= len(levels):
        return int(text[1:]) - 1
    shown = [format_value(level, "%9.0g").strip() for level in levels]
    if text in shown:
        return shown.index(text)
    raise StataError(198, f"outcome {text} not found")


def _trials(e: Estimates, frame: EstimationFrame) -> np.ndarray | float:
    text = e.payload.trials
    if not text or text.isdigit():
        return float(text or 1)
    frame.require(text)
    return frame.values(text)


def _values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return means, or probabilities of the category asked for or of all."""
    result: MultilevelResult = e.payload
    text, kind = _asked(argument)
    _trials(e, frame)
    eta = _xb(e, frame, "") if kind else _eta(e, frame, "")
    categories = [0]
    if result.levels:
        categories = [_category(e, text)] if text else list(range(len(result.levels)))
    if kind == "marginal":
        nodes, weights = np.polynomial.hermite.hermgauss(_POINTS)
        spread = np.sqrt(2) * _deviation(e, frame)
        found = [
            sum(
                (
                    w / np.sqrt(np.pi) * _mean(e, eta + spread * x, category)
                    for x, w in zip(nodes, weights, strict=True)
                ),
                np.zeros(len(eta)),
            )
            for category in categories
        ]
    else:
        found = [_mean(e, eta, category) for category in categories]
    if result.levels:
        return np.column_stack(found)
    return _trials(e, frame) * found[0]


_numerical = numerical_gradient(_values)


def _values_gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    """Return derivatives by e(b); r(498) where the random effects themselves count."""
    if not _asked(argument)[1]:
        raise StataError(498, "prediction is a function of possibly stochastic quantities other than e(b)")
    return _numerical(e, frame, argument)


def _value_label(e: Estimates, argument: str) -> str:
    kind = _asked(argument)[1]
    words = {"fixedonly": "Predicted mean, fixed portion only", "marginal": "Marginal predicted mean"}
    return words.get(kind, "Predicted mean")


def _category_labels(e: Estimates, argument: str) -> tuple[str, ...]:
    text, kind = _asked(argument)
    levels = e.payload.levels
    levels = (levels[_category(e, text)],) if text else levels
    head = {"fixedonly": "Pr({}), fixed portion only", "marginal": "Marginal Pr({})"}.get(kind, "Pr({})")
    depvar = e.macros["depvar"]
    return tuple(head.format(f"{depvar}=={format_value(level, '%9.0g').strip()}") for level in levels)


# --- residuals --------------------------------------------------------------------------------------------


def _outcome(e: Estimates, frame: EstimationFrame) -> np.ndarray:
    y = frame.values(*variable_of(e.macros["depvar"]))
    binary = e.payload.kind.family == "binomial" and not e.payload.trials
    return (y != 0).astype(np.float64) if binary else y


def _pearson(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    mean = _values(e, frame, "")
    trials = _trials(e, frame)
    variance = mean if e.payload.kind.family == "counts" else mean * (1 - mean / trials)
    return (_outcome(e, frame) - mean) / np.sqrt(variance)


def _deviance(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
    mean = _values(e, frame, "")
    y, trials = _outcome(e, frame), _trials(e, frame)
    total = special.xlogy(y, y / mean)
    if e.payload.kind.family == "counts":
        total -= y - mean
    else:
        total += special.xlogy(trials - y, (trials - y) / (trials - mean))
    return np.sign(y - mean) * np.sqrt(2 * np.maximum(total, 0.0))


def _effects(figure: str) -> Callable[[Estimates, EstimationFrame, str], np.ndarray]:
    def values(e: Estimates, frame: EstimationFrame, level: str) -> np.ndarray:
        return effect_values(figure, multilevel_effects(e, frame.context), e, frame, level)

    return values


_XB = (
    Statistic("xb", "xb", _xb, label("Linear prediction, fixed portion"), gradient=_gradient),
    Statistic(
        "stdp",
        "stdp",
        standard_error_of_prediction(terms_of),
        label("S.E. of the linear prediction, fixed portion"),
    ),
    Statistic("eta", "eta", _eta, label("Linear prediction: xb + Zu")),
    Statistic(
        "reffects",
        "re",
        _effects("means"),
        label("Random effects"),
        partial(effect_labels, "Random effects"),
        needs="nothing",
        modifiers=LEVELS,
    ),
    Statistic(
        "reses",
        "reses",
        _effects("errors"),
        label("Std. err. of random effects"),
        partial(effect_labels, "Std. err. of random effects"),
        needs="nothing",
        modifiers=LEVELS,
        beside=True,
    ),
)


def _means(name: str, assumed: str) -> Statistic:
    return Statistic(
        name,
        name,
        _values,
        _value_label,
        gradient=_values_gradient,
        assumed=assumed,
        modifiers=FIXED,
        combined=True,
    )


def _probabilities(name: str, assumed: str) -> Statistic:
    return Statistic(
        name,
        name,
        _values,
        label(""),
        columns=_category_labels,
        gradient=_values_gradient,
        assumed=assumed,
        modifiers=(OUTCOME, *FIXED),
        combined=True,
    )


MEANS = (
    _means("mu", "mu assumed; predicted means"),
    _means("pr", ""),
    *_XB,
    Statistic("pearson", "p", _pearson, label("Pearson residuals"), needs="outcome"),
    Statistic("deviance", "d", _deviance, label("Deviance residuals"), needs="outcome"),
)
PROBABILITIES = (_probabilities("pr", "pr assumed; predicted probabilities"), _probabilities("mu", ""), *_XB)
