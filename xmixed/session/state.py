"""The state between commands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.language.lines import LogicalLine
from xmixed.session.adopath import AdoPath
from xmixed.session.frames import Frame
from xmixed.session.graphs import GraphMemory
from xmixed.session.memory import Memory
from xmixed.session.output import Output, Progress, Transcript
from xmixed.session.programs import Program
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.settings import Settings

if TYPE_CHECKING:
    from xmixed.data.groups import Groups
    from xmixed.output.document import Document
    from xmixed.session.data_snapshots import DataSnapshot
    from xmixed.session.log import LogFile
    from xmixed.session.open_files import OpenFile, PostFile, Workbook
    from xmixed.session.tested import Tested
    from xmixed.session.timers import Timer

MAXIMUM_DEPTH = 64
"""How deep do-files, programs and loops may be nested; Stata's limit."""

Body = Callable[[], None]
"""Runs the block behind a command, once each time it is called."""


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
        self.held: dict[str, Estimates] = {}  # set aside by `_estimates hold`
        self.growing_tables: dict[str, tuple[Estimates, ...]] = {}  # models of outreg2's tables, by file
        self.scalars: dict[str, float | str] = {}
        self.matrices: dict[str, Matrix] = {}
        self.global_macros: dict[str, str] = {}
        self.frames = [Frame("session")]  # innermost do-file or program last
        self.programs: dict[str, Program] = {}
        self.verbatim: tuple[LogicalLine, ...] | None = None  # lines up to `end` behind the command that runs
        self.transcript: Transcript | None = None  # where those lines are shown as they run
        self.mata: object = None  # what Mata remembers (`xmixed.mata.memory`), once it has run
        self.likelihood: object = None  # that `ml model` has defined (`xmixed.estimation.programmed.problem`)
        self.ado_path = AdoPath()
        self.open_files: dict[str, OpenFile] = {}
        self.post_files: dict[str, PostFile] = {}
        self.workbook: Workbook | None = None  # that `putexcel set` has named
        self.document: Document | None = None  # that `putdocx` collects
        self.constraints: dict[int, str] = {}
        self.ask: Callable[[str], str] | None = None  # shows a text and reads a line at the prompt
        self.timers: dict[int, Timer] = {}
        self.temporary_names = 0  # how many `tempvar` and `tempname` have given out
        self.temporary_files = 0
        self.settings = Settings()
        self.graphs = GraphMemory()
        self.out = Output(self.settings)
        self.memory = Memory()
        self.tested: Tested | None = None
        self.rc = 0  # `_rc`: return code of the last `capture`
        self.advisers: list[Callable[[StataError], object]] = []  # told of each error that is shown
        self.snapshots: dict[int, DataSnapshot] = {}
        self.captured = False  # under `capture`: error messages are not printed either
        self.logs: dict[str, LogFile] = {}  # by name
        self.cmdlog: LogFile | None = None
        self.depth = 0  # how many do-files, programs and loops are running
        self.groups: Groups | None = None  # of the `by` that is running
        self.rows_before = 0  # observations before those of the by-group that is at hand
        self.progress: Progress | None = None  # of long commands, where a terminal can show it
        self.flushed = 0.0  # when `flush` was called last, by time.monotonic

    @property
    def frame(self) -> Frame:
        """The innermost do-file or program."""
        return self.frames[-1]

    @property
    def locals(self) -> dict[str, str]:
        """Local macros of the innermost do-file or program."""
        return self.frames[-1].macros

    def program_named(self, word: str) -> Program | None:
        """Return the program that a command's name means: of the ado-file that runs, or in memory."""
        running = self.frame.program
        if running is not None and word in running.local_programs:
            return running.local_programs[word]
        return self.programs.get(word)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count a do-file, program or loop that runs inside others.

        Raises
        ------
        StataError
            r(1000) where there are too many.
        """
        if self.depth >= MAXIMUM_DEPTH:
            raise StataError(1000, "system limit exceeded - see manual")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    def detach_log(self, log: LogFile) -> None:
        """Close a log file; output no longer goes there."""
        if log.write in self.out.sinks:  # not yet, when an interrupt came while it was opened
            self.out.sinks.remove(log.write)
        log.close()
        self.logs.pop(log.name, None)

    @abstractmethod
    def expand(self, text: str) -> str:
        """Return a text with its macros expanded; raises StataError."""

    @abstractmethod
    def execute(self, text: str, body: Body | None = None) -> None:
        """Run one command line (already macro-expanded) as prefix commands do; raises StataError.

        `body` runs the block in braces behind it.
        """

    @abstractmethod
    def prepare(self, text: str) -> Any:
        """Find and read a command, for `perform`; raises StataError."""

    @abstractmethod
    def perform(self, prepared: Any, body: Body | None = None) -> None:
        """Run a prepared command; raises StataError."""

    @abstractmethod
    def define(self, head: str, lines: tuple[LogicalLine, ...]) -> None:
        """Run a command that takes lines up to `end` (`program define`, `mata`); raises StataError."""

    @abstractmethod
    def include_file(self, path: str) -> None:
        """Run a do-file in the frame of its caller; raises StataError."""

    @abstractmethod
    def flush(self) -> None:
        """Hand on what was printed: to the log file and the console."""

    @abstractmethod
    def run_file(
        self, path: str, arguments: list[str], echo: bool, typed: str | None = None, goes_on: bool = False
    ) -> None:
        """Run a do-file with `do` (echo) or `run` semantics; raises StataError."""
