"""What may follow `local` or `global`: text, an expression, a macro function."""

from __future__ import annotations

import re

from xmixed.errors import StataError
from xmixed.expressions.macros.functions import macro_function, value_as_text
from xmixed.language.options import unquote
from xmixed.session.state import SessionState

_DEFINITION = re.compile(r"(\+\+|--)?([A-Za-z0-9_]+)(.*)", re.DOTALL)

LONGEST = {"local": 31, "global": 32}
"""Characters in a macro's name."""


def define_macro(session: SessionState, text: str, macros: dict[str, str], scope: str = "local") -> None:
    """Carry out what follows `local` or `global`: put the macro into its table.

    Raises
    ------
    StataError
        r(198) for a name that is none, and the errors of the expression or macro function.
    """
    found = _DEFINITION.fullmatch(text.strip())
    if found is None:
        raise StataError(198, "invalid syntax")
    step, name, rest = found.groups()
    if len(name) > LONGEST[scope] or (scope == "global" and name[0].isdigit()):
        raise StataError(198, f"{name} invalid name")
    if rest and not rest[0].isspace() and rest[0] not in '=:"`':
        raise StataError(198, f"{name}{rest.split()[0]} invalid name")
    if step:
        if rest.strip():
            raise StataError(198, "invalid syntax")
        rest = f"= ({macros.get(name) or 0}) {step[0]} 1"
    value = _value(session, rest)
    if value:
        macros[name] = value
    else:
        macros.pop(name, None)


def _value(session: SessionState, text: str) -> str:
    text = text.lstrip()
    if text.startswith("="):
        return value_as_text(session, text[1:])
    if text.startswith(":"):
        return macro_function(session, text[1:])
    return unquote(text)
