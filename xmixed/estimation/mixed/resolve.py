"""From the parsed command to the resolved model: every name known, no array yet.

The resolved model is kept with the results: from it X, Z and group codes are made on any rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.request import ResolvedEquation, ResolvedMixed
from xmixed.estimation.mixed.residuals import residual_request
from xmixed.estimation.mixed.robust import variance_of_mixed
from xmixed.estimation.mixed.weights import weight_request
from xmixed.estimation.sample import resolve_one, resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import expand
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes.estimators import MixedCommand, RandomEquation

ALL = "_all"
"""The level of one group with all observations."""


def resolve(node: MixedCommand, context: Context, method: str) -> ResolvedMixed:
    """Return the model that an estimation command means.

    Raises
    ------
    StataError
        r(111) unknown names; r(101) factor variables in a random-effects equation; r(198) what contradicts
        itself or is not built; what `residual_request` raises.
    """
    assert node.fixed is not None
    depvar = resolve_one(node.fixed.depvar, context)
    terms = tuple(resolve_terms(node.fixed.varlist, context))
    equations = _resolve_equations(node.random, context)
    residuals = residual_request(node, context)
    correlated = residuals.form.correlated
    weights = weight_request(node, [equation.level for equation in equations], correlated)
    variance = variance_of_mixed(node, context, "" if weights is None else weights.kind)
    return ResolvedMixed(
        depvar,
        terms,
        "noconstant" not in node.fixed.options,
        equations,
        residuals,
        weights,
        method,
        variance.kind,
        variance.cluster,
    )


def _resolve_equations(random: Sequence[RandomEquation], context: Context) -> tuple[ResolvedEquation, ...]:
    levels = [_level_name(equation, context) for equation in random]
    seen: set[str] = set()
    for place, level in enumerate(levels):
        if level in seen and levels[place - 1] != level:
            raise StataError(
                198,
                f"equations of the repeated level {level} must be listed consecutively",
                random[place].span,
            )
        seen.add(level)
    equations = []
    for place, (equation, level) in enumerate(zip(random, levels, strict=True)):
        # The constant stands in the last repeated equation that may have one; R.varname has none.
        last_of_level = not any(
            later == level and random[at].factor is None and "noconstant" not in random[at].options
            for at, later in enumerate(levels)
            if at > place
        )
        collinear = "collinear" in equation.options
        if equation.factor is not None:
            factor = resolve_name(equation.factor, context.data)
            equations.append(
                ResolvedEquation(level, (), False, _factor_structure(equation), collinear, factor)
            )
            continue
        constant = last_of_level and "noconstant" not in equation.options
        effects = _effects(equation, context)
        structure = (
            equation.options["covariance"].value if "covariance" in equation.options else "independent"
        )
        equations.append(ResolvedEquation(level, effects, constant, structure, collinear))
    return tuple(equations)


def _factor_structure(equation: RandomEquation) -> str:
    """Return the structure of `R.varname`: identity by default, exchangeable where it is asked for."""
    option = equation.options.get("covariance")
    if option is None:
        return "identity"
    from xmixed.engine import covariance_structure

    if covariance_structure(option.value, 2).common_variance:
        return option.value
    raise StataError(
        198, "only covariance(identity) and covariance(exchangeable) are allowed with R.varname", option.span
    )


def _level_name(equation: RandomEquation, context: Context) -> str:
    if equation.level.text == ALL:
        return ALL
    return resolve_name(equation.level, context.data)


def _effects(equation: RandomEquation, context: Context) -> tuple[Term, ...]:
    def no_factors(variable: str, series: str) -> np.ndarray:
        raise StataError(101, "factor variables not allowed", equation.span)

    return expand(resolve_terms(equation.varlist, context), no_factors)
