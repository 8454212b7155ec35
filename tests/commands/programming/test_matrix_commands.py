"""Matrix commands that programs use: scores, sums within groups, tables; constraints; files of results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xmixed.interpreter.session import Session

Run = Callable[[str], str]
Failure = Callable[[str], tuple[int, str]]

DATA = """set obs 12
generate g = ceil(_n/4)
generate t = mod(_n-1, 4) + 1
generate double x = _n^2/10
generate double z = sin(_n)
generate double y = 1 + x + z + cos(_n)
matrix W = (2,.5,.1,0\\.5,2,.5,.1\\.1,.5,2,.5\\0,.1,.5,2)
"""


def test_glsaccum(run: Run, session: Session) -> None:
    run(DATA + "matrix glsaccum A = y x, group(g) glsmat(W) row(t)")
    # R: B <- kronecker(diag(3), W); t(X) %*% B %*% X
    expected = [
        [2034.2983172, 1841.148419, 217.0228209],
        [1841.1484186, 1705.886, 184.95],
        [217.0228209, 184.95, 34.2],
    ]
    np.testing.assert_allclose(session.matrices["A"].values, expected, rtol=1e-9)
    assert session.matrices["A"].row_names == ["y", "x", "_cons"]
    assert session.r.scalars["N"] == 12
    run("matrix glsaccum B = y x if g == 2 & t != 3, group(g) glsmat(W) row(t) noconstant")
    X = np.column_stack([session.data[name].values for name in "yx"])[[4, 5, 7]]
    W = session.matrices["W"].values[np.ix_([0, 1, 3], [0, 1, 3])]
    np.testing.assert_allclose(session.matrices["B"].values, X.T @ W @ X, rtol=1e-12)


def test_glsaccum_refuses(run: Run, failure: Failure) -> None:
    run(DATA)
    assert failure("matrix glsaccum A = y x, group(g) row(t)") == (198, "option glsmat() required")
    assert failure("matrix glsaccum A = y x, glsmat(W) row(t)") == (198, "option group() required")
    assert failure("replace t = 5 in 1\nmatrix glsaccum A = y x, group(g) glsmat(W) row(t)")[0] == 503


def test_opaccum(run: Run, session: Session) -> None:
    run(DATA + "matrix opaccum A = x z, group(g) opvar(y)")
    # R: S <- rowsum(X*y, g); t(S) %*% S
    expected = [
        [303127.73285, -10947.0259375, 27524.587362],
        [-10947.0259375, 580.0623015, -794.9098820],
        [27524.587362, -794.9098820, 2722.298370],
    ]
    np.testing.assert_allclose(session.matrices["A"].values, expected, rtol=1e-9)


def test_score(run: Run, failure: Failure) -> None:
    run(DATA + "regress y x i.g c.x#c.z\nmatrix b = e(b)\npredict double p")
    run("matrix score double s = b\nassert abs(s - p) < 1e-12")
    assert failure("matrix score s = b") == (110, "s already defined")
    run("generate double r = .\nmatrix score r = b if t == 1, replace\ncount if r < .")
    assert run("display r(N)") == "3\n"
    run("replace x = . in 1\nmatrix score double m = b\nassert m == . in 1\nassert m < . in 2")
    run("matrix score double f = b, missval(0)\nassert f < . in 1")
    run("matrix c = (1, 2)\nmatrix colnames c = z nosuch")
    assert failure("matrix score q = c") == (111, "nosuch not found")
    run("matrix score double q = c, forcezero\nassert q == z")
    run("matrix colnames c = one:z two:x\nmatrix score double e2 = c, equation(two)")
    run("assert e2 == 2*x | x == .")
    run("matrix score double e1 = c, equation(#1)\nassert e1 == z")
    assert failure("matrix score e3 = c, eq(three)") == (303, "equation not found")
    assert failure("matrix score e3 = W")[0] == 503


def test_matlist(run: Run) -> None:
    run("matrix A = (1, 2.5 \\ 4, -6)\nmatrix rownames A = first second")
    # The grid is that of printed covariance matrices, with the columns of %9.0g.
    assert run("matlist A").splitlines() == [
        "",
        "             |        c1         c2 ",
        "-------------+----------------------",
        "       first |         1        2.5 ",
        "      second |         4         -6 ",
    ]
    shown = run("matlist A, border(rows) rowtitle(names) left(2) format(%6.2f) title(Two) tindent(1) noblank")
    assert shown.splitlines() == [
        " Two",
        "",
        "  ------------------------------",
        "         names |     c1      c2 ",
        "  -------------+----------------",
        "         first |   1.00    2.50 ",
        "        second |   4.00   -6.00 ",
        "  ------------------------------",
    ]


def test_matlist_of_a_symmetric_matrix(run: Run) -> None:
    run("matrix A = (1, .z \\ .z, 4)\nmatrix rownames A = c1 c2\nmatrix colnames A = c1 c2")
    assert run("matlist A, names(none) nodotz") == "\n         1            \n                    4 \n"
    assert run("matlist A*2, nohalf names(rows) lines(none) twidth(4)") == (
        "\n  c1          2          . \n  c2          .          8 \n"
    )


def test_matlist_with_equations(run: Run) -> None:
    run("matrix A = (1, 2, 3 \\ 4, 5, 6)\nmatrix colnames A = a:x a:y_1 b:z\nmatrix roweq A = p q")
    assert run("matlist A, underscore").splitlines() == [
        "",
        "             | a                    | b         ",
        "             |         x        y 1 |         z ",
        "-------------+----------------------+-----------",
        "p            |                      |           ",
        "          r1 |         1          2 |         3 ",
        "-------------+----------------------+-----------",
        "q            |                      |           ",
        "          r2 |         4          5 |         6 ",
    ]


def test_wide_tables_come_in_panels(run: Run) -> None:
    lines = run("matrix A = J(1, 20, 1)\nmatlist A, linesize(60)").splitlines()
    assert max(map(len, lines)) <= 60 and sum(line.startswith("----") for line in lines) == 5


@pytest.mark.parametrize("option", ["border(here)", "lines(some)", "names(few)", "format(%9s)"])
def test_matlist_refuses(run: Run, failure: Failure, option: str) -> None:
    run("matrix A = (1, 2)")
    assert failure(f"matlist A, {option}")[0] in (120, 198)
    assert failure("matlist nosuch")[0] == 111


def test_constraints(run: Run, failure: Failure) -> None:
    run("constraint 1 price = weight\nconstraint define 12 [y]x = 0")
    assert run("constraint dir") == "     1:  price = weight\n    12:  [y]x = 0\n"
    assert run("constraint list 12") == "    12:  [y]x = 0\n"
    assert run("local c : constraint 1\ndisplay \"`c' `: constraint dir'\"") == "price = weight 1 12\n"
    run("constraint get 12")
    assert run("display r(defined) r(contents)") == "1[y]x = 0\n"
    run("constraint free")
    assert run("display r(free)") == "2\n"
    run("constraint drop 1/12")
    assert run("constraint list") == ""
    assert failure("constraint 2000 x = y")[0] == 198


def test_postutil(run: Run, failure: Failure) -> None:
    run("postfile h x using results\npost h (1)")
    assert run("postutil dir") == "h              results.dta\n"
    run("postutil clear")
    assert run("postutil dir") == "(no postfiles open)\n"
    assert failure("post h (1)")[0] == 111
    assert failure("postutil")[0] == 198
