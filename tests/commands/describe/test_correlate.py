"""correlate and pwcorr: layout (FORMAT-data.md, section 10) and figures against scipy and numpy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING


@pytest.fixture
def cars(session):
    """Four numbers, of which one is missing in two rows, and a string."""
    session.run(
        "set obs 12\nset seed 1\ngenerate mpg = 10 + mod(7*_n, 13)\ngenerate weight = 4000 - 90*mpg + 30*_n"
    )
    session.run('generate rep = mod(_n, 5) + 1\nreplace rep = . in 3/4\ngenerate str make = "m" + string(_n)')
    return session


def columns(session, *names):
    return np.column_stack([session.data[name].to_double() for name in names])


def test_layout(cars):
    r = np.corrcoef(columns(cars, "mpg", "weight"), rowvar=False)[0, 1]
    assert cars.run("correlate mpg weight").splitlines() == [
        "(obs=12)",
        "",
        "             |      mpg   weight",
        "-------------+------------------",
        "         mpg |   1.0000",
        f"      weight |{r:9.4f}   1.0000",
        "",
    ]
    assert cars.r["rho"] == pytest.approx(r, rel=1e-12) and cars.r["N"] == 12
    assert cars.r["C"].values == pytest.approx(np.array([[1, r], [r, 1]]))


def test_complete_rows_only(cars):
    assert cars.run("correlate mpg weight rep").startswith("(obs=10)\n")
    X = columns(cars, "mpg", "weight", "rep")[columns(cars, "rep")[:, 0] < MISSING]
    assert cars.r["C"].values == pytest.approx(np.corrcoef(X, rowvar=False))
    assert cars.run("correlate").startswith("(make ignored because string variable)\n(obs=10)\n")


def test_means_and_covariances(cars):
    lines = cars.run("correlate mpg weight, means covariance").splitlines()
    x = columns(cars, "mpg", "weight")
    assert lines[2] == "    Variable |         Mean    Std. Dev.          Min          Max"
    assert lines[3] == "-------------+----------------------------------------------------"
    assert [float(word) for word in lines[4].split()[2:]] == pytest.approx(
        [x[:, 0].mean(), x[:, 0].std(ddof=1), x[:, 0].min(), x[:, 0].max()], rel=1e-6
    )
    assert lines[6:8] == ["", ""]
    assert cars.r["cov_12"] == pytest.approx(np.cov(x, rowvar=False)[0, 1], rel=1e-12)
    assert cars.r["Var_2"] == pytest.approx(x[:, 1].var(ddof=1), rel=1e-12)


def test_weights_are_those_of_repeated_rows(cars, refused):
    cars.run("correlate mpg weight [fw=rep]")
    rep = columns(cars, "rep")[:, 0]
    X = columns(cars, "mpg", "weight")[rep < MISSING].repeat(rep[rep < MISSING].astype(int), axis=0)
    assert cars.r["N"] == len(X)
    assert cars.r["rho"] == pytest.approx(np.corrcoef(X, rowvar=False)[0, 1], rel=1e-12)
    assert refused(cars, "correlate mpg weight [pw=rep]")[0] == 101


def test_constants_and_wide_matrices(cars):
    cars.run("generate one = 1")
    assert cars.run("correlate mpg one").splitlines()[5] == "         one |        .        ."
    for i in range(8):
        cars.run(f"generate v{i} = mpg^{i % 3} + mod(_n, {i + 2})")
    lines = cars.run("correlate v0-v7").splitlines()
    assert max(map(len, lines)) <= 80 and sum(line.startswith("             |") for line in lines) == 2
    assert cars.run("correlate v0-v7, wrap").splitlines()[2:4] == [
        "             |       v0       v1       v2       v3       v4       v5       v6  ",
        ">      v7",
    ]
    shown = cars.run("correlate mpg weight, noformat").splitlines()[5].split("|")[1]
    assert float(shown.split()[0]) == pytest.approx(cars.r["rho"], rel=1e-6)


def test_pairwise(cars):
    lines = cars.run("pwcorr mpg weight rep, sig obs star(.05)").splitlines()
    assert lines[:4] == [
        "",
        "             |      mpg   weight      rep",
        "-------------+---------------------------",
        "         mpg |   1.0000 ",
    ]
    r, p = stats.pearsonr(*columns(cars, "mpg", "weight").T)
    assert lines[7] == f"      weight |{r:9.4f}{'*' if p <= 0.05 else ' '}  1.0000 "
    assert lines[8] == f"             |{p:9.4f}"
    assert lines[9:11] == ["             |       12       12", "             |"]
    both = columns(cars, "weight", "rep")[columns(cars, "rep")[:, 0] < MISSING]
    r, p = stats.pearsonr(*both.T)
    assert cars.r["rho"] == pytest.approx(r, rel=1e-12) and cars.r["N"] == 10
    assert lines[12].split()[2] == f"{p:.4f}"


def test_adjusted_and_hidden(cars):
    p = stats.pearsonr(*columns(cars, "mpg", "weight").T)[1]
    for option, adjusted in (("bonferroni", min(1, 3 * p)), ("sidak", 1 - (1 - p) ** 3)):
        lines = cars.run(f"pwcorr mpg weight rep, listwise sig {option}").splitlines()
        X = columns(cars, "mpg", "weight")[columns(cars, "rep")[:, 0] < MISSING]
        q = stats.pearsonr(*X.T)[1]
        adjusted = min(1, 3 * q) if option == "bonferroni" else 1 - (1 - q) ** 3
        assert float(lines[7].split()[1]) == pytest.approx(adjusted, abs=6e-5)
    assert cars.run("pwcorr mpg rep, casewise obs").count(" 10") == 3
    hidden = cars.run("pwcorr mpg rep, print(.0001)").splitlines()[4]
    assert hidden == "         rep |            1.0000 "


def test_refusals(cars, refused):
    assert refused(cars, "correlate mpg make") == (109, "string variables not allowed in varlist;")
    assert refused(cars, "correlate mpg if mpg > 100") == (2000, "no observations")
    assert refused(cars, "pwcorr mpg, bonferroni sidak")[0] == 198
    assert refused(cars, "pwcorr mpg if mpg > 100") == (2000, "no observations")


def test_pcorr_equals_regressions_and_residuals() -> None:
    session = Session()
    session.run("sysuse exam, clear\nquietly regress normexam standlrt schavg male")
    n, df = session.e.scalars["N"], session.e.scalars["df_r"]
    r2 = session.e.scalars["r2"]
    b = session.e.matrices["b"].values[0, :3]
    t = b / np.sqrt(np.diag(session.e.matrices["V"].values)[:3])
    session.run("pcorr normexam standlrt schavg male")
    assert session.r.scalars == {"N": n, "df": df}
    assert np.allclose(session.r.matrices["p_corr"].values[:, 0], t / np.sqrt(t**2 + df), rtol=1e-9)
    assert np.allclose(session.r.matrices["sp_corr"].values[:, 0], t * np.sqrt((1 - r2) / df), rtol=1e-9)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("pcorr normexam", 102),
        ("pcorr normexam standlrt copy", 459),
        ("pcorr normexam standlrt one", 459),
        ("pcorr normexam standlrt if 0", 2000),
        ("pcorr normexam standlrt in 1/2", 2001),
    ],
)
def test_pcorr_refuses(line: str, code: int) -> None:
    session = Session()
    session.run("sysuse exam, clear\ngenerate double copy = 2 * standlrt\ngenerate one = 1")
    with pytest.raises(StataError) as found:
        session.run(line)
    assert found.value.code == code
