"""The prefixes by and bysort."""

from __future__ import annotations

from typing import Any

from xmixed.commands.registry import command
from xmixed.data.dataset import Variable
from xmixed.data.groups import Groups
from xmixed.data.order import partition_of, sort_key, sorted_on
from xmixed.data.reference.model import needs_rows
from xmixed.errors import Span, StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.language.words import parse_by, split_at_colon
from xmixed.session.state import SessionState
from xmixed.statistics.ordering import stable_order

MOST_GROUPS = 1000
"""Groups of data by reference: each takes a query of its own."""


@command(
    "by",
    syntax=Syntax("raw"),
    synopsis="by varlist [(varlist2)] [, sort rc0]: command",
    kind="prefix",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
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
    by_reference=True,
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
    if before.reference is not None:
        if not (sort or typed.sort):
            raise StataError(5, "not sorted")
        if typed.order:
            raise needs_rows("by with a second list of variables is")
        _run_by_reference(session, keys, typed.rc0, node.argument[end:])
        return
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


def _run_by_reference(session: SessionState, names: tuple[str, ...], rc0: bool, rest: str) -> None:
    """Run a command within the groups that a query finds; no row is sorted.

    Raises
    ------
    StataError
        r(190) a command that takes no `by`, and `in`; r(3) one that is about all groups at once, or changes
        data, and too many groups; the error of the first group that fails.
    """
    from xmixed.data.reference.counting import condensed
    from xmixed.data.reference.rows import reference_of, with_reference
    from xmixed.data.value_labels import value_text
    from xmixed.render.layouts.by import render_group_header

    prepared = session.prepare(rest)
    _refuse(*prepared)
    whole = session.data
    reference = reference_of(whole)
    found = condensed(whole, reference, names)
    if len(found.counts) > MOST_GROUPS:
        raise needs_rows(f"by with more than {MOST_GROUPS:,} groups is")
    for row in stable_order([sort_key(found.data[name]) for name in names]):
        shown = [(name, value_text(found.data, found.data[name], row)) for name in names]
        session.out.write(*render_group_header(shown, session.settings.linesize))
        chosen = reference
        for name in names:
            chosen = chosen.where(chosen.is_value(whole[name], _value(found.data[name], row)))
        part = session.data = with_reference(whole, chosen, int(found.counts[row]))
        try:
            session.perform(prepared)
            if session.data.variables != part.variables or session.data.n_obs != part.n_obs:
                raise needs_rows("by of commands that change data is")
        except StataError as error:
            if not rc0:
                raise
            session.out.write_always(error.message, f"r({error.code});")
        finally:
            session.data = whole
    session.out.write("")


def _value(variable: Variable, row: int) -> float | str | None:
    """Return a value, None where it is missing."""
    if variable.is_string:
        return variable.values[row]
    return float(variable.to_double()[row]) if variable.known()[row] else None


def _refuse(entry: Any, node: Any) -> None:
    """See `_run_by_reference`."""
    kind = getattr(entry, "by", "program")
    if kind == "no" or getattr(entry, "kind", "command") == "control":
        raise StataError(190, f"{entry.name} may not be combined with by")
    if kind != "each":
        raise needs_rows(f"by of {getattr(entry, 'name', 'programs')} is")
    if getattr(node, "in_range", None) is not None:
        raise StataError(190, "in may not be combined with by", node.in_range.span)
