"""Mata and the session: data, views, macros, scalars, matrices, commands, what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mata.conftest import Give
from xmixed.missing import MISSING, missing_code

DATA = """
set obs 5
generate double x = _n
generate byte k = _n > 2
generate str2 s = "a" + string(_n)
generate float y = x / 2
replace y = .b in 4
label define yes 0 "no" 1 "yes"
label values k yes
"""


@pytest.fixture
def data(session):
    session.run(DATA)
    return session


def test_reading(data, give: Give) -> None:
    assert give('st_data(., "x")') == [[1], [2], [3], [4], [5]]
    assert give('st_data((1\\3), ("x", "y"))') == [[1, 0.5], [3, 1.5]]
    assert give('st_data((2,3), "x k")') == [[2, 0], [3, 1]]  # a range of observations
    assert give('st_data((4,.), "x")') == [[4], [5]]
    assert give('st_data(4, "y")') == missing_code(".b")
    assert give('st_data(., "x", "k")') == [[3], [4], [5]]
    assert give('st_data(., "y", 0)') == [[0.5], [1], [1.5], [2.5]]
    assert give("cols(st_data(., .))") == 4 and give("st_data(1, 3)") == MISSING
    assert give('st_sdata((1\\2), "s")') == [["a1"], ["a2"]]
    assert give('_st_data(2, "x")') == 2 and give('_st_data(9, "x")') == MISSING
    assert give('_st_sdata(2, "s")') == "a2"


def test_views_write_through(data, give: Give) -> None:
    data.run(
        'mata: st_view(V=., ., "x k"); V[1,1] = 100; V[.,2] = J(5,1,1); W = V; W[1,1] = 0;'
        " V[|2,1\\3,1|] = (7\\8)"
    )
    assert data.data["x"].values.tolist() == [100, 7, 8, 4, 5] and data.data["k"].values.tolist() == [1] * 5
    assert give("V[1,1]") == 100 and give("W[1,1]") == 0 and give("isview(V)") == 1 and give("isview(W)") == 0
    data.run("replace x = -1 in 1")
    assert give("V[1,1]") == -1 and give("colsum(V)") == [[23, 5]]
    data.run('mata: st_view(U=., ., "x", "y"); st_subview(T=., V, (1\\5), 1); T[1] = 55')
    assert give("rows(U)") == 4 and give("T") == [[55], [5]] and give("V[1,1]") == 55
    data.run('mata: st_sview(S=., ., "s"); S[1] = "zzz"')
    assert data.data["s"].values[0] == "zz"  # as wide as the variable
    assert give("st_viewvars(V)") == [[1, 2]] and give("st_viewobs(U)") == [[1], [2], [3], [5]]
    data.run("mata: P = panelsetup((1\\1\\2\\2\\2), 1); panelsubview(Z=., V, 2, P)")
    assert give("Z[.,1]") == [[8], [4], [5]]


def test_a_view_of_data_that_are_gone(data, told) -> None:
    data.run('mata: st_view(V=., ., "x")')
    data.run("drop x")
    assert told("mata: V")[0] == 3500


def test_storing(data, give: Give, told) -> None:
    data.run(
        'mata: st_store(., "y", 2*st_data(., "x")); st_store((1,2), "x", (10\\20)); _st_store(3, "k", 7)'
    )
    assert data.data["y"].values.tolist() == [2, 4, 6, 8, 10] and data.data["x"].values.tolist() == [
        10,
        20,
        3,
        4,
        5,
    ]
    data.run('mata: st_sstore(1, "s", "long"); _st_sstore(2, "s", "q"); st_store(., "k", "k", J(3,1,0))')
    assert data.data["s"].values.tolist()[:2] == ["lo", "q"] and data.data["k"].values.tolist() == [0] * 5
    assert told('mata: st_store(., "x", (1\\2))')[1][0] == "st_store():  3200  conformability error"
    assert told('mata: st_store(1, "s", 3)')[0] == 3250
    assert told('mata: st_data(., "nothere")')[1][0] == "st_data():  3500  invalid Stata variable name"
    assert told('mata: st_data(99, "x")')[1][0] == "st_data():  3300  argument out of range"


def test_snapshots_keep_what_they_had(data, give: Give) -> None:
    """Code that writes in place does not reach into data that somebody else holds."""
    data.run(
        'mata:\nvoid f()\n{\nst_store(1, "x", 50)\nstata("preserve")\nst_store(1, "x", 60)\n'
        'stata("restore")\n}\nf()\nend'
    )
    assert data.data["x"].values[0] == 50


def test_variables_and_observations(data, give: Give, told) -> None:
    assert (give("st_nobs()"), give("st_nvar()")) == (5, 4)
    assert give('st_addvar("double", "z")') == 5 and give('st_addvar(("int","str3"), ("a","b"))') == [[6, 7]]
    assert data.data["z"].type == "double" and data.data["b"].type == "str3"
    assert told('mata: st_addvar("double", "z")')[0] == 110
    assert told('mata: st_addvar("double", "1z")')[0] == 198
    data.run('mata: st_addobs(2); st_dropvar(("a","b")); st_keepvar("x k s y"); st_varrename("y", "yy")')
    assert data.data.n_obs == 7 and data.data.names == ["x", "k", "s", "yy"]
    data.run(
        "mata: st_dropobsin((1\\2)); st_keepobsif(st_data(., 1) :< .); st_dropobsif((1\\0\\0));"
        " st_keepobsin(2)"
    )
    assert data.data["x"].values.tolist() == [5]
    assert give("st_varname((1,2))") == [["x", "k"]] and give('st_varindex("yy")') == 4
    assert give('_st_varindex("nothere")') == MISSING and told('mata: st_varindex("nothere")')[0] == 3500
    assert give('st_vartype("s")') == "str2" and give('(st_isnumvar("x"), st_isstrvar("x"))') == [[1, 0]]
    data.run('mata: st_varformat("x", "%9.2f"); st_varlabel("x", "an x"); st_varvaluelabel("x", "yes")')
    assert give('st_varformat("x") + st_varlabel("x") + st_varvaluelabel("x")') == "%9.2fan xyes"
    assert told('mata: st_varformat("x", "%9s")')[0] == 3302
    assert give("st_updata()") == 1 and give("cols(st_sortlist())") == 0
    data.run("mata: st_updata(0)")
    assert not data.data.changed


def test_value_labels(data, give: Give) -> None:
    assert give('st_vlmap("yes", (0,1,2))') == [["no", "yes", ""]] and give('st_vlmap("yes", "yes")') == 1
    data.run('mata: st_vlmodify("yes", (1\\2), ("ja"\\"may")); st_vlload("yes", v=., t="")')
    assert give("v") == [[0], [1], [2]] and give("t") == [["no"], ["ja"], ["may"]]
    assert give('st_vlexists("yes")') == 1
    data.run('mata: st_vldrop("yes")')
    assert give('st_vlexists("yes")') == 0


def test_macros_scalars_and_matrices(data, give: Give) -> None:
    data.run('local a b\nglobal G c\nscalar one = 1\nscalar text = "t"\nmatrix M = (1,2\\3,4)\nsummarize x')
    assert give('st_global("G")') == "c" and give('st_local("nothere")') == ""
    assert (give('st_numscalar("one")'), give('st_strscalar("text")')) == (1, "t")
    assert give('st_numscalar("nothere")') == [] and give('st_numscalar("r(mean)")') == 3
    assert give('st_numscalar("c(N)")') == 5 and give('c("N")') == 5
    assert give('st_matrix("M")') == [[1, 2], [3, 4]] and give('st_matrix("nothere")') == []
    assert give('st_matrixrowstripe("M")') == [["", "r1"], ["", "r2"]]
    data.run(
        'mata: st_local("a", "new"); st_global("G", "g"); st_numscalar("two", 2); st_strscalar("text", "u");'
        ' st_matrix("N", (5,6)); st_matrixcolstripe("N", ("eq","x" \\ "","y"));'
        ' st_matrixrowstripe("N", ("","b"));'
        ' st_numscalar("r(new)", 9); st_global("r(word)", "w"); st_replacematrix("M", (0,0\\0,1));'
        ' st_global("x[note]", "hello")'
    )
    shown = data.run(
        'display `"$G"\' " " two " " text " " r(new) " `r(word)\' `: char x[note]\'"\nmatrix list N'
    )
    assert "g 2 u 9 w hello" in shown and "eq:" in shown and "5" in shown
    assert data.matrices["N"].column_names == ["eq:x", "y"] and data.matrices["N"].row_names == ["b"]
    assert give('st_matrix("M")[2,2]') == 1
    data.run('mata: st_numscalar("two", J(0,0,.)); st_matrix("N", J(0,0,.)); st_strscalar("text", J(0,0,""))')
    assert "two" not in data.scalars and "N" not in data.matrices and "text" not in data.scalars
    data.run("mata: st_rclear(); st_eclear(); st_sclear()")
    assert not data.r.keys()


def test_locals_are_those_of_the_program(session) -> None:
    session.run('program p\nmata: st_local("a", st_local("1") + "!")\ndisplay "`a\'"\nend')
    assert session.run("p hello") == "hello!\n"


def test_commands(data, give: Give, told) -> None:
    assert data.run('mata: stata("display 1+1")') == "2\n"
    assert data.run('mata: stata("display 1+1", 1)') == ""
    assert give('_stata("display nothere", 1)') == 111
    code, lines = told('mata: stata("drop nothere")')
    assert code == 3598 and lines[0] == "stata():  3598  Stata returned error"
    data.run('local w x\nmata: stata("summarize " + "`w\'", 1); m = st_numscalar("r(N)")')
    assert give("m") == 5
    assert give('st_macroexpand("a" + char(96) + "nothere" + char(39) + "b")') == "ab"
    assert len(give("st_tempname()")) == 8 and give("strlen(st_tempfilename()) > 3") == 1
    assert give("callersversion()") == 12


def test_what_is_shown(session) -> None:
    assert session.run('mata: printf("a%g", 1); printf("b\\n")') == "a1b\n"
    assert (
        session.run('mata: printf("{txt}x{res}y\\n"); display("line"); displayas("txt"); displayflush()')
        == "xy\nline\n"
    )
    assert session.run('mata: 1\nmata: "a"\nmata: J(0,0,.)\nmata: (void) rows(1)') == "  1\n  a\n"
    assert session.run("mata: (1,.\\.a,22)").splitlines() == [
        "        1    2", "    +-----------+", "  1 |   1    .  |", "  2 |  .a   22  |", "    +-----------+",
    ]  # fmt: skip
    assert session.run("mata: J(2,0,.)") == ""


def test_a_wide_matrix_goes_on_below(session) -> None:
    lines = session.run("mata: (1..9)*1e6+J(1,9,.5)").splitlines()
    assert max(map(len, lines)) <= 79 and lines[0].split() == ["1", "2", "3", "4", "5"]
    assert not lines[2].endswith("|") and lines[-2].endswith("|") and lines[4].split() == ["6", "7", "8", "9"]


def test_stopping(session, told) -> None:
    assert told("mata: exit(459)")[0] == 459
    assert session.run("mata: 1; exit(); 2") == "  1\n"
    assert told('mata: _error(3498, "mine")')[1][0] == "_error():  3498  mine"
    assert told("mata: _error(3200)")[1][0] == "_error():  3200  conformability error"
    assert told('mata: _error("words")')[1][0] == "_error():  3498  words"
    assert told("mata: assert(1 == 2)")[1][0] == "assert():  3498  assertion is false"
    assert told("mata: asserteq((1,2), (1,3))")[0] == 3498
    assert session.run("mata: assert(1); asserteq((1,2), (1,2))") == ""
    assert told('mata: printf("%d", 3, 4)')[0] == 3001
    assert told('mata: errprintf("oops"); _error(1)')[0] == 1
    session.run("capture noisily mata: error(111)")


def test_management(session, told) -> None:
    session.run('mata: x = (1,2\\3,4); y = 5; s = "abc"; real f(x) return(x)')
    shown = session.run("mata describe")
    assert "real matrix" in shown and "x[2,2]" in shown and "f()" in shown and "string scalar" in shown
    session.run("mata rename y z\nmata drop x f()\nmata: mata describe")
    assert told("mata: x")[0] == 3499 and told("mata: f(1)")[0] == 3499 and session.run("mata: z") == "  5\n"
    assert told("mata drop nothere") == (3499, ["nothere not found"])
    session.run("mata clear")
    assert told("mata: z")[0] == 3499
    session.run("mata: z = 1\nclear mata")
    assert told("mata: z")[0] == 3499
    assert session.run("mata stata display 3") == "3\n" and "matastrict" in session.run("mata query")
    for words in ("mata mlib index", "mata mosave f()", "mata matsave a b", "mata: mata matuse a"):
        assert told(words)[0] == 3000
    assert told("mata set matastrict maybe")[0] == 198


def test_a_block_in_a_do_file(session, tmp_path) -> None:
    path = tmp_path / "a.do"
    path.write_text("mata:\nx = 1\n\nx\nif (x) {\nx = 2\n}\nelse x = 3\nx /// on\n + 1\nnothere\nx\nend\n")
    lines: list[str] = []
    session.out.sinks.append(lambda line: lines.append(line.text))
    session.run(f'capture noisily do "{path}"')
    rule = "-" * 79
    assert lines[lines.index(". mata:") :][:30] == [
        ". mata:", "-" * 49 + " mata (type end to exit) -----", ": x = 1", "", ": ", ": x", "  1", "",
        ": if (x) {", "> x = 2", "> }", "> else x = 3", "", ": x /// on", ">  + 1", "  3", "", ": nothere",
        f"{'<istmt>:':>25}  3499  nothere not found", "(2 lines skipped)", rule, "r(3499);", "",
        "end of do-file",
    ]  # fmt: skip


def test_macros_of_a_block_are_expanded_line_by_line(session) -> None:
    assert session.run('mata:\nst_local("n", "7")\n`n\' + 1\nend') == "  8\n"


def test_ado_files_bring_their_functions(session, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "addup.ado").write_text(
        'program addup\nversion 12\nmata: st_numscalar("total", add_up(`0\'))\nend\n'
        "mata:\nreal scalar add_up(real rowvector x) return(sum(x))\nend\n"
    )
    session.run("addup (1,2,3)")
    assert session.scalars["total"] == 6


def test_files(session, give: Give, told, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    session.run('mata: f = fopen("a.txt", "w"); fput(f, "one"); fwrite(f, "two"); fput(f, "!"); fclose(f)')
    assert (tmp_path / "a.txt").read_text() == "one\ntwo!\n"
    assert give('cat("a.txt")') == [["one"], ["two!"]] and give('cat("a.txt", 2, 2)') == "two!"
    session.run('mata: f = fopen("a.txt", "r"); x = fget(f); y = fgetnl(f); z = fget(f)')
    assert (give("x"), give("y"), give("z")) == ("one", "two!\n", [])
    assert told('mata: fput(f, "x")')[1][0] == "fput():  3621  attempt to write read-only file"
    session.run("mata: fclose(f)")
    assert told("mata: fget(f)")[1][0] == "fget():  3601  invalid file handle"
    assert told('mata: f = fopen("a.txt", "w")')[0] == 602 and told('mata: f = fopen("b.txt", "r")')[0] == 601
    assert told('mata: f = fopen("a.txt", "z")')[0] == 3603 and told('mata: cat("b.txt")')[0] == 601
    assert give('_fopen("b.txt", "r")') == -601 and give('fileexists("a.txt") + direxists(pwd())') == 2
    session.run('mata: f = fopen("a.txt", "a"); fput(f, "three")')
    assert told("mata: fget(f)")[0] == 3622
    session.run(
        'mata: fclose(f); unlink("a.txt"); unlink("a.txt"); for (i=1; i<=50; i++) f = fopen("b.txt", "a")'
    )
    assert told('mata: f = fopen("b.txt", "a")')[0] == 3611
    session.run("mata clear")
    assert give('fileexists("a.txt")') == 0 and told("mata: fclose(0)")[0] == 3601


def test_loops_are_swift(session) -> None:
    """A loop of 100,000 rounds takes a second or two at most, not ten."""
    import time

    session.run(
        "mata: real f(real n) { real scalar i, s; s = 0; for (i=1; i<=n; i++) s = s + i*2; return(s); }"
    )
    started = time.process_time()
    session.run("mata: x = f(100000)")
    assert time.process_time() - started < 3
    assert np.isclose(float(session.run("mata: x")), 10000100000, rtol=1e-5)
