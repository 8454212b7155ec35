"""Running lines in a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import xmixed
from xmixed.interpreter.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a fresh session in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Session()


@pytest.fixture
def run(session: Session) -> Callable[[str], str]:
    """Return a function that runs lines and returns what they print."""
    return session.run


@pytest.fixture
def failure(session: Session) -> Callable[[str], tuple[int, str]]:
    """Return a function that runs lines of which one fails, and returns its code and message."""

    def run(text: str) -> tuple[int, str]:
        with pytest.raises(xmixed.StataError) as caught:
            session.run(text)
        return caught.value.code, caught.value.message

    return run
