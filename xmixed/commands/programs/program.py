"""`program`: definitions of commands; `args`."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.commands.table import COMMANDS
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.lines import LogicalLine
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.programs import Program, ProgramKind, without_ado
from xmixed.session.state import SessionState

CLASSES: tuple[ProgramKind, ...] = ("nclass", "rclass", "eclass", "sclass")


@command(
    "program",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("nclass", "n", help="leave no results"),
            OptionSpec("rclass", "r", help="leave results in r()"),
            OptionSpec("eclass", "e", help="leave results in e()"),
            OptionSpec("sclass", "s", help="leave results in s()"),
            OptionSpec("byable", "by", "text", "allow by: recall or onecall"),
            OptionSpec("properties", "prop", "text", "words that describe the program"),
            OptionSpec("sortpreserve", "sort", help="put the observations back into their order at the end"),
        ),
    ),
    synopsis="program [define] name [, nclass|rclass|eclass|sclass byable() properties() sortpreserve];"
    " program {drop names|_all|list [name]|dir}",
    keeps_r=True,
)
def program(session: SessionState, node: Command) -> None:
    words = str(node.argument).split()
    if session.verbatim is not None:
        if len(words) == 2 and len(words[0]) >= 2 and "define".startswith(words[0]):
            words = words[1:]
        if len(words) != 1:
            raise StataError(198, "invalid syntax")
        _define(session, words[0], session.verbatim, node)
    elif words and words[0] == "drop":
        _drop(session, words[1:])
    elif words and len(words[0]) >= 2 and "dir".startswith(words[0]) and len(words) == 1:
        for name, found in sorted(session.programs.items()):
            session.out.write(f"{'ado' if found.path else '':>4}  {name}")
    elif words and "list".startswith(words[0]):
        _list(session, words[1:])
    else:
        raise StataError(198, "invalid syntax")


def _define(session: SessionState, name: str, lines: tuple[LogicalLine, ...], node: Command) -> None:
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    if name in session.programs or (name in COMMANDS and COMMANDS[name].module):
        raise StataError(110, f"{name} already defined")
    classes: list[ProgramKind] = [kind for kind in CLASSES if node.option(kind)]
    byable = str(node.option("byable", "")).replace(" ", "").removesuffix(",noheader")
    if len(classes) > 1 or byable not in ("", "recall", "onecall"):
        raise StataError(198, "invalid syntax")
    session.programs[name] = Program(
        name,
        lines,
        classes[0] if classes else "nclass",
        session.frame.version,
        byable,
        str(node.option("properties", "")),
        bool(node.option("sortpreserve")),
    )


def _drop(session: SessionState, names: list[str]) -> None:
    if not names:
        raise StataError(198, "invalid syntax")
    if names == ["_all"]:
        session.programs.clear()
        return
    if names == ["_allado"]:
        session.programs = without_ado(session.programs)
        return
    for name in names:
        if name not in session.programs:
            raise StataError(111, f"{name} not found")
        del session.programs[name]


def _list(session: SessionState, names: list[str]) -> None:
    for name in names or sorted(session.programs):
        if name not in session.programs:
            raise StataError(111, f"{name} not found")
        session.out.write(f"{name}:")
        for number, line in enumerate(session.programs[name].lines, 1):
            session.out.write(f"{number:3d}.  {line.text}")


@command(
    "args",
    syntax=Syntax("words"),
    synopsis="args macroname1 [macroname2 ...]",
    keeps_r=True,
)
def args(session: SessionState, node: Command) -> None:
    macros = session.locals
    if not node.argument:
        raise StataError(198, "invalid syntax")
    for position, name in enumerate(node.argument, 1):
        value = macros.get(str(position), "")
        if value:
            macros[name] = value
        else:
            macros.pop(name, None)
