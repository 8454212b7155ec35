"""covariance(exchangeable) with R.varname: rows, names, e(), notes, and the same model in other words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session

GROUPS, VALUES, ROWS = 15, 4, 5


def frame(kind: str) -> pd.DataFrame:
    random = np.random.default_rng(8)
    group = np.repeat(np.arange(GROUPS), VALUES * ROWS)
    value = np.tile(np.repeat(np.arange(VALUES), ROWS), GROUPS)
    effects = random.normal(size=(GROUPS, VALUES))
    if kind == "positive":
        effects += random.normal(size=(GROUPS, 1))
    else:
        effects -= effects.mean(axis=1, keepdims=True)
    x = random.normal(size=len(group))
    y = 1 + x + effects[group, value] + 0.5 * random.normal(size=len(group))
    return pd.DataFrame({"y": y, "x": x, "g": group, "v": value, "unique": group * VALUES + value})


@pytest.fixture
def positive() -> Session:
    session = Session()
    session.use(frame("positive"))
    return session


@pytest.fixture
def negative() -> Session:
    session = Session()
    session.use(frame("negative"))
    return session


def rows(text: str) -> list[str]:
    return [line.split("|")[0].strip() for line in text.splitlines() if "(R.v)" in line.split("|")[0]]


def test_rows_and_names(positive):
    assert rows(positive.run("xtmixed y x || g: R.v, cov(exchangeable)")) == ["sd(R.v)", "corr(R.v)"]
    assert rows(positive.run("xtmixed, variance")) == ["var(R.v)", "cov(R.v)"]
    e = positive.e
    assert e["b"].column_names[2:] == ["lns1_1_1:_cons", "atr1_1_1_2:_cons", "lnsig_e:_cons"]
    assert (e["redim"], e["vartypes"], e["revars"]) == (str(VALUES), "Exchangeable", "R.v")
    assert [e[name] for name in ("k_r", "k_rs", "k_rc", "df_c", "rank")] == [3, 2, 1, 2, 5]


def test_positive_covariance_is_nested_intercepts(positive):
    positive.run("xtmixed y x || g: R.v, cov(ex)")
    tied, tied_ll = positive.e["b"].values[0], positive.e["ll"]
    positive.run("xtmixed y x || g: || unique:")
    nested = positive.e["b"].values[0]
    assert positive.e["ll"] == pytest.approx(tied_ll, rel=1e-11)
    np.testing.assert_allclose(tied[:2], nested[:2], rtol=1e-8)
    common, own = np.exp(2 * nested[2:4])
    assert np.exp(2 * tied[2]) == pytest.approx(common + own, rel=1e-7)
    assert np.tanh(tied[3]) == pytest.approx(common / (common + own), rel=1e-7)


def test_correlation_at_its_lower_limit(negative):
    text = negative.run("xtmixed y x || g: R.v, cov(exchangeable)")
    assert rows(text) == ["sd(R.v)", "corr(R.v)"]
    assert np.tanh(negative.e["b"].values[0][3]) == pytest.approx(-1 / (VALUES - 1), abs=1e-9)
    assert "the correlation of R.v at level g is on the boundary" in text
    assert "lower limit" in " ".join(text.split())
    assert (negative.e["verdict"], negative.e["boundary"], negative.e["rc"]) == ("boundary", "atr1_1_1_2", 0)


def test_with_other_equations(positive):
    text = positive.run("xtmixed y x || _all: R.v || g: R.v, cov(exchangeable) || g: x, nocons")
    assert rows(text) == ["sd(R.v)", "sd(R.v)", "corr(R.v)"]
    names = positive.e["b"].column_names[2:]
    assert names == [f"{n}:_cons" for n in ("lns1_1_1", "lns2_1_1", "atr2_1_1_2", "lns2_2_1", "lnsig_e")]


def test_one_value_in_each_group_is_identity(positive):
    assert "unique: Identity" in positive.run("xtmixed y x || unique: R.v, cov(exchangeable)")
    alone = positive.e["ll"]
    positive.run("xtmixed y x || unique:")
    assert positive.e["ll"] == pytest.approx(alone, rel=1e-12)


def test_from_and_recovariance(positive):
    positive.run("xtmixed y x || g: R.v, cov(exchangeable)")
    ll = positive.e["ll"]
    positive.run("capture xtmixed y x || g: R.v, cov(exchangeable) from(e(b)) iterate(0)")
    assert positive.e["ll"] == pytest.approx(ll, rel=1e-12)
    positive.run("estat recovariance")
    b = positive.e["b"].values[0]
    found = positive.r["cov"].values
    np.testing.assert_allclose(found, np.exp(2 * b[2]) * np.array([[1, np.tanh(b[3])], [np.tanh(b[3]), 1]]))
