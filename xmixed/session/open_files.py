"""What programs write to over several commands: text files and files of results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO


@dataclass(slots=True, eq=False)
class TextFile:
    """A file of `file open`: a stream that keeps line ends, and the column of the next character."""

    path: str
    stream: IO[str]
    mode: str
    column: int = 0


@dataclass(slots=True, eq=False)
class PostFile:
    """A file of `postfile`: the names and types of its variables, and the values posted so far."""

    path: str
    names: list[str]
    types: list[str]
    rows: list[list[float | str]] = field(default_factory=list)
