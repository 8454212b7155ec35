"""Commands that run other commands on the way: what those change comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xmixed.session.state import SessionState


@contextmanager
def set_aside(session: SessionState, quiet: bool = True) -> Iterator[None]:
    """Bring the data, e() and r() back at the end; `quiet`: nothing is shown meanwhile."""
    data, e, r, before = session.data, session.e, session.r, session.out.quiet
    session.out.quiet = before or quiet
    try:
        yield
    finally:
        session.data, session.e, session.r, session.out.quiet = data, e, r, before
