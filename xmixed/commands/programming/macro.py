"""`local`, `global`, `macro`: definitions of macros."""

from __future__ import annotations

import fnmatch
import re

from xmixed.commands.programming.macro_functions import macro_function, value_as_text
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.output import Line, line
from xmixed.session.state import SessionState

_DEFINITION = re.compile(r"(\+\+|--)?([A-Za-z0-9_]+)(.*)", re.DOTALL)

LONGEST = {"local": 31, "global": 32}
"""Characters in a macro's name."""

VALUE_COLUMN = 16
"""Where `macro list` shows values."""


def _define(session: SessionState, text: str, scope: str) -> None:
    """Carry out what follows `local` or `global`.

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
    macros = session.locals if scope == "local" else session.global_macros
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
    return unquoted(text.strip())


def unquoted(text: str) -> str:
    """Return text without the quotes around all of it, simple or compound.

    Quotes that are not a pair stay: `"a" "b"`.
    """
    if text.startswith('`"') and text.endswith("\"'") and len(text) >= 4:
        depth = 0
        for at in range(len(text) - 1):
            depth += {'`"': 1, "\"'": -1}.get(text[at : at + 2], 0)
            if depth == 0:
                return text[2:-2] if at == len(text) - 2 else text
        return text
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1]
    return text


@command(
    "local",
    syntax=Syntax("raw"),
    synopsis='local [++|--] lclname [= exp | : macro_function | ["]text["]]',
    keeps_r=True,
)
def local(session: SessionState, node: Command) -> None:
    _define(session, node.argument or "", "local")


@command(
    "global",
    syntax=Syntax("raw"),
    synopsis='global mname [= exp | : macro_function | ["]text["]]',
    keeps_r=True,
)
def global_(session: SessionState, node: Command) -> None:
    _define(session, node.argument or "", "global")


@command(
    "macro",
    syntax=Syntax("raw"),
    synopsis="macro { list [names] | dir | drop names }",
    keeps_r=True,
)
def macro(session: SessionState, node: Command) -> None:
    if node.argument:
        raise StataError(198, "invalid syntax")
    list_macros(session, node)


@subcommand("macro", "drop", syntax=Syntax("raw"), synopsis="macro drop names", keeps_r=True)
def drop(session: SessionState, node: Command) -> None:
    names = node.argument.split()
    if not names:
        raise StataError(198, "invalid syntax")
    for pattern in names:
        if pattern == "_all":
            session.global_macros.clear()
            session.locals.clear()
            continue
        macros = session.locals if pattern.startswith("_") else session.global_macros
        for name in fnmatch.filter(list(macros), pattern.removeprefix("_")):
            del macros[name]


@subcommand("macro", "dir", syntax=Syntax(), keeps_r=True)
@subcommand("macro", "list", syntax=Syntax("raw"), synopsis="macro list [names]", keeps_r=True)
def list_macros(session: SessionState, node: Command) -> None:
    names = (node.argument or "").split()
    known = dict(sorted(session.global_macros.items()))
    known |= {f"_{name}": value for name, value in sorted(session.locals.items())}
    if names and names != ["_all"]:
        for name in names:
            if name not in known:
                raise StataError(111, f"macro {name} not found")
        known = {name: known[name] for name in names}
    for name, value in known.items():
        session.out.write(*_listed(name, value, session.settings.linesize))


def _listed(name: str, value: str, linesize: int) -> list[Line]:
    width = max(linesize - VALUE_COLUMN, 20)
    parts = [value[at : at + width] for at in range(0, len(value), width)] or [""]
    heads = [f"{name}:".ljust(VALUE_COLUMN), *[" " * VALUE_COLUMN] * (len(parts) - 1)]
    return [line(head, (part, "result")) for head, part in zip(heads, parts, strict=True)]
