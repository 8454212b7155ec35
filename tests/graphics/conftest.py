"""A session with data to draw, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from xmixed.graphics.model import Graph
from xmixed.interpreter.session import Session

SETUP = """
sysuse orthodont
generate sub2 = subject
xtset subject age
"""


class Drawing(Session):
    """A session that hands out the graph a command made."""

    def draw(self, text: str) -> Graph:
        """Run a command and return the current graph."""
        self.said = self.run(text)
        return self.graphs.graphs[self.graphs.current]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawing]:
    monkeypatch.chdir(tmp_path)
    made = Drawing()
    made.run(SETUP)
    yield made
