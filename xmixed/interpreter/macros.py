"""Macro expansion with the session behind it."""

from __future__ import annotations

from xmixed.expressions.macros.functions import saved_result_as_text, session_function, value_as_text
from xmixed.expressions.macros.system_macros import global_macros
from xmixed.language.programs.macros import expand
from xmixed.session.state import SessionState


def expand_macros(session: SessionState, text: str) -> str:
    """Return a command line with its macros expanded.

    Raises
    ------
    StataError
        The errors of `=exp' and of macro functions; r(920) for macros without end.
    """
    return expand(
        text,
        session.locals,
        global_macros(session),
        lambda expression: value_as_text(session, expression),
        lambda function: session_function(session, function),
        lambda kind, name: saved_result_as_text(session, kind, name),
    )
