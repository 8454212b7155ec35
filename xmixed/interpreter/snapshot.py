"""A cheap copy of the state, to put back when a command fails half-way."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from xmixed.session.results import Results
from xmixed.session.state import SessionState

R = TypeVar("R", bound=Results)


def _copy_results(results: R) -> R:
    return replace(
        results,
        scalars=dict(results.scalars),
        macros=dict(results.macros),
        matrices=dict(results.matrices),
    )


class Snapshot:
    """What a command may change in a session, taken before it runs.

    Handlers commit last, so a restored snapshot rarely differs from what is there; it is the guarantee
    for Ctrl-C, for memory running out, and for mistakes of ours. No column is copied.
    """

    def __init__(self, session: SessionState) -> None:
        self.data = session.data
        self.r, self.r_copy = session.r, _copy_results(session.r)
        self.s, self.s_copy = session.s, _copy_results(session.s)
        self.e = session.e
        self.e_copy = _copy_results(session.e)
        self.stored = dict(session.stored)
        self.scalars = dict(session.scalars)
        self.matrices = dict(session.matrices)
        self.global_macros = dict(session.global_macros)
        self.macros = session.locals  # a command changes those of the innermost frame only
        self.macros_copy = dict(self.macros)
        self.settings = replace(session.settings)
        self.memory = session.memory.saved()
        self.tested = session.tested

    def restore(self, session: SessionState) -> None:
        """Put the state back; objects keep their identity."""
        _assign(self.r, self.r_copy)
        _assign(self.s, self.s_copy)
        _assign(self.e, self.e_copy)
        session.data, session.r, session.s, session.e = self.data, self.r, self.s, self.e
        _refill(session.stored, self.stored)
        _refill(session.scalars, self.scalars)
        _refill(session.matrices, self.matrices)
        _refill(session.global_macros, self.global_macros)
        _refill(self.macros, self.macros_copy)
        _assign(session.settings, self.settings)
        session.memory.restore(self.memory)
        session.tested = self.tested


def _assign(target: object, source: object) -> None:
    for name in source.__dataclass_fields__:  # type: ignore[attr-defined]
        setattr(target, name, getattr(source, name))


def _refill(target: dict, source: dict) -> None:
    target.clear()
    target.update(source)
