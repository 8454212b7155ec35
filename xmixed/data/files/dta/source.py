"""Bytes of a .dta file, read with every length checked first, and the errors of files that are not sound."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np

from xmixed.errors import StataError


def not_stata_format(name: str, offset: int, why: str) -> StataError:
    """Return the r(610) error of a file that is no .dta file of a known release."""
    return StataError(610, f"file {name} not Stata format", hint=f"{why} (at byte {offset})")


def corrupt(offset: int, why: str) -> StataError:
    """Return the r(688) error of a .dta file that contradicts itself."""
    return StataError(688, "file is corrupt", hint=f"{why} (at byte {offset})")


def end_of_file(offset: int, why: str) -> StataError:
    """Return the r(612) error of a .dta file that is shorter than it says."""
    return StataError(612, "unexpected end of file", hint=f"{why} (at byte {offset})")


def not_found(name: str) -> StataError:
    """Return the r(601) error of a file that does not exist."""
    return StataError(601, f"file {name} not found")


def could_not_be_opened(name: str, why: str) -> StataError:
    """Return the r(603) error of a file that exists and cannot be read or written."""
    return StataError(603, f"file {name} could not be opened", hint=why)


class ByteSource:
    """A sound reader over a seekable binary stream: nothing is allocated that the file cannot fill."""

    def __init__(self, handle: BinaryIO, size: int, name: str) -> None:
        self.handle = handle
        self.size = size
        self.name = name
        self.position = 0

    def require(self, count: int, what: str) -> None:
        """Raise r(612) unless `count` more bytes follow."""
        if count < 0 or self.position + count > self.size:
            left = self.size - self.position
            raise end_of_file(self.position, f"{what} needs {count} bytes, {left} are left")

    def take(self, count: int, what: str) -> bytes:
        """Return the next `count` bytes; r(612) when the file ends before."""
        self.require(count, what)
        raw = self.handle.read(count)
        if len(raw) != count:
            raise end_of_file(self.position + len(raw), f"{what} ends early")
        self.position += count
        return raw

    def fill(self, buffer: memoryview, what: str) -> None:
        """Fill a buffer with the next bytes; r(612) when the file ends before."""
        self.require(len(buffer), what)
        done = 0
        while done < len(buffer):
            count = self.handle.readinto(buffer[done:])  # type: ignore[attr-defined]
            if not count:
                raise end_of_file(self.position + done, f"{what} ends early")
            done += count
        self.position += len(buffer)

    def skip(self, count: int, what: str) -> None:
        """Move past `count` bytes; r(612) when there are fewer."""
        self.require(count, what)
        self.position += count
        self.handle.seek(self.position)

    def expect(self, tag: str) -> None:
        """Move past a tag; r(688) when something else stands there."""
        at = self.position
        if self.take(len(tag), tag) != tag.encode():
            raise corrupt(at, f"{tag} expected")

    def integers(self, count: int, code: str, what: str) -> np.ndarray:
        """Return the next `count` integers of a numpy type code."""
        dtype = np.dtype(code)
        return np.frombuffer(self.take(count * dtype.itemsize, what), dtype=dtype)

    def integer(self, code: str, what: str) -> int:
        """Return the next integer of a numpy type code."""
        return int(self.integers(1, code, what)[0])


@contextmanager
def open_source(source: str | os.PathLike[str] | bytes, name: str) -> Iterator[ByteSource]:
    """Open a path or bytes for reading.

    Raises
    ------
    StataError
        r(601) no such file; r(603) a folder, pipe, device, or a file without permission; r(691) an I/O error.
    """
    if isinstance(source, bytes):
        yield ByteSource(io.BytesIO(source), len(source), name)
        return
    descriptor = _open_regular_file(source, name)
    try:
        with os.fdopen(descriptor, "rb") as handle:
            yield ByteSource(handle, os.fstat(descriptor).st_size, name)
    except OSError as error:
        raise StataError(691, "I/O error", hint=f"{name}: {error.strerror}") from error


def _open_regular_file(path: str | os.PathLike[str], name: str) -> int:
    # O_NONBLOCK: a pipe without a writer would block here for ever
    flags = os.O_RDONLY
    for name_of_flag in ("O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name_of_flag, 0)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        raise not_found(name) from None
    except ValueError:  # a NUL character in the path
        raise not_found(name) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise not_found(name) from None
        raise could_not_be_opened(name, error.strerror or "") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise could_not_be_opened(name, "not a regular file")
    return descriptor
