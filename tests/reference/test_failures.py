"""What goes wrong with data by reference ends in a message and leaves the session as it was."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def failure_of(session: Session, command: str) -> StataError:
    before = session.data
    with pytest.raises(StataError) as failure:
        session.run(command)
    assert session.data is before
    return failure.value


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"x": np.random.default_rng(1).normal(size=2_000_000)}), path)
    return path


def test_no_such_file_and_no_parquet_file(session: Session, tmp_path: Path) -> None:
    assert failure_of(session, 'use "never.parquet", engine(duckdb)').code == 601
    assert failure_of(session, 'use "never*.parquet"').code == 601
    assert failure_of(session, 'use "never.duckdb", table(t)').code == 601
    for name in ("text.parquet", "text.duckdb"):
        (tmp_path / name).write_text("no such format" * 100)
    error = failure_of(session, f'use "{tmp_path}/text.parquet", engine(duckdb)')
    assert (error.code, str(error.message)) == (603, f"file {tmp_path}/text.parquet could not be loaded")
    assert failure_of(session, f'use "{tmp_path}/text.duckdb", table(t)').code == 603


def test_options_where_they_do_not_belong(session: Session, parquet: Path) -> None:
    assert failure_of(session, f'use "{parquet}", table(t)').code == 198
    assert failure_of(session, f'use "{parquet}", engine(spark)').code == 198
    assert failure_of(session, "load").code == 111
    session.run("set obs 2\ngenerate x = _n")
    assert failure_of(session, "load").code == 198
    assert failure_of(session, f'use "{parquet}", engine(duckdb)').code == 4
    session.run(f'use "{parquet}", engine(duckdb) clear')
    session.run("generate y = x")
    assert failure_of(session, f'use "{parquet}"').code == 4


def test_files_that_differ(session: Session, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1.0], "y": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"x": [2.0]}), tmp_path / "b.parquet")
    error = failure_of(session, f'use "{tmp_path}/*.parquet"')
    assert (error.code, error.message) == (111, "y not found")
    pq.write_table(pa.table({"x": ["text"], "y": [1]}), tmp_path / "b.parquet")
    assert failure_of(session, f'use "{tmp_path}/*.parquet"').code == 109


def test_a_file_that_changes_or_goes(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "changing.parquet"
    pq.write_table(pa.table({"x": [1.0, 2.0]}), path)
    session.run(f'use "{path}", engine(duckdb)\ncount if x > 1')
    pq.write_table(pa.table({"x": [1.0, 2.0, 3.0]}), path)
    error = failure_of(session, "count if x > 1")
    assert error.code == 691
    assert "changed" in error.hint
    path.unlink()
    assert "gone" in failure_of(session, "summarize x").hint
    session.run("describe\nclear")


def test_the_limit_of_memory(session: Session, numbers: Path) -> None:
    session.run(f'set max_memory 30m\nuse "{numbers}", engine(duckdb)')
    session.run("summarize x")  # needs little
    error = failure_of(session, "codebook x, tabulate(1)")  # two million groups
    assert (error.code, "max_memory" in error.hint) == (909, True)
    session.run("set max_memory 12m")
    assert failure_of(session, "load").code == 909
    session.run("set max_memory .")
    assert session.run("load") == "(1 var, 2000000 obs)\n"


def test_an_interrupt_cancels_the_query(session: Session, numbers: Path) -> None:
    session.run(f'use "{numbers}", engine(duckdb)')
    before = session.data
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        for _ in range(100):
            session.run("summarize x, detail")
    assert session.data is before
    assert session.run("count") == "2000000\n"


def test_what_killed_sessions_left_is_removed(
    session: Session, parquet: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("St99999999.duckdb", f"St{os.getppid():05d}.duckdb", "Stranger.duckdb"):
        (tmp_path / name).mkdir()
    session.run(f'use "{parquet}", engine(duckdb)')
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"St{os.getppid():05d}.duckdb", "Stranger.duckdb"]
    )


def test_columns_that_no_variable_can_hold_are_left_out(session: Session, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1.0], "list": [[1, 2]], "bytes": [b"a"]}), tmp_path / "odd.parquet")
    shown = session.run(f'use "{tmp_path}/odd.parquet", engine(duckdb)')
    assert shown.count("left out") == 2
    assert session.data.names == ["x"]


def test_labels_and_formats_of_export_parquet_come_along(session: Session, tmp_path: Path) -> None:
    session.run("set obs 3\ngenerate int y = _n\nlabel variable y height\nformat y %5.1f")
    session.run('label define L 1 one\nlabel values y L\nreplace y = .a in 3\nlabel data "Three"')
    session.run(f'export parquet using "{tmp_path}/three.parquet"')
    shown = session.run(f'use "{tmp_path}/three.parquet", engine(duckdb) clear')
    assert shown == "(note: y: extended missing values are . by reference)\n(Three)\n"
    variable = session.data["y"]
    assert (variable.type, variable.format, variable.label, variable.value_label) == (
        "int",
        "%5.1f",
        "height",
        "L",
    )
    assert session.run("list in 1/2, noobs clean").split() == ["y", "one", "2.0"]
