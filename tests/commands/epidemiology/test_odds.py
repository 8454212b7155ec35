"""mhodds, tabodds against R: mantelhaen.test, chisq.test, prop.trend.test times (N-1)/N, coxph's score."""

from __future__ import annotations

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

# d <- expand.grid(case = 0:1, smoke = 0:1, age = 1:4); d$n <- 5 + (3*1:16) %% 11 + 4*d$case*d$age
MADE = """set obs 16
generate case = mod(_n-1, 2)
generate smoke = mod(floor((_n-1)/2), 2)
generate age = ceil(_n/4)
generate n = 5 + mod(3*_n, 11) + 4*case*age
label define age 1 young 4 old
label values age age"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("mhodds case smoke age [fw=n]", "chi2", 0.71006281390077),
        ("mhodds case smoke age [fw=n]", "or", 0.78826482707795),
        ("mhodds case age [fw=n]", "chi2", 9.2739421843133),
        ("mhodds case age smoke [fw=n]", "chi2", 8.8404378683718),
        ("tabodds case age [fw=n]", "chi2_hom", 10.221092093304),
        ("tabodds case age [fw=n]", "chi2_tr", 9.2739421843133),
        ("tabodds case age [fw=n], adjust(smoke)", "chi2_hom", 9.714933714149),
    ],
)
def test_figures_of_r(session: Session, line: str, name: str, value: float) -> None:
    session.run(line)
    assert session.r[name] == pytest.approx(value, rel=1e-9)


def test_layout_and_strata(session: Session) -> None:
    text = session.run("mhodds case smoke [fw=n], by(age)")
    assert "Comparing smoke==1 vs. smoke==0\nby(age)\n" in text and "    young | " in text
    assert "Mantel-Haenszel estimate controlling for age" in text and "chi2(3)  = " in text
    whole = session.r["or"]
    session.run("expand n\ncc case smoke, by(age)")
    assert session.r["or"] == pytest.approx(whole, rel=1e-12)
    session.run("mhodds case age, compare(4, 1)\nmhodds case smoke if inlist(age, 1, 4), by(age) level(90)")
    assert "controlling for age" in session.run("mhodds case smoke age")
    text = session.run("mhodds case age, by(smoke)")
    assert "Score test for trend of odds with age" in text and "one unit increase in age" in text
    text = session.run("tabodds case age, or base(4) woolf")
    assert "         old |     1.000000            .            .            .          ." in text
    assert "adjusted for smoke" in session.run("tabodds case age, adjust(smoke) level(90)")
    assert "         All | " in session.run("tabodds case")


def test_refusals(session: Session) -> None:
    assert fails(session, "mhodds case") == 102
    assert fails(session, "mhodds age smoke") == 198
    assert fails(session, "mhodds case smoke if smoke") == 459
    assert fails(session, "mhodds case smoke if n < 0") == 2000
    assert fails(session, "mhodds case age, compare(a b)") == 198
    assert fails(session, "tabodds case age smoke") == 103
    assert fails(session, "tabodds case age, base(5) or") == 198
    assert fails(session, "tabodds case age, cornfield") == 198
    session.run("generate str s = string(case)")
    assert fails(session, "mhodds s smoke") == 109
