"""A query while it runs: Ctrl-C cancels it, and a terminal shows how far it is."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_TICK = 0.1
"""Seconds from one look at the work to the next."""
_PATIENCE = 2.0
"""Seconds before anything is shown."""


def watched(
    work: Callable[[], Any],
    cancel: Callable[[], None],
    share: Callable[[], float],
    rows: int = 0,
    stream: TextIO | None = None,
) -> Any:
    """Return what `work` returns, which runs in a thread of its own.

    Parameters
    ----------
    cancel : callable
        Ends the work early; it then raises.
    share : callable
        Percent done, negative where it is not known.
    rows : int
        Of what the work goes through, 0 for nobody knows.
    stream : TextIO, optional
        Where the line is shown if it is a terminal; standard error by default.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C; the work has ended.
    """
    with _Line.on(stream, rows) as line:
        return _awaited(work, cancel, share, line)


def watched_pieces(
    piece: Callable[[], Any],
    cancel: Callable[[], None],
    share: Callable[[], float],
    rows: int = 0,
    stream: TextIO | None = None,
) -> Generator[Any]:
    """Give what `piece` returns until it raises StopIteration; all pieces are one work. See `watched`."""
    with _Line.on(stream, rows) as line:
        while True:
            try:
                found = _awaited(piece, cancel, share, line)
            except StopIteration:
                return
            yield found


def _awaited(
    work: Callable[[], Any], cancel: Callable[[], None], share: Callable[[], float], line: _Line
) -> Any:
    """See `watched`."""
    found: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    with _interrupts_noted() as pressed:
        thread.start()
        while thread.is_alive():
            thread.join(_TICK)
            if pressed:
                cancel()  # again and again: work that is about to begin does not know of it yet
            else:
                line.show(share)
    if failed:
        raise failed[0]
    return found[0]


@contextmanager
def _interrupts_noted() -> Iterator[list[int]]:
    """Take note of Ctrl-C, and pass it on at the end.

    An exception in the midst of starting a thread, or of waiting for one, would leave work behind that
    nobody waits for; what comes next would find the connection busy.
    """
    pressed: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield pressed  # nobody else can change it, nor is there an exception
        return
    signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, handler)
        if pressed:
            handler(signal.SIGINT, None)


class _Line:
    """One line of a terminal that is written over and over, and is gone in the end."""

    def __init__(self, stream: TextIO, rows: int = 0) -> None:
        self.rows = rows
        self.stream = stream if stream.isatty() else None
        self.start, self.shown, self.width = time.monotonic(), 0.0, 0

    @classmethod
    @contextmanager
    def on(cls, stream: TextIO | None, rows: int) -> Iterator[_Line]:
        """A line of a stream, standard error by default, for as long as the work lasts."""
        line = cls(sys.stderr if stream is None else stream, rows)
        try:
            yield line
        finally:
            line.clear()

    def show(self, share: Callable[[], float]) -> None:
        """Show the share that is done, once the work has taken some time."""
        now = time.monotonic()
        elapsed = now - self.start
        if self.stream is None or elapsed < _PATIENCE or now - self.shown < _TICK:
            return
        percent, self.shown = share(), now
        if percent <= 0:
            return
        text = progress_text(percent, elapsed, self.rows)
        self.stream.write("\r" + text.ljust(self.width))
        self.stream.flush()
        self.width = len(text)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.stream is not None and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()


def progress_text(percent: float, elapsed: float, rows: int = 0) -> str:
    """Return the line for so many percent done after so many seconds.

    `(query: 25% done, 1:30 left)`, or, of 400 rows, `(query: 100 of 400 rows, 25% done, 1:30 left)`.
    """
    share = min(max(percent, 0.0), 100.0)
    left = round(elapsed * (100.0 - share) / share) if share else 0
    minutes, seconds = divmod(left, 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    through = f"{int(rows * share / 100):,} of {rows:,} rows, " if rows else ""
    return f"(query: {through}{int(share)}% done, {shown} left)"
