"""Weights and robust variances through the command: e(), layout, equivalences, refusals."""

from __future__ import annotations

import re

import numpy as np
import pytest

from xmixed.data.pandas_bridge import to_pandas
from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

SETUP = """
set obs 240
generate id = ceil(_n / 8)
generate big = ceil(id / 3)
generate x = mod(7 * _n, 11) / 3
generate y = 2 + x + mod(id * 5, 7) + mod(3 * _n * _n, 13) / 4 + mod(big * 3, 5)
generate f = 1 + mod(_n, 3)
generate g = 1 + mod(id, 2)
generate h = 1 + mod(big, 3)
generate p = (1 + mod(_n, 4) / 3) * (1 + mod(id, 3))
generate one = 1
generate sup = ceil(big / 4)
generate t = mod(_n - 1, 8)
generate a = mod(_n * 7 + big, 4)
generate s = mod(_n * 5, 3)
generate z = y
replace z = z + 0.7 * z[_n-1] if t > 0
"""


@pytest.fixture
def session() -> Session:
    made = Session()
    made.run(SETUP)
    return made


def _values(session: Session, command: str) -> tuple[np.ndarray, np.ndarray, float]:
    session.run(command)
    return session.e.matrices["b"].values, session.e.matrices["V"].values, session.e.scalars["ll"]


def _expanded(session: Session, counts: dict[str, str]) -> Session:
    """A session with the data that frequency weights stand for.

    `counts` maps variables, highest level first and `""` for observations, to the weights of their groups; a
    group's copies have numbers of their own.
    """
    frame = to_pandas(session.data)
    for place, weight in enumerate(counts.values()):
        times = frame[weight].to_numpy().astype(int)
        at = np.repeat(np.arange(len(frame)), times)
        copy = np.concatenate([np.arange(count) for count in times])
        frame = frame.iloc[at].reset_index(drop=True)
        for inner in list(counts)[place:]:
            if inner:
                frame[inner] = frame[inner] * 10.0 + copy
    made = Session()
    made.use(frame.astype(float))
    return made


EXPANDED = {
    "two_level": ("y x [fw=f] || id: x", {"id": "", "": "f"}),
    "weighted_groups": ("y x [fw=f] || id: x, fweight(g)", {"id": "g", "": "f"}),
    "three_level": ("y x [fw=f] || big:, fweight(h) || id:, fweight(g)", {"big": "h", "id": "g", "": "f"}),
    "unstructured": ("y x [fw=f] || id: x, fw(g) covariance(unstructured)", {"id": "g", "": "f"}),
    "no_level": ("y x [fw=f]", {"": "f"}),
    "no_effects": ("y x [fw=f] || big:, noconstant fweight(h) || id:", {"big": "h", "id": "", "": "f"}),
    "independent": ("y x [fw=f] || id:, fweight(g) residuals(independent, by(s))", {"id": "g", "": "f"}),
    "independent_only": ("y x [fw=f], residuals(independent, by(s))", {"": "f"}),
    "exchangeable": (
        "y x || big:, fw(h) || id:, noconstant fw(g) residuals(exchangeable)",
        {"big": "h", "id": "g"},
    ),
    "ar1": ("z x || big:, fw(h) || id:, fw(g) residuals(ar 1, t(t) by(g))", {"big": "h", "id": "g"}),
    "ma1": ("z x || id:, fweight(g) residuals(ma 1, t(t))", {"id": "g"}),
    "exponential": ("z x || id:, fweight(g) residuals(exponential, t(t))", {"id": "g"}),
    "toeplitz": ("z x || id:, noconstant fweight(g) residuals(toeplitz 2, t(t))", {"id": "g"}),
    "crossed": ("y x [fw=f] || big: R.a, fweight(h) || id:", {"big": "h", "id": "", "": "f"}),
    "crossed_twice": ("y x || big: R.a, fweight(h) || big: R.s", {"big": "h"}),
    "crossed_by_variance": (
        "z x || big: R.s || id:, fw(g) residuals(independent, by(a))",
        {"id": "g"},
    ),
    "crossed_slopes": ("z x [fw=f] || big: R.a, fw(h) || id: x", {"big": "h", "id": "", "": "f"}),
    "factor_below_later_level": ("z x || sup: R.id || big:, fw(h)", {"big": "h"}),
    "factor_below_later_level_without_effects": ("z x || sup: R.id || big:, nocons fw(h)", {"big": "h"}),
    "equally_correlated_factor_below": (
        "z x || sup: R.id, covariance(exchangeable) || big:, fw(h)",
        {"big": "h"},
    ),
    "equally_correlated": (
        "y x [fw=f] || big: R.a, covariance(exchangeable) fw(h) || id:",
        {"big": "h", "id": "", "": "f"},
    ),
}
"""A weighted command, and the weights that its data are expanded by."""


@pytest.mark.parametrize("name", EXPANDED)
@pytest.mark.parametrize("vce", ["oim", "robust"])
def test_frequency_weights_are_expanded_data(session: Session, name: str, vce: str) -> None:
    command, counts = EXPANDED[name]
    command = f"xtmixed {command}{' ' if ',' in command.rpartition('||')[2] else ', '}vce({vce})"
    weighted = _values(session, command)
    shown = [session.e.matrices[name].values for name in SIZES if name in session.e.matrices]
    scalars = {name: session.e.scalars[name] for name in ("N", "chi2", "rank", "ll")}
    wide = _expanded(session, {key: weight or "one" for key, weight in counts.items()})
    plain = _values(wide, re.sub(r" ?\[fw=f\]| ?\bfw(eight)?\(.\)", "", command))
    for found, wanted in zip(weighted, plain, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11)
    for key, value in scalars.items():
        assert value == pytest.approx(wide.e.scalars[key], rel=1e-9)
    for found, key in zip(shown, SIZES, strict=False):
        np.testing.assert_array_equal(found, wide.e.matrices[key].values)
    assert session.e.scalars.get("N_clust") == wide.e.scalars.get("N_clust")


SIZES = ("N_g", "g_min", "g_avg", "g_max")


@pytest.mark.parametrize(
    ("weighted", "plain"),
    [
        ("y x [pw=one] || big:, pweight(one) || id:", "y x || big: || id:, vce(robust)"),
        (
            "y x [pw=one] || id:, pw(one) residuals(independent, by(s))",
            "y x || id:, residuals(independent, by(s)) vce(robust)",
        ),
        ("y x || id:, pw(one) residuals(ar 1, t(t))", "y x || id:, residuals(ar 1, t(t)) vce(robust)"),
        ("y x [pw=one] || big: R.a, pw(one) || id:", "y x || big: R.a || id:, vce(robust)"),
    ],
)
def test_weights_of_one_change_nothing_but_the_variance(session: Session, weighted: str, plain: str) -> None:
    for found, wanted in zip(
        _values(session, f"xtmixed {weighted}"), _values(session, f"xtmixed {plain}"), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def test_the_estimates_with_a_robust_variance_are_the_usual_ones(session: Session) -> None:
    """Crossed effects are fitted in another way where their scores are wanted."""
    robust = _values(session, "xtmixed y x || big: R.a || id:, vce(robust)")
    bread = session.e.matrices["V_modelbased"].values
    plain = _values(session, "xtmixed y x || big: R.a || id:")
    np.testing.assert_allclose(robust[0], plain[0], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(bread, plain[1], rtol=1e-5, atol=1e-9)
    assert robust[2] == pytest.approx(plain[2], rel=1e-11)


def test_cluster_on_the_top_level_is_robust(session: Session) -> None:
    robust = _values(session, "xtmixed y x || id:, vce(robust)")
    cluster = _values(session, "xtmixed y x || id:, vce(cluster id)")
    np.testing.assert_array_equal(robust[1], cluster[1])
    assert session.e.macros["vce"] == "cluster" and session.e.macros["clustvar"] == "id"
    assert session.e.scalars["N_clust"] == 30
    session.run("xtmixed y x || id:, vce(cluster big)")
    assert session.e.scalars["N_clust"] == 10
    assert not np.allclose(session.e.matrices["V"].values, robust[1])


def test_linear_regression_is_the_usual_sandwich(session: Session) -> None:
    session.run("xtmixed y x, vce(robust)")
    data = session.data
    x = np.column_stack([data["x"].to_double(), np.ones(240)])
    y = data["y"].to_double()
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    residual = y - x @ beta
    bread = np.linalg.inv(x.T @ x)
    wanted = bread @ (x.T * residual**2) @ x @ bread * 240 / 239
    np.testing.assert_allclose(session.e.matrices["V"].values[:2, :2], wanted, rtol=1e-9)
    assert "N_clust" not in session.e.scalars


def test_stored_results(session: Session) -> None:
    shown = session.run("xtmixed y x [pw=p/2] || big:, pweight(h) || id:, pweight(g*2)")
    macros = session.e.macros
    assert (macros["wtype"], macros["wexp"]) == ("pweight", "= p/2")
    assert (macros["pweight1"], macros["pweight2"]) == ("h", "g*2")
    assert (macros["vce"], macros["vcetype"], macros["clustvar"]) == ("robust", "Robust", "big")
    assert session.e.scalars["N"] == 240 and session.e.matrices["N_g"].values.tolist() == [[10, 30]]
    assert "chi2_c" not in session.e.scalars and "LR test" not in shown
    assert session.e.matrices["V_modelbased"].values[0, 2] == 0
    assert "Obtaining starting values by EM: \n" in shown and "log pseudolikelihood = " in shown
    assert "Mixed-effects regression " in shown
    assert "                                   (Std. Err. adjusted for 10 clusters in big)\n---" in shown


@pytest.mark.parametrize("scale", ["size", "effective"])
def test_scaling_takes_out_constant_factors(session: Session, scale: str) -> None:
    found = _values(session, f"xtmixed y x [pw=p] || id:, pweight(g) pwscale({scale})")
    wanted = _values(session, f"xtmixed y x [pw=p*g] || id:, pweight(g) pwscale({scale})")
    assert session.e.macros["pwscale"] == scale
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-12)


def test_gk_scaling_moves_weights_to_the_groups(session: Session) -> None:
    found = _values(session, "xtmixed y x [pw=p] || id:, pweight(g) pwscale(gk)")
    session.run("generate double w = 1.5 * (1 + mod(id, 3)) * g")
    wanted = _values(session, "xtmixed y x || id:, pweight(w)")
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-12)


def test_observations_of_no_weight_are_not_there(session: Session) -> None:
    found = _values(session, "xtmixed y x [fw=f-1] || id:")
    wanted = _values(session, "xtmixed y x if f > 1 [fw=f-1] || id:")
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("xtmixed y x [aw=p] || id:", 101, "aweights not allowed"),
        ("xtmixed y x [fw=p] || id:", 401, "may not use noninteger frequency weights"),
        ("xtmixed y x [fw=-f] || id:", 402, "negative weights encountered"),
        ("xtmixed y x || id:, fweight(g-1)", 402, "weights at level id must be positive"),
        ("xtmixed y x || id:, pweight(p)", 459, "weights are not constant within groups of id"),
        ("xtmixed y x [fw=f] || id:, pweight(g)", 198, "fweights and pweights may not be combined"),
        ("xtmixed y x || id:, fw(g) pw(g)", 198, "weights at level id specified more than once"),
        (
            "xtmixed y x [fw=f] || id:, residuals(ar 1, t(t))",
            198,
            "weights of observations not allowed with correlated residuals",
        ),
        ("xtmixed y x [fw=f] || id:, pwscale(size)", 198, "option pwscale() requires pweights"),
        (
            "xtmixed y x [pw=p] || big: || id:, pwscale(gk)",
            198,
            "pwscale() is supported only with two-level models",
        ),
        ("xtmixed y x [fw=f] || id:, reml", 198, "weights not allowed with restricted maximum likelihood"),
        ("xtmixed y x [fw=f] || id:, emonly", 198, "weights not allowed with option emonly"),
        ("xtmixed y x || id:, vce(robust) reml", 198, "vce(robust) not allowed with option reml"),
        ("xtmixed y x || id:, vce(cluster big) emonly", 198, "vce(cluster) not allowed with option emonly"),
        ("xtmixed y x [pw=p] || id:, vce(oim)", 198, "vce(oim) not allowed with pweights"),
        ("xtmixed y x [w=p] || id:", 401, "may not use noninteger frequency weights"),
        ("xtmixed y x [pw=1e200] || id:, pweight(1e200)", 1400, "numerical overflow"),
        ("xtmixed y x [pw=1e-200] || id:, pweight(1e-200)", 1400, "numerical overflow"),
        ("xtmixed y x || id:, vce(cluster f)", 459, "groups of id are not nested within f"),
        ("xtmixed y x || id:, vce(cluster one)", 198, "vce(cluster) needs more than one cluster"),
        ("xtmixed y x || _all: R.f || id:, vce(robust)", 198, "vce(robust) needs more than one cluster"),
    ],
)
def test_refused(session: Session, command: str, code: int, message: str) -> None:
    before = session.e
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert (caught.value.code, caught.value.message) == (code, message)
    assert session.e is before


def test_weights_without_a_kind_are_frequency_weights(session: Session) -> None:
    shown = session.run("xtmixed y x [w=f] || id:")
    assert "\n(frequency weights assumed)\n" in "\n" + shown
    found = session.e.matrices["b"].values
    assert (session.e.macros["wtype"], session.e.scalars["N"]) == ("fweight", 480)
    np.testing.assert_array_equal(found, _values(session, "xtmixed y x [fw=f] || id:")[0])


@pytest.mark.parametrize("factor", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("residuals", ["", "residuals(exponential, t(t))"])
def test_only_ratios_of_sampling_weights_of_the_highest_level_matter(
    session: Session, factor: float, residuals: str
) -> None:
    session.run(f"generate double v = {factor} * g")
    wanted = _values(session, f"xtmixed z x || id:, pweight(g) {residuals}")
    found = _values(session, f"xtmixed z x || id:, pweight(v) {residuals}")
    for one, other in zip(found[:2], wanted[:2], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-10)
    assert found[2] == pytest.approx(factor * wanted[2], rel=1e-9)


def test_weights_are_judged_over_the_sample(session: Session) -> None:
    """What is bad stands where the cluster variable, or another weight, is missing."""
    session.run("generate c = big if big != 2\ngenerate bad = cond(big == 2, -1.5, 1)")
    session.run("generate zero = big != 2\ngenerate gap = 1 if big != 2")
    for command in (
        "xtmixed y x [pw=bad] || id:, vce(cluster c)",
        "xtmixed y x || id:, pweight(zero) vce(cluster c)",
        "xtmixed y x [pw=bad] || id:, pweight(gap)",
        "xtmixed y x [fw=bad] || id:, fweight(gap)",
    ):
        session.run(command)
        assert session.e.scalars["N"] == 216


def test_a_robust_variance_of_few_clusters_has_no_full_rank(session: Session) -> None:
    session.run("generate x2 = mod(_n * _n, 7)")
    shown = session.run("xtmixed y x x2 i.a || id:, vce(cluster sup)")
    assert session.e.scalars["N_clust"] == 3 and session.e.scalars["rank"] == 2
    assert session.e.scalars["df_m"] == 2 and session.e.scalars["chi2"] == MISSING
    assert "Wald chi2(2)       =         .\n" in shown
    session.run("xtmixed y x || id:, vce(cluster sup)")
    assert session.e.scalars["chi2"] < MISSING and session.e.scalars["df_m"] == 1


@pytest.mark.parametrize("structure", ["identity", "exchangeable"])
def test_estat_recovariance_is_the_same_whichever_way_crossed_effects_are_fitted(
    session: Session, structure: str
) -> None:
    shown = []
    for weights, option in (("", ""), ("", ", vce(robust)"), ("[fw=one]", "")):
        session.run(f"quietly xtmixed y x {weights} || big: R.a, covariance({structure}) || id:{option}")
        shown.append(session.run("estat recovariance"))
    assert shown[0] == shown[1] == shown[2]


def test_estat_summarize_checks_weights_that_have_changed(session: Session) -> None:
    session.run("quietly xtmixed y x [fw=f] || id:\nreplace f = f / 2")
    with pytest.raises(StataError) as caught:
        session.run("estat summarize")
    assert caught.value.code == 401
    session.run("replace f = -1")
    with pytest.raises(StataError) as caught:
        session.run("estat summarize")
    assert caught.value.code == 402


def test_lrtest_refuses_robust_fits(session: Session) -> None:
    session.run("quietly xtmixed y x || id:\nestimates store a\nquietly xtmixed y x || id: x, vce(robust)")
    with pytest.raises(StataError, match="LR test likely invalid") as caught:
        session.run("lrtest a")
    assert caught.value.code == 498


@pytest.mark.parametrize(
    ("weight", "summarized"), [("[fw=f]", "[fw=f]"), ("[pw=p]", "[aw=p]"), ("[pw=p]", "")]
)
def test_estat_summarize_takes_the_weights(session: Session, weight: str, summarized: str) -> None:
    session.run(f"quietly xtmixed y x {weight} || id:, nostderr")
    session.run("estat summarize" + ("" if summarized else ", noweights"))
    found, n = session.r.matrices["stats"].values, session.r.scalars["N"]
    for row, name in zip(found, ("y", "x"), strict=True):
        session.run(f"summarize {name} {summarized}")
        wanted = [session.r.scalars[key] for key in ("mean", "sd", "min", "max")]
        np.testing.assert_allclose(row, wanted, rtol=1e-12)
        assert n == session.r.scalars["N"]


def test_one_set_of_values_of_a_factor_is_a_level(session: Session) -> None:
    found = _values(session, "xtmixed y x [pw=p] || big: R.id, vce(cluster big)")
    wanted = _values(session, "xtmixed y x [pw=p] || id:, vce(cluster big)")
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8)
