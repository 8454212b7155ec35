"""Printing an error."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.output import line
from xmixed.session.state import SessionState


def show_message(session: SessionState, error: StataError) -> None:
    """Print the message of an error, once, unless it is captured; `quietly` does not hide it."""
    if error.printed or session.captured:
        return
    error.printed = True
    parts = error.message.split("\n") if error.message else []
    parts += _folded(error.hint, session.settings.linesize) if error.hint else []
    session.out.write_always(*(line((part, "error")) for part in parts))
    for adviser in session.advisers:
        adviser(error)


def _folded(hint: str, linesize: int) -> list[str]:
    """Return lines of whole words; Stata's own messages are broken hard."""
    import textwrap  # late: it loads `re`

    return [part for text in hint.split("\n") for part in textwrap.wrap(text, linesize)]


def show_code(session: SessionState, error: StataError) -> None:
    """Print `r(#);`."""
    session.out.write(line((f"r({error.code});", "link")))
