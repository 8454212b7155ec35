"""power against R: power.t.test (strict = TRUE where power is asked for), power.prop.test; formulas."""

from __future__ import annotations

from statistics import NormalDist

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session


@pytest.mark.parametrize(
    ("line", "size"),
    [  # sizes of R, of one group: 63.77, 122.01, 293.15, 70.07, 33.37
        ("power twomeans 0 .5", 64),
        ("power twomeans 0 .5, sd(1.2) power(.9)", 123),
        ("power twoproportions .2 .3", 294),
        ("power onemean 0 .3, onesided", 71),
        ("power pairedmeans 0 1, corr(.5) sd(2)", 34),
        ("power pairedmeans 0 1, sddiff(2)", 34),
    ],
)
def test_sizes_of_r(session: Session, line: str, size: int) -> None:
    session.run(line)
    assert session.r["N1" if "N1" in session.r.scalars else "N"] == size


@pytest.mark.parametrize(
    ("line", "power"),
    [  # power.t.test(n = 50, delta = .5, strict = TRUE)
        ("power twomeans 0 .5, n(100)", 0.6968934),
        ("power twomeans .5 0, n1(50) n2(50)", 0.6968934),
        ("power onemean 0 .5, n(40) knownsd", NormalDist().cdf(0.5 * 40**0.5 - 1.959963984540054)),
        ("power twomeans 0 1, sd1(1) sd2(2) n(60) knownsds", NormalDist().cdf((30 / 5) ** 0.5 - 1.95996398)),
        # (sqrt(n) .1 - z sqrt(.5 .5)) / sqrt(.6 .4)
        ("power oneproportion .5 .6, n(194)", NormalDist().cdf((194**0.5 * 0.1 - 0.97998199) / 0.24**0.5)),
        (
            "power oneproportion .5 .6, n(194) test(wald)",
            NormalDist().cdf(194**0.5 * 0.1 / 0.24**0.5 - 1.95996398),
        ),
    ],
)
def test_power(session: Session, line: str, power: float) -> None:
    """By the far tail, which counts too, the formulas are short by less than 1e-4."""
    session.run(line)
    assert session.r["power"] == pytest.approx(power, abs=1e-4)
    assert session.r["beta"] == 1 - session.r["power"]


def test_unequal_samples_and_variances(session: Session) -> None:
    """Satterthwaite's test with equal variances and sizes is the usual one; continuity costs."""
    session.run("power twomeans 0 .5, sd1(1) sd2(1) n(100)")
    assert session.r["power"] == pytest.approx(0.6968934, abs=1e-7)
    session.run("power twomeans 0 .5, nratio(2) n1(40)")
    assert (session.r["N2"], session.r["N"], session.r["nratio"]) == (80, 120, 2)
    plain = session.r["power"]
    session.run("power twomeans 0 .5, nratio(2) n2(80)")
    assert session.r["power"] == plain
    session.run("power twoproportions .2 .3, continuity")
    with_correction = session.r["N"]
    session.run("power twoproportions .2 .3, test(chi2)")
    assert with_correction > session.r["N"] == 588
    session.run(f"power twoproportions .2 .3, continuity n({with_correction - 2:.0f})")
    assert session.r["power"] < 0.8


def test_layout(session: Session) -> None:
    text = session.run("power twomeans 0 .5")
    assert "\nEstimated sample sizes for a two-sample means test\nt test assuming sd1 = sd2 = sd\n" in text
    assert "Ho: m2 = m1  versus  Ha: m2 != m1\n" in text and "\n  N per group =        64\n" in text
    text = session.run("power twoproportions .2 (.3 .4), n(200) alpha(.01 .05) onesided")
    assert text.count("\n  |     .0") == 4
    assert "  |   alpha   power       N      N1      N2   delta      p1      p2 |" in text
    assert "Ha: p2 > p1" in text
    assert "  +---" in session.run("power onemean 0 .3, table")
    assert session.run("power onemean 0 (.3 .4), notable") == ""
    assert session.r.macros == {"type": "test", "method": "onemean"}


def test_refusals(session: Session) -> None:
    for line in (
        "power",
        "power onecorrelation 0 .5",
        "power twomeans 0",
        "power twomeans 1 1",
        "power twomeans 0 1, n(10) power(.8)",
        "power twomeans 0 1, n(10) n1(5)",
        "power twomeans 0 1, sd(-1)",
        "power twomeans 0 1, alpha(1.2)",
        "power twomeans 0 1, sd1(2)",
        "power twomeans 0 1, graph",
        "power pairedmeans 0 1",
        "power pairedmeans 0 1, corr(2)",
        "power twoproportions 0 .3",
    ):
        assert fails(session, line) == 198, line
    assert fails(session, "power onemean 0 1e-9") == 498
