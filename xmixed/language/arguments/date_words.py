"""Dates as they stand in the options of time axes: `tlabel(1995m1(24)2005m1)`, `tline(15mar1990)`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from xmixed.errors import Span

_MONTHS: Sequence[str] = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PERIODS = {"m": 12, "q": 4, "h": 2, "w": 52}
_DATE = re.compile(
    r'"[^"]*"|(?<![\w.])(?:(?P<year>\d{4})(?P<unit>[mqhw])(?P<period>\d{1,2})'
    rf"|(?P<day>\d{{1,2}})(?P<month>{'|'.join(_MONTHS)})(?P<of>\d{{4}}))(?!\w)"
)


def with_numbers(text: str, inside: Span) -> str:
    """Return a text in which dates within a stretch are numbers of the same width, blanks behind them.

    Weeks count from the first of January, as everywhere; a date that does not exist stays.
    """
    whole = _DATE.sub(_number, text[inside.start : inside.end])
    return text[: inside.start] + whole + text[inside.end :]


def _number(found: re.Match[str]) -> str:
    value = _period(found) if found["unit"] else _days(found) if found["day"] else None
    return found[0] if value is None else str(value).ljust(len(found[0]))


def _period(found: re.Match[str]) -> int | None:
    count, period = _PERIODS[found["unit"]], int(found["period"])
    return (int(found["year"]) - 1960) * count + period - 1 if 1 <= period <= count else None


def _days(found: re.Match[str]) -> int | None:
    try:
        day = datetime.date(int(found["of"]), _MONTHS.index(found["month"]) + 1, int(found["day"]))
    except ValueError:
        return None
    return (day - datetime.date(1960, 1, 1)).days
