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
    for statement in statements:
        run_statement(session, statement)
        if time.monotonic() - session.flushed > FLUSH_SECONDS:
            session.flush()


def run_statement(session: SessionState, statement: Statement) -> None:
    """Run one statement, its macros expanded now."""
    if type(statement) is Simple:
        text = statement.line.text
        if text:
            if not is_else(text):
                session.frame.chosen = None
            expanded = session.expand(text)
            if session.settings.trace:
                show_trace(session, text, expanded)
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
        return
    head = session.expand(text[: block.late]) + text[block.late :]
    if session.settings.trace:
        show_trace(session, f"{text} {{", f"{head} {{")
    session.execute(head, body)
    if session.settings.trace:
        show_trace(session, "}", "}")


def programs_running(session: SessionState) -> int:
    """Return how many programs are running."""
    return sum(frame.kind == "program" for frame in session.frames)


def show_trace(session: SessionState, text: str, expanded: str) -> None:
    """Show a line of a program as `set trace on` does: as written, and expanded where that differs."""
    level = programs_running(session)
    if level:
        shown = [f"{'  ' * level}- {text}"]
        if expanded != text:
            shown.append(f"{'  ' * level}= {expanded}")
        session.out.write(*shown)


def show_trace_rule(session: SessionState, word: str, name: str) -> None:
    """Show the rule at the begin or end of a program."""
    margin = "  " * programs_running(session)
    head = f" {word} {name} ---"
    session.out.write(margin + "-" * max(session.settings.linesize - len(margin) - len(head), 1) + head)
