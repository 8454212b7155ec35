"""Programs that users define, from their arguments to what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from xmixed.interpreter.session import Session
from xmixed.session.results import Matrix
from xmixed.session.return_codes import MESSAGES

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]

NUMERIC = "numeric variables not allowed in varlist"
DATA = "set obs 6\ngenerate x = _n\ngenerate y = x^2 if x != 3\ngenerate str3 s = string(x)\n"


def define(run: Run, syntax: str, shown: str, name: str = "p") -> None:
    """Define a program that shows macros after `syntax`."""
    run(f'capture program drop {name}\nprogram {name}\n{syntax}\ndisplay `"{shown}"\'\nend')


@pytest.mark.parametrize(
    ("syntax", "shown", "typed", "expected"),
    [
        ("syntax varlist", "`varlist'", "x-s", "x y s"),
        ("syntax [varlist]", "`varlist'", "", "x y s"),
        ("syntax [varlist(default=none)]", "[`varlist']", "", "[]"),
        ("syntax varname", "`varlist'", "y", "y"),
        ("syntax varlist(ts fv)", "`varlist'", "i.x L.y x", "i.x L.y x"),
        ("syntax newvarlist", "`varlist' `typlist'", "int a b1-b2", "a b1 b2 int float float"),
        ("syntax newvarlist", "`varlist' `typlist'", "double(a b) c", "a b c double double float"),
        ("syntax namelist", "`namelist'", "a b", "a b"),
        ("syntax name(id=thing)", "`namelist'", "a", "a"),
        ("syntax anything [if]", "[`anything'] `if'", "a (b if) c if x", "[a (b if) c] if x"),
        ("syntax anything(name=what id=something)", "`what'", "a b", "a b"),
        ("syntax anything(equalok)", "`anything'", "y = x", "y = x"),
        ("syntax anything(everything)", "`anything'", "a if b in 1/2 using c", "a if b in 1/2 using c"),
        (
            "syntax [anything] using/ [, replace]",
            "`using'|`replace'",
            'using "a b.dta", replace',
            "a b.dta|replace",
        ),
        ("syntax [anything] using", "`using'", "using f", 'using "f"'),
        (
            "syntax newvarname =/exp [if/] [in/]",
            "`varlist'|`exp'|`if'|`in'",
            "z = x+1 if x>2 in 1/3",
            "z|x+1|x>2|1/3",
        ),
        ("syntax varlist =exp", "`exp'", "x = 3", "= 3"),
        ("syntax varlist [fweight aweight]", "`weight'`exp'", "x [fw=y]", "fweight= y"),
        ("syntax varlist [pw/]", "`weight' `exp'", "x [pweight=y+1]", "pweight y+1"),
        ("syntax [, Detail noCONstant]", "`detail'|`constant'", ", det nocons", "detail|noconstant"),
        ("syntax [, SAve(string) AS(string asis)]", "`save'|`as'", ', sa("a b") as("c")', 'a b|"c"'),
        ("syntax [, N(integer 5) R(real 0.5)]", "`n' `r'", ", r(-2.5)", "5 -2.5"),
        ("syntax [, V(varname) L(varlist) G(newvarname)]", "`v'|`l'|`g'", ", v(x) l(x-y) g(z)", "x|x y|z"),
        (
            "syntax [, NUM(numlist integer >0) T(passthru)]",
            "`num'|`t'",
            ", num(1/3 8) t(a b)",
            "1 2 3 8|t(a b)",
        ),
        ("syntax [, Level(cilevel) *]", "`level' [`options']", ", foo bar(1 2)", "95 [foo bar(1 2)]"),
        ("syntax , Generate(name) [x]", "`generate'", ", gen(z)", "z"),
    ],
)
def test_syntax(run: Run, syntax: str, shown: str, typed: str, expected: str) -> None:
    run(DATA + "xtset x")
    define(run, syntax, shown)
    assert run(f"p {typed}") == f"{expected}\n"


@pytest.mark.parametrize(
    ("syntax", "typed", "expected"),
    [
        ("syntax varlist", "", (100, "varlist required")),
        ("syntax varlist", "x nosuch", (111, "variable nosuch not found")),
        ("syntax varlist(min=2)", "x", (102, "too few variables specified")),
        ("syntax varlist(max=1)", "x y", (103, "too many variables specified")),
        ("syntax varname", "x y", (103, "too many variables specified")),
        ("syntax varlist(string)", "s x", (109, f"{NUMERIC};\nx is a numeric variable")),
        ("syntax varlist", "i.x", (101, "factor variables not allowed")),
        ("syntax [if]", "x", (101, "varlist not allowed")),
        ("syntax varlist", "x if y", (101, "if not allowed")),
        ("syntax varlist", "x in 1", (101, "in range not allowed")),
        ("syntax varlist", "x [fw=y]", (101, "weights not allowed")),
        ("syntax varlist [aw]", "x [fw=y]", (101, "fweights not allowed")),
        ("syntax varlist", "x = 3", (101, "=exp not allowed")),
        ("syntax varlist =exp", "x", (100, "=exp required")),
        ("syntax using", "", (100, "using required")),
        ("syntax varlist", "x, a", (101, "options not allowed")),
        ("syntax varlist, a(string)", "x", (198, "option a() required")),
        ("syntax varlist [, a]", "x, b(1)", (198, "option b() not allowed")),
        ("syntax varlist [, a]", "x, a(1)", (198, "option a() not allowed")),
        ("syntax [, N(integer 1)]", ", n(1.5)", (198, "option n() incorrectly specified")),
        ("syntax newvarlist", "x", (110, "x already defined")),
        ("syntax newvarlist", "1a", (198, "1a invalid name")),
        ("syntax anything(id=model)", "", (100, "model required")),
        ("syntax varname, N(integer 5)", "x", (197, "invalid syntax")),
        ("syntax varlist varlist", "x", (197, "invalid syntax")),
        ("syntax [varlist", "x", (197, "invalid syntax")),
    ],
)  # fmt: skip
def test_syntax_refuses(run: Run, failure: Fail, syntax: str, typed: str, expected: tuple[int, str]) -> None:
    run(DATA)
    define(run, syntax, "")
    assert failure(f"p {typed}") == expected


@pytest.mark.parametrize(
    ("settings", "typed", "code", "message"),
    [
        ("max=2", "1/3", 123, " has too many elements"),
        ("min=2", "1", 122, " has too few elements"),
        ("integer", "1.5", 126, " has noninteger elements"),
        ("ascending", "2 1", 124, " has elements out of order"),
        ("descending", "1 2", 124, " has elements out of order"),
        ("range(>=0 <5)", "5", 125, " has elements outside of allowed range"),
        ("", ".", 127, " has missing values"),
        ("", "a", 121, ""),
    ],
)
def test_numlists_of_options(
    run: Run, failure: Fail, settings: str, typed: str, code: int, message: str
) -> None:
    define(run, f"syntax [, N(numlist {settings})]", "")
    assert failure(f"p, n({typed})") == (code, f"n() invalid -- invalid numlist{message}")


def test_samples(run: Run, failure: Fail, session: Session) -> None:
    run(
        DATA + "generate w = x - 1\nprogram p\nsyntax [varlist] [if] [in] [fw pw] [, *]\n"
        "marksample touse, `options'\nquietly count if `touse'\nend"
    )
    for typed, count in (
        ("x y", 5),
        ("x y if x > 1 in 1/4", 2),
        ("x y [pw=w]", 4),
        ("x y [pw=w], zeroweight", 5),
        ("x y, novarlist", 6),
        ("s", 0),
        ("s, strok", 6),
        ("x, noby", 6),
    ):
        run(f"p {typed}")
        assert session.r.scalars["N"] == count, typed
    assert session.data.names == ["x", "y", "s", "w"]
    run("mark m if x > 1 [pw=w], zeroweight\nmarkout m y")
    assert session.data["m"].values.tolist() == [0, 1, 0, 1, 1, 1]
    run("mark n, noby\nreplace y = .a in 1\nmarkout n y s, strok sysmissok")
    assert session.data["n"].values.tolist() == [1, 1, 0, 1, 1, 1]
    assert failure("mark m") == (110, "m already defined")
    assert failure("p x [pw=-w]") == (402, "negative weights encountered")
    assert failure("markout nosuch x") == (111, "variable nosuch not found")


def test_what_a_program_leaves(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    run(DATA + "program p, rclass\ntempvar v\ntempfile f\ngenerate `v' = 1\nsave `f'\nreturn local file `f'\n"
        "preserve\ndrop x\nfoo\nend")  # fmt: skip
    assert failure("p")[0] == 199
    assert session.data.names == ["x", "y", "s"]
    assert not Path(session.r.macros["file"]).exists()
    assert len(session.frames) == 1 and session.depth == 0
    run("tempfile mine\nsave `mine'")
    mine = Path(session.locals["mine"])
    assert mine.exists()
    session.close()
    assert not mine.exists()


def test_classes(run: Run, failure: Fail, session: Session) -> None:
    run("program q, nclass\ndisplay 1\nend\nprogram r, rclass\nend\nprogram t, rclass\nreturn scalar a = 1\n"
        "r\nreturn add\nreturn clear\nreturn scalar b = 2\nend")  # fmt: skip
    run("t\nq")
    assert session.r.scalars == {"b": 2.0}
    run("r")
    assert session.r.scalars == {}
    assert failure("program bad, rclass eclass\nend") == (198, "invalid syntax")
    assert failure("program q\nend") == (110, "q already defined")
    assert failure("program display\nend") == (110, "display already defined")
    assert failure("program 1a\nend") == (198, "1a invalid name")
    assert failure("program z, byable(other)\nend") == (198, "invalid syntax")
    run("program z, byable(onecall) properties(a b) sortpreserve\nend\nprogram drop _all")
    assert session.programs == {}
    assert failure("program drop q") == (111, "q not found")
    run("program ok\nend")
    assert run("program dir") == "      ok\n"
    assert failure("ok {\n}") == (198, "invalid syntax")


def test_estimates_of_a_program(run: Run, failure: Fail, session: Session) -> None:
    run(DATA)
    names = ["x", "_cons"]
    session.matrices["b"] = Matrix(np.array([[1.5, -2.0]]), ["y1"], names)
    session.matrices["V"] = Matrix(np.array([[0.25, 0.0], [0.0, 4.0]]), names, names)
    run("program fit, eclass\ngenerate byte used = x > 2\n"
        "ereturn post b V, obs(4) dof(10) depname(y) esample(used) properties(extra)\n"
        "ereturn local cmd fit\nereturn scalar k = 2\nend\nfit")  # fmt: skip
    assert session.matrices == {} and "used" not in session.data
    assert session.e.macros == {"properties": "b V extra", "depvar": "y", "cmd": "fit"}
    assert session.e.scalars == {"N": 4.0, "df_r": 10.0, "k": 2.0}
    assert run("count if e(sample)") == "    4\n"
    assert run("display _b[x] / _se[x]") == "3\n"
    table = run("ereturn display, level(90)")
    # t(10) is 1.812461 at 95 %, as tables of the t distribution have it: 1.5 -/+ 1.812461 * .5
    row = next(line for line in table.splitlines() if line.startswith("           x |"))
    assert [float(word) for word in row.split()[2:]] == pytest.approx(
        [1.5, 0.5, 3.0, 0.013, 0.5937694, 2.406231]
    )
    for option in ("coeflegend", "vsquish", "cformat(%8.2f)", "pformat(%5.2f)", "sformat(%6.1f)"):
        assert run(f"ereturn display, {option}")
    session.matrices["V"] = Matrix(np.array([[1.0, 2.0], [0.0, 4.0]]), names, names)
    run("program again, eclass\nereturn repost V = V\nend")
    assert failure("again") == (505, "matrix not symmetric")
    session.matrices["V"] = Matrix(np.eye(2), names, names)
    run("again")
    assert run("display _se[x]") == "1\n"
    session.matrices["b"] = Matrix(np.array([[1.0, 2.0]]), ["y1"], ["x", "z"])
    session.matrices["V"] = Matrix(np.eye(2), names, names)
    assert failure("fit") == (507, "name conflict")
    session.matrices["V"] = Matrix(np.eye(3), [*names, "z"], [*names, "z"])
    assert failure("drop used\nfit")[0] in (111, 503)


def test_ado_files(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    (tmp_path / "lib" / "s").mkdir(parents=True)
    (tmp_path / "say.ado").write_text(
        "*! version 1.0  say\nversion 12\nprogram say\n helper `0'\nend\n"
        'program helper\n display "said `0\'"\nend\n'
    )
    (tmp_path / "lib" / "s" / "shout.ado").write_text("program shout\ndisplay 1\nend\n")
    (tmp_path / "wrong.ado").write_text("display 1\n")
    (tmp_path / "other.ado").write_text("program another\nend\n")
    assert run("say hello") == "said hello\n"
    assert failure("helper x") == (199, "unrecognized command:  helper")
    assert failure("wrong")[0] == 161 and failure("other")[0] == 162
    assert failure("shout") == (199, "unrecognized command:  shout")
    assert run("adopath + lib").endswith('  [8]              "lib"\n')
    assert run("shout") == "1\n"
    assert run("which say") == "say.ado\n*! version 1.0  say\n"
    assert run("which summarize") == "built-in command:  summarize\n"
    assert failure("which nosuch") == (111, "command nosuch not found as either built-in or ado-file")
    assert run('findfile shout.ado, path("lib;.")') == "lib/s/shout.ado\n"
    assert failure("findfile nosuch.ado") == (601, 'file "nosuch.ado" not found')
    (tmp_path / "say.ado").write_text("program say\ndisplay 2\nend\n")
    assert run("say x") == "said x\n"
    assert run("discard\nsay x") == "2\n"
    assert run("program drop _allado\nadopath - lib").count("\n") == 7
    assert failure("shout")[0] == 199
    assert "PLUS:" in run("sysdir") and run("sysdir set PLUS mine") == ""
    assert session.ado_path.folder("PLUS") == "mine/"


def test_assert_and_confirm(run: Run, failure: Fail) -> None:
    run(DATA)
    assert failure("assert x < 5") == (9, "2 contradictions in 6 observations\nassertion is false")
    assert failure("assert x < 5, fast") == (9, "assertion is false")
    assert run("assert x < 5, rc0") == "2 contradictions in 6 observations\n"
    assert failure("assert x < 5 if x > 9, null") == (8, "assertion is null")
    assert failure("assert 1 == 2") == (9, "assertion is false")
    assert run("assert x < 5 in 1/4\nconfirm variable pr, exact") == "" if False else True
    assert failure("confirm variable xx, exact") == (111, "variable xx not found")
    assert failure("confirm format %xx") == (7, "'%xx' found where format expected")
    assert failure("confirm string format %9.0g") == (7, "'%9.0g' found where string format expected")
    assert failure("confirm float variable s") == (7, "'s' found where float variable expected")
    assert failure("confirm new file /nowhere/f") == (603, "file /nowhere/f could not be opened")
    assert failure("confirm date x") == (198, "invalid syntax")
    assert failure("confirm variable 1a") == (7, "'1a' found where varname expected")


def test_timers(run: Run, failure: Fail, session: Session) -> None:
    run("timer on 1\nsleep 2\ntimer off 1\npause on")
    listed = run("timer list")
    assert listed.startswith("   1: ") and listed[16:29] == "/        1 = "
    assert session.r.scalars["nt1"] == 1 and session.r.scalars["t1"] >= 0.002
    run("timer clear")
    assert run("timer list") == ""
    assert failure("timer on 101")[0] == 198 and failure("sleep x")[0] == 198


def test_gettoken_and_tokenize(run: Run, session: Session) -> None:
    run('global g "a b"\ngettoken (local) first (global) left : (global) g, qed(q)')
    assert (session.locals["first"], session.global_macros["left"], session.locals["q"]) == ("a", " b", "0")
    run('local m (a "b c") d\ngettoken t : m, bind quotes')
    assert session.locals["t"] == '(a "b c")'
    run('tokenize 1/3, parse("/")')
    assert [session.locals[str(i)] for i in (1, 2, 3)] == ["1", "/", "3"]
    run("tokenize x")
    assert session.locals["1"] == "x" and "2" not in session.locals


def test_what_programs_may_not_do(run: Run, failure: Fail, session: Session) -> None:
    run(DATA + "sort x\nprogram n\n`0'\nend\nprogram keeps, sortpreserve\ndrop x\nend")
    assert failure("n return scalar a = 1") == (151, "non r-class program may not set r()")
    assert failure("n ereturn local a b") == (152, "non e-class program may not set e()")
    assert failure("n sreturn local a b") == (153, "non s-class program may not set s()")
    assert failure("keeps") == (196, "could not restore sort order because variables were dropped")
    assert failure("preserve\npreserve") == (621, "already preserved")
    run("drop y\nrestore, preserve\ndrop s\nrestore, not")
    assert session.data.names == ["y"]
    assert failure("restore") == (622, "nothing to restore")
    run("preserve, changed\nrestore")
    assert session.data.changed
    session.matrices["b"] = Matrix(np.array([[1.0, 2.0**1023]]), ["y1"], ["x", "z"])
    assert failure("program e, eclass\nereturn post b\nend\ne") == (504, "matrix has missing values")
    assert failure("restore, not preserve")[0] == 622


@pytest.mark.parametrize("code", [3, 18, 119, 170, 303, 420, 506, 604, 693, 901, 1400, 2001])
def test_messages_of_return_codes(failure: Fail, code: int) -> None:
    number, message = failure(f"error {code}")
    assert number == code and message


def test_matrices_move_into_results(run: Run, failure: Fail, session: Session) -> None:
    session.matrices["A"] = Matrix(np.eye(2), ["a", "b"], ["a", "b"])
    run("program m, rclass\nreturn matrix kept = A, copy\nreturn matrix moved = A\nend\nm")
    assert set(session.r.matrices) == {"kept", "moved"} and session.matrices == {}
    assert failure("m") == (111, "matrix A not found")
    session.matrices["A"] = Matrix(np.eye(2), ["a", "b"], ["a", "b"])
    run("program e, eclass\nereturn matrix A = A\nereturn local cmd e\nend\ne\nmacro define g all of it")
    assert session.e.matrices["A"].values.tolist() == [[1, 0], [0, 1]]
    assert run('display "$g"') == "all of it\n"


def test_programs_behind_by(run: Run, failure: Fail, session: Session) -> None:
    run(
        DATA + "generate g = mod(x, 2)\nsort g\nprogram each, byable(recall) rclass\nsyntax varname\n"
        "marksample touse\nquietly summarize `varlist' if `touse'\n"
        "display \"`_byindex' of `_byvars': \" r(mean)\nend"
    )
    lines = run("by g: each x").splitlines()
    assert [line for line in lines if line and line[0] not in "-"] == ["1 of g: 4", "2 of g: 3"]
    assert "-> g = 0" in lines and "-> g = 1" in lines
    run("program once, byable(onecall)\ndisplay \"`_byvars'|`_byrc0'\"\nend")
    assert run("by g, rc0: once") == "g|rc0\n"
    run("program plain\nend")
    assert failure("by g: plain") == (190, "plain may not be combined with by")
    assert failure("by g: if 1 display 1")[0] == 190
    assert session.groups is None


def test_codes_of_error_and_exit_are_expressions(run, failure):
    run("capture error 111")
    assert failure("error _rc") == (111, MESSAGES[111])
    assert failure("error 100 + 11") == (111, MESSAGES[111])
    for text in ("error", "error 1.5", "error -1", "error 100000", 'error "a"', "version 12 13", "version x"):
        assert failure(text)[0] in (109, 198, 121), text
    assert run("version 11: display 1") == "1\n"


@pytest.mark.parametrize(
    ("spec", "typed", "code"),
    [
        ("numlist >0", "1 2", 0),
        ("numlist >0", "0 1", 125),
        ("numlist >=0 <=1", "0 .5 1", 0),
        ("numlist range(>=0 <1)", "1", 125),
        ("numlist min=2 max=3 integer sort", "3 1", 0),
        ("numlist min=2", "3", 122),
        ("numlist max=2", "1/3", 123),
        ("numlist ascending", "2 1", 124),
        ("numlist descending", "1 2", 124),
        ("numlist integer", "1.5", 126),
        ("numlist", "1 .", 127),
        ("numlist missingokay", "1 .", 0),
        ("numlist", "a", 121),
    ],
)
def test_limits_of_numlists_of_options(run: Run, spec: str, typed: str, code: int) -> None:
    run(f'program p\nsyntax , L({spec})\ndisplay "`l\'"\nend\ncapture p, l({typed})\nlocal rc = _rc')
    assert run("display `rc'") == f"{code}\n"


def test_new_variables_that_syntax_makes(run: Run, session: Session) -> None:
    run(DATA + 'program p\nsyntax newvarlist(generate) [, Fail]\nif "`fail\'" != "" error 9\nend')
    run("p double a str3 b")
    assert [session.data[name].type for name in "ab"] == ["double", "str3"]
    assert run('count if missing(a) & b == ""') == run("count")
    run("capture p c, fail")
    assert "c" not in session.data


def test_replay(run: Run) -> None:
    run("program p\ndisplay replay()\nend")
    assert run("p\np , level(90)\np x\np x, level(90)") == "1\n1\n0\n0\n"
    assert run("display replay()") == "1\n"


def test_characteristics_as_macros(run: Run) -> None:
    run(DATA + 'char x[unit] kg\nchar _dta[source] `"a "quoted" text"\'')
    assert run("display \"`x[unit]' [`y[unit]'] [`nosuch[a]']\"") == "kg [] []\n"
    assert run("display `\"`_dta[source]'\"'") == 'a "quoted" text\n'


def test_a_line_that_is_open_is_no_business_of_macro_functions(run: Run) -> None:
    run('program p\ndisplay "open " _continue\nlocal x : display %5.1f 2\ndisplay "[`x\']"\nend')
    assert run("p") == "open [  2.0]\n"
