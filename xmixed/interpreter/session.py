"""The session: text in, output and state out. The console, do-files and Python all use this object."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xmixed.commands.logs import close_log
from xmixed.commands.registry import CommandEntry, find_command
from xmixed.errors import StataError
from xmixed.interpreter.by_groups import run_by_groups
from xmixed.interpreter.lines import run_lines
from xmixed.interpreter.snapshot import Snapshot
from xmixed.interpreter.transcript import Echo, show_blank
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.words import split_command_word
from xmixed.output import Line
from xmixed.session.messages import show_code, show_message
from xmixed.session.results import Results
from xmixed.session.signals import Break, ExitRequest
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    import pandas

MAXIMUM_DEPTH = 64
"""How many do-files may be nested; Stata's limit."""


class Session(SessionState):
    """An interpreter with its data, results and settings.

    Examples
    --------
    >>> session = Session()
    >>> session.run("display 2^10")
    '1024\\n'
    """

    def __init__(self) -> None:
        super().__init__()
        self.flushes: list[
            Callable[[], object]
        ] = []  # called after each command, so that readers see its output

    def run(self, text: str) -> str:
        """Run commands (one or more lines) and return their output, without echo.

        Raises
        ------
        StataError
            When a command fails; `output` holds what was printed before. The rest does not run.
        """
        printed: list[Line] = []
        sink = printed.append
        self.out.sinks.append(sink)
        failure: StataError | None = None
        try:
            run_lines(self, text, Echo.CALLER)
        except StataError as error:
            failure = error
        except ExitRequest:
            pass
        finally:
            self.out.sinks.remove(sink)
        output = "".join(item.text + "\n" for item in printed)
        if failure is not None:
            failure.output = output
            self._log_failure(failure)
            raise failure
        return output

    def _log_failure(self, failure: StataError) -> None:
        """Show an error that is about to be raised where output goes besides the caller: in the log."""
        show_message(self, failure)
        show_code(self, failure)
        show_blank(self, Echo.CALLER)
        self.flush()

    def use(self, source: str | os.PathLike[str] | pandas.DataFrame, clear: bool = False) -> None:
        """Load a .dta file or a pandas data frame.

        Raises
        ------
        StataError
            r(4) when unsaved changes would be lost and `clear` is false; r(601) and the codes of `use`.
        """
        if isinstance(source, (str, os.PathLike)):
            self.run(f'use `"{os.fspath(source)}"\'' + (", clear" if clear else ""))
            return
        from xmixed.data.pandas_bridge import from_pandas

        if self.data.changed and not clear:
            raise StataError(4, "no; data in memory would be lost")
        self.data = from_pandas(source)

    def execute(self, text: str) -> None:
        """Run one command line whose macros are expanded.

        Raises
        ------
        StataError
            The state is then as it was before the command.
        """
        text = text.strip()
        if not text:
            return
        word, end = split_command_word(text)
        entry = find_command(word)
        if entry.kind == "prefix":
            rest = text[end:].strip()
            entry.handler(self, Command(entry.name, text, argument=rest, argument_text=rest))
            return
        node = parse_command(entry.name, entry.syntax, text, end)
        self._check_needs(entry)
        if entry.kind == "control":
            entry.handler(self, node)
        else:
            self._run_handler(entry, node)

    def _check_needs(self, entry: CommandEntry) -> None:
        if "data" in entry.needs and not self.data.variables:
            raise StataError(111, "no variables defined")
        if "estimates" in entry.needs and not self.e.exist:
            raise StataError(301, "last estimates not found")

    def _run_handler(self, entry: CommandEntry, node: Any) -> None:
        before = Snapshot(self)
        try:
            run_by_groups(self, entry, node)
        except ExitRequest:
            raise
        except BaseException as error:
            known = as_stata_error(error)
            if known is not None and known.keeps_results:
                self._renew_r(entry, before)
                raise
            before.restore(self)
            if known is error or known is None:
                raise
            raise known from error
        self._renew_r(entry, before)

    def _renew_r(self, entry: CommandEntry, before: Snapshot) -> None:
        """Empty r() after a command that replaces it and had nothing to put there."""
        if not entry.keeps_r and self.r is before.r:
            self.r = Results()

    def run_file(self, path: str, arguments: list[str], echo: bool, typed: str | None = None) -> None:
        """Run a do-file as `do` does, or without output as `run` does.

        `typed` is the text of the arguments with their quotes, for `0'.

        Raises
        ------
        StataError
            r(601) when there is no such file; the error of the command that failed, already shown.
        """
        text = read_do_file(path)
        if self.depth >= MAXIMUM_DEPTH:
            raise StataError(1000, "too many nested do-files")
        quiet = self.out.quiet
        self.out.quiet = quiet or not echo
        try:
            self.out.write("")
            self.run_do_file(text, arguments, typed)
        finally:
            self.out.quiet = quiet

    def run_do_file(self, text: str, arguments: list[str], typed: str | None = None) -> None:
        """Run the text of a do-file with echo, to its `end of do-file`.

        Raises
        ------
        StataError
            The error of the command that failed, already shown.
        """
        with self.do_file_macros(arguments, typed):
            self._run_echoed(text)

    @contextmanager
    def do_file_macros(self, arguments: list[str], typed: str | None = None) -> Iterator[None]:
        """Give a do-file local macros of its own: its arguments as `1', `2', ..., all of them as `0' and `*'.

        `typed` is their text as typed, quotes and all; by default they are joined.
        """
        macros = {str(i): word for i, word in enumerate(arguments, 1)}
        macros["0"] = macros["*"] = " ".join(arguments) if typed is None else typed
        self.local_macros.append(macros)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            self.local_macros.pop()

    def flush(self) -> None:
        """Hand on what was printed: to the log file and the console."""
        if self.log is not None:
            self.log.flush()
        for flush in self.flushes:
            flush()

    def close(self) -> None:
        """End the session: an open log is closed, with its banner."""
        if self.log is not None:
            close_log(self)

    def _run_echoed(self, text: str) -> None:
        code = 0
        try:
            run_lines(self, text, Echo.EVERYWHERE)
            self.out.write(". ")
        except ExitRequest as request:
            if request.everything:
                raise
            code = request.code
        except StataError as error:
            show_code(self, error)
            self.out.write("", "end of do-file")
            raise
        self.out.write("end of do-file")
        if code:
            raise StataError(code)


def read_do_file(path: str) -> str:
    """Return the text of a do-file; `.do` is added to a name without extension.

    UTF-8, or else Latin-1, in which Stata 12 wrote; a byte order mark is dropped in both.
    """
    if not os.path.splitext(path)[1]:
        path += ".do"
    try:
        with open(os.path.expanduser(path), "rb") as stream:
            content = stream.read()
    except (OSError, ValueError):
        raise StataError(601, f"file {path} not found") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def as_stata_error(error: BaseException) -> StataError | None:
    """Return what the user is told of an exception; None for a mistake of ours."""
    if isinstance(error, StataError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Break()
    if isinstance(error, MemoryError):
        return StataError(909, "op. sys. refuses to provide memory")
    if isinstance(error, RecursionError):
        return StataError(130, "expression too long")
    return None
