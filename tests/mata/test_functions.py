"""Mata's functions against closed forms; every one of them is named in some test of this folder."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from tests.mata.conftest import Give
from xmixed.mata.functions.registry import builtins
from xmixed.missing import MISSING, missing_code

R2 = math.sqrt(0.5)

FUNCTIONS: list[tuple[str, object]] = [
    # construction
    ("rows((1,2\\3,4\\5,6))", 3), ("cols((1,2\\3,4\\5,6))", 2), ("length((1,2,3))", 3),
    ("J(2,2,7)", [[7, 7], [7, 7]]), ("J(1,2,(1,2))", [[1, 2, 1, 2]]), ('J(1,2,"a")', [["a", "a"]]),
    ("I(2)", [[1, 0], [0, 1]]), ("I(1,2)", [[1, 0]]), ("e(2,3)", [[0, 1, 0]]),
    ("diag((1,2))", [[1, 0], [0, 2]]), ("diag((1,2\\3,4))", [[1, 0], [0, 4]]),
    ("diagonal((1,2\\3,4))", [[1], [4]]), ("blockdiag(1, (2,3))", [[1, 0, 0], [0, 2, 3]]),
    ("vec((1,2\\3,4))", [[1], [3], [2], [4]]), ("vech((1,2\\2,4))", [[1], [2], [4]]),
    ("invvech((1\\2\\4))", [[1, 2], [2, 4]]), ("rowshape(1..4, 2)", [[1, 2], [3, 4]]),
    ("colshape(1..4, 1)", [[1], [2], [3], [4]]), ("range(1, 2, .5)", [[1], [1.5], [2]]),
    ("range(3, 1, 1)", [[3], [2], [1]]), ("rangen(0, 1, 3)", [[0], [0.5], [1]]),
    ("lowertriangle((1,2\\3,4))", [[1, 0], [3, 4]]), ("uppertriangle((1,2\\3,4), 1)", [[1, 2], [0, 1]]),
    ("makesymmetric((1,2\\3,4))", [[1, 3], [3, 4]]), ("transposeonly((1,2))", [[1], [2]]),
    ("issymmetric((1,2\\2,1))", 1), ("issymmetriconly((1,2\\3,1))", 0), ("isdiagonal((1,0\\0,2))", 1),
    ('(isreal(1), isstring("a"), iscomplex(1), ispointer(NULL), isview(1))', [[1, 1, 0, 1, 0]]),
    ('eltype("a") + eltype(1)', "stringreal"),
    ('orgtype(1) + orgtype((1,2)) + orgtype((1\\2)) + orgtype(I(2))', "scalarrowvectorcolvectormatrix"),
    ("missingof(1)", MISSING), ("designmatrix((1\\3\\2))", [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
    ("Hilbert(2)", [[1, 1 / 2], [1 / 2, 1 / 3]]), ("Toeplitz((1\\2), (1,5,6))", [[1, 5, 6], [2, 1, 5]]),
    ("Vandermonde((2\\3))", [[1, 2], [1, 3]]),
    # algebra
    ("det((1,2\\3,4))", -2), ("dettriangular((2,0\\1,3))", 6), ("trace((1,2\\3,4))", 5),
    ("trace((1,2\\3,4), I(2), 1)", 5), ("rank((1,2\\2,4))", 1), ("norm((3,4))", 5), ("norm((3,-4), 1)", 7),
    ("norm((1,2\\3,4), 0)", math.sqrt(30)), ("norm((1,-2\\3,4), .)", 7), ("norm((1,-2\\3,4), 1)", 6),
    ("cond(diag((1,10)))", 10), ("invsym((2,1\\1,2))", [[2 / 3, -1 / 3], [-1 / 3, 2 / 3]]),
    ("invsym((1,2\\2,4))", [[1, 0], [0, 0]]), ("invsym((1,2\\2,4), 2)", [[0, 0], [0, 0.25]]),
    ("diag0cnt(invsym((1,2\\2,4)))", 1), ("luinv((1,2\\3,4))", [[-2, 1], [1.5, -0.5]]),
    ("luinv((1,2\\2,4))", [[MISSING] * 2] * 2), ("cholinv((4,2\\2,2))", [[0.5, -0.5], [-0.5, 1]]),
    ("qrinv((1,2\\3,4))", [[-2, 1], [1.5, -0.5]]), ("pinv((1,2\\2,4))", [[0.04, 0.08], [0.08, 0.16]]),
    ("cholesky((4,2\\2,2))", [[2, 0], [1, 1]]), ("cholesky((1,2\\2,1))", [[MISSING] * 2] * 2),
    ("lusolve((1,2\\3,4), (5\\11))", [[1], [2]]), ("cholsolve((4,2\\2,2), (8\\6))", [[1], [2]]),
    ("qrsolve((1,1\\1,2\\1,3), (1\\2\\3))", [[0], [1]]), ("svsolve((1,2\\3,4), (5\\11))", [[1], [2]]),
    ("solvelower((2,9\\1,1), (2\\3))", [[1], [2]]), ("solveupper((1,2\\9,4), (5\\8))", [[1], [2]]),
    ("cross((1,2\\3,4), (1\\1))", [[4], [6]]), ("cross((1\\2\\3), (1\\0\\2), (1\\1\\1))", 7),
    ("cross((1\\2), 1, 1, (3\\4), 1)", [[11, 3], [7, 2]]), ("quadcross((1\\2), (3\\4))", 11),
    ("crossdev((1\\3), 2, (5\\9), 7)", 4), ("quadcrossdev((1\\3), 2, (1\\2), (5\\9), 7)", 6),
    ("matexpsym((0,1\\1,0))", [[math.cosh(1), math.sinh(1)], [math.sinh(1), math.cosh(1)]]),
    ("matlogsym(matexpsym((1,.5\\.5,2)))", [[1, 0.5], [0.5, 2]]),
    ("matpowersym((2,1\\1,2), 2)", [[5, 4], [4, 5]]),
    # decompositions
    ("svdsv((3,0\\0,-4))", [[4], [3]]), ("symeigenvalues((2,1\\1,2))", [[3, 1]]),
    ("eigenvalues((2,1\\0,3))", [[3, 2]]),
    # totals
    ("sum((1,2\\3,.))", 6), ("sum((1,.), 1)", MISSING), ("rowsum((1,2\\3,4))", [[3], [7]]),
    ("colsum((1,2\\3,4))", [[4, 6]]), ("quadsum((1,2,3))", 6), ("quadrowsum((1,2\\3,4))", [[3], [7]]),
    ("quadcolsum((1,2\\3,4))", [[4, 6]]), ("runningsum((1,2,3))", [[1, 3, 6]]),
    ("quadrunningsum((1\\2\\.))", [[1], [3], [3]]), ("min((3,1,.))", 1), ("max((3,1,.), (7\\2))", 7),
    ("min(J(0,0,.))", MISSING), ("minmax((3,1\\2,9))", [[1, 9]]), ("rowmin((1,2\\3,.))", [[1], [3]]),
    ("rowmax((1,2\\3,.))", [[2], [3]]), ("colmin((1,2\\3,.))", [[1, 2]]), ("colmax((1,2\\3,.))", [[3, 2]]),
    ("rowminmax((1,2\\3,4))", [[1, 2], [3, 4]]), ("colminmax((1,2\\3,4))", [[1, 2], [3, 4]]),
    ("colmaxabs((1,-5\\3,4))", [[3, 5]]), ("missing((1,.\\.a,2))", 2), ("nonmissing((1,.\\.a,2))", 2),
    ("rowmissing((1,.\\2,3))", [[1], [0]]), ("colmissing((1,.\\2,3))", [[0, 1]]),
    ("rownonmissing((1,.\\2,3))", [[1], [2]]), ("colnonmissing((1,.\\2,3))", [[2, 1]]),
    ("hasmissing((1,2))", 0), ("editmissing((1,.), 9)", [[1, 9]]), ("editvalue((1,2,1), 1, .a)", None),
    ("edittozero((1, 1e-17), 1)", [[1, 0]]), ("any((0,1))", 1), ("all((0,1))", 0),
    ('anyof(("a","b"), "b")', 1), ("allof((1,1), 1)", 1), ("mreldif((1,2), (1,3))", 0.25),
    ("rowmaxabs((1,-5\\3,4))", [[5], [4]]),
    ('(st_isname("a1"), st_isname("1a"), st_isfmt("%9.2f"))', [[1, 0, 1]]),
    ('(st_isnumfmt("%9s"), st_isstrfmt("%9s"))', [[0, 1]]),
    ("mreldifsym((1,2\\3,1))", 1 / 3),
    # moments
    ("mean((1,4\\3,8))", [[2, 6]]), ("mean((1\\3), (3\\1))", 1.5), ("mean((1,2\\3,.))", [[1, 2]]),
    ("variance((1,4\\3,8))", [[2, 4], [4, 8]]), ("quadvariance((1\\3))", 2),
    ("meanvariance((1,4\\3,8))", [[2, 6], [2, 4], [4, 8]]), ("quadmeanvariance((1\\3))", [[2], [2]]),
    ("correlation((1,4\\3,8\\4,1))[2,1]", None), ("quadcorrelation((1,2\\2,4\\3,6))", [[1, 1], [1, 1]]),
    # elementwise
    ("abs((-1,2))", [[1, 2]]), ("sqrt((4,-1))", [[2, MISSING]]), ("sqrt(9)", 3),
    ("exp((0,1))", [[1, math.e]]),
    ("exp(1000)", MISSING), ("ln(exp(2))", 2), ("log((1,0))", [[0, MISSING]]), ("log10(1000)", 3),
    ("floor((1.5,-1.5))", [[1, -2]]), ("ceil(1.2)", 2), ("round((1.26,2.5), .1)", [[1.3, 2.5]]),
    ("trunc((1.7,-1.7))", [[1, -1]]), ("mod((7,8), 3)", [[1, 2]]), ("sign((-3,0,2))", [[-1, 0, 1]]),
    ("sin(pi()/2)", 1), ("cos(0)", 1), ("tan(0)", 0), ("asin(1)", math.pi / 2), ("acos(1)", 0),
    ("atan(1)", math.pi / 4), ("atan2(1, 1)", math.pi / 4), ("sinh(1)", math.sinh(1)),
    ("cosh(1)", math.cosh(1)),
    ("tanh(1)", math.tanh(1)), ("asinh(sinh(1))", 1), ("acosh(cosh(1))", 1), ("atanh(.5)", math.atanh(0.5)),
    ("gamma((5,.5))", [[24, math.sqrt(math.pi)]]), ("factorial((0,5))", [[1, 120]]), ("comb(5,2)", 10),
    ("lngamma(10)", math.lgamma(10)), ("lnfactorial(5)", math.log(120)), ("digamma(1)", -0.5772156649015329),
    ("trigamma(1)", math.pi**2 / 6), ("logit(.5)", 0), ("invlogit(0)", 0.5),
    ("cloglog(.5)", math.log(math.log(2))),
    ("invcloglog(cloglog(.3))", 0.3), ("reldif(1, 3)", 0.5), ("epsilon(1)", 2.0**-52),
    ("mindouble() == -maxdouble()", 1), ("floatround(.1) == .1", 0),
    ("normal((0,1.959963984540054))", [[0.5, 0.975]]), ("invnormal(.975)", 1.959963984540054),
    ("normalden(0)", 1 / math.sqrt(2 * math.pi)), ("lnnormal(0)", -math.log(2)),
    ("lnnormalden(0)", -0.5 * math.log(2 * math.pi)), ("binormal(0,0,0)", 0.25),
    ("chi2(2, 2)", 1 - math.exp(-1)), ("chi2tail(2, 2)", math.exp(-1)), ("invchi2(2, 1-exp(-1))", 2),
    ("invchi2tail(2, exp(-1))", 2), ("nchi2(2, 0, 2)", 1 - math.exp(-1)), ("F(2, 2, 1)", 0.5),
    ("Ftail(2, 2, 1)", 0.5), ("Fden(2, 2, 1)", 0.25), ("invF(2, 2, .5)", 1), ("invFtail(2, 2, .5)", 1),
    ("t(1, 1)", 0.75), ("ttail(1, 1)", 0.25), ("tden(1, 0)", 1 / math.pi), ("invt(1, .75)", 1),
    ("invttail(1, .25)", 1), ("binomial(2, 0, .5)", 0.25), ("binomialtail(2, 2, .5)", 0.25),
    ("binomialp(2, 1, .5)", 0.5), ("poisson(1, 0)", math.exp(-1)), ("poissontail(1, 1)", 1 - math.exp(-1)),
    ("poissonp(1, 0)", math.exp(-1)), ("gammap(1, 1)", 1 - math.exp(-1)), ("gammaptail(1, 1)", math.exp(-1)),
    ("gammaden(1, 1, 0, 1)", math.exp(-1)), ("invgammap(1, 1-exp(-1))", 1), ("invgammaptail(1, exp(-1))", 1),
    ("ibeta(1, 1, .3)", 0.3), ("ibetatail(1, 1, .3)", 0.7), ("invibeta(1, 1, .3)", 0.3),
    ("invibetatail(1, 1, .3)", 0.7), ("betaden(1, 1, .3)", 1),
    ("mdy(1, 1, 1960)", 0), ("year(mdy(2,3,2001))", 2001), ("month(mdy(2,3,2001))", 2),
    ("day(mdy(2,3,2001))", 3),
    ("dow(0)", 5), ("doy(31)", 32), ("week(0)", 1), ("quarter(100)", 2), ("halfyear(200)", 2),
    ("mofd(31)", 1),
    ("qofd(95)", 1), ("wofd(7)", 1), ("yofd(366)", 1961), ("hofd(190)", 1), ("dofm(1)", 31), ("dofq(1)", 91),
    ("dofw(1)", 7), ("dofy(1961)", 366), ("dofh(1)", 182), ("dofc(86400000)", 1), ("cofd(1)", 86400000),
    ("ym(1960,2)", 1), ("yq(1960,2)", 1), ("yw(1960,2)", 1), ("yh(1960,2)", 1), ("hh(3600000)", 1),
    ("mm(60000)", 1), ("ss(1000)", 1), ("hours(3600000)", 1), ("minutes(60000)", 1), ("seconds(1000)", 1),
    ("msofhours(1)", 3600000), ("msofminutes(1)", 60000), ("msofseconds(1)", 1000), ("hms(1,0,0)", 3600000),
    ("dhms(0,1,0,0)", 3600000), ("mdyhms(1,1,1960,1,0,0)", 3600000), ('date("2jan1960", "DMY")', 1),
    ('clock("2jan1960", "DMY")', 86400000),
    # strings
    ('strlen(("ab","c"))', [[2, 1]]), ('udstrlen("ab")', 2), ('ustrlen("ab")', 2), ('strlower("AB")', "ab"),
    ('strupper(("ab","c"))', [["AB", "C"]]), ('strproper("ab cd")', "Ab Cd"), ('strtrim(" a ")', "a"),
    ('strltrim(" a ")', "a "), ('strrtrim(" a ")', " a"), ('stritrim("a  b")', "a b"),
    ('strreverse("ab")', "ba"),
    ('strpos("abcb", "b")', 2), ('strrpos("abcb", "b")', 4), ('strmatch("abc", "a*")', 1),
    ('indexnot("abc", "ab")', 3), ('abbrev("abcdefghij", 6)', "abcd~j"), ('soundex("Robert")', "R163"),
    ('soundex_nara("Robert")', "R163"), ('strtoname("1 a")', "_1_a"), ('regexr("abc", "b", "x")', "axc"),
    ('substr("abcdef", 2, 3)', "bcd"), ('substr("abc", -2)', "bc"), ('usubstr("abc", 1, 1)', "a"),
    ('subinstr("aba", "a", "x")', "xbx"), ('subinstr("aba", "a", "x", 1)', "xba"),
    ('usubinstr("aba", "b", "", .)', "aa"), ('subinword("a ab", "a", "x")', "x ab"),
    ("strofreal((1.5,.))", [["1.5", "."]]), ('strofreal(3.14159, "%4.2f")', "3.14"),
    ('strtoreal(("1.5","x"))', [[1.5, MISSING]]), ('strdup("ab", 2)', "abab"), ("char((65,66))", "AB"),
    ("uchar(233)", "é"), ('ascii("AB")', [[65, 66]]), ('tokens("a b  c")', [["a", "b", "c"]]),
    ("tokens(`\"a \"b c\" d\"')", [["a", "b c", "d"]]), ('tokens("a,b c", ", ")', [["a", ",", "b", "c"]]),
    ('invtokens(("a","b"), "-")', "a-b"), ('wordcount("a b")', 2), ('word("a b", 2)', "b"),
    ('regexm("abc12", "([a-z]+)([0-9]+)") ? regexs(2) : ""', "12"), ('pathjoin("a", "b.c")', "a/b.c"),
    ('pathsuffix("a/b.c")', ".c"), ('pathbasename("a/b.c")', "b.c"), ('pathrmsuffix("a/b.c")', "a/b"),
    # ordering
    ("sort((3,1\\1,2\\2,5), 1)", [[1, 2], [2, 5], [3, 1]]),
    ("sort((1,2\\1,3\\0,9), (1,-2))", [[0, 9], [1, 3], [1, 2]]),
    ('sort(("b"\\"a"), 1)', [["a"], ["b"]]), ("order((3\\1\\2), 1)", [[2], [3], [1]]),
    ("invorder((2\\3\\1))", [[3], [1], [2]]), ("revorder((1,2,3))", [[3, 2, 1]]),
    ("uniqrows((2,1\\1,5\\2,1))", [[1, 5], [2, 1]]), ("uniqrows((2\\1\\2), 1)", [[1, 1], [2, 2]]),
    ("select((1,2\\3,4\\5,6), (1\\0\\1))", [[1, 2], [5, 6]]), ("select((1,2,3), (0,1,1))", [[2, 3]]),
    ("selectindex((0,1,1))", [[2, 3]]), ("sum(sort(unorder(4), 1) :== (1::4))", 4),
    ("sum(jumble((1\\2\\3)))", 6), ("panelsetup((1\\1\\2\\2\\2), 1)", [[1, 2], [3, 5]]),
    ("panelsetup((1\\1\\2), 1, 2)", [[1, 2]]), ("panelstats((1,2\\3,5))", [[2, 5, 2, 3]]),
    ("panelsubmatrix((1\\2\\3), 2, (1,1\\2,3))", [[2], [3]]), ("panelsum((1\\2\\3), (1,1\\2,3))", [[1], [5]]),
    ("panelsum((1\\2\\3), (2\\1\\1), (1,1\\2,3))", [[2], [5]]),
    # random
    ("cols(runiform(2,3))", 3), ("rows(uniform(2,3))", 2), ("rows(rnormal(2,3,0,1))", 2),
    ("rnormal(1,1,(1,2,3),0)", [[1, 2, 3]]), ("rchi2(1,1,2) > 0", 1), ("rt(1,1,2) < .", 1),
    ("rgamma(1,1,2,3) > 0", 1), ("rbeta(1,1,2,3) < 1", 1), ("rexponential(1,1,2) > 0", 1),
    ("rpoisson(1,1,2) >= 0", 1), ("rbinomial(1,1,2,.5) <= 2", 1), ("rnbinomial(1,1,2,.5) >= 0", 1),
    ("rdiscrete(1,4,(0,1))", [[2] * 4]), ("max(runiformint(50,1,2,4))", 4), ("runiform(1,1,5,6) >= 5", 1),
    # output
    ('sprintf("%5.2f|%s|%-4s|%%|%g", 1.234, "a", "b", 2)', " 1.23|a|b   |%|2"),
    ('sprintf("%td", 0)', "01jan1960"),
]  # fmt: skip


@pytest.mark.parametrize("expression, value", FUNCTIONS)
def test_functions(give: Give, expression: str, value: object) -> None:
    found = give(expression)
    if value is None:
        return
    if isinstance(found, str) or isinstance(found, list) and isinstance(found[0][0], str):
        assert found == value
    else:
        assert np.shape(found) == np.shape(value)
        assert np.allclose(np.array(found), np.array(value, dtype=float), rtol=1e-12, atol=1e-15)


def test_missing_values_that_functions_give(give: Give) -> None:
    assert give("editvalue((1,2,1), 1, .a)") == [[missing_code(".a"), 2, missing_code(".a")]]
    x = np.array([[1, 4], [3, 8], [4, 1]])
    assert give("correlation((1,4\\3,8\\4,1))[2,1]") == pytest.approx(np.corrcoef(x.T)[0, 1], rel=1e-14)
    assert give('missingof("a")') == ""


def test_functions_that_change_their_arguments(session, give: Give) -> None:
    session.run(
        "mata: A = (2,1\\1,2); _invsym(A); B = (1,2\\3,4); _luinv(B); C = (4,2\\2,2); _cholesky(C);"
        " D = (1,2\\3,4); _makesymmetric(D); E = (1,2); _transpose(E); F = I(2); _diag(F, (5,6));"
        " G = (1,.); _editmissing(G, 0); H = (1,2); _editvalue(H, 2, 3); K = (2\\1); _sort(K, 1);"
        " L = (5\\6\\7); _collate(L, (3\\1\\2)); M = (1\\2); _jumble(M); a = 1; b = 2; swap(a, b);"
        ' bad = _strtoreal("1.5", r=.)'
    )
    assert np.allclose(give("A"), [[2 / 3, -1 / 3], [-1 / 3, 2 / 3]]) and np.allclose(
        give("B"), [[-2, 1], [1.5, -0.5]]
    )
    assert give("C") == [[2, 0], [1, 1]] and give("D") == [[1, 3], [3, 4]] and give("E") == [[1], [2]]
    assert give("F") == [[5, 0], [0, 6]] and give("G") == [[1, 0]] and give("H") == [[1, 3]]
    assert give("K") == [[1], [2]] and give("L") == [[7], [5], [6]] and give("sum(M)") == 3
    assert (give("a"), give("b"), give("bad"), give("r")) == (2, 1, 0, 1.5)
    session.run("mata: minindex((3,1,2,1), 2, i=., w=.); maxindex((3,1,3), 1, j=., v=.)")
    assert give("i") == [[2], [4], [3]] and give("w") == [[1, 2], [3, 1]]
    assert give("j") == [[1], [3]] and give("v") == [[1, 2]]


def test_decompositions(session, give: Give) -> None:
    """A is what its parts give together."""
    session.run(
        "mata: A = (1,2\\3,4\\5,7); svd(A, U=., s=., Vt=.); fullsvd(A, U2=., s2=., Vt2=.); qrd(A, Q=., R=.);"
        " S = (2,1\\1,3); symeigensystem(S, X=., L=.); N = (2,1\\0,3); eigensystem(N, Y=., M=.);"
        " lud(N', P=., W=., p=.)"
    )
    for product, whole in (
        ("U*diag(s)*Vt", "A"), ("U2[.,1..2]*diag(s2)*Vt2", "A"), ("Q*R", "A"), ("X*diag(L)*X'", "S"),
        ("Y*diag(M)*luinv(Y)", "N"), ("P[p,.]*W", "N'"),
    ):  # fmt: skip
        assert np.allclose(give(product), give(whole), atol=1e-14), product
    assert give("cols(U2)") == 3 and give("rows(Q)") == 3 and np.allclose(give("X'X"), np.eye(2))


def test_random_numbers_follow_the_seed(session, give: Give) -> None:
    session.run("mata: rseed(5)")
    first = give("runiform(2,2)")
    session.run("set seed 5")
    assert give("runiform(2,2)") == first and give("rseed()") == 5
    session.run("mata: uniformseed(5)")
    assert give("runiform(2,2)") == first


def test_quad_functions_keep_digits_that_sums_lose(give: Give) -> None:
    assert give("quadsum((1e16, 1, -1e16))") == 1
    assert give("quadcross((1e8\\1\\1e8), (1e8\\1\\-1e8))") == 1


def test_every_function_is_named_in_a_test() -> None:
    typed: set[str] = set()
    for path in Path(__file__).parent.glob("*.py"):
        typed |= set(re.findall(r"\b(\w+)\(", path.read_text(encoding="utf-8")))
    assert set(builtins()) - typed == set()
