"""What `use` does with data that stay where they are."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.referenced import kept_rows, max_memory
from xmixed.data.dataset import Dataset
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.render.text import printable
from xmixed.session.state import SessionState


def use_by_reference(session: SessionState, node: Command, name: str) -> Dataset:
    """Return data by reference that `use` names; what the user is to know of them is said."""
    from xmixed.data.reference.sources import open_reference

    found = open_reference(name, node.option("table") or "", max_memory(session))
    session.out.write(*map(printable, found.notes))
    if node.using is None:
        return found.dataset
    before = session.data
    session.data = found.dataset
    try:
        data = _selected(session, node)
    finally:
        session.data = before
    return replace(data, changed=False)


def _selected(session: SessionState, node: Command) -> Dataset:
    data = session.data
    names = resolve_varlist(node.argument, data) if node.argument else data.names
    if node.condition is not None or node.in_range is not None:
        data = kept_rows(session, node)
    return data.without(set(data.names) - set(names))
