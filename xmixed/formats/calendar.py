"""Stata's calendar: days, weeks, months, quarters, half-years since 1960 and milliseconds, on whole arrays.

Arrays are float64 without missing values unless said otherwise; the callers mask those.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

MONTHS = "January February March April May June July August September October November December".split()
"""In English whatever the locale."""
SHORT_MONTHS = [name[:3] for name in MONTHS]

MILLISECONDS_PER_DAY = 86_400_000.0
FIRST_DAY, LAST_DAY = -679350, 2936549
"""01jan0100 and 31dec9999, the dates Stata knows."""

_EPOCH = np.datetime64("1960-01-01", "D")
_EPOCH_ORDINAL = date(1960, 1, 1).toordinal()

# days (since 1jan1960) at whose end a leap second was inserted
LEAP_SECOND_DAYS: tuple[int, ...] = tuple(
    int((np.datetime64(day, "D") - _EPOCH).astype(np.int64))
    for day in (
        "1972-06-30 1972-12-31 1973-12-31 1974-12-31 1975-12-31 1976-12-31 1977-12-31 1978-12-31 1979-12-31 "
        "1981-06-30 1982-06-30 1983-06-30 1985-06-30 1987-12-31 1989-12-31 1990-12-31 1992-06-30 1993-06-30 "
        "1994-06-30 1995-12-31 1997-06-30 1998-12-31 2005-12-31 2008-12-31 2012-06-30 2015-06-30 2016-12-31"
    ).split()
)


_LEAP_ENDS = [MILLISECONDS_PER_DAY * (day + 1) for day in LEAP_SECOND_DAYS]  # in %tc
_LEAP_STARTS = [end + 1000.0 * i for i, end in enumerate(_LEAP_ENDS)]  # in %tC


class CalendarDate(NamedTuple):
    """Year, month (1-12) and day of the month of dates; int64 arrays of one shape."""

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray


def split_days(days: np.ndarray) -> CalendarDate:
    """Return the calendar date of days since 1jan1960 (fractions are dropped)."""
    dates = _EPOCH + np.floor(days).astype(np.int64).astype("timedelta64[D]")
    months = dates.astype("datetime64[M]")
    index = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return CalendarDate(index // 12 + 1970, index % 12 + 1, day)


def days_from(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return days since 1jan1960 as float64; NaN where there is no such date in the years 100-9999."""
    year, month, day = (np.asarray(part, dtype=np.float64) for part in (year, month, day))
    whole = (year == np.floor(year)) & (month == np.floor(month)) & (day == np.floor(day))
    valid = whole & (year >= 100) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    y, m, d = (np.where(valid, part, 1).astype(np.int64) for part in (year, month, day))
    months = ((y - 1970) * 12 + m - 1).astype("datetime64[M]")
    first = (months.astype("datetime64[D]") - _EPOCH).astype(np.int64)
    after = ((months + np.timedelta64(1, "M")).astype("datetime64[D]") - _EPOCH).astype(np.int64)
    out = first + d - 1
    return np.where(valid & (out < after), out, np.nan)


def split_day(day: int) -> tuple[int, int, int]:
    """Return the year, month and day of the month of one day between `FIRST_DAY` and `LAST_DAY`."""
    found = date.fromordinal(day + _EPOCH_ORDINAL)
    return found.year, found.month, found.day


def day_from(year: float, month: float, day: float) -> float:
    """Return what `days_from` returns, for one date."""
    if not (100 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return math.nan
    if year != int(year) or month != int(month) or day != int(day):
        return math.nan
    try:
        return float(date(int(year), int(month), int(day)).toordinal() - _EPOCH_ORDINAL)
    except ValueError:
        return math.nan


def first_day_of_year(year: np.ndarray) -> np.ndarray:
    """Return 1 January of the years as days since 1jan1960."""
    starts = (np.asarray(year).astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return (starts - _EPOCH).astype(np.float64)


def first_day_of(values: np.ndarray, unit: str) -> np.ndarray:
    """Return the first day of periods (`w m q h y`: weeks to years) as days since 1jan1960."""
    values = np.floor(np.asarray(values, dtype=np.float64))
    if unit == "y":
        return first_day_of_year(values)
    if unit == "w":  # 52 weeks a year; the last one has 8 or 9 days
        return first_day_of_year(1960 + values // 52) + 7 * (values % 52)
    months = {"m": 1, "q": 3, "h": 6}[unit] * values
    year, month = 1960 + months // 12, months % 12 + 1
    return days_from(year, month, np.ones_like(year))


def period_of(days: np.ndarray, unit: str) -> np.ndarray:
    """Return the week, month, quarter, half-year or year (`w m q h y`) that holds days since 1jan1960."""
    date = split_days(days)
    years = (date.year - 1960).astype(np.float64)
    if unit == "y":
        return date.year.astype(np.float64)
    if unit == "w":
        return 52 * years + week_of_year(days) - 1
    months = {"m": 1, "q": 3, "h": 6}[unit]
    return years * (12 // months) + (date.month - 1) // months


def day_of_year(days: np.ndarray) -> np.ndarray:
    """Return 1-366."""
    return np.floor(days) - first_day_of_year(split_days(days).year) + 1


def week_of_year(days: np.ndarray) -> np.ndarray:
    """Return 1-52: seven-day weeks from 1 January, the last one longer."""
    return np.minimum((day_of_year(days) - 1) // 7 + 1, 52)


def day_of_week(days: np.ndarray) -> np.ndarray:
    """Return 0 (Sunday) to 6."""
    return (np.floor(days) + 5) % 7


def remove_leap_seconds(milliseconds: float) -> float:
    """Return a %tC value as %tc (the inserted second counts as 59.999... of the minute before)."""
    return milliseconds - 1000.0 * bisect_right(_LEAP_STARTS, milliseconds)


def add_leap_seconds(milliseconds: float) -> float:
    """Return a %tc value as %tC."""
    return milliseconds + 1000.0 * bisect_right(_LEAP_ENDS, milliseconds)


def time_stamp(moment: datetime) -> str:
    """Return a time as `29 Mar 2011 10:57`, in English wherever we are."""
    return f"{moment.day} {SHORT_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M}"
