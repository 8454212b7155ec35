"""Option residuals() of xtmixed: what it refuses, the names in e(b), e(), and the rows of the table."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

M, T = 40, 5
N = M * T
Z = 1.959963984540054


@pytest.fixture(scope="module")
def frame():
    """Groups of five occasions with autocorrelated errors; the second half of the groups is noisier."""
    random = np.random.default_rng(7)
    g = np.repeat(np.arange(M), T)
    t = np.tile(np.arange(T), M)
    errors = np.empty((M, T))
    errors[:, 0] = random.normal(size=M)
    for k in range(1, T):
        errors[:, k] = 0.6 * errors[:, k - 1] + 0.8 * random.normal(size=M)
    half = (np.arange(M) >= M // 2).astype(int)
    x = random.normal(size=N)
    y = 1 + x + random.normal(size=M)[g] + (errors * (1 + half[:, None])).ravel()
    return pd.DataFrame(
        {"y": y, "x": x, "g": g, "t": t, "half": half[g], "frac": t + 0.5, "minus": t - 2, "s": ["a"] * N}
    )


@pytest.fixture
def session(frame):
    made = Session()
    made.use(frame)
    return made


def text(session: Session, command: str) -> list[str]:
    return str(session.run(command)).splitlines()


def residual_names(session: Session) -> list[str]:
    names = session.e["b"].column_names
    place = names.index("lnsig_e:_cons")
    assert all(name.endswith(":_cons") for name in names[place:])
    return [name.removesuffix(":_cons") for name in names[place + 1 :]]


NAMES = [
    ("|| g:", "independent", []),
    ("|| g:", "independent, by(half)", ["r_lns2ose"]),
    ("|| g:, nocons", "ex", ["r_atr1"]),
    ("|| g:, nocons", "ex, by(half)", ["r_atr1", "r_lns2ose", "r_atr2"]),
    ("|| g:", "ar, t(t)", ["r_atr1"]),
    ("|| g:, nocons", "ar 2, t(t)", ["r_phi1_1", "r_phi1_2"]),
    ("|| g:, nocons", "ma 1, t(t)", ["r_att1"]),
    ("|| g:, nocons", "ma 2, t(t)", ["r_theta1_1", "r_theta1_2"]),
    ("|| g:, nocons", "to 2, t(t)", ["r_atr1_1", "r_atr1_2"]),
    ("|| g:, nocons", "exp, t(frac)", ["r_logitr1"]),
    ("|| g:, nocons", "exp, t(frac) by(half)", ["r_logitr1", "r_lns2ose", "r_logitr2"]),
    (
        "|| g:, nocons",
        "ba 1, t(t)",
        [f"r_lns1_{i}ose" for i in range(2, T + 1)] + [f"r_atr1_{i}_{i + 1}" for i in range(1, T)],
    ),
    (
        "|| g:, nocons",
        "un, t(t)",
        [f"r_lns1_{i}ose" for i in range(2, T + 1)]
        + [f"r_atr1_{i}_{k}" for i in range(1, T + 1) for k in range(i + 1, T + 1)],
    ),
]


@pytest.mark.parametrize(("equation", "asked", "names"), NAMES, ids=[asked for _, asked, _ in NAMES])
def test_names_and_counts(session, equation, asked, names):
    comma = "" if "," in equation else ","
    session.run(f"xtmixed y x {equation}{comma} residuals({asked}) nolog")
    e = session.e
    assert residual_names(session) == names
    assert e["resopt"] == asked
    assert e["k_res"] == len(names) + 1
    assert e["k"] == e["k_f"] + e["k_r"] == len(e["b"].column_names)
    raw = sum(name.startswith(("r_phi", "r_theta", "r_att")) for name in names)
    assert e["k_r"] == e["k_rs"] + e["k_rc"] + raw


REFUSED = [
    ("|| g:, res(ar 1)", 198, "residual structure ar requires t(varname)"),
    ("|| g:, res(un)", 198, "residual structure unstructured requires t(varname)"),
    ("|| g:, res(ar 0, t(t))", 198, "option residuals() incorrectly specified"),
    ("|| g:, res(ar 5, t(t))", 198, "ar order 5 exceeds the maximum lag observed within groups, 4"),
    ("|| g:, res(to 5, t(t))", 198, "toeplitz order 5 exceeds"),
    ("|| g:, res(ba 5, t(t))", 198, "banded order may be at most 4"),
    ("|| g:, res(ma 1, t(frac))", 198, "must have integer values"),
    ("|| g:, res(un, t(minus))", 198, "must have nonnegative integer values"),
    ("|| g:, res(un, t(s))", 109, "string variables may not be used as t() variables"),
    ("|| g:, res(ex, by(s))", 109, "string variables may not be used as by() variables"),
    ("|| g:, res(ar 1, t(half))", 451, "repeated time values within groups"),
    ("|| _all: R.g, res(ar 1, t(t))", 451, "repeated time values within groups"),
    ("|| g:, res(ex, by(t))", 459, "by() variable t is not constant within groups"),
    ("|| g:, res(ar 1, t(t)) nostderr", 198, "option nostderr is available only"),
    ("|| g:, res(ind, by(half)) emonly", 198, "option emonly is available only"),
    (", res(ar 1, t(t))", 198, "requires a random-effects equation"),
    ("|| g:, res(ar 1, t(nowhere))", 111, "variable nowhere not found"),
]


@pytest.mark.parametrize(("rest", "code", "message"), REFUSED, ids=[rest for rest, _, _ in REFUSED])
def test_refusals(session, rest, code, message):
    with pytest.raises(StataError) as caught:
        session.run(f"xtmixed y x {rest} nolog")
    assert caught.value.code == code
    assert message in caught.value.message
    assert "b" not in session.e.matrices


def test_an_autoregression_needs_gaps_of_a_few_periods(session):
    """Of order one it is one in any unit; of order two it is seen at any angle of its roots' powers."""
    session.run("generate double ms = t * 86400000")
    with pytest.raises(StataError, match=r"gaps in t\(\) variable ms are multiples of 86,400,000") as caught:
        session.run("xtmixed y x || g:, res(ar 2, t(ms)) nolog")
    assert caught.value.code == 459 and caught.value.hint == "count t() in units of 86400000"
    session.run("generate even = t * 1000")
    session.run("capture quietly xtmixed y x || g:, res(ar 2, t(even)) iterate(1)")
    assert session.e["timevar"] == "even"


def test_ignored_time_leaves_the_sample_alone(session):
    session.run("replace t = . in 1")
    lines = text(session, "xtmixed y x || g:, residuals(ind, t(t)) nolog")
    assert "Note: t() not required for this residual structure; ignored" in lines
    assert session.e["N"] == N
    assert session.e["rstructlab"] == "Independent"
    assert any("sd(Residual)" in row for row in lines)


def test_missing_time_and_by_leave_the_sample(session):
    session.run("replace t = . in 1")
    session.run("replace half = . in 6/10")
    session.run("xtmixed y x || g:, residuals(ar 1, t(t) by(half)) nolog")
    assert session.e["N"] == N - 6


def test_start_title(session):
    lines = text(session, "xtmixed y x || g:, residuals(ar 1, t(t))")
    assert "Obtaining starting values by EM: " in lines
    assert "Performing EM optimization: " in text(session, "xtmixed y x || g:")


def table_row(lines: list[str], label: str) -> list[float]:
    (row,) = [line for line in lines if line.startswith(label.rjust(28) + " |")]
    return [float(word) for word in row[30:].split()]


def test_rows_by_the_delta_method(session):
    """The rows are functions of e(b) and e(V), worked out here anew by numerical derivatives."""
    session.run("xtmixed y x || g:, nocons residuals(un, t(t) by(half)) nolog")
    names = session.e["b"].column_names
    b, v = session.e["b"].values[0], session.e["V"].values

    def at(values, name):
        return values[names.index(name + ":_cons")]

    def covariance(values):
        logs = 2 * at(values, "lnsig_e") + at(values, "r_lns2_1ose") + at(values, "r_lns2_3ose")
        return math.exp(logs) * math.tanh(at(values, "r_atr2_1_3"))

    gradient = np.array(
        [(covariance(b + h) - covariance(b - h)) / 2e-6 for h in 1e-6 * np.eye(len(b))], dtype=float
    )
    error = math.sqrt(gradient @ v @ gradient)
    expected = [covariance(b), error, covariance(b) - Z * error, covariance(b) + Z * error]
    assert table_row(text(session, "xtmixed, variance"), "1: cov(e0,e2)") == pytest.approx(expected, 1e-5)
    lines = text(session, "xtmixed")
    arctangent = at(b, "r_atr1_2_4")
    assert table_row(lines, "0: corr(e1,e3)")[0] == pytest.approx(math.tanh(arctangent), 1e-5)
    logarithm = at(b, "lnsig_e") + at(b, "r_lns2_2ose")
    assert table_row(lines, "1: sd(e1)")[0] == pytest.approx(math.exp(logarithm), 1e-5)
    assert "Residual: Unstructured,      |" in lines
    assert "    by half                  |" in lines


def test_value_labels_name_the_groups(session):
    session.run('label define halves 0 "calm" 1 "a very long name of a noisy half"')
    session.run("label values half halves")
    lines = text(session, "xtmixed y x || g:, residuals(independent, by(half)) nolog")
    table_row(lines, "calm: sd(e)")
    table_row(lines, "a very long name of a: sd(e)")
    assert session.e["rglabels"].startswith('"calm" ')
    assert session.e["nrgroups"] == 2


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ("ar 1, t(t)", ["rho", "sd(e)"]),
        ("ar 2, t(t)", ["phi1", "phi2", "sd(e)"]),
        ("ma 1, t(t)", ["theta1", "sd(e)"]),
        ("toeplitz 2, t(t)", ["rho1", "rho2", "sd(e)"]),
        ("exponential, t(t)", ["rho", "sd(e)"]),
        ("exchangeable", ["sd(e)", "corr(e)"]),
        ("banded 0, t(t)", [f"sd(e{k})" for k in range(T)]),
    ],
)
def test_order_of_rows(session, asked, labels):
    lines = text(session, f"xtmixed y x || g:, nocons residuals({asked}) nolog")
    assert "g:                   (empty) |" in lines
    title = next(place for place, row in enumerate(lines) if row.startswith("Residual: "))
    shown = [row[:28].strip() for row in lines[title + 1 : title + 1 + len(labels)]]
    assert shown == labels
    assert "Note: The reported degrees of freedom assumes the null hypothesis is not on" in lines


def test_comparison_without_equations(session):
    """Two residual variances make one degree of freedom, yet nothing is on a boundary."""
    lines = text(session, "xtmixed y x, residuals(independent, by(half)) nolog")
    assert any("chi2(1)" in row and "chibar2" not in row for row in lines)
    assert "Group variable" not in "\n".join(lines)


def test_replay_lrtest_and_from(session):
    session.run("xtmixed y x || g:, nocons residuals(exponential, t(t)) nolog")
    exponential = session.e["ll"]
    session.run("estimates store exponential")
    first = text(session, "xtmixed y x || g:, nocons residuals(un, t(t)) nolog")
    assert text(session, "xtmixed") == first
    assert (session.e["tmap"].values == [np.arange(T)]).all()
    session.run("lrtest exponential .")
    assert session.r["df"] == T * (T + 1) // 2 - 2
    assert session.r["chi2"] == pytest.approx(2 * (session.e["ll"] - exponential))
    reached = session.e["ll"]
    session.run("xtmixed y x || g:, nocons residuals(un, t(t)) nolog from(e(b))")
    assert session.e["ll"] == pytest.approx(reached, abs=1e-6)
    with pytest.raises(StataError, match="residuals"):
        session.run("estat icc")


@pytest.mark.parametrize(
    ("structure", "hint"),
    [
        ("ar1", "a blank stands before the order: residuals(ar 1)"),
        ("toeplitz12, t(days)", "a blank stands before the order: residuals(toeplitz 12)"),
        ("un1", "residual structures: independent"),
    ],
)
def test_what_may_have_been_meant(structure: str, hint: str) -> None:
    session = Session()
    session.run("sysuse sleepstudy")
    with pytest.raises(StataError) as caught:
        session.run(f"xtmixed reaction days || subject:, residuals({structure})")
    assert caught.value.code == 198 and caught.value.hint.startswith(hint)


def test_the_reference_may_be_the_one_that_is_zero() -> None:
    """An indicator fits the one row of a by() group: which group comes first makes no difference."""
    random = np.random.default_rng(8)
    g = np.arange(120) // 6
    y = 1 + random.normal(size=20)[g] + random.normal(size=120)
    session = Session()
    session.use(pd.DataFrame({"y": y, "g": g, "one": (np.arange(120) == 0).astype(int)}))
    session.run("generate rest = 1 - one")
    rows = {}
    for by in ("one", "rest"):
        shown = text(session, f"xtmixed y one || g:, residuals(independent, by({by})) mle nolog")
        assert session.e["boundary"] == ("r_lns2ose" if by == "one" else "lnsig_e")
        rows[by] = [line.split("|")[1].split() for line in shown if "sd(e)" in line]
        assert "space (zero); its standard error is not computed." in shown[-1]
    assert rows["one"][0] == rows["rest"][1] and rows["one"][1][1:] == rows["rest"][0][1:] == ["."] * 3
