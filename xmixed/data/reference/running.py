"""Running queries: embedded in DuckDB, or by a Spark Connect server; their failures as return codes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmixed.errors import StataError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow

_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
Stamp = tuple[int, int]


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


def spill_folder() -> Path:
    """Return the folder for what does not fit into memory; those that killed sessions left are removed."""
    root = Path(tempfile.gettempdir())
    for left in root.glob("St[0-9]*.duckdb"):
        number = left.name[2:].partition(".")[0]
        if number.isdigit() and not _alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    return root / f"St{os.getpid():05d}.duckdb"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class DuckDB:
    """Queries of files, in this process.

    Attributes
    ----------
    name : str
        The file or pattern as typed.
    files : mapping of path to stamp
        Size and time of the last change when the files were first looked at.
    """

    ordered = True

    def __init__(self, name: str, files: list[Path], limit: str = ".") -> None:
        import ibis

        self.name = name
        self.files = {path: _stamp(path, name) for path in files}
        self.backend: Any = ibis.duckdb.connect(temp_directory=str(spill_folder()))
        self.limit_memory(limit)

    def limit_memory(self, limit: str) -> None:
        """Take what `set max_memory` says."""
        if limit == ".":
            self.backend.raw_sql("RESET memory_limit")
            return
        unit = _UNITS.get(limit[-1])
        number = float(limit[:-1]) * unit if unit else float(limit)
        self.backend.raw_sql(f"SET memory_limit = '{int(max(number, 1 << 20))}B'")

    def check(self) -> None:
        """Fail with r(691) where a file is no longer as it was."""
        for path, stamp in self.files.items():
            if _stamp(path, self.name) != stamp:
                raise StataError(691, "I/O error", hint=f"file {path} changed since it was used")

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query; see `Source.run`."""
        self.check()
        with self.failures(), _plain_selects():
            return self.backend.to_pyarrow(query)

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

    ordered = False

    def __init__(self, name: str, address: str) -> None:
        import warnings

        self.name = name
        with self.failures(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ibis
            from pyspark.sql import SparkSession

            builder: Any = SparkSession.builder
            self.session: Any = builder.remote(f"sc://{address}").create()
            self.backend: Any = ibis.pyspark.connect(self.session)

    def limit_memory(self, limit: str) -> None:
        """Do nothing: the server has its own limits."""

    def run(self, query: ir.Table) -> pyarrow.Table:
        """Return the rows of a query; see `Source.run`."""
        try:
            with self.failures(), _plain_selects():
                return self.backend.to_pyarrow(query)
        except KeyboardInterrupt:
            with suppress(Exception):
                self.session.interruptAll()
            raise

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what the server and the connection say into Stata's errors."""
        from ibis.common.exceptions import IbisError

        try:
            import grpc
            from pyspark.errors import PySparkException
        except ImportError:
            yield
            return
        try:
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

    def _lost(self, error: Exception) -> StataError:
        return StataError(682, "could not connect to database", hint=f"{self.name}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:160]


def _stamp(path: Path, name: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        raise StataError(691, "I/O error", hint=f"file {path} is gone since {name} was used") from None
    return status.st_size, status.st_mtime_ns
