"""Tests of terms together after anova; models whose covariates hold a constant; test, minimum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

LEVELS = {"a": 3, "b": 2}


@pytest.fixture
def session() -> Session:
    rng = np.random.default_rng(4)
    n = 90
    frame = pd.DataFrame({name: rng.integers(1, count + 1, n) for name, count in LEVELS.items()})
    frame["x"], frame["id"] = rng.normal(size=n), np.arange(n) // 6
    frame["y"] = 10 + frame.a * 0.8 + frame.x + rng.normal(size=n)
    frame["o"] = rng.integers(1, 4, n)
    session = Session()
    session.use(frame)
    return session


def coded(session: Session) -> dict[str, np.ndarray]:
    """Effect-coded columns of each term, written out."""
    a, b = (session.data[name].to_double() for name in "ab")
    A = np.column_stack([(a == level).astype(float) - (a == 3) for level in (1, 2)])
    B = ((b == 1).astype(float) - (b == 2))[:, None]
    return {"a": A, "b": B, "a#b": A * B, "x": session.data["x"].to_double()[:, None]}


def rss(y: np.ndarray, *blocks: np.ndarray) -> float:
    X = np.column_stack([np.ones(len(y)), *blocks])
    return float(np.sum((y - X @ np.linalg.lstsq(X, y, rcond=None)[0]) ** 2))


@pytest.mark.parametrize("terms", [("a", "b"), ("a", "a#b"), ("a", "b", "a#b"), ("b", "x")])
def test_terms_together_are_what_leaving_them_out_costs(session: Session, terms: tuple[str, ...]) -> None:
    session.run(f"quietly anova y a b a#b c.x\ntest {' '.join(terms)}")
    y, blocks = session.data["y"].to_double(), coded(session)
    whole = rss(y, *blocks.values())
    without = rss(y, *(block for name, block in blocks.items() if name not in terms))
    df = sum(blocks[name].shape[1] for name in terms)
    assert session.r["ss"] == pytest.approx(without - whole, rel=1e-9)
    assert session.r["df"] == df
    assert session.r["F"] == pytest.approx((without - whole) / df / (whole / session.e["df_r"]), rel=1e-9)


def test_terms_together_as_the_error(session: Session) -> None:
    session.run("quietly anova y a b a#b\nquietly test b a#b\n")
    ss, df = session.r["ss"], session.r["df"]
    session.run("quietly test a / b a#b")
    assert (session.r["rss"], session.r["df_r"]) == (ss, df)


def test_sequential_sums_are_pooled(session: Session) -> None:
    session.run("quietly anova y a b a#b, sequential\nquietly test b a#b")
    e = session.e
    assert session.r["ss"] == e["ss_2"] + e["ss_3"]
    y, blocks = session.data["y"].to_double(), coded(session)
    assert session.r["ss"] == pytest.approx(
        rss(y, blocks["a"]) - rss(y, *list(blocks.values())[:3]), rel=1e-9
    )


def test_long_names_take_several_lines(session: Session) -> None:
    session.run("rename (a b) (treatment hospital)\nquietly anova y treatment hospital treatment#hospital")
    lines = session.run("test treatment hospital treatment#hospital").splitlines()
    assert "      treatment hospital |" in lines
    assert any(text.startswith("      treatment#hospital |") and text.endswith("0") for text in lines[4:])


def test_anova_is_saved_and_tested_again(session: Session, tmp_path) -> None:
    session.run("quietly anova y a b a#b\nquietly test a b")
    found = session.r["ss"]
    session.run(
        f'estimates save "{tmp_path}/m"\nestimates clear\nestimates use "{tmp_path}/m"\nquietly test a b'
    )
    assert session.r["ss"] == pytest.approx(found, rel=1e-14)


# --- a constant among the covariates ----------------------------------------------------------------------

SHARED = ("r2", "r2_a", "mss", "rss", "df_m", "df_r", "F", "ll_0")


@pytest.mark.parametrize("variance", ["", "vce(robust)", "vce(cluster id)", "vce(hc3)"])
def test_hascons_is_the_same_model(session: Session, variance: str) -> None:
    session.run(f"quietly regress y i.a x, {variance}")
    expected = {name: session.e[name] for name in SHARED}
    session.run(f"quietly regress y ibn.a x, hascons {variance}")
    for name in SHARED:
        assert session.e[name] == pytest.approx(expected[name], rel=1e-9), name
    assert "_cons" not in session.e["b"].column_names
    session.run("quietly test 1.a = 2.a = 3.a")
    means = session.r["F"]
    session.run(f"quietly regress y i.a x, {variance}\nquietly testparm i.a")
    assert means == pytest.approx(session.r["F"], rel=1e-9)


def test_hascons_that_is_false(session: Session) -> None:
    lines = session.run("regress y x, hascons").splitlines()
    assert lines[0] == "(note: hascons false)"
    assert session.e["b"].column_names == ["x", "_cons"]


def test_tsscons_is_about_the_mean(session: Session) -> None:
    y = session.data["y"].to_double()
    session.run("quietly regress y x, noconstant tsscons")
    total = float(np.sum((y - y.mean()) ** 2))
    assert session.e["r2"] == pytest.approx(1 - session.e["rss"] / total, rel=1e-10)
    session.run("quietly regress y x, tsscons")
    assert session.e["b"].column_names == ["x", "_cons"]


def test_hascons_excludes_noconstant(session: Session) -> None:
    with pytest.raises(StataError) as caught:
        session.run("regress y x, noconstant hascons")
    assert caught.value.code == 198


# --- minimum ----------------------------------------------------------------------------------------------


def test_minimum_is_the_test_without_constants(session: Session) -> None:
    session.run("quietly mlogit o x i.a, baseoutcome(1)\nquietly test [2=3]")
    expected = session.r["chi2"], session.r["df"]
    session.run("quietly test [2=3], minimum")
    assert (session.r["chi2"], session.r["df"]) == pytest.approx(expected)
    session.run("quietly test [2=3], constant")
    assert session.r["df"] == expected[1] + 1


def test_minimum_of_coefficients_is_the_test_itself(session: Session) -> None:
    session.run("quietly regress y x i.a\nquietly test x 2.a")
    expected = session.r["F"]
    session.run("quietly test x 2.a, minimum")
    assert session.r["F"] == expected
    session.run("quietly test _cons, minimum")
    assert session.r["df"] == 1


def test_accumulate_over_equations(session: Session) -> None:
    session.run(
        "quietly mlogit o x i.a, baseoutcome(1)\nquietly test [2]: x\nquietly test [3]: 2.a, accumulate"
    )
    apart = session.r["chi2"]
    session.run("quietly test ([2]x = 0) ([3]2.a = 0)")
    assert (session.r["chi2"], session.r["df"]) == (pytest.approx(apart), 2)


@pytest.mark.parametrize("method", ["", "(bonferroni)", "(holm)", "(sidak)", "(noadjust)"])
def test_every_form_of_mtest(session: Session, method: str) -> None:
    session.run(f"quietly regress y x i.a\nquietly test x 2.a 3.a, mtest{method}")
    table = session.r["mtest"].values
    p = table[:, 2]
    expected = {
        "": p,
        "(noadjust)": p,
        "(bonferroni)": np.minimum(3 * p, 1),
        "(sidak)": 1 - (1 - p) ** 3,
    }.get(method)
    if expected is None:
        order = np.argsort(p)
        expected = np.empty(3)
        expected[order] = np.minimum(np.maximum.accumulate(p[order] * [3, 2, 1]), 1)
    np.testing.assert_allclose(table[:, 3], expected, rtol=1e-9, atol=1e-15)
