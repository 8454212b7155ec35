"""A larger model never fits worse, and the answer does not depend on where the search starts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.conftest import coefficients, estimate, with_options
from tests.conformance.simulate import two_level

CHAINS = [
    ["|| g:", "|| g: x", "|| g: x, cov(un)", "|| g: x z, cov(un)"],
    ["|| g: x, cov(id)", "|| g: x, cov(ex)", "|| g: x, cov(un)"],
    ["|| g: x, nocons", "|| g: x", "|| g: x z"],
    ["|| g:", "|| h: || g:", "|| h: x || g:", "|| h: x || g: x", "|| h: x, cov(un) || g: x, cov(un)"],
    ["|| g:", "|| _all: R.c || g:", "|| _all: R.c || h: || g:", "|| _all: R.c || h: || g: x, cov(un)"],
    ["|| h: || g:", "|| h: R.g, cov(ex)"],
]


@pytest.mark.parametrize("method", ["mle", "reml"])
@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("seed", [21, 22, 23])
@pytest.mark.parametrize("slope_sd", [0.6, 0.0])
def test_a_parameter_more_never_lowers_the_likelihood(
    chain: list[str], seed: int, slope_sd: float, method: str
) -> None:
    frame = two_level(seed, slope_sd=slope_sd)
    found = []
    for model in chain:
        session = estimate(frame, with_options(f"quietly xmixed y x z {model}", method))
        found.append(session.e["ll"])
        assert session.e["chi2_c"] >= 0 and 0 <= session.e["p_c"] <= 1
        assert session.e["ll"] >= session.e["ll_c"] - 1e-9
    assert np.all(np.diff(found) > -1e-7)


def test_a_fixed_effect_more_never_lowers_the_likelihood() -> None:
    frame = two_level(24)
    found = [estimate(frame, f"quietly xmixed y {x} || g: x").e["ll"] for x in ("", "x", "x z")]
    assert np.all(np.diff(found) > -1e-7)


@pytest.mark.parametrize(
    "options",
    [
        "emiterate(0)",
        "emiterate(3)",
        "emiterate(200)",
        "matsqrt",
        "matlog",
        "technique(bfgs)",
        "technique(dfp)",
        "technique(bfgs 3 nr 2)",
        "difficult",
    ],
)
def test_every_road_leads_to_the_same_maximum(options: str) -> None:
    frame = two_level(25)
    plain = estimate(frame, "quietly xmixed y x z || g: x, cov(un)")
    other = estimate(frame, f"quietly xmixed y x z || g: x, cov(un) {options}")
    assert other.e["ll"] == pytest.approx(plain.e["ll"], abs=1e-8)
    np.testing.assert_allclose(
        list(coefficients(other).values()), list(coefficients(plain).values()), rtol=1e-5, atol=1e-6
    )


def test_the_metric_of_the_search_is_kept() -> None:
    frame = two_level(26)
    found = [
        estimate(frame, f"quietly xmixed y x || g: x, cov(un) {o}").e["optmetric"]
        for o in ("", "matsqrt", "matlog")
    ]
    assert found == ["matsqrt", "matsqrt", "matlog"]
