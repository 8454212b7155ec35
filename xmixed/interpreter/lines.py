"""From text to commands that run: logical lines, echo, macros, errors."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.errors import StataError
from xmixed.interpreter.macros import expand_macros
from xmixed.interpreter.transcript import Echo, show_blank, show_echo
from xmixed.language.lines import LineReader, LogicalLine, logical_lines, physical_lines
from xmixed.session.messages import show_message
from xmixed.session.signals import Break, ExitRequest
from xmixed.session.state import SessionState


def run_lines(session: SessionState, text: str, echo: Echo, after: Callable[[], None] | None = None) -> None:
    """Run every command of a text; the first that fails ends it, its message shown.

    Parameters
    ----------
    after : callable or None
        Called after each command, also after one that failed.

    Raises
    ------
    StataError, ExitRequest
    """
    try:
        _run_each(session, text, echo, after)
    except KeyboardInterrupt:
        broken = Break()
        _show(session, broken, echo)
        raise broken from None
    finally:
        session.out.end_line()


def _run_each(session: SessionState, text: str, echo: Echo, after: Callable[[], None] | None) -> None:
    for line in logical_lines(text):
        show_echo(session, line.physical, echo)
        if not line.text.strip():
            continue
        try:
            _run_line(session, line, echo)
        except ExitRequest:
            show_blank(session, echo)
            raise
        finally:
            session.flush()
            if after is not None:
                after()
        show_blank(session, echo)


def _run_line(session: SessionState, line: LogicalLine, echo: Echo) -> None:
    try:
        session.execute(expand_macros(session, line.text))
    except StataError as error:
        _show(session, error, echo)
        raise


def _show(session: SessionState, error: StataError, echo: Echo) -> None:
    if echo is not Echo.CALLER:
        show_message(session, error)


def is_complete(text: str) -> bool:
    """Return whether a text typed at the prompt can run: no comment or continuation is open."""
    reader = LineReader()
    for line in physical_lines(text):
        reader.feed(line)
    return not reader.pending
