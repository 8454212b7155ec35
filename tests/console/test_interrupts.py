"""Ctrl-C where Python drops it."""

from __future__ import annotations

import signal
import sys
import weakref

import pytest

from xmixed.interpreter.session import Session
from xmixed.session.signals import interrupts_kept


class Thing:
    pass


def _interrupt_in_a_callback() -> None:
    thing = Thing()
    kept = weakref.ref(thing, lambda reference: signal.raise_signal(signal.SIGINT))
    del thing
    assert kept() is None


def test_an_interrupt_in_a_callback_comes_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    session = Session()
    before, expand = sys.unraisablehook, session.expand

    def interrupted(*given, **named):
        monkeypatch.setattr(session, "expand", expand)
        _interrupt_in_a_callback()
        return expand(*given, **named)

    monkeypatch.setattr(session, "expand", interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.run("forvalues i = 1/1000000 {\nscalar x = 1\n}\n")
    assert sys.unraisablehook is before
    assert capsys.readouterr().err == ""


def test_other_exceptions_go_where_they_went(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[type] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: seen.append(dropped.exc_type))
    with interrupts_kept(), interrupts_kept():
        thing = Thing()
        kept = weakref.ref(thing, lambda reference: 1 / 0)
        del thing
        assert kept() is None
    assert seen == [ZeroDivisionError]
