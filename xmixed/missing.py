"""Stata's missing values `.`, `.a` ... `.z`: finite codes above every number of their storage type.

A column keeps Stata's own codes; expressions work on doubles that carry the double codes, so that
"missing is larger than any number" holds by itself and `.a` < `.b` sorts as Stata sorts.
"""

from __future__ import annotations

import numpy as np

MISSING = 2.0**1023
"""The double code of `.`; every double at or above it is missing."""

_STEP = 2.0 ** (1023 - 12)

NAMES: tuple[str, ...] = (".", *(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"))
"""The 27 missing values in sort order."""

CODES: tuple[float, ...] = tuple(MISSING + i * _STEP for i in range(27))
"""Their double codes, in the same order."""

INTEGER_MISSING: dict[str, int] = {"byte": 101, "int": 32741, "long": 2147483621}
"""Code of `.` in the integer storage types; `.a` is one more, and so on."""

FLOAT_MISSING = np.float32(2.0**127)
"""Code of `.` in a float column; the step to the next one is 2**115."""


def is_missing(values: np.ndarray | float) -> np.ndarray:
    """Return where doubles are missing (any code; NaN and infinities count as missing).

    Parameters
    ----------
    values : float or ndarray of float64
    """
    return ~(np.asarray(values) < MISSING)


def missing_name(value: float) -> str:
    """Return `.`, `.a`, ... for a missing double."""
    if not np.isfinite(value):
        return "."
    return NAMES[min(26, max(0, int((value - MISSING) / _STEP)))]


def missing_code(name: str) -> float:
    """Return the double code of `.`, `.a`, ... `.z`."""
    return CODES[NAMES.index(name)]
