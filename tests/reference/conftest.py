"""The same table in memory and by reference."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from xmixed.interpreter.session import Session

pytest.importorskip("ibis")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

DAYS = [datetime.date(2001, 5, 9), datetime.date(1899, 12, 31), None, datetime.date(2024, 2, 29)]


def table() -> pa.Table:
    """Return twelve rows of every type, with NULL, NaN and infinities."""
    nan, inf = float("nan"), float("inf")
    doubles = [1.5, None, nan, inf, -2.25, 0.0, 7.0, -inf, 3.0, 1e300, 0.1, -0.5]
    return pa.table(
        {
            "x": pa.array(doubles, pa.float64()),
            "f": pa.array([1.1, None, 2.2, -3.3, 0.0, nan, 5.5, 6.0, 7.0, 3e38, 8.0, 9.9], pa.float32()),
            "i": pa.array([3, 1, None, 2, 3, 1, 2, 3, None, 1, 2, 3], pa.int64()),
            "big": pa.array([40000 + 7 * k for k in range(12)], pa.int32()),
            "s": ["b", "a", None, "", "dé", " A ", "b", "zz", "a", "b", "x y", "B"],
            "d": pa.array([DAYS[k % 4] for k in range(12)], pa.date32()),
            "t": pa.array([(k - 4) * 1_234_567_891_777 for k in range(12)], pa.timestamp("us")),
            "b": pa.array([True, False, None] * 4),
        }
    )


@pytest.fixture(scope="session")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reference") / "rows.parquet"
    pq.write_table(table(), path)
    return path


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def referring(parquet: Path) -> Session:
    """Return a session with the table by reference."""
    session = Session()
    session.run(f'use "{parquet}", engine(duckdb)')
    return session


@pytest.fixture
def reading(parquet: Path) -> Session:
    """Return a session with the same table in memory."""
    session = Session()
    session.run(f'use "{parquet}"')
    return session
