"""The lines that a log opens, pauses and closes with."""

from __future__ import annotations

import time

from xmixed.formats.calendar import SHORT_MONTHS
from xmixed.output import Line, line
from xmixed.session.log import LogFile

_VERBS = {"using": "opened", "close": "closed", "off": "paused", "on": "resumed"}


def log_rule(linesize: int) -> Line:
    return line("-" * linesize)


def log_banner(log: LogFile, verb: str, moment: str, linesize: int) -> list[Line]:
    """Return name, path and type of a log and what happens to it at a moment: `using close off on`."""
    return [
        line(f"      name:  {log.name}"),
        *wrapped_path(log, linesize),
        line("  log type:  text"),
        line(f"{_VERBS[verb] + ' on':>10}:  {moment}"),
    ]


def wrapped_path(log: LogFile, linesize: int) -> list[Line]:
    """Return the line with the path, broken at the line size; it goes on after `> `."""
    text = f"       log:  {log.path}"
    lines, rest = [line(text[:linesize])], text[linesize:]
    while rest:
        lines.append(line("> " + rest[: linesize - 2]))
        rest = rest[linesize - 2 :]
    return lines


def moment_now() -> str:
    """Return the time as ` 1 Nov 2018, 13:41:28`; month names do not follow the locale."""
    now = time.localtime()
    month = SHORT_MONTHS[now.tm_mon - 1]
    return f"{now.tm_mday:2d} {month} {now.tm_year}, {now.tm_hour:02d}:{now.tm_min:02d}:{now.tm_sec:02d}"
