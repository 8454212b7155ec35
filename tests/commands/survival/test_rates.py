"""strate, stir: rates as failures over time, and what ir says of the same figures."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session


@pytest.fixture
def cohort(session: Session) -> Session:
    random = np.random.default_rng(31)
    frame = pd.DataFrame({"x": np.tile([0.0, 1.0, 1.0], 40), "g": np.repeat([1.0, 2.0], 60)})
    frame["t"] = random.exponential(8 / (1 + frame["x"])).round(2) + 0.01
    frame["d"] = (random.random(120) < 0.6).astype(float)
    session.use(frame)
    session.run("stset t, failure(d)")
    return session


def test_rates(cohort: Session) -> None:
    lines = cohort.run("strate x g, per(100) level(90)").splitlines()
    t, d, x, g = (cohort.data[name].to_double() for name in ("t", "d", "x", "g"))
    at = lines.index("Estimated rates (per 100) and lower/upper bounds of 90% confidence intervals")
    assert lines[at + 1] == "(120 records included in the analysis)"
    assert lines[at + 4].split()[1:-1] == ["x", "g", "D", "Y", "Rate", "Lower", "Upper"]
    rows = [line.split()[1:-1] for line in lines[at + 6 : at + 10]]
    for row, (a, b) in zip(rows, [(0, 1), (0, 2), (1, 1), (1, 2)], strict=True):
        inside = (x == a) & (g == b)
        failures, time = d[inside].sum(), t[inside].sum()
        rate, factor = 100 * failures / time, math.exp(1.6448536 / math.sqrt(failures))
        assert [float(cell) for cell in row] == pytest.approx(
            [a, b, failures, time / 100, rate, rate / factor, rate * factor], rel=1e-5
        )
    assert "failure _d" not in cohort.run("strate, noshow")


def test_exposure(cohort: Session) -> None:
    text = cohort.run("stir x if g == 1, noshow level(90)")
    found = dict(cohort.r.scalars)
    assert cohort.run("ir d x t if g == 1, level(90)").splitlines()[3:] == text.splitlines()[3:]
    assert cohort.r.scalars == found
    cohort.run("stir x, by(g)")
    combined = cohort.r["irr"]
    cohort.run("ir d x t, by(g)")
    assert cohort.r["irr"] == pytest.approx(combined, rel=1e-12)
    assert "_person_time" not in cohort.data


def test_refusals(cohort: Session, refused) -> None:
    assert refused(cohort, "strate x if x > 5")[0] == 2000
    assert refused(cohort, "strate x, smr(t)")[0] == 198
    assert refused(cohort, "stir")[0] == 100
    cohort.run("gen w = 2\nstset t [pweight = w], failure(d)")
    assert refused(cohort, "strate x")[0] == 101
    cohort.run("stset, clear")
    assert refused(cohort, "stir x")[0] == 119
