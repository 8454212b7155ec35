"""The variables of a model as columns of a query; rows where one of them is missing are left out."""

from __future__ import annotations

from typing import Any

from xmixed.data.reference.model import Reference, needs_rows
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.pushdown.translate import pushed_value
from xmixed.language.nodes import Expression

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
        self._texts: set[str] = set()
        self._not_zero: set[str] = set()

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
        self._columns.setdefault(name, self.rows.number(found))
        return name

    def identifier(self, variable: str) -> str:
        """Take in a variable that tells groups apart, and return the name of its column."""
        found, name = self.context.data[variable], f"g_{variable}"
        if name not in self._columns:
            self._columns[name] = self.rows.value(found)
            if found.is_string:
                self._texts.add(name)
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
        if not keeps_zero:
            self._not_zero.add(name)
        return name

    @property
    def table(self) -> Any:
        """The table of all columns, rows with a missing value left out."""
        import ibis

        columns = self._columns or {"nothing": ibis.literal(0.0)}
        whole = self.rows.table.select(**columns)
        conditions = [
            whole[name] != "" if name in self._texts else whole[name].notnull() for name in self._columns
        ]
        conditions += [whole[name] != 0.0 for name in sorted(self._not_zero)]
        return whole.filter(conditions) if conditions else whole


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
