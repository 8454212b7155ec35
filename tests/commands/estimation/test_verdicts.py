"""Wrong figures and verdicts that users met: each with the value that is right, and who says so."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from xmixed.engine.result import BoundaryNote
from xmixed.errors import StataError
from xmixed.estimation.mixed.random_rows import scale_limits
from xmixed.estimation.mixed.verdict import note_text
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

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


BIENNIAL = f"""
set obs 400
generate id = ceil(_n/4)
generate year = 8 + 2*mod(_n-1, 4)
{NORMAL.format("z", "7*_n^3 + 13*_n^2 + 5*_n")}
{NORMAL.format("u", "11*id^3 + 3*id^2 + 29*id")}
generate double y = 1 + u + z
replace y = y + .4*z[_n-1] if year > 8
"""


def test_a_lag_that_no_two_observations_have_is_named_and_left_out() -> None:
    """Figures of a dense likelihood."""
    session = prepared(BIENNIAL)
    output = str(session.run("xtmixed y year || id:, residuals(toeplitz 2, t(year)) nolog"))
    assert session.e["ll"] == pytest.approx(-650.756861, abs=1e-6)
    assert session.e["verdict"] == "not_identified" and session.e["unidentified"] == "r_atr1_1"
    assert "rho2 |   .4288486   .0312474" in output and "rho1 |" not in output
    assert "no two observations of a group are 1 apart in year: rho1 is not" in output
    assert "sd(_cons) |   .9024451   .1159" in output


@pytest.mark.parametrize(("order", "left"), [(1, "r_att1"), (2, "r_theta1_1"), (3, "r_theta1_1 r_theta1_3")])
def test_a_moving_average_of_every_second_time(order: int, left: str) -> None:
    """At even times it is a moving average of half the order, with t() halved."""
    session = prepared(BIENNIAL)
    session.run(f"quietly xtmixed y year || id:, residuals(ma {order}, t(year))")
    assert session.e["unidentified"] == left
    found = session.e["ll"]
    session.run("generate wave = year/2")
    halved = f"residuals(ma {order // 2}, t(wave))" if order > 1 else ""
    session.run(f"quietly xtmixed y year || id:, {halved}")
    assert found == pytest.approx(session.e["ll"], abs=1e-7)


def test_autoregressive_residuals_of_every_second_year() -> None:
    """The log likelihood depends on rho squared alone; figures of a dense likelihood, six starts."""
    session = prepared(f"""
        set obs 600
        generate id = ceil(_n/6)
        generate wave = mod(_n-1, 6)
        generate year = 2001 + 2*wave
        {NORMAL.format("z", "7*_n^3 + 13*_n^2 + 5*_n")}
        generate double e = z
        replace e = .64*e[_n-1] + .76837*z if wave > 0
        generate double y = 10 + .1*wave + e
    """)
    output = str(session.run("xtmixed y year || id:, noconstant residuals(ar 1, t(year)) nolog"))
    assert session.e["ll"] == pytest.approx(-746.718906, abs=1e-6)
    assert "rho |    .821376   .0175776" in output and "sd(e) |   1.081796" in output


@pytest.mark.parametrize("size", [40, 2000])
@pytest.mark.parametrize("method", ["", "reml"])
def test_the_same_covariance_twice_whatever_the_size_of_groups(size: int, method: str) -> None:
    """A random intercept is an exchangeable residual with a positive correlation."""
    session = prepared(f"""
        set obs {5 * size}
        generate id = ceil(_n/{size})
        {NORMAL.format("z", "7*_n^3 + 13*_n^2 + 5*_n")}
        generate double y = 1 + (id - 3)*.7 + z
        xtmixed y || id:, {method}
        scalar plain = e(ll)
    """)
    with pytest.raises(StataError) as failure:
        session.run(f"xtmixed y || id:, residuals(exchangeable) {method} nolog")
    e = session.e
    assert (e["verdict"], e["rc"], failure.value.code) == ("not_identified", 430, 430)
    assert e["unidentified"] == "lns1_1_1 r_atr1"
    assert e["ll"] == pytest.approx(float(str(session.run("display %21.0g plain"))), abs=1e-6)
    text = " ".join(failure.value.output.split())
    assert "the random effects at level id and the residual structure describe the same covariance" in text
    assert text.split("sd(_cons) |")[1].split("-----")[0].split()[1:] == [".", ".", "."]


def test_limits_that_say_nothing_are_missing() -> None:
    assert scale_limits(0.0, 1.0) == pytest.approx((0.36787944117, 2.71828182846))
    assert scale_limits(0.5, 101.0) == (MISSING, MISSING)


def test_newton_steps_that_stand_still_end() -> None:
    """Five observations: thousands of backed up iterations at one log likelihood had no end."""
    session = Session()
    columns = {
        "tiny": "-2.4644024372100833e-15 -6.735277771949769e-16 -4.471478760242462e-16 "
        "-1.2938697338104249e-15 2.7806055545806887e-16",
        "b": "0 1 0 0 0",
        "w": "3 2 1 2 1",
        "h": "1 1 1 1 2",
        "z": ".8768975138664246 .5449743866920471 .5911800861358643 .1875690370798111 .6299634575843811",
    }
    session.use(pd.DataFrame({name: [float(v) for v in text.split()] for name, text in columns.items()}))
    session.run("generate t = _n")

    output = str(session.run("capture noisily xtmixed tiny t b w || h: z, nofetable"))
    assert output.count("Iteration") < 100 and session.rc in (0, 430)


def test_a_singular_residual_covariance_is_on_the_boundary() -> None:
    """Dense likelihood, five starts: -401.776635."""
    session = prepared("sysuse sleepstudy\nkeep if days < 5")
    output = str(session.run("xtmixed reaction days || subject:, residuals(banded 2, t(days)) nolog"))
    assert session.e["ll"] == pytest.approx(-401.776635, abs=2e-6)
    assert session.e["verdict"] == "boundary" and session.e["rc"] == 0
    assert "Note: the residual covariance matrix is singular, on the boundary of the" in output


def test_more_visits_than_subjects_have_no_best_residual_covariance() -> None:
    """Six subjects, eight visits: the likelihood has no limit, all is identified."""
    session = prepared(f"""
set obs 48
generate id = ceil(_n/8)
generate visit = mod(_n-1, 8)
{NORMAL.format("y", "7*_n^3 + 13*_n^2 + 5*_n")}
""")
    line = "capture noisily xtmixed y || id:, noconstant residuals(unstructured, t(visit)) nolog"
    output = " ".join(str(session.run(line)).split())
    assert session.rc == 430 and session.e["verdict"] == "not_concave"
    assert "the residual covariance matrix is all but singular where the iterations ended" in output
    assert "rounding errors leave the log likelihood open" in output
    assert "not identified" not in output


def test_residuals_a_millionth_of_the_effects_are_right() -> None:
    """Pooled within-group least-squares residual (numpy): 9.99731794e-07."""
    session = prepared(f"""
set obs 10000
generate id = ceil(_n/100)
{NORMAL.format("e", "7*_n^3 + 13*_n^2 + 5*_n")}
{NORMAL.format("x", "3*_n^3 + 29*_n^2 + 11*_n")}
{NORMAL.format("u", "11*id^3 + 3*id^2 + 29*id")}
{NORMAL.format("v", "17*id^3 + 23*id^2 + 41*id")}
generate double y0 = 10 + u + (10 + v)*x
generate double y6 = y0 + 1e-6*e
""")
    session.run("xtmixed y6 x || id: x, covariance(unstructured) reml nolog")
    sigma = math.exp(estimate(session, "lnsig_e"))
    assert sigma == pytest.approx(9.99731794e-07, rel=2e-8) and session.e["rc"] == 0
    with pytest.raises(StataError) as failure:
        session.run("xtmixed y0 x || id: x, covariance(unstructured) reml nolog")
    assert failure.value.code == 430


def test_more_residual_parameters_than_observations_are_refused() -> None:
    session = prepared(f"""
set obs 640
generate id = ceil(_n/8)
generate day = 25*mod(_n-1, 8) + mod(7*_n^2 + 3*_n, 25)
{NORMAL.format("y", "7*_n^3 + 13*_n^2 + 5*_n")}
""")
    with pytest.raises(StataError, match="has 776 parameters, there are 640 observations") as failure:
        session.run("xtmixed y || id:, noconstant residuals(unstructured, t(day)) nolog")
    assert failure.value.code == 2001


def test_a_maximum_below_what_has_none_is_called_so() -> None:
    text = note_text(BoundaryNote("higher_without_maximum"), {}, [])
    assert text == "the log likelihood is higher elsewhere, without a maximum; this is the highest one found."
