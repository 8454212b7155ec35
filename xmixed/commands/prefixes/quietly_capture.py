"""`quietly`, `noisily`, `capture`."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.messages import show_message
from xmixed.session.signals import Break
from xmixed.session.state import SessionState


def _run_prefixed(session: SessionState, node: Command) -> None:
    """Run the command after a prefix, with or without a colon, or the block behind it."""
    rest = str(node.argument).removeprefix(":").lstrip()
    if rest or node.body is None:
        session.execute(rest, node.body)
    else:
        node.body()


@command(
    "quietly",
    syntax=Syntax("raw"),
    synopsis="quietly [:] command",
    kind="prefix",
    block=True,
    keeps_r=True,
)
def quietly(session: SessionState, node: Command) -> None:
    before = session.out.quiet
    session.out.quiet = True
    try:
        _run_prefixed(session, node)
    finally:
        session.out.quiet = before


@command(
    "noisily",
    syntax=Syntax("raw"),
    synopsis="noisily [:] command",
    kind="prefix",
    block=True,
    keeps_r=True,
)
def noisily(session: SessionState, node: Command) -> None:
    before = session.out.quiet, session.captured
    session.out.quiet, session.captured = False, False
    try:
        _run_prefixed(session, node)
    except StataError as error:
        show_message(session, error)
        raise
    finally:
        session.out.quiet, session.captured = before


@command(
    "capture",
    syntax=Syntax("raw"),
    synopsis="capture [:] command",
    kind="prefix",
    block=True,
    keeps_r=True,
)
def capture(session: SessionState, node: Command) -> None:
    before = session.out.quiet, session.captured
    session.out.quiet, session.captured = True, True
    code = 0
    try:
        _run_prefixed(session, node)
    except Break:
        raise
    except StataError as error:
        code = error.code
    finally:
        session.out.quiet, session.captured = before
    session.rc = code
