"""Stata display formats (`%9.0g`, `%td`, `%12s`): numbers, dates and strings to text of a fixed width.

Also the calendar, and names cut to a width. Nothing here knows a column or a layout: a format and a value
come in, text goes out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xmixed.errors import StataError
from xmixed.formats.dates import date_text, date_width
from xmixed.formats.model import Format
from xmixed.formats.numeric import number_text, pad
from xmixed.formats.parse import parse_format
from xmixed.formats.width import cut

__all__ = [
    "Format",
    "format_string",
    "format_value",
    "format_values",
    "is_date_format",
    "is_string_format",
    "is_valid_format",
    "parse_format",
    "widened",
    "width_of",
]


def is_valid_format(fmt: str) -> bool:
    """Return whether a text is a display format."""
    try:
        parse_format(fmt)
    except StataError:
        return False
    return True


def is_string_format(fmt: str) -> bool:
    """Return whether a valid format is for strings (`%12s`)."""
    return parse_format(fmt).kind == "s"


def is_date_format(fmt: str) -> bool:
    """Return whether a valid format shows dates (`%td`, `%d`, `%tc`, ...)."""
    return parse_format(fmt).kind == "t"


def width_of(fmt: str) -> int:
    """Return the field width of a format; for dates, the widest text it can give."""
    parsed = parse_format(fmt)
    return date_width(parsed) if parsed.kind == "t" else parsed.width


def widened(fmt: str, width: int) -> str:
    """Return a format of decimal numbers with at least this width; other formats as they are."""
    parsed = parse_format(fmt)
    if parsed.kind not in ("e", "f", "g") or width <= parsed.width:
        return fmt
    return fmt.replace(str(parsed.width), str(width), 1)


def format_value(value: float, fmt: str) -> str:
    """Return a double (missing values as double codes) in a numeric or date format.

    The text fills the format's width, right-justified unless the format says `-`; a number that does not
    fit even in exponent form is longer.

    Raises
    ------
    StataError
        r(120) for an invalid format, r(109) `type mismatch` for a string format.
    """
    return _format(float(value), parse_format(fmt))


def format_values(values: Iterable[float] | np.ndarray, fmt: str) -> list[str]:
    """Return each double of an array in a format, as `format_value` does."""
    parsed = parse_format(fmt)
    return [_format(value, parsed) for value in np.asarray(values, dtype=np.float64).tolist()]


def format_string(text: str, fmt: str) -> str:
    """Return a string in a string format: cut to the width or padded (`-` left-justified, `~` centred)."""
    parsed = parse_format(fmt)
    if parsed.kind != "s":
        raise StataError(109, "type mismatch")
    return pad(cut(text, parsed.width), parsed.width, parsed.align)


def _format(value: float, parsed: Format) -> str:
    if parsed.kind == "t":
        return pad(date_text(value, parsed), date_width(parsed), parsed.align)
    if parsed.kind == "s":
        raise StataError(109, "type mismatch")
    return pad(number_text(value, parsed), parsed.width, parsed.align, parsed.zero)
