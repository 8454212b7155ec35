"""mfx: effects at a point against formulas and margins; what tables make of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture(scope="module")
def fitted() -> Session:
    session = Session()
    session.run("sysuse hsb82\ngenerate d = mathach > 12\nquietly logit d ses female meanses")
    return session


def numbers(session: Session) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, their covariance and means, the constant last."""
    columns = [session.data[name].to_double() for name in ("ses", "female", "meanses")]
    means = np.array([*(column.mean() for column in columns), 1.0])
    return session.e["b"].values[0], session.e["V"].values, means


def checked(session: Session, kind: str, effects: list[float], rows: list[np.ndarray]) -> None:
    """Compare what mfx has kept with effects and their gradients by e(b)."""
    V = session.e["V"].values
    np.testing.assert_allclose(session.e[f"Xmfx_{kind}"].values[0], effects, rtol=1e-9)
    errors = [np.sqrt(row @ V @ row) for row in rows]
    np.testing.assert_allclose(session.e[f"Xmfx_se_{kind}"].values[0], errors, rtol=1e-7)


def gradient(function, b: np.ndarray) -> np.ndarray:
    """Central differences of an effect by the coefficients."""
    steps = 1e-6 * np.eye(len(b))
    return np.array([(function(b + step) - function(b - step)) / 2e-6 for step in steps])


def test_effects_at_the_means(fitted: Session) -> None:
    fitted.run("quietly mfx")
    b, _, at = numbers(fitted)

    def slope(place: int):
        return lambda b: expit(b @ at) * expit(-b @ at) * b[place]

    def change(b: np.ndarray) -> float:
        ends = [np.array([at[0], value, at[2], 1.0]) for value in (0.0, 1.0)]
        return expit(b @ ends[1]) - expit(b @ ends[0])

    functions = [slope(0), change, slope(2)]
    checked(fitted, "dydx", [own(b) for own in functions], [gradient(own, b) for own in functions])
    assert fitted.e["Xmfx_y"] == pytest.approx(expit(b @ at), rel=1e-12)
    assert fitted.e["Xmfx_dummy"] == "female" and fitted.e["Xmfx_variables"] == "ses female meanses"
    np.testing.assert_allclose(fitted.e["Xmfx_X"].values[0], at[:3], rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "of_x", "of_y"), [("eyex", 1, 1), ("dyex", 1, 0), ("eydx", 0, 1), ("dydx", 0, 0)]
)
def test_elasticities_at_a_point(fitted: Session, kind: str, of_x: int, of_y: int) -> None:
    fitted.run(f"quietly mfx compute, {kind} at(zero ses=1 female=0.25) varlist(ses female) nodiscrete")
    b, _, _ = numbers(fitted)
    at = np.array([1.0, 0.25, 0.0, 1.0])

    def effect(place: int):
        return lambda b: expit(b @ at) * expit(-b @ at) * b[place] * at[place] ** of_x / expit(b @ at) ** of_y

    functions = [effect(0), effect(1)]
    checked(fitted, kind, [own(b) for own in functions], [gradient(own, b) for own in functions])


def test_statistics_rows_and_medians(fitted: Session) -> None:
    fitted.run("quietly mfx if female == 1, predict(xb) at(median) noesample force varlist(meanses)")
    b, _, _ = numbers(fitted)
    checked(fitted, "dydx", [b[2]], [np.array([0.0, 0.0, 1.0, 0.0])])
    meanses = fitted.data["meanses"].to_double()[fitted.data["female"].to_double() == 1]
    assert fitted.e["Xmfx_X"].values[0, 0] == pytest.approx(np.median(meanses))


def test_the_table(fitted: Session) -> None:
    lines = fitted.run("mfx, level(90)").splitlines()
    assert lines[1:3] == ["Marginal effects after logit", "      y  = Pr(d) (predict)"]
    assert lines[5:9] == [
        "variable |      dy/dx    Std. Err.     z    P>|z|  [    90% C.I.   ]      X",
        "---------+--------------------------------------------------------------------",
        "     ses |   .1556556      .00967   16.09   0.000   .139742  .171569   .000143",
        "  female*|  -.0805875      .01246   -6.47   0.000  -.101075   -.0601   .528184",
    ]
    assert lines[-1] == "(*) dy/dx is for discrete change of dummy variable from 0 to 1"
    assert fitted.run("mfx, eyex").splitlines()[1] == "Elasticities after logit"


def test_published_tables(fitted: Session) -> None:
    fitted.run("quietly mfx\neststo a\nquietly regress mathach ses\neststo b")
    lines = fitted.run("esttab a b, margin se").splitlines()
    assert next(line for line in lines if line.startswith("female")).split() == [
        "female",
        "(d)",
        "-0.0806***",
    ]
    assert next(line for line in lines if line.startswith("ses")).split() == ["ses", "0.156***", "3.184***"]
    assert "Marginal effects; Standard errors in parentheses" in lines
    assert "(d) for discrete change of dummy variable from 0 to 1" in lines
    assert "female #" in fitted.run("esttab a, margin discrete(#)")
    assert "(d)" not in fitted.run("esttab a, margin nodiscrete")
    assert "1.0" not in fitted.run("esttab a, margin") and "_cons" not in fitted.run("esttab a, margin")
    assert "Marginal" not in fitted.run("esttab b, margin")
    fitted.run("eststo clear\nquietly logit d ses female meanses")


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("mfx foo", 198, "invalid syntax"),
        ("mfx, at(mean ses=(1 2))", 198, "option at() incorrectly specified"),
        ("mfx, at(mean other=1)", 322, "other' not found in list of covariates"),
        ("mfx, varlist(minority)", 102, "too few variables specified"),
        ("mfx, nose", 198, "option nose is not implemented in xmixed yet"),
        ("mfx, dydx eyex", 198, "options dydx and eyex may not be combined"),
    ],
)
def test_refusals(fitted: Session, command: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        fitted.run(command)
    assert message in caught.value.message and caught.value.code == code


def test_factor_variables_are_for_margins(fitted: Session) -> None:
    fitted.run("quietly logit d ses i.female")
    with pytest.raises(StataError, match="mfx does not take factor variables") as caught:
        fitted.run("mfx")
    assert "margins" in caught.value.hint
    fitted.run("quietly logit d ses female meanses")
