"""Whether graphs have a window to open in."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

import pytest

from xmixed.shell.screen import has_display

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of Linux")


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[int]:
    """The number of a display with a server that has a name and no file."""
    number = 20_000 + os.getpid() % 10_000
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(f"\0/tmp/.X11-unix/X{number}")
        listening.listen()
        yield number


@pytest.mark.parametrize("display", ["", ":", "abc", ":19999", ":19999.0", "unix:19999", "localhost:59000"])
def test_a_name_without_a_display(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-19999")
    assert not has_display()


def test_a_display_that_answers(monkeypatch: pytest.MonkeyPatch, server: int) -> None:
    assert not has_display()
    for display in (f":{server}", f"unix:{server}.0"):
        monkeypatch.setenv("DISPLAY", display)
        assert has_display()
