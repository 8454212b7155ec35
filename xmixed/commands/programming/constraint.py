"""`constraint`: numbered equations that are kept for later."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_command_word
from xmixed.session.results import Results
from xmixed.session.state import SessionState

LARGEST = 1999


def _number(word: str) -> int:
    if not word.isdigit() or not 1 <= int(word) <= LARGEST:
        raise StataError(198, f"constraint numbers are from 1 to {LARGEST}")
    return int(word)


@command("constraint", syntax=Syntax("raw"), synopsis="constraint [define] # exp = exp", keeps_r=True)
@subcommand(
    "constraint", "define", syntax=Syntax("raw"), synopsis="constraint define # exp = exp", keeps_r=True
)
def define(session: SessionState, node: Command) -> None:
    typed = str(node.argument or "").strip()
    word, end = split_command_word(typed)
    if not typed:
        raise StataError(198, "invalid syntax")
    number, text = _number(word), typed[end:].strip()
    if text:
        session.constraints[number] = text
    else:
        session.constraints.pop(number, None)


def _chosen(session: SessionState, node: Command) -> list[int]:
    typed = str(node.argument or "").strip()
    if typed in ("", "_all"):
        return sorted(session.constraints)
    return [_number(f"{value:g}") for value in parse_numlist(typed)]


@subcommand("constraint", "dir", syntax=Syntax("raw"), synopsis="constraint dir [numlist|_all]", keeps_r=True)
@subcommand("constraint", "list", syntax=Syntax("raw"), synopsis="constraint list [numlist]", keeps_r=True)
def list_(session: SessionState, node: Command) -> None:
    for number in _chosen(session, node):
        if number in session.constraints:
            session.out.write(f"{number:6d}:  {session.constraints[number]}")


@subcommand("constraint", "drop", syntax=Syntax("raw"), synopsis="constraint drop numlist|_all", keeps_r=True)
def drop(session: SessionState, node: Command) -> None:
    if not str(node.argument or "").strip():
        raise StataError(198, "invalid syntax")
    for number in _chosen(session, node):
        session.constraints.pop(number, None)


@subcommand("constraint", "free", syntax=Syntax("none"), synopsis="constraint free")
def free(session: SessionState, node: Command) -> None:
    """Leave in r(free) a number that is not used."""
    number = next(number for number in range(1, LARGEST + 2) if number not in session.constraints)
    if number > LARGEST:
        raise StataError(198, "no free constraint numbers")
    session.r = Results(scalars={"free": float(number)})


@subcommand("constraint", "get", syntax=Syntax("words"), synopsis="constraint get #")
def get(session: SessionState, node: Command) -> None:
    """Leave in r(defined) and r(contents) whether there is a constraint, and its text."""
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    text = session.constraints.get(_number(node.argument[0]))
    macros = {} if text is None else {"contents": text}
    session.r = Results(scalars={"defined": float(text is not None)}, macros=macros)
