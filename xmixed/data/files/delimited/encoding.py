"""Bytes of a text file as UTF-8 with `\\n` at the end of lines."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from xmixed.data.files.dta.text import decode
from xmixed.errors import StataError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class PlainText(NamedTuple):
    """Content of a text file, and what the user is to know of how it was read."""

    content: bytes
    notes: tuple[str, ...]


def plain_text(raw: bytes, encoding: str = "") -> PlainText:
    """Return bytes as UTF-8 without a byte-order mark and NUL characters.

    Without an encoding it is what the mark says, else UTF-8, else windows-1252.

    Raises
    ------
    StataError
        r(198) an encoding that is not known or that the bytes are not in.
    """
    notes: list[str] = []
    content = raw if _is_plain(raw, encoding) else _as_utf8(_decoded(raw, encoding, notes), raw)
    if b"\0" in content:
        zeros = content.count(b"\0")
        content = content.replace(b"\0", b"")
        notes.append(f"(note: {zeros} binary {'zero' if zeros == 1 else 'zeros'} ignored in the file)")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return PlainText(content, tuple(notes))


def _as_utf8(text: str, raw: bytes) -> bytes:
    """Return text as UTF-8: the bytes themselves where they were that."""
    content = text.encode("utf-8")
    return raw if content == raw else content


def _is_plain(raw: bytes, encoding: str) -> bool:
    return raw.isascii() and (not encoding or known_encoding(encoding) in ("utf-8", "ascii", "cp1252"))


def is_utf8(encoding: str) -> bool:
    """Return whether bytes in an encoding are UTF-8 as they stand."""
    return known_encoding(encoding) in ("utf-8", "ascii")


def known_encoding(name: str) -> str:
    """Return the usual name of an encoding; r(198) for one that is not known."""
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise StataError(198, f"encoding {name} not found") from None


def _decoded(raw: bytes, encoding: str, notes: list[str]) -> str:
    mark, meant = next((found for found in _MARKS if raw.startswith(found[0])), (b"", ""))
    if encoding:
        name = known_encoding(encoding)
        body = raw[len(mark) :] if mark and name.startswith(meant[:6]) else raw
        try:
            return body.decode(meant if mark and name == "utf-16" else name)
        except (UnicodeError, LookupError):
            raise StataError(198, f"file is not in encoding {encoding}") from None
    try:
        return raw[len(mark) :].decode(meant or "utf-8")
    except UnicodeDecodeError:
        notes.append("(encoding automatically selected: windows-1252)")
        return decode(raw, "windows-1252")
