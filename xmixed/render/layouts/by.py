"""The header of a by-group."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.output import Line, line
from xmixed.render.text import result, rule


def render_group_header(values: Sequence[tuple[str, str]], linesize: int) -> list[Line]:
    """Return the lines over the output of a group: a rule, and `-> sex = male, week = 3`.

    Without values it is that of all groups together.
    """
    runs: list = ["-> "]
    for i, (name, text) in enumerate(values):
        runs += [", " if i else "", f"{name} = ", result(text)]
    return [line(), line(rule(linesize)), line(*(runs if values else ("-> Total",)))]
