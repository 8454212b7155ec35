"""xtmelogit, melogit, meologit, mepoisson and kin: layout, identities, predictions, refusals.

Figures of lme4's glmer: tests/conformance. The likelihood itself: tests/estimation.
"""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError

HEADER = """\
Mixed-effects logistic regression               Number of obs      =       800
Group variable: primary                         Number of groups   =        27

                                                Obs per group: min =         3
                                                               avg =      29.6
                                                               max =        57

Integration points =   7                        Wald chi2(2)       =    189.82
Log likelihood = -342.56466                     Prob > chi2        =    0.0000
"""


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run(
        "sysuse scotssec\nkeep in 1/800\ngenerate high = attain >= 6\n"
        "generate band = 1 + (attain > 3) + (attain > 7)\ngenerate w = 1 + mod(_n, 3)"
    )
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def se(session: xmixed.Session) -> np.ndarray:
    return np.sqrt(np.diag(session.e.matrices["V"].values))


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtmelogit high verbal female || primary:")
    assert HEADER in text
    for part in (
        "\nRefining starting values: \n\nIteration 0:",
        "\nPerforming gradient-based optimization: \n\nIteration 0:",
        "\nprimary: Identity            |\n                   sd(_cons) |",
        "\nLR test vs. logistic regression: chibar2(01) =",
    ):
        assert part in text, part
    assert "var(_cons)" in session.run("xtmelogit, variance")
    assert "Odds Ratio" in session.run("xtmelogit, or nogroup")
    assert "lns1_1_1" in session.run("xtmelogit, estmetric")
    assert "LR test" not in session.run("xtmelogit, nolrtest")
    text = session.run("melogit high verbal female || primary: verbal, covariance(unstructured) nolog")
    assert "var(_cons)" in text and "cov(verbal,_cons)" in text and "Integration method: mcaghermite" in text
    assert "LR test vs. logistic regression:      chi2(3) =" in text
    text = session.run("mepoisson attain verbal || second: || primary:, irr nolog")
    assert "       IRR" in text and "Laplacian approximation" in text and " Group Variable |" in text
    text = session.run("meologit band verbal || primary:, nolog")
    assert "\n       /cut1 |" in text and "Mixed-effects ologit regression" in text
    assert (
        text.split("\n")[1] == "Mixed-effects ologit regression".ljust(48) + "Number of obs      =       800"
    )


def test_names_of_other_editions_fit_the_same(session: xmixed.Session) -> None:
    for first, others in (
        ("xtmelogit high verbal || primary:", ("meqrlogit", "melogit")),
        ("xtmepoisson attain verbal || primary:", ("meqrpoisson", "mepoisson")),
    ):
        session.run(f"quietly {first}")
        wanted = b(session)
        for name in others:
            session.run(f"quietly {name} {first.partition(' ')[2]}")
            np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
            assert session.e["cmd"] == name


def test_two_categories_in_order_are_binary(session: xmixed.Session) -> None:
    for ordered, binary in (("meologit", "melogit"), ("meoprobit", "meprobit")):
        session.run(f"quietly {binary} high verbal || primary:")
        wanted, errors, ll = b(session), se(session), session.e["ll"]
        session.run(f"quietly {ordered} high verbal || primary:")
        np.testing.assert_allclose(b(session) * [1, -1, 1], wanted, rtol=1e-6)
        np.testing.assert_allclose(se(session), errors, rtol=1e-5)
        assert session.e["ll"] == pytest.approx(ll, rel=1e-10)


def test_trials_offsets_and_exposure(session: xmixed.Session) -> None:
    session.run("quietly xtmelogit high verbal || primary:")
    wanted = b(session)
    session.run("generate two = 2\nquietly xtmelogit high verbal || primary:, offset(two)")
    np.testing.assert_allclose(b(session), wanted - [0, 2, 0], rtol=1e-6, atol=1e-7)
    session.run("quietly mepoisson attain i.female, exposure(w) || primary:\nmatrix first = b")
    assert session.e["offset"] == "ln(w)"
    session.run(
        "generate double lw = ln(w)\nscalar ll = e(ll)\n"
        "quietly mepoisson attain i.female || primary:, offset(lw)"
    )
    assert session.e["ll"] == pytest.approx(session.scalars["ll"], rel=1e-12)
    session.run("quietly melogit high i.female || second:, intpoints(9)")
    wanted, errors = b(session), se(session)
    session.run("collapse (sum) high (count) m = attain, by(second female)")
    session.run("quietly melogit high i.female || second:, binomial(m) intpoints(9)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(se(session), errors, rtol=1e-5, atol=1e-9)


def test_more_points_and_methods(session: xmixed.Session) -> None:
    found = {}
    for option in ("laplace", "intpoints(1)", "intmethod(laplace)", "intpoints(7)", "intpoints(30)"):
        session.run(f"quietly melogit high verbal || primary:, {option}")
        found[option] = session.e["ll"]
    assert found["laplace"] == found["intpoints(1)"] == found["intmethod(laplace)"]
    assert (
        abs(found["intpoints(7)"] - found["intpoints(30)"])
        < 1e-5
        < abs(found["laplace"] - found["intpoints(30)"])
    )
    session.run("quietly melogit high verbal || primary:, intmethod(mvaghermite) matsqrt difficult")
    assert session.e["ll"] == found["intpoints(7)"]


def test_a_variance_on_the_boundary_is_said(session: xmixed.Session) -> None:
    session.run("set seed 4\ngenerate coin = runiform() < .5\ngenerate group = mod(_n, 20)")
    text = session.run("xtmelogit coin || group:, nolog")
    assert "on the boundary of the parameter space" in text or session.e["chi2_c"] > 0
    session.run("bysort group (verbal): generate half = mod(_n, 2)")
    text = session.run("xtmelogit half || group:, nolog")
    assert "sd(_cons) of group is zero, on the boundary" in text
    assert session.e["chi2_c"] == pytest.approx(0, abs=1e-6) and session.e["p_c"] > 0.49


def test_robust_variances_sum_scores_of_groups(session: xmixed.Session) -> None:
    session.run("quietly melogit high verbal || primary:, vce(robust)")
    robust = se(session)
    text = session.run("melogit high verbal || primary:, vce(cluster primary) nolog")
    np.testing.assert_allclose(se(session), robust, rtol=1e-10)
    assert "Robust" in text and "clusters in primary" in text and "Log pseudolikelihood" in text
    assert "chi2_c" not in session.e.scalars
    with pytest.raises(StataError, match="not nested within"):
        session.run("melogit high verbal || primary:, cluster(w)")


def test_predictions(session: xmixed.Session) -> None:
    session.run(
        "quietly xtmelogit high verbal || primary:\npredict double mu\npredict double eta, eta\n"
        "predict double xb, xb\npredict double u, reffects\npredict double s, reses\n"
        "predict double p, pearson\n"
        "predict double d, deviance\npredict double se, stdp\npredict double fixed, mu fixedonly\n"
        "predict double marginal, marginal"
    )
    of = {
        name: session.data[name].to_double()
        for name in ("mu", "eta", "xb", "u", "s", "p", "fixed", "marginal")
    }
    np.testing.assert_allclose(of["eta"], of["xb"] + of["u"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(of["mu"], 1 / (1 + np.exp(-of["eta"])), rtol=1e-10)
    np.testing.assert_allclose(of["fixed"], 1 / (1 + np.exp(-of["xb"])), rtol=1e-10)
    y = session.data["high"].to_double()
    np.testing.assert_allclose(of["p"], (y - of["mu"]) / np.sqrt(of["mu"] * (1 - of["mu"])), rtol=1e-8)
    sigma = np.exp(b(session)[-1])
    x, w = np.polynomial.hermite_e.hermegauss(80)
    row = float(np.sum(w / (1 + np.exp(-of["xb"][0] - sigma * x))) / np.sqrt(2 * np.pi))
    assert of["marginal"][0] == pytest.approx(row, rel=1e-9)
    # A mode is where the slopes of outcomes and effect balance; its error is the curvature there.
    own = session.data["primary"].to_double() == 1
    assert np.sum(y[own] - of["mu"][own]) == pytest.approx(of["u"][own][0] / sigma**2, abs=1e-7)
    curvature = np.sum(of["mu"][own] * (1 - of["mu"][own])) + 1 / sigma**2
    assert of["s"][own][0] == pytest.approx(curvature**-0.5, rel=1e-7)


def test_probabilities_of_categories(session: xmixed.Session) -> None:
    session.run(
        "quietly meologit band verbal || primary: || second:\npredict double p1 p2 p3\n"
        "generate double all = p1 + p2 + p3\npredict double q, pr outcome(2) fixedonly\n"
        "predict double m, mu outcome(#3)"
    )
    np.testing.assert_allclose(session.data["all"].to_double(), 1, rtol=1e-12)
    session.run("margins, predict(outcome(2)) at(verbal = (-10 10))")
    assert session.r.matrices["b"].values.shape == (1, 2)


def test_margins(session: xmixed.Session) -> None:
    session.run("quietly melogit high verbal i.female || primary:\nquietly margins, dydx(verbal)")
    slope = session.r.matrices["b"].values[0, 0]
    session.run(
        "predict double low, marginal\nreplace verbal = verbal + .001\npredict double up, marginal\n"
        "generate double rise = (up - low) / .001\nsummarize rise"
    )
    assert session.r.scalars["mean"] == pytest.approx(slope, rel=1e-4)
    assert "Linear prediction, fixed portion" in session.run(
        "quietly xtmelogit high i.female || primary:\nmargins female"
    )
    assert "fixed portion only" in session.run("margins female, predict(mu fixedonly)")
    with pytest.raises(StataError, match="possibly stochastic"):
        session.run("margins female, predict(mu)")


def test_generic_commands(session: xmixed.Session, tmp_path) -> None:
    session.run("quietly melogit high verbal i.female || primary:\nestimates store one")
    session.run("test verbal\nlincom verbal\nestat ic\nestat vce\nesttab one")
    session.run("quietly melogit high verbal || primary:\nestimates store two\nlrtest one two")
    assert session.r.scalars["df"] == 1
    session.run(f'estimates save "{tmp_path}/kept"\nestimates clear\nestimates use "{tmp_path}/kept"')
    assert "Mixed-effects logistic regression" in session.run("melogit")


def test_estat(session: xmixed.Session) -> None:
    for command, latent in (("melogit", np.pi**2 / 3), ("meprobit", 1.0), ("mecloglog", np.pi**2 / 6)):
        session.run(f"quietly {command} high || primary:\nquietly estat icc")
        variance, error = np.exp(2 * b(session)[-1]), se(session)[-1]
        icc = variance / (variance + latent)
        assert session.r.scalars["icc2"] == pytest.approx(icc, rel=1e-12)
        assert session.r.scalars["se2"] == pytest.approx(2 * icc * (1 - icc) * error, rel=1e-9)
    session.run("estat group\nestat recovariance")
    assert session.r.matrices["cov"].values[0, 0] == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("xtmelogit high verbal", 198, "the model has no random effects"),
        ("xtmelogit high verbal || _all: R.second", 198, "R.varname is not implemented"),
        ("xtmelogit high verbal || primary:, intpoints(3 7)", 198, "intpoints() must be one integer"),
        ("xtmelogit high verbal || primary:, laplace intpoints(3)", 198, "may not be combined"),
        ("meologit band verbal, noconstant || primary:", 198, "option noconstant not allowed"),
        ("mepoisson verbal attain || primary:", 459, "verbal must be greater than or equal to zero"),
        ("xtmelogit attain verbal || primary:, binomial(4)", 459, "attain must lie between"),
        ("xtmelogit one verbal || primary:", 2000, "outcome does not vary"),
        ("xtmelogit high verbal || primary:, from(x)", 198, "not implemented"),
        ("melogit", 301, "last estimates not found"),
        ("mepoisson attain || primary:, exposure(verbal)", 459, "exposure() must be greater than zero"),
        ("melogit high verbal || primary:, iterate(0)", 430, "convergence not achieved"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("generate one = 1")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
