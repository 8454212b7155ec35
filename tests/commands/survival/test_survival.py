"""stset, sts, stsum, stcox, streg: declarations, curves and tests of R's survival, predictions, refusals.

Coefficients of R: tests/conformance.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError

DECLARED = """\
      failure event:  d != 0 & d < .
 obs. time interval:  (0, t]
  exit on or before:  failure

------------------------------------------------------------------------------
      400  total obs.
        0  exclusions
------------------------------------------------------------------------------
      400  obs. remaining, representing
      267  failures in single record/single failure data
     5012  total analysis time at risk, at risk from t =         0
"""


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run(
        "sysuse scotssec\nkeep in 1/400\ngenerate t = 1 + mod(verbal + 60, 17) + attain\n"
        "generate d = mod(_n, 3) != 0\ngenerate t0 = cond(mod(_n, 4), 0, .5)\ngenerate id = _n"
    )
    return session


def values(session: xmixed.Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_stset(session: xmixed.Session) -> None:
    text = session.run("stset t, failure(d)")
    total = int(values(session, "t").sum())
    assert DECLARED.replace("5012", str(total)) in text
    np.testing.assert_array_equal(values(session, "_d"), values(session, "d"))
    assert "failure _d:  d" in session.run("st") and "analysis time _t:  t" in session.run("stset")
    session.run(
        "stset t [fweight = attain], failure(d == 1) origin(time 2) scale(2) enter(time 3) exit(time 15)"
    )
    used = values(session, "_st") == 1
    t = values(session, "t")
    np.testing.assert_array_equal(used, t > 3)
    np.testing.assert_allclose(values(session, "_t")[used], ((np.minimum(t, 15) - 2) / 2)[used])
    np.testing.assert_allclose(values(session, "_t0")[used], 0.5)
    assert not values(session, "_d")[used & (t > 15)].any()
    session.run("stset t if t > 5, time0(t0) if(d == 1) noshow")
    np.testing.assert_array_equal(values(session, "_st") == 1, (t > 5) & (values(session, "d") == 1))
    session.run("stset, clear")
    assert "_t" not in session.data
    with pytest.raises(StataError, match="data not st") as caught:
        session.run("stcox verbal")
    assert caught.value.code == 119


def test_several_records(session: xmixed.Session) -> None:
    session.run(
        "clear\ninput id t d x\n1 3 0 1\n1 5 1 2\n1 9 0 2\n2 4 0 5\n2 4 1 5\n3 2 0 1\n3 6 1 3\n3 . 0 0\nend\n"
    )
    text = session.run("stset t, id(id) failure(d)")
    assert "multiple records at same instant" in text and "event time missing" in text
    assert "obs. begin on or after (first) failure" in text and "        3  subjects" in text
    np.testing.assert_array_equal(values(session, "_st"), [1, 1, 0, 1, 0, 1, 1, 0])
    np.testing.assert_array_equal(values(session, "_t0")[[0, 1, 3, 5, 6]], [0, 3, 0, 0, 2])
    session.run("stset t, id(id) failure(d) exit(time .)")
    np.testing.assert_array_equal(values(session, "_st"), [1, 1, 1, 1, 0, 1, 1, 0])


def test_curves_and_tests_of_r(session: xmixed.Session) -> None:
    """R's survival: survdiff (rho = 0), summary(survfit(conf.type = "log-log"), times = c(5, 12))."""
    session.run("quietly stset t, failure(d)\nquietly sts test social")
    assert session.r.scalars["chi2"] == pytest.approx(7.35560471819, rel=1e-9)
    text = session.run("sts test social, strata(female) logrank")
    assert session.r.scalars["chi2"] == pytest.approx(7.50336499175, rel=1e-9)
    assert "Stratified log-rank test for equality of survivor functions" in text
    session.run(
        "sts generate S = s E = se(s) L = lb(s) U = ub(s) N = n\nsts generate H = na h = h F = d V = se(na)"
    )
    t = values(session, "t")
    for time, wanted in (
        (5, (0.972194632519, 0.00826656537042, 0.950353108730, 0.984505196924)),
        (12, (0.719872382151, 0.0234355880526, 0.670921731455, 0.762856229267)),
    ):
        row = int(np.flatnonzero(t == time)[0])
        found = [values(session, name)[row] for name in ("S", "E", "L", "U")]
        np.testing.assert_allclose(found, wanted, rtol=1e-9)
    for line in ("sts test female, wilcoxon", "sts test female, tware noshow", "sts test female, peto"):
        session.run(f"quietly {line}")
        assert 0 < session.r.scalars["p"] < 1


def test_lists_summaries_graphs(session: xmixed.Session, tmp_path: Path) -> None:
    session.run("quietly stset t, failure(d)")
    text = session.run("sts list if t < 6, by(female) level(90)")
    assert "[90% Conf. Int.]" in text and "Function" in text
    assert "Failure" in session.run("sts list, failure noshow") and "Cum. Haz." in session.run("sts list, na")
    session.run("stsum, by(female) noshow")
    assert session.r.scalars["risk"] == values(session, "t").sum()
    sorted_t = np.sort(values(session, "t"))
    assert sorted_t[0] <= session.r.scalars["p50"] <= sorted_t[-1]
    before = session.data
    session.run("set graphics off\nsts graph, by(female) ci level(90) title(Survival) scheme(s2mono)")
    session.run(
        "sts graph, failure gwood noorigin legend(off)\nsts graph, cumhaz survival xtitle(Days)\n"
        "sts, by(social)"
    )
    assert session.data is before
    session.run(f'graph export "{tmp_path}/km.svg"')
    assert (tmp_path / "km.svg").stat().st_size > 2000


def test_residuals_of_r(session: xmixed.Session) -> None:
    """R's survival: residuals and basehaz(centered = FALSE) of coxph with Breslow's method."""
    session.run("quietly stset t, failure(d) time0(t0)\nquietly stcox female social")
    session.run(
        "predict double m, mgale\npredict double dev, deviance\npredict double H, basechazard\n"
        "predict double s1 s2, scores\npredict double r1 r2, schoenfeld\npredict double S, basesurv\n"
        "predict double cs, csnell\npredict double hr\npredict double xb, xb\npredict double se, stdp"
    )
    np.testing.assert_allclose(
        values(session, "m")[:4], [0.449074411519, 0.608187860952, -0.657218109361, 0.928720145119], rtol=1e-8
    )
    np.testing.assert_allclose(
        values(session, "dev")[:4],
        [0.542367247460, 0.810906813676, -1.146488647446, 1.850633073631],
        rtol=1e-8,
    )
    np.testing.assert_allclose(values(session, "s1")[:2], [-0.231121069605, 0.312763613757], rtol=1e-8)
    np.testing.assert_allclose(values(session, "s2")[:2], [-2.84155564191, -3.71175364724], rtol=1e-8)
    t, H = values(session, "t"), values(session, "H")
    np.testing.assert_allclose(H[t == 5][0], 0.0326150386157, rtol=1e-8)
    np.testing.assert_allclose(H[t == 10][0], 0.2679085345910, rtol=1e-8)
    np.testing.assert_allclose(values(session, "hr"), np.exp(values(session, "xb")), rtol=1e-12)
    np.testing.assert_allclose(values(session, "S"), np.exp(-H), rtol=1e-12)
    np.testing.assert_allclose(values(session, "m"), values(session, "d") - values(session, "cs"), atol=1e-12)
    failed = values(session, "d") == 1
    sums = [values(session, name)[failed].sum() for name in ("r1", "r2")]
    np.testing.assert_allclose(sums, 0, atol=1e-4)


def test_proportional_hazards(session: xmixed.Session) -> None:
    session.run("quietly stset t, failure(d)\nquietly stcox female social\npredict double r1 r2, schoenfeld")
    text = session.run("estat phtest, detail")
    assert "Test of proportional-hazards assumption" in text and "global test" in text
    failed = values(session, "d") == 1
    r = np.column_stack([values(session, name)[failed] for name in ("r1", "r2")])
    g = values(session, "t")[failed]
    g = g - g.mean()
    V = session.e.matrices["V"].values
    wanted = (g @ r) @ V @ (g @ r) * len(g) / (g @ g)
    assert session.r.scalars["chi2"] == pytest.approx(wanted, rel=1e-9)
    for option in ("log", "rank"):
        session.run(f"estat phtest, {option}")
        assert session.r.scalars["df"] == 2


def test_displays(session: xmixed.Session) -> None:
    session.run("quietly stset t, failure(d)")
    text = session.run("stcox female i.social, noshow")
    assert (
        "Haz. Ratio" in text and "Cox regression -- Breslow method for ties" in text and "_cons" not in text
    )
    assert "No. of failures =" in text and "      Coef." in session.run("stcox, nohr")
    text = session.run("streg female, d(weibull) nolog")
    assert "\n           p |" in text and "\n         1/p |" in text and "Haz. Ratio" in text
    assert "Tm. Ratio" in session.run("streg female, d(ll) tr")
    assert session.run("streg female, d(gompertz) nolog").count("\n---") == 4
    session.run(
        "estimates store g\nquietly stcox female\nestimates store c\nesttab g c\ntest female\nestat ic"
    )
    session.run("margins, predict(xb) dydx(female)\nestimates replay c")
    session.run(
        "stcox, estimate\nstcox female, strata(social) breslow robust offset(t0)\nstcox female, efron"
    )


def test_parametric_predictions(session: xmixed.Session) -> None:
    session.run("quietly stset t, failure(d)")
    for model in (
        "d(weibull)",
        "d(weibull) time",
        "d(lognormal)",
        "d(loglogistic)",
        "d(gompertz)",
        "d(exponential)",
    ):
        session.run(f"quietly streg female social, {model}\ncapture drop p_*")
        for name in ("median", "surv", "hazard", "csnell", "mgale", "deviance", "xb", "stdp", "hr"):
            session.run(f"predict double p_{name}, {name}")
        keep = session.data
        session.run("replace _t = p_median\npredict double p_half, surv")
        np.testing.assert_allclose(values(session, "p_half"), 0.5, rtol=1e-8, err_msg=model)
        session.run("replace _t = _t + .0001\npredict double p_after, surv\nreplace _t = _t - .0001")
        session.run(
            "predict double p_rate, hazard\ngenerate double p_left = -ln(p_after / p_half) / .0001 - p_rate"
        )
        assert np.abs(values(session, "p_left")).max() < 1e-4
        session.data = keep


def test_truncated_spells_add_up(session: xmixed.Session) -> None:
    """A record split in two is the same data."""
    session.run("quietly stset t, failure(d) id(id)")
    models = (
        "stcox female social",
        "streg female, d(weibull)",
        "streg female, d(lognormal)",
        "streg female, d(gom)",
    )
    wanted = {}
    for model in models:
        session.run(f"quietly {model}")
        wanted[model] = session.e.matrices["b"].values[0], session.e["ll"]
    session.run(
        "expand 2\nbysort id: generate half = _n == 1\nreplace t = t / 2 if half\nreplace d = 0 if half"
    )
    session.run("quietly stset t, failure(d) id(id)")
    for model in models:
        session.run(f"quietly {model}")
        np.testing.assert_allclose(session.e.matrices["b"].values[0], wanted[model][0], rtol=1e-6, atol=1e-8)
        assert session.e["ll"] == pytest.approx(wanted[model][1], rel=1e-9)
        assert session.e["N_sub"] == 400
    session.run("quietly stcox female, robust")
    assert session.e["N_clust"] == 400


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("stset t, failure(d) origin(5)", 198, "origin() incorrectly specified"),
        ("stset t, failure(nothing)", 111, "nothing not found"),
        ("stset t, ever(d == 1)", 198, "not implemented"),
        ("stcox", 198, "varlist required"),
        ("stcox female, exactp", 198, "not implemented"),
        ("streg female", 198, "option distribution() required"),
        ("streg female, d(gamma)", 198, "distribution(gamma) is not implemented"),
        ("streg female, d(gompertz) time", 198, "not implemented"),
        ("sts nothing", 198, "unknown subcommand"),
        ("sts generate x = z", 198, "not a function of sts generate"),
        ("sts list if t < 0", 2000, "no observations"),
        ("stcox female if d == 0", 498, "no failures"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("quietly stset t, failure(d)")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
