"""Printing an error."""

from __future__ import annotations

from datetime import datetime

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


def timed_message(head: str, seconds: float) -> str:
    """Return what `set rmsg on` shows after a command: `r; t=0.01 9:07:48`."""
    now = datetime.now()
    return f"{head} t={seconds:.2f} {now.hour}:{now:%M:%S}"


def show_code(session: SessionState, error: StataError) -> None:
    """Print `r(#);`, with the time that the command took under `set rmsg on`."""
    code = f"r({error.code});"
    shown = timed_message(code, error.seconds) if session.settings.rmsg else code
    session.out.write(line((shown, "link")))
