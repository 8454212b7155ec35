"""Entering and leaving frames: arguments in, temporaries gone, what was preserved back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from xmixed.session.frames import Frame, Temporary
from xmixed.session.signals import ExitRequest
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
        failed = True
        try:
            yield
            failed = False
        except ExitRequest as request:
            failed = bool(request.code)
            raise
        finally:
            session.frames.pop()
            leave(session, frame, failed)


def leave(session: SessionState, frame: Frame, failed: bool = False) -> None:
    """Bring back what a frame preserved, and drop its temporary variables, names and files.

    Where it failed, the variables that `syntax` made go too.
    """
    if frame.preserved is not None:
        session.data, frame.preserved = frame.preserved, None
    kept = () if failed else ("made",)
    drop_temporaries(session, [each for each in frame.temporaries if each.kind not in kept])
    frame.temporaries.clear()


def drop_temporaries(session: SessionState, temporaries: list[Temporary]) -> None:
    """Drop temporary variables, names and files; the data count as unchanged by it.

    Estimates set aside with `restore` come back.
    """
    variables = [name for kind, name in temporaries if kind in ("variable", "made")]
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
