"""`if` and `else`, with a block or with a command on the same line."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.compiled import holds
from xmixed.language.nodes import Command
from xmixed.language.programs.headers import split_condition
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command(
    "if",
    syntax=Syntax("raw"),
    synopsis="if exp { ... }, or if exp command",
    kind="control",
    block=True,
    keeps_r=True,
)
def if_(session: SessionState, node: Command) -> None:
    text = str(node.argument)
    condition, rest = (text, "") if node.body is not None else split_condition(text)
    if node.body is None and not rest:
        raise StataError(100, "{ required")
    true = holds(session, condition)
    if true and node.body is not None:
        node.body()
    elif true:
        session.execute(rest)
    session.frame.chosen = true


@command(
    "else",
    syntax=Syntax("raw"),
    synopsis="else { ... }, else command, or else if ...",
    kind="control",
    block=True,
    keeps_r=True,
)
def else_(session: SessionState, node: Command) -> None:
    chosen = session.frame.chosen
    if chosen is None:
        raise StataError(199, "unrecognized command:  else")
    if chosen:
        return
    session.frame.chosen = True
    if node.argument:
        session.execute(str(node.argument), node.body)
    elif node.body is not None:
        node.body()
    else:
        raise StataError(100, "{ required")
