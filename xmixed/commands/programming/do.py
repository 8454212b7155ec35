"""`do`, `run` and `include`: the lines of other files."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.parser import text_after_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_NOSTOP = OptionSpec("nostop", "nostop", help="go on after a command that fails")


def _run_file(session: SessionState, node: Command, echo: bool) -> None:
    if not node.argument:
        raise StataError(198, "invalid file specification")
    path, *arguments = node.argument
    typed = text_after_words(node.argument_text, 1)
    session.run_file(path, list(arguments), echo, typed, bool(node.option("nostop")))


@command(
    "do",
    syntax=Syntax("words", options=(_NOSTOP,)),
    synopsis="do filename [arguments] [, nostop]",
    kind="control",
    keeps_r=True,
)
def do(session: SessionState, node: Command) -> None:
    _run_file(session, node, echo=True)


@command(
    "run",
    syntax=Syntax("words", options=(_NOSTOP,)),
    synopsis="run filename [arguments] [, nostop]",
    kind="control",
    keeps_r=True,
)
def run(session: SessionState, node: Command) -> None:
    _run_file(session, node, echo=False)


@command(
    "include",
    syntax=Syntax("words"),
    synopsis="include filename",
    kind="control",
    keeps_r=True,
)
def include(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid file specification")
    session.include_file(node.argument[0])
