"""Queries that end in the middle: by Ctrl-C, by a kill, by a file or a server that goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xmixed.data.reference.running import DuckDB
from xmixed.errors import StataError
from xmixed.estimation.summed import streaming
from xmixed.interpreter.session import Session

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("ibis")

ROWS = 400_000
FIT = "xtmixed y x || id:, nolog"
CHILD = """
import sys
from xmixed.data.reference import running
from xmixed.estimation.summed import streaming
from xmixed.interpreter.session import Session
streaming.FEWEST = 1
plain = running.DuckDB.batches
def batches(self, query, in_order=False):
    for batch in plain(self, query, in_order):
        yield batch
        print("streaming", flush=True)
        sys.stdin.readline()
running.DuckDB.batches = batches
session = Session()
session.run("set max_memory 30m")
session.run(f'use "{sys.argv[1]}", engine(duckdb)')
session.run("xtmixed y x || id:, nolog")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    random = np.random.default_rng(2)
    x, identifier = random.normal(size=ROWS), np.arange(ROWS) // 4
    y = x + random.normal(size=ROWS // 4)[identifier] + random.normal(size=ROWS)
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"y": y, "x": x, "id": identifier}), tmp_path / "data" / "rows.parquet")
    return tmp_path / "data" / "rows.parquet"


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something done after the first batch of rows that streams by."""
    monkeypatch.setattr(streaming, "FEWEST", 1)
    plain = DuckDB.batches

    def arrange(work: Callable[[], object]) -> None:
        def batches(self: DuckDB, query: Any, in_order: bool = False) -> Iterator[Any]:
            for number, batch in enumerate(plain(self, query, in_order)):
                yield batch
                if number == 0:
                    work()

        monkeypatch.setattr(DuckDB, "batches", batches)

    return arrange


def referring(path: Path) -> Session:
    session = Session()
    session.run(f'use "{path}", engine(duckdb)\nregress y x')
    return session


def test_an_interrupt_while_rows_stream_by(path: Path, between: Callable[..., None]) -> None:
    session = referring(path)
    before = session.data
    between(lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        session.run(FIT)
    assert session.data is before and session.e.macros["cmd"] == "regress"
    between(lambda: None)
    session.run("generate z = x in 1/3\nlist z in 1/3\n" + FIT)
    assert session.e.macros["cmd"] == "xtmixed"


def test_a_file_that_changes_while_rows_stream_by(path: Path, between: Callable[..., None]) -> None:
    session = referring(path)
    before = session.data
    between(lambda: os.utime(path, (1, 1)))
    with pytest.raises(StataError) as failure:
        session.run(FIT)
    assert failure.value.code == 691 and "changed since it was used" in failure.value.hint
    assert session.data is before and session.e.macros["cmd"] == "regress"


def test_a_killed_session_leaves_what_the_next_one_removes(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    variables = {**os.environ, "TMPDIR": str(folder)}
    arguments = [sys.executable, "-W", "ignore", "-c", CHILD, str(path)]
    child = subprocess.Popen(
        arguments, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"streaming\n"
    child.kill()
    child.communicate()
    # Mapped arrays have no names; what the engine spills lies in a folder that tells whose it is.
    assert {entry.name for entry in folder.iterdir()} <= {f"St{child.pid:05d}.duckdb"}
    again = f"from xmixed.interpreter.session import Session; Session().run('use \"{path}\", engine(duckdb)')"
    subprocess.run([sys.executable, "-W", "ignore", "-c", again], env=variables, check=True)
    assert list(folder.iterdir()) == []


def test_columns_that_change_from_file_to_file(path: Path, session: Session) -> None:
    for name, table in (
        ("b", pa.table({"y": [1.0], "x": [2.0]})),
        ("b", pa.table({"y": [1.0], "x": ["two"], "id": [3]})),
    ):
        pq.write_table(table, path.parent / f"z{name}.parquet")
        with pytest.raises(StataError) as failure:
            session.run(f'use "{path.parent}/*.parquet"')
        assert failure.value.code in (109, 111) and "zb.parquet" in failure.value.hint
        assert not session.data.variables


def test_what_is_no_number_is_missing_in_models(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    y, x = random.normal(size=(2, 300))
    x[:4] = np.nan, np.inf, -np.inf, 1e308
    pq.write_table(pa.table({"y": y, "x": x, "id": np.arange(300) // 5}), tmp_path / "odd.parquet")
    shown = []
    for how in ("", ", engine(duckdb)"):
        session = Session()
        session.run(f'use "{tmp_path}/odd.parquet"{how}')
        shown.append([session.run(line) for line in ("summarize", FIT, "regress y x if x < 9")])
    assert shown[0] == shown[1]
