"""`scalar`: numbers and texts by name."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.varlist import is_valid_name
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_command_word
from xmixed.session.state import SessionState


@command(
    "scalar",
    syntax=Syntax("raw"),
    synopsis="scalar [define] name = exp; scalar {list|dir} [names]; scalar drop {names|_all}",
    keeps_r=True,
)
def scalar(session: SessionState, node: Command) -> None:
    text = str(node.argument)
    word, end = split_command_word(text)
    rest = text[end:].strip()
    if rest.startswith("=") and not rest.startswith("=="):
        _define(session, word, rest[1:])
    elif len(word) >= 3 and "define".startswith(word):
        name, end = split_command_word(rest)
        after = rest[end:].strip()
        if not after.startswith("="):
            raise StataError(100, "=exp required")
        _define(session, name, after[1:])
    elif word == "drop":
        _drop(session, rest.split())
    elif not word or "list".startswith(word) or (len(word) >= 2 and "dir".startswith(word)):
        _list(session, rest.split())
    else:
        raise StataError(198, "invalid syntax")


def _define(session: SessionState, name: str, expression: str) -> None:
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    value = evaluate_text(session, expression)
    session.matrices.pop(name, None)  # scalars and matrices share their names
    session.scalars.pop(name, None)
    session.scalars[name] = value


def _drop(session: SessionState, names: list[str]) -> None:
    if names == ["_all"]:
        session.scalars.clear()
        return
    if not names:
        raise StataError(198, "invalid syntax")
    for name in names:
        if name not in session.scalars:
            raise StataError(111, f"{name} not found")
    for name in names:
        session.scalars.pop(name, None)


def _list(session: SessionState, names: list[str]) -> None:
    for name in names if names and names != ["_all"] else reversed(list(session.scalars)):
        if name not in session.scalars:
            raise StataError(111, f"scalar {name} not found")
        value = session.scalars[name]
        shown = value if isinstance(value, str) else format_value(value, "%10.0g")
        session.out.write(f"{name:>10} = {shown}")
