"""The observations that predictions are made for: covariates by term, as the model had them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column
from xmixed.expressions.factors.terms import Term
from xmixed.language.nodes import Name
from xmixed.missing import MISSING, is_missing


class EstimationFrame:
    """Rows of the data with the variables of a model; those where one is missing are left out.

    Attributes
    ----------
    context : Context
    rows : ndarray of bool, shape (n,)
        Which observations of the data; shrinks as variables are required.
    """

    def __init__(self, context: Context, rows: np.ndarray) -> None:
        self.context = context
        self.rows = rows
        self._whole: dict[tuple[str, str], np.ndarray] = {}

    def require(self, variable: str, series: str = "") -> None:
        """Leave out the observations where a variable is missing."""
        missing = is_missing(self._column(variable, series))
        if missing.any():
            self.rows = self.rows & ~missing

    def require_terms(self, terms: Sequence[Term | None]) -> None:
        """Leave out the observations where a variable of an estimated term is missing."""
        for term in terms:
            for part in term.parts if term is not None and not term.status else ():
                self.require(part.variable, part.time_series)

    def _column(self, variable: str, series: str) -> np.ndarray:
        key = (variable, series)
        if key not in self._whole:
            if series:
                values, _ = evaluate_column(Name(variable, series), self.context)
            else:
                values = self.context.data[variable].to_double()
            self._whole[key] = values
        return self._whole[key]

    def design(self, terms: Sequence[Term | None]) -> np.ndarray:
        """Return X over the rows: a column for each term, zeros for one that is not estimated, (size, k)."""
        found = np.zeros((self.size, len(terms)))
        for place, term in enumerate(terms):
            if term is not None and not term.status:
                own = self.column(term)
                found[:, place] = 1.0 if own is None else own
        return found

    @property
    def size(self) -> int:
        return int(np.count_nonzero(self.rows))

    def values(self, variable: str, series: str = "") -> np.ndarray:
        """Return a variable over the rows, float64."""
        return self._column(variable, series)[self.rows]

    def column(self, term: Term) -> np.ndarray | None:
        """Return the column of a term over the rows; None for the constant."""
        return column(term, self.values) if term.parts else None

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return values of the rows over all observations, missing elsewhere."""
        out = np.full(len(self.rows), MISSING)
        out[self.rows] = np.where(np.isfinite(values), values, MISSING)
        return out


def sample_rows(context: Context, mark: str) -> np.ndarray:
    """Return e(sample), bool of shape (n,).

    Raises
    ------
    StataError
        r(498) where the data of the estimates are gone.
    """
    rows = context.data.marks.get(mark)
    if rows is None:
        raise StataError(498, "e(sample) information not available")
    return rows


def variable_of(name: str) -> tuple[str, str]:
    """Return (variable, time-series operator) of a name such as `L.y`."""
    series, _, variable = name.rpartition(".")
    return variable, series
