"""logit, logistic, probit, poisson, ologit, oprobit, mlogit: options, identities, refusals, layout."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.render.layouts.estimation.likelihood import LikelihoodHeader, render_header

HEADER = """\
Logistic regression                               Number of obs   =        120
                                                  LR chi2(2)      =      16.47
                                                  Prob > chi2     =     0.0003
Log likelihood = -71.404115                       Pseudo R2       =     0.1034"""


def test_layout_of_the_header() -> None:
    header = LikelihoodHeader("Logistic regression", 120, "LR", 2, 16.47, 0.0003, -71.404115, 0.1034)
    assert "\n".join(line.text for line in render_header(header)) == HEADER


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse scotssec")
    session.run("keep in 1/600")
    session.run("generate high = attain >= 6")
    session.run("generate band = 1 + (attain > 3) + (attain > 7)")
    return session


def coefficients(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def test_the_outcome_of_mlogit_with_two_categories_is_that_of_logit(session: xmixed.Session) -> None:
    session.run("logit high verbal female")
    b, V = coefficients(session), session.e.matrices["V"].values
    session.run("mlogit high verbal female, baseoutcome(0)")
    np.testing.assert_allclose(coefficients(session), b, rtol=1e-7)
    np.testing.assert_allclose(session.e.matrices["V"].values, V, rtol=1e-6)
    session.run("ologit high verbal female")
    np.testing.assert_allclose(coefficients(session), [b[0], b[1], -b[2]], rtol=1e-7)


def test_the_base_outcome_is_the_most_frequent_one(session: xmixed.Session) -> None:
    session.run("mlogit band verbal")
    bands = session.data["band"].to_double()
    assert session.e["baseout"] == np.argmax(np.bincount(bands.astype(int)))


def test_an_offset_moves_the_constant(session: xmixed.Session) -> None:
    session.run("generate two = 2")
    session.run("poisson attain verbal")
    b = coefficients(session)
    session.run("poisson attain verbal, offset(two)")
    np.testing.assert_allclose(coefficients(session), b - [0, 2], atol=1e-8)
    text = session.run("poisson attain verbal, exposure(two)")
    np.testing.assert_allclose(coefficients(session), b - [0, np.log(2)], atol=1e-8)
    assert "     ln(two) |          1  (exposure)" in text


def test_exponentiated_coefficients(session: xmixed.Session) -> None:
    for line, head in (
        ("logit high verbal, or", "Odds Ratio"),
        ("logistic high verbal", "Odds Ratio"),
        ("poisson attain verbal, irr", "       IRR"),
        ("ologit band verbal, or", "Odds Ratio"),
        ("mlogit band verbal, rrr baseoutcome(1)", "       RRR"),
    ):
        lines = session.run(line).split("\n")
        assert any(text[14:25].endswith(head) for text in lines), line
        row = next(text for text in lines if text.startswith("      verbal |"))
        assert float(row.split()[2]) == pytest.approx(np.exp(coefficients(session)[0]), rel=1e-6)
    assert "      Coef." in session.run("logistic high verbal, coef")


def test_iterations_are_shown_and_limited(session: xmixed.Session) -> None:
    text = session.run("probit high verbal, tolerance(1e-4) ltolerance(1e-3) nrtolerance(1)")
    few = text.count("Iteration")
    text = session.run("probit high verbal")
    assert few < text.count("Iteration") == session.e["ic"] + 1
    assert "Iteration" not in session.run("probit high verbal, nolog")
    with pytest.raises(StataError, match="convergence not achieved") as caught:
        session.run("probit high verbal, iterate(1)")
    assert caught.value.code == 430 and session.e["converged"] == 0
    assert session.e["ic"] == 1


def test_asis_keeps_perfect_predictors(session: xmixed.Session) -> None:
    session.run("generate sure = high & _n < 40")
    session.run("quietly logit high verbal sure")
    n = session.e["N"]
    session.run("capture quietly logit high verbal sure, asis iterate(20)")
    assert n < session.e["N"] == 600


@pytest.mark.parametrize(
    "model", ["logit high", "probit high", "poisson attain", "ologit band", "oprobit band", "mlogit band"]
)
def test_frequency_weights_are_rows(session: xmixed.Session, model: str) -> None:
    session.run("generate w = 1 + mod(_n, 3)")
    session.run(f"quietly {model} verbal [fw=w], vce(robust)")
    weighted = session.e
    frame = session.data.to_pandas()
    repeated = xmixed.Session()
    repeated.use(frame.loc[frame.index.repeat(frame["w"].astype(int))])
    repeated.run(f"quietly {model} verbal, vce(robust)")
    assert repeated.e["N"] == weighted["N"] == 1200
    np.testing.assert_allclose(coefficients(repeated), weighted.matrices["b"].values[0], rtol=1e-6)
    np.testing.assert_allclose(repeated.e.matrices["V"].values, weighted.matrices["V"].values, rtol=1e-5)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("logit high verbal [aw=1]", 101, ""),
        ("logit high verbal, vce(hc3)", 198, "vcetype 'hc3' not allowed"),
        ("logit high verbal, robust vce(oim)", 198, "options vce() and robust may not be combined"),
        ("poisson attain verbal, offset(verbal) exposure(attain)", 198, "only one of offset() or exposure()"),
        ("poisson verbal attain", 459, "verbal must be greater than or equal to zero"),
        ("poisson attain, exposure(verbal)", 459, "exposure() must be greater than zero"),
        ("mlogit band verbal, baseoutcome(7)", 198, "baseoutcome() is not an outcome"),
        ("ologit primary verbal if primary == 1", 148, "too few categories"),
        ("probit", 301, "last estimates not found"),
        ("ologit band verbal, noconstant", 198, "option noconstant not allowed"),
    ],
)
def test_refusals_leave_the_results_alone(
    session: xmixed.Session, line: str, code: int, message: str
) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
    assert not session.e.exist


def test_replays_and_options_of_other_models(session: xmixed.Session) -> None:
    session.run("logit high verbal")
    assert "Odds Ratio" in session.run("logit, or")
    session.run("estimates store first")
    assert "Odds Ratio" in session.run("estimates replay first, or level(90)")
    with pytest.raises(StataError, match="last estimates not found"):
        session.run("logistic")
    session.run("regress attain verbal")
    with pytest.raises(StataError, match="option or not allowed"):
        session.run("estimates replay, or")
    with pytest.raises(StataError, match="last estimates not found"):
        session.run("logit")
