"""The log file of a session: a transcript of commands and output as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from xmixed.output import Line, without_control


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
    failure : str
        Why it can no longer be written; "" while it can.
    """

    path: str
    stream: TextIO
    on: bool = True
    opened: str = ""
    name: str = "<unnamed>"
    failure: str = ""

    def write(self, line: Line) -> None:
        """Take a line of output (a sink)."""
        if self.on and not self.failure:
            with self._noting():
                self.stream.write(without_control(line.text) + "\n")

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
