"""Numbers and text as bytes, by the binary formats of `file`: %8z, %4z, %4b, %2bu, %1bs, %20s."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from xmixed.data.dataset import to_double
from xmixed.errors import StataError
from xmixed.missing import CODES, FLOAT_MISSING, INTEGER_MISSING, MISSING

_FORMAT = re.compile(r"%(?:([84])z|([421])b([su]?)|(\d+)s)")
_LETTERS = {"8": "d", "4": "f"}
_INTEGERS = {"4": "i", "2": "h", "1": "b"}
_TYPES = {"i": "long", "h": "int", "b": "byte", "f": "float"}


class Layout(NamedTuple):
    """How a value is stored: bytes, code for `struct` ("" for text), whether missing values have codes."""

    size: int
    code: str
    missing: bool


def layout_of(fmt: str) -> Layout:
    """Return what a binary format says; r(120) `invalid %format` for any other."""
    found = _FORMAT.fullmatch(fmt)
    if found is None:
        raise StataError(120, "invalid %format")
    real, whole, sign, text = found.groups()
    if real:
        return Layout(int(real), _LETTERS[real], True)
    if whole:
        code = _INTEGERS[whole]
        return Layout(int(whole), code.upper() if sign == "u" else code, not sign)
    return Layout(int(text), "", False)


def packed(value: float | str, layout: Layout, order: str) -> bytes:
    """Return a value as bytes; text is cut or filled with binary zeros.

    Raises
    ------
    StataError
        r(109) `type mismatch`; r(198) for a number that does not fit.
    """
    if not layout.code:
        if not isinstance(value, str):
            raise StataError(109, "type mismatch")
        return value.encode("utf-8", "surrogateescape")[: layout.size].ljust(layout.size, b"\0")
    if isinstance(value, str):
        raise StataError(109, "type mismatch")
    try:
        return struct.pack(order + layout.code, _stored(value, layout))
    except (struct.error, OverflowError, ValueError):
        raise StataError(198, f"{value:g} does not fit into {layout.size} bytes") from None


def unpacked(content: bytes, layout: Layout, order: str) -> float | str:
    """Return the value that bytes stand for."""
    if not layout.code:
        return content.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    (number,) = struct.unpack(order + layout.code, content)
    kind = _TYPES.get(layout.code)
    if kind is None or not layout.missing:
        return float(number)
    import numpy as np

    return float(to_double(np.array([number], dtype=np.float32 if kind == "float" else np.int64), kind)[0])


def _stored(value: float, layout: Layout) -> float | int:
    """Return the number that stands in the file: missing values as the codes of the type."""
    if value < MISSING:
        return value if layout.code in "df" else int(value)
    if not layout.missing:
        raise ValueError("no missing values here")
    which = CODES.index(value) if value in CODES else 0
    if layout.code == "d":
        return value
    if layout.code == "f":
        return float(FLOAT_MISSING) + which * 2.0**115
    return INTEGER_MISSING[_TYPES[layout.code]] + which
