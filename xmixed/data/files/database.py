"""Tables of databases in files: SQLite by the standard library, DuckDB by its own package."""

from __future__ import annotations

import datetime
import decimal
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files.excel.cells import DAY_FORMAT, TIME_FORMAT, column_of_cells
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.names import names_of_headings
from xmixed.errors import StataError
from xmixed.missing import is_missing

_SQLITE, _DUCKDB, _DUCKDB_AT = b"SQLite format 3\0", b"DUCK", 8
_PLAIN = {int, float, bool, str, type(None), datetime.date, datetime.datetime, datetime.time}
_TYPES = {
    "byte": "SMALLINT",
    "int": "SMALLINT",
    "long": "INTEGER",
    "float": "REAL",
    "double": "DOUBLE",
}


def database_kind(path: str) -> str:
    """Return sqlite or duckdb: what a file is, or, where there is none, what its extension says.

    Raises
    ------
    StataError
        r(603) a file of another kind.
    """
    try:
        with open(path, "rb") as stream:
            head = stream.read(16)
    except FileNotFoundError:
        head = b""
    except OSError as error:
        raise StataError(603, f"file {path} could not be opened", hint=error.strerror or "") from None
    if head.startswith(_SQLITE):
        return "sqlite"
    if head[_DUCKDB_AT : _DUCKDB_AT + len(_DUCKDB)] == _DUCKDB:
        return "duckdb"
    if head:
        raise StataError(603, f"file {path} could not be opened", hint="no database of SQLite or DuckDB")
    return "duckdb" if path.lower().endswith((".duckdb", ".ddb")) else "sqlite"


@contextmanager
def _connection(path: str, writes: bool) -> Iterator[Any]:
    """Yield a connection whose changes all stay or all go."""
    if database_kind(path) == "duckdb":
        require_package("duckdb", "sql", "databases of DuckDB")
        import duckdb

        failure: type[Exception] = duckdb.Error
        try:
            opened = duckdb.connect(path, read_only=not writes, config={"enable_external_access": "false"})
        except failure as error:  # another program has it, or a folder that is not there
            raise _refused(error) from None
    else:
        import sqlite3

        failure = sqlite3.Error
        for name, read in (("date", _day), ("timestamp", _instant)):
            sqlite3.register_converter(name, read)
        opened = sqlite3.connect(
            f"file:{quote(os.path.abspath(path))}?mode={'rwc' if writes else 'ro'}",
            uri=True,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES,
        )
    try:
        opened.execute("BEGIN TRANSACTION")
        yield opened
        opened.execute("COMMIT" if writes else "ROLLBACK")
    except failure as error:
        raise _refused(error) from None
    finally:
        opened.close()


def _refused(error: Exception) -> StataError:
    return StataError(682, "database refuses", hint=str(error).splitlines()[0][:300])


def _day(raw: bytes) -> datetime.date | str:
    text = raw.decode("utf-8", "replace")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text


def _instant(raw: bytes) -> datetime.datetime | str:
    text = raw.decode("utf-8", "replace")
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text


def quoted_name(name: str) -> str:
    """Return a name of a table or column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def read_query(path: str, query: str) -> Imported:
    """Return what a query gives as a dataset.

    Raises
    ------
    StataError
        r(601) no such file; r(603) no database; r(682) the database refuses the query.
    """
    if not os.path.exists(path):
        raise StataError(601, f"file {path} not found")
    with _connection(path, writes=False) as opened:
        cursor = opened.execute(query)
        if not cursor.description:
            raise StataError(682, "database refuses", hint="the query gives no table")
        headings = [part[0] for part in cursor.description]
        if hasattr(cursor, "fetchnumpy"):
            found = cursor.fetchnumpy()
            days = [str(part[1]) == "DATE" for part in cursor.description]
            columns: list[Any] = [
                cells.astype("datetime64[D]") if day else cells
                for cells, day in zip(found.values(), days, strict=True)
            ]
        else:
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(headings)
    return _imported(headings, columns)


def _imported(headings: Sequence[str], columns: Sequence[Any]) -> Imported:
    names = names_of_headings(headings, lambda place: f"v{place + 1}")
    notes: list[str] = []
    variables: list[Variable] = []
    for name, heading, cells in zip(names, headings, columns, strict=True):
        found = column_of_cells(_plain_cells(cells))
        label = "" if heading == name else heading
        shown = {DAY_FORMAT: "%td", TIME_FORMAT: "%tc"}.get(found.format, found.format)
        variable = labelled_variable(name, found.type, found.values, label, notes)
        variables.append(replace(variable, format=shown))
        notes += [f"(note: {name}: {text})" for text in found.notes]
    n_obs = len(variables[0].values) if variables else 0
    return Imported(Dataset(tuple(variables), n_obs, changed=True), tuple(notes))


def _plain_cells(cells: Any) -> list[Any]:
    """Return cells as numbers, text, dates and None."""
    if isinstance(cells, np.ndarray):
        finer = cells.dtype.kind == "M" and cells.dtype != np.dtype("datetime64[D]")
        values = cells.astype("datetime64[us]") if finer else cells
        # tolist() of a masked array has None where it is masked
        cells = values.tolist()
    plain = list(cells)
    kinds = set(map(type, plain))
    if float in kinds:
        plain = [None if value != value else value for value in plain]
    if kinds <= _PLAIN:
        return plain
    return [_plain_cell(value) for value in plain]


def _plain_cell(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("latin-1")
    known = (int, float, str, datetime.date, datetime.time, datetime.timedelta, type(None))
    return value if isinstance(value, known) else str(value)


def write_table(path: str, table: str, data: Dataset, how: str = "") -> list[str]:
    """Write a dataset as a table; return what the user is to know.

    Parameters
    ----------
    how : str
        What happens to a table that is there: "replace", "insert" (rows are added), "" (an error).

    Raises
    ------
    StataError
        r(602) the table is there; r(603) no database; r(682) the database refuses.
    """
    name = quoted_name(table)
    notes: list[str] = []
    into_duckdb = database_kind(path) == "duckdb"
    columns = [] if into_duckdb else [_cells_of(variable, notes) for variable in data]
    with _connection(path, writes=True) as opened:
        if _has_table(opened, table):
            if not how:
                raise StataError(602, f"table {table} already exists")
            if how == "replace":
                opened.execute(f"DROP TABLE {name}")
        if not _has_table(opened, table):
            described = ", ".join(f"{quoted_name(variable.name)} {_type_of(variable)}" for variable in data)
            opened.execute(f"CREATE TABLE {name} ({described})")
        listed = ", ".join(quoted_name(variable.name) for variable in data)
        if into_duckdb:
            opened.register(_FRAME, _frame(data, notes))
            opened.execute(f"INSERT INTO {name} ({listed}) SELECT {listed} FROM {quoted_name(_FRAME)}")
            return notes
        places = ", ".join("?" * len(columns))
        rows = list(zip(*columns, strict=True))
        if rows:
            opened.executemany(f"INSERT INTO {name} ({listed}) VALUES ({places})", rows)
    return notes


_FRAME = "data in memory"


def _frame(data: Dataset, notes: list[str]) -> Any:
    """Return data as a frame that DuckDB reads, columns with masks where values are missing."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for variable in data:
        if variable.is_string:
            columns[variable.name] = np.array(_cells_of(variable, notes), dtype=object)
            continue
        doubles, missing = variable.to_double(), _missing_of(variable, notes)
        plain = np.where(missing, 0.0, doubles)
        shown = variable.format.lstrip("%-")
        if shown.startswith(("td", "tc")):
            unit = "D" if shown.startswith("td") else "ms"
            moments = np.datetime64("1960-01-01", unit) + plain.astype(f"timedelta64[{unit}]")
            columns[variable.name] = np.where(missing, np.datetime64("NaT"), moments.astype("M8[us]"))
        elif variable.type in ("float", "double"):
            columns[variable.name] = pd.arrays.FloatingArray(plain, missing)
        else:
            columns[variable.name] = pd.arrays.IntegerArray(plain.astype(np.int64), missing)
    return pd.DataFrame(columns, copy=False)


def _has_table(opened: Any, table: str) -> bool:
    if hasattr(opened, "register"):
        query = "SELECT count(*) FROM information_schema.tables WHERE lower(table_name) = lower(?)"
    else:
        query = (
            "SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE"
        )
    return opened.execute(query, (table,)).fetchall()[0][0] > 0


def _type_of(variable: Variable) -> str:
    if variable.is_string:
        return "TEXT"
    shown = variable.format.lstrip("%-")
    return {"td": "DATE", "tc": "TIMESTAMP"}.get(shown[:2], _TYPES[variable.type])


def _cells_of(variable: Variable, notes: list[str]) -> list[Any]:
    if variable.is_string:
        values = variable.values.tolist()
        return [value.decode("latin-1") if isinstance(value, bytes) else value for value in values]
    doubles, missing = variable.to_double(), _missing_of(variable, notes)
    shown = variable.format.lstrip("%-")
    if shown.startswith(("td", "tc")):
        return [
            None if out else _iso(value, shown.startswith("td"))
            for value, out in zip(doubles.tolist(), missing.tolist(), strict=True)
        ]
    plain = np.where(missing, 0.0, doubles)
    plain = (plain if variable.type in ("float", "double") else plain.astype(np.int64)).tolist()
    return [None if out else value for value, out in zip(plain, missing.tolist(), strict=True)]


def _missing_of(variable: Variable, notes: list[str]) -> np.ndarray:
    """Return where a variable is missing, (n,); extended missing values are told of."""
    doubles = variable.to_double()
    missing = is_missing(doubles)
    extended = int(np.count_nonzero(missing & (doubles > 2.0**1023)))
    if extended:
        what = "value is" if extended == 1 else "values are"
        notes.append(f"(note: {variable.name}: {extended} extended missing {what} written as NULL)")
    return missing


def _iso(value: float, day: bool) -> str:
    epoch = datetime.datetime(1960, 1, 1)
    if day:
        return (epoch + datetime.timedelta(days=value)).date().isoformat()
    return (epoch + datetime.timedelta(milliseconds=value)).isoformat(sep=" ")
