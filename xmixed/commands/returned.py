"""`return`, `ereturn`, `sreturn`: what programs leave behind, and lists of it."""

from __future__ import annotations

from xmixed.commands.macros import define_macro
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_command_word
from xmixed.render.layouts.results_lists import render_results
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState

MINIMUM = {
    "list": 2,
    "scalar": 3,
    "local": 3,
    "matrix": 3,
    "clear": 5,
    "add": 3,
    "post": 4,
    "repost": 6,
    "display": 2,
}
"""Shortest abbreviations of the subcommands."""


def _verb(node: Command, allowed: tuple[str, ...]) -> tuple[str, str]:
    """Return the subcommand and what follows it."""
    word, end = split_command_word(str(node.argument))
    rest = str(node.argument)[end:].strip()
    for verb in allowed:
        if verb.startswith(word) and len(word) >= MINIMUM[verb]:
            return verb, rest
    raise StataError(198, "invalid syntax")


def _set(session: SessionState, results: Results, verb: str, text: str) -> None:
    """Carry out `scalar x = exp`, `local x ...`, `matrix x = A`."""
    name, end = split_command_word(text)
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    rest = text[end:].strip()
    if verb == "local":
        found: dict[str, str] = {}
        define_macro(session, f"x {rest}" if rest[:1] not in "=:" else f"x{rest}", found)
        _forget(results, name)
        if found:
            results.macros[name] = found["x"]
        return
    if not rest.startswith("="):
        raise StataError(100, "=exp required")
    value = rest[1:].strip()
    if verb == "scalar":
        number = evaluate_number(parse_expression(value), Context.of(session))
        _forget(results, name)
        results.scalars[name] = number
    else:
        matrix = _matrix(session, value)
        _forget(results, name)
        results.matrices[name] = matrix


def _forget(results: Results, name: str) -> None:
    for table in (results.scalars, results.macros, results.matrices):
        table.pop(name, None)


def _matrix(session: SessionState, text: str) -> Matrix:
    """Return the matrix to save; without `, copy` one of the user's own is moved."""
    name, _, option = (part.strip() for part in text.partition(","))
    if option not in ("", "copy"):
        raise StataError(198, f"option {option} not allowed")
    found = Context.of(session).matrix(name)
    if found is None:
        raise StataError(111, f"matrix {name} not found" if name else "matrix not found")
    if not option:
        session.matrices.pop(name, None)
    return found


@command(
    "return",
    "ret",
    syntax=Syntax("raw"),
    synopsis="return {list | scalar name = exp | local name ... | matrix name = matrix [, copy] | add"
    " | clear}",
    summary="List r(); in an r-class program, what it returns",
    keeps_r=True,
)
def return_(session: SessionState, node: Command) -> None:
    verb, rest = _verb(node, ("list", "clear", "scalar", "local", "matrix", "add"))
    if verb == "list":
        session.out.write(*render_results("r", session.r))
        return
    returned = session.frame.returned
    if returned is None:
        if verb == "clear" and session.frame.kind != "program":
            session.r = Results()
            return
        raise StataError(151, "non r-class program may not set r()")
    if verb == "clear":
        session.frame.returned = Results()
    elif verb == "add":
        returned.scalars |= session.r.scalars
        returned.macros |= session.r.macros
        returned.matrices |= session.r.matrices
    else:
        _set(session, returned, verb, rest)


@command(
    "sreturn",
    "sret",
    syntax=Syntax("raw"),
    synopsis="sreturn {list | local name ... | clear}",
    summary="List s(); in an s-class program, set it",
    keeps_r=True,
)
def sreturn(session: SessionState, node: Command) -> None:
    verb, rest = _verb(node, ("list", "clear", "local"))
    if verb == "list":
        session.out.write(*render_results("s", session.s))
    elif verb == "clear":
        session.s = Results()
    else:
        program = session.frame.program
        if program is None or program.kind != "sclass":
            raise StataError(153, "non s-class program may not set s()")
        _set(session, session.s, verb, rest)


@command(
    "ereturn",
    "eret",
    syntax=Syntax("raw"),
    synopsis="ereturn {list | post [b [V]] [, depname() obs() dof() esample() properties()]"
    " | repost [b = b] [V = V] | scalar name = exp | local name ... | matrix name = matrix [, copy]"
    " | display | clear}",
    summary="List e(); in an e-class program, set it",
    keeps_r=True,
)
def ereturn(session: SessionState, node: Command) -> None:
    verb, rest = _verb(node, ("list", "clear", "scalar", "local", "matrix", "post", "repost", "display"))
    if verb == "list":
        sample = session.e.exist and session.e.mark in session.data.marks
        session.out.write(*render_results("e", session.e, sample))
        return
    if verb == "display":
        from xmixed.commands.posted import display_posted

        display_posted(session, rest)
        return
    program = session.frame.program
    if program is None or program.kind != "eclass":
        raise StataError(152, "non e-class program may not set e()")
    if verb == "clear":
        session.e = Estimates()
    elif verb in ("post", "repost"):
        from xmixed.commands.posted import post, repost

        (post if verb == "post" else repost)(session, rest)
    else:
        _set(session, session.e, verb, rest)
