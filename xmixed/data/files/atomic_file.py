"""Writing a file in one step: readers see the old file or the new one, never a part."""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from xmixed.errors import StataError

ABANDONED = 86_400.0
"""Seconds after which a temporary file belongs to no `save` that still runs."""


@contextmanager
def replace_file(path: str | os.PathLike[str], replace: bool) -> Iterator[BinaryIO]:
    """Yield a stream whose content takes the place of `path` when the block ends without an error.

    The content goes to a temporary file in the same folder, reaches the disk, and is then renamed. A symbolic
    link is followed; an existing file's permissions are kept.

    Raises
    ------
    StataError
        r(602) the file exists and `replace` is false; r(603) no such folder, or not a regular file; r(608)
        read-only file or folder; r(693) an I/O error, such as a full disk.
    """
    name = os.fspath(path)
    target = _target(name)
    mode = _existing_mode(name, target, replace)
    temporary, descriptor = _create(name, target)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        raise StataError(693, "I/O error", hint=f"{name}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    _sync_folder(os.path.dirname(target))


def _target(name: str) -> str:
    """Return the file that a name stands for, symbolic links followed."""
    try:
        return os.path.realpath(os.path.expanduser(name))
    except (OSError, ValueError) as error:  # ValueError: a NUL character
        raise StataError(603, f"file {name} could not be opened", hint=_reason(error)) from None


def _reason(error: OSError | ValueError) -> str:
    """Return why a file cannot be opened, without the name of the temporary file; "" for a missing folder."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return ""
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _existing_mode(name: str, target: str, replace: bool) -> int | None:
    """Return the permissions of the file to be replaced; None when there is none."""
    try:
        status = os.stat(target)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise StataError(603, f"file {name} could not be opened", hint=_reason(error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise StataError(603, f"file {name} could not be opened", hint="not a regular file")
    if not replace:
        raise StataError(602, f"file {name} already exists")
    if not os.access(target, os.W_OK):
        raise _read_only(name)
    return stat.S_IMODE(status.st_mode)


def _read_only(name: str) -> StataError:
    return StataError(
        608,
        f"file {name} cannot be modified or erased; likely cause is read-only directory or file",
    )


def _create(name: str, target: str) -> tuple[str, int]:
    """Create the temporary file next to the target; return its path and descriptor."""
    folder = os.path.dirname(target)
    _sweep(folder)
    temporary = os.path.join(folder, f".xmixed-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return temporary, os.open(temporary, flags, 0o666)
    except PermissionError:
        raise _read_only(name) from None
    except (OSError, ValueError) as error:
        raise StataError(603, f"file {name} could not be opened", hint=_reason(error)) from None


def _sweep(folder: str) -> None:
    """Remove what a killed `save` left in a folder more than a day ago."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(".xmixed-") and entry.name.endswith(".tmp"):
                with suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > ABANDONED:
                        os.unlink(entry.path)


def _sync_folder(folder: str) -> None:
    # the rename itself reaches the disk; not every system lets a folder be opened
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
