"""Bytes as `filefilter` names them: `\\Q`, `\\W`, `\\065d`, `\\1Ah`."""

from __future__ import annotations

import re

from xmixed.errors import StataError

_ESCAPE = re.compile(rb"\\(BS|LQ|RQ|\d{3}d|[0-9A-Fa-f]{2}h|[rntMWUQ$])")
_NAMED = {
    b"BS": b"\\",
    b"r": b"\r",
    b"n": b"\n",
    b"t": b"\t",
    b"M": b"\r",
    b"W": b"\r\n",
    b"U": b"\n",
    b"LQ": b"`",
    b"RQ": b"'",
    b"Q": b'"',
    b"$": b"$",
}
"""Characters by the names that from() and to() have for them; `\\###d` and `\\##h` are others."""


def pattern_bytes(text: str) -> bytes:
    """Return the bytes that a pattern of filefilter stands for."""

    def one(found: re.Match[bytes]) -> bytes:
        name = found[1]
        if name in _NAMED:
            return _NAMED[name]
        number = int(name[:-1], 10 if name.endswith(b"d") else 16)
        if number > 255:
            raise StataError(198, f"{text} invalid pattern")
        return bytes([number])

    return _ESCAPE.sub(one, text.encode("utf-8", "surrogateescape"))
