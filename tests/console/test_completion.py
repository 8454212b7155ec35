"""Completion without a terminal."""

from __future__ import annotations

import pytest

from xmixed.shell.completion import Names, suggest
from xmixed.shell.prompt import _options, _subcommands

NAMES = Names(
    ("describe", "display", "estat", "label", "list", "xtmixed"),
    ("weight", "week", "id"),
    _subcommands,
    _options,
)


@pytest.mark.parametrize(
    ("before", "words", "length"),
    [
        ("d", ("describe", "display"), 1),
        ("quietly x", ("xtmixed",), 1),
        ("capture noisily desc", ("describe",), 4),
        ("xtmixed we", ("week", "weight"), 2),
        ("xtmixed weight week || ", ("id", "week", "weight"), 0),
        ("xtmixed weight week || id:, rem", ("reml",), 3),
        ("xtmixed weight, cov(un", (), 2),
        ('display "we', (), 2),
        ("display `we", (), 2),
        ("display 1\nde", ("describe",), 2),
        ("estat i", ("ic", "icc", "id"), 1),
        ("quietly lab v", ("values", "variable"), 1),
        ("estat icc, l", ("level",), 1),
        ("estat ic, ", ("n",), 0),
        ("label define yn 1 a, m", ("modify",), 1),
        ("xtmixed weight ///\nwe", ("week", "weight"), 2),
        ("xtmixed weight week /// the fixed part\n  || id:, rem", ("reml",), 3),
        ("xtmixed weight, ///\nrem", ("reml",), 3),
        ("frobnicate x, ", (), 0),
        ("arima x, ", (), 0),
    ],
)
def test_suggest(before: str, words: tuple[str, ...], length: int) -> None:
    found = suggest(before, NAMES)
    assert (found.words, found.length) == (words, length)


def test_options_behind_an_abbreviation() -> None:
    """`l` is list, though label comes before it in the alphabet."""
    words = suggest("l x, ", NAMES).words
    assert "sepby" in words and "nofix" not in words
    assert "compress" not in words  # not built
