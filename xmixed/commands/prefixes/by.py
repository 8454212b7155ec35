"""The prefixes by and bysort."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.data.groups import Groups
from xmixed.data.order import partition_of, sorted_on
from xmixed.errors import Span, StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.language.words import parse_by, split_at_colon
from xmixed.session.state import SessionState


@command(
    "by",
    syntax=Syntax("raw"),
    synopsis="by varlist [(varlist2)] [, sort rc0]: command",
    kind="prefix",
    needs=("data",),
    keeps_r=True,
)
def by(session: SessionState, node: Command) -> None:
    _run(session, node, sort=False)


@command(
    "bysort",
    syntax=Syntax("raw"),
    synopsis="bysort varlist [(varlist2)] [, rc0]: command",
    kind="prefix",
    needs=("data",),
    keeps_r=True,
)
def bysort(session: SessionState, node: Command) -> None:
    _run(session, node, sort=True)


def _run(session: SessionState, node: Command, sort: bool) -> None:
    if session.groups is not None:
        raise StataError(190, "by may not be combined with by")
    head, end = split_at_colon(node.argument, 0)
    typed = parse_by(node.argument, Span(head.start, head.end))
    before = session.data
    names = resolve_varlist(typed.groups, before)
    keys = tuple(dict.fromkeys([*names, *resolve_varlist(typed.order, before)]))
    data = sorted_on(before, keys) if sort or typed.sort else before
    if data.sorted_by[: len(keys)] != keys:
        raise StataError(5, "not sorted")
    names = tuple(dict.fromkeys(names))
    session.data = data
    session.groups = Groups(names, partition_of(data, names), typed.rc0)
    try:
        session.execute(node.argument[end:])
    except BaseException:
        if session.data is data:
            session.data = before
        raise
    finally:
        session.groups = None
