"""Lists of stored results as commands take them."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.errors import StataError
from xmixed.expressions.varlist import matches_pattern
from xmixed.render.layouts.postestimation.estimates import StoredRow
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates


def stored_names(session: SessionState, text: str, default: Sequence[str]) -> list[str]:
    """Return the stored names that a list of names, patterns, `_all` and `.` means.

    Raises
    ------
    StataError
        r(111) for a name or pattern that nothing is stored under; r(301) for `.` without active results.
    """
    found: list[str] = []
    for word in text.split():
        if word == "_all":
            found.extend(session.stored)
        elif "*" in word or "?" in word:
            matching = [name for name in session.stored if matches_pattern(name, word)]
            if not matching:
                raise StataError(111, f"estimation result {word} not found")
            found.extend(matching)
        else:
            stored_estimates(session, word)
            found.append(word)
    return list(dict.fromkeys(found)) or list(default)


def stored_row(name: str, estimates: Estimates) -> StoredRow:
    """Return the row of `estimates dir`: e(k), or the columns of e(b), as the number of parameters."""
    b, macros = estimates.get("b"), estimates.macros
    columns = b.values.shape[1] if isinstance(b, Matrix) else 0
    count = int(estimates.scalars.get("k", columns))
    return StoredRow(name, macros.get("cmd", ""), macros.get("depvar", ""), count, estimates.title)
