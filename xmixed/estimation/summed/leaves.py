"""The variables of a model as columns of a query; rows where one of them is missing are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np

from xmixed.data.reference.model import Chosen, Reference, needs_rows, over
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import expand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.expressions.pushdown.translate import pushed_value
from xmixed.language.nodes import Expression

_KINDS = 1_000_000
"""Combinations of the levels of factor variables that are fetched."""
MOST_COLUMNS = 120
"""Columns of a design by reference: their sums of products are one query."""


class Leaves:
    """Columns by variable: numbers as float64, identifiers as they are, expressions by a name of ours.

    Attributes
    ----------
    context : Context
        Of the data by reference.
    rows : Reference
        The rows that may be used.
    """

    def __init__(self, context: Context, rows: Reference) -> None:
        self.context, self.rows = context, rows
        self._columns: dict[str, Any] = {}
        self._present: dict[str, Any] = {}

    def number(self, variable: str, series: str, role: str) -> str:
        """Take in a numeric variable and return the name of its column.

        Raises
        ------
        StataError
            r(109) a string, with its role in the message; r(3) operators of time.
        """
        if series:
            raise needs_rows(f"{series}.{variable} is")
        found = self.context.data[variable]
        if found.is_string:
            raise StataError(109, f"{variable}:  string variables may not be used as {role}")
        name = f"x_{variable}"
        if name not in self._columns:
            self._columns[name], self._present[name] = self.rows.number_and_presence(found)
        return name

    def identifier(self, variable: str) -> str:
        """Take in a variable that tells groups apart, and return the name of its column."""
        found, name = self.context.data[variable], f"g_{variable}"
        if name in self._columns:
            return name
        if found.is_string:
            self._columns[name] = text = self.rows.text(found)
            self._present[name] = text != ""
        else:
            self._columns[name], self._present[name] = self.rows.number_and_presence(found)
        return name

    def expression(self, name: str, expression: Expression, keeps_zero: bool) -> str:
        """Take in the value of an expression under a name; rows where it is zero may be left out.

        Raises
        ------
        StataError
            r(109) a string; what `pushed_value` raises.
        """
        value, text = pushed_value(expression, self.context)
        if text:
            raise StataError(109, "type mismatch", getattr(expression, "span", None))
        self._columns[name] = value
        self._present[name] = value.notnull() if keeps_zero else value.notnull() & (value != 0.0)
        return name

    def add_terms(self, terms: Iterable[ResolvedTerm]) -> None:
        """Take in the variables of covariates; raises as `number`."""
        for term in terms:
            for operand in term.operands:
                role = "covariates" if operand.operator.continuous else "factor variables"
                self.number(operand.variable, operand.time_series, role)

    def expanded(self, terms: Sequence[ResolvedTerm]) -> tuple[Term, ...]:
        """Return one term for each column of the design, over the levels of factors that occur.

        Raises
        ------
        StataError
            r(452), r(198) as `expand`; r(3) what needs the observations.
        """
        operands = [operand for term in terms for operand in term.operands]
        if any(operand.operator.base == "freq" for operand in operands):
            raise needs_rows("the most frequent level as base is")
        factors = [operand.variable for operand in operands if not operand.operator.continuous]
        kinds = self._kinds([f"x_{name}" for name in dict.fromkeys(factors)]) if factors else {}
        return expand(terms, lambda variable, series: kinds[f"x_{variable}"])

    def _kinds(self, names: list[str]) -> dict[str, np.ndarray]:
        """The combinations of the values of columns that occur."""
        found = self.rows.run(self.table.select(*names).distinct().limit(_KINDS + 1))
        if found.num_rows > _KINDS:
            raise needs_rows("so many levels of factor variables are")
        values = {name: np.asarray(found.column(name).to_pylist(), np.float64) for name in names}
        order = np.lexsort([values[name] for name in reversed(names)])
        return {name: column[order] for name, column in values.items()}

    def keys(self, names: Sequence[str]) -> Any:
        """Return a table of some columns alone, where none of these is missing."""
        kept = self.rows.table.filter([self._present[name] for name in names])
        return kept.select(**{name: self._columns[name] for name in names})

    def sample(self, choice: Any) -> np.ndarray:
        """Return what stands for the observations used: a `Chosen` over the table of the data.

        `choice` says over it which rows may be used.
        """
        whole = reference_of(self.context.data).table
        condition = choice
        for present in self._present.values():
            condition = condition & over(present, whole)
        return cast(np.ndarray, Chosen(condition.fill_null(False)))

    @property
    def table(self) -> Any:
        """The table of all columns, rows with a missing value left out."""
        import ibis

        kept = self.rows.table
        if self._present:
            kept = kept.filter(list(self._present.values()))
        return kept.select(**(self._columns or {"nothing": ibis.literal(0.0)}))


def term_value(table: Any, term: Term) -> Any:
    """Return the column of a term as an expression over the table of its variables, float64."""
    found: Any = None
    for part in term.parts:
        value = table[f"x_{part.variable}"]
        if part.level is not None:
            value = (value == float(part.level)).cast("float64")
        found = value if found is None else found * value
    assert found is not None, "the constant has no column"
    return found
