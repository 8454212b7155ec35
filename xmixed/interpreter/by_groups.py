"""Running a command within the groups of a `by`: once for all of them, or once a group under a header."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.commands.registry import CommandEntry
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.groups import Groups


def run_by_groups(session: SessionState, groups: Groups, entry: CommandEntry, node: Any) -> None:
    """Run a command as its entry says that `by` does.

    Raises
    ------
    StataError
        r(190) for a command that takes no `by`, and for `in`; the error of the first group that fails.
    """
    if entry.by == "no":
        raise StataError(190, f"{entry.name} may not be combined with by")
    if getattr(node, "in_range", None) is not None:
        raise StataError(190, "in may not be combined with by", node.in_range.span)
    if entry.by == "whole":
        entry.handler(session, node)
        return
    whole = session.data
    session.groups = None
    try:
        for rows in groups.partition.slices:
            show_group_header(session, whole, groups, rows)
            part = session.data = whole.rows(rows)
            session.rows_before = rows.start
            try:
                entry.handler(session, node)
            except StataError as error:
                if not groups.rc0:
                    raise
                session.out.write_always(error.message, f"r({error.code});")
            whole = _with_marks(whole, part, session.data, rows)
    finally:
        session.data, session.groups, session.rows_before = whole, groups, 0
    session.out.write("")


def show_group_header(session: SessionState, data: Dataset, groups: Groups, rows: slice) -> None:
    """Show the rule and the values that stand above what is said of a group."""
    from xmixed.render.layouts.by import render_group_header

    session.out.write(*render_group_header(_values(data, groups, rows), session.settings.linesize))


def _values(data: Dataset, groups: Groups, rows: slice) -> list[tuple[str, str]]:
    """Return the names and values that all rows of a group share."""
    from xmixed.data.value_labels import value_text

    return [(name, value_text(data, data[name], rows.start)) for name in groups.names]


def _with_marks(whole: Dataset, before: Dataset, after: Dataset, rows: slice) -> Dataset:
    """Return the data with what a command marked within a group: e(sample)."""
    if after is before:
        return whole
    marks = {name: mark for name, mark in whole.marks.items() if name in after.marks}
    for name, mark in after.marks.items():
        if name not in marks:
            full = np.zeros(whole.n_obs, dtype=bool)
            full[rows] = mark
            marks[name] = full
    return replace(whole, marks=marks)
