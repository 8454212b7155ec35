"""Text files: opened, read and written line by line; whole files as columns of lines."""

from __future__ import annotations

import os
from typing import IO, Any

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import VOID_STRING, Value, count, strings, text, whole

MODES = {"r": "r", "w": "x", "a": "a", "rw": "r+"}
"""What Mata's modes are to Python: `w` does not overwrite."""


def _open(memory: Any, name: str, mode: str) -> float:
    """Return the handle of a file that is opened; negative where it fails: the file is there, or is not."""
    if mode not in MODES:
        raise MataError(3603, "invalid file mode")
    files: dict[int, IO[str]] = memory.files
    try:
        stream = open(name, MODES[mode], encoding="utf-8", errors="surrogateescape", newline="")
    except FileExistsError:
        return -602.0
    except OSError:
        return -603.0 if mode in ("w", "a") else -601.0
    handle = next(number for number in range(50) if number not in files) if len(files) < 50 else -1
    if handle < 0:
        stream.close()
        raise MataError(3611, "too many open files")
    files[handle] = stream
    return float(handle)


@builtin("fopen", 2, placed=True)
def fopen(memory: Any, name: Value, mode: Value) -> Value:
    handle = _open(memory, text(name), text(mode))
    if handle < 0:
        words = {-601: "not found", -602: "already exists", -603: "could not be opened"}[int(handle)]
        raise MataError(int(-handle), f"file {text(name)} {words}")
    return handle


@builtin("_fopen", 2, placed=True)
def try_fopen(memory: Any, name: Value, mode: Value) -> Value:
    return _open(memory, text(name), text(mode))


def _stream(memory: Any, handle: Value) -> IO[str]:
    found = memory.files.get(whole(handle))
    if found is None:
        raise MataError(3601, "invalid file handle")
    return found


@builtin("fclose", 1, placed=True)
def fclose(memory: Any, handle: Value) -> Value:
    _stream(memory, handle).close()
    del memory.files[whole(handle)]
    return None


def _line(memory: Any, handle: Value) -> str | None:
    stream = _stream(memory, handle)
    if not stream.readable():
        raise MataError(3622, "attempt to read write-only file")
    return stream.readline() or None


@builtin("fget", 1, placed=True)
def fget(memory: Any, handle: Value) -> Value:
    """The next line without its end; J(0,0,"") after the last."""
    found = _line(memory, handle)
    return VOID_STRING if found is None else found.rstrip("\r\n")


@builtin("fgetnl", 1, placed=True)
def fgetnl(memory: Any, handle: Value) -> Value:
    found = _line(memory, handle)
    return VOID_STRING if found is None else found


def _write(memory: Any, handle: Value, line: str) -> None:
    stream = _stream(memory, handle)
    if not stream.writable():
        raise MataError(3621, "attempt to write read-only file")
    stream.write(line)


@builtin("fput", 2, placed=True)
def fput(memory: Any, handle: Value, line: Value) -> Value:
    """Write a line with its end."""
    _write(memory, handle, text(line) + "\n")
    return None


@builtin("fwrite", 2, placed=True)
def fwrite(memory: Any, handle: Value, line: Value) -> Value:
    _write(memory, handle, text(line))
    return None


@builtin("cat", 1, 3)
def cat(name: Value, first: Value = 1.0, last: Value = 2.0**31) -> Value:
    """The lines of a file as a column."""
    try:
        with open(text(name), encoding="utf-8", errors="replace") as stream:
            lines = stream.read().split("\n")
    except OSError:
        raise MataError(601, f"file {text(name)} not found") from None
    if lines and not lines[-1]:
        lines.pop()
    wanted = lines[max(0, count(first) - 1) : count(last)]
    return strings(wanted, (len(wanted), 1))


@builtin("fileexists", 1)
def fileexists(name: Value) -> Value:
    return float(os.path.isfile(text(name)))


@builtin("direxists", 1)
def direxists(name: Value) -> Value:
    return float(os.path.isdir(text(name)))


@builtin("unlink", 1)
def unlink(name: Value) -> Value:
    """Remove a file; nothing happens where there is none."""
    try:
        os.unlink(text(name))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise MataError(693, f"file {text(name)} could not be removed") from error
    return None


@builtin("pwd", 0)
def pwd() -> Value:
    return os.getcwd()
