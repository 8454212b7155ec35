"""Derivatives that standard errors are made of: margins, nlcom, testnl and predictnl of likelihood models.

The functions are written out here for complex coefficients, whose imaginary steps give exact derivatives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import erf, expit

from xmixed.interpreter.session import Session

N = 120
Function = Callable[[np.ndarray, dict[str, np.ndarray]], np.ndarray]


def logistic(v: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-v))


def normal(v: np.ndarray) -> np.ndarray:
    return (1 + erf(v / np.sqrt(2))) / 2


@pytest.fixture(scope="module")
def session() -> Session:
    rng = np.random.default_rng(12)
    frame = pd.DataFrame({"x": rng.normal(size=N), "z": rng.normal(2, 1, N), "g": rng.integers(1, 4, N)})
    eta = 0.4 * frame.x - 0.3 * frame.z + 0.2 * frame.g
    frame["d"] = (expit(eta) > rng.uniform(size=N)).astype(int)
    frame["n"] = rng.negative_binomial(3, 3 / (3 + np.exp(eta)))
    frame["o"] = np.digitize(eta + rng.logistic(size=N), [-0.5, 1])
    frame["y"] = eta + rng.normal(size=N)
    session = Session()
    session.use(frame)
    return session


def covariates(session: Session) -> dict[str, np.ndarray]:
    return {name: session.data[name].to_double() for name in ("x", "z", "g")}


def eta(b: np.ndarray, at: dict[str, np.ndarray]) -> np.ndarray:
    """X b of `c.x##c.z i.g`: x, z, x z, levels 1 (zero), 2, 3 of g, the constant."""
    x, z, g = at["x"], at["z"], at["g"]
    return b[0] * x + b[1] * z + b[2] * x * z + b[4] * (g == 2) + b[5] * (g == 3) + b[6]


def slope(b: np.ndarray, at: dict[str, np.ndarray]) -> np.ndarray:
    return b[0] + b[2] * at["z"]


def ordered(b: np.ndarray, at: dict[str, np.ndarray], place: int) -> np.ndarray:
    linear = eta(np.append(b[:6], 0.0), at)
    cuts = [-np.inf, b[6], b[7], np.inf]
    ends = [
        np.zeros(N) if cut == -np.inf else np.ones(N) if cut == np.inf else logistic(cut - linear)
        for cut in cuts[place : place + 2]
    ]
    return ends[1] - ends[0]


def multinomial(b: np.ndarray, at: dict[str, np.ndarray], place: int) -> np.ndarray:
    """The first outcome is the base; e(b) has zeros for it."""
    linear = [np.zeros(N), eta(b[:7], at), eta(b[7:], at)]
    return np.exp(linear[place]) / sum(np.exp(own) for own in linear)


MODELS: list[tuple[str, str, Function, Function]] = [
    (
        "logit d c.x##c.z i.g",
        "",
        lambda b, at: logistic(eta(b, at)),
        lambda b, at: logistic(eta(b, at)) * (1 - logistic(eta(b, at))) * slope(b, at),
    ),
    (
        "probit d c.x##c.z i.g",
        "",
        lambda b, at: normal(eta(b, at)),
        lambda b, at: np.exp(-(eta(b, at) ** 2) / 2) / np.sqrt(2 * np.pi) * slope(b, at),
    ),
    (
        "poisson n c.x##c.z i.g",
        "",
        lambda b, at: np.exp(eta(b, at)),
        lambda b, at: np.exp(eta(b, at)) * slope(b, at),
    ),
    (
        "nbreg n c.x##c.z i.g",
        "",
        lambda b, at: np.exp(eta(b, at)),
        lambda b, at: np.exp(eta(b, at)) * slope(b, at),
    ),
    (
        "ologit o c.x##c.z i.g",
        "predict(outcome(1))",
        lambda b, at: ordered(b, at, 1),
        lambda b, at: (
            (
                logistic(b[6] - eta(np.append(b[:6], 0.0), at))
                * logistic(eta(np.append(b[:6], 0.0), at) - b[6])
                - logistic(b[7] - eta(np.append(b[:6], 0.0), at))
                * logistic(eta(np.append(b[:6], 0.0), at) - b[7])
            )
            * slope(b, at)
        ),
    ),
    (
        "mlogit o c.x##c.z i.g, baseoutcome(0)",
        "predict(outcome(2))",
        lambda b, at: multinomial(b, at, 2),
        lambda b, at: (
            multinomial(b, at, 2)
            * (
                slope(b[7:], at)
                - multinomial(b, at, 1) * slope(b[:7], at)
                - multinomial(b, at, 2) * slope(b[7:], at)
            )
        ),
    ),
]
IDS = [command.split()[0] for command, *_ in MODELS]


def exact(function: Callable[[np.ndarray], np.ndarray], b: np.ndarray) -> np.ndarray:
    """Derivatives (m, k) by complex steps."""
    columns = []
    for place in range(len(b)):
        step = b.astype(complex)
        step[place] += 1e-30j
        columns.append(np.imag(function(step)) / 1e-30)
    return np.column_stack(columns)


def estimated(session: Session) -> np.ndarray:
    return np.diag(session.e["V"].values) > 0


def close(found: np.ndarray, expected: np.ndarray, error: float) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=error * max(1.0, float(np.abs(expected).max())))


@pytest.mark.parametrize(("command", "outcome", "mean", "effect"), MODELS, ids=IDS)
def test_margins(session: Session, command: str, outcome: str, mean: Function, effect: Function) -> None:
    session.run(f"quietly {command}")
    b, kept = session.e["b"].values[0], estimated(session)
    if command.startswith("mlogit"):
        b, kept = b[-14:], kept[-14:]  # without the base outcome's zeros, where e(b) has them
    data = covariates(session)

    def average(b: np.ndarray, function: Function, **fixed: float) -> complex:
        at = data | {name: np.full(N, value) for name, value in fixed.items()}
        return np.mean(function(b, at))

    def jacobian() -> np.ndarray:
        return session.r["Jacobian"].values[:, -len(b) :][:, kept]

    session.run(f"quietly margins g, {outcome}")
    levels = exact(lambda b: np.array([average(b, mean, g=level) for level in (1, 2, 3)]), b)
    close(jacobian(), levels[:, kept], 1e-8)
    session.run(f"quietly margins, dydx(x) at(z=(0 2)) {outcome}")
    slopes = exact(lambda b: np.array([average(b, effect, z=value) for value in (0.0, 2.0)]), b)
    values = np.array([average(b, effect, z=value) for value in (0.0, 2.0)])
    close(session.r["b"].values[0], values, 1e-9)
    close(jacobian(), slopes[:, kept], 1e-8)
    session.run(f"quietly margins, eyex(x) {outcome}")
    elastic = exact(lambda b: np.array([np.mean(effect(b, data) * data["x"] / mean(b, data))]), b)
    close(jacobian(), elastic[:, kept], 1e-8)
    session.run(f"quietly margins, dydx(g) {outcome}")
    changes = exact(
        lambda b: np.array([average(b, mean, g=level) - average(b, mean, g=1) for level in (1, 2, 3)]), b
    )
    close(jacobian(), changes[:, kept], 1e-8)


def test_margins_of_a_linear_model_are_exact(session: Session) -> None:
    session.run("quietly regress y c.x##c.z i.g\nquietly margins, dydx(x) at(z=(0 2))")
    place = session.e["b"].column_names
    J = session.r["Jacobian"].values
    expected = np.zeros_like(J)
    expected[:, place.index("x")] = 1
    expected[:, place.index("c.x#c.z")] = [0, 2]
    np.testing.assert_array_equal(J, expected)


@pytest.mark.parametrize("command", ["logit d x z", "poisson n x z", "regress y x z", "xtmixed y x z || g:"])
def test_nlcom_and_testnl(session: Session, command: str) -> None:
    session.run(f"quietly {command}")
    b, V = session.e["b"].values[0], session.e["V"].values

    def functions(b: np.ndarray) -> np.ndarray:
        return np.array([b[0] / b[1], np.exp(b[0] + b[2]) / (1 + b[1] ** 2)])

    J = exact(functions, b)
    session.run("quietly nlcom (_b[x]/_b[z]) (exp(_b[x] + _b[_cons])/(1 + _b[z]^2))")
    close(session.r["V"].values, J @ V @ J.T, 1e-8)
    session.run("quietly testnl (_b[x]/_b[z] = 1) (exp(_b[x] + _b[_cons])/(1 + _b[z]^2) = 2)")
    away = functions(b) - [1, 2]
    wald = float(away @ np.linalg.solve(J @ V @ J.T, away))
    found = session.r["chi2"] if "chi2" in session.r else 2 * session.r["F"]
    assert found == pytest.approx(wald, rel=1e-8)


def test_predictnl(session: Session) -> None:
    session.run("quietly logit d x z")
    b, V = session.e["b"].values[0], session.e["V"].values
    x, z = covariates(session)["x"], covariates(session)["z"]
    session.run("quietly predictnl double p = predict(pr)^2*_b[x], se(s)\n")
    J = exact(lambda b: logistic(b[0] * x + b[1] * z + b[2]) ** 2 * b[0], b)
    close(session.data["s"].to_double(), np.sqrt(np.einsum("ij,jk,ik->i", J, V, J)), 1e-8)
    session.run("drop p s")
