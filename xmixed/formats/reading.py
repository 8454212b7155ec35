"""Numbers as they are typed and as files of other programs hold them."""

from __future__ import annotations

import re

from xmixed.missing import MISSING, NAMES, missing_code

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eEdD][+-]?[0-9]{1,5})?\Z", re.ASCII)
_LONGEST = 500
_MOST_DIGITS = 15
"""Of a whole number: as many as a double holds for certain."""


def number_in(text: str) -> float:
    """Return the number a text holds, as real() reads it; `.` when it holds none."""
    found = number_or_none(text)
    return MISSING if found is None else found


def number_or_none(text: str) -> float | None:
    """Return the number or missing value that a text holds; None when it holds neither.

    A number beyond all doubles of Stata is `.`.
    """
    stripped = text.strip()
    if _NUMBER.match(stripped) and len(stripped) < _LONGEST:
        value = float(stripped.lower().replace("d", "e"))
        return value if abs(value) < MISSING else MISSING
    return missing_code(stripped) if stripped in NAMES else None


def whole_number(text: str) -> int | None:
    """Return the whole number that a text is, digits behind a sign or none; None when it is none."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        return None
    return int(text)
