"""Numbers in Stata's exact hexadecimal form, as %21x shows them and files hold them."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(r"([+-]?)([01]\.[0-9a-f]+)X([+-])([0-9a-f]+)")

SUBNORMAL = -0x3FF
"""The exponent shown for zero and for numbers too small for a leading 1."""


def hexadecimal(value: float, width: int = 21) -> str:
    """Return `+1.921fb54442d18X+001`: 13 digits in `%21x`, 8 in `%16x`."""
    digits = 13 if width >= 21 else 8
    sign = "-" if value < 0 else "+"
    if value == 0:
        return f"+0.{'0' * digits}X-3ff"
    mantissa, _, exponent = abs(value).hex().removeprefix("0x").partition("p")
    lead, _, fraction = mantissa.partition(".")
    power = int(exponent) if lead == "1" else SUBNORMAL
    shown = fraction.ljust(digits, "0")[:digits]
    return f"{sign}{lead}.{shown}X{'-' if power < 0 else '+'}{abs(power):03x}"


def number_of(text: str) -> float | None:
    """Return the number that a text means, hexadecimal or decimal; None for none and for an infinite one."""
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if found is None:
            value = float(text)
        else:
            sign, mantissa, power_sign, power = found.groups()
            steps = int(power_sign + power, 16)
            if mantissa[0] == "0" and steps == SUBNORMAL:
                steps += 1  # the exponent shown is that of the bits; it counts as one more
            value = float.fromhex(f"{sign}0x{mantissa}p{steps}")
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None
