"""What is in a folder."""

from __future__ import annotations

import glob
import os
import stat
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder as a listing shows it.

    Attributes
    ----------
    mode : str
        `-rw-r--r--`.
    links, blocks, size : int
        Names of the file, units of 512 bytes that it takes, bytes.
    owner, group : str
    changed : float
        Seconds since 1970.
    name : str
    """

    mode: str
    links: int
    blocks: int
    size: int
    owner: str
    group: str
    changed: float
    name: str


def list_folder(pattern: str) -> list[Entry]:
    """Return what fits a pattern, sorted by name: of a folder what is in it; "" the current one."""
    path = os.path.expanduser(pattern)
    if not path or os.path.isdir(path):
        folder, names = path, _names(path or ".")
    elif os.path.exists(path):
        folder, names = "", [path]
    else:
        folder, names = "", sorted(glob.glob(path))
    return [
        _entry(os.path.join(folder, name), name)
        for name in names
        if os.path.lexists(os.path.join(folder, name))
    ]


def _names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []


def _entry(path: str, name: str) -> Entry:
    status = os.lstat(path)
    return Entry(
        stat.filemode(status.st_mode),
        status.st_nlink,
        getattr(status, "st_blocks", 0),
        status.st_size,
        _name_of(status.st_uid, "pwd"),
        _name_of(status.st_gid, "grp"),
        status.st_mtime,
        name,
    )


def _name_of(number: int, table: str) -> str:
    """Return the name of a user or group, its number where the system has no such table."""
    try:
        if table == "pwd":
            import pwd

            return pwd.getpwuid(number).pw_name
        import grp

        return grp.getgrgid(number).gr_name
    except (ImportError, KeyError):
        return str(number)
