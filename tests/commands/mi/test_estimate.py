"""mi estimate, mi test: figures against R and by hand, what is shown and saved, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from xmixed.interpreter.session import Session

Fails = Callable[[Session, str], tuple[int, str]]

DATA = """
set obs 60
generate i = _n
generate double w = sin(7*i)
generate id = int((i-1)/6)
generate double x = cos(3*i) + .3*sin(11*i)
generate double y = 1 + .8*x - .5*w + .9*sin(5*i*i) + .7*cos(2*id*id + 1)
generate byte z = y + sin(13*i) > 1
generate byte o = 1 + (y > .5) + (y > 1.5)
generate count = int(exp(y/2) + 1) + 6*(mod(i,9)==0)
replace x = . if mod(i, 5) == 0
mi set flong
mi register imputed x
mi set M = 5
replace x = .4*y + .8*cos(17*i*_mi_m + _mi_m) if _mi_m & mod(i, 5) == 0
"""
"""Imputations by a formula, which R can form too."""

BOUNDARY = """Note: a variance component is on the boundary in 5 of 5 imputations;
      what is pooled of it says little.
"""
MANY = "nimputations(): 9 exceeds the number of imputations; M=5"


@pytest.fixture
def imputed(session: Session) -> Session:
    session.run(DATA)
    return session


def _row(session: Session, name: str) -> list[float]:
    return session.e.matrices[name].values[0].tolist()


def test_a_regression_against_r(imputed: Session) -> None:
    # mice 3.15: pool(lapply(1:5, lm(y ~ x + w))); mitml 0.4-4: .D1(Qhat, Uhat, 57)
    imputed.run("mi estimate: regress y x w")
    assert _row(imputed, "b_mi") == pytest.approx(
        [0.940774895747624, -0.231519542814039, 0.840325748897556], rel=1e-11
    )
    total = np.diag(imputed.e.matrices["V_mi"].values)
    assert total.tolist() == pytest.approx(
        [0.0219881900352734, 0.0252828423543942, 0.0120196568052273], rel=1e-11
    )
    assert _row(imputed, "df_mi") == pytest.approx(
        [52.5356187364925, 44.2974935975615, 53.3080125012550], rel=1e-10
    )
    assert _row(imputed, "rvi_mi") == pytest.approx(
        [0.0339557847686199, 0.1095591014054534, 0.0252564198434123], rel=1e-9
    )
    e = imputed.e.scalars
    assert (e["M_mi"], e["N_mi"], e["df_c_mi"], e["df_m_mi"]) == (5, 60, 57, 2)
    assert e["F_mi"] == pytest.approx(19.9832412239927, rel=1e-11)
    assert e["df_r_mi"] == pytest.approx(49.4160303486025, rel=1e-10)
    assert e["rvi_avg_F_mi"] == pytest.approx(0.0684057526393536, rel=1e-9)
    assert e["df_min_mi"] == pytest.approx(44.2974935975615, rel=1e-10)
    assert "b" not in imputed.e.matrices
    assert (imputed.e.macros["cmd"], imputed.e.macros["cmd_mi"]) == ("mi estimate", "regress")
    assert imputed.e.macros["cmdline_mi"] == "mi estimate: regress y x w"


def test_a_logit_against_r(imputed: Session) -> None:
    # mice: pool(glm(z ~ x + w, binomial), dfcom = Inf); mitml: .D1(Qhat, Uhat, NULL)
    imputed.run("mi estimate: logit z x w")
    assert _row(imputed, "b_mi") == pytest.approx(
        [1.724272500307972, -0.740002792259995, 0.220986198211702], rel=1e-8
    )
    assert _row(imputed, "df_mi") == pytest.approx(
        [1635.89357085179, 3421.39272416700, 23943.36555375946], rel=1e-6
    )
    assert _row(imputed, "fmi_mi") == pytest.approx(
        [0.0506084179178715, 0.0347563923587127, 0.0130076442080662], rel=1e-6
    )
    e = imputed.e.scalars
    assert e["F_mi"] == pytest.approx(5.97031291697745, rel=1e-7)
    assert e["df_r_mi"] == pytest.approx(1636.18327607503, rel=1e-6)
    assert "df_c_mi" not in e


def test_a_mixed_model_against_r(imputed: Session) -> None:
    # lme4: lmer(y ~ x + w + (1|id), REML = FALSE); mice: pool.scalar; means of log standard deviations
    imputed.run("mi estimate: xtmixed y x w || id:")
    b = _row(imputed, "b_mi")
    assert b == pytest.approx(
        [0.851057160234489, -0.2616980600949056, 0.848832388373101, -0.737339352133122, -0.421742216659628],
        rel=1e-6,
    )
    total = np.diag(imputed.e.matrices["V_mi"].values)[:3]
    assert total.tolist() == pytest.approx(
        [0.0148464425821978, 0.0175229635918214, 0.0305590508769854], rel=1e-6
    )
    assert _row(imputed, "df_mi")[:3] == pytest.approx(
        [1082.06778004283, 464.672854948461, 80919.8844427112], rel=1e-4
    )
    shown = imputed.run("mi estimate")
    row = next(line for line in shown.splitlines() if "sd(_cons)" in line)
    # The standard deviation is that of the pooled logarithm; the limits are those of t.
    error = np.sqrt(imputed.e.matrices["V_mi"].values[3, 3])
    from scipy.special import stdtrit

    margin = stdtrit(_row(imputed, "df_mi")[3], 0.975) * error
    numbers = [float(text) for text in row.split("|")[1].split()]
    expected = [np.exp(b[3]), np.exp(b[3]) * error, np.exp(b[3] - margin), np.exp(b[3] + margin)]
    assert numbers == pytest.approx(expected, rel=1e-6)


def test_every_estimator_by_hand(imputed: Session) -> None:
    """The mean of e(b) over completed data, and Rubin's total variance, without the code that pools."""
    commands = [
        "regress y x w, vce(robust)",
        "areg y x, absorb(id)",
        "xtreg y x w, i(id) fe",
        "probit z x",
        "logistic z x w",
        "ologit o x",
        "oprobit o x",
        "mlogit o x",
        "poisson count x w",
        "nbreg count x",
        "mean x",
        "total x w",
        "proportion o",
        "mixed y x || id: x, cov(unstructured)",
        "xtmixed y x || id:, residuals(ar 1, t(i)) reml",
    ]
    for command in commands:
        runs = []
        for m in range(1, 6):
            other = Session()
            other.data = imputed.data
            other.run(f"mi extract {m}, clear\nquietly {command}")
            runs.append((other.e.matrices["b"].values[0], other.e.matrices["V"].values))
        b = np.array([run[0] for run in runs])
        within = np.mean([run[1] for run in runs], axis=0)
        between = np.cov(b.T).reshape(within.shape)
        imputed.run(f"mi estimate: {command}")
        assert np.allclose(_row(imputed, "b_mi"), b.mean(axis=0), rtol=1e-12, atol=1e-14), command
        expected = within + 1.2 * between
        known = np.diag(within) > 0
        found = imputed.e.matrices["V_mi"].values
        assert np.allclose(found[np.ix_(known, known)], expected[np.ix_(known, known)], rtol=1e-10), command
        assert np.array_equal(np.diag(found) > 0, known), command


def test_the_display(imputed: Session) -> None:
    shown = imputed.run("mi estimate: regress y x w")
    assert (
        shown
        == """
Multiple-imputation estimates                     Imputations     =          5
Linear regression                                 Number of obs   =         60
                                                  Average RVI     =     0.0563
                                                  Largest FMI     =     0.1031
                                                  Complete DF     =         57
DF adjustment:   Small sample                     DF:     min     =      44.30
                                                          avg     =      50.05
                                                          max     =      53.31
Model F test:       Equal FMI                     F(   2,   49.4) =      19.98
Within VCE type:          OLS                     Prob > F        =     0.0000

------------------------------------------------------------------------------
           y |      Coef.   Std. Err.      t    P>|t|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
           x |   .9407749   .1482842     6.34   0.000     .6432932    1.238257
           w |  -.2315195   .1590058    -1.46   0.152    -.5519139    .0888748
       _cons |   .8403257   .1096342     7.66   0.000     .6204571    1.060194
------------------------------------------------------------------------------
"""
    )
    assert imputed.run("mi estimate") == shown
    table = imputed.run("mi estimate, vartable nocitable noheader")
    assert (
        table
        == """
Variance information
------------------------------------------------------------------------------
             |        Imputation variance                             Relative
             |    Within   Between     Total       RVI       FMI    efficiency
-------------+----------------------------------------------------------------
           x |   .021266   .000602   .021988   .033956   .033362       .993372
           w |   .022786    .00208   .025283   .109559   .103103       .979796
       _cons |   .011724   .000247    .01202   .025256    .02493       .995039
------------------------------------------------------------------------------
Note: FMIs are based on Rubin's large-sample degrees of freedom.
"""
    )
    table = imputed.run("mi estimate, dftable noheader level(90)")
    assert "% Increase" in table
    assert "           x |   .9407749   .1482842     6.34   0.000         52.5        1.68\n" in table
    assert "[90% Conf." in imputed.run("mi estimate, level(90)")


def test_large_samples_and_odds_ratios(imputed: Session) -> None:
    shown = imputed.run("mi estimate, dots: logistic z x w")
    assert shown.startswith("\nImputations (5):\n  ..... done\n\nMultiple-imputation estimates")
    assert "DF adjustment:   Large sample                     DF:     min     =    1635.89\n" in shown
    assert "Within VCE type:          OIM" in shown
    assert "           x |   1.724273" in shown
    assert "           x |   5.608439" in imputed.run("mi estimate, or")  # exp(1.7242725)
    assert "exp(b)" in imputed.run("mi estimate, eform")
    imputed.run("mi estimate: poisson count x")
    assert "IRR" in imputed.run("mi estimate, irr")
    imputed.run("mi estimate: mlogit o x")
    assert "RRR" in imputed.run("mi estimate, rrr")
    assert "Haz. Ratio" in imputed.run("mi estimate, hr")
    imputed.run("mi estimate, nosmall: regress y x w")
    assert "df_c_mi" not in imputed.e.scalars
    assert imputed.e.macros["dfadjust_mi"] == "Large sample"


def test_a_mixed_display(imputed: Session) -> None:
    shown = imputed.run("mi estimate: xtmixed y x w || id:")
    assert shown.startswith("""
Multiple-imputation estimates                   Imputations        =         5
Mixed-effects ML regression                     Number of obs      =        60

Group variable: id                              Number of groups   =        10
                                                Obs per group: min =         6
                                                               avg =       6.0
                                                               max =         6
                                                Average RVI        =    0.""")
    assert "id: Identity                 |\n" in shown
    assert "LR test" not in shown
    for option, there, gone in (
        ("variance", "var(Residual)", "sd(Residual)"),
        ("estmetric", "lnsig_e", "sd(Residual)"),
        ("noretable", "_cons |", "sd(Residual)"),
        ("norettable", "_cons |", "sd(Residual)"),
        ("nofetable", "sd(Residual)", "P>|t|"),
        ("nogroup", "sd(Residual)", "Number of groups"),
    ):
        again = imputed.run(f"mi estimate, {option}")
        assert there in again, option
        assert gone not in again, option
    imputed.run("mi estimate: mixed y x w || id:")
    assert "sd(Residual)" in imputed.run("mi estimate, stddeviations")


def test_several_groupings_have_a_table(imputed: Session) -> None:
    imputed.run("generate top = int(id/4)")
    shown = imputed.run("mi estimate: xtmixed y x w || top: || id:")
    assert (
        """ regression                     Number of obs      =        60

-----------------------------------------------------------
                |   No. of       Observations per Group
 Group Variable |   Groups    Minimum    Average    Maximum
----------------+------------------------------------------
            top |        3         12       20.0         24
             id |       10          6        6.0          6
-----------------------------------------------------------

                                                Average RVI        = """
        in shown
    )
    assert "Group Variable" not in imputed.run("mi estimate, nogroup")


def test_wide_degrees_of_freedom_keep_their_column() -> None:
    from xmixed.render.layouts.imputation.pooled import render_pooled_test

    lines = [line.text for line in render_pooled_test(3.5, 2, 123456789.0, 0.03)]
    assert lines[1] == "       F(  2,  1e+08) =    3.50"


def test_a_component_on_the_boundary(session: Session) -> None:
    centred = "egen mean = mean(y), by(id)\nreplace y = y - mean\ngenerate byte z"
    session.run(DATA.replace("generate byte z", centred))
    shown = session.run("mi estimate: xtmixed y x w || id:")
    assert shown.endswith(BOUNDARY)
    row = next(line for line in shown.splitlines() if "sd(_cons)" in line)
    assert len(row.split("|")[1].split()) == 1 or row.split()[-1] == "."
    assert session.e.matrices["V_mi"].values[3, 3] == 0


def test_means_have_their_own_width(imputed: Session) -> None:
    shown = imputed.run("mi estimate: mean x w")
    assert shown.startswith("""
Multiple-imputation estimates     Imputations     =          5
Mean estimation                   Number of obs   =         60
                                  Average RVI     =     0.""")
    assert "Within VCE type:     Analytic             max     =" in shown
    assert "F_mi" not in imputed.e.scalars


def test_clusters(imputed: Session) -> None:
    shown = imputed.run("mi estimate: regress y x, vce(cluster id)")
    assert "Within VCE type:       Robust" in shown
    assert "                                   (Within VCE adjusted for 10 clusters in id)\n" in shown
    assert "Robust\n" not in shown
    shown = imputed.run("mi estimate: xtmixed y x || id:, vce(robust)")
    assert "(Within VCE adjusted for 10 clusters in id)\n" in shown
    assert "(Within VCE adjusted" in imputed.run("mi estimate: mean x, vce(cluster id)")


def test_joint_tests(imputed: Session, fails: Fails) -> None:
    imputed.run("mi estimate: regress y x w")
    shown = imputed.run("mi test x w")
    assert (
        shown
        == """note: assuming equal fractions of missing information

 ( 1)  x = 0
 ( 2)  w = 0

       F(  2,   49.4) =   19.98
             Prob > F =    0.0000
"""
    )
    assert imputed.r["F"] == pytest.approx(19.9832412239927, rel=1e-11)
    assert imputed.r["df_r"] == pytest.approx(49.4160303486025, rel=1e-10)
    free = imputed.run("mi test x w, ufmitest")
    assert not free.startswith("note")
    T, b = imputed.e.matrices["V_mi"].values[:2, :2], np.array(_row(imputed, "b_mi")[:2])
    assert imputed.r["F"] == pytest.approx(float(b @ np.linalg.solve(T, b)) / 2, rel=1e-10)
    imputed.run("mi test x, nosmall")
    assert imputed.r["df_r"] == pytest.approx(4 * (1 + 1 / 0.0339557847686199) ** 2, rel=1e-8)
    imputed.run("mi test x = w")
    assert imputed.r["df"] == 1
    imputed.run("mi estimate: mlogit o x")
    assert "( 2)  [3]x = 0" in imputed.run("mi test x")
    imputed.run("mi test [3], constant")
    assert imputed.r["df"] == 2
    assert fails(imputed, "mi test nothing") == (111, "nothing not found")
    imputed.run("regress y x")
    assert fails(imputed, "mi test x") == (301, "last mi estimates not found")


def test_a_test_of_the_model_with_unequal_fractions(imputed: Session) -> None:
    shown = imputed.run("mi estimate, ufmitest: regress y x w")
    assert "Model F test:    Unrestricted" in shown
    assert imputed.e.scalars["ufmi_mi"] == 1


def test_transformations(imputed: Session, fails: Fails) -> None:
    imputed.run("mi estimate (sum: _b[x] + _b[w]) (_b[x]/_b[w]): regress y x w")
    b, V = _row(imputed, "b_mi"), imputed.e.matrices["V_mi"].values
    assert imputed.e.macros["expnames_mi"] == "sum _mi_2"
    # The first is linear: pooling and transforming may change places.
    assert _row(imputed, "b_Q_mi")[0] == pytest.approx(b[0] + b[1], rel=1e-12)
    variance = V[0, 0] + V[1, 1] + 2 * V[0, 1]
    assert imputed.e.matrices["V_Q_mi"].values[0, 0] == pytest.approx(variance, rel=1e-7)
    ratios = []
    for m in range(1, 6):
        other = Session()
        other.data = imputed.data
        other.run(f"mi extract {m}, clear\nquietly regress y x w")
        own = other.e.matrices["b"].values[0]
        ratios.append(own[0] / own[1])
    assert _row(imputed, "b_Q_mi")[1] == pytest.approx(np.mean(ratios), rel=1e-10)
    shown = imputed.run("mi estimate, notrcoef")
    assert shown.startswith(
        "\nTransformations                                   Imputations     =          5\n"
    )
    assert "\n          sum: _b[x] + _b[w]\n        _mi_2: _b[x]/_b[w]\n" in shown
    assert "legend" not in imputed.run("mi estimate, notrcoef nolegend dftable vartable")
    shown = imputed.run("mi testtransform sum _mi_2")
    assert " ( 2)  _mi_2 = 0\n" in shown
    imputed.run("mi testtransform sum, ufmitest nosmall")
    assert imputed.r["df"] == 1
    assert fails(imputed, "mi testtransform other") == (111, "transformation other not found")
    assert fails(imputed, "mi testtransform") == (100, "names of transformations required")
    imputed.run("mi estimate: regress y x")
    assert fails(imputed, "mi testtransform sum") == (301, "no transformations")


def test_estimates_in_a_file(imputed: Session, folder: Path, fails: Fails) -> None:
    imputed.run("mi estimate, saving(runs): xtmixed y x w || id:")
    whole = imputed.e.matrices["V_mi"].values
    assert fails(imputed, "mi estimate, saving(runs): regress y x") == (602, "file runs.ster already exists")
    imputed.run("clear\nmi estimate using runs")
    assert np.array_equal(imputed.e.matrices["V_mi"].values, whole)
    shown = imputed.run("mi estimate using runs (r: _b[x]/_b[w]), nimputations(3) level(90)")
    assert "Imputations        =         3" in shown
    assert "            r: _b[x]/_b[w]" in shown
    imputed.run("mi estimate using runs, imputations(2/4)")
    assert imputed.e.macros["m_mi"] == "2 3 4"
    assert fails(imputed, "mi estimate using other") == (601, "file other.ster not found")
    imputed.run(f"{DATA}\nmi estimate, saving(runs, replace): regress y x")
    imputed.run("quietly regress y x\nestimates save plain")
    assert fails(imputed, "mi estimate using plain") == (
        610,
        "file plain.ster not a file of estimates of mi estimate",
    )
    assert fails(imputed, "mi estimate, saving(, replace): regress y x")[0] == 198


def test_posted_estimates_are_those_of_the_command(imputed: Session) -> None:
    shown = imputed.run("mi estimate, post: regress y x w")
    assert imputed.e.macros["cmd"] == "regress"
    assert np.array_equal(imputed.e.matrices["b"].values, imputed.e.matrices["b_mi"].values)
    assert imputed.run("regress") == shown
    imputed.run("test x w\nlincom x - w")
    imputed.run("predict fitted")
    expected = imputed.data["w"].to_double() * _row(imputed, "b_mi")[1]
    expected = expected + imputed.data["x"].to_double() * _row(imputed, "b_mi")[0] + _row(imputed, "b_mi")[2]
    rows = imputed.data["fitted"].to_double() < 1e300
    assert np.allclose(imputed.data["fitted"].to_double()[rows], expected[rows], rtol=1e-6)
    imputed.run("mi estimate, post: xtmixed y x || id:")
    assert "Multiple-imputation estimates" in imputed.run("xtmixed")


def test_what_comes_after_estimates_that_are_not_posted(imputed: Session, fails: Fails, folder: Path) -> None:
    imputed.run("mi estimate: regress y x w\nestimates store a")
    assert fails(imputed, "predict p")[0] == 321
    assert fails(imputed, "test x") == (301, "last estimates not found")
    assert fails(imputed, "regress") == (301, "last estimates not found")
    assert fails(imputed, "mi predictnl p = 1") == (199, "command mi predictnl is not implemented in xmixed")
    imputed.run("estimates save a\nquietly regress y w\nestimates use a")
    assert "Multiple-imputation estimates" in imputed.run("mi estimate")


def test_predictions_of_all_imputations(imputed: Session, folder: Path, fails: Fails) -> None:
    imputed.run("mi estimate, saving(runs): regress y x w")
    assert imputed.run("mi predict double fitted using runs") == "(option xb assumed; fitted values)\n"
    imputed.run("mi predict double error using runs if i < 50, stdp")
    points, variances = [], []
    for m in range(1, 6):
        other = Session()
        other.data = imputed.data
        other.run(f"mi extract {m}, clear\nquietly regress y x w\npredict double a\npredict double s, stdp")
        points.append(other.data["a"].values)
        variances.append(other.data["s"].values ** 2)
    original = imputed.data["_mi_m"].values == 0
    found = imputed.data["fitted"].values[original]
    assert np.allclose(found, np.mean(points, axis=0), rtol=1e-12)
    assert np.array_equal(imputed.data["fitted"].values[imputed.data["_mi_m"].values == 3], found)
    total = np.mean(variances, axis=0) + 1.2 * np.var(points, axis=0, ddof=1)
    errors = imputed.data["error"].values[original]
    assert np.allclose(errors[:49], np.sqrt(total)[:49], rtol=1e-10)
    assert np.all(errors[49:] > 1e300)
    imputed.run("mi predict third using runs, imputations(2/4) noupdate")
    imputed.run("mi predict second using runs, nimputations(2)")
    expected = np.mean(points[:2], axis=0)
    assert np.allclose(imputed.data["second"].values[original], expected, rtol=1e-6)
    assert fails(imputed, "mi predict second using runs") == (110, "second already defined")
    assert fails(imputed, "mi predict a b using runs") == (103, "too many variables specified")
    assert fails(imputed, "mi predict p") == (100, "using required")
    assert fails(imputed, "mi predict p using runs, dfbeta(x)")[0] == 198
    imputed.run("mi set M = 3")
    assert fails(imputed, "mi predict p using runs") == (198, "m=5 invalid; M=3")


def test_what_cannot_be_predicted_together(imputed: Session, folder: Path, fails: Fails) -> None:
    imputed.run("mi estimate, saving(runs): xtmixed y x w || id:")
    imputed.run("mi predict double line using runs, xb")
    assert fails(imputed, "mi predict p using runs, fitted") == (498, "e(sample) information not available")
    imputed.run("mi estimate, saving(other): mlogit o x")
    message = "pr makes several variables; mi predict makes one"
    assert fails(imputed, "mi predict p using other, pr") == (198, message)
    imputed.run("mi predict p using other, pr outcome(2)")
    assert np.all(imputed.data["p"].values < 1)
    imputed.run("mi estimate, saving(third): mean x")
    assert fails(imputed, "mi predict q using third") == (321, "predict not valid after mean")


def test_the_sample_may_vary_only_when_asked(imputed: Session, fails: Fails) -> None:
    command = "regress y x if x > 0"
    assert fails(imputed, f"mi estimate: {command}") == (459, "estimation sample varies between m=1 and m=2")
    shown = imputed.run(f"mi estimate, esampvaryok: {command}")
    assert "Warning: estimation sample varies across imputations; results may be biased." in shown
    e = imputed.e.scalars
    assert e["N_mi"] == e["N_min_mi"] < e["N_max_mi"]
    assert e["esampvary_mi"] == 1


def test_terms_that_vary(imputed: Session, fails: Fails) -> None:
    imputed.run("generate q = round(x + 2)\nmi register passive q")
    imputed.run("replace q = 5 if _mi_m == 2 & i == 5")
    message = "omitted terms vary\nthe set of omitted variables or categories is not consistent"
    assert fails(imputed, "mi estimate: regress y i.q")[1].startswith(message)


def test_failures_on_an_imputation(imputed: Session, fails: Fails) -> None:
    code, message = fails(imputed, "mi estimate: regress y nothing")
    assert code == 111
    assert message.endswith("\nan error occurred when mi estimate executed regress on m=1")
    imputed.run("replace x = 0 if _mi_m == 3 & mod(i, 5) == 0")
    failing = "regress y x in 60 if x != 0 | mod(i, 5)"
    assert fails(imputed, f"mi estimate: {failing}")[0] == 2000
    imputed.run("program half, eclass\n if x[5] == 0 {\n error 111\n}\n quietly regress y x w\nend")
    assert fails(imputed, "mi estimate, cmdok: half")[0] == 111
    shown = imputed.run("mi estimate, cmdok errorok dots: half")
    assert "  ..x.. done\n" in shown
    assert imputed.e.macros["m_est_mi"] == "1 2 4 5"


def test_commands_that_are_not_supported(imputed: Session, fails: Fails) -> None:
    message = "anova is not officially supported by mi estimate"
    assert fails(imputed, "mi estimate: anova y id") == (198, message)
    imputed.run("mi estimate, cmdok: anova y id")
    assert fails(imputed, "mi estimate: summarize x")[0] == 198
    assert fails(imputed, "mi estimate: bootstrap: regress y x") == (
        199,
        "bootstrap is not allowed with mi estimate",
    )
    assert fails(imputed, "mi estimate: regress y x, vce(jackknife)")[0] == 198
    assert "Imputations" in imputed.run("mi estimate: xi: regress y x i.id")


def test_noisily_shows_each_run(imputed: Session) -> None:
    shown = imputed.run("mi estimate, noisily nimputations(2): regress y x")
    assert shown.count("Source |") == 2
    assert "-> m=2\n" in shown


def test_nothing_but_results_is_left(imputed: Session) -> None:
    imputed.run("mi update\nset seed 5")
    before = imputed.data
    imputed.run("mi estimate: regress y x w")
    assert all(imputed.data[name] is before[name] for name in before.names)
    imputed.run("mi estimate, noupdate: regress y x w")


def test_several_processes_find_the_same(imputed: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from xmixed.commands.mi.analysis import runs

    imputed.run("mi estimate: xtmixed y x w || id:")
    alone = imputed.e.matrices["V_mi"].values
    monkeypatch.setattr(runs, "WORTH_FORKING", 0.0)
    monkeypatch.setattr(runs, "processes", lambda: 2)
    shown = imputed.run("mi estimate: xtmixed y x w || id:")
    assert np.array_equal(imputed.e.matrices["V_mi"].values, alone)
    assert "Mixed-effects ML regression" in shown


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("mi estimate: ", 100, "command required"),
        ("mi estimate (_b[x])", 100, ": required"),
        ("mi estimate _b[x]: regress y x", 198, "invalid syntax"),
        ("mi estimate (a: _b[x]) (a: _b[w]): regress y x w", 198, "names of expressions must be distinct"),
        ("mi estimate (a: _b[w]): regress y x", 111, "w not found"),
        ("mi estimate, nimputations(9): regress y x", 198, MANY),
        ("mi estimate, imputations(1 9): regress y x", 198, "imputations(): 9 is no imputation; M=5"),
        ("mi estimate, imputations(1): regress y x", 2001, "insufficient imputations"),
        ("mi estimate, mcerror: regress y x", 198, "option mcerror is not implemented in xmixed yet"),
        ("mi estimate", 301, "last mi estimates not found"),
    ],
)  # fmt: skip
def test_refusals(imputed: Session, fails: Fails, line: str, code: int, message: str) -> None:
    assert fails(imputed, line) == (code, message)


def test_data_without_imputations(session: Session, fails: Fails) -> None:
    session.run("set obs 5\ngenerate x = _n")
    assert fails(session, "mi estimate: regress x") == (119, "data not mi set")
    session.run("mi set wide")
    assert fails(session, "mi estimate: regress x") == (2000, "no imputations")
