"""Completion without a terminal."""

from __future__ import annotations

import pytest

from xmixed.shell.completion import Names, suggest

NAMES = Names(
    {"describe": ("short",), "display": (), "xtmixed": ("mle", "nolog", "reml")}, ("weight", "week", "id")
)


@pytest.mark.parametrize(
    ("before", "words", "length"),
    [
        ("d", ("describe", "display"), 1),
        ("quietly x", ("xtmixed",), 1),
        ("capture noisily desc", ("describe",), 4),
        ("xtmixed we", ("week", "weight"), 2),
        ("xtmixed weight week || ", ("id", "week", "weight"), 0),
        ("xtmixed weight week || id:, re", ("reml",), 2),
        ("xtm weight, ", ("mle", "nolog", "reml"), 0),
        ("xtmixed weight, cov(un", (), 2),
        ('display "we', (), 2),
        ("display `we", (), 2),
        ("display 1\nde", ("describe",), 2),
    ],
)
def test_suggest(before: str, words: tuple[str, ...], length: int) -> None:
    found = suggest(before, NAMES)
    assert (found.words, found.length) == (words, length)
