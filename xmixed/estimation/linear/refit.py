"""The data of a fitted regression once more: for tests that need more than e()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.linear.diagnostics import FittedSample
from xmixed.estimation.linear.variance import Weighting
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.terms import Term
from xmixed.language.parser import parse_expression
from xmixed.session.results import Estimates
from xmixed.statistics.linear.blocks import linear_combination
from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True, eq=False)
class Refitted:
    """A regression with its data, and what its columns are called.

    Attributes
    ----------
    data : FittedSample
    terms : tuple of Term
        Estimated ones, in the order of the columns.
    rows : ndarray of bool
        e(sample).
    """

    data: FittedSample
    terms: tuple[Term, ...]
    rows: np.ndarray

    @property
    def has_constant(self) -> bool:
        return any(not term.parts for term in self.terms)

    @property
    def names(self) -> list[str]:
        return [term.without_marks() for term in self.terms if term.parts]

    @property
    def labels(self) -> list[tuple[str, str]]:
        return labels_of(self.terms)

    def values(self, whole: np.ndarray) -> np.ndarray:
        """Return a column of the data over the sample."""
        return whole[self.rows]


def labels_of(terms: Sequence[Term]) -> list[tuple[str, str]]:
    """Return (factor variable, level) of a level, ("", name) of another covariate."""
    found = []
    for term in terms:
        if len(term.parts) == 1 and term.factors:
            found.append((term.parts[0].plain, str(term.parts[0].level)))
        elif term.parts:
            found.append(("", term.without_marks()))
    return found


def estimated_terms(estimates: Estimates) -> tuple[Term, ...]:
    """Return the terms of the last regression that have a coefficient."""
    fitted: FittedTerms = estimates.payload
    return tuple(term for term in fitted.terms if term is not None and not term.status)


def fitted_sample(estimates: Estimates, context: Context) -> Refitted:
    """Return the sample of the last regression, fitted again.

    Raises
    ------
    StataError
        r(498) where e(sample) is gone; r(111) where a variable is.
    """
    fitted: FittedTerms = estimates.payload
    frame = EstimationFrame(context, sample_rows(context, estimates.mark))
    terms = estimated_terms(estimates)
    columns = tuple(frame.column(term) for term in terms)
    y = frame.values(*variable_of(fitted.depvar))
    weighting = None
    if "wtype" in estimates.macros:
        values, _ = evaluate_column(parse_expression(estimates.macros["wexp"].removeprefix("=")), context)
        weighting = Weighting(estimates.macros["wtype"], values[frame.rows])
    fit = least_squares(y, columns, None if weighting is None else weighting.fitted)
    prediction = linear_combination(columns, fit.beta, len(y))
    n = estimates.scalars["N"]
    return Refitted(FittedSample(y, columns, n, weighting, prediction, fit), terms, frame.rows)
