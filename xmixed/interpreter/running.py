"""Running statements that have been read: the bodies of loops, of `if` and of programs."""

from __future__ import annotations

import time
from collections.abc import Iterable

from xmixed.errors import StataError
from xmixed.language.statements import Block, Definition, Faulty, Simple, Statement, is_else
from xmixed.session.state import Body, SessionState

FLUSH_SECONDS = 0.2
"""How long output of a loop may stay unseen."""


def run_statements(session: SessionState, statements: Iterable[Statement]) -> None:
    """Run statements one after the other; the first that fails ends them.

    Raises
    ------
    StataError, ExitRequest, LoopSignal
    """
    left = iter(statements)
    try:
        for statement in left:
            run_statement(session, statement)
            if time.monotonic() - session.flushed > FLUSH_SECONDS:
                session.flush()
    except StataError:
        if session.settings.trace:
            from xmixed.interpreter.tracing import show_skipped

            show_skipped(session, left)
        raise


def run_statement(session: SessionState, statement: Statement) -> None:
    """Run one statement, its macros expanded now."""
    if type(statement) is Simple:
        text = statement.line.text
        if text:
            if not is_else(text):
                session.frame.chosen = None
            expanded = session.expand(text)
            if session.settings.trace:
                from xmixed.interpreter.tracing import show_line

                show_line(session, text, expanded)
            session.execute(expanded)
    elif isinstance(statement, Block):
        body = statement.body
        run_block(session, statement, lambda: run_statements(session, body))
    elif isinstance(statement, Definition):
        session.frame.chosen = None
        session.define(session.expand(statement.head.text), statement.body)
    elif isinstance(statement, Faulty):
        raise statement.error()


def run_block(session: SessionState, block: Block, body: Body) -> None:
    """Run the command before a block, which runs the block as often as it likes.

    The head of an `else` that is not reached is not expanded.
    """
    frame, text = session.frame, block.text
    if not is_else(text):
        frame.chosen = None
    elif frame.chosen is None:
        raise StataError(199, "unrecognized command:  else")
    elif frame.chosen:
        if session.settings.trace:
            _show_untaken(session, block)
        return
    head = session.expand(text[: block.late]) + text[block.late :]
    if session.settings.trace:
        _run_traced(session, block, head, body)
    else:
        session.execute(head, body)


def _run_traced(session: SessionState, block: Block, head: str, body: Body) -> None:
    """Run a block whose lines are shown, in each round of a loop anew."""
    from xmixed.interpreter.tracing import show_line, show_skipped

    started = False

    def traced() -> None:
        nonlocal started
        started = True
        try:
            body()
        except StataError:
            show_skipped(session, (), "}")
            raise
        show_line(session, "}", "}")

    show_line(session, f"{block.text} {{", f"{head} {{")
    session.execute(head, traced)
    if not started:
        show_skipped(session, block.body, "}")


def _show_untaken(session: SessionState, block: Block) -> None:
    """Show an `else` that is not reached."""
    from xmixed.interpreter.tracing import show_line, show_skipped

    show_line(session, f"{block.text} {{", f"{block.text} {{")
    show_skipped(session, block.body, "}")
