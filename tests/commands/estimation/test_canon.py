"""canon against R: cancor() times sqrt(n - 1); anova of manova(Y ~ X) with its four tests."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session
from xmixed.statistics.canonical import significance

MADE = """set obs 60
generate double a = sin(_n)
generate double b = cos(_n^2)
generate double c = a + sin(3*_n)
generate double d = a - b + cos(5*_n)
generate double e = mod(_n,7) + b
generate s = "x" """


@pytest.fixture
def sets(session: Session) -> Session:
    session.run(MADE)
    return session


def test_figures_of_r(sets: Session) -> None:
    sets.run("canon (a b c) (d e)")
    e = sets.e.matrices
    np.testing.assert_allclose(e["ccorr"].values[0], (0.8082257125715, 0.0811100929046), rtol=1e-9)
    first = [[-0.9476096046, 0.7364691748], [1.0342703124, 0.9564040245], [-0.0102603195, 0.2662981604]]
    np.testing.assert_allclose(e["rawcoef_var1"].values, first, rtol=1e-7)
    second = [[-0.8382660889, 0.0390776754], [0.0364602227, 0.5240563076]]
    np.testing.assert_allclose(e["rawcoef_var2"].values, second, rtol=1e-7)
    found = significance(e["ccorr"].values[0], 3, 2, 60)
    wanted = [
        (0.3444898428, 6, 110, 12.90250915),
        (0.6598076496, 6, 112, 9.19003116),
        (1.89036826, 6, 108, 17.01331434),
        (1.883745845, 3, 56, 35.16325577),
    ]
    rows = [(test.statistic, test.df, test.df_residual, test.f) for test in found]
    np.testing.assert_allclose(rows, wanted, rtol=1e-8)


def test_one_variable_is_a_regression(sets: Session) -> None:
    text = sets.run("canon (a b c) (e)")
    r = sets.e.matrices["ccorr"].values[0, 0]
    assert text.count(" e\n") == 4
    (f,) = {round(test.f, 8) for test in significance(np.array([r]), 3, 1, 60)}
    sets.run("quietly regress e a b c")
    assert r**2 == pytest.approx(sets.e["r2"], rel=1e-10) and f == pytest.approx(sets.e["F"], rel=1e-7)


def test_layout_and_options(sets: Session) -> None:
    text = sets.run("canon (a-c) (d e)")
    assert "\nRaw coefficients for the first variable set\n" in text and "  0.8082  0.0811\n" in text
    assert "\nTests of significance of all canonical correlations\n" in text and " e = exact, " in text
    text = sets.run("canon, stdcoef test(1 2)")
    assert "\nStandardized coefficients for the second" in text and "of canonical correlation 2\n" in text
    standard = sets.e.matrices["stdcoef_var1"].values[0]
    sets.run("quietly summarize a")
    np.testing.assert_allclose(standard, sets.e.matrices["rawcoef_var1"].values[0] * sets.r["sd"], rtol=1e-12)
    assert "coefficients" not in sets.run("canon, nocoefs") and "Wilks" not in sets.run("canon, notests")
    sets.run("generate w = 1 + mod(_n, 2)\nquietly canon (a b) (d e) [fw=w]")
    weighted = sets.e.matrices["ccorr"].values
    sets.run("expand w\nquietly canon (a b) (d e)")
    np.testing.assert_allclose(sets.e.matrices["ccorr"].values, weighted, rtol=1e-12)
    assert sets.e["N"] == 90


def test_refusals(sets: Session) -> None:
    for line in ("canon a b", "canon (a b) d", "canon (a b)", "canon () (d)", "canon (a) (d), lc(1)"):
        assert fails(sets, line) == 198, line
    assert fails(sets, "canon (a s) (d)") == 109
    assert fails(sets, "canon (a b) (d e) in 1/5") == 2001
    assert fails(sets, "canon (a b) (d) if a > 9") == 2000
    sets.run("generate double twice = 2*a")
    assert fails(sets, "canon (a twice) (d e)") == 459
    sets.run("quietly canon (a b) (d)")
    assert fails(sets, "canon, test(2)") == 198
    sets.run("ereturn clear")
    assert fails(sets, "canon") == 301
