"""The active estimates, those stored by name, and their estimation samples."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from xmixed.errors import StataError
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState


def stored_estimates(session: SessionState, name: str) -> Estimates:
    """Return estimates by their stored name, `.` for the active ones.

    Raises
    ------
    StataError
        r(301) `last estimates not found`; r(111) `estimation result x not found`.
    """
    if name == ".":
        if not session.e.exist:
            raise StataError(301, "last estimates not found")
        return session.e
    if name not in session.stored:
        raise StataError(111, f"estimation result {name} not found")
    return session.stored[name]


SIMULATED = "simulated"
"""The row mark of the model whose parameters `estsimp` has simulated; it outlives other estimates."""


def collected_names(stored: Mapping[str, Estimates]) -> list[str]:
    """Return the names of the results that `eststo` has collected, in order."""
    found = [(estimates.collected, name) for name, estimates in stored.items() if estimates.collected]
    return [name for _, name in sorted(found)]


def commit(session: SessionState, estimates: Estimates) -> None:
    """Make estimates the active ones; row marks that no estimates use any more are dropped."""
    if session.e is not estimates:
        session.e.prepared = None
    session.e = estimates
    others = (*session.stored.values(), *session.held.values())
    used = {SIMULATED, estimates.mark, *(other.mark for other in others)}
    marks = {name: rows for name, rows in session.data.marks.items() if name in used}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)


def keep_within(session: SessionState, limit: int) -> None:
    """Let estimates forget what their fits have prepared, where all together take more than `limit` bytes.

    Those stored first forget first; the active ones keep theirs.
    """
    others = (*session.held.values(), *reversed(session.stored.values()))
    counted: dict[int, int] = {}
    for estimates in (session.e, *others):
        prepared = estimates.prepared
        if prepared is None or id(prepared) in counted:
            continue
        if counted and sum(counted.values()) + prepared.size > limit:
            estimates.prepared = None
        else:
            counted[id(prepared)] = prepared.size


def unhold(session: SessionState, name: str) -> None:
    """Make estimates that were set aside the active ones again.

    Raises
    ------
    StataError
        r(111): there are none of that name.
    """
    found = session.held.pop(name, None)
    if found is None:
        raise StataError(111, f"estimation result {name} not found")
    commit(session, found)


_MARK_NUMBERS = itertools.count(1)


def new_mark() -> str:
    """Return a name for a row mark that no earlier estimates have had."""
    return f"e(sample) {next(_MARK_NUMBERS)}"
