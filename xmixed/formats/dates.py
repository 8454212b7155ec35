"""Date formats: %td, %tc, %tw, ... with detail codes such as `D_m_CY` or `Dayname,_DD_Month_CCYY`."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from xmixed.formats import calendar
from xmixed.formats.parse import Format
from xmixed.missing import MISSING, missing_name

MONTHS = ("January February March April May June July August September October November December").split()
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
    if fmt.width:
        return fmt.width
    return sum(_CODES[code][1] if code else len(literal) for code, literal in _tokens(fmt.detail) or ())


def date_text(value: float, fmt: Format) -> str:
    """Return a date or missing value in a date format, without padding; `.` outside the years 100-9999."""
    if not value < MISSING or value != value:
        return missing_name(value)
    fields = _fields(value, fmt.unit)
    if fields is None:
        return "."
    return "".join(_show(code, fields) if code else literal for code, literal in _tokens(fmt.detail) or ())


def _fields(value: float, unit: str) -> dict[str, int] | None:
    """Return the numbers that codes show (century, year2, month, ...), or None when out of range."""
    milliseconds = 0
    leap = 0
    if abs(value) > 1e15:
        return None
    if unit in "cC":
        if unit == "C":
            plain = calendar.remove_leap_seconds(value)
            leap = 1000 if calendar.add_leap_seconds(plain) != value else 0
            value = plain
        days = np.floor(value / calendar.MILLISECONDS_PER_DAY)
        milliseconds = int(np.floor(value - days * calendar.MILLISECONDS_PER_DAY))
    elif unit == "d":
        days = np.floor(value)
    else:
        if unit == "y" and not 100 <= value <= 9999 or abs(value) > 1e7:
            return None
        with np.errstate(all="ignore"):
            days = float(calendar.first_day_of(np.array([value]), unit)[0])
    if not calendar.FIRST_DAY <= days <= calendar.LAST_DAY:
        return None
    one = np.array([days])
    date = calendar.split_days(one)
    year, month = int(date.year[0]), int(date.month[0])
    hour, rest = divmod(milliseconds, 3_600_000)
    return {
        "century": year // 100, "year2": year % 100, "month": month, "day": int(date.day[0]),
        "yearday": int(calendar.day_of_year(one)[0]), "weekday": int(calendar.day_of_week(one)[0]),
        "week": int(calendar.week_of_year(one)[0]), "quarter": (month + 2) // 3, "half": (month + 5) // 6,
        "hour": hour, "hour12": hour % 12 or 12, "minute": rest // 60_000,
        "second": (rest % 60_000 + leap) // 1000, "thousandth": rest % 1000,
    }  # fmt: skip


def _show(code: str, fields: dict[str, int]) -> str:
    what = _CODES[code][0]
    name, colon, layout = what.partition(":")
    if colon:
        number = fields[name]
        return str(number) if layout == "d" else f"{number:0{layout[1]}d}"
    if name in (" ", ""):
        return name
    if name.startswith(("month", "mon_")):
        text = MONTHS[fields["month"] - 1]
        text = text[:3] if name.startswith("mon_") else text
        return text.lower() if name.endswith("lower") else text
    if name.startswith("day"):
        text = DAYS[fields["weekday"]]
        if name == "day_padded":
            return text.ljust(9)
        text = text[: int(name[3])] if name[3].isdigit() else text
        return text.lower() if name.endswith("lower") else text
    if name.startswith("am"):
        text = "a.m." if "dots" in name else "am"
        text = text if fields["hour"] < 12 else text.replace("a", "p")
        return text.upper() if name.endswith("upper") else text
    thousandth = f"{fields['thousandth']:03d}"
    return "." + thousandth[: {"tenths": 1, "hundredths": 2, "thousandths": 3}[name]]
