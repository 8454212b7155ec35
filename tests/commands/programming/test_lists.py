"""Names and values written out: rename, numlist, unab, levelsof."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xmixed.interpreter.session import Session

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("a b", "a x", "x b"),
        ("a b c", "(a b) (b a)", "b a c"),
        ("Age SEX z1", "*, lower", "age sex z1"),
        ("Age sex", "*, upper", "AGE SEX"),
        ("AGE SEX", "A*, proper", "Age SEX"),
        ("v1 v2 x", "v# w#", "w1 w2 x"),
        ("v1 v10", "v# w##", "w01 w10"),
        ("q_one q_two x", "q_* *", "one two x"),
        ("one two", "* *_old", "one_old two_old"),
        ("a1x a2x", "a#x x#a", "x1a x2a"),
        ("a b c", "(a b) =_new", "a_new b_new c"),
        ("xa ya", "?a ?b", "xb yb"),
        ("ab_cd", "*_* *[2]_*[1]", "cd_ab"),
        ("a b", "* x#", "x1 x2"),
        ("a b c", "a-b (x y)", "x y c"),
        ("a1 b1 c", "(a* b*) (x* y*)", "x1 y1 c"),
        ("b a", "*, addnumber", "b1 a2"),
        ("b a", "*, addnumber(5) sort", "b6 a5"),
        ("x7 x9", "x*, renumber", "x1 x2"),
    ],
)
def test_rename(run: Run, session: Session, before: str, typed: str, after: str) -> None:
    run("set obs 1\n" + "\n".join(f"generate {name} = 1" for name in before.split()))
    run(f"rename {typed}")
    assert " ".join(session.data.names) == after


def test_rename_refuses(run: Run, failure: Fail, session: Session) -> None:
    run("set obs 1\ngenerate a = 1\ngenerate b = 1")
    for typed, code in {
        "a b": 110,
        "nosuch x": 111,
        "q* x*": 111,
        "a int": 198,
        "a 1x": 198,
        "(a b) (x)": 198,
        "(a b) (x x)": 110,
        "a": 100,
        "a x y": 198,
        "a ?x": 198,
        "* x, lower": 111,
        "*, lower upper": 198,
    }.items():
        assert failure(f"rename {typed}")[0] == code, typed
    assert failure("rename a int") == (198, "int invalid varname")
    assert run("rename a x, dryrun") == "           a | x\n"
    assert session.data.names == ["a", "b"]


def test_numlist(run: Run, failure: Fail, session: Session) -> None:
    for typed, expected in {
        "1/4": "1 2 3 4",
        "4/1": "4 3 2 1",
        ".5 1": ".5 1",
        "2(3)11": "2 5 8 11",
        "10(-2)4": "10 8 6 4",
        "1 2 to 5": "1 2 3 4 5",
        "5 10 : 30": "5 10 15 20 25 30",
        "1 3/5 7(2)11": "1 3 4 5 7 9 11",
    }.items():
        run(f'numlist "{typed}"')
        assert session.r.macros["numlist"] == expected
    run('numlist "3 1 2", sort integer min(1) max(3) range(>0 <=3)\nnumlist "1 .", missingokay')
    assert failure('numlist "1 a"') == (121, "invalid numlist")
    assert failure('numlist "2 1", ascending') == (124, "invalid numlist has elements out of order")
    assert failure('numlist "1 2", descending')[0] == 124


def test_unab(run: Run, failure: Fail, session: Session) -> None:
    run("set obs 1\ngenerate alpha = 1\ngenerate beta = 1\nunab v : a* b, max(2)")
    assert session.locals["v"] == "alpha beta"
    assert failure("unab v : a, min(2) name(list)") == (102, "list:  too few variables specified")
    assert failure("unab v : *, max(1)") == (103, "too many variables specified")
    assert failure("unab v : nosuch") == (111, "variable nosuch not found")


def test_levelsof(run: Run, failure: Fail, session: Session) -> None:
    run('set obs 6\ngenerate x = mod(_n, 3) + .5\nreplace x = . in 6\ngenerate s = cond(x > 1, "b c", "a")')
    assert run("levelsof x") == ".5 1.5 2.5\n"
    assert run("levelsof x if x > 1 in 1/5, local(l) separate(,)") == "1.5,2.5\n"
    assert session.locals["l"] == session.r.macros["levels"] == "1.5,2.5"
    assert run("levelsof x, missing") == ".5 1.5 2.5 .\n"
    assert run("levelsof s") == '`"a"\' `"b c"\'\n'
    assert run("levelsof s, clean") == "a b c\n"
    assert run('levelsof x if x > 9, local(l)\ndisplay "[`l\']"') == "[]\n"
    assert run('quietly levelsof s, local(l)\nforeach v of local l {\n display "<`v\'>"\n}') == "<a>\n<b c>\n"
    assert failure("levelsof") == (100, "varlist required")
