"""A cheap copy of the state, to put back when a command fails half-way."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from xmixed.session.results import Estimates, Results
from xmixed.session.settings import Settings
from xmixed.session.state import SessionState

_SETTINGS = tuple(Settings.__dataclass_fields__)
_ESTIMATES = tuple(sorted(set(Estimates.__dataclass_fields__) - set(Results.__dataclass_fields__)))
_settings_of, _estimates_of = attrgetter(*_SETTINGS), attrgetter(*_ESTIMATES)


def _tables(results: Results) -> tuple[dict[str, Any], ...]:
    return dict(results.scalars), dict(results.macros), dict(results.matrices)


def _put_tables(results: Results, tables: tuple[dict[str, Any], ...]) -> None:
    results.scalars, results.macros, results.matrices = tables


class Snapshot:
    """What a command may change in a session, taken before it runs.

    Handlers commit last, so a restored snapshot rarely differs from what is there; it is the guarantee
    for Ctrl-C, for memory running out, and for mistakes of ours. No column is copied.
    """

    def __init__(self, session: SessionState) -> None:
        self.data = session.data
        self.r, self.r_tables = session.r, _tables(session.r)
        self.s, self.s_tables = session.s, _tables(session.s)
        self.e, self.e_tables = session.e, _tables(session.e)
        self.e_others = _estimates_of(session.e)
        self.stored = dict(session.stored)
        self.held = dict(session.held)
        self.scalars = dict(session.scalars)
        self.matrices = dict(session.matrices)
        self.global_macros = dict(session.global_macros)
        self.macros = session.locals  # a command changes those of the innermost frame only
        self.macros_copy = dict(self.macros)
        self.settings = _settings_of(session.settings)
        self.remembered = dict(session.settings.remembered)
        self.memory = session.memory.saved()
        self.tested = session.tested

    def restore(self, session: SessionState) -> None:
        """Put the state back; objects keep their identity."""
        _put_tables(self.r, self.r_tables)
        _put_tables(self.s, self.s_tables)
        _put_tables(self.e, self.e_tables)
        for name, value in zip(_ESTIMATES, self.e_others, strict=True):
            setattr(self.e, name, value)
        session.data, session.r, session.s, session.e = self.data, self.r, self.s, self.e
        _refill(session.stored, self.stored)
        _refill(session.held, self.held)
        _refill(session.scalars, self.scalars)
        _refill(session.matrices, self.matrices)
        _refill(session.global_macros, self.global_macros)
        _refill(self.macros, self.macros_copy)
        for name, value in zip(_SETTINGS, self.settings, strict=True):
            setattr(session.settings, name, value)
        session.settings.remembered = self.remembered
        session.memory.restore(self.memory)
        session.tested = self.tested


def _refill(target: dict, source: dict) -> None:
    target.clear()
    target.update(source)
