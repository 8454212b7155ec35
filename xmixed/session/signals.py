"""What ends a command or a do-file without being a mistake in it."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from xmixed.errors import StataError

_AGAIN = 0.01
"""Seconds after which an interrupt that fell on deaf ears comes again."""


class Break(StataError):
    """Ctrl-C: `--Break--`, r(1). `capture` lets it pass."""

    def __init__(self) -> None:
        super().__init__(1, "--Break--")


class OutputLost(BaseException):
    """What is printed can no longer be written: the disk is full. Ends the program, captured or not."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"cannot write {target}: {reason}")


class ExitRequest(BaseException):
    """Raised by `exit`: ends the innermost do-file, or the whole session.

    A BaseException, so that no handler of errors takes it for one.

    Attributes
    ----------
    code : int
        Return code that the do-file ends with; 0 for none.
    everything : bool
        Leave the session, not only the do-file.
    """

    def __init__(self, code: int = 0, everything: bool = False) -> None:
        super().__init__()
        self.code = code
        self.everything = everything


class LoopSignal(BaseException):
    """Raised by `continue`: ends the round of the innermost loop, or the loop.

    Attributes
    ----------
    leaves : bool
        Leave the loop (`continue, break`).
    """

    def __init__(self, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Let interrupts come again that Python dropped.

    A signal may arrive while a callback of garbage collection runs. No exception leaves such a callback:
    Python shows its traceback and goes on as if nothing had been pressed.
    """
    before = sys.unraisablehook
    if isinstance(before, _Hook):  # a do-file within a text
        yield
        return
    sys.unraisablehook = _Hook(before)
    try:
        yield
    finally:
        sys.unraisablehook = before


class _Hook:
    """What Python calls with an exception that nobody can catch."""

    def __init__(self, before: Callable[[Any], object]) -> None:
        self._before = before

    def __call__(self, dropped: Any) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            self._before(dropped)
            return
        # Not at once: that would be inside the same callback.
        again = threading.Timer(_AGAIN, _thread.interrupt_main)
        again.daemon = True
        again.start()
