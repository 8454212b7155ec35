"""loneway: identities with oneway; Fisher's standard error of equal groups."""

from __future__ import annotations

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = "set obs 60\ngenerate g = ceil(_n/7)\ngenerate double y = sin(g*3)*2 + cos(_n^2*.7)"


def test_balanced_groups(session: Session) -> None:
    session.run(f"{MADE}\nkeep if g < 9\noneway y g")
    f, within = session.r["F"], session.r["rss"] / session.r["df_r"]
    session.run("loneway y g")
    rho, n, k = session.r["rho"], 7, 8
    assert rho == pytest.approx((f - 1) / (f - 1 + n), rel=1e-12)
    variance = 2 * (1 - rho) ** 2 * (1 + (n - 1) * rho) ** 2 / n**2 * (1 / (k * (n - 1)) + 1 / (k - 1))
    assert session.r["se"] == pytest.approx(variance**0.5, rel=1e-12)
    assert session.r["sd_w"] == pytest.approx(within**0.5, rel=1e-12)
    assert session.r["rho_t"] == pytest.approx(1 - 1 / f, rel=1e-12)
    session.run("loneway y g, exact level(90)")
    assert "se" not in session.r.scalars and session.r["lb"] < rho < session.r["ub"]
    # invFtail of both ends: (F/F_u - 1)/(F/F_u - 1 + n)
    session.run("scalar u = invFtail(7, 48, .05)")
    ratio = f / float(session.scalars["u"])
    assert session.r["lb"] == pytest.approx((ratio - 1) / (ratio - 1 + n), rel=1e-9)


def test_layout(session: Session) -> None:
    session.run(f"{MADE}\nlabel variable y Score")
    text = session.run("loneway y g").splitlines()
    assert text[1].strip() == "One-way Analysis of Variance for y: Score"
    assert "             0.79841      0.09054      0.62095     0.97586" in text
    assert "              (evaluated at n=6.65)" in text
    text = session.run("loneway y g [aw=_n], level(90)")
    assert "[90% Conf. Interval]" in text
    session.run("replace y = mod(_n, 7)")
    assert "Truncated at rho = 0" in session.run("loneway y g") and session.r["rho"] == 0


def test_refusals(session: Session) -> None:
    session.run(MADE)
    assert fails(session, "loneway y g, exact") == 198
    assert fails(session, "loneway y") == 102
    assert fails(session, "loneway y g g") == 103
    assert fails(session, "loneway y g if g > 100") == 2000
    assert fails(session, "loneway y g if g == 1") == 2001
