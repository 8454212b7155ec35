"""Functions against what computes the same elsewhere: math, scipy.stats, mpmath, datetime."""

from __future__ import annotations

import math
import struct
from datetime import date, datetime

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from tests.expressions.support import value_of
from xmixed.formats import calendar

X = (-0.9, -0.25, 0.0, 0.4, 0.99)


ANGLES = (
    "sin({})", "cos({})", "tan({})", "asin({})", "acos({})", "atan({})", "sinh({})", "cosh({})", "tanh({})",
    "asinh({})", "atanh({})", "exp({})",
)  # fmt: skip


@pytest.mark.parametrize("call", ANGLES)
def test_functions_of_an_angle(call: str) -> None:
    reference = getattr(math, call.partition("(")[0])
    for x in X:
        assert value_of(call.format(x)) == pytest.approx(reference(x), rel=1e-15, abs=0)


def test_two_arguments_and_half_lines() -> None:
    assert value_of("acosh(2.5)") == pytest.approx(math.acosh(2.5), rel=1e-15)
    assert value_of("acosh(.5)") == value_of("asin(2)") == value_of(".")
    for y, x in [(1, 2), (1, -2), (-1, -2), (-1, 2), (0, -1)]:
        assert value_of(f"atan2({y}, {x})") == math.atan2(y, x)


DISTRIBUTIONS = [
    ("normal({})", stats.norm.cdf, [(-9.5,), (-1.3,), (0.0,), (2.2,)]),
    ("norm({})", stats.norm.cdf, [(-1.3,)]),
    ("normprob({})", stats.norm.cdf, [(1.3,)]),
    ("normd({})", stats.norm.pdf, [(0.7,)]),
    ("invnormal({})", stats.norm.ppf, [(1e-9,), (0.3,), (0.975,)]),
    ("invnorm({})", stats.norm.ppf, [(0.3,)]),
    ("binorm({}, {}, {})", lambda h, k, r: _binormal(h, k, r), [(0.5, -1, 0.3), (-0.2, 0.4, -0.8)]),
    ("binormal({}, {}, {})", lambda h, k, r: _binormal(h, k, r), [(0, 1.5, 0.6), (0, 0, 0.5), (1, -1, 0)]),
    ("chi2den({}, {})", lambda df, x: stats.chi2.pdf(x, df), [(1, 0.3), (4, 2.5), (30, 41)]),
    ("chi2tail({}, {})", lambda df, x: stats.chi2.sf(x, df), [(1, 3.84), (7, 60)]),
    ("chiprob({}, {})", lambda df, x: stats.chi2.sf(x, df), [(3, 9.1)]),
    ("invchi2({}, {})", lambda df, p: stats.chi2.ppf(p, df), [(5, 0.1), (1, 0.999)]),
    ("invchi2tail({}, {})", lambda df, p: stats.chi2.isf(p, df), [(5, 1e-6)]),
    ("invchi({}, {})", lambda df, p: stats.chi2.isf(p, df), [(5, 0.05)]),
    ("nchi2({}, {}, {})", lambda df, nc, x: stats.ncx2.cdf(x, df, nc), [(3, 2, 4.5), (10, 0.5, 7)]),
    ("Fden({}, {}, {})", lambda a, b, f: stats.f.pdf(f, a, b), [(3, 8, 0.7), (1, 20, 4.2), (2, 5, 0)]),
    ("F({}, {}, {})", lambda a, b, f: stats.f.cdf(f, a, b), [(3, 8, 0.7), (12, 2.5, 4)]),
    ("Ftail({}, {}, {})", lambda a, b, f: stats.f.sf(f, a, b), [(3, 8, 40)]),
    ("fprob({}, {}, {})", lambda a, b, f: stats.f.sf(f, a, b), [(2, 30, 3.3)]),
    ("invF({}, {}, {})", lambda a, b, p: stats.f.ppf(p, a, b), [(3, 8, 0.2)]),
    ("invFtail({}, {}, {})", lambda a, b, p: stats.f.isf(p, a, b), [(3, 8, 0.001)]),
    ("invfprob({}, {}, {})", lambda a, b, p: stats.f.isf(p, a, b), [(4, 9, 0.05)]),
    ("t({}, {})", lambda df, x: stats.t.cdf(x, df), [(5, -2.1), (5, 0), (2.5, 1.7)]),
    ("tden({}, {})", lambda df, x: stats.t.pdf(x, df), [(5, -2.1), (1, 0)]),
    ("ttail({}, {})", lambda df, x: stats.t.sf(x, df), [(5, 12), (8, -3)]),
    ("invt({}, {})", lambda df, p: stats.t.ppf(p, df), [(5, 0.025), (3.5, 0.6), (1, 0.75)]),
    ("invttail({}, {})", lambda df, p: stats.t.isf(p, df), [(5, 1e-8)]),
    ("binomial({}, {}, {})", lambda n, k, p: stats.binom.cdf(k, n, p), [(10, 3, 0.4), (10, 10, 0.4)]),
    ("binomialp({}, {}, {})", lambda n, k, p: stats.binom.pmf(k, n, p), [(10, 3, 0.4), (7, 0, 0)]),
    ("binomialtail({}, {}, {})", lambda n, k, p: stats.binom.sf(k - 1, n, p), [(10, 3, 0.4), (10, 0, 0.4)]),
    ("Binomial({}, {}, {})", lambda n, k, p: stats.binom.sf(k - 1, n, p), [(25, 20, 0.6)]),
    ("poisson({}, {})", lambda m, k: stats.poisson.cdf(k, m), [(2.5, 3)]),
    ("poissonp({}, {})", lambda m, k: stats.poisson.pmf(k, m), [(2.5, 3), (80, 60)]),
    ("poissontail({}, {})", lambda m, k: stats.poisson.sf(k - 1, m), [(2.5, 3), (2.5, 0)]),
    ("gammap({}, {})", lambda a, x: stats.gamma.cdf(x, a), [(2.5, 1.2)]),
    ("gammaptail({}, {})", lambda a, x: stats.gamma.sf(x, a), [(2.5, 30)]),
    ("invgammap({}, {})", lambda a, p: stats.gamma.ppf(p, a), [(2.5, 0.01)]),
    ("invgammaptail({}, {})", lambda a, p: stats.gamma.isf(p, a), [(2.5, 1e-10)]),
    ("gammaden({}, {}, {}, {})", lambda a, b, g, x: stats.gamma.pdf(x, a, g, b), [(2, 3, 1, 4.5)]),
    ("ibeta({}, {}, {})", lambda a, b, x: stats.beta.cdf(x, a, b), [(2, 5, 0.3)]),
    ("ibetatail({}, {}, {})", lambda a, b, x: stats.beta.sf(x, a, b), [(2, 5, 0.9), (0.5, 0.5, 0.1)]),
    ("invibeta({}, {}, {})", lambda a, b, p: stats.beta.ppf(p, a, b), [(2, 5, 0.3)]),
    ("invibetatail({}, {}, {})", lambda a, b, p: stats.beta.isf(p, a, b), [(2, 5, 0.3), (0.2, 9, 0.9)]),
    ("betaden({}, {}, {})", lambda a, b, x: stats.beta.pdf(x, a, b), [(2, 5, 0.3), (1, 3, 0)]),
    ("lngamma({})", lambda x: float(mpmath.loggamma(x).real), [(0.3,), (172.5,)]),
    ("lngammafn({})", lambda x: math.lgamma(x), [(12.5,)]),
    ("lnfactorial({})", lambda n: math.log(math.factorial(n)), [(0,), (20,)]),
    ("lnfact({})", lambda n: math.log(math.factorial(n)), [(7,)]),
    ("digamma({})", lambda x: float(mpmath.digamma(x)), [(0.2,), (-1.5,), (9,)]),
    ("trigamma({})", lambda x: float(mpmath.psi(1, x)), [(0.2,), (-1.5,), (9,)]),
    ("comb({}, {})", math.comb, [(5, 2), (50, 25)]),
]


def _binormal(h: float, k: float, rho: float) -> float:
    """P(X <= h, Y <= k) as the integral of the density of X times P(Y <= k | X)."""
    inner = lambda x: stats.norm.pdf(x) * stats.norm.cdf((k - rho * x) / math.sqrt(1 - rho**2))  # noqa: E731
    return integrate.quad(inner, -np.inf, h, epsabs=1e-14, epsrel=1e-12)[0]


@pytest.mark.parametrize(
    ("call", "reference", "arguments"), DISTRIBUTIONS, ids=[row[0] for row in DISTRIBUTIONS]
)
def test_distributions(call: str, reference, arguments: list[tuple[float, ...]]) -> None:
    for given in arguments:
        assert value_of(call.format(*given)) == pytest.approx(reference(*given), rel=1e-9, abs=1e-300), given


def test_distributions_outside_their_domain() -> None:
    absent = value_of(".")
    for text in (
        "chi2tail(0, 1)", "Fden(-1, 2, 1)", "invt(5, 0)", "binormal(0, 0, 2)", "gammaden(0, 1, 0, 1)",
        "ibetatail(-1, 1, .5)", "invgammaptail(-1, .5)", "binomialp(5, 1, 2)", "lnfact(2.5)", "comb(2, 3)",
        "digamma(-2)", "trigamma(0)", "lngammafn(-1)", "invnormal(1.5)",
    ):  # fmt: skip
        assert value_of(text) == absent, text


def test_limits_of_the_storage_types() -> None:
    """By IEEE 754 and the ranges of Stata's types: the codes above them are missing values."""
    single = struct.unpack("<f", bytes.fromhex("ffffff7e"))[0]  # the last float below 2^127
    for function, system, value in [
        ("maxfloat()", "c(maxfloat)", single),
        ("minfloat()", "c(minfloat)", -single),
        ("epsdouble()", "c(epsdouble)", float(np.finfo(np.float64).eps)),
        ("epsfloat()", "c(epsfloat)", float(np.finfo(np.float32).eps)),
        ("smallestdouble()", "c(smallestdouble)", float(np.finfo(np.float64).tiny)),
        ("maxbyte()", "c(maxbyte)", 100),
        ("minbyte()", "c(minbyte)", -127),
        ("maxint()", "c(maxint)", 32740),
        ("minint()", "c(minint)", -32767),
        ("maxlong()", "c(maxlong)", 2147483620),
        ("minlong()", "c(minlong)", -2147483647),
    ]:
        assert value_of(function) == value_of(system) == value
    assert value_of("c(smallestfloat)") == float(np.finfo(np.float32).tiny)
    assert value_of("maxdouble()") == -value_of("mindouble()") == math.nextafter(2.0**1023, 0)


TEXTS = [
    ('strlen("wording")', 7),
    ('ustrlen("wörding")', 7),
    ('strlower("Ab C")', "ab c"),
    ('strupper("Ab C")', "AB C"),
    ('strproper("mR. o\'neill 2nd")', "Mr. O'Neill 2Nd"),
    ('strtrim("  a  b ")', "a  b"),
    ('strltrim("  a ")', "a "),
    ('strrtrim("  a ")', "  a"),
    ('stritrim(" a   b  c ")', " a b c "),
    ('strreverse("abc")', "cba"),
    ('strdup("ab", 3)', "ababab"),
    ('strdup("ab", -1)', ""),
    ('index("banana", "an")', 2),
    ('index("banana", "x")', 0),
    ('strrpos("banana", "an")', 4),
    ('strrpos("banana", "x")', 0),
    ('strmatch("banana", "b*n?")', 1),
    ('strmatch("banana", "b?n")', 0),
    ('match("banana", "*ana")', 1),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_texts(text: str, expected: float | str) -> None:
    assert value_of(text) == expected


EPOCH = date(1960, 1, 1)
DAY = 86_400_000


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - EPOCH).days


def _milliseconds(*parts: int) -> int:
    return round((datetime(*parts) - datetime(1960, 1, 1)).total_seconds() * 1000)  # type: ignore[arg-type]


def test_days_and_periods() -> None:
    for year, month, day in [(2012, 2, 29), (1959, 12, 31), (2000, 7, 1), (1899, 1, 1)]:
        days, when = _day(year, month, day), date(year, month, day)
        parts = {
            "day": day, "month": month, "year": year, "dow": when.isoweekday() % 7,
            "doy": when.timetuple().tm_yday, "quarter": (month + 2) // 3, "halfyear": 1 + (month > 6),
            "week": min(52, (when.timetuple().tm_yday + 6) // 7),
        }  # fmt: skip
        for name, value in parts.items():
            assert value_of(f"{name}({days})") == value, name
        assert value_of(f"mdy({month}, {day}, {year})") == days
        half = 2 * (year - 1960) + (month > 6)
        assert value_of(f"hofd({days})") == value_of(f"yh({year}, {1 + (month > 6)})") == half
        assert value_of(f"dofh({half})") == _day(year, 7 if month > 6 else 1, 1)
        week = 52 * (year - 1960) + parts["week"] - 1
        assert value_of(f"yw({year}, {parts['week']})") == week == value_of(f"wofd({days})")


def test_clock_times() -> None:
    ms = _milliseconds(2006, 11, 21, 14, 5, 9)
    assert value_of("mdyhms(11, 21, 2006, 14, 5, 9)") == ms
    assert value_of(f"dhms({_day(2006, 11, 21)}, 14, 5, 9)") == ms
    assert value_of(f"hh({ms})") == 14 and value_of(f"mm({ms})") == 5 and value_of(f"ss({ms})") == 9
    assert value_of("msofhours(1.5)") == 5_400_000 and value_of("hours(5400000)") == 1.5
    assert value_of("msofminutes(2)") == 120_000 and value_of("minutes(90000)") == 1.5
    assert value_of("msofseconds(2.5)") == 2500 and value_of("seconds(2500)") == 2.5
    assert value_of("msofhours(.)") == value_of(".")


def test_leap_seconds() -> None:
    """23 of them were inserted from the end of June 1972 to the end of 2005 (IERS, bulletin C)."""
    ms = _milliseconds(2006, 11, 21, 14, 5, 9)
    assert value_of(f"Cofc({ms})") == ms + 23_000
    assert value_of(f"cofC({ms + 23_000})") == ms
    assert value_of('Clock("21nov2006 14:05:09", "DMYhms")') == ms + 23_000
    assert value_of("tC(21nov2006 14:05:09)") == ms + 23_000
    days = _day(2006, 11, 21)
    assert value_of(f"Cofd({days})") == days * DAY + 23_000
    assert value_of(f"dofC({days * DAY + 23_000})") == days
    assert value_of(f"dofC({days * DAY + 22_999})") == days - 1
    assert value_of("Cofc(0)") == 0 == value_of("Cofd(0)")
    assert calendar.remove_leap_seconds(calendar.add_leap_seconds(float(ms))) == ms


LITERALS = [
    ("d(21nov2006)", _day(2006, 11, 21)),
    ("w(1961w3)", 54),
    ("m(1961m3)", 14),
    ("q(1961q3)", 6),
    ("h(1961h2)", 3),
    ("y(1961)", 1961),
    ('daily("21nov2006", "DMY")', _day(2006, 11, 21)),
    ('weekly("1961w3", "YW")', 54),
    ('halfyearly("1961h2", "YH")', 3),
    ('weekly("1961w53", "YW")', None),
]


@pytest.mark.parametrize(("text", "expected"), LITERALS)
def test_dates_in_text(text: str, expected: float | None) -> None:
    assert value_of(text) == (value_of(".") if expected is None else expected)
