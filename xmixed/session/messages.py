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
    for text in (error.message, error.hint):
        if text:
            session.out.write_always(*(line((part, "error")) for part in text.split("\n")))
    for adviser in session.advisers:
        adviser(error)


def show_code(session: SessionState, error: StataError) -> None:
    """Print `r(#);`."""
    session.out.write(line((f"r({error.code});", "link")))
