"""The log file of a session: a transcript of commands and output as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from xmixed.output import Line


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
    """

    path: str
    stream: TextIO
    on: bool = True
    opened: str = ""
    name: str = "<unnamed>"

    def write(self, line: Line) -> None:
        """Take a line of output (a sink)."""
        if self.on:
            self.stream.write(line.text.rstrip("\n") + "\n")

    def flush(self) -> None:
        self.stream.flush()

    def close(self) -> None:
        self.stream.close()
