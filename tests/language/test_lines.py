"""The hierarchy of comments, continuation and delimiters."""

from __future__ import annotations

import pytest

from xmixed.language.lines import LineReader, logical_lines

# source, the commands that run
CASES = [
    ("display 1", ["display 1"]),
    ("* a comment\ndisplay 1", ["", "display 1"]),
    ("   * indented comment", [""]),
    ("*! version 1", [""]),
    ("display 2 * 3", ["display 2 * 3"]),
    ("display 2 ///\n * 3", ["display 2   * 3"]),
    ("// a comment", [""]),
    ("display 1 // a comment", ["display 1"]),
    ("display 1\t// a comment", ["display 1"]),
    ("display 1// no comment", ["display 1// no comment"]),
    ("use http://www.stata-press.com/data/r12/pig", ["use http://www.stata-press.com/data/r12/pig"]),
    ('use "http://host/x"', ['use "http://host/x"']),
    ('display "a // b" // c', ['display "a // b"']),
    ('display `"a "quoted" // b"\' // c', ['display `"a "quoted" // b"\'']),
    ('display "a /* b */ c"', ['display "a /* b */ c"']),
    ("display 1 /* one */ + 2", ["display 1   + 2"]),
    ("display 1 /* a /* nested */ still */ + 2", ["display 1   + 2"]),
    ("display 1 /* over\ntwo lines */ + 2", ["display 1   + 2"]),
    ("/* only a comment */", [""]),
    ("/* a\nb */ display 1", ["display 1"]),
    ("/* a */ * b", [""]),
    ("display 1 ///\n  + 2", ["display 1    + 2"]),
    ("display 1 /// comment\n  + 2", ["display 1    + 2"]),
    ("display 1 ///\n  + 2 ///\n  + 3", ["display 1    + 2    + 3"]),
    ('display "a /// b"', ['display "a /// b"']),
    ("* comment ///\n  goes on\ndisplay 1", ["", "display 1"]),
    ("* comment /* opens\n still */\ndisplay 1", ["", "display 1"]),
    ('* an "unmatched quote\ndisplay 1', ["", "display 1"]),
    ("// comment /* opens nothing\ndisplay 1", ["", "display 1"]),
    ("#delimit ;\ndisplay 1\n + 2;\n#delimit cr\ndisplay 3", ["", "display 1  + 2", "", "display 3"]),
    ("#d ;\na; b; c\nd;", ["", "a", "b", "c d"]),
    ('#delimit ;\ndisplay "a;b";', ["", 'display "a;b"']),
    ("#delimit ;\n* star\n goes on; display 1;", ["", "", "display 1"]),
    ("#delimit ;\ndisplay 1 // comment ; here\n + 2;", ["", "display 1   + 2"]),
    ("#delimit ;\n\n// alone\ndisplay 1;", ["", "", "", "display 1"]),
    ("#delimit ;\ndisplay 1", ["", "display 1"]),
    ("display 1 ///", ["display 1"]),
    ("display 1 /* open", ["display 1"]),
    ("display 1\r\ndisplay 2\r", ["display 1", "display 2"]),
    ("\ufeffdisplay 1", ["display 1"]),
    ("\n\ndisplay 1\n", ["", "", "display 1"]),
    ("", []),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_commands(source: str, expected: list[str]) -> None:
    assert [line.text for line in logical_lines(source)] == expected


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_every_physical_line_comes_through_once(source: str, expected: list[str]) -> None:
    lines = [physical for line in logical_lines(source) for physical in line.physical]
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert "\n".join(lines) == text.removesuffix("\n")


def test_start_lines_and_echo() -> None:
    lines = list(logical_lines("* c\ngen x = 1 ///\n + 2\n\nlist"))
    assert [(line.start_line, line.physical) for line in lines] == [
        (1, ("* c",)),
        (2, ("gen x = 1 ///", " + 2")),
        (4, ("",)),
        (5, ("list",)),
    ]


def test_reader_is_incremental() -> None:
    reader = LineReader()
    assert [line.text for line in reader.feed("display 1")] == ["display 1"]
    assert not reader.pending
    assert reader.feed("display 1 ///") == []
    assert reader.pending
    assert [line.text for line in reader.feed("+ 2")] == ["display 1  + 2"]
    assert reader.feed("/* open") == []
    assert reader.pending
    assert [line.text for line in reader.feed("*/ list")] == ["list"]
    assert not reader.pending


def test_reader_under_semicolon() -> None:
    reader = LineReader()
    reader.feed("#delimit ;")
    assert not reader.pending
    assert [line.text for line in reader.feed("a; b")] == ["a"]
    assert reader.pending
    assert [line.text for line in reader.close()] == ["b"]
    assert not reader.pending


def test_long_lines_take_linear_time() -> None:
    for text in ("/* */" * 20_000, '"' * 100_000, '`"' * 50_000, "/" * 100_000, "* " * 50_000):
        assert len(list(logical_lines(text))) == 1
