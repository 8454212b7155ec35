"""Reading a display format such as `%9.0g`, `%-12s` or `%tdD_m_Y` into its parts."""

from __future__ import annotations

import re
from functools import lru_cache

from xmixed.errors import StataError
from xmixed.formats.dates import detail_is_valid
from xmixed.formats.model import Format

DEFAULT_DATE_DETAIL = {
    "d": "DDmonCCYY",
    "c": "DDmonCCYY_HH:MM:SS",
    "C": "DDmonCCYY_HH:MM:SS",
    "w": "CCYY!www",
    "m": "CCYY!mnn",
    "q": "CCYY!qq",
    "h": "CCYY!hh",
    "y": "CCYY",
}
"""What `%td`, `%tc`, ... mean when no detail codes follow."""

MAX_NUMERIC_WIDTH = 244
MAX_STRING_WIDTH = 2045

_NUMERIC = re.compile(r"%(-)?(0)?([1-9][0-9]{0,3})(?:([.,])([0-9]{1,3}))?([gfe])(c)?\Z", re.ASCII)
_HEXADECIMAL = re.compile(r"%(-)?(21|16)x\Z")
_BINARY = re.compile(r"%(-)?(16|8)([HL])\Z")
_STRING = re.compile(r"%([-~])?([1-9][0-9]{0,3})s\Z", re.ASCII)
_BUSINESS = re.compile(r"%(-)?([1-9][0-9]{0,2})?tb[ -~]*\Z", re.ASCII)
_DATE = re.compile(r"%(-)?([1-9][0-9]{0,2})?(?:t([dcCwmqhyg])|(d))(\S*)\Z", re.ASCII)


@lru_cache(maxsize=512)
def parse_format(fmt: str) -> Format:
    """Return the parts of a display format.

    Raises
    ------
    StataError
        r(120) `invalid %format`.
    """
    for pattern, build in _BUILDERS:
        found = pattern.match(fmt)
        if found:
            parsed = build(found)
            if parsed is not None:
                return parsed
    raise StataError(120, "invalid %format")


def _numeric(found: re.Match[str]) -> Format | None:
    left, zero, width, point, digits, kind, comma = found.groups()
    parsed = Format(
        kind=kind,
        width=int(width),
        digits=int(digits or 0),
        align=left or "",
        zero=bool(zero),
        comma=bool(comma),
        european=point == ",",
    )
    sensible = parsed.width <= MAX_NUMERIC_WIDTH and (parsed.digits == 0 or parsed.digits < parsed.width)
    return parsed if sensible else None


def _string(found: re.Match[str]) -> Format | None:
    width = int(found[2])
    return Format(kind="s", width=width, align=found[1] or "") if width <= MAX_STRING_WIDTH else None


def _business(found: re.Match[str]) -> Format:
    """Business dates: their calendars are not known here, so that the number behind the date is shown."""
    return Format(kind="g", width=int(found[2] or 9), align=found[1] or "")


def _date(found: re.Match[str]) -> Format | None:
    left, width, unit, old, detail = found.groups()
    if unit == "g":
        return Format(kind="g", width=int(width or 9), align=left or "") if not detail else None
    unit = unit or old
    detail = detail or DEFAULT_DATE_DETAIL[unit]
    if not detail_is_valid(detail):
        return None
    return Format(kind="t", width=int(width or 0), align=left or "", unit=unit, detail=detail)


_BUILDERS = (
    (_NUMERIC, _numeric),
    (_HEXADECIMAL, lambda found: Format(kind="x", width=int(found[2]), align=found[1] or "")),
    (_BINARY, lambda found: Format(kind=found[3], width=int(found[2]), align=found[1] or "")),
    (_STRING, _string),
    (_BUSINESS, _business),
    (_DATE, _date),
)
