"""What a text file holds, looked at in blocks of whole lines that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

import numpy as np

from xmixed.data.files.delimited.options import Reading

_BLOCK = 1 << 18


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what follows in a stream, whole lines at a time."""
    begun: list[bytes] = []
    while block := stream.read(_BLOCK):
        end = block.rfind(b"\n") + 1
        if not end:
            begun.append(block)
            continue
        yield b"".join((*begun, block[:end]))
        begun = [block[end:]]
    if rest := b"".join(begun):
        yield rest


def is_regular_file(path: Path, separator: str, reading: Reading) -> bool:
    """Return whether a file is plain UTF-8, with quotes around whole cells of one line only."""
    with open(path, "rb", buffering=0) as stream:
        if _is_plain(stream):
            return True
        stream.seek(0)
        return all(_is_regular(block, separator, reading) for block in blocks(stream))


def _is_plain(stream: RawIOBase) -> bool:
    """Return whether there are ASCII characters only, no quotes among them; most files are so."""
    room = bytearray(_BLOCK)
    while count := stream.readinto(room):
        block = room if count == len(room) else room[:count]
        if not block.isascii() or any(mark in block for mark in (b'"', b"\r", b"\0")):
            return False
    return True


def _is_regular(block: bytes, separator: str, reading: Reading) -> bool:
    if b"\0" in block or b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return b'"' not in block or reading.strip != "no" and has_regular_quotes(block, separator)


def has_regular_quotes(content: bytes, separator: str) -> bool:
    """Return whether double quotes stand around whole cells only, and none spans lines.

    Parameters
    ----------
    content : bytes
        UTF-8.
    """
    if b'"' not in content:
        return True
    return not len(irregular_lines(content, separator))


def irregular_lines(content: bytes, separator: str) -> np.ndarray:
    """Return the numbers, from 0, of the lines whose quotes do not stand around whole cells; ascending.

    A quote that is doubled within quotes stands for itself.
    """
    cells = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(cells == ord('"'))
    line = np.searchsorted(np.flatnonzero(cells == ord("\n")), quotes)
    is_first = np.diff(line, prepend=-1) > 0
    firsts = np.flatnonzero(is_first)
    opens = (np.arange(len(quotes)) - firsts[np.cumsum(is_first) - 1]) % 2 == 0
    edges = np.zeros(256, dtype=bool)
    edges[[ord(separator), ord("\n"), ord("\r"), ord('"')]] = True
    beside = np.where(opens, quotes - 1, quotes + 1)
    outside = (beside < 0) | (beside >= len(cells))
    wrong = ~(outside | edges[cells[np.where(outside, 0, beside)]])
    is_last = np.append(is_first[1:], True)[: len(quotes)]
    wrong |= is_last & opens  # a quote that is never closed
    return np.unique(line[wrong])


def has_empty_lines(stream: BinaryIO) -> bool:
    """Return whether a line of those that follow is empty."""
    return any(
        block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block
        for block in blocks(stream)
    )


def most_cells(stream: BinaryIO, separator: str) -> int:
    """Return how many cells the longest of the lines that follow has; quotes are regular."""
    return max((_most_cells(block, separator) for block in blocks(stream)), default=0)


def _most_cells(block: bytes, separator: str) -> int:
    cells = np.frombuffer(block, dtype=np.uint8)
    separates = cells == ord(separator)
    if b'"' in block:
        separates &= np.bitwise_xor.accumulate(cells == ord('"')) == 0
    before = np.searchsorted(np.flatnonzero(separates), np.flatnonzero(cells == ord("\n")))
    counts = np.diff(before, prepend=0, append=np.count_nonzero(separates))
    return int(counts.max()) + 1
