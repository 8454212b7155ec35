"""Predictions for data by reference: what is computed from one row and e() alone, as a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.model import needs_rows
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.inference.prediction import Request
from xmixed.estimation.mixed.effects import effect_terms
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.mixed.statistics import equation_places
from xmixed.estimation.summed.effects import joined_effects
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates

_OF_EFFECTS = ("fitted", "residuals", "rstandard", "reffects", "reses")
OFFERED = {"regress": ("xb", "residuals", "stdp")} | dict.fromkeys(
    ("xtmixed", "mixed"), ("xb", "stdp", *_OF_EFFECTS)
)
"""Statistics by e(cmd)."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Statistics as queries.

    Attributes
    ----------
    data : Dataset
        The data, with what the statistics are made of beside the rows.
    values : list of ibis expressions
        Over their table; NULL where a statistic is missing.
    outside : ibis boolean expression or None
        Where random effects count as zero, since the group is not in the estimation sample.
    """

    data: Dataset
    values: list[Any]
    outside: Any = None


def predictions(
    estimates: Estimates, terms: Sequence[Term | None], request: Request, context: Context
) -> Predictions:
    """Return a statistic as expressions over the reference of the data.

    Parameters
    ----------
    terms : sequence of Term or None
        What the elements of e(b) belong to; None is no coefficient of a covariate.

    Raises
    ------
    StataError
        r(3) a statistic that needs the observations; r(111) a variable that is not there; those of
        `joined_effects`.
    """
    statistic, command = request.statistic.name, estimates.macros["cmd"]
    if statistic not in OFFERED.get(command, ()):
        raise needs_rows(f"predict, {statistic} is")
    if command != "regress" and statistic in _OF_EFFECTS:
        return _of_effects(estimates, terms, statistic, request.argument, context)
    return Predictions(context.data, [_of_row(estimates, terms, statistic, context.data)])


def _of_effects(
    estimates: Estimates, terms: Sequence[Term | None], statistic: str, level: str, context: Context
) -> Predictions:
    result: MixedResult = estimates.payload
    if statistic == "rstandard" and result.description.residuals is not None:
        raise needs_rows("predict, rstandard after residuals() is")
    of_groups = statistic in ("reffects", "reses")
    places = equation_places(estimates, level, only=of_groups)
    if of_groups:
        found = joined_effects(estimates, context)
        by_place = found.means if statistic == "reffects" else found.errors
        return Predictions(found.data, [value for place in places for value in by_place[place]])
    return _fitted(estimates, terms, statistic, context, places)


def _fitted(
    estimates: Estimates,
    terms: Sequence[Term | None],
    statistic: str,
    context: Context,
    places: Sequence[int],
) -> Predictions:
    """X b + Z u, or what it leaves of the outcome."""
    import ibis

    result: MixedResult = estimates.payload
    assert result.resolved is not None, "effects are found of it"
    found = joined_effects(estimates, context) if places else None
    data = context.data if found is None else found.data
    value: Any = _of_row(estimates, terms, "xb", data)
    present: Any = ibis.literal(True)
    outside: Any = ibis.literal(False)
    for place in places:
        assert found is not None, "there are places"
        equation, own = result.resolved.equations[place], found.means[place]
        names = result.description.equations[place].effects
        present = present & found.present[place]
        outside = outside | own[0].isnull()
        effects = [Term(())] if equation.factor else effect_terms(names, equation.effects)
        for term, mean in zip(effects, own, strict=True):
            column, effect = term_column(term, data), mean.fill_null(0.0)
            value = value + (effect if column is None else effect * column)
    if statistic != "fitted":
        value = _number(estimates.macros["depvar"], data) - value
    if statistic == "rstandard":
        value = value / float(result.sigma_e)
        mark = data.marks.get(estimates.mark)
        present = present & (ibis.literal(False) if mark is None else reference_of(data).mark(mark))
    value = ibis.cases((present, value))
    return Predictions(data, [value], outside & value.notnull() if places else None)


def _of_row(estimates: Estimates, terms: Sequence[Term | None], statistic: str, data: Dataset) -> Any:
    """A statistic of a row and e() alone."""
    used = [place for place, term in enumerate(terms) if term is not None and not term.status]
    columns = [term_column(terms[place], data) for place in used]
    if statistic == "stdp":
        coefficients = Coefficients.of(estimates)
        V, centred = coefficients.V, coefficients.centred
        if centred is not None:
            V = centred.V
            columns = [
                column if column is None or not origin else column - float(origin)
                for column, origin in zip(columns, centred.origins[used], strict=True)
            ]
        return _standard_error(columns, V[np.ix_(used, used)])
    fitted = _combination(columns, estimates.matrices["b"].values[0][used])
    if statistic == "xb":
        return fitted
    return _number(estimates.macros["depvar"], data) - fitted


def _number(name: str, data: Dataset) -> Any:
    if name not in data.names:
        raise StataError(111, f"variable {name} not found")
    return reference_of(data).number(data[name])


def term_column(term: Term | None, data: Dataset) -> Any:
    """The column of a term; None is the constant."""
    found: Any = None
    for part in () if term is None else term.parts:
        value = _number(part.variable, data)
        if part.level is not None:
            value = (value == float(part.level)).cast("float64")
        found = value if found is None else found * value
    return found


def _combination(columns: Sequence[Any], coefficients: np.ndarray) -> Any:
    import ibis

    whole: Any = ibis.literal(0.0, "float64")
    for column, coefficient in zip(columns, coefficients, strict=True):
        whole = whole + (float(coefficient) if column is None else column * float(coefficient))
    return whole


def _standard_error(columns: Sequence[Any], variance: np.ndarray) -> Any:
    """The root of x'Vx, as the sum over columns of each times the combination of those up to it."""
    import ibis

    square: Any = ibis.literal(0.0, "float64")
    for i, column in enumerate(columns):
        row = variance[i, : i + 1] * np.where(np.arange(i + 1) < i, 2.0, 1.0)
        part = _combination(columns[: i + 1], row)
        square = square + (part if column is None else part * column)
    above: Any = ibis.cases((square < 0.0, 0.0), else_=square)
    return above.sqrt()
