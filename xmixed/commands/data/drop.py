"""drop, keep."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.text import plural
from xmixed.session.state import SessionState

_ROWS_OR_VARIABLES = Syntax("varlist", condition=True, in_range=True)


def _check(node: Command) -> bool:
    """Return whether the command is about observations; r(198) for both, r(100) for neither."""
    about_rows = node.condition is not None or node.in_range is not None
    if about_rows and node.argument:
        raise StataError(198, "invalid syntax")
    if not about_rows and not node.argument:
        raise StataError(100, "varlist or in range required")
    return about_rows


def _keep_rows(session: SessionState, node: Command, chosen: bool) -> None:
    """Keep the rows that `if` and `in` choose, or all others."""
    before = session.data.n_obs
    if session.data.reference is None:
        rows = selected_rows(session, node)
        rows = rows if chosen else ~rows
        if not rows.all():
            session.data = session.data.rows(rows)
    else:
        from xmixed.commands.referenced import kept_rows, other_rows

        session.data = (kept_rows if chosen else other_rows)(session, node)
    gone = before - session.data.n_obs
    session.out.write(f"({plural(gone, 'observation', 'observations')} deleted)")


@command(
    "drop",
    syntax=_ROWS_OR_VARIABLES,
    synopsis="drop varlist  or  drop if exp  or  drop in range",
    by="whole",
    keeps_r=True,
    by_reference=True,
)
def drop(session: SessionState, node: Command) -> None:
    if _check(node):
        _keep_rows(session, node, chosen=False)
        return
    data = session.data
    gone = set(resolve_varlist(node.argument, data))
    if len(gone) == len(data.variables):
        # Stata: without variables there is no dataset; only value labels stay.
        session.data = Dataset(value_labels=data.value_labels)
    else:
        session.data = data.without(gone)


@command(
    "keep",
    syntax=_ROWS_OR_VARIABLES,
    synopsis="keep varlist  or  keep if exp  or  keep in range",
    by="whole",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def keep(session: SessionState, node: Command) -> None:
    if _check(node):
        _keep_rows(session, node, chosen=True)
        return
    kept = set(resolve_varlist(node.argument, session.data))
    gone = [name for name in session.data.names if name not in kept]
    if gone:
        session.data = session.data.without(gone)
