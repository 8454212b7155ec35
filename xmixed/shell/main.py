"""The `xmixed` program: arguments, exit status, and nothing that is slow to import."""

from __future__ import annotations

import gc
import os
import sys

from xmixed.session.signals import OutputLost
from xmixed.shell.arguments import (
    BAD_USAGE,
    BROKEN_PIPE,
    INTERRUPTED,
    OK,
    STREAM_FAILED,
    USAGE,
    Arguments,
    UsageError,
    parse_arguments,
)

HELP = (
    USAGE
    + """
Runs Stata commands. Without arguments it is an interactive session; when standard input is
not a terminal, standard input is a do-file that runs without echo.

  FILE              run a do-file: its lines are echoed, followed by their output
  -b, -e            silent: write the transcript to FILE.log in the current folder
  -q                accepted: there is no banner to leave out
  -c COMMAND        run a command and show its output only; may be repeated
  --json            with -c or a do-file: one JSON object with output, e() and r()
  --version         show the version
  -h, --help        show this help

Exit status: 0 success, 1 a command failed, 2 bad usage, 70 internal error, 74 standard input or
output closed or full, 130 interrupted, 141 the reader of the output has gone.

Environment: XMIXED_DATA_PATH, folders searched for datasets that are addressed on the web;
XMIXED_DEBUG=1, show the traceback of an internal error; OPENBLAS_NUM_THREADS,
OMP_NUM_THREADS and MKL_NUM_THREADS, threads of linear algebra (1 unless set).
"""
)


def main(argv: list[str] | None = None) -> int:
    """Run the program; returns the exit status."""
    if sys.stderr is None:  # it was closed before the program began
        sys.stderr = open(os.devnull, "w")
    try:
        arguments = parse_arguments([_utf8(word) for word in sys.argv[1:]] if argv is None else argv)
    except UsageError as error:
        sys.stderr.write(f"xmixed: {error}\n{USAGE}")
        return BAD_USAGE
    closed = _closed_stream(arguments)
    if closed:
        return _stream_failed(f"{closed} is closed")
    _prepare_streams()
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()
        if argv is None and status == INTERRUPTED:
            _leave_interrupted()
        if argv is None:
            gc.freeze()  # the program ends: looking for garbage once more would only take time
        return status
    except BrokenPipeError:
        # The reader has gone (`| head`): leave without a word.
        _discard_output()
        return BROKEN_PIPE
    except OSError as error:  # of standard output: others end where they arise
        return _stream_failed(f"cannot write standard output: {error.strerror}")
    except OutputLost as lost:
        return _stream_failed(str(lost))
    except KeyboardInterrupt:
        if argv is None:
            _leave_interrupted()
        return INTERRUPTED


def _closed_stream(arguments: Arguments) -> str:
    """Return the name of a stream that is wanted and was closed before the program began, else ""."""
    if sys.stdout is None:
        return "standard output"
    if sys.stdin is None:
        if arguments.file is None and not (arguments.commands or arguments.help or arguments.version):
            return "standard input"
        sys.stdin = open(os.devnull)
    return ""


def _stream_failed(why: str) -> int:
    """Say that the world, not the program, is at fault; returns the exit status."""
    sys.stderr.write(f"xmixed: {why}\n")
    _discard_output()
    return STREAM_FAILED


def _discard_output() -> None:
    """Let what is still unwritten go nowhere, so that Python has nothing to say of it at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave_interrupted() -> None:
    """End the process with status 130.

    At once: after a Ctrl-C that fell into an import, Python's own shutdown would end the process by the
    signal although it was caught (one in ten interrupts within 50 ms of the start).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass
    os._exit(INTERRUPTED)


def _dispatch(arguments: Arguments) -> int:
    if arguments.help:
        sys.stdout.write(HELP)
        return OK
    if arguments.version:
        from xmixed.version import __version__

        sys.stdout.write(f"xmixed {__version__}\n")
        return OK
    _limit_threads()
    gc.disable()  # importing makes many objects and no garbage
    if arguments.file is None and not arguments.commands and sys.stdin.isatty():
        from xmixed.shell.prompt import interact

        _collect_garbage()
        return interact()
    from xmixed.shell.batch import run_batch

    _collect_garbage()
    return run_batch(arguments)


def _collect_garbage() -> None:
    """Look for garbage from here on, now and then, and not among what has been imported."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def _utf8(word: str) -> str:
    """Return an argument read as UTF-8 whatever the locale."""
    return os.fsencode(word).decode("utf-8", "surrogateescape")


def _prepare_streams() -> None:
    """UTF-8 whatever the locale; bytes that are not come out as they came in."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="surrogateescape")


def _limit_threads() -> None:
    """One BLAS thread unless the user chose: the matrices of mixed models are small.

    Has an effect only before numpy is imported.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
