"""Models of the campaign in which something was found, and mended: nothing may be found in them again."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.campaign import draw, judged
from tests.conformance.residual_dense import dense_log_likelihood
from xmixed.engine import fit

MENDED = {
    1021: "log likelihood off by 103: crossed effects 1e7 times the residuals",
    1032: "no standard errors: unstructured effects of a covariate 1e8 from zero",
    1507: "no standard errors: three effects of such covariates",
    5048: "no standard errors: a singular matrix of such a covariate",
    5058: "r(430) at the singular face of exchangeable residuals",
    5078: "no standard errors, r(0): exchangeable residuals beside an intercept, with crossed effects",
    7052: "converged on a ridge: exchangeable residuals beside an intercept 1e4 times as large",
    5110: "no standard errors: a correlation at its limit",
    5018: "other estimates in another order of rows: an intercept 1e4 times the residual, weights",
    7042: "the same with nested levels",
    7151: "the same with banded residuals and crossed levels",
    7195: "log likelihood off by 3e-6: effects 1e4 times moving averages",
    20043: "another start higher by 1e-5: exponential residuals in place of the constant, rho 1 - 1e-8",
    38501: "log likelihood off by 3.5: banded residuals beside an intercept that is y's mean of 1e7",
    38657: "another start .4 higher in r(430): such a mean taken for an exact fit",
    37048: "a bent valley that ends at a variance of zero, 40 steps of the way",
    38008: "another that ends at a correlation of -1: gradient .06, standard errors 5e-4",
    42139: "standard errors of 1.1 that are 150: a ridge beside effects far larger than residuals",
    39104: "standard errors off by .1 along such a ridge",
    44646: "standard errors off by .05, crossed effects beside two variances",
    20095: "another start higher by 1e-6: two variances beside crossed effects 1e4 times as large",
}

HIGHER = {
    5014: (92.4733246844, "equally correlated effects of 16 rows: the other limit of the correlation"),
    5104: (-437.1690651879, "a moving average of order 3 with crossed effects"),
    7015: (-98.8286331303, "an autoregression with crossed effects"),
    7185: (-101.2445114543, "an autoregression of order 2 of 18 rows"),
    7070: (-378.1524451323, "a variance near zero beside effects 1e4 times the residuals"),
    30179: (-1238.3367075768, "the same with weights and nested levels"),
    38116: (-1043.8989638991, "a level ridge that rises where residuals take the place of an intercept"),
    34042: (-269.6737025479, "autoregressions by group, whose correlation zero is a saddle"),
    38268: (65.3970754398, "a singular toeplitz matrix behind a corner from which the way leads far up"),
    38452: (558.9340107635, "autoregressions of order 3 by group: the third maximum"),
    38527: (-260.8835350906, "exchangeable residuals with crossed effects: a correlation of .9998"),
    39591: (
        -25.9967093387,
        "a singular toeplitz matrix, from which a heavy barrier leads back inside",
    ),
    50029: (-40.3813251899, "variances by group: the other of them is the smaller one"),
    50088: (-558.8150623495, "the same, the first maximum 144 lower, with a correlation at its limit"),
    50123: (-498.5374133441, "an autoregression of order 3 with crossed effects"),
    50157: (-429.7358832652, "exchangeable residuals beside slopes, nearly the same thing"),
    41200: (-183.3249851889, "17 rows, a residual deviation each of two groups, correlated effects"),
    41605: (116.7784703861, "15 rows, an intercept beside an autoregression"),
    42087: (-224.3996307650, "18 rows, an autoregression with correlated and crossed effects"),
    42418: (711.3184392650, "a toeplitz matrix of order 3 beside two variances"),
    44448: (-535.7861583111, "a search given up next to a limit: there is another one"),
    42174: (-15.1465367541, "a bent valley that leads to no correlation at all"),
    41240: (13.3479792037, "a variance shared by columns that differ by 1e7, beside exponential residuals"),
    41146: (-462.3963086505, "such a variance falls as a correlation rises: given up on the way"),
}
"""Models with a local maximum below another: the highest that random starts found, and what they are."""


@pytest.mark.parametrize("seed", MENDED, ids=str)
def test_nothing_is_found(seed: int) -> None:
    findings, found, _ = judged(draw(seed), 0)
    assert found is not None
    # Time is not judged here: the machine may be slow. That there is no maximum is the truth of a ridge.
    kinds = [finding.kind for finding in findings if not finding.kind.startswith(("slow", "no maximum"))]
    assert kinds == []
    named = {note.kind for note in found.boundary}
    assert found.optimization.converged == ("not_identified" not in named)
    assert "standard_errors_failed" not in named


@pytest.mark.parametrize("seed", HIGHER, ids=str)
def test_highest_maximum_is_found(seed: int) -> None:
    highest, _ = HIGHER[seed]
    found = fit(draw(seed).model)
    assert found.optimization.converged
    assert found.log_likelihood == pytest.approx(highest, abs=2e-7)


@pytest.mark.parametrize(("seed", "highest"), [(41208, -1023.0162448), (36147, -420.2814231)])
def test_a_search_without_derivatives_starts_afresh(seed: int, highest: float) -> None:
    """EM, or a corner, left so little for the residuals that nothing is to be seen from there: r(430) before.

    Residuals are singular at the maxima, which are limits.
    """
    findings, found, _ = judged(draw(seed), 0)
    assert found is not None and found.optimization.converged
    assert [finding.kind for finding in findings if finding.kind != "slow"] == []
    assert "residual_singular" in {note.kind for note in found.boundary}
    assert found.log_likelihood == pytest.approx(highest, abs=2e-6)


def test_a_gain_by_rounding_is_no_maximum_of_a_further_start() -> None:
    """Exchangeable residuals next to a singular matrix: 9e-8 higher, converged, errors off by 9e3."""
    findings, found, _ = judged(draw(43236), 0)
    assert found is not None and not found.optimization.converged
    assert "standard errors" not in [finding.kind for finding in findings]


def test_the_size_of_a_common_variance_is_that_of_the_column_that_tells_most() -> None:
    """Its correlation is -.5 beside a singular toeplitz matrix; the search took far too long steps to see."""
    found = fit(draw(41815).model)
    assert found.optimization.converged
    # Starts that the model was given end there, too.
    assert found.log_likelihood == pytest.approx(-536.6302086, abs=1e-6)


def test_rounding_errors_are_no_log_likelihood() -> None:
    """What the fixed effects fit exactly at one occasion has no maximum; it was off by 449."""
    model = draw(30156).model
    found = fit(model)
    assert not found.optimization.converged
    wanted = float(dense_log_likelihood(model, found.parameters, found.estimates.astype(np.longdouble)))
    assert abs(found.log_likelihood - wanted) < 1.0


def test_a_bent_ridge_is_followed() -> None:
    """An intercept beside exponential residuals: the higher, the nearer rho to one; it ended at 8.6."""
    found = fit(draw(20056).model)
    kinds = [note.kind for note in found.boundary]
    assert not found.optimization.converged and "not_identified" in kinds
    # Where rho is tied to one, by a logit of 20, the profile ends at 231.6004775675.
    assert found.log_likelihood == pytest.approx(231.6004775675, abs=5e-7)


def test_a_logarithm_is_not_level() -> None:
    """Fixed effects fit one group exactly: the density rises by the logarithm of its standard deviation."""
    model = draw(32116).model
    found = fit(model)
    assert not found.optimization.converged
    assert "residual_sd_zero" not in {note.kind for note in found.boundary}
    estimates = found.estimates.astype(np.longdouble)
    ratio = [parameter.kind for parameter in found.parameters].index("residual_log_ratio")
    there = float(dense_log_likelihood(model, found.parameters, estimates))
    estimates[ratio] -= 2.0
    assert float(dense_log_likelihood(model, found.parameters, estimates)) - there > 1.5


def test_what_rises_elsewhere_without_a_maximum_is_told() -> None:
    """An autoregression of order 3 by group: one group of few series may be fitted exactly."""
    found = fit(draw(30068).model)
    assert found.optimization.converged
    assert "higher_without_maximum" in {note.kind for note in found.boundary}
    assert found.log_likelihood >= -569.952134


def test_a_face_is_followed_as_far_as_rounding_allows() -> None:
    """Toeplitz beside nested effects: with weights 5e-5 and 5e-6 of the barrier 160.900788 and 160.900921."""
    found = fit(draw(38897).model)
    assert found.optimization.converged
    (opened,) = (note.size for note in found.boundary if note.kind == "rounding")
    # Three eigenvalues vanish: that is the limit of what the weights lead to.
    assert found.log_likelihood == pytest.approx(160.900936, abs=3 * 5e-6 + opened)


def test_a_ridge_is_not_hidden_by_rounding() -> None:
    """Equally correlated residuals beside an intercept and a crossed level: it had converged, no errors."""
    found = fit(draw(38100).model)
    assert not found.optimization.converged
    assert "not_identified" in {note.kind for note in found.boundary}
