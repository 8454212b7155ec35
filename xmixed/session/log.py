"""The log files of a session: transcripts of commands and output, as plain text or as SMCL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TextIO

from xmixed.output import Line, without_control
from xmixed.output.markup import MarkupWriter

UNNAMED = "<unnamed>"

LogType = Literal["text", "smcl"]


@dataclass(slots=True, eq=False)
class LogFile:
    """An open log.

    Attributes
    ----------
    path : str
        Absolute path.
    stream : text stream
    on : bool
        False between `log off` and `log on`.
    opened : str
        When it was opened, `13 Aug 2025, 13:41:28`.
    name : str
        `<unnamed>` unless `name()` was given.
    type : LogType
    failure : str
        Why it can no longer be written; "" while it can.
    """

    path: str
    stream: TextIO
    on: bool = True
    opened: str = ""
    name: str = UNNAMED
    type: LogType = "text"
    failure: str = ""
    _markup: MarkupWriter = field(default_factory=MarkupWriter)

    @property
    def status(self) -> str:
        return "on" if self.on else "off"

    def write(self, line: Line) -> None:
        """Take a line of output (a sink)."""
        marked = self.type == "smcl"
        self.put(self._markup.text_of(line) if marked else without_control(line.text))

    def put(self, text: str) -> None:
        """Write a line as it stands."""
        if self.on and not self.failure:
            with self._noting():
                self.stream.write(text + "\n")

    def flush(self) -> None:
        """Hand on what was written; why that fails is noted in `failure`."""
        if not self.failure:
            with self._noting():
                self.stream.flush()

    def close(self) -> None:
        with self._noting():
            self.stream.close()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = error.strerror or str(error)
