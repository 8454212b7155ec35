"""Ctrl-C is never lost, wherever it falls."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_AGAIN = 0.01
"""Seconds after which an interrupt that fell on deaf ears comes again."""


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
