"""Text at the top: do-files, the prompt, pipes. Reads statements, echoes them as Stata does, runs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from xmixed.errors import StataError
from xmixed.interpreter.running import run_block, run_statement
from xmixed.interpreter.transcript import Echo, MataTranscript, numbered_lines, show_blank, show_echo
from xmixed.language.lines import LogicalLine, physical_lines
from xmixed.language.statements import (
    Block,
    Definition,
    Faulty,
    Simple,
    Statement,
    TextReader,
    begins_mata,
    lines_of,
)
from xmixed.session.messages import show_code, show_message, timed_message
from xmixed.session.signals import Break, ExitRequest, interrupts_kept
from xmixed.session.state import SessionState


def run_lines(
    session: SessionState,
    text: str,
    echo: Echo,
    after: Callable[[], None] | None = None,
    goes_on: bool = False,
) -> None:
    """Run every command of a text; the first that fails ends it, its message shown.

    Parameters
    ----------
    after : callable or None
        Called after each command, also after one that failed.
    goes_on : bool
        Whether the next command runs all the same after one that failed.

    Raises
    ------
    StataError, ExitRequest
    """
    runner = TextRunner(session, echo, after, goes_on)
    runner.feed(text)
    runner.close()


class TextRunner:
    """Runs the statements of a text that may come in parts; a block may go on from one to the next."""

    def __init__(
        self,
        session: SessionState,
        echo: Echo,
        after: Callable[[], None] | None = None,
        goes_on: bool = False,
    ) -> None:
        self._session, self._echo, self._after, self._goes_on = session, echo, after, goes_on
        self._reader = TextReader()

    def feed(self, text: str) -> None:
        """Run the statements that more text completes."""
        self._run(statement for line in physical_lines(text) for statement in self._reader.feed(line))

    def close(self) -> None:
        """Run what is left, however incomplete."""
        self._run(self._reader.close())

    def _run(self, statements: Iterable[Statement]) -> None:
        session = self._session
        try:
            with interrupts_kept():
                for statement in statements:
                    try:
                        self._top(statement)
                    except StataError as error:
                        if not self._goes_on or isinstance(error, Break):
                            raise
                        show_code(session, error)
                        show_blank(session, self._echo)
        except KeyboardInterrupt:
            broken = Break()
            self._show(broken)
            raise broken from None
        finally:
            session.out.end_line()

    def _top(self, statement: Statement) -> None:
        """Run one statement and show the blank line after it."""
        if isinstance(statement, Simple) and not statement.line.text:
            self._run_shown(statement)
            return
        session = self._session
        started = time.perf_counter()
        try:
            self._run_shown(statement)
            if session.settings.rmsg:
                session.memory.elapsed = time.perf_counter() - started
                session.out.write(timed_message("r;", session.memory.elapsed))
        except StataError as error:
            error.seconds = session.memory.elapsed = time.perf_counter() - started
            self._show(error)
            raise
        except ExitRequest:
            show_blank(session, self._echo)
            raise
        finally:
            self._session.flush()
            if self._after is not None:
                self._after()
        show_blank(self._session, self._echo)

    def _run_shown(self, statement: Statement) -> None:
        """Echo and run one statement."""
        session = self._session
        if isinstance(statement, Simple):
            self._echo_line(statement.line)
            if statement.line.text:
                run_statement(session, statement)
            elif statement.line.notice:
                session.out.write(statement.line.notice)
        elif isinstance(statement, Block) and statement.kind != "loop" and not statement.quiet:
            self._run_going(statement)
        elif isinstance(statement, Definition) and begins_mata(statement.head.text):
            self._run_mata(statement)
        else:
            self._echo_collected(statement)
            run_statement(session, statement)

    def _run_mata(self, block: Definition) -> None:
        """Run a block of Mata, each statement of which is echoed before its output."""
        from xmixed.render.layouts.mata_matrix import closing_rule, opening_rule

        session, width = self._session, self._session.settings.linesize
        shown = MataTranscript(session, self._echo)
        self._echo_line(block.head)
        shown.show(opening_rule(width))
        session.transcript = shown
        try:
            run_statement(session, block)
            if block.close is not None:
                shown.echo(block.close.physical, ": ")
        finally:
            session.transcript = None
            shown.show(closing_rule(width))

    def _echo_line(self, line: LogicalLine) -> None:
        show_echo(self._session, line.physical, self._echo)

    def _echo_collected(self, statement: Statement) -> None:
        """Echo what is read to its end before it runs: numbered lines; behind `quietly` the first alone."""
        lines = lines_of(statement)
        if isinstance(statement, Block) and statement.quiet:
            lines = lines[:1]
        first = 1 if isinstance(statement, Definition) else 2
        for prompt, line in numbered_lines(lines, first):
            show_echo(self._session, line.physical, self._echo, prompt)

    def _echo_skipped(self, statements: Iterable[Statement]) -> None:
        """Echo statements of a branch that is not taken, or that follow a failure."""
        for statement in statements:
            if isinstance(statement, Simple):
                self._echo_line(statement.line)
            elif isinstance(statement, Block) and statement.kind != "loop" and not statement.quiet:
                self._echo_line(statement.head)
                self._echo_skipped(statement.body)
                if statement.close is not None:
                    self._echo_line(statement.close)
            else:
                self._echo_collected(statement)

    def _run_going(self, block: Block) -> None:
        """Run `if {`, `else {`, `noisily {`: each line is echoed and runs at once."""
        self._echo_line(block.head)
        started = False

        def body() -> None:
            nonlocal started
            started = True
            self._run_each(block.body)

        try:
            run_block(self._session, block, body)
        except (StataError, KeyboardInterrupt):
            if started and block.close is not None:
                self._echo_line(block.close)
            raise
        if not started:
            self._echo_skipped(block.body)
        if block.close is not None:
            self._echo_line(block.close)

    def _run_each(self, statements: tuple[Statement, ...]) -> None:
        session = self._session
        for position, statement in enumerate(statements):
            try:
                self._run_shown(statement)
            except StataError as error:
                if self._echo.shows_line and not session.captured and not isinstance(statement, Faulty):
                    self._show(error)
                    show_code(session, error)
                self._echo_skipped(statements[position + 1 :])
                raise
            session.flush()

    def _show(self, error: StataError) -> None:
        if self._echo is not Echo.CALLER:
            show_message(self._session, error)


def is_complete(text: str) -> bool:
    """Return whether a text typed at the prompt can run: nothing is open, no comment, line or block."""
    reader = TextReader()
    for line in physical_lines(text):
        for _ in reader.feed(line):
            pass
    return not reader.pending


def has_several(text: str) -> bool:
    """Return whether a text typed at once holds more than one statement."""
    reader = TextReader()
    read = [statement for line in physical_lines(text) for statement in reader.feed(line)]
    commands = [item for item in read if not isinstance(item, Simple) or item.line.text]
    return len(commands) + reader.pending > 1


def continuation_prompt(text: str) -> str:
    """Return the prompt of the line that follows a text typed so far: `  2. ` in a block, `> ` in a line."""
    reader = TextReader()
    number, opened = 1, ""
    for line in physical_lines(text):
        for _ in reader.feed(line):
            pass
        collects = reader.collects
        if collects and not opened:
            number = 1 if collects == "definition" else 2
        elif collects and line.strip() and not reader.continues_line:
            number += 1
        opened = collects
    if reader.continues_line:
        return "> "
    return f"{number:3d}. " if opened else ". "
