"""The lines that a log opens, pauses and closes with."""

from __future__ import annotations

import time
from collections.abc import Sequence

from xmixed.formats.calendar import SHORT_MONTHS
from xmixed.output import Line, broken, line
from xmixed.output.markup import HEAD, TAIL
from xmixed.render.text import result
from xmixed.session.log import LogFile

_VERBS = {"using": "opened", "close": "closed", "off": "paused", "on": "resumed"}


def log_rule(linesize: int) -> Line:
    return line("-" * linesize)


def log_rows(log: LogFile) -> list[Line]:
    """Return name, path and type of a log."""
    return [
        line("      name:  ", result(log.name)),
        line("       log:  ", result(log.path)),
        line("  log type:  ", result(log.type)),
    ]


def log_moment(verb: str, moment: str) -> Line:
    """Return what happens to a log at a moment: `using close off on`."""
    return line(f"{_VERBS[verb] + ' on':>10}:  ", result(moment))


def log_banner(log: LogFile, verb: str, moment: str, linesize: int) -> list[Line]:
    """Return what a log shows when something happens to it; a path longer than a line goes on after `> `."""
    return [part for row in (*log_rows(log), log_moment(verb, moment)) for part in broken(row, linesize)]


def shown_banner(log: LogFile, verb: str, moment: str, linesize: int) -> list[Line]:
    """Return the banner as it is shown: the rule above what opens, below what closes."""
    rule, banner = log_rule(linesize), log_banner(log, verb, moment, linesize)
    return [rule, *banner] if verb == "using" else [*banner, rule]


def write_banner(log: LogFile, verb: str, moment: str, linesize: int) -> None:
    """Write the banner into the log itself; one in SMCL begins and ends with lines of its own."""
    if log.type == "text":
        _write(log, shown_banner(log, verb, moment, linesize))
        return
    for text in HEAD if verb == "using" else ():
        log.put(text)
    _write(log, (*log_rows(log), log_moment(verb, moment)))
    if verb == "close":
        for text in TAIL:
            log.put(text)
    elif verb != "using":
        log.put("{txt}{.-}")


def write_head(log: LogFile) -> None:
    """Write what an SMCL log begins with where its banner is not shown."""
    if log.type == "smcl":
        log.put(HEAD[0])


def _write(log: LogFile, lines: Sequence[Line]) -> None:
    for item in lines:
        log.write(item)


def moment_now() -> str:
    """Return the time as ` 1 Nov 2018, 13:41:28`; month names do not follow the locale."""
    now = time.localtime()
    month = SHORT_MONTHS[now.tm_mon - 1]
    return f"{now.tm_mday:2d} {month} {now.tm_year}, {now.tm_hour:02d}:{now.tm_min:02d}:{now.tm_sec:02d}"
