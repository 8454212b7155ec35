"""margins, within() and emptycells(reweight); comparisons from point to point; what post leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    """Counties 1, 2 lie in state 1, counties 3, 4, 5 in state 2; a#b has no cell (1, 2)."""
    rng = np.random.default_rng(3)
    county = np.repeat([1, 2, 3, 4, 5], [12, 6, 8, 10, 4])
    frame = pd.DataFrame({"county": county, "state": np.where(county < 3, 1, 2)})
    frame["x"] = rng.normal(size=len(frame))
    frame["a"], frame["b"] = np.arange(len(frame)) % 2 + 1, np.arange(len(frame)) % 3 + 1
    frame.loc[(frame.a == 1) & (frame.b == 2), "b"] = 1
    frame["y"] = county + frame.x + frame.a * frame.b + rng.normal(size=len(frame))
    session = Session()
    session.use(frame)
    return session


def coefficients(session: Session) -> dict[str, float]:
    b = session.e["b"]
    return dict(zip(b.column_names, b.values[0], strict=True))


def test_within_balances_the_levels_that_occur(session: Session) -> None:
    session.run("quietly regress y x i.county\nquietly margins, within(state) asbalanced")
    b = coefficients(session)
    x, state = session.data["x"].to_double(), session.data["state"].to_double()
    effects = {1: [0.0, b["2.county"]], 2: [b["3.county"], b["4.county"], b["5.county"]]}
    expected = [b["_cons"] + b["x"] * x[state == s].mean() + np.mean(effects[s]) for s in (1, 2)]
    np.testing.assert_allclose(session.r["b"].values[0], expected, rtol=1e-12)
    assert session.r["within"] == "state"


def test_within_shows_the_cells_there_are(session: Session) -> None:
    session.run("quietly regress y x i.county\nquietly margins county, within(state)")
    names = list(session.r["b"].column_names)
    assert names == [f"{1 if c < 3 else 2}.state#{c}.county" for c in range(1, 6)]
    lines = session.run("margins county, within(state)").splitlines()
    assert "within       : state" in lines


def test_without_balance_within_is_over(session: Session) -> None:
    session.run("quietly regress y x i.county\nquietly margins, over(state)")
    over = session.r["b"].values.copy()
    session.run("quietly margins, within(state)")
    np.testing.assert_allclose(session.r["b"].values, over, rtol=1e-13)


def test_empty_cells_make_others_weigh_more(session: Session) -> None:
    session.run("quietly regress y x i.a##i.b\nquietly margins a, asbalanced")
    assert session.r["error"].values[0].tolist() == [8.0, 0.0]
    session.run("quietly margins a, asbalanced emptycells(reweight)")
    margins, b = session.r["b"].values[0], coefficients(session)
    assert session.r["error"].values[0].tolist() == [0.0, 0.0]
    common = b["_cons"] + b["x"] * session.data["x"].to_double().mean()
    first = common + b["3.b"] / 2  # levels 1 and 3 of b
    second = common + b["2.a"] + (b["2.b"] + b["3.b"] + b["2.a#3.b"]) / 3
    if "2.a#2.b" in b:
        second += b["2.a#2.b"] / 3
    np.testing.assert_allclose(margins, [first, second], rtol=1e-12)
    assert session.r["emptycells"] == "reweight"


def test_empty_cells_of_an_overall_margin(session: Session) -> None:
    """All cells that occur weigh alike."""
    session.run("quietly regress y x i.a##i.b\nquietly margins, asbalanced emptycells(reweight)")
    whole = session.r["b"].values[0, 0]
    session.run("quietly margins a#b, asbalanced")
    cells, error = session.r["b"].values[0], session.r["error"].values[0]
    assert error.sum() == 8
    assert whole == pytest.approx(cells[error == 0].mean(), rel=1e-12)


def test_points_are_compared(session: Session) -> None:
    session.run("quietly regress y c.x##i.a\nquietly margins, at(x=(0 1 3))")
    b, V = session.r["b"].values[0], session.r["V"].values
    session.run("quietly margins, at(x=(0 1 3)) pwcompare")
    L = np.array([[-1, 1, 0], [-1, 0, 1], [0, -1, 1]])
    assert list(session.r["b_vs"].column_names) == ["2vs1._at", "3vs1._at", "3vs2._at"]
    np.testing.assert_allclose(session.r["b_vs"].values[0], L @ b, rtol=1e-10)
    np.testing.assert_allclose(session.r["V_vs"].values, L @ V @ L.T, rtol=1e-10)
    session.run("quietly margins, at(x=(0 1 3)) contrast(atcontrast(ar._at) nowald)")
    assert list(session.r["b"].column_names) == ["ar2vs1._at", "ar3vs2._at"]
    np.testing.assert_allclose(session.r["b"].values[0], np.diff(b), rtol=1e-10)


def test_points_times_a_factor(session: Session) -> None:
    """Cells of a at two points, within groups of b."""
    session.run("quietly regress y c.x##i.a i.b\nquietly margins a, at(x=(0 1)) over(b)")
    cells = session.r["b"].values[0].reshape(2, 3, 2)  # point, group, level of a
    session.run("quietly margins r.a, at(x=(0 1)) over(b) contrast(atcontrast(r))")
    assert session.r["b"].column_names[0] == "r2vs1._at#r2vs1.a@1.b"
    expected = np.diff(np.diff(cells, axis=0), axis=2).ravel()
    np.testing.assert_allclose(session.r["b"].values[0], expected, atol=1e-12)


def test_comparisons_are_posted_and_tested(session: Session) -> None:
    session.run("quietly regress y x i.county\nestimates store m")
    session.run("quietly margins r.county, contrast(effects) post")
    shown = session.run("margins").splitlines()
    assert any(text.startswith("   (2 vs 1)  |") for text in shown)
    session.run("quietly test r2vs1.county = r3vs1.county")
    joint = session.r["F"]
    session.run("quietly lincom r3vs1.county - r2vs1.county")
    assert (session.r["estimate"] / session.r["se"]) ** 2 == pytest.approx(joint, rel=1e-8)
    for command in ("margins county, pwcompare post", "pwcompare county, post"):
        session.run(f"estimates restore m\nquietly {command}\nquietly lincom 3vs2.county")
        assert session.r["estimate"] / session.r["se"] == pytest.approx(np.sqrt(joint), rel=1e-8)
        with pytest.raises(StataError):
            session.run("margins, level(90)")
    session.run("estimates restore m\nquietly contrast p.county, post")
    assert session.e["cmd"] == "contrast"


def test_marginsplot_finds_posted_margins(session: Session) -> None:
    session.run(
        "quietly regress y x i.county\nquietly margins county, post\nquietly test 1.county = 2.county"
    )
    lines = session.run("marginsplot").splitlines()
    assert "  Variables that uniquely identify margins: county" in lines


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("margins, contrast", "contrasts of margins take factors, or atcontrast()"),
        ("margins, pwcompare", "there are no margins for making pairwise comparisons"),
        ("margins, at(x=1) contrast(atcontrast(r))", "atcontrast() takes several points of at()"),
        ("margins, at(x=(1 2)) contrast(atcontrast(zz))", "option atcontrast() incorrectly specified"),
        ("margins, predict(xb) predict(stdp)", "option predict() not allowed"),
    ],
)
def test_refusals(session: Session, command: str, message: str) -> None:
    session.run("quietly regress y x i.county")
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert (caught.value.code, caught.value.message) == (198, message)
