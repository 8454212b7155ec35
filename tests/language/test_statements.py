"""Blocks and definitions are read once, whatever is in them; wrong braces are found."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.language.programs.headers import parse_foreach, parse_forvalues, split_condition
from xmixed.language.statements import (
    CODE_AFTER_CLOSE,
    CODE_AFTER_OPEN,
    NOT_CLOSED,
    Block,
    Definition,
    Faulty,
    Simple,
    Statement,
    TextReader,
    lines_of,
    statements_of,
)


def shape(statement: Statement) -> object:
    """Return a statement as nested lists of text."""
    if isinstance(statement, Simple):
        return statement.line.text
    if isinstance(statement, Block):
        return [f"{statement.kind}: {statement.text}", *map(shape, statement.body)]
    if isinstance(statement, Definition):
        return {statement.head.text: [line.text for line in statement.body]}
    return (statement.code, statement.message)


SHAPES: list[tuple[str, object]] = [
    ("foreach x in a b {\ndisplay 1\n}\nlist", [["loop: foreach x in a b", "display 1"], "list"]),
    ("foreach x of local m{\n}", [["loop: foreach x of local m"]]),
    ("forv i=1/2 { // why\nd\n} // end", [["loop: forv i=1/2", "d"]]),
    (
        "if a {\nwhile 1 {\nx\n}\n}\nelse if b {\ny\n}\nelse {\nz\n}",
        [
            ["branch: if a", ["loop: while 1", "x"]],
            ["branch: else if b", "y"],
            ["branch: else", "z"],
        ],
    ),
    ("capture quietly {\nx\n}", [["prefix: capture quietly", "x"]]),
    ("qui foreach x in 1 {\nx\n}", [["loop: qui foreach x in 1", "x"]]),
    ("if 1 display 2", ["if 1 display 2"]),
    ("program define f\nargs a\nif 1 {\n}\nend\nf", [{"program define f": ["args a", "if 1 {", "}"]}, "f"]),
    ("cap prog f, rclass\nend", [{"cap prog f, rclass": []}]),
    ("program drop f\nprogram dir", ["program drop f", "program dir"]),
    ("program f\nprogram g\nend\nend", [{"program f": ["program g", "end"]}]),
    ("mata:\nfor (;;) {\n}\nend\nx", [{"mata:": ["for (;;) {", "}"]}, "x"]),
    ("mata: 1 + 1\nx", ["mata: 1 + 1", "x"]),
    ("input a b\n1 2\nend", [{"input a b": ["1 2"]}]),
    ("foreach x in 1 {\nprogram f\nend\n}", [["loop: foreach x in 1", {"program f": []}]]),
    ("foreach x in a\ny", [(100, "{ required"), "y"]),
    ("foreach x in a { y\n}", [(198, CODE_AFTER_OPEN), "}"]),
    ("foreach x in a { y }", [(198, NOT_CLOSED)]),
    ("if a { y }", [(198, NOT_CLOSED)]),
    ('if a display "{hline}"', ['if a display "{hline}"']),
    ("if a {\nx\n} else {\ny", [["branch: if a", "x", (198, CODE_AFTER_CLOSE)], "y"]),
    ("while 1 {\nif a {\nx\n} y\n}", [(198, CODE_AFTER_CLOSE), "}"]),
    ("while 1 {\nx", [(198, NOT_CLOSED)]),
    ("if 1 {\nx", [["branch: if 1", "x", (198, NOT_CLOSED)]]),
    ("program f\nx", [(612, "unexpected end of file")]),
    ("}", ["}"]),
    ("display ${x}\nlocal y {", ["display ${x}", ["prefix: local y", (198, NOT_CLOSED)]]),
    ("#delimit ;\nforeach x in a\n b {;\ndisplay 1;\n};", ["", ["loop: foreach x in a  b", "display 1"]]),
]


@pytest.mark.parametrize(("text", "expected"), SHAPES)
def test_shapes(text: str, expected: object) -> None:
    assert [shape(statement) for statement in statements_of(text)] == expected


def test_while_keeps_its_condition_for_later() -> None:
    (block,) = statements_of("quietly while `i' < 3 {\n}")
    assert isinstance(block, Block) and block.text[block.late :] == " `i' < 3" and block.quiet
    (block,) = statements_of("foreach x in `l' {\n}")
    assert isinstance(block, Block) and block.late == len(block.text)


def test_pending_until_the_last_brace() -> None:
    reader = TextReader()
    seen = []
    for line in ("if 1 {", "foreach x in a {", "display ///", "1", "}", "}"):
        seen.append((len(list(reader.feed(line))), reader.pending, reader.continues_line))
    assert seen == [
        (0, True, False),
        (0, True, False),
        (0, True, True),
        (0, True, False),
        (0, True, False),
        (1, False, False),
    ]


@pytest.mark.parametrize(
    ("text", "condition", "rest"),
    [
        ("1 display 2", "1", "display 2"),
        ("x==1 & (y|z) list", "x==1 & (y|z)", "list"),
        ('`"a"\' == "b c" local x 1', '`"a"\' == "b c"', "local x 1"),
        ("!missing(x, y) & x[_n-1] > 2 drop x", "!missing(x, y) & x[_n-1] > 2", "drop x"),
        ("_rc exit _rc", "_rc", "exit _rc"),
        ("-1 < . if 2 x", "-1 < .", "if 2 x"),
        ("e(N) ~= 3 {", "e(N) ~= 3", "{"),
        ("L.x > .5e3 y", "L.x > .5e3", "y"),
        ("[eq]_b[x] > _se[eq:1.a#c.b] y", "[eq]_b[x] > _se[eq:1.a#c.b]", "y"),
        ("(1)", "(1)", ""),
    ],
)
def test_a_condition_ends_where_no_operator_follows(text: str, condition: str, rest: str) -> None:
    assert split_condition(text) == (condition, rest)


@pytest.mark.parametrize("text", ["", " ", "== 1 display", "(1 display", '"a', "1 + "])
def test_a_condition_that_ends_nowhere(text: str) -> None:
    with pytest.raises(StataError):
        split_condition(text)


def test_ranges_of_forvalues() -> None:
    values = {
        "i = 1/3": [1, 2, 3],
        "i=-2(2)2": [-2, 0, 2],
        "i = 3(-1)1": [3, 2, 1],
        "i = 1 3 to 7": [1, 3, 5, 7],
        "i = 1 1.5 : 2": [1, 1.5, 2],
        "i = 0(.1)1": [k * 0.1 for k in range(11)],
        "i = 2/1": [],
        "i = 1/2.5": [1, 2],
    }
    for text, expected in values.items():
        head = parse_forvalues(text)
        assert head.name == "i"
        assert [head.first + k * head.step for k in range(head.count)] == pytest.approx(expected)
    for text in ("i = 1/", "i 1/2", "i = 1(0)3", "i = a/b", "i = 1/2/3", "= 1/2", "i = 1/1e400"):
        with pytest.raises(StataError, match="invalid syntax"):
            parse_forvalues(text)


def test_heads_of_foreach() -> None:
    assert (parse_foreach("x in a  b").kind, parse_foreach("x in a  b").text) == ("in", "a  b")
    assert parse_foreach("x of varl a-c").kind == "varlist"
    assert parse_foreach("x of num 1/3").kind == "numlist"
    for text in ("x", "x on y", "x of y z", "x of local `m", "x of local a b", "1+ in a"):
        with pytest.raises(StataError):
            parse_foreach(text)


WORDS = ["foreach x in a {", "if 1 {", "else {", "}", "} else {", "display 1", "program f", "end", "{", "* c"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "while 1 {", "mata:", "", "quietly {", "foreach x in a", "///"])))
def test_every_line_comes_through_in_order(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    found = [
        physical
        for statement in statements_of(text)
        for line in lines_of(statement)
        for physical in line.physical
    ]
    assert found == lines


def test_deep_nesting_is_refused_in_linear_time() -> None:
    start = time.perf_counter()
    statements = list(statements_of("if 1 {\n" * 20_000))
    assert time.perf_counter() - start < 5
    inner: Statement = statements[0]
    while isinstance(inner, Block):
        inner = inner.body[-1]
    assert isinstance(inner, Faulty) and inner.code == 1000
