"""What `mi query` and `mi describe` show of multiple-imputation data."""

from __future__ import annotations

from datetime import datetime, timedelta

from xmixed.formats.calendar import SHORT_MONTHS
from xmixed.render.text import plural

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def render_age(moment: int, now: int) -> str:
    """Return a time, in seconds since 1960, and how long ago it was: `25mar2011 11:00:38, 72 days ago`."""
    at = datetime(1960, 1, 1) + timedelta(seconds=moment)
    date = f"{at.day:02d}{SHORT_MONTHS[at.month - 1].lower()}{at.year} {at:%H:%M:%S}"
    age = max(0, now - moment)
    for size, unit in _UNITS:
        if age >= size:
            about = "" if unit == "day" else "approximately "
            return f"{date}, {about}{plural(age // size, unit, unit + 's')} ago"
    return f"{date}, {plural(age, 'second', 'seconds')} ago"
