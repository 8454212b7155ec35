"""The listing of `dir` and `ls`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from xmixed.data.files.listing import Entry
from xmixed.output import Line, line
from xmixed.render.layouts.describe.describe import render_names
from xmixed.render.text import printable

_HALF_YEAR = 15_778_476
"""Seconds; of older files the year is shown in place of the time of day."""


def render_listing(entries: Sequence[Entry], linesize: int) -> list[Line]:
    """Return the lines of `ls -l`."""
    links = max(len(str(entry.links)) for entry in entries)
    size = max(len(str(entry.size)) for entry in entries)
    owner = max(len(entry.owner) for entry in entries)
    group = max(len(entry.group) for entry in entries)
    total = sum(entry.blocks for entry in entries) // 2
    return [
        line(f"total {total}"),
        *(
            line(
                f"{entry.mode} {entry.links:>{links + 1}} {entry.owner:<{owner}}  {entry.group:<{group}}  "
                f"{entry.size:>{size}} {_moment(entry.changed)} {printable(entry.name)}"
            )
            for entry in entries
        ),
    ]


def _moment(seconds: float) -> str:
    then = time.localtime(seconds)
    old = abs(time.time() - seconds) > _HALF_YEAR
    return time.strftime("%b ", then) + f"{then.tm_mday:2d} " + time.strftime(" %Y" if old else "%H:%M", then)


def render_wide(entries: Sequence[Entry], linesize: int) -> list[Line]:
    """Return names in columns."""
    return render_names([printable(entry.name) for entry in entries], linesize)
