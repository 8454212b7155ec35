"""A dataset by reference: the table, where it is asked for, and what stands in the place of values."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import numpy as np

from xmixed.errors import Span, StataError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow

_MADE = "made_by_xmixed_"
_MARK = "mark_by_xmixed_"
_KEY = "key_by_xmixed_"
_GROUP = "group_by_xmixed_"
_MOST_STEPS = 8
"""Steps of a query that is written out each time."""


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
    rows : int
        Of the whole source; 0 where nobody knows yet.
    """

    name: str
    ordered: bool
    streams: bool
    rows: int

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

    def batches(self, query: ir.Table, in_order: bool = False) -> Generator[pyarrow.RecordBatch]:
        """Give the rows of a query piece by piece, in any order unless asked otherwise; raises as `run`."""
        ...

    def keep(self, rows: pyarrow.Table) -> ir.Table:
        """Return a table of the source with rows of ours, for as long as the source is there."""
        ...

    def named(self, query: ir.Table) -> ir.Table:
        """Return a view of the source that is this query, for as long as the source is there."""
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
    joined : bool
        Tables of groups stand beside the rows, which have no order then.
    """

    table: ir.Table
    source: Source
    joined: bool = False

    @property
    def ordered(self) -> bool:
        """Whether rows have an order that every query finds again."""
        return self.source.ordered and not self.joined

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

    def is_value(self, variable: Described, value: float | str | None) -> ir.BooleanValue:
        """Return where a variable has a value; None is missing."""
        own = self.value(variable)
        return cast("ir.BooleanValue", own.isnull() if value is None else (own == value).fill_null(False))

    def where(self, condition: ir.BooleanValue) -> Reference:
        """Return the rows where a condition holds."""
        return replace(self, table=self.table.filter(over(condition, self.table)))

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

    def beside(self, keys: Sequence[Any], groups: pyarrow.Table) -> tuple[Reference, list[str]]:
        """Return the table with columns of a table of groups beside its rows, and their names.

        They are NULL where no group has the values of the keys.

        Parameters
        ----------
        keys : sequence of expressions over the table
        groups : pyarrow.Table
            As many keys come first; no group comes twice.
        """
        kept: Any = self.source.keep(groups)
        names = [f"{_KEY}{place}" for place in range(len(keys))]
        left: Any = self.table.mutate(**dict(zip(names, keys, strict=True)))
        found = kept.columns[len(keys) :]
        made = self._free(_GROUP, len(found))
        pairs = zip(names, kept.columns, strict=False)
        joined = left.left_join(kept, [left[name] == kept[key] for name, key in pairs])
        own = {name: left[name] for name in self.table.columns}
        own |= {name: kept[column] for name, column in zip(made, found, strict=True)}
        return replace(self, table=joined.select(**own), joined=True), made

    def _free(self, stem: str, count: int) -> list[str]:
        """Names of columns that the table does not have."""
        taken, number, found = set(self.table.columns), 0, list[str]()
        while len(found) < count:
            if f"{stem}{number}" not in taken:
                found.append(f"{stem}{number}")
            number += 1
        return found

    def mark(self, values: np.ndarray) -> ir.BooleanValue:
        """Return where a mark of rows is set."""
        return cast("ir.BooleanValue", self.table[cast(Absent, values).column])

    def _with_column(self, stem: str, expression: Any, gone: set[str]) -> tuple[Reference, np.ndarray]:
        (name,), expression = self._free(stem, 1), over(expression, self.table)
        table = _beside(self.table, name, expression, gone)
        if table is None:
            table = self.table.mutate(**{name: expression})
        return replace(self, table=table), absent(name, clean=True)

    def shortened(self) -> Reference:
        """Return the same rows under a name of the source where many steps make them.

        Queries of a long do-file then are as long as those of a short one.
        """
        from xmixed.data.reference.pruning import steps_of

        if len(steps_of(self.table)[0]) < _MOST_STEPS:
            return self
        return replace(self, table=self.source.named(self.table))

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query over the table; raises what `Source.run` raises."""
        return self.source.run(query)


def over(expression: Any, table: ir.Table) -> Any:
    """Return an expression over a table that this one was made of, or was made of this one, as one over this.

    A column has the same values in all of them, but for rows that are left out.
    """
    from ibis.expr import operations as ops

    node, step = expression.op(), table.op()
    fields = node.find(ops.Field, filter=ops.Value)
    moved = {field: table[field.name].op() for field in fields if field.rel != step}
    return node.replace(moved, filter=ops.Value).to_expr() if moved else expression


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
