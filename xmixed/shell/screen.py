"""Where lines of output end: plain text to streams, styles to a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from time import monotonic
from typing import TextIO

from xmixed.output import Line, without_control
from xmixed.session.output import Sink
from xmixed.session.signals import OutputLost

STANDARD_OUTPUT = "standard output"

MINIMUM_WIDTH, MAXIMUM_WIDTH = 40, 255
_PATIENCE = 0.5
"""Seconds in which a display must answer."""


def has_display() -> bool:
    """Return whether windows can open: a graph is shown in one, else as a file."""
    if sys.platform in ("win32", "darwin"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY", "")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if wayland and os.path.exists(os.path.join(folder, wayland)):
        return True
    return _answers(os.environ.get("DISPLAY", ""))


def _answers(display: str) -> bool:
    """Return whether an X server answers at `[HOST]:NUMBER[.SCREEN]`: the variable may outlive it."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    if host not in ("", "unix"):
        return _connects("AF_INET", (host, 6000 + int(number)))
    # Its file, and its name where there is none, as in containers.
    path = f"/tmp/.X11-unix/X{number}"
    return any(_connects("AF_UNIX", place) for place in (path, f"\0{path}"))


def _connects(family: str, place: str | tuple[str, int]) -> bool:
    import socket  # only where there is a prompt

    with socket.socket(getattr(socket, family), socket.SOCK_STREAM) as connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(place)
        except OSError:
            return False
    return True


def stream_sink(stream: TextIO, name: str = STANDARD_OUTPUT) -> Sink:
    """Return a sink that writes plain text; what it calls raises `OutputLost` where that is impossible."""

    def write(item: Line) -> None:
        with losing(name):
            stream.write(without_control(item.text) + "\n")

    return write


def stream_flush(stream: TextIO, name: str = STANDARD_OUTPUT) -> Callable[[], None]:
    """Return a function that flushes a stream; it raises `OutputLost`."""

    def flush() -> None:
        with losing(name):
            stream.flush()

    return flush


@contextmanager
def losing(name: str) -> Iterator[None]:
    """Turn the failure of a stream into `OutputLost`; a reader that has gone stays a BrokenPipeError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLost(name, error.strerror or str(error)) from None


def terminal_sink() -> Sink:
    """Return a sink that shows styles on the terminal."""
    from rich.console import Console
    from rich.text import Text

    styles = {"text": "", "result": "bold", "input": "bold", "error": "red", "link": "bright_blue"}
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def write(item: Line) -> None:
        shown = Text(no_wrap=True, overflow="ignore", end="")
        for run in item:
            shown.append(without_control(run.text), styles.get(run.style, ""))
        console.print(shown, soft_wrap=True)

    return write


@cache
def pixel_writer() -> Callable[[str], None] | None:
    """Return what writes sixels to the terminal; None where it does not say that it shows them."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    if not says_sixel(sys.stdin.fileno(), sys.stdout.fileno()):
        return None

    def write(sequence: str) -> None:
        with losing(STANDARD_OUTPUT):
            sys.stdout.write(sequence + "\n")
            sys.stdout.flush()

    return write


def says_sixel(source: int, target: int, patience: float = 0.3) -> bool:
    """Return whether a terminal has sixels among its attributes, which it is asked for (`ESC [ c`).

    A terminal that does not answer in time has none.
    """
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return False
    from select import select

    answer = b""
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source)
        os.write(target, b"\x1b[c")
        while not answer.endswith(b"c") and len(answer) < 100 and select([source], [], [], patience)[0]:
            answer += os.read(source, 1)
    except OSError:
        return False
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
    return answer.endswith(b"c") and b"4" in answer.removesuffix(b"c").split(b";")[1:]


class ProgressBar:
    """A line at the foot of the terminal: a bar and the time left, while a long command runs."""

    WIDTH = 30
    AFTER, BETWEEN = 1.0, 0.2
    """Seconds before the first, and from one line to the next."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun = self._last = 0.0
        self._shown = False

    def show(self, done: int, count: int) -> None:
        """See `Progress`."""
        now = monotonic()
        if done <= 1 or not self._begun:
            self._begun = now
        if now - self._begun < self.AFTER or now - self._last < self.BETWEEN:
            return
        self._last, self._shown = now, True
        left = (now - self._begun) * (count - done) / max(done - 1, 1)
        filled = self.WIDTH * done // count
        bar = "#" * filled + "-" * (self.WIDTH - filled)
        self._write(f"\r\x1b[K[{bar}] {done} of {count}, {_duration(left)} left")

    def clear(self) -> None:
        """See `Progress`."""
        if self._shown:
            self._shown = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


def _duration(seconds: float) -> str:
    """Return seconds as minutes and seconds, with hours where there are some."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def terminal_width() -> int:
    """Return the line size for the terminal: one less than its width, within Stata's limits."""
    return max(MINIMUM_WIDTH, min(MAXIMUM_WIDTH, shutil.get_terminal_size((80, 24)).columns - 1))
