"""Figures of the manual's pig and productivity sessions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmixed.engine import Fit, Iteration, Level, Model, Progress, RandomEffects, StructureName, fit

DATASETS = Path(__file__).resolve().parents[3] / "shared" / "datasets"


@pytest.fixture(scope="module")
def pig() -> dict[str, np.ndarray]:
    pandas = pytest.importorskip("pandas")
    path = DATASETS / "pig.dta"
    if not path.exists():
        pytest.skip("pig.dta is not beside the project: ../shared/datasets")
    frame = pandas.read_stata(path)
    return {name: frame[name].to_numpy() for name in ("weight", "week", "id")}


def fit_pig(
    pig: dict[str, np.ndarray], structure: StructureName, slope: bool, method: str
) -> tuple[Fit, list[str]]:
    events: list[Progress] = []
    columns = (pig["week"], None) if slope else (None,)
    level = Level(pig["id"].astype(int) - 1, 48, (RandomEffects(columns, structure),))
    model = Model(pig["weight"], (pig["week"], None), (level,), method)  # type: ignore[arg-type]
    result = fit(model, progress=events.append)
    log = [f"{e.number}: {e.log_likelihood:.8g}" for e in events if isinstance(e, Iteration)]
    return result, log


@pytest.mark.parametrize(
    ("structure", "slope", "method", "ll"),
    [
        ("identity", False, "ml", "-1014.9268"),
        ("independent", True, "ml", "-869.03825"),
        ("unstructured", True, "ml", "-868.96185"),
        ("independent", True, "reml", "-870.51473"),
    ],
)
def test_log(pig: dict[str, np.ndarray], structure: StructureName, slope: bool, method: str, ll: str) -> None:
    _, log = fit_pig(pig, structure, slope, method)
    assert log == [f"0: {ll}", f"1: {ll}"]


def test_random_slope_table(pig: dict[str, np.ndarray]) -> None:
    """The printed figures stop short of the maximum: they differ from it in the seventh digit."""
    result, _ = fit_pig(pig, "independent", True, "reml")
    rtol = 3e-6
    np.testing.assert_allclose(result.beta, [6.209896, 19.35561], rtol=rtol)
    np.testing.assert_allclose(np.sqrt(result.beta_covariance.diagonal()), [0.0916387, 0.4021144], rtol=rtol)
    sds = np.exp(result.estimates)
    np.testing.assert_allclose(sds, [0.6135475, 2.630134, 1.26443], rtol=rtol)
    errors = sds * np.sqrt(result.parameter_covariance.diagonal())
    np.testing.assert_allclose(errors, [0.0673971, 0.3028832, 0.0487971], rtol=rtol)
    assert 2 * (result.log_likelihood - result.comparison.log_likelihood) == pytest.approx(765.92, abs=0.005)


def test_productivity() -> None:
    pandas = pytest.importorskip("pandas")
    path = DATASETS / "productivity.dta"
    if not path.exists():
        pytest.skip("productivity.dta is not beside the project: ../shared/datasets")
    d = pandas.read_stata(path)
    region = pandas.factorize(d["region"])[0]
    state = pandas.factorize(d["state"])[0]
    constant = (RandomEffects((None,), "identity"),)
    levels = (Level(region, region.max() + 1, constant), Level(state, state.max() + 1, constant))
    names = ("private", "emp", "hwy", "water", "other", "unemp")
    model = Model(d["gsp"].to_numpy(), (*(d[name].to_numpy() for name in names), None), levels)
    events: list[Progress] = []
    result = fit(model, progress=events.append)
    assert result.log_likelihood == pytest.approx(1430.5017, abs=5e-5)
    sds = np.exp(result.estimates)
    # The printed figures stop short of the maximum: they differ from it in the sixth digit.
    np.testing.assert_allclose(sds, [0.038087, 0.0792193, 0.0366893], rtol=5e-6)
    errors = sds * np.sqrt(result.parameter_covariance.diagonal())
    # .000939 is printed with four digits.
    np.testing.assert_allclose(errors, [0.0170591, 0.0093861, 0.000939], rtol=2e-5, atol=5e-8)
