"""Data that estimators cannot do anything with: a return code, or results with missing figures."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.test_econometrics import FOLDER
from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Evaluation, maximise
from xmixed.missing import MISSING


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run((FOLDER / "data.do").read_text() + "xtset id t\ngenerate one = 1\ngenerate zero = 0")
    session.run("generate double huge = x * 1e300")
    return session


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("qreg one x", 0),
        ("qreg one x, vce(robust)", 0),
        ("sureg (huge x) (z x)", 506),
        ("xtabond2 zero l.zero x, gmm(l.zero) iv(x)", 0),
        ("xtabond2 huge l.huge x, gmm(l.huge) iv(x)", 1400),
        ("xtabond2 y l.y x if n < 4, gmm(l.y) iv(x) noleveleq twostep robust", 2001),
        ("xtivreg y x (z = v) if n < 4", 2001),
        ("xtserial huge x", 1400),
        ("heckman huge x, select(b1 = z)", 1400),
        ("reghdfe one x, absorb(id t)", 0),
        ("prais one x if id == 1", 0),
        ("newey huge x, lag(1) force", 1400),
    ],
)
def test_odd_data(session: xmixed.Session, line: str, code: int) -> None:
    found = 0
    try:
        session.run(f"quietly {line}")
    except StataError as error:
        found = error.code
    assert found == code


ONE_ROW = "set obs 1\ngenerate x = 1\ngenerate y = 2\ngenerate z = 3\ngenerate t = 1"
FAR = "set obs 30\nset seed 1\n" + "\n".join(
    f"generate double {name} = {value}"
    for name, value in {
        "x": "rnormal() * 1e300",
        "y": "rnormal() * 1e300",
        "t": "_n * 1e300",
        "small": "rnormal() * 1e-300",
        "id": "mod(_n, 5)",
        "b": "mod(_n, 2)",
        "z": "1e300",
    }.items()
)


@pytest.mark.parametrize(
    ("setup", "lines", "code"),
    [
        (ONE_ROW, "regress y x\nestat hettest", 0),
        (ONE_ROW, "regress y x\nestat ovtest", 0),
        (ONE_ROW, "regress y x\nestat imtest", 0),
        (ONE_ROW, "regress y x\nestat szroeter x", 0),
        (ONE_ROW, "intreg x y z", 430),
        (ONE_ROW, "xtset z t\nxtpcse y x", 0),
        ("set obs 2\ngenerate x = _n\ngenerate y = 2 * x", "estsimp regress y x", 2001),
        (FAR, "tsset t\nac y", 198),
        (FAR, "factor x y", 1400),
        (FAR, "pca x y", 1400),
        (FAR, "hotelling x y", 1400),
        (FAR, "clogit b small, group(id)", 0),
        (
            FAR,
            "mi set flong\nmi register imputed x y\nreplace y = . in 1\nmi impute mvn x y = z, add(2)",
            1400,
        ),
    ],
)
def test_odd_data_of_other_commands(setup: str, lines: str, code: int) -> None:
    session = xmixed.Session()
    session.run(setup)
    found = 0
    try:
        session.run(lines)
    except StataError as error:
        found = error.code
    assert found == code


def test_an_exact_fit_has_no_test_of_its_residuals() -> None:
    session = xmixed.Session()
    session.run(f"{ONE_ROW}\nregress y x\nestat hettest")
    assert session.r.scalars["chi2"] == session.r.scalars["p"] == MISSING


NEARLY_EQUAL = """input double(x z) b b2 o c
330437.08 330436.78 1 0 3 4
-1303157.2 -1303158 0 1 2 2
905355.87 905355.61 1 0 1 3
446374.57 446374.58 0 0 3 1
-536953.24 -536953.51 1 1 2 4
581118.1 581119.4 0 0 3 3
end"""


@pytest.mark.parametrize(
    ("command", "ll", "slope"),
    [
        # R: glm(b ~ x + d, control = list(epsilon = 1e-14)) with d = z - x, whose coefficient is that of z.
        ("logit b x z", -2.8720417805, -3.649574),
        ("probit b x z", -2.8379213845, -2.1924163),
        ("cloglog b x z", -2.7369875136, -3.2017614),
        ("poisson c x z", -9.9240867184, 0.0051006373),
        ("glm c x z, family(poisson)", -9.9240867184, 0.0051006373),
    ],
)
def test_nearly_equal_covariates(command: str, ll: float, slope: float) -> None:
    """They differ by a millionth of what they vary by: thousands of iterations without a maximum before."""
    session = xmixed.Session()
    session.run(f"{NEARLY_EQUAL}\n{command}")
    found = session.e
    assert found.scalars["ll"] == pytest.approx(ll, abs=1e-9)
    assert found.matrices["b"].values[0, 1] == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize(
    "command",
    [
        "ologit o x {}",
        "mlogit o x {}",
        "nbreg c x {}",
        "tobit c x {}, ll(1)",
        "xtlogit b x {}, i(b2)",
        "xtpoisson c x {}, i(b2) fe",
        "stcox x {}",
        "streg x {}, distribution(weibull)",
        "biprobit (b x {}) (b2 x)",
    ],
)
def test_a_difference_serves_as_well_as_a_nearly_equal_covariate(command: str) -> None:
    session = xmixed.Session()
    session.run(f"{NEARLY_EQUAL}\nexpand 3\ngenerate double d = z - x")
    session.run("replace b = 1 - b in 7/9\nreplace c = _n\nreplace o = 1 in 8\nstset c, failure(b)")
    values = []
    for name in ("z", "d"):
        try:
            session.run(command.format(name))
        except StataError as error:
            assert error.code == 430
        values.append(session.e.scalars["ll"])
    assert values[0] == pytest.approx(values[1], abs=1e-6)


class Level:
    """A log likelihood that rises nowhere, and is nowhere concave."""

    transform = np.eye(2)

    def start(self) -> np.ndarray:
        return np.zeros(2)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        return Evaluation(-1.0, np.full(2, 1e-3), np.diag([-1.0, 1.0]))

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return -1.0

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        raise NotImplementedError


def test_a_search_that_gains_nothing_ends() -> None:
    found = maximise(Level())
    assert not found.converged
    assert len(found.history) < 200
