"""Operators, joins, ranges, subscripts: by the rules of the language."""

from __future__ import annotations

import pytest

from tests.mata.conftest import Give
from xmixed.missing import MISSING, missing_code

SCALARS = [
    ("1 + 2*3", 7),
    ("(1 + 2)*3", 9),
    ("-2^2", -4),
    ("2^-1", 0.5),
    ("2^3^2", 64),
    ("7/2", 3.5),
    ("1/0", MISSING),
    (". + 1", MISSING),
    (".a + 1", MISSING),
    (".a", missing_code(".a")),
    ("-.b", MISSING),
    ("1 < . & 5 < .a", 1),
    (". < .a", 1),
    ("!3 == 0", 1),
    ("3 == 3 | 1 == 2", 1),
    ("0 && asdf()", 0),
    ("1 || asdf()", 1),
    ("1 ? 2 : 3", 2),
    ("0 ? asdf() : 3", 3),
    ("1e3 + .5", 1000.5),
    ("1.0x+3", 8),
    ('"a" + "b"', "ab"),
    ('3*"ab"', "ababab"),
    ('"a" < "b"', 1),
    ('`"say "hi""\'', 'say "hi"'),
    ("(1,2) == (1,2)", 1),
    ("(1,2) == (1,3)", 0),
    ("(1,2) != (1,2,3)", 1),
    ("(1,2) < (2,3)", 1),
    ("(1,2) < (2,2)", 0),
    ("(1,2)*(3\\4)", 11),
    ("(1,2,3)[2]", 2),
    ("(1,2\\3,4)[2,1]", 3),
    ("+3", 3),
]

MATRICES = [
    ("(1,2\\3,4)", [[1, 2], [3, 4]]),
    ("1..4", [[1, 2, 3, 4]]),
    ("3..1", [[3, 2, 1]]),
    ("1.5..3", [[1.5, 2.5]]),
    ("1::3", [[1], [2], [3]]),
    ("1..2,7..8", [[1, 2, 7, 8]]),
    ("1::2\\5::6", [[1], [2], [5], [6]]),
    ("(1,2\\3,4)'", [[1, 3], [2, 4]]),
    ("(1,2\\3,4)*(1,0\\0,2)", [[1, 4], [3, 8]]),
    ("(1\\2)'(3,4\\5,6)", [[13, 16]]),
    ("2*(1,2)", [[2, 4]]),
    ("(2,4)/2", [[1, 2]]),
    ("(1,2):*(3,4)", [[3, 8]]),
    ("(1,2):*(3\\4)", [[3, 6], [4, 8]]),
    ("(1,2\\3,4):-(1,2)", [[0, 0], [2, 2]]),
    ("(1,2\\3,4):/(1\\2)", [[1, 2], [1.5, 2]]),
    ("(1,2):^2", [[1, 4]]),
    ("(1,2,3):>=2", [[0, 1, 1]]),
    ("(1,2,3):==2", [[0, 1, 0]]),
    ("(1,0,3):&(1,1,0)", [[1, 0, 0]]),
    ("(1,0,0):|(1,1,0)", [[1, 1, 0]]),
    ("(1,2):+(.,1)", [[MISSING, 3]]),
    ("!(1,0)", [[0, 1]]),
    ("-(1,2)", [[-1, -2]]),
    ("(1,.)*(1,2\\3,4)", [[MISSING, MISSING]]),
    ("(1,2)#(1,1\\0,1)", [[1, 1, 2, 2], [0, 1, 0, 2]]),
    ("J(0,0,.) , (1,2)", [[1, 2]]),
    ('("a","b")', [["a", "b"]]),
    ('("a","b") + ("c","d")', [["ac", "bd"]]),
    ("(1,2\\3,4)[.,2]", [[2], [4]]),
    ("(1,2\\3,4)[2,]", [[3, 4]]),
    ("(1,2\\3,4)[(2\\1),(1,2)]", [[3, 4], [1, 2]]),
    ("(5,6,7)[(1,3)]", [[5, 7]]),
    ("(5\\6\\7)[(1,3)]", [[5], [7]]),
    ("(1,2,3\\4,5,6\\7,8,9)[|2,1\\3,2|]", [[4, 5], [7, 8]]),
    ("(1,2,3\\4,5,6)[|1,2\\.,.|]", [[2, 3], [5, 6]]),
    ("(1,2,3,4)[|2\\3|]", [[2, 3]]),
    ("(1\\2\\3\\4)[|2\\.|]", [[2], [3], [4]]),
]


@pytest.mark.parametrize("expression, value", SCALARS)
def test_scalars(give: Give, expression: str, value: float | str) -> None:
    assert give(expression) == value


@pytest.mark.parametrize("expression, value", MATRICES)
def test_matrices(give: Give, expression: str, value: list) -> None:
    assert give(expression) == value


def test_assignments(session, give: Give) -> None:
    session.run("mata: A = (1,2\\3,4); B = A; B[1,1] = 9; A[.,2] = (7\\8); A[2,1] = 5")
    assert give("A") == [[1, 7], [5, 8]]
    assert give("B") == [[9, 2], [3, 4]]
    session.run("mata: A[|1,1\\1,2|] = (0,1); v = 1..3; v[2] = 20; v[(1,3)] = (10,30)")
    assert give("A") == [[0, 1], [5, 8]] and give("v") == [[10, 20, 30]]
    session.run("mata: T = A'; T[1,1] = 100; x = y = 4; x++; --y; x += 10; y *= 2")
    assert give("A") == [[0, 1], [5, 8]]  # what is made of a matrix is a matrix of its own
    assert (give("x"), give("y")) == (15, 6)
    session.run('mata: s = ("a","b"); s[1] = "z"; A[.,.] = J(2,2,1)')
    assert give("s") == [["z", "b"]] and give("A") == [[1, 1], [1, 1]]
    assert give("x++ + x") == 31 and give("x--") == 16


WRONG = [
    ("(1,2) + (1\\2)", 3200, "+:  3200  conformability error"),
    ("2 + (1,2)", 3200, "+:  3200  conformability error"),
    ("(1,2)*(1,2)", 3200, "*:  3200  conformability error"),
    ("(1,2):*(1,2,3)", 3200, ":*:  3200  conformability error"),
    ("(1,2) \\ 3", 3200, "\\:  3200  conformability error"),
    ('1 + "a"', 3250, "+:  3250  type mismatch"),
    ('(1, "a")', 3250, ",:  3250  type mismatch"),
    ("(1,2)[3]", 3301, "<istmt>:  3301  subscript invalid"),
    ("(1,2\\3,4)[1]", 3201, "<istmt>:  3201  vector required"),
    ("nothere", 3499, "<istmt>:  3499  nothere not found"),
    ("nothere(1)", 3499, "<istmt>:  3499  nothere() not found"),
    ("invsym((1,2))", 3205, "invsym():  3205  square matrix required"),
    ("rows()", 3001, "rows():  3001  incorrect number of arguments"),
    ("strlen(3)", 3250, "strlen():  3250  type mismatch"),
]


@pytest.mark.parametrize("expression, code, first", WRONG)
def test_errors(told, expression: str, code: int, first: str) -> None:
    found, lines = told(f"mata: x = {expression}")
    assert (found, lines[0]) == (code, first)
    if not first.startswith("<istmt>"):
        assert lines[1:] == ["<istmt>:     -  function returned error"]


@pytest.mark.parametrize(
    "text",
    ["1 +", "(1,2", "x = )", "1 2", "if (", "x, y = 3", "5 = 3", "f(x) = 2", "3i", "x = = 2", '"abc', "}"],
)
def test_what_is_no_mata(told, text: str) -> None:
    assert told(f"mata: {text}")[0] == 3000
