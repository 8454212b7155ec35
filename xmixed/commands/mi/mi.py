"""mi without a subcommand that exists, or with one and a colon right behind it."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommands_of
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command("mi", syntax=Syntax("raw"), synopsis="mi subcommand ...", keeps_r=True)
def mi(session: SessionState, node: Command) -> None:
    word, colon, rest = node.argument.partition(":")
    if colon and word.isalpha():
        session.execute(f"mi {word} :{rest}")  # a colon makes it another word: see split_subcommand_word
        return
    words = parse_words(node.argument)
    if not words:
        raise StataError(198, "subcommand required", hint=f"mi {' | '.join(subcommands_of('mi'))}")
    raise StataError(198, f"mi {words[0]}: subcommand not found")
