"""Date and time functions: parts of dates, conversions between units, reading dates from text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.functions.registry import function
from xmixed.expressions.place import Place
from xmixed.expressions.values import Value, map_number
from xmixed.formats import calendar
from xmixed.formats.calendar import MONTHS
from xmixed.formats.reading import number_in
from xmixed.missing import MISSING

Compute = Callable[..., np.ndarray]


def _within_calendar(compute: Compute) -> Compute:
    """Return a function of days that is NaN for dates outside the years 100-9999 (and for NaN)."""

    def wrapped(days: np.ndarray) -> np.ndarray:
        inside = (days >= calendar.FIRST_DAY) & (days < calendar.LAST_DAY + 1)
        return np.where(inside, compute(np.where(inside, days, 0.0)), np.nan)

    return wrapped


_OF_DAY: dict[str, Compute] = {
    "year": lambda days: calendar.split_days(days).year.astype(np.float64),
    "month": lambda days: calendar.split_days(days).month.astype(np.float64),
    "day": lambda days: calendar.split_days(days).day.astype(np.float64),
    "dow": calendar.day_of_week,
    "doy": calendar.day_of_year,
    "week": calendar.week_of_year,
    "quarter": lambda days: (calendar.split_days(days).month + 2.0) // 3,
    "halfyear": lambda days: (calendar.split_days(days).month + 5.0) // 6,
    "wofd": lambda days: calendar.period_of(days, "w"),
    "mofd": lambda days: calendar.period_of(days, "m"),
    "qofd": lambda days: calendar.period_of(days, "q"),
    "hofd": lambda days: calendar.period_of(days, "h"),
    "yofd": lambda days: calendar.period_of(days, "y"),
}

for _name, _compute in _OF_DAY.items():
    function(_name, "n")(_within_calendar(_compute))


def _first_day(unit: str, low: float, high: float) -> Compute:
    def compute(period: np.ndarray) -> np.ndarray:
        inside = (period >= low) & (period <= high)
        return np.where(inside, calendar.first_day_of(np.where(inside, period, low), unit), np.nan)

    return compute


function("dofw", "n")(_first_day("w", -96720, 418079))
function("dofm", "n")(_first_day("m", -22320, 96479))
function("dofq", "n")(_first_day("q", -7440, 32159))
function("dofh", "n")(_first_day("h", -3720, 16079))
function("dofy", "n")(_first_day("y", 100, 9999))


@function("mdy", "nnn")
def _mdy(month: np.ndarray, day: np.ndarray, year: np.ndarray) -> np.ndarray:
    return calendar.days_from(*np.broadcast_arrays(year, month, day))


def _period(per_year: int) -> Compute:
    def compute(year: np.ndarray, period: np.ndarray) -> np.ndarray:
        whole = (year == np.floor(year)) & (period == np.floor(period))
        inside = whole & (year >= 100) & (year <= 9999) & (period >= 1) & (period <= per_year)
        return np.where(inside, (year - 1960) * per_year + period - 1, np.nan)

    return compute


for _name, _per_year in {"yw": 52, "ym": 12, "yq": 4, "yh": 2}.items():
    function(_name, "nn")(_period(_per_year))

# --- clock times -------------------------------------------------------------------------------------

_DAY = calendar.MILLISECONDS_PER_DAY

function("dofc", "n")(lambda ms: np.floor(ms / _DAY))
function("dofC", "n")(lambda ms: np.floor(_each(calendar.remove_leap_seconds, ms) / _DAY))
function("cofd", "n")(lambda days: np.floor(days) * _DAY)
function("Cofd", "n")(lambda days: _each(calendar.add_leap_seconds, np.floor(days) * _DAY))
function("Cofc", "n")(lambda ms: _each(calendar.add_leap_seconds, ms))
function("cofC", "n")(lambda ms: _each(calendar.remove_leap_seconds, ms))
function("hh", "n")(lambda ms: np.floor(ms % _DAY / 3_600_000))
function("mm", "n")(lambda ms: np.floor(ms % 3_600_000 / 60_000))
function("ss", "n")(lambda ms: ms % 60_000 / 1000)
function("hours", "n")(lambda ms: ms / 3_600_000)
function("minutes", "n")(lambda ms: ms / 60_000)
function("seconds", "n")(lambda ms: ms / 1000)
function("msofhours", "n")(lambda hours: hours * 3_600_000)
function("msofminutes", "n")(lambda minutes: minutes * 60_000)
function("msofseconds", "n")(lambda seconds: seconds * 1000)


def _each(convert: Callable[[float], float], values: np.ndarray) -> np.ndarray:
    return map_number(convert, values)


@function("hms", "nnn")
def _hms(hour: np.ndarray, minute: np.ndarray, second: np.ndarray) -> np.ndarray:
    inside = (hour >= 0) & (hour < 24) & (minute >= 0) & (minute < 60) & (second >= 0) & (second < 60)
    return np.where(inside, np.floor(((hour * 60 + minute) * 60 + second) * 1000 + 0.5), np.nan)


@function("dhms", "nnnn")
def _dhms(days: np.ndarray, hour: np.ndarray, minute: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.floor(days) * _DAY + _hms(hour, minute, second)


@function("mdyhms", "nnnnnn")
def _mdyhms(month: np.ndarray, day: np.ndarray, year: np.ndarray, *time: np.ndarray) -> np.ndarray:
    return _mdy(month, day, year) * _DAY + _hms(*time)


# Times of %tC count leap seconds.
function("Chms", "nnn")(lambda *time: _each(calendar.add_leap_seconds, _hms(*time)))
function("Cdhms", "nnnn")(lambda *time: _each(calendar.add_leap_seconds, _dhms(*time)))
function("Cmdyhms", "nnnnnn")(lambda *time: _each(calendar.add_leap_seconds, _mdyhms(*time)))
function("hhC", "n")(lambda ms: np.floor(_each(calendar.remove_leap_seconds, ms) % _DAY / 3_600_000))
function("mmC", "n")(lambda ms: np.floor(_each(calendar.remove_leap_seconds, ms) % 3_600_000 / 60_000))
function("ssC", "n")(lambda ms: _each(calendar.remove_leap_seconds, ms) % 60_000 / 1000)

# --- dates in text ------------------------------------------------------------------------------------

_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_PIECE = re.compile(r"[0-9]+|[A-Za-z]+(?:\.[mM]\.?)?", re.ASCII)
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+(?:\.[mM]\.?)?", re.ASCII)
"""A piece where the mask says seconds: only there is a point a decimal one; `13.02.2008` is three numbers."""
_MASK = re.compile(r"([0-9]{2})?([YMDhmsQWHbN#])|\s", re.ASCII)


@lru_cache(maxsize=128)
def _mask_parts(mask: str) -> tuple[tuple[str, str], ...] | None:
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(mask):
        found = _MASK.match(mask, position)
        if found is None or (found[1] and found[2] != "Y"):
            return None
        if found[2]:
            parts.append((found[2], found[1] or ""))
        position = found.end()
    return tuple(parts)


@lru_cache(maxsize=256)
def _month(piece: str) -> float:
    if piece.isdigit():
        return float(piece)
    lowered = piece.lower()
    if len(lowered) < 3:
        return np.nan
    return next((float(n) for name, n in _MONTH_NUMBER.items() if name.startswith(lowered)), np.nan)


def _full_year(piece: str, century: str, top: float) -> float:
    """Return a year of four digits; two digits need a century in the mask or a top year."""
    if not piece.isdigit():
        return np.nan
    year = float(piece)
    if len(piece) > 2:
        return year
    if century:
        return float(century) * 100 + year
    if not top < MISSING:
        return np.nan
    return top - (top - year) % 100


def _split_pieces(text: str, parts: tuple[tuple[str, str], ...]) -> list[str]:
    """Return the pieces of a date text; digits run together are cut by the mask (`20120131` by YMD)."""
    pieces: list[str] = []
    position = 0
    while True:
        code = parts[len(pieces)][0] if len(pieces) < len(parts) else ""
        found = (_SECONDS if code == "s" else _PIECE).search(text, position)
        if found is None:
            break
        pieces.append(found[0])
        position = found.end()
    dated = [code for code, _ in parts if code in "YMD"]
    if len(pieces) == 1 and len(parts) == len(dated) > 1 and pieces[0].isdigit():
        digits = pieces[0]
        year_length = len(digits) - 2 * (len(dated) - 1)
        if year_length not in (2, 4):
            return pieces
        pieces, start = [], 0
        for code in dated:
            length = year_length if code == "Y" else 2
            pieces.append(digits[start : start + length])
            start += length
    return pieces


def read_date(text: str, mask: str, top: float = MISSING) -> dict[str, float] | None:
    """Return the parts of a date text by mask letter (Y M D h m s ...), or None when it does not fit."""
    parts = _mask_parts(mask)
    if not parts:
        return None
    pieces = _split_pieces(text, parts)
    afternoon = None
    timed = any(code == "h" for code, _ in parts)
    if timed and pieces and pieces[-1].lower().replace(".", "") in ("am", "pm"):
        afternoon = pieces.pop().lower().startswith("p")
    if len(pieces) != len(parts):
        return None
    out: dict[str, float] = {}
    for (code, century), piece in zip(parts, pieces, strict=True):
        if code == "#":
            continue
        if code == "Y":
            out["Y"] = _full_year(piece, century, top)
        elif code == "M":
            out["M"] = _month(piece)
        else:
            out[code] = float(piece) if piece[0].isdigit() else np.nan
    if afternoon is not None:
        out["h"] = out["h"] % 12 + (12 if afternoon else 0) if 1 <= out["h"] <= 12 else np.nan
    return out


def _day_in(parts: dict[str, float] | None) -> float:
    if parts is None or "Y" not in parts:
        return np.nan
    return calendar.day_from(parts["Y"], parts.get("M", 1.0), parts.get("D", 1.0))


def _date_of(text: str, mask: str, top: float = MISSING) -> float:
    days = _day_in(read_date(text, mask, top))
    return days if days == days else MISSING


def _clock_of(text: str, mask: str, top: float = MISSING) -> float:
    parts = read_date(text, mask, top)
    days = _day_in(parts)
    if parts is None or days != days:
        return MISSING
    hour, minute, second = parts.get("h", 0.0), parts.get("m", 0.0), parts.get("s", 0.0)
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return MISSING
    return days * _DAY + math.floor(((hour * 60 + minute) * 60 + second) * 1000 + 0.5)


@function("date daily", "ss|n", strict=False)
def _date(text: Value, mask: Value, top: Value | None = None) -> np.ndarray:
    return map_number(_date_of, text, mask, np.asarray(MISSING) if top is None else top)


@function("clock", "ss|n", strict=False)
def _clock(text: Value, mask: Value, top: Value | None = None) -> np.ndarray:
    return map_number(_clock_of, text, mask, np.asarray(MISSING) if top is None else top)


@function("Clock", "ss|n", strict=False)
def _clock_with_leap_seconds(text: Value, mask: Value, top: Value | None = None) -> np.ndarray:
    plain = _clock(text, mask, top)
    present = plain < MISSING
    return np.where(present, _each(calendar.add_leap_seconds, np.where(present, plain, 0.0)), plain)


_PER_YEAR = {"w": 52, "m": 12, "q": 4, "h": 2}
_PERIOD_LETTER = {"w": "W", "q": "Q", "h": "H"}


def _period_of_text(unit: str) -> Callable[..., float]:
    letter = _PERIOD_LETTER.get(unit, "M")

    def convert(text: str, mask: str, top: float = MISSING) -> float:
        parts = read_date(re.sub(r"(?<=[0-9])[wmqhWMQH](?=[0-9])", " ", text), mask, top)
        if parts is None or "Y" not in parts:
            return MISSING
        if letter not in parts:
            return MISSING
        value = _period(_PER_YEAR[unit])(np.array(parts["Y"]), np.array(parts[letter]))
        return float(value) if value == value else MISSING

    return convert


def _period_reader(unit: str) -> Compute:
    convert = _period_of_text(unit)

    def compute(text: Value, mask: Value, top: Value | None = None) -> np.ndarray:
        return map_number(convert, text, mask, np.asarray(MISSING) if top is None else top)

    return compute


for _name, _unit in {"weekly": "w", "monthly": "m", "quarterly": "q", "halfyearly": "h"}.items():
    function(_name, "ss|n", strict=False)(_period_reader(_unit))


@function("yearly", "ss|n", strict=False)
def _yearly(text: Value, mask: Value, top: Value | None = None) -> np.ndarray:
    def convert(s: str, layout: str, latest: float) -> float:
        parts = read_date(s, layout, latest)
        year = parts.get("Y", np.nan) if parts else np.nan
        return year if 100 <= year <= 9999 else MISSING

    return map_number(convert, text, mask, np.asarray(MISSING) if top is None else top)


# --- literals: td(01jan2000), tm(2000m1) ----------------------------------------------------------------


_LITERALS: dict[str, Callable[[str], float]] = {}
"""What reads a date as td(), tm(), ... do."""


def _literal(name: str, convert: Callable[[str], float]) -> None:
    _LITERALS.update(dict.fromkeys(name.split(), convert))

    def compute(text: Value) -> np.ndarray:
        def read(s: str) -> float:
            value = convert(s)
            if not value < MISSING:
                raise StataError(198, "invalid syntax")
            return value

        return map_number(read, text)

    function(name, "s", strict=False)(compute)


def _digits_period(unit: str) -> Callable[[str], float]:
    convert = _period_of_text(unit)
    mask = "Y" + _PERIOD_LETTER.get(unit, "M")
    return lambda text: convert(text, mask)


_literal("td d", lambda text: _date_of(text, "DMY"))
_literal("tc", lambda text: _clock_of(text, "DMYhms" if text.count(":") > 1 else "DMYhm"))
_literal(
    "tC",
    lambda text: calendar.add_leap_seconds(_clock_of(text, "DMYhms" if text.count(":") > 1 else "DMYhm")),
)
_literal("tw w", _digits_period("w"))
_literal("tm m", _digits_period("m"))
_literal("tq q", _digits_period("q"))
_literal("th h", _digits_period("h"))
_literal("ty y", lambda text: float(text) if re.fullmatch(r"\s*[0-9]{3,4}\s*", text) else MISSING)


@function("tin", "ss", strict=False, placed=True)
def _from_to(place: Place, first: str, last: str) -> np.ndarray:
    time, start, end = _time_and_bounds(place, first, last)
    return ((time >= start) & (time <= end) & (time < MISSING)).astype(np.float64)


@function("twithin", "ss", strict=False, placed=True)
def _between(place: Place, first: str, last: str) -> np.ndarray:
    time, start, end = _time_and_bounds(place, first, last)
    return ((time > start) & (time < end) & (time < MISSING)).astype(np.float64)


def _time_and_bounds(place: Place, first: str, last: str) -> tuple[np.ndarray, float, float]:
    """Return the times of the observations, and the bounds read as the time variable is shown."""
    data = place.context.data
    name = data.characteristics.get("_dta", {}).get("_TStvar", "")
    if not name or name not in data:
        raise StataError(111, "time variable not set", hint="use tsset varname ...")
    shown = data[name].format.lstrip("%-")
    convert = _LITERALS.get(shown[:2]) or (_LITERALS["td"] if shown.startswith("d") else number_in)
    bounds = []
    for text, open_end in ((first, -np.inf), (last, np.inf)):
        value = convert(text) if text else open_end
        if text and not value < MISSING:
            raise StataError(198, "invalid syntax")
        bounds.append(value)
    return place.wanted(place.column(name)), bounds[0], bounds[1]
