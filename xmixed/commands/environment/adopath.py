"""`adopath`, `sysdir`, `which`, `findfile`, `discard`: ado-files and where they are."""

from __future__ import annotations

import os

from xmixed.commands.registry import command, find_command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.programs.text_files import read_text
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.programs import without_ado
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState


@command(
    "adopath",
    syntax=Syntax("words"),
    synopsis="adopath [+ folder | ++ folder | - folder|#]",
    keeps_r=True,
)
def adopath(session: SessionState, node: Command) -> None:
    words = list(node.argument)
    path = session.ado_path
    if words and words[0] not in ("+", "++", "-"):
        for sign in ("++", "+", "-"):
            if words[0].startswith(sign):
                words = [sign, words[0][len(sign) :], *words[1:]]
                break
    if len(words) == 2 and words[0] in ("+", "++"):
        if words[1] in path.entries:
            path.entries.remove(words[1])
        path.entries.insert(0 if words[0] == "++" else len(path.entries), words[1])
    elif len(words) == 2 and words[0] == "-":
        _remove(path.entries, words[1])
    elif words:
        raise StataError(198, "invalid syntax")
    for number, entry in enumerate(path.entries, 1):
        code = f"({entry})" if entry in path.folders else ""
        session.out.write(f'  [{number}]  {code:<10}  "{path.folder(entry)}"')


def _remove(entries: list[str], word: str) -> None:
    if word.isdigit() and 1 <= int(word) <= len(entries):
        del entries[int(word) - 1]
    elif word in entries:
        entries.remove(word)
    else:
        raise StataError(111, f"{word} not found in path")


@command(
    "sysdir",
    syntax=Syntax("words"),
    synopsis="sysdir [set CODEWORD folder]",
    keeps_r=True,
)
def sysdir(session: SessionState, node: Command) -> None:
    words, folders = node.argument, session.ado_path.folders
    if len(words) == 3 and words[0] == "set" and words[1].upper() in folders:
        folders[words[1].upper()] = os.path.join(words[2], "")
    elif words and words[0] not in ("list", "li", "lis"):
        raise StataError(198, "invalid syntax")
    else:
        for name, folder in folders.items():
            session.out.write(f"{name:>11}:  {folder}")


@command(
    "which",
    syntax=Syntax("words", options=(OptionSpec("all", "a", help="every file of that name", built=False),)),
    synopsis="which command",
    keeps_r=True,
)
def which(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    name = node.argument[0]
    try:
        session.out.write(f"built-in command:  {find_command(name).name}")
        return
    except StataError:
        pass
    path = session.ado_path.find(name if "." in name else f"{name}.ado")
    if path is None:
        raise StataError(111, f"command {name} not found as either built-in or ado-file")
    session.out.write(path, *(line for line in read_text(path).splitlines() if line.startswith("*!")))


@command(
    "findfile",
    syntax=Syntax("words", options=(OptionSpec("path", "p", "text", "folders, separated by ;"),)),
    synopsis='findfile filename [, path("folder;folder")]',
)
def findfile(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    name, path = node.argument[0], session.ado_path
    if node.option("path"):
        path = type(path)(
            entries=[part.strip() for part in str(node.option("path")).split(";") if part.strip()]
        )
    found = path.find(name)
    if found is None:
        raise StataError(601, f'file "{name}" not found')
    session.out.write(found)
    session.r = Results(macros={"fn": found})


@command(
    "discard",
    syntax=Syntax(),
    synopsis="discard",
    keeps_r=True,
)
def discard(session: SessionState, node: Command) -> None:
    session.programs = without_ado(session.programs)
    session.r, session.e, session.s = Results(), Estimates(), Results()
