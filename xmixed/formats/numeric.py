"""Stata's numeric display formats %g, %f, %e, %21x: one finite or missing double to text.

The %g rules are those observed in console output: for `%w.0g`, w-2 significant digits (w-2 decimals below 1),
no leading zero, and an exponent form with w-7 decimals below 1e-5 and from 10^(w-2).
"""

from __future__ import annotations

import struct

from xmixed.formats.hexadecimal import hexadecimal
from xmixed.formats.model import Format
from xmixed.formats.width import columns_of, left, right
from xmixed.missing import MISSING, missing_name

_NARROW = 8
"""Fields of fewer columns show no decimal in exponent form."""
_WHOLE = 1e15
"""Below it a double shows every digit before the point."""


def number_text(value: float, fmt: Format) -> str:
    """Return a number or missing value in a numeric format, without padding."""
    if not value < MISSING or value != value or value == -float("inf"):
        return missing_name(value)
    if fmt.kind in "gfe":
        return _decimal_text(value, fmt)
    return hexadecimal(value, fmt.width) if fmt.kind == "x" else _binary(value, fmt)


def pad(text: str, width: int, align: str, zero: bool = False) -> str:
    """Return text padded to a width: right-justified, or as `align` (`-` left, `~` centred) says."""
    if align == "-":
        return left(text, width)
    if align == "~":
        return left(" " * ((width - columns_of(text)) // 2) + text, width)
    if zero and text[-1:].isdigit():
        return text.zfill(width)
    return right(text, width)


def _decimal_text(value: float, fmt: Format) -> str:
    magnitude = abs(value)
    if fmt.kind == "g":
        text = _general(magnitude, fmt)
    elif fmt.kind == "f":
        text = _fixed(magnitude, fmt, value < 0)
    else:
        text = _scientific(magnitude, fmt)
    # Stata: a small negative number keeps its sign (`-0.00`), minus zero has none
    sign = "-" if value < 0 else ""
    if fmt.comma and "e" not in text:
        grouped = _group_thousands(text)
        if fmt.kind == "g":
            grouped = _shortened(magnitude, grouped, fmt.width - 1)
        if len(sign) + len(grouped) <= fmt.width:
            text = grouped
    if fmt.european:
        text = text.translate({ord("."): ",", ord(","): "."})
    return sign + text


def _shortened(magnitude: float, grouped: str, room: int) -> str:
    """Return a number with commas, its decimals cut to the room: commas take the place of digits."""
    too_many, decimals = len(grouped) - room, len(grouped.partition(".")[2])
    if too_many <= 0 or not decimals:
        return grouped
    text = f"{magnitude:.{max(decimals - too_many, 0)}f}"
    return _group_thousands(text.rstrip("0").rstrip(".") if "." in text else text)


def _scientific(magnitude: float, fmt: Format) -> str:
    """Return |x| in %w.de; without decimals asked for they fill the field, and the point stays."""
    text = _exponential(magnitude, fmt.width, fmt.digits or fmt.width - 7)
    return text if "." in text or fmt.digits else text.replace("e", ".e")


def _general(magnitude: float, fmt: Format) -> str:
    """Return |x| in %w.0g or %w.dg."""
    room = max(1, fmt.width - 2)
    digits = min(fmt.digits, room) if fmt.digits else room
    if magnitude == 0:
        return "0"
    if magnitude < 1e-5:
        return _general_exponent(magnitude, fmt)
    if magnitude < 10.0**digits and magnitude == int(magnitude):
        return str(int(magnitude))
    if magnitude < 1:
        text = f"{magnitude:.{digits}f}".rstrip("0")
        if text == "0.":
            return _general_exponent(magnitude, fmt)
        return text.lstrip("0").rstrip(".") or "0"
    exponent = int(f"{magnitude:.{digits - 1}e}".rpartition("e")[2])
    if exponent >= digits:
        return _general_exponent(magnitude, fmt)
    text = f"{magnitude:.{max(0, digits - 1 - exponent)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _general_exponent(magnitude: float, fmt: Format) -> str:
    decimals = max(0, fmt.width - 7)
    if fmt.digits:
        decimals = min(decimals, fmt.digits - 1)
    return _exponential(magnitude, fmt.width, decimals)


def _exponential(magnitude: float, width: int, decimals: int) -> str:
    """Return d.dde+xx; the decimals give way where sign, digits and exponent would not fit."""
    # Stata: the sign's column stays reserved (`%8.2e` shows one decimal), and so is a third exponent digit's
    decimals = max(0, min(decimals, width - 7))
    text = f"{magnitude:.{decimals}e}"
    if len(text.rpartition("e")[2]) > 3 and decimals > 0:
        decimals = max(0, min(decimals, width - 8))
        text = f"{magnitude:.{decimals}e}"
    return text


def _fixed(magnitude: float, fmt: Format, negative: bool) -> str:
    """Return |x| in %w.df; a number too wide for it goes to exponent form, as in `chibar2(01) =  3.9e+04`.

    In a field too narrow for an exponent form with a decimal, the number is written in full: `%4.2f` is used
    for numbers of any size, and `1e+02` would not tell 123.46 from 99.
    """
    if magnitude < 1e60:  # beyond, no width would do
        text = f"{magnitude:.{fmt.digits}f}"
        if len(text) + negative <= fmt.width:
            return text
        if text.startswith("0.") and len(text) - 1 + negative <= fmt.width:
            return text[1:]
        if fmt.width < _NARROW and magnitude < _WHOLE:
            return text
    decimals = max(0, fmt.width - 7)
    return _exponential(magnitude, fmt.width, min(decimals, fmt.digits) if fmt.digits else decimals)


def _group_thousands(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return (f"{int(whole):,}" if whole else "") + point + fraction


def _binary(value: float, fmt: Format) -> str:
    order = ">" if fmt.kind == "H" else "<"
    if fmt.width == 16:
        return struct.pack(order + "d", value).hex()
    try:
        return struct.pack(order + "f", value).hex()
    except OverflowError:
        return "."
