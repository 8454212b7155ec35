"""Numbers as text where they go on to be read again: macros, lists."""

from __future__ import annotations


def number_text(value: float) -> str:
    """Return a number as a macro holds it, in %18.0g."""
    if value == value // 1 and abs(value) < 1e15:
        return str(int(value))
    from xmixed.formats import format_value

    return format_value(value, "%18.0g").strip()
