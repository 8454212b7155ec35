"""Text in .dta files: encodings that lose no byte, and the names and formats that are let in."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Container
from typing import Literal

import numpy as np

from xmixed.errors import StataError
from xmixed.formats.parse import parse_format

Encoding = Literal["windows-1252", "utf-8"]


def _windows_1252() -> str:
    """Return the 256 characters of windows-1252.

    The five bytes it leaves undefined stand for the control characters of their own numbers, so that every
    byte string decodes and encodes back.
    """
    single = (bytes([code]) for code in range(256))
    return "".join(byte.decode("cp1252", "ignore") or byte.decode("latin-1") for byte in single)


WINDOWS_1252 = _windows_1252()
_DECODE_MAP = {code: point for code, point in enumerate(WINDOWS_1252) if ord(point) != code}
_ENCODE_TABLE = codecs.charmap_build(WINDOWS_1252)
_DECODE_TABLE = np.array([ord(character) for character in WINDOWS_1252], dtype=np.uint32)


def decode(raw: bytes, encoding: Encoding) -> str:
    """Return bytes as text; bytes that are no UTF-8 become lone surrogates and encode back to themselves."""
    if encoding == "utf-8":
        return raw.decode("utf-8", "surrogateescape")
    return raw.decode("latin-1").translate(_DECODE_MAP)


def encode(text: str, encoding: Encoding) -> bytes:
    """Return text as bytes; UnicodeEncodeError when windows-1252 lacks a character."""
    if encoding == "windows-1252":
        return codecs.charmap_encode(text, "strict", _ENCODE_TABLE)[0]
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def field_text(raw: bytes, encoding: Encoding) -> str:
    """Return the text of a NUL-terminated field."""
    return decode(raw.partition(b"\0")[0], encoding)


def decode_column(raw: np.ndarray, encoding: Encoding) -> np.ndarray:
    """Return a column of NUL-terminated fields as an object array of str.

    Parameters
    ----------
    raw : ndarray of S#, shape (n,), contiguous
    """
    n, width = len(raw), raw.dtype.itemsize
    if n == 0:
        return np.empty(0, dtype=object)
    cells = raw.view(np.uint8).reshape(n, width)
    used = cells != 0
    if bool(np.any(used[:, 1:] & ~used[:, :-1])):
        # what follows the first NUL is not part of the string
        cells = cells * np.logical_and.accumulate(used, axis=1)
    plain = int(cells.max()) < 128
    points = _DECODE_TABLE[cells] if encoding == "windows-1252" and not plain else cells.astype(np.uint32)
    texts = points.view(f"U{width}").reshape(n).astype(object)
    if encoding == "utf-8" and not plain:
        rows = np.flatnonzero(cells.max(axis=1) >= 128)
        texts[rows] = _decode_utf8(cells[rows])
    return texts


def _decode_utf8(cells: np.ndarray) -> np.ndarray:
    """Return rows of bytes, shape (n, width), as str; each different row is decoded once."""
    rows = np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").ravel()
    different, inverse = np.unique(rows, return_inverse=True)
    texts = np.empty(len(different), dtype=object)
    texts[:] = [decode(row, "utf-8") for row in different.tolist()]
    return texts[inverse]


def is_name_of_file(name: str, encoding: Encoding = "utf-8") -> bool:
    """Return whether a name is a Stata variable name: letters, digits and `_`, at most 32 of them.

    Any Unicode letter counts as one from release 118 on; before, the letters of windows-1252.
    """
    if not 1 <= len(name) <= 32:
        return False
    if name.isascii():
        return name.isidentifier()
    if not (name[0] == "_" or name[0].isalpha()):
        return False
    return all(c == "_" or unicodedata.category(c)[0] in "LM" or c.isdecimal() for c in name)


def valid_name(name: str, taken: Container[str]) -> str:
    """Return a valid variable name like one that is not, and none of those taken: `svn_rev` for `svn.rev`."""
    base = "".join(c if is_name_of_file("a" + c) else "_" for c in name)[:32]
    base = base if is_name_of_file(base) else f"_{base}"[:32]
    made, number = base, 1
    while made in taken:
        number += 1
        made = f"{base[: 32 - len(str(number))]}{number}"
    return made


def is_valid_label_name(name: str) -> bool:
    """Return whether a name of a value label or characteristic is fit to be shown: printable, no blank."""
    return 1 <= len(name) <= 32 and name.isprintable() and not any(c in " \"'`" for c in name)


_PRINTABLE_FORMAT = re.compile(r"%[ -~]+")


def is_printable_format(text: str) -> bool:
    """Return whether text can be a display format at all, known or not."""
    return bool(_PRINTABLE_FORMAT.fullmatch(text))


def is_fitting_format(text: str, string: bool) -> bool:
    """Return whether text is a display format of string or of numeric variables (dates included)."""
    try:
        return (parse_format(text).kind == "s") == string
    except StataError:
        return False
