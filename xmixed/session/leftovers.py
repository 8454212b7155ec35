"""Temporary files that a session left behind when it was killed."""

from __future__ import annotations

import os
import re
import stat
import tempfile

_NAME = re.compile(r"St(\d{5,})\.\d{6}")


def temporary_path(number: int) -> str:
    """Return the path of a session's temporary file: its process and number are in the name."""
    return os.path.join(tempfile.gettempdir(), f"St{os.getpid():05d}.{number:06d}")


def sweep() -> None:
    """Remove the temporary files of sessions whose process is gone; only files of this user's."""
    if os.name == "nt":
        return
    try:
        found = list(os.scandir(tempfile.gettempdir()))
    except OSError:
        return
    for entry in found:
        name = _NAME.fullmatch(entry.name)
        if name is not None and not _is_running(int(name[1])):
            _remove(entry)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or no process number at all
        return True
    return True


def _remove(entry: os.DirEntry[str]) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
            os.unlink(entry.path)
    except OSError:
        pass
