"""Macro functions and lists: each with an example that shows what it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from xmixed.interpreter.session import Session
from xmixed.session.results import Matrix

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


@pytest.fixture
def ready(run: Run, session: Session, tmp_path: Path) -> Run:
    run(
        'set obs 3\ngenerate byte sex = _n\ngenerate double y = _n\nlabel define s 1 "male" 2 "female"\n'
        'label values sex s\nlabel variable sex "Sex of child"\nlabel data "A study"\nsort y\nformat y %8.2f'
    )
    run(
        'local a a b c b\nlocal b b\nlocal q "x y" z "x y"\nlocal n 10 9 2\nglobal g b d\n'
        "local text one two one"
    )
    session.data.characteristics["_dta"] = {"version": "2"}
    session.data.characteristics["y"] = {"unit": "kg", "note0": "0"}
    session.matrices["A"] = Matrix(np.zeros((2, 3)), ["r1", "eq:r2"], ["e:x", "e:_cons", "f:x"])
    session.scalars.update(one=1.0, word="w")
    session.r.scalars["mean"] = 2.0
    session.e.macros["cmd"] = "fit"
    run("program p, rclass properties(svy mi)\nend")
    (tmp_path / "b.dta").write_text("")
    (tmp_path / "a.dta").write_text("")
    (tmp_path / "sub").mkdir()
    return run


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ('word count a "b c" d', "3"),
        ('word 2 of a "b c"', "b c"),
        ("word 5 of a b", ""),
        ('piece 1 5 of "two words"', "two"),
        ('piece 2 5 of "two words"', "words"),
        ('piece 1 3 of "abcdef"', "abc"),
        ('piece 1 3 of "abcdef gh", nobreak', "abcdef"),
        ("length local text", "11"),
        ("length global g", "3"),
        ('subinstr local text "one" "1"', "1 two one"),
        ('subinstr local text "one" "1", all', "1 two 1"),
        ('subinstr local text "o" "0", all word', "one two one"),
        ('subinstr global g "b" "", all', " d"),
        ("copy local text", "one two one"),
        ("display %9.2f 3.14159", "     3.14"),
        ("type sex", "byte"),
        ("format y", "%8.2f"),
        ("value label sex", "s"),
        ("variable label sex", "Sex of child"),
        ("var lab sex", "Sex of child"),
        ("data label", "A study"),
        ("sortedby", "y"),
        ("label s 1", "male"),
        ("label (sex) 2", "female"),
        ("label (sex) 2 3", "fem"),
        ("label (sex) 9", "9"),
        ("label (sex) 9, strict", ""),
        ("label s maxlength", "6"),
        ("char y[unit]", "kg"),
        ("char y[]", "unit note0"),
        ("char _dta[version]", "2"),
        ("permname sex", "sex1"),
        ("permname new", "new"),
        ("permname a b, length(2)", "a_"),
        ("tsnorm l1d.y", "LD.y"),
        ('dir "." files "*.dta"', '"a.dta" "b.dta"'),
        ('dir "." dirs "*"', '"sub"'),
        ('dir "." other "*"', ""),
        ("adosubdir Fit", "f"),
        ("sysdir PERSONAL", None),
        ("environment NOSUCHVARIABLE", ""),
        ("all globals", "g"),
        ("all numeric scalars", "one"),
        ("all string scalars", "word"),
        ('all matrices "A*"', "A"),
        ("e(macros)", "cmd"),
        ("r(scalars)", "mean"),
        ("s(macros)", ""),
        ("e(functions)", ""),
        ("properties p", "svy mi"),
        ("results p", "r"),
        ("rownames A", "r1 r2"),
        ("colnames A", "x _cons x"),
        ("rowfullnames A", "r1 eq:r2"),
        ("colfullnames A", "e:x e:_cons f:x"),
        ("roweq A", "_ eq"),
        ("coleq A, quoted", '"e" "e" "f"'),
        ("rownumb A r2", "2"),
        ("colnumb A f:x", "3"),
        ("colnumb A nosuch", "."),
        ("roweqnumb A eq:", "2"),
        ("coleqnumb A f", "2"),
        ("rowsof A", "2"),
        ("colsof A", "3"),
        ("rowvarlist A", "r1 r2"),
        ("colvarlist A", "x"),
        ("list uniq a", "a b c"),
        ("list dups a", "b"),
        ("list sort n", "10 2 9"),
        ("list retokenize q", '"x y" z "x y"'),
        ("list clean a", "a b c b"),
        ("list sizeof q", "3"),
        ("list a - b", "a c b"),
        ("list b | a", "b a c b"),
        ("list a & b", "b"),
        ("list a == a", "1"),
        ("list a === b", "0"),
        ("list b in a", "1"),
        ("list a in b", "0"),
        ("list global(g) | b", "b d"),
        ('list posof "c" in a', "3"),
        ('list posof "x y" in q', "1"),
        ('list posof "none" in a', "0"),
    ],
)
def test_values(ready: Run, session: Session, function: str, value: str | None) -> None:
    ready(f"local result : {function}")
    if value is None:
        assert session.locals["result"].endswith("ado/personal/")
        return
    assert session.locals.get("result", "") == value
    assert ready(f"display `\"[`: {function}']\"'") == f"[{value}]\n"


@pytest.mark.parametrize(
    "function",
    [
        "nosuch x",
        "piece 1 of x",
        "subinstr text",
        "list a ? b",
        "list",
        "char y",
        "permname x, long",
        "all things",
    ],
)
def test_what_makes_no_sense(ready: Run, failure: Fail, function: str) -> None:
    assert failure(f"local x : {function}") == (198, "invalid syntax")


def test_names_that_are_not_there(ready: Run, failure: Fail) -> None:
    assert failure("local x : type nosuch") == (111, "variable nosuch not found")
    assert failure("local x : rowsof B") == (111, "matrix B not found")
    assert failure('local x : dir "nosuch" files "*"') == (170, "unable to change to nosuch")
    assert failure("macro list _nosuch") == (111, "local macro `nosuch' not found")
    assert failure("macro list nosuch") == (111, "global macro $nosuch not found")


def test_counting_replacements(ready: Run, session: Session) -> None:
    ready('local x : subinstr local text "one" "1", all count(local n)')
    assert session.locals["n"] == "2"


def test_results_of_the_program_that_runs(run: Run) -> None:
    run(
        "program p, rclass\nreturn scalar a = 1.5\nreturn local b c\ndisplay \"`return(a)' `return(b)'\"\nend"
    )
    assert run("p") == "1.5 c\n"


def test_the_newest_macros_are_listed_first(run: Run) -> None:
    listed = run("global one 1\nglobal two 2\nlocal i 3\nmacro list").splitlines()
    assert listed[:2] == ["two:            2", "one:            1"]
    assert listed[2].startswith("S_DATE:         ") and "S_level:        95" in listed
    assert listed[-1] == "_i:             3"


def test_macros_of_the_system(run: Run) -> None:
    shown = run('display "$S_OS|${S_level}|$S_FLAVOR|$S_FN|$S_FNDATE"').strip()
    assert shown == "Unix|95|IC||"
    assert run('display "$S_DATE"') == run("display c(current_date)")
    assert len(run('display "$S_TIME"').strip()) == 8
    assert "x86" in run('display "$S_MACH"') or run('display "$S_MACH"').strip()
    assert run('display "$S_ADO"') == run("display c(adopath)")
    run("global S_level mine")
    assert run('display "$S_level"') == "mine\n"
    run("macro drop S_level")
    assert run('display "$S_level"') == "95\n"


def test_long_macros_are_folded_at_blanks(run: Run) -> None:
    run('global long "' + "word " * 30 + '"')
    first, second, *_ = run("macro list long").splitlines()
    assert first == "long:           " + " ".join(["word"] * 12)
    assert second.startswith(" " * 16 + "word")
