"""`local`, `global`, `macro`: definitions of macros."""

from __future__ import annotations

import fnmatch

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.expressions.macros.define import define_macro
from xmixed.expressions.macros.system_macros import system_macros
from xmixed.expressions.macros.words import folded
from xmixed.language.nodes import Command
from xmixed.language.parser import text_after_words
from xmixed.language.syntax import Syntax
from xmixed.output import Line, line
from xmixed.session.state import SessionState

VALUE_COLUMN = 16
"""Where `macro list` shows values."""


@command(
    "local",
    syntax=Syntax("raw"),
    synopsis='local [++|--] lclname [= exp | : macro_function | ["]text["]]',
    keeps_r=True,
)
def local(session: SessionState, node: Command) -> None:
    define_macro(session, node.argument or "", session.locals)


@command(
    "global",
    syntax=Syntax("raw"),
    synopsis='global mname [= exp | : macro_function | ["]text["]]',
    keeps_r=True,
)
def global_(session: SessionState, node: Command) -> None:
    define_macro(session, node.argument or "", session.global_macros, "global")


@command(
    "macro",
    syntax=Syntax("raw"),
    synopsis="macro { list [names] | dir | drop names | define name ... | shift [#] }",
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


@subcommand("macro", "define", syntax=Syntax("raw"), synopsis="macro define name ...", keeps_r=True)
def define(session: SessionState, node: Command) -> None:
    define_macro(session, node.argument or "", session.global_macros, "global")


@subcommand("macro", "shift", syntax=Syntax("words"), synopsis="macro shift [#]", keeps_r=True)
def shift(session: SessionState, node: Command) -> None:
    """Move `2' to `1', `3' to `2' and so on; `*' follows, `0' stays."""
    words = node.argument
    if len(words) > 1 or not all(word.isdigit() for word in words):
        raise StataError(198, "invalid syntax")
    macros, steps = session.locals, int(words[0]) if words else 1
    count = 0
    while str(count + 1) in macros:
        count += 1
    values = [macros.pop(str(number)) for number in range(1, count + 1)][steps:]
    macros |= {str(number): value for number, value in enumerate(values, 1)}
    macros["*"] = text_after_words(macros.get("*", ""), steps)


@subcommand("macro", "dir", syntax=Syntax(), keeps_r=True)
@subcommand("macro", "list", syntax=Syntax("raw"), synopsis="macro list [names]", keeps_r=True)
def list_macros(session: SessionState, node: Command) -> None:
    names = (node.argument or "").split()
    known = dict(reversed(session.global_macros.items()))
    known |= {name: value for name, value in system_macros(session).items() if name not in known}
    known |= {f"_{name}": value for name, value in reversed(session.locals.items())}
    if names and names != ["_all"]:
        for name in names:
            if name not in known:
                kind, plain = ("local", f"`{name[1:]}'") if name.startswith("_") else ("global", f"${name}")
                raise StataError(111, f"{kind} macro {plain} not found")
        known = {name: known[name] for name in names}
    for name, value in known.items():
        session.out.write(*_listed(name, value, session.settings.linesize))


def _listed(name: str, value: str, linesize: int) -> list[Line]:
    parts = folded(value, max(linesize - VALUE_COLUMN, 20)) or [""]
    heads = [f"{name}:".ljust(VALUE_COLUMN), *[" " * VALUE_COLUMN] * (len(parts) - 1)]
    return [line(head, (part, "result")) for head, part in zip(heads, parts, strict=True)]
