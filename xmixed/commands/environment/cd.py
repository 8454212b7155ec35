"""`pwd`, `cd`: the current folder."""

from __future__ import annotations

import os

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command(
    "pwd",
    syntax=Syntax("none"),
    synopsis="pwd",
    keeps_r=True,
)
def pwd(session: SessionState, node: Command) -> None:
    session.out.write(os.getcwd())


@command(
    "cd",
    syntax=Syntax("filename"),
    synopsis="cd [folder]",
    keeps_r=True,
)
def cd(session: SessionState, node: Command) -> None:
    if node.argument:
        try:
            os.chdir(os.path.expanduser(node.argument))
        except OSError:
            raise StataError(170, f"unable to change to {node.argument}") from None
    session.out.write(os.getcwd())
