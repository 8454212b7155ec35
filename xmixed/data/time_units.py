"""Units of time: what a time variable's display format says, and the period `delta()` of `xtset`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import StataError
from xmixed.formats import format_value, is_date_format, is_valid_format


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """One unit of time.

    Attributes
    ----------
    option, minimum : str
        Option of `xtset` and its shortest abbreviation.
    letter : str
        Letter of its formats, `d` of %td; "" for plain numbers.
    singular, plural : str
        Words of a period, `1 day`, `7 days`.
    result : str
        What r(unit) says.
    """

    option: str
    minimum: str
    letter: str
    singular: str
    plural: str
    result: str

    @property
    def format(self) -> str:
        return f"%t{self.letter}" if self.letter else "%9.0g"


UNITS = (
    TimeUnit("clocktime", "c", "c", "millisecond", "milliseconds", "clock"),
    TimeUnit("Clocktime", "C", "C", "millisecond", "milliseconds", "Clock"),
    TimeUnit("daily", "da", "d", "day", "days", "daily"),
    TimeUnit("weekly", "w", "w", "week", "weeks", "weekly"),
    TimeUnit("monthly", "m", "m", "month", "months", "monthly"),
    TimeUnit("quarterly", "q", "q", "quarter", "quarters", "quarterly"),
    TimeUnit("halfyearly", "h", "h", "halfyear", "halfyears", "halfyearly"),
    TimeUnit("yearly", "y", "y", "year", "years", "yearly"),
    TimeUnit("generic", "g", "", "unit", "units", "generic"),
)
GENERIC = UNITS[-1]

_LENGTHS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "clock": (
        ("second", "sec", 1e3),
        ("minute", "min", 60e3),
        ("hour", "hour", 3600e3),
        ("day", "day", 86400e3),
        ("week", "week", 604800e3),
    ),
    "d": (("day", "day", 1.0), ("week", "week", 7.0)),
    "w": (("week", "week", 1.0),),
    "m": (("month", "month", 1.0), ("quarter", "quarter", 3.0), ("year", "year", 12.0)),
    "q": (("quarter", "quarter", 1.0), ("year", "year", 4.0)),
    "h": (("halfyear", "half", 1.0), ("year", "year", 2.0)),
    "y": (("year", "year", 1.0),),
    "": (("unit", "unit", 1.0),),
}
"""Units that delta() accepts by letter of the format: name, shortest abbreviation, length in periods."""


def unit_of_format(fmt: str) -> TimeUnit:
    """Return the unit of a display format; plain numbers (and %tg) are generic."""
    if not fmt or not is_valid_format(fmt) or not is_date_format(fmt):
        return GENERIC
    bare = fmt.removeprefix("%").lstrip("-")
    letter = "d" if bare[:1] == "d" else bare[1:2]
    return next((unit for unit in UNITS if unit.letter == letter and letter), GENERIC)


def _lengths(unit: TimeUnit) -> tuple[tuple[str, str, float], ...]:
    return _LENGTHS["clock" if unit.letter in ("c", "C") and unit.letter else unit.letter]


@dataclass(frozen=True, slots=True)
class Delta:
    """The period between observations, in the units of the time variable, and as it is shown."""

    periods: float
    text: str = "1 unit"

    @classmethod
    def of(cls, periods: float, unit: TimeUnit) -> Delta:
        """Return a delta that is shown in the largest unit of a clock, or in the unit itself."""
        count, name = periods, unit.singular
        if unit.letter and unit.letter in "cC":
            # Stata: clock time is shown in seconds or a larger unit, `.001 seconds`.
            fitting = [entry for entry in _lengths(unit) if periods % entry[2] == 0]
            name, _, length = fitting[-1] if fitting else _lengths(unit)[0]
            count = periods / length
        shown = format_value(count, "%9.0g").strip()
        return cls(periods, f"{shown} {name}" + ("" if count == 1 else "s"))

    @classmethod
    def from_periods(cls, periods: float, fmt: str) -> Delta:
        """Return a delta that the data carry."""
        return cls.of(periods, unit_of_format(fmt))


_DELTA = re.compile(r"(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)")


def parse_delta(text: str, unit: TimeUnit) -> Delta:
    """Return what `delta(# [units])` means.

    Raises
    ------
    StataError
        r(198) for what is no positive number, or a unit that the time variable does not have.
    """
    found = _DELTA.fullmatch(text.strip())
    number = float(found.group(1)) if found else 0.0
    if found is None or not 0 < number < 1e15:
        raise StataError(198, "option delta() incorrectly specified", hint="delta() takes # or # units")
    word = found.group(2)
    if not word:
        return Delta.of(number, unit)
    for name, minimum, length in _lengths(unit):
        if f"{name}s".startswith(word) and len(word) >= len(minimum):
            return Delta.of(number * length, unit)
        if word == f"{minimum}s":
            return Delta.of(number * length, unit)
    raise StataError(198, f"delta() units {word} not allowed with {unit.result} time")
