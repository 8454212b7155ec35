"""What `mi query` and `mi describe` show of multiple-imputation data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from xmixed.data.imputed.varying import Varying
from xmixed.formats.calendar import SHORT_MONTHS
from xmixed.output import Line, line
from xmixed.render.text import plural, result, rule, wrap

_FIXED = "\N{NO-BREAK SPACE}"
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


@dataclass(frozen=True, slots=True)
class VariableFacts:
    """A registered variable: how many `.` and `.a` to `.z` in m=0, and missing values in each m>0."""

    name: str
    soft: int = 0
    hard: int = 0
    in_copies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ImputationFacts:
    """What `mi describe` shows.

    Attributes
    ----------
    updated, now : int
        Times in seconds since 1960.
    complete, incomplete : int
        Observations of m=0.
    count : int
        M.
    variables : dict of str to list of VariableFacts
        By kind: imputed, passive, regular.
    system, unregistered : list of str
    detail : bool
        Missing values in m>0 too.
    """

    style: str
    name: str
    updated: int
    now: int
    complete: int
    incomplete: int
    count: int
    variables: dict[str, list[VariableFacts]]
    system: list[str]
    unregistered: list[str]
    detail: bool


def render_imputations(facts: ImputationFacts, linesize: int) -> list[Line]:
    """Return the table of `mi describe`."""
    style = f"{facts.style} {facts.name}".strip()
    imputations = plural(facts.count, "imputation", "imputations")
    lines = [
        line(),
        line("  Style:  ", result(style)),
        line(f"          last mi update {render_age(facts.updated, facts.now)}"),
        line(),
        line("  Obs.:   complete   ", result(f"{facts.complete:>10,d}")),
        line("          incomplete ", result(f"{facts.incomplete:>10,d}"), f"  (M = {imputations})"),
        line(" " * 10 + rule(21)),
        line("          total      ", result(f"{facts.complete + facts.incomplete:>10,d}")),
        line(),
    ]
    head = "  Vars.:  "
    for kind, found in facts.variables.items():
        shown = [one.name + _missing(one, facts.detail) * (kind != "regular") for one in found]
        lines += [*_listed(head, kind, shown, linesize), line()]
        head = " " * 10
    lines += [*_listed(head, "system", facts.system, linesize), line()]
    others = facts.unregistered
    are = "are no unregistered variables" if not others else "is one unregistered variable; "
    are = f"are {len(others)} unregistered variables; " if len(others) > 1 else are
    first, *more = wrap(f"(there {are}{' '.join(others)})", max(20, linesize - 9), max(20, linesize - 10))
    return [*lines, line(" " * 9 + first), *(line(" " * 10 + text) for text in more)]


def _missing(found: VariableFacts, detail: bool) -> str:
    """Return `(22)`, with hard missing values `(22+2)`, with those of m>0 `(22; 20*0)`."""
    own = f"{found.soft}+{found.hard}" if found.hard else f"{found.soft}"
    if not detail:
        return f"({own})"
    runs = [(len(list(group)), count) for count, group in groupby(found.in_copies)]
    copies = " ".join(f"{times}*{count}" if times > 1 else f"{count}" for times, count in runs)
    return f"({own}; {copies})" if copies else f"({own})"


def _listed(head: str, what: str, names: Sequence[str], linesize: int) -> list[Line]:
    """Return `imputed:  1; bmi(22)`, broken at the line size."""
    start = f"{head}{what}:".ljust(20) + f"{len(names)}" + (";" if names else "")
    whole = " ".join(name.replace(" ", _FIXED) for name in names)
    parts = wrap(whole, max(20, linesize - len(start) - 1), max(20, linesize - 23))
    first, *more = (part.replace(_FIXED, " ") for part in parts)
    return [
        line(start, " " if first else "", result(first)),
        *(line(" " * 23, result(text)) for text in more),
    ]


_PROBLEMS = (
    ("imputed", "imputed nonvarying"),
    ("passive", "passive nonvarying"),
    ("varying", "unregistered varying"),
    ("super_or_varying", "*unregistered super/varying"),
    ("super_varying", "unregistered super varying"),
)


def render_varying(found: Varying, linesize: int) -> list[Line]:
    """Return the table of `mi varying`."""
    width = min(linesize - 2, 77)
    lines = [line(), line("             Possible problem   variable names"), line("  " + rule(width))]
    for field, text in _PROBLEMS:
        names = " ".join(getattr(found, field)) or "(none)"
        first, *more = wrap(names, max(20, linesize - 32))
        lines.append(line(f"{text:>28}:   ", result(first)))
        lines += [line(" " * 32, result(part)) for part in more]
    note = (
        "* super/varying means super varying but would be varying if registered as imputed; variables vary"
        " only where equal to soft missing in m=0."
    )
    first, *more = wrap(note, linesize - 2, linesize - 4)
    return [*lines, line("  " + rule(width)), line("  " + first), *(line("    " + t) for t in more)]
