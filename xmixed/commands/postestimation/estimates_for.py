"""estimates for: a command after each of several stored results."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.stored_names import stored_names
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon
from xmixed.render.layouts.postestimation.estimates import render_model_banner
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, stored_estimates

_OWN = Syntax(
    "text",
    options=(
        OptionSpec("noheader", "noh", help="no line with the name of the results"),
        OptionSpec("nostop", "nostop", help="go on after a command that fails"),
    ),
)


@subcommand(
    "estimates",
    "for",
    syntax=Syntax("raw"),
    synopsis="estimates for names [, noheader nostop]: command",
    keeps_r=True,
)
def estimates_for(session: SessionState, node: Command) -> None:
    text = str(node.argument)
    head, end = split_at_colon(text, 0)
    own = parse_command("estimates for", _OWN, text[head.start : head.end], 0)
    assert isinstance(own, Command)
    names = stored_names(session, str(own.argument or ""), [])
    if not names:
        raise StataError(198, "invalid syntax")
    before = session.e
    try:
        for name in names:
            found = before if name == "." else stored_estimates(session, name)
            session.e = found
            if not own.option("noheader"):
                session.out.write(*render_model_banner(name, found.title, session.settings.linesize))
            _run(session, text[end:].strip(), node, bool(own.option("nostop")))
    finally:
        commit(session, before)


def _run(session: SessionState, command: str, node: Command, go_on: bool) -> None:
    try:
        session.execute(command, node.body)
    except StataError as error:
        if not go_on:
            raise
        session.out.write(error.message, f"r({error.code});")
