"""winsor, fre, center and others: figures against numpy, pandas and statsmodels' definitions; layouts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session
from xmixed.missing import is_missing


@pytest.fixture
def people(session: Session) -> Session:
    random = np.random.default_rng(3)
    n = 200
    frame = pd.DataFrame({"group": random.integers(1, 5, n).astype(float), "x": random.normal(size=n)})
    frame["y"] = 0.6 * frame["x"] + random.normal(size=n)
    frame["z"] = random.exponential(size=n)
    frame["gap"] = np.where(random.random(n) < 0.2, np.nan, random.integers(0, 3, n))
    session.use(frame)
    session.run('label define gap 0 "none" 1 "some" 2 "much"\nlabel values gap gap')
    session.run('label variable gap "How much"')
    return session


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_winsor(people: Session) -> None:
    z = column(people, "z")
    ranked = np.sort(z)
    people.run("winsor z, generate(w) p(.05)")
    assert column(people, "w") == pytest.approx(np.clip(z, ranked[10], ranked[-11]))
    assert people.data["w"].label == "z, Winsorized fraction .05".replace(" .05", " 0.05")
    people.run("winsor z, generate(high) h(3) highonly")
    assert column(people, "high") == pytest.approx(np.minimum(z, ranked[-4]))
    people.run("winsor z if x > 0, generate(low) h(2) lowonly")
    positive = column(people, "x") > 0
    assert column(people, "low")[positive] == pytest.approx(np.maximum(z[positive], np.sort(z[positive])[2]))
    assert is_missing(column(people, "low")[~positive]).all()


def test_winsor2(people: Session) -> None:
    z, group = column(people, "z").copy(), column(people, "group")
    people.run("winsor2 z, cuts(5 90) by(group)\nwinsor2 z, trim\n_pctile z, percentiles(1 99)")
    one, ninety_nine = people.r["r1"], people.r["r2"]
    for code in (1, 4):
        inside = z[group == code]
        low, high = np.percentile(inside, [5, 90], method="averaged_inverted_cdf")
        assert column(people, "z_w")[group == code] == pytest.approx(np.clip(inside, low, high), rel=1e-12)
    trimmed = column(people, "z_tr")
    assert is_missing(trimmed).tolist() == ((z < one) | (z > ninety_nine)).tolist()
    people.run("winsor2 z, replace cuts(0 50)\nwinsor2 x, suffix(_c)")
    assert column(people, "z").max() == pytest.approx(np.median(z), rel=1e-12)


def test_unique_and_distinct(people: Session) -> None:
    assert people.run("unique group gap if _n <= 50").splitlines()[1] == "Number of records is  50"
    gap = np.where(is_missing(column(people, "gap")), -1, column(people, "gap"))[:50]
    pairs = set(zip(column(people, "group")[:50], gap, strict=True))
    assert people.r["unique"] == len(pairs)
    assert people.run("distinct group gap, abbrev(8)").splitlines() == [
        "",
        "       |        Observations",
        "       |      total   distinct",
        "-------+----------------------",
        " group |        200          4",
        f"   gap |        {int((~is_missing(column(people, 'gap'))).sum())}          3",
    ]
    people.run("distinct group gap, joint missing")
    assert people.r["N"] == 200
    assert "gap" not in people.run("distinct group gap, minimum(4) maximum(9)")


def test_missing_counts(people: Session) -> None:
    gone = is_missing(column(people, "gap"))
    lines = people.run("mdesc x gap, abbreviate(8)").splitlines()
    assert lines[1:4] == [
        "    Variable    |     Missing          Total     Percent Missing",
        "----------------+-----------------------------------------------",
        "             x  |           0            200           0.00",
    ]
    assert lines[4].split("|")[1].split() == [str(gone.sum()), "200", f"{gone.mean() * 100:.2f}"]
    assert (people.r["miss"], people.r["miss_vars"], people.r["notmiss_vars"]) == (gone.sum(), "gap", "x")
    assert "  x  |" not in people.run("mdesc, any") and "gap" not in people.run("mdesc, none")
    assert "|" not in "".join(people.run("mdesc, all").splitlines()[3:4])
    lines = people.run("missings report, percent sort minimum(1)").splitlines()
    assert lines[1:3] == [
        "Checking missings in all variables:",
        f"{gone.sum()} observations with missing values",
    ]
    assert lines[-1].split("|")[1].split() == [str(gone.sum()), f"{gone.mean() * 100:.2f}"]
    people.run("missings tag gap x, generate(tagged)")
    assert column(people, "tagged").tolist() == gone.astype(float).tolist()


def test_dropping_what_is_missing(people: Session, refused) -> None:
    people.run("gen empty = .\nreplace x = . in 3\nreplace gap = . in 3")
    assert refused(people, "missings dropvars") == (4, "force option required with changed dataset")
    assert "note: empty dropped" in people.run("missings dropvars, force")
    assert people.run("missings dropobs x gap, force").splitlines()[-1] == "(1 observation deleted)"
    assert people.data.n_obs == 199
    people.run("gen empty = .")
    assert people.run("dropmiss, force").splitlines() == ["", "(empty dropped)"]
    kept = int((~is_missing(column(people, "gap"))).sum())
    people.run("dropmiss gap, obs any force")
    assert people.data.n_obs == kept
    assert refused(people, "dropmiss if x > 0, force")[0] == 198
    assert refused(people, "missings")[0] == 198


def test_fre(people: Session) -> None:
    gap = column(people, "gap")
    lines = people.run("fre gap").splitlines()
    assert lines[1] == "gap -- How much"
    assert lines[3] == "               |      Freq.    Percent      Valid       Cum."
    zero, known = (gap == 0).sum(), (~is_missing(gap)).sum()
    first = [f"{zero:d}", f"{zero / 2:.2f}", f"{100 * zero / known:.2f}", f"{100 * zero / known:.2f}"]
    assert lines[5][:16] == "Valid   0 none |" and lines[5][16:].split() == first
    assert lines[9][:16] == "Missing .      |" and lines[10][:16] == "Total          |"
    assert (people.r["N_valid"], people.r["N_missing"]) == (known, 200 - known)
    assert "Missing" not in people.run("fre gap, nomissing novalue notitle")
    assert people.run("fre gap, noname nolabel").splitlines()[1] == "How much"
    counts = [
        int(line.split("|")[1].split()[0]) for line in people.run("fre group, descending").splitlines()[5:9]
    ]
    assert counts == sorted(counts, reverse=True)
    counts = [
        int(line.split("|")[1].split()[0]) for line in people.run("fre group, ascending").splitlines()[5:9]
    ]
    assert counts == sorted(counts)
    people.run("gen many = _n")
    assert (
        len(people.run("fre many, tabulate(3)").splitlines()) == len(people.run("fre gap").splitlines()) + 2
    )
    assert len(people.run("fre many, all").splitlines()) == 207


def test_center(people: Session) -> None:
    x, group = column(people, "x"), column(people, "group")
    assert people.run("center x y, double") == "(generated variables: c_x c_y)\n"
    assert column(people, "c_x") == pytest.approx(x - x.mean(), abs=1e-14)
    people.run("center x, standardize generate(s) double\nbysort group: center x, prefix(m_) double")
    people.run("center y, casewise replace")
    x, group = column(people, "x"), column(people, "group")
    assert column(people, "s") == pytest.approx((x - x.mean()) / x.std(ddof=1), abs=1e-12)
    for code in (1, 2):
        inside = x[group == code]
        assert column(people, "m_x")[group == code] == pytest.approx(inside - inside.mean(), abs=1e-14)
    assert column(people, "y").mean() == pytest.approx(0, abs=1e-7)


def test_collin(people: Session) -> None:
    lines = people.run("collin x y z").splitlines()
    X = np.column_stack([column(people, name) for name in "xyz"])
    vif = []
    for k in range(3):
        others = np.column_stack([np.ones(200), np.delete(X, k, axis=1)])
        residual = X[:, k] - others @ np.linalg.lstsq(others, X[:, k], rcond=None)[0]
        vif.append(((X[:, k] - X[:, k].mean()) ** 2).sum() / (residual**2).sum())
    assert lines[0] == "(obs=200)" and lines[5] == "  Variable      VIF     VIF    Tolerance    Squared"
    assert lines[7].split() == [
        "x",
        f"{vif[0]:.2f}",
        f"{vif[0] ** 0.5:.2f}",
        f"{1 / vif[0]:.4f}",
        f"{1 - 1 / vif[0]:.4f}",
    ]
    assert people.r["m_vif"] == pytest.approx(np.mean(vif), rel=1e-10)
    unit = np.column_stack([X, np.ones(200)])
    unit = unit / np.linalg.norm(unit, axis=0)
    assert people.r["cn"] == pytest.approx(np.linalg.cond(unit), rel=1e-10)
    people.run("collin x y z, corr")
    assert people.r["cn"] == pytest.approx(np.sqrt(np.linalg.cond(np.corrcoef(X.T))), rel=1e-10)


def test_carryforward(people: Session) -> None:
    people.run("gen t = _n\nsort group t")
    frame = pd.DataFrame({name: column(people, name) for name in ("group", "gap")})
    frame["gap"] = frame["gap"].where(frame["gap"] < 1e300)
    filled = frame.groupby("group")["gap"].ffill()
    n = int(frame["gap"].isna().sum() - filled.isna().sum())
    assert people.run("by group: carryforward gap, generate(full)") == f"full:  ({n} real changes made)\n"
    found = np.where(is_missing(column(people, "full")), np.nan, column(people, "full"))
    assert np.array_equal(found, filled.to_numpy(), equal_nan=True)
    people.run("carryforward gap if t > 100, replace strict")
    assert is_missing(column(people, "gap")[column(people, "t") <= 100]).any()


def test_tabm(people: Session) -> None:
    people.run("gen other = mod(_n, 3)\nlabel values other gap")
    before = people.data
    text = people.run("tabm gap other if group < 4")
    assert people.data is before
    rows = {
        line.split("|")[0].strip(): line.split("|")[1].split() for line in text.splitlines() if "|" in line
    }
    keep = column(people, "group") < 4
    assert rows["How much"] == [str(int((column(people, "gap")[keep] == k).sum())) for k in range(3)]
    assert rows["other"] == [str(int((column(people, "other")[keep] == k).sum())) for k in range(3)]
    assert "Key" in people.run("tabm gap other, transpose column")
    assert "Cum." in people.run("tabm gap other, oneway")


def test_refusals(people: Session, refused) -> None:
    assert refused(people, "winsor z, p(.1)") == (198, "option generate() required")
    assert refused(people, "winsor z, generate(w)") == (198, "either p() or h() should be specified")
    assert refused(people, "winsor z, generate(w) h(100)")[0] == 198
    assert refused(people, "winsor2 z, cuts(5)")[0] == 198
    assert refused(people, "collin x") == (102, "too few variables specified")
    assert refused(people, "collin x x")[0] == 498
    assert refused(people, "carryforward gap")[0] == 198
    assert refused(people, "center x, generate(a b)")[0] == 198
    assert refused(people, "unique x, by(group)")[0] == 198
