"""Completion without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed.shell.completion import Names, suggest
from xmixed.shell.prompt import _files, _options, _subcommands, _values

NAMES = Names(
    ("describe", "display", "estat", "label", "list", "xtmixed"),
    ("weight", "week", "id"),
    _subcommands,
    _options,
    _values,
    _files,
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
        ("xtmixed weight || id:, cov(un", ("unstructured",), 2),
        (
            "xtmixed weight || id:, covariance(",
            ("exchangeable", "identity", "independent", "unstructured"),
            0,
        ),
        ("xtmixed weight || id:, residuals(ex", ("exchangeable", "exponential"), 2),
        ("quietly regress weight week, vce(r", ("robust",), 1),
        ("summarize weight, format(", (), 0),
        ("sysuse sleep", ("sleepstudy",), 5),
        ("use b", ("b.dta", "bed/"), 1),
        ('use "bed/', ("bed/c d.dta",), 4),
        ("do a", ("a.do",), 1),
        ("merge 1:1 id using b", ("b.dta", "bed/"), 1),
        ('display "we', (), 2),
        ("display `we", (), 2),
        ("display 1\nde", ("describe",), 2),
        ("estat i", ("ic", "icc", "id", "imtest"), 1),
        ("quietly lab v", ("values", "variable"), 1),
        ("estat icc, l", ("level",), 1),
        ("estat ic, ", ("df", "n"), 0),
        ("label define yn 1 a, m", ("modify",), 1),
        ("xtmixed weight ///\nwe", ("week", "weight"), 2),
        ("xtmixed weight week /// the fixed part\n  || id:, rem", ("reml",), 3),
        ("xtmixed weight, ///\nrem", ("reml",), 3),
        ("frobnicate x, ", (), 0),
        ("arch x, ", (), 0),
    ],
)
def test_suggest(
    before: str, words: tuple[str, ...], length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bed").mkdir()
    for name in ("a.do", "b.dta", "b.txt", "bed/c d.dta", ".hidden.dta"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    found = suggest(before, NAMES)
    assert (found.words, found.length) == (words, length)


def test_options_behind_an_abbreviation() -> None:
    """`l` is list, though label comes before it in the alphabet."""
    words = suggest("l x, ", NAMES).words
    assert "sepby" in words and "nofix" not in words
    assert "compress" in words and "label" not in words  # an option of list, not a command
