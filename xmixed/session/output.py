"""Where commands write: styled lines to the console, plain text to logs, nothing under `quietly`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from xmixed.errors import StataError
from xmixed.output import Line, Styled, broken, line
from xmixed.session.settings import Settings

Sink = Callable[[Line], None]


class Progress(Protocol):
    """Where a person sees how far a long command is."""

    def show(self, done: int, count: int) -> None:
        """Say how many of the steps are done."""
        ...

    def clear(self) -> None:
        """Take away what was said; output follows."""
        ...


class Transcript(Protocol):
    """Where the lines of a block are shown that runs as it is read."""

    def echo(self, physical: Sequence[str], prompt: str) -> None:
        """Show physical lines behind a prompt."""
        ...

    def blank(self) -> None:
        """Show the blank line that follows the output of a statement."""
        ...

    def failed(self, error: StataError, skipped: int) -> None:
        """Show an error, and how many lines it leaves."""
        ...


class Output:
    """The stream of output lines of a session.

    Sinks (console, log file, capture buffer) receive each line. `quietly` raises the quiet depth;
    `noisily` inside it lowers it again. Error messages pass unless they are captured. A line longer than
    the line size goes on in the next one.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sinks: list[Sink] = []
        self.quiet = False
        self.pending: tuple[Styled, ...] = ()  # begun by `display ..., _continue`

    def hold(self, *runs: Styled) -> None:
        """Begin a line that the next output continues."""
        if not self.quiet:
            self.pending += runs

    def end_line(self) -> None:
        """Write a line that is still open; before an echoed command it ends by itself."""
        if self.pending:
            self._emit([line()])

    def write(self, *lines: str | Line) -> None:
        """Write lines (a plain string may hold newlines; each part is a line)."""
        if not self.quiet:
            self._emit(lines)

    def write_always(self, *lines: str | Line) -> None:
        """Write lines even under `quietly` (error messages, `noisily`)."""
        self._emit(lines)

    def _emit(self, lines: Iterable[str | Line]) -> None:
        for item in lines:
            parts = [item] if isinstance(item, Line) else [line(part) for part in item.split("\n")]
            for part in parts:
                self._emit_line(part)

    def _emit_line(self, part: Line) -> None:
        before, self.pending = self.pending, ()
        echoed = bool(part) and part[0].style == "input"
        lines = [Line(before), part] if before and echoed else [Line(before + tuple(part))]
        for item in lines:
            for shown in broken(item, self.settings.linesize):
                for sink in list(self.sinks):
                    sink(shown)
