"""drop, keep, rename."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.commands.varlists import names_in
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
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


def _keep_rows(session: SessionState, rows: np.ndarray) -> None:
    gone = len(rows) - int(np.count_nonzero(rows))
    if gone:
        session.data = session.data.rows(rows)
    session.out.write(f"({plural(gone, 'observation', 'observations')} deleted)")


@command(
    "drop",
    syntax=_ROWS_OR_VARIABLES,
    synopsis="drop varlist  or  drop if exp  or  drop in range",
    by="whole",
    keeps_r=True,
)
def drop(session: SessionState, node: Command) -> None:
    if _check(node):
        _keep_rows(session, ~selected_rows(session, node))
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
)
def keep(session: SessionState, node: Command) -> None:
    if _check(node):
        _keep_rows(session, selected_rows(session, node))
        return
    kept = set(resolve_varlist(node.argument, session.data))
    gone = [name for name in session.data.names if name not in kept]
    if gone:
        session.data = session.data.without(gone)


@command(
    "rename",
    syntax=Syntax("text"),
    synopsis="rename oldname newname  or  rename (old1 old2 ...) (new1 new2 ...)",
    needs=("data",),
    keeps_r=True,
)
def rename(session: SessionState, node: Command) -> None:
    old_text, new_text = _halves(node.argument)
    old = names_in(old_text, session.data)
    new = list(parse_words(new_text))
    if not new:
        raise StataError(100, "newvarname required")
    for name in new:
        if any(mark in name for mark in "*?~=#[]"):
            raise StataError(199, "rename with patterns is not implemented in xmixed")
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
    if len(old) != len(new):
        raise StataError(198, "number of old and new names differ")
    _check_unique(session.data, old, new)
    names = {before: after for before, after in zip(old, new, strict=True) if before != after}
    if names:
        session.data = session.data.renamed(names)


def _halves(text: str) -> tuple[str, str]:
    """Return the old and the new names as text."""
    text = text.strip()
    if not text.startswith("("):
        words = text.split()
        if len(words) > 2:
            raise StataError(198, "invalid syntax")
        return (words + ["", ""])[0], (words + ["", ""])[1]
    old, closed, rest = text[1:].partition(")")
    rest = rest.strip()
    if not closed or not rest.startswith("(") or not rest.endswith(")"):
        raise StataError(198, "invalid syntax")
    return old, rest[1:-1]


def _check_unique(data: Dataset, old: list[str], new: list[str]) -> None:
    if len(set(old)) < len(old):
        raise StataError(198, "a variable may be renamed only once")
    staying = set(data.names) - set(old)
    seen: set[str] = set()
    for name in new:
        if name in staying or name in seen:
            raise StataError(110, f"{name} already defined")
        seen.add(name)
