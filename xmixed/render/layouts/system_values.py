"""The listings of `creturn list` and `query`."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

NAME_EDGE, VALUE_COLUMN, NOTE_COLUMN = 23, 26, 53
"""Names end before the first; counted from 0."""
MARGIN = 4
LONGEST = 18
"""Characters of a string that is shown in full; of a longer one 16 are, and two points."""
SETTING_COLUMN = 29
"""Where `query` shows what a setting is."""


def shown_value(value: float | str) -> str:
    """Return a value as `creturn list` shows it: strings in quotes, numbers in %18.0g."""
    if isinstance(value, str):
        text = printable(value)
        return f'"{text if len(text) <= LONGEST else text[: LONGEST - 2] + ".."}"'
    return format_value(value, "%18.0g").strip()


def _ruled(linesize: int) -> Line:
    return line(" " * MARGIN + rule(linesize - MARGIN))


def render_section(
    title: str, groups: Sequence[Sequence[tuple[str, float | str, str]]], linesize: int
) -> list[Line]:
    """Return a section of `creturn list`; a row is name, value and what sets it."""
    lines = [line(), line(title), line(), _ruled(linesize)]
    for group in groups:
        for name, value, setter in group:
            head = f"{f'c({name})':>{NAME_EDGE}} = "
            text = shown_value(value)
            gap = " " * max(NOTE_COLUMN - VALUE_COLUMN - len(text), 1)
            lines.append(line(head, result(text), f"{gap}({setter})" if setter else ""))
        lines.append(_ruled(linesize))
    return lines


def render_settings(title: str, settings: Sequence[tuple[str, float | str]], linesize: int) -> list[Line]:
    """Return a section of `query`: what `set` would be given."""
    lines = [line(), line(title), _ruled(linesize)]
    for name, value in settings:
        text = printable(value) if isinstance(value, str) else format_value(value, "%18.0g").strip()
        lines.append(line(f"        set {name}".ljust(SETTING_COLUMN), result(text)))
    return lines
