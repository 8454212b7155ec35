"""Calling programs, and finding them: in memory, then as ado-files."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.interpreter.frames import entered
from xmixed.interpreter.running import run_statements
from xmixed.language.extended_functions import split_words
from xmixed.session.frames import Frame, argument_macros
from xmixed.session.programs import Program
from xmixed.session.results import Results
from xmixed.session.signals import ExitRequest
from xmixed.session.state import SessionState


def find_program(session: SessionState, word: str) -> Program | None:
    """Return the program that a command's name means: of the ado-file that runs, or in memory."""
    running = session.frame.program
    if running is not None and word in running.local_programs:
        return running.local_programs[word]
    return session.programs.get(word)


def call_program(session: SessionState, program: Program, typed: str) -> None:
    """Run a program as a command; `typed` is what stands behind its name.

    An r-class program replaces r() when it ends, also with nothing.

    Raises
    ------
    StataError
        The error of the command that failed; r(#) of `exit #`, without a message.
    """
    typed = typed.lstrip()
    macros = argument_macros(split_words(typed), typed)
    returned = Results() if program.kind == "rclass" else None
    frame = Frame("program", program.name, macros, program.version, program=program, returned=returned)
    out, quiet, captured = session.out, session.out.quiet, session.captured
    code = 0
    try:
        with entered(session, frame):
            run_statements(session, program.statements)
    except ExitRequest as request:
        if request.everything:
            raise
        code = request.code
    finally:
        out.quiet, session.captured = quiet, captured
        if frame.returned is not None:
            session.r = frame.returned
    if code:
        raise StataError(code)
