"""The whole content of a file that a command names, read so that half a file is noticed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from xmixed.data.files.dta.source import open_source
from xmixed.data.files.memory import require_memory
from xmixed.errors import StataError

_URL = re.compile(r"[a-z][a-z0-9+]+://", re.IGNORECASE)


def with_extension(name: str, extension: str) -> str:
    """Return a file name with an extension (`.csv`) where its last part has none."""
    last = re.split(r"[/\\]", name)[-1]
    return name if "." in last or not last else name + extension


def is_address(name: str) -> bool:
    """Return whether a name is that of a file on the network."""
    return _URL.match(name) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What stood in a file when it was read, and the file as the user named it."""

    raw: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """A file that is there and can be opened.

    Attributes
    ----------
    path : Path
    stamp : tuple of int
        Size and time of the last change when it was found.
    name : str
        The file as the user named it.
    """

    path: Path
    stamp: tuple[int, int]
    name: str

    def check(self) -> None:
        """Fail with r(691) when the file is no longer as it was found."""
        if _stamp(os.stat(self.path)) != self.stamp:
            raise StataError(691, "I/O error", hint=f"file {self.name} changed while it was read")

    def read(self) -> Content:
        """Return what stands in it; r(691) when it changed since it was found."""
        with open_source(self.path, self.name) as source:
            raw = source.handle.read()
        self.check()
        return Content(raw, self.name)


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def file_on_disk(name: str, copies: float = 1.0) -> FileOnDisk:
    """Return the file of a name.

    Parameters
    ----------
    copies : float
        How many times its size the work on it needs; refused where that does not fit.

    Raises
    ------
    StataError
        r(601) not found, r(603) cannot be opened, r(909) too large.
    """
    path = Path(os.path.expanduser(name))
    with open_source(path, name) as source:
        stamp = _stamp(os.fstat(source.handle.fileno()))
    require_memory(stamp[0] * copies)
    return FileOnDisk(path, stamp, name)


def read_content(name: str, copies: float = 1.0) -> Content:
    """Return what stands in a file or at an address.

    Raises
    ------
    StataError
        As `file_on_disk`, and r(691) it changed while it was read; for addresses those of `network.fetch`.
    """
    if is_address(name):
        from xmixed.data.files.network import fetch

        return Content(fetch(name), name)
    return file_on_disk(name, copies).read()
