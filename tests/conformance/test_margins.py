"""margins by hand algebra on the design matrix, and by finite differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session

MODEL = "xtmixed y c.x##c.x c.x#i.g i.g##i.h z"


@pytest.fixture(scope="module")
def fitted() -> Session:
    rng = np.random.default_rng(11)
    n = 240
    frame = pd.DataFrame(
        {
            "id": np.arange(n) // 8,
            "g": rng.integers(1, 4, n),
            "h": rng.integers(0, 2, n),
            "x": rng.normal(1, 1, n),
            "z": rng.normal(size=n),
            "w": rng.integers(1, 4, n),
        }
    )
    frame["y"] = 20 + frame.x + 0.3 * frame.x**2 + frame.g * (1 + frame.h) + rng.normal(size=n)
    frame["y"] += rng.normal(size=30)[frame.id]
    session = Session()
    session.use(frame)
    session.run(f"quietly {MODEL} || id:")
    return session


def design(session: Session, **at: float) -> pd.DataFrame:
    """The columns of X by name, with covariates at other values, written out from the formula."""
    data = {name: session.data[name].to_double() for name in ("x", "z", "g", "h")}
    size = len(data["x"])
    data |= {name: np.full(size, float(value)) for name, value in at.items()}
    x, g, h = data["x"], data["g"], data["h"]
    columns = {"x": x, "c.x#c.x": x * x, "1.h": h == 1, "z": data["z"], "_cons": np.ones(size)}
    for level in (2, 3):
        columns[f"{level}.g"] = g == level
        columns[f"{level}.g#c.x"] = (g == level) * x
        columns[f"{level}.g#1.h"] = (g == level) & (h == 1)
    return pd.DataFrame({name: np.asarray(column, float) for name, column in columns.items()})


def by_hand(session: Session, row: pd.Series) -> tuple[float, float]:
    """Value and standard error of a combination of coefficients by their plain names."""
    b, V = session.e["b"], session.e["V"]
    plain = [
        name.partition(":")[2].replace("b.", ".").replace("co.", "c.") if name.startswith("y:") else name
        for name in b.column_names
    ]
    L = np.zeros(len(plain))
    for name, value in row.items():
        (place,) = [i for i, own in enumerate(plain) if own == name]
        L[place] = value
    return float(L @ b.values[0]), float(np.sqrt(L @ V.values @ L))


def found(session: Session, command: str) -> tuple[np.ndarray, np.ndarray]:
    session.run(f"quietly {command}")
    return session.r["b"].values[0], np.sqrt(np.diag(session.r["V"].values))


def check(session: Session, command: str, rows: list[pd.Series]) -> None:
    expected = np.array([by_hand(session, row) for row in rows])
    b, errors = found(session, command)
    np.testing.assert_allclose(b, expected[:, 0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(errors, expected[:, 1], rtol=1e-9)


def test_margins_of_factors_set_everyone_to_a_level(fitted: Session) -> None:
    check(fitted, "margins g", [design(fitted, g=level).mean() for level in (1, 2, 3)])
    cells = [design(fitted, g=g, h=h).mean() for g in (1, 2, 3) for h in (0, 1)]
    check(fitted, "margins g#h", cells)
    check(fitted, "margins h, at(x=(0 2) z=1)", [
        design(fitted, x=x, z=1, h=h).mean() for x in (0, 2) for h in (0, 1)
    ])  # fmt: skip


def test_means_of_factors_are_shares_and_products_of_shares(fitted: Session) -> None:
    """At means the cells of an interaction are products of the shares of its factors."""
    data = {name: fitted.data[name].to_double() for name in ("x", "z", "g", "h")}
    x, z, h = (float(data[name].mean()) for name in ("x", "z", "h"))
    row = {"x": x, "c.x#c.x": x * x, "1.h": h, "z": z, "_cons": 1.0}
    for level in (2, 3):
        share = float((data["g"] == level).mean())
        row |= {f"{level}.g": share, f"{level}.g#c.x": share * x, f"{level}.g#1.h": share * h}
    check(fitted, "margins, atmeans", [pd.Series(row)])


def test_groups_and_weights(fitted: Session) -> None:
    X, g = design(fitted), fitted.data["g"].to_double()
    check(fitted, "margins, over(g)", [X[g == level].mean() for level in (1, 2, 3)])
    check(fitted, "margins if x > 1", [X[fitted.data["x"].to_double() > 1].mean()])
    w = fitted.data["w"].to_double()
    check(fitted, "margins [fw=w]", [X.mul(w, axis=0).sum() / w.sum()])
    assert fitted.r["N"] == w.sum()


def test_noesample_takes_all_observations_that_have_the_covariates(fitted: Session) -> None:
    fitted.run("quietly xtmixed y x if x > 1 || id:")
    b, x = fitted.e["b"].values[0], fitted.data["x"].to_double()
    assert found(fitted, "margins")[0][0] == pytest.approx(b[1] + b[0] * x[x > 1].mean(), rel=1e-12)
    assert found(fitted, "margins, noesample force")[0][0] == pytest.approx(b[1] + b[0] * x.mean(), rel=1e-12)
    fitted.run(f"quietly {MODEL} || id:")


def test_effects_are_slopes_and_changes(fitted: Session) -> None:
    h = 1e-4
    x = fitted.data["x"].to_double()

    def slopes(**at: float) -> pd.DataFrame:
        up, down = design(fitted, **at), design(fitted, **at)
        for frame, step in ((up, h), (down, -h)):
            own = at.get("x", x) + step
            frame["x"], frame["c.x#c.x"] = own, own * own
            for level in (2, 3):
                frame[f"{level}.g#c.x"] = frame[f"{level}.g"] * own
        return (up - down) / (2 * h)

    for command, row in (
        ("margins, dydx(x)", slopes().mean()),
        ("margins, dydx(x) at(x=2 g=3)", slopes(x=2, g=3).mean()),
        ("margins, dyex(x)", slopes().mul(x, axis=0).mean()),
    ):
        value, error = by_hand(fitted, row)
        b, errors = found(fitted, command)
        np.testing.assert_allclose([b[0], errors[0]], [value, error], rtol=1e-8)
    changes = [design(fitted, g=level).mean() - design(fitted, g=1).mean() for level in (1, 2, 3)]
    check(fitted, "margins, dydx(g)", changes)


@pytest.mark.parametrize("kind", ["eyex(x)", "eydx(x)", "eydx(g)"])
def test_elasticities_agree_with_the_same_expression_and_differences(fitted: Session, kind: str) -> None:
    """The gradient by b of an elasticity, from differences of its value."""
    b, errors = found(fitted, f"margins, {kind}")
    J = fitted.r["Jacobian"].values
    original = fitted.e["b"].values.copy()
    numeric = np.zeros_like(J)
    for place in range(J.shape[1]):
        ends = []
        for step in (1e-5, -1e-5):
            fitted.e["b"].values[0, place] = original[0, place] + step
            ends.append(found(fitted, f"margins, {kind}")[0])
            fitted.e["b"].values[0, place] = original[0, place]
        numeric[:, place] = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose(J, numeric, atol=1e-8 * max(1, np.abs(J).max()))
    X = design(fitted)
    plain = {name: by_hand(fitted, pd.Series({name: 1.0}))[0] for name in X}
    y = sum(plain[name] * X[name] for name in X)
    if kind == "eydx(g)":
        high, low = (
            np.log(sum(plain[name] * own[name] for name in X))
            for own in (design(fitted, g=3), design(fitted, g=1))
        )
        assert b[2] == pytest.approx(float((high - low).mean()), rel=1e-10)
    else:
        x = X["x"]
        slope = plain["x"] + 2 * x * plain["c.x#c.x"] + sum(X[f"{g}.g"] * plain[f"{g}.g#c.x"] for g in (2, 3))
        expected = slope / y * (x if kind == "eyex(x)" else 1)
        assert b[0] == pytest.approx(float(expected.mean()), rel=1e-10)


def test_an_expression_of_predictions_has_the_gradient_of_its_parts(fitted: Session) -> None:
    b, errors = found(fitted, "margins g, expression(2*predict(xb) + 3)")
    linear, linear_errors = found(fitted, "margins g")
    np.testing.assert_allclose(b, 2 * linear + 3, rtol=1e-10)
    np.testing.assert_allclose(errors, 2 * linear_errors, rtol=1e-8)
    b, errors = found(fitted, "margins, expression(exp(predict()/10)) at(x=1 z=0 g=2 h=1)")
    linear, linear_errors = found(fitted, "margins, at(x=1 z=0 g=2 h=1)")
    np.testing.assert_allclose(b, np.exp(linear / 10), rtol=1e-10)
    np.testing.assert_allclose(errors, np.exp(linear / 10) / 10 * linear_errors, rtol=1e-8)


def test_what_the_sample_cannot_tell_is_not_estimable() -> None:
    """An empty cell, and a covariate that another determines in the sample."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"id": np.arange(90) // 6, "g": np.arange(90) % 3, "h": np.arange(90) // 3 % 2})
    frame["x"] = rng.normal(size=90)
    frame["twice"] = 2 * frame.x
    frame["y"] = frame.x + frame.g + rng.normal(size=90)
    session = Session()
    session.use(frame[~((frame.g == 2) & (frame.h == 1))])
    session.run("quietly xtmixed y i.g##i.h x twice || id:\nquietly margins g#h")
    assert session.r["error"].values.tolist() == [[0, 0, 0, 0, 0, 8]]
    session.run("quietly margins, at(x=(0 1) twice=(0 2))")
    assert session.r["error"].values.tolist() == [[0, 8, 8, 0]]
