"""stcurve: curves in outfile() against closed forms of the models and the baseline that predict gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.interpreter.session import Session


@pytest.fixture
def trial(session: Session, folder) -> Session:
    random = np.random.default_rng(13)
    frame = pd.DataFrame({"x": np.tile([0.0, 1.0], 60), "z": random.normal(size=120)})
    time = -np.log(random.random(120)) / (0.1 * np.exp(0.6 * frame["x"] + 0.3 * frame["z"]))
    frame["t"], frame["d"] = np.minimum(time, 12), (time < 12).astype(float)
    session.use(frame)
    session.run("stset t, failure(d)")
    return session


def saved(session: Session) -> dict[str, np.ndarray]:
    session.run("preserve\nuse curves, clear")
    found = {variable.name: variable.to_double() for variable in session.data}
    session.run("restore")
    return found


def test_cox(trial: Session) -> None:
    trial.run("stcox x z\npredict s0, basesurv")
    trial.run("stcurve, survival at1(x=0 z=.5) at2(x = 1) outfile(curves, replace)")
    found = saved(trial)
    b = trial.e["b"].values[0]
    data = {name: trial.data[name].to_double() for name in ("_t", "s0", "z")}
    baseline = dict(zip(data["_t"], data["s0"], strict=True))
    assert set(found["curve"]) == {1.0, 2.0}
    for curve, eta in ((1.0, b[1] * 0.5), (2.0, b[0] + b[1] * data["z"].mean())):
        rows = found["curve"] == curve
        expected = [baseline[t] ** np.exp(eta) for t in found["_t"][rows]]
        assert found["surv1"][rows] == pytest.approx(expected, rel=1e-5)  # s0 is a float


@pytest.mark.parametrize(
    ("distribution", "survivor"),
    [
        ("exponential", lambda t, eta, a: np.exp(-np.exp(eta) * t)),
        ("weibull", lambda t, eta, a: np.exp(-np.exp(eta) * t ** np.exp(a))),
        ("gompertz", lambda t, eta, a: np.exp(-np.exp(eta) * np.expm1(a * t) / a)),
        ("lognormal", lambda t, eta, a: stats.norm.sf((np.log(t) - eta) / np.exp(a))),
        ("loglogistic", lambda t, eta, a: 1 / (1 + (np.exp(-eta) * t) ** np.exp(-a))),
    ],
)
def test_parametric(trial: Session, distribution: str, survivor) -> None:
    trial.run(f"streg x z, distribution({distribution}) nolog")
    b = trial.e["b"].values[0]
    eta = b[0] + b[1] * trial.data["z"].to_double().mean() + b[2]
    ancillary = b[3] if len(b) > 3 else 0.0
    for kind, name in (("survival", "surv1"), ("cumhaz", "cumhaz1"), ("hazard", "haz1")):
        trial.run(f"stcurve, {kind} at(x = 1) range(1 8) outfile(curves, replace)")
        found = saved(trial)
        t = found["_t"]
        assert (t[0], t[-1], len(t)) == (1, 8, 101)
        S = survivor(t, eta, ancillary)
        step = 1e-5
        hazard = np.log(survivor(t - step, eta, ancillary) / survivor(t + step, eta, ancillary)) / (2 * step)
        expected = {"survival": S, "cumhaz": -np.log(S), "hazard": hazard}[kind]
        assert found[name] == pytest.approx(expected, rel=1e-6)


def test_graph_has_a_curve_for_each_set(trial: Session) -> None:
    trial.run('stcox x z\nstcurve, cumhaz at1(x=0) at2(x=1) title("Two arms") name(arms)')
    graph = trial.graphs.graphs["arms"]
    assert len(graph.plots) == 2 and [entry.text for entry in graph.legend.entries] == ["x=0", "x=1"]
    assert graph.titles.title.lines == ("Two arms",)
    assert "t" in trial.data  # the data are back


def test_nine_curves(trial: Session) -> None:
    trial.run("stcox x z")
    trial.run(
        "stcurve, survival at(x=1) at1(z=1) at2(z=2) at3(z=3) at4(z=4) at5(z=5) "
        "at6(z=6) at7(z=7) at8(z=8) at9(z=9) outfile(curves, replace)"
    )
    found = saved(trial)
    ends = [found["surv1"][found["curve"] == curve][-1] for curve in range(1, 10)]
    b = trial.e["b"].values[0]
    assert np.diff(np.log(-np.log(ends))) == pytest.approx(np.full(8, b[1]), rel=1e-9)


def test_refusals(trial: Session, refused) -> None:
    assert refused(trial, "stcurve, survival")[0] == 301
    trial.run("stcox x z")
    assert refused(trial, "stcurve")[0] == 198
    assert refused(trial, "stcurve, hazard")[0] == 198
    assert refused(trial, "stcurve, survival at1(x)")[0] == 198
    assert refused(trial, "stcurve, survival at1(t=2)")[0] == 111
    assert refused(trial, "stcurve, survival range(5 1)")[0] == 198
    assert refused(trial, "stcurve, survival unconditional")[0] == 198
    trial.run("stcox z, strata(x)")
    assert refused(trial, "stcurve, survival")[0] == 198
    trial.run("regress t x")
    assert refused(trial, "stcurve, survival")[0] == 321
