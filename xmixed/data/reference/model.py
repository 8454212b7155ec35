"""A dataset by reference: the table, where it is asked for, and what stands in the place of values."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import numpy as np

from xmixed.errors import Span, StataError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow

_MADE = "made_by_xmixed_"
_MARK = "mark_by_xmixed_"


def needs_rows(what: str, span: Span | None = None, why: str = "") -> StataError:
    """Return the r(3) error for what cannot be done where the data lie: `what` ends in a verb."""
    return StataError(
        3,
        f"{what} not possible with data by reference",
        span,
        hint=f"{why and why + '; '}load, load if exp and load, limit(#) bring observations into memory",
    )


class Absent:
    """Stands for the values of a variable that are not in memory: a column of the table.

    Whatever is done with it but handing it on fails with r(3).

    Attributes
    ----------
    column : str
        Name of the column in `Reference.table`.
    clean : bool
        The column is ours: float64 with NULL for missing, or string without NULL.
    """

    __slots__ = ("clean", "column")

    def __init__(self, column: str, clean: bool = False) -> None:
        self.column = column
        self.clean = clean

    def setflags(self, **_: bool) -> None:
        """Do nothing: there is nothing that could be written to."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise needs_rows("this is")

    def __getattr__(self, name: str) -> NoReturn:
        if name in ("__array_interface__", "__array_struct__", "__wrapped__"):
            raise AttributeError(name)
        self._refuse()

    __array__ = __array_ufunc__ = __array_function__ = _refuse
    __len__ = __iter__ = __getitem__ = __bool__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse  # type: ignore[assignment]
    __hash__ = object.__hash__

    def __reduce__(self) -> NoReturn:
        self._refuse()


class Chosen(Absent):
    """Stands for the observations that results are from.

    Attributes
    ----------
    condition : ibis boolean expression
        Where they are, over the table of the data; never NULL.
    """

    __slots__ = ("condition",)

    def __init__(self, condition: Any) -> None:
        super().__init__("")
        self.condition = condition


def absent(column: str, clean: bool = False) -> np.ndarray:
    """Return what a variable by reference has for values."""
    return cast(np.ndarray, Absent(column, clean))


class Described(Protocol):
    """What a variable says of itself: see `dataset.Variable`."""

    @property
    def type(self) -> str: ...
    @property
    def values(self) -> np.ndarray: ...
    @property
    def is_string(self) -> bool: ...


class Source(Protocol):
    """Where queries are run.

    Attributes
    ----------
    name : str
        As the user named it.
    ordered : bool
        Rows have an order that every query finds again.
    streams : bool
        `batches` hands rows out while a query runs, in pieces.
    """

    name: str
    ordered: bool
    streams: bool

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query.

        Raises
        ------
        StataError
            r(682) the connection is lost; r(691) the source has changed or cannot be read; r(909) memory.
        KeyboardInterrupt
            The query was cancelled.
        """
        ...

    def batches(self, query: ir.Table) -> Generator[pyarrow.RecordBatch]:
        """Give the rows of a query piece by piece, in any order; raises as `run`."""
        ...

    def room(self) -> float:
        """Return the bytes that sums held beside the queries may take."""
        ...

    def limit_memory(self, limit: str) -> None:
        """Take what `set max_memory` says: `.` for no limit, else `2g`, `500m`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A table by reference.

    Attributes
    ----------
    table : ibis table expression
        Rows are the observations; a variable's `values` name its column.
    source : Source
    """

    table: ir.Table
    source: Source

    def number(self, variable: Described) -> ir.FloatingValue:
        """Return a numeric variable as float64 that is NULL where it is missing."""
        from xmixed.data.reference.leaves import number_of_column

        place = _absent_of(variable)
        column: Any = self.table[place.column]
        return column if place.clean else number_of_column(column, variable.type)

    def number_and_presence(self, variable: Described) -> tuple[ir.FloatingValue, ir.BooleanValue]:
        """Return a numeric variable as float64, and where it is not missing; elsewhere it is anything."""
        from xmixed.data.reference.leaves import number_and_presence

        place = _absent_of(variable)
        column: Any = self.table[place.column]
        return (column, column.notnull()) if place.clean else number_and_presence(column, variable.type)

    def text(self, variable: Described) -> ir.StringValue:
        """Return a string variable, `""` where it is NULL."""
        place = _absent_of(variable)
        column: Any = self.table[place.column]
        return column if place.clean else column.cast("string").fill_null("")

    def value(self, variable: Described) -> Any:
        """Return a variable as a number or a string."""
        return self.text(variable) if variable.is_string else self.number(variable)

    def where(self, condition: ir.BooleanValue) -> Reference:
        """Return the rows where a condition holds."""
        return replace(self, table=self.table.filter(condition))

    def rows(self, first: int, count: int) -> Reference:
        """Return rows by their place, counted from 0."""
        return replace(self, table=self.table.limit(count, offset=first))

    def with_column(self, expression: Any) -> tuple[Reference, np.ndarray]:
        """Return the table with one more column, and what a variable of it has for values.

        `expression` is float64 with NULL for missing, or a string without NULL.
        """
        return self._with_column(_MADE, expression, set())

    def with_mark(self, condition: ir.BooleanValue, used: set[str]) -> tuple[Reference, np.ndarray]:
        """Return the table with one more mark of rows, and what stands for it.

        `used`: columns of other marks that are still wanted.
        """
        gone = {name for name in self.table.columns if name.startswith(_MARK)} - used
        return self._with_column(_MARK, condition, gone)

    def mark(self, values: np.ndarray) -> ir.BooleanValue:
        """Return where a mark of rows is set."""
        return cast("ir.BooleanValue", self.table[cast(Absent, values).column])

    def _with_column(self, stem: str, expression: Any, gone: set[str]) -> tuple[Reference, np.ndarray]:
        taken = set(self.table.columns)
        number = len(taken)
        while f"{stem}{number}" in taken:
            number += 1
        name = f"{stem}{number}"
        table = _beside(self.table, name, expression, gone)
        if table is None:
            table = self.table.mutate(**{name: expression})
        return replace(self, table=table), absent(name, clean=True)

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query over the table; raises what `Source.run` raises."""
        return self.source.run(query)


def _beside(table: ir.Table, name: str, expression: Any, gone: set[str]) -> ir.Table | None:
    """Return a table with one more column in the step that made the last ones; None if it needs these.

    Columns that are `gone` are left out.

    Steps are SELECTs in each other, and engines plan each of them.
    """
    from ibis.expr import operations as ops

    step: Any = table.op()
    node = expression.op()
    if not isinstance(step, ops.Project) or node.find(ops.Analytic, filter=ops.Value):
        return None
    fields = node.find(ops.Field, filter=ops.Value)
    below = {field: step.values[field.name] for field in fields if field.rel == step}
    if len(below) < len(fields) or not all(
        isinstance(value, ops.Field) and value.rel == step.parent for value in below.values()
    ):
        return None
    values = {own: value for own, value in step.values.items() if own not in gone}
    return ops.Project(
        step.parent, {**values, name: expression.op().replace(below, filter=ops.Value)}
    ).to_expr()


def _absent_of(variable: Described) -> Absent:
    return cast(Absent, variable.values)
