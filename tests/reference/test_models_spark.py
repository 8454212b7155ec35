"""Models of data on a Spark Connect server (pysail, in this process): as those of the rows in memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference.test_models import MODELS, REGRESSIONS, assert_equal, made
from xmixed.interpreter.session import Session

pysail = pytest.importorskip("pysail.spark")
pytest.importorskip("pyspark")
pytest.importorskip("ibis")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Session]]:
    """One with the rows in memory, one with the server's."""
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        main.__file__ = ""  # pyspark takes a process without one, as those of xdist, for doctests of its own
    path: Path = made(tmp_path_factory.mktemp("spark"))
    server = pysail.SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    in_memory, far = Session(), Session()
    in_memory.run(f'use "{path}"')
    far.run(f'use "spark://{host}:{port}/{path}"')
    yield in_memory, far
    server.stop()


@pytest.mark.parametrize("command", [*MODELS, *REGRESSIONS])
def test_spark(sessions: tuple[Session, Session], command: str) -> None:
    in_memory, far = sessions
    shown = [session.run(command) for session in (in_memory, far)]
    assert_equal(far, in_memory)
    assert shown[0] == shown[1]


def test_what_comes_after_the_fit(sessions: tuple[Session, Session]) -> None:
    commands = """
    xtmixed y x2 i.arm if sex == 1 || region: || id: x2, nolog
    count if e(sample)
    predict double f, fitted
    predict double u*, reffects reses(s*)
    summarize f u* s?
    margins arm, dydx(x2)
    margins, over(sex)
    tabulate arm [aw=w]
    xtmixed y x2 || name:, nolog
    predict double g, fitted
    summarize g
    """
    for command in filter(None, map(str.strip, commands.splitlines())):
        inside, outside = (session.run(command) for session in sessions)
        assert inside == outside, command
