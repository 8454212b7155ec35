"""Runs that nobody watches: do-files, one-liners, standard input, JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from xmixed.errors import StataError
from xmixed.interpreter.lines import TextRunner, run_lines
from xmixed.interpreter.session import Session, as_stata_error, read_do_file
from xmixed.interpreter.transcript import Echo
from xmixed.output import Line
from xmixed.session.messages import show_code, show_message
from xmixed.session.signals import Break, ExitRequest, OutputLost
from xmixed.shell.arguments import FAILED, INTERNAL, INTERRUPTED, OK, Arguments
from xmixed.shell.report import report_internal_error, results_object
from xmixed.shell.screen import (
    ProgressBar,
    losing,
    pixel_writer,
    stream_flush,
    stream_sink,
    terminal_sink,
    terminal_width,
)


def run_batch(arguments: Arguments) -> int:
    """Run what the arguments ask for; returns the exit status."""
    session = Session()
    session.graphs.target = "file"
    if arguments.json:
        return _run_json(session, arguments)
    if arguments.batch:
        return _run_to_log(session, arguments)
    if sys.stdout.isatty():
        session.settings.linesize = terminal_width()
        session.graphs.pixels = pixel_writer
        session.out.sinks.append(terminal_sink())
        session.progress = ProgressBar(sys.stdout)
        session.advisers.append(lambda error: _advise(session, error))
    else:
        session.out.sinks.append(stream_sink(sys.stdout))
    session.flushes.append(stream_flush(sys.stdout))
    return _status(session, lambda: _run(session, arguments))[0]


def _run(session: Session, arguments: Arguments) -> None:
    if arguments.file is not None:
        session.run_profile()
        session.run_do_file(read_do_file(arguments.file), arguments.arguments)
    elif arguments.commands:
        _run_commands(session, arguments.commands)
    else:
        run_lines(session, sys.stdin.read(), Echo.LOG)


def _run_commands(session: Session, commands: list[str], after: Callable[[], None] | None = None) -> None:
    """Run one-liners; a block may go on from one to the next."""
    runner = TextRunner(session, Echo.LOG, after)
    for text in commands:
        runner.feed(text)
    runner.close()


def _status(session: Session, run: Callable[[], None]) -> tuple[int, StataError | None]:
    """Run, show the error that ended it, and return the exit status and that error."""
    failure: StataError | None = None
    status = OK
    try:
        run()
    except ExitRequest as request:
        if request.code:
            failure, status = StataError(request.code), FAILED
    except (StataError, KeyboardInterrupt, MemoryError, RecursionError) as error:
        failure = as_stata_error(error)
        status = INTERRUPTED if isinstance(failure, Break) else FAILED
    except (BrokenPipeError, OutputLost):
        session.close()
        raise
    except Exception as error:
        report_internal_error(error)
        failure, status = StataError(INTERNAL, "internal error"), INTERNAL
        failure.printed = True
    if failure is not None:
        show_message(session, failure)
        if status != INTERNAL:
            show_code(session, failure)
    session.close()
    return status, failure


def _run_to_log(session: Session, arguments: Arguments) -> int:
    """`-b`: the transcript goes to FILE.log in the current folder."""
    assert arguments.file is not None
    stem = os.path.splitext(os.path.basename(arguments.file))[0]
    try:
        stream = open(f"{stem}.log", "w", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        sys.stderr.write(f"xmixed: cannot write {stem}.log: {error.strerror}\n")
        return FAILED
    name = f"{stem}.log"
    session.out.sinks.append(stream_sink(stream, name))
    try:
        return _status(session, lambda: _run(session, arguments))[0]
    finally:
        with losing(name):
            stream.close()


def _run_json(session: Session, arguments: Arguments) -> int:
    """`--json`: one object on standard output, whatever happens."""
    import json

    printed: list[Line] = []
    session.out.sinks.append(printed.append)
    output: list[str] = []

    def take() -> None:
        output.append("".join(item.text + "\n" for item in printed))
        printed.clear()

    def run() -> None:
        if arguments.file is None:
            _run_commands(session, arguments.commands, take)
        else:
            with session.do_file(arguments.arguments):
                run_lines(session, read_do_file(arguments.file), Echo.LOG, take)

    # The message of the command that failed stands in `error`, not in its output.
    session.captured = True
    status, failure = _status(session, run)
    value: dict[str, Any] = {
        "rc": 0 if failure is None else failure.code,
        "error": None if failure is None else _failed(session, failure),
        "output": output,
        "e": results_object(session.e),
        "r": results_object(session.r),
    }
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
    return status


def _error_object(session: Session, failure: StataError) -> dict[str, Any]:
    """Return an error as a plain object; `help` is what a terminal would show below its message."""
    return _failed(session, failure)


def _failed(session: Session, failure: StataError) -> dict[str, Any]:
    """Return what `--json` says of an error."""
    from xmixed.shell.advice import advice

    return {"code": failure.code, "message": failure.message, "help": advice(session, failure)}


def _advise(session: Session, error: StataError) -> None:
    from xmixed.shell.advice import show_advice

    show_advice(session, error)
