"""mi update: the clean-up that other commands of mi do first."""

from __future__ import annotations

from xmixed.commands.mi.held import keep, opened
from xmixed.commands.registry import subcommand
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@subcommand("mi", "update", syntax=Syntax(), synopsis="mi update", keeps_r=True)
def update(session: SessionState, node: Command) -> None:
    keep(session, opened(session))
