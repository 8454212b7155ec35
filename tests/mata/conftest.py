"""Sessions in which Mata runs, and what an expression gives there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.mata.memory import memory_of
from xmixed.mata.values import Value, Viewed

Give = Callable[[str], Value]


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def give(session: Session) -> Give:
    """Return a function that gives what an expression of Mata's is: a float, a str, lists of rows."""

    def run(expression: str) -> Value:
        session.run(f"mata: __found = {expression}")
        found = memory_of(session).variables["__found"]
        if isinstance(found, Viewed):
            found = found.array()
        return found.tolist() if isinstance(found, np.ndarray) else found

    return run


@pytest.fixture
def told(session: Session) -> Callable[[str], tuple[int, list[str]]]:
    """Return a function that runs what must fail: its code, and the lines shown, not indented."""

    def run(text: str) -> tuple[int, list[str]]:
        with pytest.raises(StataError) as caught:
            session.run(text)
        return caught.value.code, [line.strip() for line in caught.value.message.splitlines()]

    return run
