"""What `use` names that is not read but referred to: Parquet files, a table of a DuckDB file or of Spark."""

from __future__ import annotations

import os
from glob import glob
from pathlib import Path
from typing import Any

from xmixed.data.dataset import Dataset
from xmixed.data.files.dataset_file import DATABASES, SPARK
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported
from xmixed.data.reference.running import DuckDB, Spark
from xmixed.data.reference.schema import described, footers_of
from xmixed.errors import StataError


def open_reference(name: str, table: str, limit: str) -> Imported:
    """Return data by reference, and what the user is to know of them.

    Parameters
    ----------
    name : str
        A Parquet file, a pattern of such files, a DuckDB file, or `spark://HOST:PORT/TABLE`
        (a table of its catalog; with a slash in it a path of Parquet files there).
    table : str
        The table of a DuckDB file, else "".
    limit : str
        What `set max_memory` says.

    Raises
    ------
    StataError
        r(601) no such file, or the extra is not installed; r(603) no file of this kind; r(111) no such table;
        r(682) no server answers; r(198) table() where it does not belong.
    """
    require_package("ibis", "scale", "data by reference")
    if name.startswith(SPARK):
        if table:
            raise StataError(198, "option table() not allowed", hint="the address ends in the table")
        return _of_spark(name)
    if name.lower().endswith(DATABASES):
        if not table:
            raise StataError(198, "option table() required")
        return _of_database(name, table, limit)
    if table:
        raise StataError(198, "option table() not allowed", hint="it names a table of a .duckdb file")
    return _of_parquet(name, limit)


def _of_parquet(name: str, limit: str) -> Imported:
    files = _files(name)
    footers = footers_of(files, name)
    source = DuckDB(name, files, limit)
    try:
        with source.failures():
            table = source.backend.read_parquet([str(path) for path in files])
    except StataError as error:
        raise _unreadable(name, error) from None
    return described(table, source, footers)


def _files(name: str) -> list[Path]:
    path = Path(os.path.expanduser(name))
    if path.is_file():
        found = [path]
    elif path.is_dir():
        found = sorted(each for each in path.rglob("*.parquet") if each.is_file())
    else:
        found = [Path(each) for each in sorted(glob(str(path), recursive=True)) if os.path.isfile(each)]
    if not found:
        raise StataError(601, f"file {name} not found")
    return found


def _of_database(name: str, table: str, limit: str) -> Imported:
    path = Path(os.path.expanduser(name))
    if not path.is_file():
        raise StataError(601, f"file {name} not found")
    source = DuckDB(name, [path], limit)
    quoted = str(path).replace("'", "''")
    try:
        with source.failures():
            source.backend.raw_sql(f"ATTACH '{quoted}' AS source (READ_ONLY)")
    except StataError as error:
        raise _unreadable(name, error) from None
    return described(_database_table(source, table), source, None)


def _database_table(source: DuckDB, name: str) -> Any:
    """Return a table by its name, `schema.table` or `table`."""
    from ibis.common.exceptions import TableNotFound

    schema, _, last = name.rpartition(".")
    try:
        return source.backend.table(last, database=("source", schema or "main"))
    except TableNotFound:
        raise StataError(111, f"table {name} not found") from None


def _of_spark(name: str) -> Imported:
    require_package("pyspark", "scale", "data on a Spark server")
    address, _, table = name.removeprefix(SPARK).partition("/")
    if not address or not table:
        raise StataError(198, "invalid file specification", hint='use "spark://HOST:PORT/TABLE"')
    source = Spark(name, address)
    with source.failures():
        return described(_spark_table(source, table), source, None)


def _spark_table(source: Spark, name: str) -> Any:
    """Return a table of the server's catalog, or Parquet files where it finds them: a path, an address."""
    from pyspark.errors import AnalysisException

    try:
        if "/" in name:
            return source.backend.read_parquet(name)
        quoted = ".".join(f"`{part}`" for part in name.replace("`", "").split("."))
        return source.backend.sql(f"SELECT * FROM {quoted}")
    except AnalysisException:
        raise StataError(111, f"table {name} not found") from None


def _unreadable(name: str, error: StataError) -> StataError:
    if error.code != 691:
        return error
    return StataError(603, f"file {name} could not be loaded", hint=error.hint)


def referred(data: Dataset) -> str:
    """Return what data by reference were used from."""
    return "" if data.reference is None else data.reference.source.name
