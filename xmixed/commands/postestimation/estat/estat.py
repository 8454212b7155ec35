"""estat: what is none of its subcommands."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_command_word
from xmixed.render.text import printable
from xmixed.session.state import SessionState


@command(
    "estat",
    syntax=Syntax("raw"),
    synopsis="estat {group | ic | icc | recovariance | summarize | vce} [, options]",
    needs=("estimates",),
)
def estat(session: SessionState, node: Command) -> None:
    word, _ = split_command_word(node.argument)
    if not word or word == ",":
        raise StataError(198, "subcommand expected")
    raise StataError(321, f"estat {printable(word)} not valid")
