"""hotelling: the F of a regression of the groups on the variables, t squared, layouts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.interpreter.session import Session


@pytest.fixture
def measures(session: Session) -> Session:
    random = np.random.default_rng(12)
    g = np.repeat([0.0, 1.0], [14, 17])
    frame = pd.DataFrame({"g": g, "x": random.normal(size=31) + 0.4 * g, "y": random.normal(size=31)})
    frame["z"] = frame["x"] + random.normal(size=31)
    session.use(frame)
    return session


def test_two_groups(measures: Session) -> None:
    text = measures.run("hotelling x y z, by(g)")
    found = (measures.r["F"], measures.r["p"], measures.r["k"], measures.r["df"])
    measures.run("regress g x y z")
    e = measures.e
    assert found == pytest.approx((e["F"], stats.f.sf(e["F"], 3, 27), 3, 27), rel=1e-9)
    assert "-> g = 0" in text and "2-group Hotelling's T-squared = " in text
    assert "F test statistic: ((14+17-3-1)/(14+17-2)(3)) x " in text
    assert text.splitlines()[-2].startswith("              F(3,27) = ")


def test_one_variable_is_a_t_test(measures: Session) -> None:
    measures.run("hotelling x, by(g) notable")
    squared = measures.r["T2"]
    measures.run("ttest x, by(g)")
    assert squared == pytest.approx(measures.r["t"] ** 2, rel=1e-10)


def test_one_sample(measures: Session) -> None:
    text = measures.run("hotelling x y if g == 1, notable")
    X = np.column_stack([measures.data[name].to_double()[14:] for name in "xy"])
    squared = 17 * X.mean(axis=0) @ np.linalg.inv(np.cov(X.T)) @ X.mean(axis=0)
    assert measures.r["T2"] == pytest.approx(squared, rel=1e-10)
    assert measures.r["p"] == pytest.approx(stats.f.sf(squared * 15 / (16 * 2), 2, 15), rel=1e-9)
    assert "Obs" not in text and "1-group Hotelling's T-squared = " in text


def test_refusals(measures: Session, refused) -> None:
    assert refused(measures, "hotelling")[0] == 100
    assert refused(measures, "hotelling x x")[0] == 498
    assert refused(measures, "hotelling x y in 1/2")[0] == 2001
    assert refused(measures, "hotelling x if g > 5")[0] == 2000
    assert refused(measures, "hotelling x if g == 1, by(g)")[0] == 420
