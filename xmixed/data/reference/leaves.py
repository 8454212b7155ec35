"""Columns of a source as Stata's numbers: NULL, NaN, infinities and what no type can hold are missing."""

from __future__ import annotations

from functools import cache
from typing import Any

EPOCH = "1960-01-01"
LARGEST = 2.0**1023
"""Every number of a double is below it, and above its negative."""
LARGEST_FLOAT = 2.0**127

_ALL_WHOLE = 2.0**53
"""Doubles from here on have no fractions."""
_SINCE_1970 = 315_619_200_000.0
"""Milliseconds from 1960 to 1970."""

BOUNDS = {"byte": 128.0, "int": 32768.0, "long": 2.0**31, "float": LARGEST_FLOAT, "double": LARGEST}
"""What numbers of a storage type do not exceed in magnitude."""


def cleaned(number: Any, largest: float = LARGEST) -> Any:
    """Return a float64 expression as NULL where its magnitude reaches `largest`, or it is NaN.

    NaN is above every number in the engines. They write NULLIF out, so two mentions are the fewest.
    """
    import ibis

    return ibis.cases((number.abs() < largest, number))


def _milliseconds(column: Any) -> Any:
    """Return whole milliseconds since 1970 as float64, rounded down."""
    import ibis

    name = "epoch_us"
    if not is_duckdb(column):
        name, column = (
            "unix_micros",
            column.cast("timestamp('UTC')"),
        )  # the zone of the session, as Ibis sets it

    def function(x: Any) -> Any: ...

    builtin: Any = ibis.udf.scalar.builtin
    micro = builtin(function, name=name, signature=((column.type(),), "int64"))(column)
    rest = micro % 1000
    return (micro - ibis.cases((rest < 0, rest + 1000), else_=rest)).cast("float64") / 1000.0


def is_duckdb(expression: Any) -> bool:
    """Return whether the embedded engine runs what an expression is part of."""
    return expression.get_backend().name == "duckdb"


@cache
def _engine_function(name: str, result: str) -> Any:
    """Return a function of doubles that the engine itself has."""
    import ibis

    def function(x: float) -> float: ...

    builtin: Any = ibis.udf.scalar.builtin
    return builtin(function, name=name, signature=(("float64",), result))


def _whole(number: Any, name: str) -> Any:
    """Return `floor` or `ceil`, float64; Spark's are integers of 64 bits, Ibis' own ones too."""
    import ibis

    if is_duckdb(number):
        return _engine_function(name, "float64")(number)
    near = _engine_function(name, "int64")(number).cast("float64")
    return ibis.cases((number.abs() < _ALL_WHOLE, near), else_=number)


def floor(number: Any) -> Any:
    """Return the next whole number below, float64."""
    return _whole(number, "floor")


def ceil(number: Any) -> Any:
    """Return the next whole number above, float64."""
    return _whole(number, "ceil")


def truncated(number: Any) -> Any:
    """Return a number without its fraction, float64."""
    import ibis

    return ibis.cases((number < 0.0, ceil(number)), else_=floor(number))


def as_float(number: Any) -> Any:
    """Return float64 rounded to a float, NULL beyond its range."""
    return cleaned(number, LARGEST_FLOAT - 2.0**102).cast("float32").cast("float64")


def is_number(number: Any) -> Any:
    """Return where a float64 column of a source is no NaN; infinities are of no account.

    DuckDB concludes from the range that a Parquet file states, which is silent about NaN, and so believes
    that isnan() is never true; of isfinite() it concludes nothing.
    """
    import ibis

    if not is_duckdb(number):
        return ~number.isnan()

    def isfinite(x: float) -> bool: ...

    return ibis.udf.scalar.builtin(isfinite)(number)


def number_and_presence(column: Any, storage_type: str) -> tuple[Any, Any]:
    """Return a column as float64 and where it is not missing: for rows that are left out otherwise.

    It costs a fraction of what `number_of_column` costs, whose values hold in every row.
    """
    if not column.type().is_floating():
        number = number_of_column(column, storage_type)
        return number, number.notnull()
    number, largest = column.cast("float64"), LARGEST_FLOAT if storage_type == "float" else LARGEST
    return number, is_number(number) & (number < largest) & (number > -largest)


def number_of_column(column: Any, storage_type: str) -> Any:
    """Return a column of the source as float64, NULL where it is missing.

    Dates are days, times milliseconds, since 1960.
    """
    import ibis

    kind = column.type()
    if kind.is_floating():
        largest = LARGEST_FLOAT if storage_type == "float" else LARGEST
        number = column.cast("float64")
        return cleaned(ibis.cases((is_number(number), number)), largest)
    if kind.is_date():
        return column.delta(ibis.date(EPOCH), unit="day").cast("float64")
    if kind.is_timestamp():
        return _milliseconds(column) + _SINCE_1970
    return column.cast("float64")
