"""The session: text in, output and state out. The console, do-files and Python all use this object."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.commands.registry import CommandEntry, find_entry, subcommands_of
from xmixed.data.reference.model import needs_rows
from xmixed.errors import StataError
from xmixed.interpreter.frames import drop_temporaries, entered
from xmixed.interpreter.lines import run_lines
from xmixed.interpreter.snapshot import Snapshot
from xmixed.interpreter.templates import Prepared, Templates
from xmixed.interpreter.transcript import Echo, show_blank
from xmixed.language.lines import LogicalLine
from xmixed.language.nodes import Command, Option
from xmixed.language.parser import parse_command
from xmixed.language.shapes import shape_of
from xmixed.language.words import split_command_word
from xmixed.output import Line
from xmixed.session.frames import Frame, argument_macros
from xmixed.session.messages import show_code, show_message
from xmixed.session.programs import Program
from xmixed.session.results import Results
from xmixed.session.signals import Break, ExitRequest, LoopSignal
from xmixed.session.state import Body, SessionState

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from xmixed.session.log import LogFile

MOST_PREPARED = 2000
"""How many parsed command lines are kept."""

LONGEST_PREPARED = 500
"""Characters in a command line that is kept."""

RECURSION = 20_000
"""Python's own limit while commands run: 64 programs in each other with blocks in their blocks."""


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
        # BLAS takes its work space now: where memory is short later it would end the process.
        np.linalg.solve(np.eye(2), np.eye(2))
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
        self.flushes: list[
            Callable[[], object]
        ] = []  # called after each command, so that readers see its output
        self._prepared: dict[str, Prepared] = {}
        self._templates = Templates()
        self._prefixes: dict[str, CommandEntry] = {}  # by the words that were typed for them

    def run(self, text: str) -> str:
        """Run commands (one or more lines) and return their output, without echo.

        Raises
        ------
        StataError
            When a command fails; `output` holds what was printed before. The rest does not run.
        KeyboardInterrupt
            After Ctrl-C; data and results are as before the command that ran.
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
            if isinstance(failure, Break):
                raise KeyboardInterrupt from failure
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
        TypeError
            For a source of another kind.
        """
        if isinstance(source, (str, os.PathLike)):
            self._use_file(os.fspath(source), clear)
            return
        from xmixed.data.pandas_bridge import from_pandas, is_frame

        if not is_frame(source):
            raise TypeError(f"use() takes a path or a pandas DataFrame, not {type(source).__name__}")
        if self.data.changed and not clear:
            raise StataError(4, "no; data in memory would be lost")
        self.data = from_pandas(source)

    def _use_file(self, path: str, clear: bool) -> None:
        """Load a file under just this name: what stands in it is no text of commands."""
        entry, _ = find_entry("use")
        options = {"clear": Option("clear", None)} if clear else {}
        self.perform(Prepared(entry, Command("use", f"use {path}", path, path, options=options)))

    def __repr__(self) -> str:
        data, command = self.data, self.e.macros.get("cmd", "")
        shown = f"{data.n_obs:,} observations of {len(data.variables):,} variables"
        return f"<xmixed.Session: {shown}{', results of ' + command if command else ''}>"

    def graph(self, name: str = "") -> Figure:
        """Return a graph in memory, the last one by default, as a matplotlib figure.

        Raises
        ------
        StataError
            r(111) when there is none of that name; r(601) without matplotlib.
        """
        from xmixed.graphics.drawing.figure import draw

        found = self.graphs.graphs.get(name or self.graphs.current)
        if found is None:
            raise StataError(111, f"graph {name} not found" if name else "no graphs in memory")
        return draw(found)

    def expand(self, text: str) -> str:
        """Return a text with its macros expanded; raises StataError."""
        if "`" not in text and "$" not in text and "\\" not in text:
            return text
        from xmixed.interpreter.macros import expand_macros

        return expand_macros(self, text)

    def execute(self, text: str, body: Body | None = None) -> None:
        """Run one command line whose macros are expanded.

        Parameters
        ----------
        body : callable or None
            Runs the block in braces behind the command.

        Raises
        ------
        StataError
            The state is then as it was before the command.
        """
        text = text.strip()
        if not text:
            if body is not None:
                raise StataError(199, "unrecognized command:  { invalid command name")
            return
        if text[0] == "*":
            return  # a macro that stands for `*` makes its line a comment
        try:
            self.perform(self.prepare(text), body)
        except StataError as error:
            error.command = error.command or text
            raise

    def prepare(self, text: str) -> Prepared:
        """Return a command line parsed by its command's syntax.

        Nodes are immutable, so the same text is parsed once.
        """
        word, end = split_command_word(text)
        program = self.program_named(word)
        if program is not None:
            return Prepared(program, text[end:])
        known = self._prepared.get(text)
        if known is not None:
            return known
        prefix = self._prefixes.get(word)
        if prefix is not None:
            return _prefix_command(prefix, text, end)
        shape = shape_of(text, names=True)
        made = self._templates.made(text, shape)
        if made is not None:
            return made
        try:
            entry, end = find_entry(text)
        except StataError as error:
            if error.code != 199:
                raise
            from xmixed.interpreter.ado_files import load_ado

            program = load_ado(self, word)
            if program is None:
                raise
            return Prepared(program, text[end:])
        if entry.kind == "prefix":
            if not subcommands_of(entry.name):
                self._prefixes[word] = entry
            return _prefix_command(entry, text, end)
        prepared = Prepared(entry, parse_command(entry.name, entry.syntax, text, end))
        if len(text) <= LONGEST_PREPARED:
            if len(self._prepared) >= MOST_PREPARED:
                self._prepared.clear()
            self._prepared[text] = prepared
            self._templates.keep(shape, end, prepared)
        return prepared

    def perform(self, prepared: Prepared, body: Body | None = None) -> None:
        """Run a prepared command; `body` runs the block in braces behind it.

        Raises
        ------
        StataError
        """
        entry, node = prepared
        if isinstance(entry, Program):
            if body is not None:
                raise StataError(198, "invalid syntax")
            from xmixed.interpreter.programs import call_by_groups, call_program

            (call_program if self.groups is None else call_by_groups)(self, entry, node)
            return
        if self.groups is not None and entry.kind == "control":
            raise StataError(190, f"{entry.name} may not be combined with by")
        if body is not None:
            if not entry.block:
                raise StataError(198, "invalid syntax")
            node = replace(node, body=body)
        self._check_needs(entry)
        if entry.kind == "command":
            self._run_handler(entry, node)
        else:
            entry.handler(self, node)

    def define(self, head: str, lines: tuple[LogicalLine, ...]) -> None:
        """Run a command that takes lines up to `end`: `program define`, `input`, `mata`."""
        self.verbatim = lines
        try:
            self.execute(head)
        finally:
            self.verbatim = None

    def _check_needs(self, entry: CommandEntry) -> None:
        if "data" in entry.needs and not self.data.variables:
            raise StataError(111, "no variables defined")
        if self.data.reference is not None and entry.takes_rows and not entry.by_reference:
            raise needs_rows(f"{entry.name} is")
        if "estimates" in entry.needs and not self.e.exist:
            raise StataError(301, "last estimates not found")
        if entry.after and self.e.macros.get("cmd") not in entry.after:
            raise StataError(321, f"{entry.name} not valid")

    def _run_handler(self, entry: CommandEntry, node: Any) -> None:
        before = Snapshot(self)
        try:
            with np.errstate(all="ignore"):  # Stata: what is beyond the largest number is missing, silently
                if self.groups is None:
                    entry.handler(self, node)
                else:
                    from xmixed.interpreter.by_groups import run_by_groups

                    run_by_groups(self, self.groups, entry, node)
        except (ExitRequest, LoopSignal):
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
        if self.r is not before.r:
            self.r.settle()
        elif not entry.keeps_r:
            self.r = Results()

    def run_file(
        self, path: str, arguments: list[str], echo: bool, typed: str | None = None, goes_on: bool = False
    ) -> None:
        """Run a do-file as `do` does, or without output as `run` does.

        `typed` is the text of the arguments with their quotes, for `0'. `goes_on`: commands behind one that
        fails run all the same.

        Raises
        ------
        StataError
            r(601) when there is no such file; the error of the command that failed, already shown.
        """
        text = read_do_file(path)
        quiet = self.out.quiet
        self.out.quiet = quiet or not echo
        try:
            self.out.write("")
            self.run_do_file(text, arguments, typed, goes_on)
        finally:
            self.out.quiet = quiet

    def run_do_file(
        self, text: str, arguments: list[str], typed: str | None = None, goes_on: bool = False
    ) -> None:
        """Run the text of a do-file with echo, to its `end of do-file`.

        Raises
        ------
        StataError
            The error of the command that failed, already shown.
        """
        with self.do_file(arguments, typed):
            self._run_echoed(text, goes_on)

    def do_file(self, arguments: list[str], typed: str | None = None) -> AbstractContextManager[None]:
        """Give a do-file a frame of its own, with its arguments as macros."""
        macros = argument_macros(arguments, typed)
        return entered(self, Frame("do-file", macros=macros, version=self.frame.version))

    def run_profile(self) -> None:
        """Run `profile.do`, from the current folder or along the ado path, as sessions and do-files begin.

        Its commands and output are not shown; the message of one that fails is, and the session goes on.
        """
        path = "profile.do" if os.path.isfile("profile.do") else self.ado_path.find("profile.do")
        if path is None:
            return
        self.out.write(f"running {os.path.abspath(path)} ...")
        try:
            self.run_file(path, [], echo=False)
        except StataError as error:
            show_message(self, error)
            show_code(self, error)

    def include_file(self, path: str) -> None:
        """Run a do-file in the frame of its caller, as `include` does."""
        text = read_do_file(path)
        self.out.write("")
        with self.nested():
            self._run_echoed(text)

    def flush(self) -> None:
        """Hand on what was printed: to the log file and the console."""
        self.flushed = time.monotonic()
        for log in list(self.logs.values()):
            log.flush()
            if log.failure:
                self._end_log(log)
        if self.cmdlog is not None:
            self.cmdlog.flush()
        for flush in self.flushes:
            flush()

    def _end_log(self, log: LogFile) -> None:
        """Give up a log that can no longer be written, with a message; commands go on."""
        self.detach_log(log)
        failure = StataError(693, f"I/O error writing log file {log.path}; log closed", hint=log.failure)
        captured, self.captured = self.captured, False
        show_message(self, failure)
        self.captured = captured
        show_code(self, failure)

    def close(self) -> None:
        """End the session: temporary files go, an open log is closed, with its banner."""
        drop_temporaries(self, self.frames[0].temporaries)
        for file in self.open_files.values():
            file.stream.close()
        self.open_files.clear()
        for log in list(self.logs.values()):
            self._close_log(log)
        if self.cmdlog is not None:
            self.cmdlog.close()
            self.cmdlog = None

    def _close_log(self, log: LogFile) -> None:
        """Close the log as the session ends: its banner goes to the file only."""
        from xmixed.render.layouts.log_banner import moment_now, write_banner

        log.on = True
        write_banner(log, "close", moment_now(), self.settings.linesize)
        self.detach_log(log)

    def _run_echoed(self, text: str, goes_on: bool = False) -> None:
        code = 0
        try:
            run_lines(self, text, Echo.EVERYWHERE, goes_on=goes_on)
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


def _prefix_command(entry: CommandEntry, text: str, end: int) -> Prepared:
    """Return a prefix with what it runs: the rest of the line."""
    rest = text[end:].strip()
    return Prepared(entry, Command(entry.name, text, argument=rest, argument_text=rest))


def read_do_file(path: str) -> str:
    """Return the text of a do-file; `.do` is added to a name without extension."""
    if not os.path.splitext(path)[1]:
        path += ".do"
    try:
        from xmixed.language.programs.text_files import read_text

        return read_text(path)
    except (OSError, ValueError):
        raise StataError(601, f"file {path} not found") from None


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
    if isinstance(error, (OverflowError, FloatingPointError)):
        return StataError(1400, "numerical overflow")
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return StataError(691, "I/O error", hint=str(error.strerror or error))
    return None
