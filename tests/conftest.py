"""The order of the suite, its Ctrl-C, and bytecode for the processes that it starts."""

from __future__ import annotations

import os
import signal
import sys

import pytest

# Hundreds of processes would compile our modules, and every worker all tests, where no bytecode is written.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure() -> None:
    """Accept Ctrl-C where it is ignored, as shells arrange for what they start in the background.

    Tests that press it would wait in vain, and never see it.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start slow tests first, so that no worker waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
