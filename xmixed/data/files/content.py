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
    """What stood in a file when it was read.

    Attributes
    ----------
    raw : bytes
    path : Path or None
        None for what came over the network.
    stamp : tuple of int
        Size and time of the last change of the file then.
    name : str
        The file as the user named it.
    """

    raw: bytes
    path: Path | None = None
    stamp: tuple[int, int] = (0, 0)
    name: str = ""

    def check(self) -> None:
        """Fail with r(691) when the file is no longer as it was read."""
        if self.path is not None and _stamp(os.stat(self.path)) != self.stamp:
            raise StataError(691, "I/O error", hint=f"file {self.name} changed while it was read")


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def read_content(name: str, copies: float = 1.0) -> Content:
    """Return what stands in a file or at an address.

    Parameters
    ----------
    copies : float
        How many times its size the work on it needs; refused where that does not fit.

    Raises
    ------
    StataError
        r(601) not found, r(603) cannot be opened, r(691) it changed while it was read, r(909) too large;
        for addresses those of `network.fetch`.
    """
    if is_address(name):
        from xmixed.data.files.network import fetch

        return Content(fetch(name), name=name)
    path = Path(os.path.expanduser(name))
    with open_source(path, name) as source:
        stamp = _stamp(os.fstat(source.handle.fileno()))
        require_memory(stamp[0] * copies)
        content = Content(source.handle.read(), path, stamp, name)
    content.check()
    return content
