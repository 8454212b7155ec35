"""The observations that predictions are made for: covariates by term, as the model had them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column
from xmixed.expressions.factors.terms import Part, Term
from xmixed.language.nodes import Name
from xmixed.missing import MISSING, is_missing


@dataclass(frozen=True, slots=True, eq=False)
class JointShares:
    """Shares of the combinations of several factors' levels.

    Attributes
    ----------
    names : tuple of str
    cells : ndarray of int, shape (c, len(names))
    shares : ndarray, shape (c,)
    """

    names: tuple[str, ...]
    cells: np.ndarray
    shares: np.ndarray

    def of(self, levels: Mapping[str, int]) -> float:
        """Return the share of the combinations with these levels."""
        inside = np.ones(len(self.cells), dtype=bool)
        for name, level in levels.items():
            inside &= self.cells[:, self.names.index(name)] == level
        return float(self.shares[inside].sum())


Fixed = Mapping[str, "float | np.ndarray | Mapping[int, float] | JointShares"]
"""Values of variables by `name` or `L.name`; factors may have shares of their levels."""


def fixed_product(parts: Sequence[Part], fixed: Fixed) -> tuple[float, tuple[Part, ...]]:
    """Return the product of the parts that are fixed at a number or at shares, and the parts that are not."""
    factor, rest = 1.0, []
    joint: dict[int, tuple[JointShares, dict[str, int]]] = {}
    for part in parts:
        given = fixed.get(part.plain)
        if given is None or isinstance(given, np.ndarray):
            rest.append(part)
        elif isinstance(given, JointShares):
            if part.level is None:
                factor = 0.0
            else:
                joint.setdefault(id(given), (given, {}))[1][part.plain] = part.level
        elif isinstance(given, Mapping):
            factor *= given.get(part.level, 0.0) if part.level is not None else 0.0
        else:
            factor *= float(given) if part.level is None else float(given == part.level)
    for shares, levels in joint.values():
        factor *= shares.of(levels)
    return factor, tuple(rest)


class EstimationFrame:
    """Rows of the data with the variables of a model; those where one is missing are left out.

    Attributes
    ----------
    context : Context
    rows : ndarray of bool, shape (n,)
        Which observations of the data; shrinks as variables are required.
    fixed : mapping
        Values that take the place of those in the data, see `with_values`.
    notes : list of str
        What is to be said of the values that are made.
    """

    def __init__(self, context: Context, rows: np.ndarray, fixed: Fixed | None = None) -> None:
        self.context = context
        self.rows = rows
        self.fixed: Fixed = {} if fixed is None else fixed
        self.notes: list[str] = []
        self._whole: dict[tuple[str, str], np.ndarray] = {}

    def note(self, text: str) -> None:
        """Keep what is to be said of the values that are made; "" is nothing."""
        if text:
            self.notes.append(text)

    def with_values(self, fixed: Fixed) -> EstimationFrame:
        """Return the same rows with variables at other values.

        Parameters
        ----------
        fixed : mapping
            By `name` or `L.name`: a number, a column over all observations, or the share of each level of a
            factor, which then stands for its indicator.
        """
        found = EstimationFrame(self.context, self.rows, {**self.fixed, **fixed})
        found._whole = self._whole
        return found

    def of_rows(self, rows: np.ndarray) -> EstimationFrame:
        """Return other rows, with the same values fixed."""
        found = EstimationFrame(self.context, rows, self.fixed)
        found._whole = self._whole
        return found

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
        given = self.fixed.get(f"{series}.{variable}" if series else variable)
        if isinstance(given, np.ndarray):
            return given[self.rows]
        if given is not None:
            if isinstance(given, Mapping | JointShares):
                raise StataError(198, f"{variable} has shares of levels, not a value")
            return np.full(self.size, float(given))
        return self._column(variable, series)[self.rows]

    def column(self, term: Term) -> np.ndarray | None:
        """Return the column of a term over the rows; None for the constant."""
        if not term.parts:
            return None
        if not self.fixed:
            return column(term, self.values)
        factor, rest = fixed_product(term.parts, self.fixed)
        found = np.full(self.size, factor)
        for part in rest:
            own = self.values(part.variable, part.time_series)
            found *= own if part.level is None else own == part.level
        return found

    def slope(self, term: Term, name: str) -> np.ndarray:
        """Return the derivative of a term's column by a continuous variable, over the rows."""
        total = np.zeros(self.size)
        for place, part in enumerate(term.parts):
            if part.level is None and part.plain == name:
                rest = Term(term.parts[:place] + term.parts[place + 1 :])
                own = self.column(rest)
                total += 1.0 if own is None else own
        return total

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
