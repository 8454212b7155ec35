"""How commands are echoed and errors shown: FORMAT of a session's transcript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from xmixed.errors import StataError
from xmixed.language.lines import LogicalLine
from xmixed.output import Line, line
from xmixed.render.text import counted
from xmixed.session.messages import show_message
from xmixed.session.state import SessionState


class Echo(Enum):
    """Where a command line and the blank line after its output go; an open log gets both in every case."""

    EVERYWHERE = "do-file"  # console and log
    TYPED = "prompt"  # the console has the line already, it gets only the blank line
    LOG = "output only"  # one-liners, pipes
    CALLER = "Session.run"  # as LOG, and an error's message is left to the caller

    @property
    def shows_line(self) -> bool:
        return self is Echo.EVERYWHERE

    @property
    def shows_blank(self) -> bool:
        return self in (Echo.EVERYWHERE, Echo.TYPED)


def echo_lines(physical: Iterable[str], linesize: int, prompt: str = ". ") -> list[Line]:
    """Return the lines of a command as Stata echoes them.

    The first physical line stands after the prompt, the others after `> `; what is longer than `linesize`
    characters wraps there and goes on after `> `.
    """
    lines: list[Line] = []
    for text in physical:
        rest, at = text.rstrip("\r\n").expandtabs(8), 0
        while True:
            width = max(linesize - len(prompt), 1)
            lines.append(line((prompt, "input"), (rest[at : at + width], "input")))
            prompt, at = "> ", at + width
            if at >= len(rest):
                break
    return lines


def numbered_lines(lines: Sequence[LogicalLine], first: int) -> Iterator[tuple[str, LogicalLine]]:
    """Give the lines of a loop or definition with their prompts: `. `, then numbers from `first` on.

    Stata: a comment uses up the prompt it got; the next line has the plain one, and the number stays.
    """
    number, prompt = first, f"{first:3d}. "
    for position, logical in enumerate(lines):
        yield (prompt if position else ". "), logical
        if not position:
            continue
        if logical.text:
            number += 1
            prompt = f"{number:3d}. "
        else:
            prompt = ". "


def show_echo(session: SessionState, physical: Sequence[str], echo: Echo, prompt: str = ". ") -> None:
    """Echo a command line."""
    if session.cmdlog is not None and not session.out.quiet:
        for text in physical:
            session.cmdlog.put(text.rstrip("\r\n"))
    if session.settings.output != "inform":
        return
    lines = echo_lines(physical, session.settings.linesize, prompt)
    if echo.shows_line:
        session.out.write(*lines)
    else:
        _write_log(session, lines)


def show_blank(session: SessionState, echo: Echo) -> None:
    """Write the blank line that follows a command's output."""
    if session.settings.output != "inform":
        return
    if echo.shows_blank:
        session.out.write("")
    else:
        _write_log(session, [line()])


class MataTranscript:
    """Where a block of Mata is shown as it runs, between two rules."""

    def __init__(self, session: SessionState, echo: Echo) -> None:
        self._session, self._echo = session, echo

    def echo(self, physical: Sequence[str], prompt: str) -> None:
        """Show physical lines behind a prompt."""
        show_echo(self._session, physical, self._echo, prompt)

    def blank(self) -> None:
        """Show the blank line that follows the output of a statement."""
        if self._echo.shows_line:
            show_blank(self._session, self._echo)

    def failed(self, error: StataError, skipped: int) -> None:
        """Show an error, and how many lines it leaves."""
        if self._echo.shows_line:
            show_message(self._session, error)
            self.show(f"({counted(skipped, 'line')} skipped)")

    def show(self, text: str) -> None:
        """Show a rule or a remark."""
        if self._session.settings.output != "inform":
            return
        if self._echo.shows_line:
            self._session.out.write(text)
        else:
            _write_log(self._session, [line(text)])


def _write_log(session: SessionState, lines: Iterable[Line]) -> None:
    if session.logs and not session.out.quiet:
        for item in lines:
            for log in session.logs.values():
                log.write(item)
