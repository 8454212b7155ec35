"""Predictions for data by reference: what is computed from one row and e() alone, as a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.model import needs_rows
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates

OFFERED = {"regress": ("xb", "residuals", "stdp"), "xtmixed": ("xb", "stdp"), "mixed": ("xb", "stdp")}
"""Statistics by e(cmd)."""


def prediction(estimates: Estimates, terms: Sequence[Term | None], statistic: str, data: Dataset) -> Any:
    """Return a statistic as an ibis expression over the reference of the data, NULL where it is missing.

    Parameters
    ----------
    terms : sequence of Term or None
        What the elements of e(b) belong to; None is no coefficient of a covariate.

    Raises
    ------
    StataError
        r(3) a statistic that needs the observations; r(111) a variable that is not there.
    """
    if statistic not in OFFERED.get(estimates.macros["cmd"], ()):
        raise needs_rows(f"predict, {statistic} is")
    used = [place for place, term in enumerate(terms) if term is not None and not term.status]
    columns = [_column(terms[place], data) for place in used]
    if statistic == "stdp":
        return _standard_error(columns, estimates.matrices["V"].values[np.ix_(used, used)])
    fitted = _combination(columns, estimates.matrices["b"].values[0][used])
    if statistic == "xb":
        return fitted
    return _number(estimates.macros["depvar"], data) - fitted


def _number(name: str, data: Dataset) -> Any:
    if name not in data.names:
        raise StataError(111, f"variable {name} not found")
    return reference_of(data).number(data[name])


def _column(term: Term | None, data: Dataset) -> Any:
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
