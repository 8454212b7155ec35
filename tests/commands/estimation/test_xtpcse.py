"""xtpcse: layout, options, identities, refusals. Figures by their formulas: tests/conformance."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run(
        "sysuse orthodont\negen id = group(subject)\nxtset id age, delta(2)\ngenerate x = mod(_n * 7, 5)"
    )
    return session


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtpcse distance age")
    for part in (
        "\nLinear regression, correlated panels corrected standard errors (PCSEs)\n\n",
        "\nGroup variable:   id                            Number of obs      =       108\n",
        "\nPanels:           correlated (balanced)         Obs per group: min =         4\n",
        "\nEstimated covariances      =       378          R-squared          =    0.2565\n",
        "\n             |           Panel-corrected\n",
    ):
        assert part in text, part
    text = session.run("xtpcse distance age, c(ar1) rhotype(tscorr)")
    assert "common AR(1)" in text and "\n         rho | " in text
    text = session.run("xtpcse distance age, correlation(psar1) hetonly")
    assert "\n        rhos = " in text and "Het-corrected" in text
    assert "Panel-corrected" not in session.run("xtpcse, level(90)")


def test_one_variance_is_least_squares(session: xmixed.Session) -> None:
    session.run("quietly regress distance age x")
    wanted = session.e.matrices["V"].values
    session.run("quietly xtpcse distance age x, independent nmk")
    np.testing.assert_allclose(session.e.matrices["V"].values, wanted, rtol=1e-9)
    for kind in ("freg", "dw", "regress"):
        session.run(f"quietly xtpcse distance age x, c(ar1) rhotype({kind}) casewise")
        assert -1 < session.e["rho"] < 1


def test_generic_commands(session: xmixed.Session) -> None:
    session.run(
        "quietly xtpcse distance age i.x, pairwise\npredict double f\npredict double e, residuals\n"
        "predict double s, stdp\ngenerate double left = distance - f - e\ntestparm i.x\nmargins x\n"
        "estimates store p\nesttab p"
    )
    assert np.abs(session.data["left"].to_double()).max() < 1e-10


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("xtpcse distance age if mod(id, 4) != age / 2 - 4", 459, "no time periods are common to all panels"),
        ("xtpcse distance age, np1", 198, "not implemented"),
        ("xtpcse distance age, hetonly independent", 198, "may not be combined"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
