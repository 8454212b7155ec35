"""ksmirnov and nptrend against R 4.2: ks.test, exact and in the limit; cor(rank(r), k) sqrt(N - 1)."""

from __future__ import annotations

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = """set obs 14
generate double x = sin(_n^2)
generate g = _n > 6
generate k = 1 + mod(_n, 3)
generate r = round(x*3)"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


def test_figures_of_r(session: Session) -> None:
    session.run("ksmirnov x, by(g) exact")
    wanted = {"D": 0.375, "p": 0.720594285787, "p_1": 0.381255427809, "p_exact": 0.637362637363}
    assert {name: session.r[name] for name in wanted} == pytest.approx(wanted, rel=1e-9)
    session.run("ksmirnov x = normal(x)")
    assert session.r["D"] == pytest.approx(0.1955041045, rel=1e-9)
    assert session.r["p"] == pytest.approx(0.658340928, rel=1e-7)
    session.run("nptrend r, by(k)")
    assert session.r["z"] == pytest.approx(1.64014306817, rel=1e-9)


def test_layout(session: Session) -> None:
    session.run("label define g 0 control 1 treated\nlabel values g g")
    text = session.run("ksmirnov x, by(g)").splitlines()
    assert text[1] == "Two-sample Kolmogorov-Smirnov test for equality of distribution functions"
    assert text[5].startswith(" control:          0.3750    0.381") and "Exact" not in text[3]
    assert " Cumulative: " in session.run("ksmirnov x = normal(x) if g")
    text = session.run("nptrend r, by(g)")
    assert "control" in text and "Prob > |z| = " in text
    session.run(
        "generate s = 10*k\nnptrend r, by(k)\nscalar z = r(z)\nnptrend r, by(k) score(s) nodetail nolabel"
    )
    assert session.r["z"] == pytest.approx(float(session.scalars["z"]), rel=1e-12)


def test_refusals(session: Session) -> None:
    assert fails(session, "ksmirnov x") == 198
    assert fails(session, "ksmirnov x, by(k)") == 420
    assert fails(session, "ksmirnov x = 2") == 198
    assert fails(session, "ksmirnov = normal(x)") == 100
    assert fails(session, "ksmirnov x = normal(x) if x > 9") == 2000
    assert fails(session, "nptrend r") == 198
    session.run("nptrend r if _n == 1, by(k)")
    assert "z" not in session.r.scalars
    assert fails(session, "nptrend r, by(k) score(x)") == 198
    session.run("generate str s = string(k)")
    assert fails(session, "nptrend r, by(s)") == 109
    assert fails(session, "ksmirnov x = s") == 109
    session.run("clear\nset obs 6000\ngenerate x = _n\ngenerate g = mod(_n, 2)")
    assert fails(session, "ksmirnov x, by(g) exact") == 1000
