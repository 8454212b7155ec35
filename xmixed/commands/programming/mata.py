"""mata: a line of Mata, a block of it up to `end`, and what is done with Mata's memory."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.mata.managing import manage
from xmixed.mata.running import run_block, run_line
from xmixed.session.state import SessionState


@command(
    "mata",
    syntax=Syntax("raw"),
    synopsis="mata [:] statement; mata [:] ... end; mata {clear | describe | drop names | rename old new"
    " | set matastrict {on|off} | query | stata command}",
    kind="control",
    block=True,
    keeps_r=True,
)
def mata(session: SessionState, node: Command) -> None:
    if node.body is not None:
        raise StataError(3000, "unexpected end of line")
    text = str(node.argument).strip()
    if session.verbatim is not None:
        lines, session.verbatim = session.verbatim, None
        run_block(session, lines, manage)
    elif text.startswith(":"):
        run_line(session, text[1:].strip(), manage)
    elif not manage(session, text):
        run_line(session, text, manage)
