"""The order of the suite, and its Ctrl-C."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Accept Ctrl-C where it is ignored, as shells arrange for what they start in the background.

    Tests that press it would wait in vain, and never see it.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start slow tests first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
