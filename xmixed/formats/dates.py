"""Date formats: %td, %tc, %tw, ... with detail codes such as `D_m_CY` or `Dayname,_DD_Month_CCYY`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from xmixed.formats import calendar
from xmixed.formats.model import Format
from xmixed.missing import MISSING, missing_name

DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()

# code -> (what it shows, widest it gets); two spellings of one code where the old %d codes differ
_CODES: dict[str, tuple[str, int]] = {
    "CC": ("century:02d", 2), "cc": ("century:d", 2), "C": ("century:02d", 2), "c": ("century:d", 2),
    "YY": ("year2:02d", 2), "yy": ("year2:d", 2), "Y": ("year2:02d", 2), "y": ("year2:d", 2),
    "JJJ": ("yearday:03d", 3), "jjj": ("yearday:d", 3), "J": ("yearday:03d", 3), "j": ("yearday:d", 3),
    "Month": ("month_name", 9), "month": ("month_lower", 9), "M": ("month_name", 9), "L": ("month_lower", 9),
    "Mon": ("mon_name", 3), "mon": ("mon_lower", 3), "m": ("mon_name", 3), "l": ("mon_lower", 3),
    "NN": ("month:02d", 2), "nn": ("month:d", 2), "N": ("month:02d", 2), "n": ("month:d", 2),
    "DD": ("day:02d", 2), "dd": ("day:d", 2), "D": ("day:02d", 2), "d": ("day:d", 2),
    "DAYNAME": ("day_padded", 9), "Dayname": ("day_name", 9), "Day": ("day3", 3), "Da": ("day2", 2),
    "day": ("day3_lower", 3), "da": ("day2_lower", 2),
    "h": ("half:d", 1), "q": ("quarter:d", 1), "WW": ("week:02d", 2), "ww": ("week:d", 2),
    "W": ("week:02d", 2), "w": ("week:d", 2),
    "HH": ("hour:02d", 2), "Hh": ("hour12:02d", 2), "hH": ("hour:d", 2), "hh": ("hour12:d", 2),
    "MM": ("minute:02d", 2), "mm": ("minute:d", 2), "SS": ("second:02d", 2), "ss": ("second:d", 2),
    ".sss": ("thousandths", 4), ".ss": ("hundredths", 3), ".s": ("tenths", 2),
    "am": ("am", 2), "AM": ("am_upper", 2), "a.m.": ("am_dots", 4), "A.M.": ("am_dots_upper", 4),
    "_": (" ", 1), "+": ("", 0),
}  # fmt: skip

_ALTERNATIVES = "|".join(re.escape(code) for code in sorted(_CODES, key=len, reverse=True))
_TOKEN = re.compile(rf"({_ALTERNATIVES})|!(.)|([.,:\-/\\])")


@lru_cache(maxsize=128)
def _tokens(detail: str) -> tuple[tuple[str, str], ...] | None:
    """Return (code, "") and ("", literal) pairs, or None when there is a code that does not exist."""
    out: list[tuple[str, str]] = []
    position = 0
    while position < len(detail):
        found = _TOKEN.match(detail, position)
        if found is None:
            return None
        code, escaped, punctuation = found.groups()
        out.append((code, "") if code else ("", escaped or punctuation))
        position = found.end()
    return tuple(out)


def detail_is_valid(detail: str) -> bool:
    """Return whether every detail code exists."""
    return len(detail) <= 80 and _tokens(detail) is not None


def date_width(fmt: Format) -> int:
    """Return the width a date format needs at most."""
    return fmt.width or _widest(fmt.detail)


@lru_cache(maxsize=128)
def _widest(detail: str) -> int:
    return sum(_CODES[code][1] if code else len(literal) for code, literal in _tokens(detail) or ())


def date_text(value: float, fmt: Format) -> str:
    """Return a date or missing value in a date format, without padding; `.` outside the years 100-9999."""
    if not value < MISSING or value != value:
        return missing_name(value)
    moment = _moment(value, fmt.unit)
    if moment is None:
        return "."
    return "".join([show(moment) for show in _shows(fmt.detail)])


class _Moment(NamedTuple):
    """A day (since 1jan1960), its calendar date, and the time of the day in milliseconds.

    `leap` is 1000 within an inserted second, whose time is that of the second before.
    """

    days: int
    year: int
    month: int
    day: int
    milliseconds: int
    leap: int


def _moment(value: float, unit: str) -> _Moment | None:
    """Return the moment of a value, or None when out of range."""
    milliseconds = 0
    leap = 0
    if abs(value) > 1e15:
        return None
    if unit in "cC":
        if unit == "C":
            plain = calendar.remove_leap_seconds(value)
            leap = 1000 if calendar.add_leap_seconds(plain) != value else 0
            value = plain
        days = math.floor(value / calendar.MILLISECONDS_PER_DAY)
        milliseconds = math.floor(value - days * calendar.MILLISECONDS_PER_DAY)
    elif unit == "d":
        days = math.floor(value)
    else:
        first = _first_day(value, unit)
        if first is None:
            return None
        days = first
    if not calendar.FIRST_DAY <= days <= calendar.LAST_DAY:
        return None
    return _Moment(days, *calendar.split_day(days), milliseconds, leap)


def _first_day(value: float, unit: str) -> int | None:
    """Return the first day of a period (`w m q h y`); None outside the years 100-9999."""
    if unit == "y" and not 100 <= value <= 9999:
        return None
    years, part = (math.floor(value), 0) if unit == "y" else divmod(math.floor(value), _PER_YEAR[unit])
    year = years if unit == "y" else 1960 + years
    month = 1 if unit in "yw" else 1 + part * 12 // _PER_YEAR[unit]
    first = calendar.day_from(year, month, 1)
    if first != first:
        return None
    return int(first) + (7 * part if unit == "w" else 0)


_PER_YEAR = {"w": 52, "m": 12, "q": 4, "h": 2}


def _day_of_year(moment: _Moment) -> int:
    return moment.days - int(calendar.day_from(moment.year, 1, 1)) + 1


_NUMBERS: dict[str, Callable[[_Moment], int]] = {
    "century": lambda moment: moment.year // 100,
    "year2": lambda moment: moment.year % 100,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "yearday": _day_of_year,
    "week": lambda moment: min((_day_of_year(moment) - 1) // 7 + 1, 52),
    "quarter": lambda moment: (moment.month + 2) // 3,
    "half": lambda moment: (moment.month + 5) // 6,
    "hour": lambda moment: moment.milliseconds // 3_600_000,
    "hour12": lambda moment: moment.milliseconds // 3_600_000 % 12 or 12,
    "minute": lambda moment: moment.milliseconds % 3_600_000 // 60_000,
    "second": lambda moment: (moment.milliseconds % 60_000 + moment.leap) // 1000,
}


@lru_cache(maxsize=128)
def _shows(detail: str) -> tuple[Callable[[_Moment], str], ...]:
    """Return what shows each part of the detail codes, one after the other."""
    return tuple(_show(code) if code else _constant(literal) for code, literal in _tokens(detail) or ())


def _constant(text: str) -> Callable[[_Moment], str]:
    return lambda moment: text


def _show(code: str) -> Callable[[_Moment], str]:
    """Return what a detail code shows of a moment."""
    what = _CODES[code][0]
    name, colon, layout = what.partition(":")
    if colon:
        number = _NUMBERS[name]
        pattern = "%" + layout
        return lambda moment: pattern % number(moment)
    if name in (" ", ""):
        return _constant(name)
    if name.startswith(("month", "mon_")):
        months = [text[:3] if name.startswith("mon_") else text for text in calendar.MONTHS]
        months = [text.lower() if name.endswith("lower") else text for text in months]
        return lambda moment: months[moment.month - 1]
    if name.startswith("day"):
        days = [_day_name(text, name) for text in DAYS]
        return lambda moment: days[(moment.days + 5) % 7]
    if name.startswith("am"):
        morning = "a.m." if "dots" in name else "am"
        halves = [morning, morning.replace("a", "p")]
        halves = [text.upper() if name.endswith("upper") else text for text in halves]
        return lambda moment: halves[moment.milliseconds >= 43_200_000]
    digits = {"tenths": 1, "hundredths": 2, "thousandths": 3}[name]
    return lambda moment: "." + f"{moment.milliseconds % 1000:03d}"[:digits]


def _day_name(text: str, name: str) -> str:
    if name == "day_padded":
        return text.ljust(9)
    text = text[: int(name[3])] if name[3].isdigit() else text
    return text.lower() if name.endswith("lower") else text
