"""A response by the groups of a second variable: what one-way analyses read."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.commands.rows import selected_rows, weights_of
from xmixed.commands.varlists import check_count
from xmixed.data.categories import categories_of
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped


@dataclass(frozen=True, slots=True, eq=False)
class ByGroup:
    """A response by group.

    Attributes
    ----------
    response, group : Variable
    values : tuple of float or str
        Of the groups, in order.
    cells : Grouped
        The response by group; analytic weights are scaled to the number of observations.
    """

    response: Variable
    group: Variable
    values: tuple[float | str, ...]
    cells: Grouped


def response_by_group(session: SessionState, node: Command) -> ByGroup:
    """Return what `response group [if] [in] [weight]` names.

    With the option `missing`, missing values of the second form groups.

    Raises
    ------
    StataError
        r(102), r(103) for other than two variables; r(109) for a response of strings; r(2000).
    """
    names = resolve_varlist(node.argument or (), session.data)
    check_count(names, 2, 2)
    response, group = (session.data[name] for name in names)
    if response.is_string:
        raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    x = response.to_double()
    used = rows & ~is_missing(x)
    if weights.values is not None:
        used &= weights.values != 0
    found = categories_of(group, used, bool(node.option("missing")))
    used = found.used
    if not used.any():
        raise StataError(2000, "no observations")
    w = None if weights.values is None else weights.values[used]
    if weights.kind == "aweight" and w is not None:
        w = w * (len(w) / w.sum())
    cells = Grouped(x[used], found.codes[used], len(found.values), w, "fweight" if w is not None else "")
    return ByGroup(response, group, tuple(found.values), cells)
