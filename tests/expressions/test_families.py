"""Further distributions against scipy.stats and mpmath; leap seconds, brackets as parentheses."""

from __future__ import annotations

import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy import stats

from tests.expressions.support import value_of
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

HYPERGEOMETRIC = [(30, 12, 8, 3), (9, 9, 4, 4), (10, 5, 9, 5)]

FAMILIES = [
    ("nchi2tail({}, {}, {})", lambda df, nc, x: stats.ncx2.sf(x, df, nc), [(3, 2, 4.5), (4, 900, 1000)]),
    ("nchi2den({}, {}, {})", lambda df, nc, x: stats.ncx2.pdf(x, df, nc), [(3, 2, 4.5), (10, 30, 7)]),
    ("invnchi2({}, {}, {})", lambda df, nc, p: stats.ncx2.ppf(p, df, nc), [(3, 2, 0.3)]),
    ("invnchi2tail({}, {}, {})", lambda df, nc, p: stats.ncx2.isf(p, df, nc), [(3, 2, 0.05)]),
    ("nF({}, {}, {}, {})", lambda a, b, nc, f: stats.ncf.cdf(f, a, b, nc), [(3, 10, 2, 1.5), (1, 40, 12, 9)]),
    ("nFtail({}, {}, {}, {})", lambda a, b, nc, f: stats.ncf.sf(f, a, b, nc), [(2, 30, 5, 12)]),
    ("nFden({}, {}, {}, {})", lambda a, b, nc, f: stats.ncf.pdf(f, a, b, nc), [(4, 9, 20, 3)]),
    ("invnF({}, {}, {}, {})", lambda a, b, nc, p: stats.ncf.ppf(p, a, b, nc), [(3, 10, 2, 0.4)]),
    ("invnFtail({}, {}, {}, {})", lambda a, b, nc, p: stats.ncf.isf(p, a, b, nc), [(3, 10, 2, 0.05)]),
    ("nt({}, {}, {})", lambda df, nc, t: stats.nct.cdf(t, df, nc), [(10, 1, 2), (4, -2, -1)]),
    ("nttail({}, {}, {})", lambda df, nc, t: stats.nct.sf(t, df, nc), [(10, 1, 2), (5, 1, 9)]),
    ("ntden({}, {}, {})", lambda df, nc, t: stats.nct.pdf(t, df, nc), [(10, 1, 2)]),
    ("invnttail({}, {}, {})", lambda df, nc, p: stats.nct.isf(p, df, nc), [(10, 1, 0.05)]),
    ("hypergeometric({}, {}, {}, {})", lambda N, K, n, k: stats.hypergeom.cdf(k, N, K, n), HYPERGEOMETRIC),
    ("hypergeometricp({}, {}, {}, {})", lambda N, K, n, k: stats.hypergeom.pmf(k, N, K, n), HYPERGEOMETRIC),
    ("nbinomial({}, {}, {})", lambda n, k, p: stats.nbinom.cdf(k, n, p), [(3, 4, 0.4), (2.5, 0, 0.2)]),
    ("nbinomialp({}, {}, {})", lambda n, k, p: stats.nbinom.pmf(k, n, p), [(3, 4, 0.4)]),
    ("nbinomialtail({}, {}, {})", lambda n, k, p: stats.nbinom.sf(k - 1, n, p), [(3, 4, 0.4), (3, 0, 0.4)]),
    ("tukeyprob({}, {}, {})", lambda k, df, x: stats.studentized_range.cdf(x, k, df), [(3, 20, 3.5)]),
    ("invtukeyprob({}, {}, {})", lambda k, df, p: stats.studentized_range.ppf(p, k, df), [(3, 20, 0.95)]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "reference", "arguments"), FAMILIES, ids=[row[0] for row in FAMILIES])
def test_families(call: str, reference, arguments: list[tuple[float, ...]]) -> None:
    for given in arguments:
        assert value_of(call.format(*given)) == pytest.approx(reference(*given), rel=1e-7, abs=1e-300), given


def test_noncentral_beta_by_its_sum() -> None:
    """The Poisson mixture in 30 digits."""
    a, b, nc, x = 2, 3.5, 4, mpmath.mpf("0.35")
    weights = [mpmath.exp(-nc / 2) * mpmath.mpf(nc / 2) ** j / mpmath.factorial(j) for j in range(80)]
    total = sum(w * mpmath.betainc(a + j, b, 0, x, regularized=True) for j, w in enumerate(weights))
    density = sum(
        w * x ** (a + j - 1) * (1 - x) ** (b - 1) / mpmath.beta(a + j, b) for j, w in enumerate(weights)
    )
    assert value_of(f"nibeta({a}, {b}, {nc}, .35)") == pytest.approx(float(total), rel=1e-12)
    assert value_of(f"nbetaden({a}, {b}, {nc}, .35)") == pytest.approx(float(density), rel=1e-12)
    assert value_of(f"invnibeta({a}, {b}, {nc}, {float(total)!r})") == pytest.approx(0.35, rel=1e-8)


@pytest.mark.parametrize(
    ("inverse", "direct"),
    [
        ("npnchi2(3, 4.5, {})", "nchi2(3, {}, 4.5)"),
        ("npnF(3, 10, 1.5, {})", "nF(3, 10, {}, 1.5)"),
        ("npnt(10, 1, {})", "nt(10, {}, 1)"),
        ("invnbinomial(3, 4, {})", "nbinomial(3, 4, {})"),
        ("invnbinomialtail(3, 4, {})", "nbinomialtail(3, 4, {})"),
        ("invbinomial(10, 3, {})", "binomial(10, 3, {})"),
        ("invbinomialtail(10, 3, {})", "binomialtail(10, 3, {})"),
        ("invpoisson(3, {})", "poisson({}, 3)"),
        ("invpoissontail(3, {})", "poissontail({}, 3)"),
        ("invdunnettprob(3, 20, {})", "dunnettprob(3, 20, {})"),
    ],
)
def test_parameters_that_give_a_probability(inverse: str, direct: str) -> None:
    found = value_of(inverse.format(0.3))
    assert value_of(direct.format(repr(float(found)))) == pytest.approx(0.3, rel=1e-7)


def test_dunnett() -> None:
    """A t distribution where there is one comparison; 2.54 is Dunnett's (1955) table for k = 3, df = 20."""
    assert value_of("dunnettprob(1, 20, 2.1)") == pytest.approx(1 - 2 * stats.t.sf(2.1, 20), rel=1e-9)
    assert value_of("invdunnettprob(3, 20, .95)") == pytest.approx(2.54, abs=0.006)


def test_outside_their_domain() -> None:
    absent = value_of(".")
    for text in (
        "nF(0, 1, 1, 1)", "nchi2tail(3, -1, 2)", "hypergeometric(5, 9, 2, 1)", "nbinomialp(-1, 2, .5)",
        "invpoisson(-1, .5)", "invbinomial(10, 10, .5)", "tukeyprob(1, 20, 3)", "nibeta(1, 0, 1, .5)",
    ):  # fmt: skip
        assert value_of(text) == absent, text
    assert value_of("hypergeometricp(10, 5, 9, 1)") == 0


def test_leap_seconds() -> None:
    """24 leap seconds were inserted between 1972 and the end of 2010."""
    assert value_of("Cmdyhms(1, 1, 2010, 3, 4, 5)") - value_of("mdyhms(1, 1, 2010, 3, 4, 5)") == 24000
    assert value_of("Cdhms(mdy(1, 1, 2010), 3, 4, 5)") == value_of("Cmdyhms(1, 1, 2010, 3, 4, 5)")
    assert value_of("Chms(3, 4, 5)") == value_of("hms(3, 4, 5)")  # in 1960
    then = "Cmdyhms(1, 1, 2010, 3, 4, 5)"
    assert [value_of(f"{call}{then})") for call in ("hhC(", "mmC(", "ssC(")] == [3, 4, 5]


def test_files_and_formats(tmp_path) -> None:
    (tmp_path / "there.txt").write_text("x")
    assert value_of(f'fileexists("{tmp_path}/there.txt")') == 1
    assert value_of(f'fileexists("{tmp_path}/not.txt")') == 0
    assert value_of('fmtwidth("%9.2f")') == 9 and value_of('fmtwidth("%-12s")') == 12
    assert value_of('fmtwidth("none")') == value_of(".")
    assert value_of("byteorder()") == (1 if sys.byteorder == "big" else 2)


def test_random_hypergeometric() -> None:
    session = Session()
    session.run("set obs 20000\nset seed 4\ngen k = rhypergeometric(30, 12, 8)")
    k = session.data["k"].to_double()
    expected = stats.hypergeom(30, 12, 8)
    assert k.mean() == pytest.approx(expected.mean(), abs=4 * np.sqrt(expected.var() / 20000))
    assert k.var() == pytest.approx(expected.var(), rel=0.05)


def test_brackets_as_parentheses() -> None:
    session = Session()
    session.run("set obs 4\ngen x = [_n] * 2 if [_n] > 1\nreplace x = 7 if [x] == 4 & [_n < 3]")
    assert session.run("list x, noobs clean").split() == ["x", ".", "7", "6", "8"]
    session.run("gen y = x[3] * [2 + x[_n]]")
    assert session.data["y"].to_double()[1:].tolist() == [54, 48, 60]


def test_chop_and_the_text_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("one\ntwo")
    assert value_of("chop(1.00001, .001)") == 1 and value_of("chop(1.2, .001)") == 1.2
    assert value_of("chop(-2.9999, .01)") == -3 and value_of("missing(chop(., 1))") == 1
    assert value_of(f'strlen(fileread("{tmp_path}/there.txt"))') == 7
    assert value_of(f'fileread("{tmp_path}/not.txt") == "fileread() error 601"') == 1
    assert value_of(f'fileread("{tmp_path}") == "fileread() error 603"') == 1
    with pytest.raises(StataError, match="bofd\\(\\) is not implemented"):
        value_of('bofd("nyse", 1)')
