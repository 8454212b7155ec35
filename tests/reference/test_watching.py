"""Queries that take long: what is shown of them, and how they are ended."""

from __future__ import annotations

import io
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from xmixed.data.reference import watching
from xmixed.data.reference.watching import progress_text, watched
from xmixed.interpreter.session import Session


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_says_how_much_is_left() -> None:
    assert progress_text(25.0, 30.0) == "(query: 25% done, 1:30 left)"
    assert progress_text(10.0, 1200.0) == "(query: 10% done, 3:00:00 left)"
    assert progress_text(25.0, 30.0, 4000) == "(query: 1,000 of 4,000 rows, 25% done, 1:30 left)"
    assert progress_text(100.0, 5.0) == "(query: 100% done, 0:00 left)"


def test_a_terminal_sees_it_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_PATIENCE", 0.0)
    monkeypatch.setattr(watching, "_TICK", 0.01)
    terminal, pipe = Terminal(), io.StringIO()
    shares = iter([-1.0, 20.0, *[40.0] * 1000])
    for stream in (terminal, pipe):
        assert watched(lambda: time.sleep(0.1) or 7, lambda: None, lambda: next(shares), 50, stream) == 7
    shown = terminal.getvalue()
    assert "20% done" in shown and "20 of 50 rows, 40% done" in shown
    assert shown.endswith("\r") and not shown.split("\r")[-2].strip()
    assert not pipe.getvalue()


def test_failures_are_those_of_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 / 0, lambda: None, lambda: -1.0)


def test_an_interrupt_leaves_no_work_behind() -> None:
    """Wherever it falls, in the start of the thread for one, the work has ended when it is raised."""
    at_work: list[int] = []

    def work(stop: threading.Event) -> None:
        at_work.append(1)
        stop.wait(5.0)
        at_work.pop()

    for wait in np.random.default_rng(1).uniform(0.0, 3e-3, 60):
        stop = threading.Event()
        timer = threading.Timer(wait, signal.raise_signal, (signal.SIGINT,))
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            watched(lambda stop=stop: work(stop), stop.set, lambda: -1.0)
            timer.join()
        assert not at_work
        timer.join()


def test_an_interrupt_ends_the_query_at_once(tmp_path: Path) -> None:
    pytest.importorskip("ibis")
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "x.parquet"
    duckdb.sql("SELECT range AS i FROM range(3000)").write_parquet(str(path))
    session = Session()
    session.run(f'use "{path}", engine(duckdb)')
    reference = session.data.reference
    assert reference is not None
    table = reference.table
    other = table.rename(j="i")
    far = table.cross_join(other).cross_join(table.rename(k="i"))
    query = far.aggregate(n=(far.i * far.j + far.k).cast("float64").sqrt().sum())
    threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        reference.run(query)
    assert time.monotonic() - start < 60
    assert session.run("count") == " 3000\n"
