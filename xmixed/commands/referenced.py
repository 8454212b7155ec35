"""The observations that a command uses of data by reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xmixed.data.columns import bytes_of_observation
from xmixed.data.dataset import Dataset
from xmixed.data.reference.fetching import fetched
from xmixed.data.reference.model import Reference, needs_rows
from xmixed.data.reference.rows import reference_of, with_reference
from xmixed.data.room import Room
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.sample import range_slice
from xmixed.language.nodes import Command
from xmixed.language.nodes.estimators import FixedEquation
from xmixed.session.state import SessionState


def max_memory(session: SessionState) -> str:
    """Return what `set max_memory` says, `.` where it was not set."""
    return session.settings.remembered.get("max_memory", ".")


def selected_reference(session: SessionState, node: Command | FixedEquation) -> Reference:
    """Return the rows that the command's `if` and `in` leave, over the columns of the data.

    Raises
    ------
    StataError
        r(3) `in` where the rows have no order, unless it is `in 1/#`; what `pushed_condition` raises.
    """
    reference = reference_of(session.data)
    if node.in_range is not None:
        rows = range_slice(node.in_range, session.data.n_obs)
        if rows.start and not reference.source.ordered:
            raise needs_rows("in, but for in 1/#, is (rows without order)", node.in_range.span)
        reference = reference.rows(rows.start, rows.stop - rows.start)
    if node.condition is None:
        return reference
    from xmixed.expressions.pushdown.translate import pushed_condition

    context = Context.of(session)
    if node.in_range is not None:
        context = context.over(with_reference(session.data, reference))
    return reference.where(pushed_condition(node.condition, context))


def row_count(reference: Reference) -> int:
    """Return how many rows there are, by a query."""
    return int(row_of(reference, n=reference.table.count())["n"])


def row_of(reference: Reference, **statistics: Any) -> dict[str, Any]:
    """Return statistics over all rows, by one query; None where there is none."""
    return reference.run(reference.table.aggregate(**statistics)).to_pylist()[0]


def selected_count(session: SessionState, node: Command) -> int:
    """Return how many observations `if` and `in` leave."""
    if node.condition is None and node.in_range is None:
        return session.data.n_obs
    return row_count(selected_reference(session, node))


def kept_rows(session: SessionState, node: Command) -> Dataset:
    """Return the data with the rows that `if` and `in` leave."""
    reference = selected_reference(session, node)
    return with_reference(session.data, reference, row_count(reference))


def loaded(data: Dataset, selected: Reference, names: Iterable[str], room: Room) -> Dataset:
    """Return rows in memory, if they fit.

    Raises
    ------
    StataError
        r(909) they do not fit; what `Source.run` raises.
    """
    chosen = list(names)
    width = bytes_of_observation(data.select(chosen))
    room.require_bytes(float(row_count(selected)) * max(width, 1))
    return fetched(data, selected, chosen)


def check_no_weights(node: Command) -> None:
    """Refuse weights, r(3)."""
    if getattr(node, "weight", None) is not None:
        raise needs_rows("weights are", node.weight.span)


def refuse(what: str) -> StataError:
    """Return the error for an option or part that data by reference cannot have."""
    return needs_rows(what)
