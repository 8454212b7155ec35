"""The state between commands."""

from __future__ import annotations

from abc import ABC, abstractmethod

from xmixed.data.dataset import Dataset
from xmixed.session.graphs import GraphMemory
from xmixed.session.log import LogFile
from xmixed.session.memory import Memory
from xmixed.session.output import Output
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.settings import Settings
from xmixed.session.tested import Tested


class SessionState(ABC):
    """What a command handler receives as `session`: everything that outlives one command.

    Handlers validate first and commit last: a command that raises leaves the state as it found it.
    """

    def __init__(self) -> None:
        self.data = Dataset()
        self.r = Results()
        self.e = Estimates()
        self.s = Results()
        self.stored: dict[str, Estimates] = {}
        self.scalars: dict[str, float | str] = {}
        self.matrices: dict[str, Matrix] = {}
        self.global_macros: dict[str, str] = {}
        self.local_macros: list[dict[str, str]] = [{}]  # innermost do-file or program last
        self.settings = Settings()
        self.graphs = GraphMemory()
        self.out = Output()
        self.memory = Memory()
        self.tested: Tested | None = None
        self.rc = 0  # `_rc`: return code of the last `capture`
        self.captured = False  # under `capture`: error messages are not printed either
        self.log: LogFile | None = None
        self.depth = 0  # how many do-files are running

    @property
    def locals(self) -> dict[str, str]:
        """Local macros of the innermost do-file or program."""
        return self.local_macros[-1]

    @abstractmethod
    def execute(self, text: str) -> None:
        """Run one command line (already macro-expanded) as prefix commands do; raises StataError."""

    @abstractmethod
    def flush(self) -> None:
        """Hand on what was printed: to the log file and the console."""

    @abstractmethod
    def run_file(self, path: str, arguments: list[str], echo: bool, typed: str | None = None) -> None:
        """Run a do-file with `do` (echo) or `run` semantics; raises StataError."""
