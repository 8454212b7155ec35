"""`set more on`: output at the prompt stops at a full screen."""

from __future__ import annotations

import os
import shutil
import sys

from xmixed.output import Line
from xmixed.session.output import Sink
from xmixed.session.settings import Settings

_STOP = "--more--"


class Pages:
    """A sink that waits for a key before the screen scrolls on.

    Enter shows one more line, `q` and Ctrl-C break, any other key shows the next screen.
    """

    def __init__(self, sink: Sink, settings: Settings) -> None:
        self._sink, self._settings = sink, settings
        self._shown = 0

    def begin(self) -> None:
        """Begin a screen, as after each prompt."""
        self._shown = 0

    def __call__(self, item: Line) -> None:
        if self._settings.more and self._shown >= shutil.get_terminal_size().lines - 1:
            self._wait()
        self._sink(item)
        self._shown += 1

    def _wait(self) -> None:
        """Wait for a key.

        Raises
        ------
        KeyboardInterrupt
            The output is to end.
        """
        sys.stdout.write(_STOP)
        sys.stdout.flush()
        try:
            key = read_key()
        except KeyboardInterrupt:
            key = "q"
        sys.stdout.write("\r" + " " * len(_STOP) + "\r")
        self._shown = self._shown - 1 if key in ("\r", "\n") else 0
        if key in ("q", "Q"):
            raise KeyboardInterrupt


def read_key() -> str:
    """Return the key that is pressed at the terminal; of one that sends several characters the first."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch()
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        return os.read(descriptor, 64).decode(errors="replace")[:1]
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
