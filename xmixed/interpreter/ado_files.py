"""Reading programs from ado-files."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.language.programs.text_files import read_text
from xmixed.language.statements import Definition, Faulty, Simple, begins_definition, statements_of
from xmixed.session.programs import Program
from xmixed.session.state import SessionState


def load_ado(session: SessionState, name: str) -> Program | None:
    """Return the program of `NAME.ado` along the ado path, now in memory; None when there is no such file.

    The other programs of the file can be called by it alone.

    Raises
    ------
    StataError
        r(161) commands outside of definitions; r(162) the file does not define NAME.
    """
    path = session.ado_path.find(f"{name}.ado") if name.isidentifier() else None
    if path is None:
        return None
    defined, session.programs = session.programs, {}
    try:
        _define_all(session, read_text(path))
        found = session.programs
    finally:
        session.programs = defined
    if name not in found:
        raise StataError(162, "ado-file does not define command")
    for program in found.values():
        program.path = path
        program.local_programs = found
    session.programs[name] = found[name]
    return found[name]


def _define_all(session: SessionState, text: str) -> None:
    for statement in statements_of(text):
        if isinstance(statement, Faulty):
            raise statement.error()
        if isinstance(statement, Definition):
            session.define(session.expand(statement.head.text), statement.body)
        elif not isinstance(statement, Simple) or not _is_harmless(statement.line.text):
            raise StataError(161, "ado-file has commands outside of program define ...end")


def _is_harmless(text: str) -> bool:
    """Return whether a line may stand outside of definitions: comments, and a version."""
    words = text.split()
    return not words or (words[0].startswith("vers") and not begins_definition(text))
