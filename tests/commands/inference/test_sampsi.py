"""sampsi: published sizes, power as the inverse of size, power against simulated tests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xmixed.interpreter.session import Session
from xmixed.statistics.inference.power import Design


@pytest.mark.parametrize(
    ("line", "sizes"),
    [  # of the manual's entry, from memory: oral contraceptives, proportions of .25 and .4, a drug, a coin
        ("sampsi 132.86 127.44, power(0.8) ratio(2) sd1(15.34) sd2(18.23)", (108, 216)),
        ("sampsi .25 .4", (216, 216)),
        ("sampsi 0 -10, sd1(20) onesample", (43,)),
        ("sampsi .5 .75, power(.8) onesample", (29,)),
    ],
)
def test_published_sizes(session: Session, line: str, sizes: tuple[int, ...]) -> None:
    session.run(line)
    assert tuple(session.r[f"N_{place}"] for place, _ in enumerate(sizes, 1)) == sizes


def test_layout(session: Session) -> None:
    assert session.run("sampsi .25 .4").splitlines() == [
        "",
        "Estimated sample size for two-sample comparison of proportions",
        "",
        "Test Ho: p1 = p2, where p1 is the proportion in population 1",
        "                    and p2 is the proportion in population 2",
        "Assumptions:",
        "",
        "         alpha =   0.0500  (two-sided)",
        "         power =   0.9000",
        "            p1 =   0.2500",
        "            p2 =   0.4000",
        "         n2/n1 =     1.00",
        "",
        "Estimated required sample sizes:",
        "",
        "            n1 =      216",
        "            n2 =      216",
    ]
    lines = session.run("sampsi 0 -10, sd1(20) onesample n1(30) onesided alpha(.1)").splitlines()
    assert lines[7] == "         alpha =   0.1000  (one-sided)" and lines[10] == " sample size n =       30"


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("ratio", [1.0, 0.5, 3.0])
@pytest.mark.parametrize("sd", [None, (0.3, 0.5)])
def test_power_is_the_inverse_of_size(corrected: bool, ratio: float, sd: tuple[float, float] | None) -> None:
    design = Design(0.2, 0.35, sd, 0.05, corrected=corrected, ratio=ratio)
    for power in (0.5, 0.8, 0.95):
        assert design.power(design.size(power)) == pytest.approx(power, rel=1e-10)


def test_power_of_means(session: Session) -> None:
    session.run("sampsi 10 12, sd1(4) sd2(5) n1(50) n2(70)")
    error = np.sqrt(16 / 50 + 25 / 70)
    assert session.r["power"] == pytest.approx(stats.norm.cdf(2 / error - stats.norm.ppf(0.975)), rel=1e-10)


def test_power_of_proportions_against_draws(session: Session) -> None:
    session.run("sampsi .3 .5, n1(80) nocontinuity")
    random = np.random.default_rng(1)
    a, b = random.binomial(80, 0.3, 20000) / 80, random.binomial(80, 0.5, 20000) / 80
    mean = (a + b) / 2
    z = (b - a) / np.sqrt(2 * mean * (1 - mean) / 80)
    assert session.r["power"] == pytest.approx(np.mean(np.abs(z) > 1.959964), abs=0.015)
    corrected = session.run("sampsi .3 .5, n1(80)")
    assert "power =   0." in corrected and session.r["power"] < 0.75


def test_refusals(session: Session, refused) -> None:
    assert refused(session, "sampsi .5")[0] == 198
    assert refused(session, "sampsi .5 .5")[0] == 198
    assert refused(session, "sampsi 5 6")[0] == 198
    assert refused(session, "sampsi 5 6, sd1(0)")[0] == 198
    assert refused(session, "sampsi 5 6, sd1(2) pre(1)")[0] == 198
