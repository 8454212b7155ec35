"""Wrong figures and verdicts that users met: each with the value that is right, and who says so."""

from __future__ import annotations

import pytest

from xmixed.interpreter.session import Session

NORMAL = "generate double {} = invnormal((mod({}, 10007) + .5)/10007)"
"""Standard normal values from a polynomial of the row or group: the same on every machine."""


def prepared(lines: str) -> Session:
    session = Session()
    for line in lines.strip().splitlines():
        session.run(line.strip())
    return session


def estimate(session: Session, name: str) -> float:
    b = session.e["b"]
    return float(b.values[0, [column.removesuffix(":_cons") for column in b.column_names].index(name)])


REPEATED = f"""
set obs 160
generate id = ceil(_n/8)
generate day = mod(_n-1, 8)
{NORMAL.format("e", "7*_n^3 + 13*_n^2 + 5*_n")}
{NORMAL.format("u", "11*id^3 + 3*id^2 + 29*id")}
{NORMAL.format("v", "17*id^3 + 23*id^2 + 41*id")}
{NORMAL.format("w", "31*id^3 + 5*id^2 + 3*id")}
{NORMAL.format("x", "3*_n^3 + 29*_n^2 + 11*_n")}
generate double y = 5 + day/2 + 2*u + (v + .3*u)*day/3 + w*x + e
"""


@pytest.mark.parametrize(
    "equations",
    [
        "|| id: x, noconstant || id: day, covariance(unstructured)",
        "|| id: day, covariance(unstructured) || id: x, noconstant",
    ],
)
def test_noconstant_moves_the_constant_to_an_earlier_equation(equations: str) -> None:
    """The manual's technical note on repeated levels; figures of lme4: (day | id) + (0 + x | id)."""
    session = prepared(REPEATED)
    output = str(session.run(f"xtmixed y day x {equations} reml nolog"))
    assert session.e["ll"] == pytest.approx(-306.117452, abs=1e-6)
    for row in (
        "sd(day) |   .449925",
        "sd(_cons) |   2.40797",
        "sd(x) |   1.014884",
        "sd(Residual) |   .999954",
    ):
        assert row in output


@pytest.mark.parametrize("size", ["1e-307", "1e-155", "1e155", "1e307"])
@pytest.mark.parametrize("command", ["y x || g:", "y || g: x", "x y || g:"])
def test_squares_beyond_all_numbers_are_refused(size: str, command: str) -> None:
    session = prepared(f"""
        set obs 50
        set seed 1
        generate double x = {size}*(runiform() - .5)
        generate g = mod(_n, 5)
        generate y = rnormal()
    """)
    session.run(f"capture xtmixed {command}")
    assert session.rc == 1400


@pytest.mark.parametrize("size", ["1e-140", "1e140"])
def test_covariates_of_any_other_size_are_fitted(size: str) -> None:
    session = prepared(f"""
        set obs 50
        set seed 1
        generate double x = runiform() - .5
        generate g = mod(_n, 5)
        generate y = rnormal()
        quietly xtmixed y x || g:
        scalar ll = e(ll)
        replace x = {size}*x
        quietly xtmixed y x || g:
    """)
    assert session.e["ll"] == pytest.approx(float(str(session.run("display %21.0g ll"))), abs=1e-8)
