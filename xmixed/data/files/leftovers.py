"""Temporary files and folders of a session, and those that it left behind when it was killed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile

_NAME = re.compile(r"St(\d{5,})\.(?:\d{6}|duckdb)")


def temporary_path(number: int) -> str:
    """Return the path of a session's temporary file: its process and number are in the name."""
    return os.path.join(tempfile.gettempdir(), f"St{os.getpid():05d}.{number:06d}")


def spill_folder() -> str:
    """Return the path of the folder for what queries of this session cannot hold in memory."""
    return os.path.join(tempfile.gettempdir(), f"St{os.getpid():05d}.duckdb")


def sweep() -> None:
    """Remove the temporary files and folders of sessions whose process is gone; only files of this user's."""
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
        if status.st_uid != os.getuid():
            return
        if stat.S_ISREG(status.st_mode):
            os.unlink(entry.path)
        elif stat.S_ISDIR(status.st_mode):
            shutil.rmtree(entry.path, ignore_errors=True)
    except OSError:
        pass
