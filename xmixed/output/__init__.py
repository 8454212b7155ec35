"""The vocabulary of output: lines of styled runs, as they are shown, logged and exported.

No widths: those are in `render/`; the session knows how long a line may be,
and where lines go is in `session/output.py`.
"""

from __future__ import annotations

from typing import NamedTuple


class Styled(NamedTuple):
    """A run of characters of one style: text, result, input, error, or link."""

    text: str
    style: str = "text"


class Line(tuple[Styled, ...]):
    """One line of output as styled runs; its characters are the same wherever it is shown."""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self)


def line(*runs: str | Styled | tuple[str, str]) -> Line:
    """Return a Line; bare strings have the style `text`."""
    return Line(Styled(run) if isinstance(run, str) else Styled(*run) for run in runs)


def broken(item: Line, width: int) -> list[Line]:
    """Break a line hard into lines of at most `width` characters, the later ones after `> `.

    Stata breaks so whatever a command prints: a long `display`, a table wider than the line size.
    """
    if sum(len(run.text) for run in item) <= width:
        return [item]
    lines: list[list[Styled]] = [[]]
    room = width
    for run in item:
        rest = run.text
        while rest:
            if not room:
                lines.append([Styled("> ")])
                room = max(width - 2, 1)
            lines[-1].append(Styled(rest[:room], run.style))
            rest, room = rest[room:], room - len(rest[:room])
    return [Line(runs) for runs in lines]


_CONTROL = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x09}


def without_control(text: str) -> str:
    """Return text without control characters: what is in data or was typed must not steer a terminal."""
    return text if text.isprintable() else text.translate(_CONTROL)
