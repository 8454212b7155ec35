"""The vocabulary of output: lines of styled runs, as they are shown, logged and exported.

No widths: those are in `render/`. Where lines go is `session/output.py`.
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


_CONTROL = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x09}


def without_control(text: str) -> str:
    """Return text without control characters: what is in data or was typed must not steer a terminal."""
    return text if text.isprintable() else text.translate(_CONTROL)
