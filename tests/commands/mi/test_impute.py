"""mi impute: which values are filled, what it shows and saves, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

Fails = Callable[[Session, str], tuple[int, str]]
DATA = """
set seed 4
set obs 120
generate x = rnormal()
generate byte g = mod(_n, 3)
generate y = x + rnormal()
generate byte z = x + y + rnormal() > 0
generate byte o = 1 + (x + rnormal() > -.5) + (x + rnormal() > 1)
generate int c = rpoisson(exp(.3*x))
replace y = . in 1/10
replace z = . in 6/20
replace o = . in 15/30
replace c = . in 100/109
"""


@pytest.fixture
def holed(session: Session) -> Session:
    session.run(DATA + "mi set flong\nmi register imputed y z o c")
    return session


def _imputed(session: Session, name: str, m: int) -> np.ndarray:
    data = session.data
    return data[name].to_double()[data["_mi_m"].values == m]


def test_one_variable(holed: Session) -> None:
    shown = holed.run("mi impute regress y x i.g, add(3) rseed(12)")
    assert (
        shown
        == """
Univariate imputation                       Imputations =        3
Linear regression                                 added =        3
Imputed: m=1 through m=3                        updated =        0

------------------------------------------------------------------
                   |              Observations per m
                   |----------------------------------------------
          Variable |   Complete   Incomplete   Imputed |     Total
-------------------+-----------------------------------+----------
                 y |        110           10        10 |       120
------------------------------------------------------------------
(complete + incomplete = total; imputed is the minimum across m
 of the number of filled-in observations.)
"""
    )
    first, original = _imputed(holed, "y", 1), _imputed(holed, "y", 0)
    assert np.array_equal(first[10:], original[10:])
    assert np.all(np.abs(first[:10]) < 100)
    assert len(set(first[:10].tolist()) | set(_imputed(holed, "y", 2)[:10].tolist())) == 20
    assert holed.r.scalars == {"M": 3, "M_add": 3, "M_update": 0, "k_ivars": 1, "N_g": 1}
    assert holed.r.macros == {"method": "regress", "ivars": "y", "rseed": "12"}
    assert holed.r.matrices["N_imputed"].values.tolist() == [[10]]


def test_a_seed_gives_the_same_values_again(holed: Session) -> None:
    holed.run("mi impute pmm y x, add(2) knn(3) rseed(7)")
    before = _imputed(holed, "y", 2)
    shown = holed.run("mi impute pmm y = x, replace knn(3) rseed(7)")
    assert np.array_equal(_imputed(holed, "y", 2), before)
    assert "Imputed: m=1 through m=2                        updated =        2" in shown
    assert "\n                                      Nearest neighbors =        3\n" in shown
    assert holed.r["knn"] == 3
    assert np.isin(before[:10], _imputed(holed, "y", 0)).all()


@pytest.mark.parametrize(
    ("method", "name", "values"),
    [("logit", "z", {0, 1}), ("ologit", "o", {1, 2, 3}), ("mlogit", "o", {1, 2, 3})],
)
def test_categories(holed: Session, method: str, name: str, values: set[float]) -> None:
    holed.run(f"mi impute {method} {name} x, add(5)")
    assert set(_imputed(holed, name, 5).tolist()) == values
    assert holed.data[name].type == "byte"


def test_counts_and_types(holed: Session) -> None:
    holed.run("mi impute poisson c x, add(1)")
    assert holed.data["c"].type == "int"
    holed.run("replace c = c + 5*(g == 0)")
    assert "Negative binomial regression" in holed.run("mi impute nbreg c x, replace")
    assert np.all(_imputed(holed, "c", 1) >= 0)
    holed.run("mi impute regress y x, replace double")
    assert holed.data["y"].type == "double"


def test_augment_goes_past_perfect_prediction(holed: Session, fails: Fails) -> None:
    holed.run("generate byte p = z == 1")
    message = "mi impute logit: z: perfect predictor(s) detected"
    assert fails(holed, "mi impute logit z x p, add(1)") == (498, message)
    holed.run("mi impute logit z x p, add(1) augment")
    assert not np.any(_imputed(holed, "z", 1) > 1)
    holed.run("mi impute chained (logit, augment) z (regress) y = x p, replace burnin(2)")
    holed.run("mi impute chained (logit) z (regress) y = x p, replace burnin(2) augment")


def test_chained_equations(holed: Session) -> None:
    shown = holed.run(
        "mi impute chained (regress) y (logit, omit(i.g)) z (ologit, ascontinuous) o "
        "(poisson, include(c.x#c.x) noimputed) c = x i.g, add(2) burnin(4)"
    )
    assert shown.startswith("""
Conditional models:
                 y: regress y c i.z o x i.g
                 c: poisson c x i.g c.x#c.x
                 z: logit z y c o x
                 o: ologit o y c i.z x i.g

Performing chained iterations ...

Multivariate imputation                     Imputations =        2
Chained equations                                 added =        2
Imputed: m=1 through m=2                        updated =        0

Initialization: monotone                     Iterations =        8
                                                burn-in =        4

                 y: linear regression
                 z: logistic regression
                 o: ordered logistic regression
                 c: poisson regression

""")
    for name in "yzoc":
        assert np.all(_imputed(holed, name, 2) < 100)
    assert holed.r["burnin"] == 4
    assert "linear regression" not in holed.run(
        "mi impute chained (regress) y (pmm, knn(2)) c = x, replace nolegend orderasis noimputed burnin(1)"
    )


def test_the_trace_of_chains(holed: Session, fails: Fails, folder: Path) -> None:
    line = "mi impute chained (regress) y (poisson) c = x, replace burnin(4) rseed(1)"
    holed.run(f"mi set M = 2\n{line} savetrace(trace)")
    imputed = [_imputed(holed, "y", m)[:10] for m in (1, 2)]
    assert fails(holed, f"{line} savetrace(trace)") == (602, "file trace.dta already exists")
    assert fails(holed, f"{line} savetrace(trace, replace) by(g)")[0] == 198
    assert fails(holed, f"{line} savetrace(, replace)")[0] == 198
    holed.run("mi impute chained (regress) y = x, replace savetrace(nothing)")
    assert not Path("nothing.dta").exists()  # a monotone pattern takes no iteration
    holed.run(f"{line} savetrace(trace, replace)\nuse trace, clear")
    data = holed.data
    assert data.names == ["iter", "m", "y_mean", "y_sd", "c_mean", "c_sd"]
    assert data["iter"].values.tolist() == [0, 1, 2, 3, 4] * 2
    ends = data["y_mean"].values[[4, 9]]
    assert ends.tolist() == pytest.approx([own.mean() for own in imputed], rel=1e-6)
    assert data["y_sd"].values[9] == pytest.approx(imputed[1].std(ddof=1), rel=1e-6)


def test_order_and_dry_run(holed: Session) -> None:
    shown = holed.run("mi impute chained (mlogit) o (pmm, knn(4) noconstant) y = x, dryrun orderasis")
    models = "                 o: mlogit o y x\n                 y: pmm y i.o x, knn(4) noconstant\n"
    assert shown == "\nConditional models:\n" + models
    assert holed.data["_mi_m"].values.max() == 0


def test_a_monotone_pattern(holed: Session, fails: Fails) -> None:
    assert fails(holed, "mi impute monotone (regress) y (logit) z = x, add(2)") == (
        459,
        "mi impute monotone: missing-value pattern is not monotone",
    )
    holed.run("replace z = . in 1/5 if _mi_m == 0")
    shown = holed.run("mi impute monotone (logit) z (regress) y = x, add(2)")
    assert "Conditional models:\n                 y: regress y x\n                 z: logit z y x\n" in shown
    assert "Monotone method                                   added =        2\n" in shown
    assert np.all(_imputed(holed, "z", 1) <= 1)
    shown = holed.run("mi impute chained (logit) z (regress) y = x, replace")
    assert "note: missing-value pattern is monotone; no iteration performed\n" in shown
    assert "Initialization: monotone                     Iterations =        0\n" in shown


def test_multivariate_normal(holed: Session) -> None:
    blank = " "
    shown = holed.run("mi impute mvn y c = x i.g, add(3) burnin(20) burnbetween(10) prior(jeffreys)")
    assert shown.startswith("\nPerforming EM optimization:\n  observed log likelihood = -")
    assert (
        f"""
Performing MCMC data augmentation ...{blank}

Multivariate imputation                     Imputations =        3
Multivariate normal regression                    added =        3
Imputed: m=1 through m=3                        updated =        0

Prior: Jeffreys                              Iterations =       40
                                                burn-in =       20
                                                between =       10

"""
        in shown
    )
    assert np.all(np.abs(_imputed(holed, "c", 3)) < 100)
    assert (holed.r["burnin"], holed.r["burnbetween"]) == (20, 10)
    holed.run("replace c = . in 1/2 if _mi_m == 0")
    note = (
        "note: 2 observations omitted from EM estimation because of all imputation\n      variables missing\n"
    )
    assert note in holed.run("mi impute mvn y c = x, replace burnin(5) burnbetween(5) noconstant")


def test_groups(holed: Session, fails: Fails) -> None:
    shown = holed.run("mi impute regress y x, add(2) by(g)")
    assert shown.endswith("""
------------------------------------------------------------------
                   |              Observations per m
by()               |----------------------------------------------
          Variable |   Complete   Incomplete   Imputed |     Total
-------------------+-----------------------------------+----------
g = 0              |                                   |
                 y |         37            3         3 |        40
                   |                                   |
g = 1              |                                   |
                 y |         36            4         4 |        40
                   |                                   |
g = 2              |                                   |
                 y |         37            3         3 |        40
                   |                                   |
-------------------+-----------------------------------+----------
Overall            |                                   |
                 y |        110           10        10 |       120
------------------------------------------------------------------
(complete + incomplete = total; imputed is the minimum across m
 of the number of filled-in observations.)
""")
    assert holed.r.matrices["N"].values.tolist() == [[40], [40], [40]]
    holed.run("mi impute chained (regress) y (pmm) z = x, replace by(g) burnin(2)")
    assert np.all(np.abs(_imputed(holed, "y", 2)) < 100)
    assert fails(holed, "mi impute regress y x, replace by(y)") == (
        198,
        "y: imputation variable not allowed in by()",
    )


def test_every_style_holds_the_same_values(session: Session) -> None:
    found = {}
    for style in ("wide", "mlong", "flong"):
        session.run(f"clear\n{DATA}\nmi set {style}\nmi register imputed y z o c")
        session.run("mi impute regress y x, add(2) rseed(3)")
        data = session.data
        if style == "wide":
            found[style] = data["_2_y"].to_double()[:10]
        else:
            found[style] = data["y"].to_double()[data["_mi_m"].values == 2][:10]
    assert np.array_equal(found["wide"], found["mlong"])
    assert np.array_equal(found["wide"], found["flong"])


def test_what_cannot_be_imputed(holed: Session, fails: Fails) -> None:
    message = "mi impute regress: missing imputed values produced"
    assert fails(holed, "mi impute regress y z, add(1)") == (498, message)
    shown = holed.run("mi impute regress y z, add(1) force noupdate")
    assert "                 y |        110           10         5 |       120" in shown
    assert np.array_equal(np.flatnonzero(_imputed(holed, "y", 1) >= 1e300), [5, 6, 7, 8, 9])


def test_hard_missing_values_stay(holed: Session) -> None:
    holed.run("replace y = .a in 1/2")
    shown = holed.run("mi impute regress y x if x < 9, add(1)")
    assert "                 y |        110            8         8 |       118" in shown
    assert np.all(_imputed(holed, "y", 1)[:2] > 1e300)


def test_nothing_to_impute(session: Session) -> None:
    session.run(DATA + "mi set wide\nreplace y = 0 if y == .\nmi register imputed y")
    note = "note: variable y contains no soft missing (.) values; imputing nothing\n"
    assert session.run("mi impute regress y x, add(1)").startswith(note)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("mi impute", 198, "imputation method required"),
        ("mi impute foo y", 198, "foo: imputation method not found"),
        ("mi impute intreg y, add(1)", 198, "mi impute intreg is not implemented in xmixed"),
        ("mi impute regress y x", 198, "option add() is required when no imputations exist"),
        ("mi impute regress x y, add(1)", 198, "variable x not registered as imputed"),
        ("mi impute regress y x, add(1) knn(2)", 198, "option knn() not allowed with method regress"),
        ("mi impute regress y x, add(1) bootstrap", 198, "option bootstrap is not implemented in xmixed yet"),
        (
            "mi impute regress y y x, add(1)",
            198,
            "y: imputation variable may not be among its own covariates",
        ),
        ("mi impute regress y z = x, add(1)", 103, "too many variables specified"),
        ("mi impute regress i.y x, add(1)", 101, "factor variables and time-series operators not allowed"),
        ("mi impute chained y z = x, add(1)", 198, "(method) required before imputation variables"),
        ("mi impute chained = x, add(1)", 100, "imputation variables required"),
        ("mi impute chained (regress) y y, add(1)", 198, "y: imputation variable specified more than once"),
        (
            "mi impute chained (regress, knn(3)) y, add(1)",
            198,
            "option knn() not allowed with method regress",
        ),
        ("mi impute chained (foo) y, add(1)", 198, "foo: imputation method not found"),
        ("mi impute logit c x, add(1)", 450, "c is not a 0/1 variable"),
        ("mi impute poisson y x, add(1)", 459, "y must be greater than or equal to zero"),
        ("mi impute regress y x if x > 99, add(1)", 2000, "no observations"),
        ("mi impute regress y x if _n < 9, add(1)", 2000, "no observations"),
        ("mi impute mvn y c if _n < 9, add(1)", 2000, "no observations"),
        ("mi impute regress y i.g#i.o#i.c#i.z#c.x in 1/3, add(1)", 101, "in range not allowed"),
        (
            "mi impute regress y x if _n < 12, add(1)",
            498,
            "mi impute regress: y: too few observations to fit the model",
        ),
    ],
)
def test_refusals(holed: Session, fails: Fails, line: str, code: int, message: str) -> None:
    assert fails(holed, line) == (code, message)


def test_imputations_that_exist_ask_what_to_do(holed: Session, fails: Fails) -> None:
    holed.run("mi set M = 2")
    assert fails(holed, "mi impute regress y x, add(999)") == (198, "add(): at most 1,000 imputations")
    message = "option add() or replace is required when imputations exist"
    assert fails(holed, "mi impute regress y x") == (198, message)


def test_data_that_are_not_mi(session: Session) -> None:
    session.run(DATA)
    with pytest.raises(StataError) as caught:
        session.run("mi impute regress y x, add(1)")
    assert (caught.value.code, caught.value.message) == (119, "data not mi set")
