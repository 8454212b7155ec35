"""dfbeta, estat szroeter, estat hettest with mtest; estat wcorrelation, all; estat sd, post."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    rng = np.random.default_rng(21)
    n = 40
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.uniform(size=n), "g": rng.integers(1, 4, n)})
    frame["y"] = frame.x - frame.z + rng.normal(size=n) * (0.5 + frame.z)
    session = Session()
    session.use(frame)
    session.run("quietly regress y x z i.g")
    return session


def design(session: Session) -> tuple[np.ndarray, np.ndarray]:
    x, z, g, y = (session.data[name].to_double() for name in ("x", "z", "g", "y"))
    return np.column_stack([x, z, g == 2, g == 3, np.ones(len(x))]).astype(float), y


def test_dfbeta_is_what_leaving_out_does(session: Session) -> None:
    X, y = design(session)
    lines = session.run("set type double\ndfbeta").splitlines()
    assert [text.strip() for text in lines if "dfbeta(" in text] == [
        "_dfbeta_1: dfbeta(x)",
        "_dfbeta_2: dfbeta(z)",
        "_dfbeta_3: dfbeta(2.g)",
        "_dfbeta_4: dfbeta(3.g)",
    ]
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    spread = np.sqrt(np.diag(np.linalg.inv(X.T @ X)))
    for i in (0, 7, 39):
        kept = np.arange(len(y)) != i
        without = np.linalg.lstsq(X[kept], y[kept], rcond=None)[0]
        s = np.sqrt(np.sum((y[kept] - X[kept] @ without) ** 2) / (len(y) - 1 - 5))
        expected = (b - without) / (s * spread)
        found = [session.data[f"_dfbeta_{number}"].to_double()[i] for number in (1, 2, 3, 4)]
        np.testing.assert_allclose(found, expected[:4], rtol=1e-9)


def test_names_of_dfbeta(session: Session) -> None:
    session.run("quietly dfbeta x\nquietly dfbeta i.g, stub(move)\nquietly dfbeta z")
    names = [variable.name for variable in session.data.variables]
    assert names[-4:] == ["_dfbeta_1", "move1", "move2", "_dfbeta_2"]
    assert session.data["move2"].label == "Dfbeta 3.g"
    with pytest.raises(StataError) as caught:
        session.run("dfbeta y")
    assert caught.value.code == 111


def test_szroeter_by_hand(session: Session) -> None:
    X, y = design(session)
    e2 = (y - X @ np.linalg.lstsq(X, y, rcond=None)[0]) ** 2
    n = len(y)
    expected = []
    for name in ("x", "z"):
        rank = stats.rankdata(session.data[name].to_double())
        Q = np.sqrt(6 * n / (n**2 - 1)) * (rank @ e2 / e2.sum() - (n + 1) / 2)
        expected.append(Q**2)
    lines = session.run("estat szroeter x z, mtest(bonferroni)").splitlines()
    assert "Ha: variance monotonic in variable" in lines
    np.testing.assert_allclose(session.r["mtest"].values[:, 0], expected, rtol=1e-9)
    p = stats.chi2.sf(expected, 1)
    np.testing.assert_allclose(session.r["mtest"].values[:, 3], np.minimum(2 * p, 1), rtol=1e-9)
    session.run("quietly estat szroeter, rhs")
    assert session.r["mtest"].values.shape == (4, 4)


def test_hettest_of_each_variable(session: Session) -> None:
    single = []
    for name in ("x", "z"):
        session.run(f"quietly estat hettest {name}")
        single.append(session.r["chi2"])
    session.run("quietly estat hettest x z")
    joint = session.r["chi2"]
    lines = session.run("estat hettest x z, mtest(sidak)").splitlines()
    np.testing.assert_allclose(session.r["mtest"].values[:, 0], single, rtol=1e-12)
    assert session.r["chi2"] == pytest.approx(joint, rel=1e-12)
    assert any(text.startswith("simultaneous |") for text in lines)
    assert lines[-1].strip() == "# Sidak-adjusted p-values"


@pytest.mark.parametrize(
    ("model", "command", "code"),
    [
        ("regress y x, vce(robust)", "estat szroeter, rhs", 498),
        ("regress y x", "estat szroeter", 100),
        ("logit g x if g < 3", "estat szroeter, rhs", 321),
        ("logit g x if g < 3", "dfbeta", 321),
    ],
)
def test_refusals(session: Session, model: str, command: str, code: int) -> None:
    session.run("replace g = g - 1" if model.startswith("logit") else "")
    session.run(f"quietly {model}")
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert caught.value.code == code


# --- within groups, and deviations as estimates ------------------------------------------------------------


def test_all_observations_together() -> None:
    """Crossed effects: the covariance of all outcomes, written out."""
    session = Session()
    session.run("sysuse pastes\nkeep in 1/40\nquietly xtmixed strength || _all: R.cask || batch:, nolog")
    session.run("quietly estat wcorrelation, all")
    sds = {name: np.exp(session.e["b"].values[0][i]) for i, name in enumerate(session.e["b"].column_names)}
    _, cask, batch, residual = sds.values()
    same = [
        np.equal.outer(values, values)
        for values in (session.data[name].values.astype(str) for name in ("cask", "batch"))
    ]
    expected = cask**2 * same[0] + batch**2 * same[1] + residual**2 * np.eye(40)
    np.testing.assert_allclose(session.r["Cov"].values, expected, rtol=1e-8, atol=1e-12)
    with pytest.raises(StataError, match="may not be combined"):
        session.run("estat wcorrelation, all at(batch=1)")


def test_all_of_nested_groups_holds_each_group() -> None:
    session = Session()
    session.run("sysuse sleepstudy\nkeep if subject < 320\nquietly xtmixed reaction days || subject: days")
    session.run("quietly estat wcorrelation")
    one = session.r["Cov"].values.copy()
    session.run("quietly estat wcorrelation, all")
    whole = session.r["Cov"].values
    np.testing.assert_allclose(whole[:10, :10], one, rtol=1e-10)
    assert np.all(whole[:10, 10:20] == 0)


STRUCTURES = {
    "unstructured, t(age)": "noconstant",
    "independent, by(female)": "",
    "independent, t(age) by(female)": "",
    "ar 1, t(age)": "",
    "exchangeable": "noconstant",
    "toeplitz 2, t(age)": "noconstant",
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_posted_deviations_are_those_of_the_table(structure: str) -> None:
    session = Session()
    session.run("sysuse orthodont")
    session.run(
        f"quietly xtmixed distance age || subject:, {STRUCTURES[structure]} residuals({structure}) nolog"
    )
    lines = session.run("estat sd").splitlines()
    shown = []
    for text in lines:
        cells = text.partition("|")[2].split()
        if len(cells) == 4:
            shown.append((float(cells[0]), float(cells[1])))
    session.run("quietly estat sd, post")
    b, V = session.e["b"].values[0], session.e["V"].values
    posted = sorted(zip(b[2:], np.sqrt(np.diag(V))[2:], strict=True))
    np.testing.assert_allclose(posted, sorted(shown), rtol=2e-6)
    names = session.e["b"].column_names
    assert len(set(names)) == len(names)
    session.run(f"quietly lincom _b[{names[-1]}]")
    assert session.r["estimate"] == pytest.approx(b[-1], rel=1e-12)


def test_lincom_after_logistic() -> None:
    session = Session()
    session.run("sysuse hsb82\nquietly logistic minority ses")
    lines = session.run("lincom 2*ses").splitlines()
    assert any("Odds Ratio" in text for text in lines)
    row = next(text for text in lines if text.startswith("         (1) |")).split()
    assert float(row[2]) == pytest.approx(np.exp(session.r["estimate"]), rel=1e-6)
    session.run("quietly logit minority ses, or")
    assert "Coef." in session.run("lincom 2*ses")
    assert "Odds Ratio" in session.run("lincom 2*ses, or")
