"""What `summarize` computes of data by reference."""

from __future__ import annotations

from xmixed.commands.referenced import selected_reference, weighted_reference
from xmixed.commands.rows import variables_of
from xmixed.data.dataset import Variable
from xmixed.data.reference.moments import moments_of
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState
from xmixed.statistics.moments import Moments


def statistics_by_reference(
    session: SessionState, node: Command, detail: bool
) -> tuple[list[Variable], str, list[Moments]]:
    """Return the variables, the kind of the weights and the statistics of each variable."""
    chosen = variables_of(session.data, node)
    selected = selected_reference(session, node)
    weighted = weighted_reference(session, node, selected)
    numeric = [variable for variable in chosen if not variable.is_string]
    numbers = [weighted.reference.number(variable) for variable in numeric]
    found = iter(
        moments_of(weighted.reference, numbers, weighted.weight, weighted.kind, detail) if numeric else ()
    )
    return chosen, weighted.kind, [Moments(0.0, 0.0) if v.is_string else next(found) for v in chosen]
