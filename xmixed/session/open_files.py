"""What programs write to over several commands: files of text and bytes, and files of results."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import IO, Literal

LONGEST_LINE = 1_081_511
"""Bytes of a line that is read at once: the longest macro."""

ByteOrder = Literal["<", ">"]
NATIVE: ByteOrder = "<" if sys.byteorder == "little" else ">"


@dataclass(slots=True, eq=False)
class OpenFile:
    """A file of `file open`: a stream of bytes, also for text, and the column of the next character.

    Attributes
    ----------
    path : str
    stream : binary stream
    reads, writes, binary : bool
    column : int
        Characters written since the last line end.
    order : ByteOrder
        Of numbers in binary files.
    """

    path: str
    stream: IO[bytes]
    reads: bool
    writes: bool
    binary: bool = False
    column: int = 0
    order: ByteOrder = NATIVE

    @property
    def mode(self) -> str:
        return "r" * self.reads + "w" * self.writes + "b" * self.binary

    def write(self, content: bytes) -> None:
        """Write where the file stands, also after something was read."""
        if self.reads:
            self.stream.seek(self.stream.tell())
        self.stream.write(content)

    def read(self, count: int) -> bytes:
        """Read so many bytes, fewer at the end, also after something was written."""
        self._before_reading()
        return self.stream.read(count)

    def read_line(self) -> tuple[str, str]:
        """Return a line and its end, of whichever system; both are empty at the end of the file."""
        self._before_reading()
        start = self.stream.tell() if self.stream.seekable() else 0
        line = self.stream.readline(LONGEST_LINE)
        at = line.find(b"\r")
        if 0 <= at and line[at : at + 2] != b"\r\n" and at + 1 < len(line):
            self.stream.seek(start + at + 1)
            line = line[: at + 1]
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        return text.decode("utf-8", "surrogateescape"), line[len(text) :].decode()

    def _before_reading(self) -> None:
        if self.writes:
            self.stream.flush()


@dataclass(slots=True, eq=False)
class PostFile:
    """A file of `postfile`: the names and types of its variables, and the values posted so far."""

    path: str
    names: list[str]
    types: list[str]
    rows: list[list[float | str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The workbook and sheet that `putexcel` writes into; how the next writing takes what is there.

    Attributes
    ----------
    path, sheet : str
    fresh : bool
        The next writing makes the workbook anew.
    how : str
        What the next writing does to a sheet that is there: "modify" or "replace".
    """

    path: str
    sheet: str
    fresh: bool
    how: str = "modify"
