"""vce(bootstrap) and vce(jackknife) of estimators, exponentiated figures, and `if` and `in` before a draw."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed import Session
from xmixed.errors import StataError


@pytest.fixture
def session() -> Session:
    found = Session()
    found.run("sysuse orthodont\ngenerate m = female == 1\nxtset subject\negen q = group(age)")
    return found


COMMANDS = (
    "regress distance age if m",
    "areg distance age, absorb(subject)",
    "logit m distance, nolog",
    "logistic m distance",
    "probit m distance, nolog",
    "poisson q distance, nolog",
    "nbreg q distance, nolog",
    "ologit q distance, nolog",
    "oprobit q distance, nolog",
    "mlogit q distance, nolog baseoutcome(1)",
    "mean distance, over(female)",
    "proportion m",
    "total distance",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_option_is_the_prefix(session: Session, command: str) -> None:
    comma = "" if "," in command else ","
    # A jackknife refits once an observation.
    session.run("keep if mod(_n, 4) == mod(subject, 4)")
    session.run(f"quietly bootstrap, reps(6) seed(4) nodots: {command}")
    expected = session.e
    shown = session.run(f"{command}{comma} vce(bootstrap, reps(6) seed(4) nodots)")
    assert np.array_equal(session.e.matrices["V"].values, expected.matrices["V"].values)
    assert session.e.macros["vce"] == "bootstrap"
    assert session.e.macros["cmdline"].startswith(command)
    assert "Replications       =" in shown
    session.run(f"quietly jackknife, nodots: {command}")
    jackknife = session.e.matrices["V"].values
    assert session.e.scalars["N_reps"] == session.e.scalars["N"] and np.any(jackknife > 0)
    session.run(f"quietly {command}{comma} vce(jack, nodots)")
    assert np.array_equal(session.e.matrices["V"].values, jackknife)


def test_panels_are_drawn_whole(session: Session) -> None:
    for model in ("fe", "re", "be"):
        session.run(
            "quietly bootstrap, reps(6) seed(4) cluster(subject) idcluster(s): "
            f"xtreg distance age, i(s) {model}"
        )
        expected = session.e.matrices["V"].values
        shown = session.run(f"xtreg distance age, {model} vce(bootstrap, reps(6) seed(4))")
        assert np.array_equal(session.e.matrices["V"].values, expected)
        assert "(Replications based on 27 clusters in subject)" in shown
        assert session.e.macros["ivar"] == "subject"
    session.run("quietly xtreg distance age, fe vce(jackknife)")
    assert session.e.scalars["N_reps"] == 27


def test_refusals(session: Session) -> None:
    for line, message in (
        ("regress distance age, vce(bootstrap, foo)", "option foo not allowed"),
        ("regress distance age, robust vce(bootstrap)", "options vce.. and robust may not be combined"),
        ("xtmixed distance age || subject:, vce(bootstrap)", "vcetype 'bootstrap' not allowed"),
        ("bootstrap, reps(5): regress distance age [fweight=q]", "weights not allowed"),
        ("permute age _b[age]: regress distance age [fweight=q]", "weights not allowed"),
        ("bootstrap, or irr: logit m distance", "may not be combined"),
        ("bootstrap, trace: logit m distance", "trace is not implemented"),
        ("bootstrap, jackknifeopts(mse): logit m distance", "jackknifeopts is not implemented"),
    ):
        with pytest.raises(StataError, match=message):
            session.run(line)
    session.run("bootstrap, reps(5) force: regress distance age [fweight=q]")


@pytest.mark.parametrize(
    ("typed", "heading"),
    [("or", "Odds Ratio"), ("irr", "IRR"), ("rrr", "RRR"), ("hr", "Haz. Ratio"), ("eform", "exp(b)")]
    + [("eform(Factor)", "Factor")],
)
def test_exponentiated_figures(session: Session, typed: str, heading: str) -> None:
    shown = session.run(f"bootstrap, reps(6) seed(4) {typed}: regress distance age")
    b, se = session.e.matrices["b"].values[0, 0], session.e.matrices["se"].values[0, 0]
    assert f"{heading:>10}   Std. Err." in shown
    assert f"{np.exp(b):.6f}" in shown and f"{np.exp(b) * se:.6f}".lstrip("0") in shown
    assert heading in session.run(f"bootstrap, {typed}")
    if typed == "or":
        assert heading in session.run("jackknife r=_b[age], or: regress distance age")
        exponential = np.exp(session.e.matrices["b"].values[0, 0])
        assert session.r.matrices["table"].values[0, 0] == pytest.approx(exponential)


def test_options_of_the_command_count_for_the_display(session: Session) -> None:
    shown = session.run("bootstrap, reps(6) seed(4): logit m distance, or level(90)")
    assert "Odds Ratio" in shown and "[90% Conf." in shown
    assert session.e.scalars["level"] == 90
    shown = session.run("bootstrap, reps(6) seed(4) verbose: logit m distance")
    assert " distance:  _b[distance]" in shown


def test_conditions_select_before_units_are_drawn(session: Session) -> None:
    session.run("keep in 1/40\ngenerate n = _n")
    for prefix, figures in (
        ("bootstrap, reps(9) seed(3)", ""),
        ("bootstrap r(mean), reps(9) seed(3) nowarn", "r"),
        ("jackknife", ""),
        ("jackknife r(mean), rclass", "r"),
    ):
        command = "summarize distance" if figures else "regress distance age"
        found = []
        for condition in ("in 5/30", "if _n >= 5 & _n <= 30"):
            session.run(f"{prefix}: {command} {condition}")
            found.append(session.e.matrices["V"].values)
            assert session.e.scalars["N_misreps"] == 0
        session.run(f"preserve\nkeep in 5/30\n{prefix}: {command}")
        found.append(session.e.matrices["V"].values)
        session.run("restore")
        assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])
    session.run("permute distance r(mean), reps(5) seed(2): summarize distance in 5/30")
    own = session.r.matrices["p"].values
    session.run("preserve\nkeep in 5/30\npermute distance r(mean), reps(5) seed(2): summarize distance")
    assert np.array_equal(session.r.matrices["p"].values, own) and session.r.scalars["N"] == 26
    session.run("restore\nstatsby n=r(N), by(female) clear: summarize distance in 5/30")
    assert session.data["n"].to_double().sum() == 26


def test_mixed_models_too(session: Session) -> None:
    line = "bootstrap, reps(4) seed(3) cluster(subject) idcluster(s): xtmixed distance age{} || s:{}"
    found = []
    for first, last in ((" if _n > 40", ""), ("", " if _n > 40")):
        session.run(line.format(first, last))
        found.append(session.e.matrices["V"].values)
    session.run("drop in 1/40")
    session.run(line.format("", ""))
    assert found[0] == pytest.approx(session.e.matrices["V"].values)
    assert np.array_equal(found[0], found[1])
