"""Maximize options, from(), and the verdict in e(): each option changes what it should change."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

N, M = 200, 20
SHORT = "nolog noheader nofetable norettable nolrtest"


@pytest.fixture
def session():
    random = np.random.default_rng(8)
    g = np.repeat(np.arange(M), N // M)
    x = random.normal(size=N)
    effects = random.multivariate_normal([0, 0], [[0.5, 0.2], [0.2, 1.0]], size=M)
    y = 1 + x + effects[g, 0] * x + effects[g, 1] + random.normal(size=N)
    made = Session()
    made.use(pd.DataFrame({"y": y, "x": x, "x2": 2 * x, "g": g, "row": np.arange(N)}))
    return made


def failure(session: Session, text: str) -> StataError:
    with pytest.raises(StataError) as raised:
        session.run(text)
    return raised.value


def iterations(shown: str) -> list[float]:
    return [float(value) for value in re.findall(r"log likelihood =\s+(\S+) *(?:\(.*\))?$", shown, re.M)]


# --- displays of the iteration log -------------------------------------------------------------------


def test_trace_gradient_hessian(session):
    shown = session.run("xtmixed y x || g: x, cov(un) trace gradient hessian emiterate(1) nolrtest")
    assert re.search(
        r"^-{78}\nIteration 0:\nParameter vector:\n +sqrt1_1_1 +sqrt1_1_2 +sqrt1_1_1_2\nr1 ", shown, re.M
    )
    assert re.search(r"^\n {40,}log likelihood = -\d+\.\d+$", shown, re.M)
    assert shown.count("Negative Hessian:") == shown.count("Parameter vector:") >= 3
    lengths = [float(text) for text in re.findall(r"length = ([^)]+)\)", shown)]
    assert lengths[-1] < 1e-3 < lengths[0]
    last = np.array(re.findall(r"Parameter vector:\n.*\nr1 (.*)\n", shown)[-1].split(), dtype=float)
    root = np.array([[last[0], last[2]], [last[2], last[1]]])
    sds = np.sqrt(np.diag(root @ root)) * np.exp(session.e["b"].values[0, -1])
    assert np.log(sds) == pytest.approx(session.e["b"].values[0, 2:4], abs=1e-5)


def test_matlog_shows_logarithms(session):
    shown = session.run("xtmixed y x || g:, matlog trace nolrtest")
    value = float(re.findall(r"log1_1_1\nr1 +(\S+)", shown)[-1])
    b = session.e["b"].values[0]
    assert value == pytest.approx(2 * (b[2] - b[3]), abs=1e-6)


def test_steps_and_tolerances_keep_the_usual_lines(session):
    session.run("set linesize 100")
    plain = session.run("xtmixed y x || g: x, cov(un) emiterate(1) nolrtest noheader")
    shown = session.run("xtmixed y x || g: x, cov(un) emiterate(1) nolrtest noheader showstep showtolerance")
    extra = [text for text in shown.split("\n") if text not in plain.split("\n")]
    assert all(re.match(r" {15}(\(\d\) step length = |tolerance = )", text) for text in extra)
    assert "tolerance = ., ltolerance = ., nrtolerance = " in extra[0]
    assert float(extra[-1].rpartition("= ")[2]) < 1e-5


def test_nolog_hides_the_details(session):
    assert "Parameter" not in session.run("xtmixed y x || g:, nolog trace nofetable norettable noheader")


def test_emonly_dots(session):
    shown = session.run("xtmixed y x || g:, emonly emdots nofetable norettable noheader nolrtest")
    assert "Iteration" not in shown and re.search(r"^\.+$", shown, re.M)
    shown = session.run("xtmixed y x || g:, emonly nofetable norettable noheader nolrtest")
    assert "Iteration 1:" in shown


# --- what ends the iterations -------------------------------------------------------------------------


def test_loose_criteria_end_early_and_the_result_is_the_last_iterate(session):
    session.run(f"xtmixed y x || g: x, cov(un) {SHORT}")
    best = session.e["ll"]
    shown = session.run("xtmixed y x || g: x, cov(un) emiterate(0) ltolerance(1) nonrtolerance nolrtest")
    values = iterations(shown)
    assert len(values) == 2 and session.e["converged"] == 1
    assert session.e["ll"] == pytest.approx(values[-1], abs=1e-4) and session.e["ll"] < best - 1e-3


def test_difficult_takes_other_steps(session):
    start = "from(lns1_1_1=-4 lns1_1_2=-4 atr1_1_1_2=0 lnsig_e=1) matlog nolrtest"
    usual = iterations(session.run(f"xtmixed y x || g: x, cov(un) {start}"))
    other = iterations(session.run(f"xtmixed y x || g: x, cov(un) {start} difficult"))
    assert usual != other and usual[-1] == pytest.approx(other[-1], abs=1e-5)


def test_emonly_that_does_not_converge_says_so(session):
    error = failure(session, "xtmixed y x || g: x, cov(un) emonly emiterate(2) nolog")
    assert error.code == 430
    assert (session.e["converged"], session.e["rc"], session.e["verdict"]) == (0, 430, "iteration_limit")
    assert "Note: the maximum number of iterations was reached" in error.output


@pytest.mark.parametrize("text", ["nr ²", "nr 0", "5 nr", "nr 5 5", "bhhh", "", "newton"])
def test_bad_techniques(session, text):
    assert failure(session, f"xtmixed y x || g:, technique({text})").code == 198


# --- from() ---------------------------------------------------------------------------------------------


def test_from_is_reproduced_without_iterations(session):
    failure(session, "xtmixed y x || g:, from(lns1_1_1:_cons=.25 lnsig_e:_cons=-.5) iterate(0)")
    assert session.e["b"].values[0, 2:] == pytest.approx([0.25, -0.5], abs=1e-12)
    assert (session.e["converged"], session.e["verdict"]) == (0, "iteration_limit")
    failure(
        session, "xtmixed y x || g: x, cov(un) from(-.1 .2 .3 -.4, copy) iterate(0) trace gradient hessian"
    )
    assert session.e["b"].values[0, 2:] == pytest.approx([-0.1, 0.2, 0.3, -0.4], abs=1e-9)


def test_from_skips_em_and_finds_the_same_maximum(session):
    session.run(f"xtmixed y x || g: x, cov(un) {SHORT}")
    b = session.e["b"].values
    for start in ("lns1_1_1=1 /lns1_1_2=0 lnsig_e=1", "e(b)", "e(b), copy", "atr1_1_1_2:_cons=.5 y:x=3"):
        shown = session.run(f"xtmixed y x || g: x, cov(un) from({start})")
        assert "EM" not in shown
        assert session.e["b"].values == pytest.approx(b, abs=1e-6)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("lns1_1_2=1", 111),
        ("nosuch", 111),
        ("e(V)", 503),
        ("1 2 3, copy", 503),
        ("1 2", 198),
        ("lns1_1_1=a", 198),
        ("lns1_1_1=1 lns1_1_1:_cons=2", 198),
        ("lns1_1_1=1, other", 198),
        ("", 198),
        ("lns1_1_1=4000", 1400),
    ],
)
def test_from_refusals(session, start, code):
    session.run(f"xtmixed y x || g:, {SHORT}")
    before = session.e
    assert failure(session, f"xtmixed y x || g:, from({start})").code == code
    assert session.e is before


def test_from_skip_and_contradictions(session):
    session.run(f"xtmixed y x || g:, from(lns7_1_1=1 lns1_1_1=1, skip) {SHORT}")
    assert session.e["converged"] == 1
    for option in ("emonly", "emlog", "emdots", "emiterate(3)", "emtolerance(1)"):
        assert failure(session, f"xtmixed y x || g:, from(lns1_1_1=1) {option}").code == 198
    assert "no random effects" in failure(session, "xtmixed y x, from(lnsig_e=1)").message


# --- the verdict ---------------------------------------------------------------------------------------


def test_nothing_to_remark(session):
    session.run(f"xtmixed y x || g: x, {SHORT}")
    assert not {"verdict", "boundary", "unidentified", "k_boundary"} & {*session.e.macros, *session.e.scalars}


def test_boundary_is_named(session):
    session.run("generate z = mod(row, 2)")
    shown = session.run("xtmixed y x i.g || g: z, nolog")
    e = session.e
    assert (e["verdict"], e["converged"], e["rc"]) == ("boundary", 1, 0)
    assert "lns1_1_2" in e["boundary"].split() and e["k_boundary"] == len(e["boundary"].split())
    assert "Note: the variance of _cons at level g is on the boundary" in shown


def test_unidentified_components_are_named(session):
    error = failure(session, "xtmixed y x || row:, nolog")
    assert (session.e["verdict"], session.e["unidentified"]) == ("not_identified", "lns1_1_1")
    assert "the variance of _cons at level row is not identified" in error.output
    error = failure(session, "xtmixed y x || g: x x2, collinear nolog")
    assert session.e["unidentified"] == "lns1_1_1 lns1_1_2"
    text = " ".join(error.output.split())
    assert "the variance of x2 at level g is not identified by these data" in text
    error = failure(session, "xtmixed y x || g: x x2, collinear nolog cov(un) iterate(50)")
    text = " ".join(error.output.split())
    assert "the variances of x, x2 and _cons at level g are not identified by these data" in text
