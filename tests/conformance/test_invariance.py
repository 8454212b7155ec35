"""Changes of the data that must not change the answer, or must change it in a known way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conformance.conftest import coefficients, estimate, standard_errors, with_options
from tests.conformance.simulate import two_level

MODELS = [
    "|| g:",
    "|| g: x",
    "|| g: x, cov(un)",
    "|| g: x, cov(ex)",
    "|| g: x, cov(id)",
    "|| g: x, nocons",
    "|| h: || g: x",
    "|| h: x, cov(un) || g:",
    "|| h: x, nocons || h: || g:",
    "|| _all: R.c || g:",
    "|| _all: R.c || g: x, cov(un)",
    "|| h: R.g, cov(ex)",
]
METHODS = ["mle", "reml"]


def both(frame: pd.DataFrame, other: pd.DataFrame, model: str, method: str) -> tuple:
    command = with_options(f"quietly xmixed y x z {model}", method)
    return estimate(frame, command), estimate(other, command)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", MODELS)
def test_affine_change_of_the_response(model: str, method: str) -> None:
    frame = two_level(11)
    first, second = both(frame, frame.assign(y=1e6 + 3 * frame["y"]), model, method)
    a, b = coefficients(first), coefficients(second)
    for name in a:
        if name == "y:_cons":
            assert b[name] == pytest.approx(1e6 + 3 * a[name], rel=1e-12)
        elif name.startswith("y:"):
            assert b[name] == pytest.approx(3 * a[name], rel=1e-7)
        elif name.startswith("ln"):
            assert b[name] == pytest.approx(a[name] + np.log(3), abs=1e-6)
        else:
            assert b[name] == pytest.approx(a[name], abs=1e-6)
    freedom = len(frame) - (3 if method == "reml" else 0)
    assert second.e["ll"] == pytest.approx(first.e["ll"] - freedom * np.log(3), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", MODELS)
def test_order_of_rows_and_names_of_groups_do_not_count(model: str, method: str) -> None:
    frame = two_level(12)
    shuffled = frame.sample(frac=1, random_state=5)
    for name in ("g", "h", "c"):  # string level variables and factors, in reversed order
        shuffled[name] = "group " + (1000 - shuffled[name]).astype(str)
    first, second = both(frame, shuffled.reset_index(drop=True), model, method)
    a, b = coefficients(first), coefficients(second)
    np.testing.assert_allclose(list(b.values()), list(a.values()), rtol=1e-6, atol=1e-7)
    assert second.e["ll"] == pytest.approx(first.e["ll"], rel=1e-11)
    np.testing.assert_allclose(
        list(standard_errors(second).values()), list(standard_errors(first).values()), rtol=1e-5
    )


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", ["|| g: x", "|| g: x, cov(un)"])
def test_scale_of_a_covariate(model: str, method: str, scale: float) -> None:
    frame = two_level(13)
    first, second = both(frame, frame.assign(x=frame["x"] * scale), model, method)
    a, b = coefficients(first), coefficients(second)
    assert b["y:x"] * scale == pytest.approx(a["y:x"], rel=1e-7)
    assert b["y:z"] == pytest.approx(a["y:z"], rel=1e-7)
    assert b["lns1_1_1:_cons"] + np.log(scale) == pytest.approx(a["lns1_1_1:_cons"], abs=1e-6)
    assert b["lns1_1_2:_cons"] == pytest.approx(a["lns1_1_2:_cons"], abs=1e-6)
    jacobian = np.log(scale) if method == "reml" else 0.0  # the determinant of X
    assert second.e["ll"] == pytest.approx(first.e["ll"] - jacobian, rel=1e-9)


def test_another_basis_of_the_fixed_part() -> None:
    frame = two_level(14)
    frame["s"], frame["d"] = frame["x"] + frame["z"], frame["x"] - 2 * frame["z"]
    first = estimate(frame, "quietly xmixed y x z || g: x, cov(un)")
    second = estimate(frame, "quietly xmixed y s d || g: x, cov(un)")
    a, b = coefficients(first), coefficients(second)
    assert second.e["ll"] == pytest.approx(first.e["ll"], rel=1e-11)
    assert b["y:s"] + b["y:d"] == pytest.approx(a["y:x"], rel=1e-7)
    assert b["y:s"] - 2 * b["y:d"] == pytest.approx(a["y:z"], rel=1e-7)
    assert b["atr1_1_1_2:_cons"] == pytest.approx(a["atr1_1_1_2:_cons"], abs=1e-6)


def test_version_prefix_and_equation_form_give_the_same() -> None:
    frame = two_level(15)
    first = estimate(frame, "quietly xmixed y x z || g: x, cov(un)")
    second = estimate(frame, "quietly version 12: xtmixed (y x z) (g: x, cov(un))")
    assert coefficients(first) == coefficients(second)


def test_an_offset_of_a_million_everywhere() -> None:
    frame = two_level(16)
    far = frame.assign(y=frame["y"] + 1e6, x=frame["x"] + 1e6, z=frame["z"] - 1e6)
    first = estimate(frame, "quietly xmixed y x z || g: x, cov(un)")
    second = estimate(far, "quietly xmixed y x z || g: x, cov(un)")
    assert second.e["ll"] == pytest.approx(first.e["ll"], rel=1e-8)
    a, b = coefficients(first), coefficients(second)
    assert b["y:x"] == pytest.approx(a["y:x"], rel=1e-6)
    assert b["lns1_1_1:_cons"] == pytest.approx(a["lns1_1_1:_cons"], abs=1e-5)
    assert b["lnsig_e:_cons"] == pytest.approx(a["lnsig_e:_cons"], abs=1e-7)
