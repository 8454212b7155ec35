"""Running queries: embedded in DuckDB, or by a Spark Connect server; their failures as return codes."""

from __future__ import annotations

import logging
import os
import socket
import sys
import warnings
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmixed.data.files.leftovers import spill_folder, sweep
from xmixed.data.reference.pruning import pruned
from xmixed.data.reference.watching import watched, watched_pieces
from xmixed.data.room import Room, free_memory
from xmixed.errors import StataError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow

Stamp = tuple[int, int]
_LEAST = 1 << 20
"""Bytes that DuckDB has at least."""
_BATCH = 131_072
"""Rows that are handed out at a time."""
_PATIENCE = 10.0
"""Seconds in which a server must answer."""
_RETRIES = 3


@contextmanager
def _plain_selects() -> Iterator[None]:
    """Leave each step of a query a SELECT of its own: put into each other, expressions would double."""
    import ibis

    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


def written(query: ir.Table, backend: Any) -> str:
    """Return a query as SQL of an engine.

    Numbers with fractions are written as doubles: engines take `0.1` for a decimal number. Nothing asks
    whether a number is NaN, since leaves leave none.
    """
    with _plain_selects():
        tree = backend.compiler.to_sqlglot(pruned(query))
    tree = tree.transform(_plain)
    if backend.name == "pyspark":
        tree = tree.transform(_plain_for_spark)
    return tree.sql(dialect=backend.dialect)


def _plain(node: Any) -> Any:
    from sqlglot import expressions as sql

    if isinstance(node, sql.Literal) and not node.is_string and not node.this.isdigit():
        return sql.cast(sql.Literal.string(node.this), "double")
    if isinstance(node, sql.IsNan):
        return sql.false()
    return node


def _plain_for_spark(node: Any) -> Any:
    """Write equality with NULL as a function: engines of DataFusion mistake whether the operator is NULL."""
    from sqlglot import expressions as sql

    if isinstance(node, sql.NullSafeEQ):
        return sql.Anonymous(this="equal_null", expressions=[node.left, node.right])
    return node


class DuckDB:
    """Queries of files, in this process.

    Attributes
    ----------
    name : str
        The file or pattern as typed.
    files : mapping of path to stamp
        Size and time of the last change when the files were first looked at.
    rows : int
        Of the files; 0 where nobody knows yet.
    """

    ordered = streams = True

    def __init__(self, name: str, files: list[Path], limit: str = ".") -> None:
        import ibis

        self.name, self._kept, self.rows = name, 0, 0
        sweep()
        self.files = {path: _stamp(path, name) for path in files}
        self.backend: Any = ibis.duckdb.connect(temp_directory=spill_folder())
        self.backend.raw_sql("SET enable_progress_bar = true")  # it is counted, and not printed
        self.backend.raw_sql("SET enable_progress_bar_print = false")
        self.limit_memory(limit)

    def limit_memory(self, limit: str) -> None:
        """Take what `set max_memory` says."""
        self._limit = Room.of_setting(limit).limit
        if limit == ".":
            self.backend.raw_sql("RESET memory_limit")
        else:
            self.backend.raw_sql(f"SET memory_limit = '{int(max(self._limit, _LEAST))}B'")

    def check(self) -> None:
        """Fail with r(691) where a file is no longer as it was."""
        for path, stamp in self.files.items():
            if _stamp(path, self.name) != stamp:
                raise StataError(691, "I/O error", hint=f"file {path} changed since it was used")

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query; see `Source.run`."""
        self.check()
        connection = self.backend.con
        with self.failures():
            text = written(query, self.backend)
            found = watched(
                lambda: connection.sql(text).to_arrow_table(),
                connection.interrupt,
                connection.query_progress,
                self.rows,
            )
        self.check()  # rows of before and after would be mixed
        return found

    def batches(self, query: ir.Table, in_order: bool = False) -> Generator[pyarrow.RecordBatch]:
        """Give the rows of a query piece by piece; see `Source.batches`."""
        self.check()
        connection = self.backend.con
        with self.failures():
            text = written(query, self.backend)
            connection.execute(f"SET preserve_insertion_order = {str(in_order).lower()}")
            try:
                # Who does not want all of them leaves a result open, which bars other queries.
                with connection.sql(text).to_arrow_reader(_BATCH) as reader:
                    yield from watched_pieces(
                        reader.read_next_batch, connection.interrupt, connection.query_progress, self.rows
                    )
            finally:
                connection.execute("SET preserve_insertion_order = true")
        self.check()

    def keep(self, rows: pyarrow.Table) -> ir.Table:
        """Return a temporary table with rows of ours; see `Source.keep`."""
        self._kept += 1
        name, connection = f"kept_by_xmixed_{self._kept}", self.backend.con
        with self.failures():
            connection.register("rows_by_xmixed", rows)
            try:
                connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM rows_by_xmixed")
            finally:
                connection.unregister("rows_by_xmixed")
            return self.backend.table(name, database=("temp", "main"))

    def named(self, query: ir.Table) -> ir.Table:
        """Return a temporary view; see `Source.named`."""
        self._kept += 1
        name = f"kept_by_xmixed_{self._kept}"
        with self.failures():
            self.backend.con.execute(f"CREATE TEMP VIEW {name} AS {written(query, self.backend)}")
            return self.backend.table(name, database=("temp", "main"))

    def room(self) -> float:
        """Return what `set max_memory` allows, and never more than half of what the machine has free."""
        return min(self._limit, free_memory() / 2)

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn DuckDB's errors into Stata's."""
        import duckdb
        from ibis.common.exceptions import IbisError

        try:
            yield
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except duckdb.OutOfMemoryException as error:
            hint = f"set max_memory . lifts the limit ({_first_line(error)})"
            raise StataError(909, "op. sys. refuses to provide memory", hint=hint) from None
        except (duckdb.Error, IbisError) as error:
            self.check()
            raise StataError(691, "I/O error", hint=f"{self.name}: {_first_line(error)}") from None
        except RuntimeError as error:
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from None
            raise


class Spark:
    """Queries by a Spark Connect server.

    Attributes
    ----------
    name : str
        The address as typed.
    """

    ordered = streams = False

    def __init__(self, name: str, address: str) -> None:
        self.name, self._kept, self.rows = name, 0, 0
        _require_server(address, name)
        with self.failures(), _main_with_a_file():
            import ibis
            from pyspark.sql import SparkSession
            from pyspark.sql.connect.client.retries import DefaultPolicy

            logging.getLogger("SQLQueryContextLogger").disabled = True  # what it says becomes our message
            builder: Any = SparkSession.builder
            self.session: Any = builder.remote(f"sc://{address}").create()
            self.session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES, max_backoff=1000)])
            self.backend: Any = ibis.pyspark.connect(self.session)
        weakref.finalize(self, _leave, self.session).atexit = False

    def limit_memory(self, limit: str) -> None:
        """Do nothing: the server has its own limits."""

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query; see `Source.run`."""
        try:
            with self.failures():
                return self.session.sql(written(query, self.backend)).toArrow()
        except KeyboardInterrupt:
            with suppress(Exception):
                self.session.interruptAll()
            raise

    def batches(self, query: ir.Table, in_order: bool = False) -> Generator[pyarrow.RecordBatch]:
        """Give the rows of a query, which arrive in one piece."""
        yield from self.run(query).to_batches()

    def keep(self, rows: pyarrow.Table) -> ir.Table:
        """Return a view of the session with rows of ours; see `Source.keep`."""
        self._kept += 1
        name = f"kept_by_xmixed_{self._kept}"
        with self.failures():
            self.session.createDataFrame(rows).createOrReplaceTempView(name)
            return self.backend.table(name)

    def named(self, query: ir.Table) -> ir.Table:
        """Return a view of the session; see `Source.named`."""
        self._kept += 1
        name = f"kept_by_xmixed_{self._kept}"
        with self.failures():
            self.session.sql(written(query, self.backend)).createOrReplaceTempView(name)
            return self.backend.table(name)

    def room(self) -> float:
        """Return half of what the machine of this session has free."""
        return free_memory() / 2

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what the server and the connection say into Stata's errors."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import grpc
            from ibis.common.exceptions import IbisError
            from pyspark.errors import PySparkException
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of pyspark, about the versions of others and its retries
                yield
        except PySparkException as error:
            kind = type(error).__name__
            if "Grpc" in kind or "UNAVAILABLE" in str(error):
                raise self._lost(error) from None
            raise StataError(691, "I/O error", hint=f"{self.name}: {_first_line(error)}") from None
        except grpc.RpcError as error:
            raise self._lost(error) from None
        except IbisError as error:
            raise StataError(691, "I/O error", hint=f"{self.name}: {_first_line(error)}") from None

    def _lost(self, error: Any) -> StataError:
        said = error.details() if hasattr(error, "details") else None
        hint = f"{self.name}: {said or _first_line(error)}"
        return StataError(682, "could not connect to database", hint=hint)


@contextmanager
def _main_with_a_file() -> Iterator[None]:
    """Give the main module a file while pyspark is imported: without one it thinks its own tests run."""
    main = sys.modules["__main__"]
    bare = not hasattr(main, "__file__")
    if bare:
        main.__file__ = ""
    try:
        yield
    finally:
        if bare:
            del main.__file__


def _require_server(address: str, name: str) -> None:
    """Fail with r(682) where nothing answers at HOST:PORT; Spark's client would try for minutes."""
    host, _, port = address.partition(":")
    if not port.isdigit():
        raise StataError(198, "invalid file specification", hint='use "spark://HOST:PORT/TABLE"')
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
    except OSError as error:
        hint = f"{name}: {error.strerror or error}"
        raise StataError(682, "could not connect to database", hint=hint) from None


def _leave(session: Any) -> None:
    """End a session on the server that no data refer to any more."""
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session.stop()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:160]


def _stamp(path: Path, name: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        raise StataError(691, "I/O error", hint=f"file {path} is gone since {name} was used") from None
    return status.st_size, status.st_mtime_ns
