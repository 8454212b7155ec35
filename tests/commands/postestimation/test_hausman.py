"""hausman: common error variances, equations, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def panel() -> Session:
    random = np.random.default_rng(21)
    ids = np.repeat(np.arange(40), 5)
    x = random.normal(size=200) + 0.3 * random.normal(size=40)[ids]
    u = random.normal(size=40)[ids]
    z = random.normal(size=200)
    y = 1 + x - 0.5 * z + u + random.normal(size=200)
    session = Session()
    session.use(pd.DataFrame({"y": y, "x": x, "z": z, "id": ids, "k": 1 + np.arange(200) % 3}))
    session.run("quietly xtset id\nquietly xtreg y x z, fe\nestimates store fe")
    session.run("quietly xtreg y x z, re\nestimates store re")
    return session


def variances(session: Session, name: str) -> tuple[np.ndarray, np.ndarray]:
    e = session.stored[name]
    return e["b"].values[0, :2], e["V"].values[:2, :2]


@pytest.mark.parametrize("option", ["sigmamore", "sigmaless"])
def test_a_common_error_variance(panel: Session, option: str) -> None:
    """With one variance both are multiples of inverse cross-products, of which the difference is taken."""
    b, V = variances(panel, "fe")
    B, W = variances(panel, "re")
    s, S = panel.stored["fe"].scalars["rmse"], panel.stored["re"].scalars["rmse"]
    common = S if option == "sigmamore" else s
    difference = common**2 * (V / s**2 - W / S**2)
    panel.run(f"hausman fe re, {option}")
    wanted = (b - B) @ np.linalg.solve(difference, b - B)
    assert panel.r["chi2"] == pytest.approx(wanted, rel=1e-10)
    assert panel.r["df"] == 2


def test_sigmamore_is_the_test_of_group_means(panel: Session) -> None:
    """With the efficient variance it is the regression test that group means add nothing (Mundlak)."""
    panel.run("hausman fe re, sigmamore")
    statistic = panel.r["chi2"]
    panel.run("egen double mx = mean(x), by(id)\negen double mz = mean(z), by(id)")
    data = {name: panel.data[name].to_double() for name in ("y", "x", "z", "mx", "mz", "id")}
    e = panel.stored["re"].scalars
    theta = 1 - np.sqrt(e["sigma_e"] ** 2 / (5 * e["sigma_u"] ** 2 + e["sigma_e"] ** 2))
    mean = pd.DataFrame(data).groupby("id").transform("mean")
    moved = {name: data[name] - theta * mean[name].to_numpy() for name in ("y", "x", "z", "mx", "mz")}
    ones = np.full(200, 1 - theta)

    def rss(*names: str) -> float:
        X = np.column_stack([ones, *(moved[name] for name in names)])
        return float(np.sum((moved["y"] - X @ np.linalg.lstsq(X, moved["y"], rcond=None)[0]) ** 2))

    short, long = rss("x", "z"), rss("x", "z", "mx", "mz")
    assert statistic == pytest.approx((short - long) / (short / (200 - 3)), rel=1e-8)


def test_equations(panel: Session) -> None:
    panel.run("quietly mlogit k x z, nolog\nestimates store all")
    panel.run("quietly mlogit k x z if id < 30, nolog")
    for options, df in (("", 2), (", alleqs", 4), (", alleqs skipeqs(2)", 2), (", alleqs constant", 6)):
        panel.run(f"hausman . all{options}")
        assert panel.r["rank"] == df


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("hausman robust re", 198, "hausman cannot be used with vce"),
        ("hausman logit re, sigmamore", 498, "logit saves no e"),
        ("hausman fe re, sigmamore sigmaless", 198, "may not be combined"),
    ],
)
def test_refused(panel: Session, command: str, code: int, message: str) -> None:
    panel.run("quietly xtreg y x z, fe vce(robust)\nestimates store robust")
    panel.run("generate byte d = y > 1\nquietly logit d x z, nolog\nestimates store logit")
    with pytest.raises(StataError, match=message) as caught:
        panel.run(command.replace("logit re", "logit re, equations(1:1)").replace("(1:1),", "(1:1)"))
    assert caught.value.code == code
    panel.run("hausman robust re, force")


def test_all_equations_but_one(panel: Session) -> None:
    panel.run("quietly mlogit k x z, nolog\nestimates store all\nquietly mlogit k x z if id < 30, nolog")
    panel.run("hausman . all, alleqs skipeqs(3)")
    rest = panel.r["chi2"]
    panel.run("hausman . all, equations(1:1)")
    assert panel.r["chi2"] == rest
