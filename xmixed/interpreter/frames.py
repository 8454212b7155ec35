"""Entering and leaving frames: arguments in, temporaries gone, what was preserved back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from xmixed.session.frames import Frame, Temporary
from xmixed.session.state import SessionState
from xmixed.session.stored import unhold


@contextmanager
def entered(session: SessionState, frame: Frame) -> Iterator[None]:
    """Run what stands inside in a frame of its own, which is left whatever happens.

    Raises
    ------
    StataError
        r(1000) where too many frames are open.
    """
    with session.nested():
        session.frames.append(frame)
        try:
            yield
        finally:
            session.frames.pop()
            leave(session, frame)


def leave(session: SessionState, frame: Frame) -> None:
    """Bring back what a frame preserved, and drop its temporary variables, names and files."""
    if frame.preserved is not None:
        session.data, frame.preserved = frame.preserved, None
    drop_temporaries(session, frame.temporaries)
    frame.temporaries.clear()


def drop_temporaries(session: SessionState, temporaries: list[Temporary]) -> None:
    """Drop temporary variables, names and files; the data count as unchanged by it.

    Estimates set aside with `restore` come back.
    """
    variables = [name for kind, name in temporaries if kind == "variable"]
    present = [name for name in variables if name in session.data]
    if present:
        changed = session.data.changed
        session.data = session.data.without(present).with_(changed=changed)
    for kind, name in temporaries:
        if kind == "estimates":
            if name in session.held:
                unhold(session, name)
        elif kind != "file":
            session.scalars.pop(name, None)
            session.matrices.pop(name, None)
        else:
            try:
                os.unlink(name)
            except OSError:
                pass
