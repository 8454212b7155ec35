"""stsplit, stptime, stdescribe and ltable: what splitting leaves alone, sums by hand, R's arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = """set obs 12
generate id = _n
generate t = 2*_n - 1 + (_n > 6)
generate d = mod(_n, 3) > 0
generate x = _n > 5
stset t, failure(d) id(id)"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


def test_splitting_changes_no_rate(session: Session) -> None:
    session.run("quietly streg x, distribution(exponential) nolog nohr")
    wanted, ll = session.e["b"].values.copy(), session.e["ll"]
    session.run("stptime")
    before = dict(session.r.scalars)
    text = session.run("stsplit band, at(5(5)20) nopreserve")
    assert text == "(23 observations (episodes) created)\n"
    session.run("stptime")
    assert session.r.scalars == pytest.approx(before, rel=1e-12)
    session.run("quietly streg x, distribution(exponential) nolog nohr")
    np.testing.assert_allclose(session.e["b"].values, wanted, rtol=1e-7)
    assert session.e["ll"] == pytest.approx(ll, rel=1e-12)
    # Records that were split do not fail, and stset again says the same.
    session.run("assert d == . if t != _t[_N] & id == id[_n+1]\nassert band == 5*floor(_t0/5)")
    session.run("stset t, failure(d) id(id)\nstptime")
    assert session.r["failures"] == before["failures"] and session.r["ptime"] == before["ptime"]


def test_failures_multiples_and_trimming(session: Session) -> None:
    session.run(
        "generate z = mod(id, 2)\nstcox z, breslow nolog\nscalar b = _b[z]\npreserve\nstsplit, at(failures)"
    )
    session.run("quietly stcox z, breslow nolog\nassert reldif(_b[z], b) < 1e-9\nrestore\npreserve")
    session.run("stsplit q, every(4)\nassert q == 4*floor(_t0/4)\nrestore\npreserve")
    session.run(
        "generate begin = 3\nstsplit own, every(5) after(time = begin)\nassert own <= _t0 - 3 | own == 0"
    )
    session.run("restore\npreserve\nstsplit own if x, at(5 10) after(_t = 1)\nassert missing(own) == !x")
    session.run("assert _t0 == 6 if own == 5 & x\nrestore\npreserve")
    assert "trimmed due to lower and upper bounds" in session.run("stsplit own, at(5 15) trim")
    session.run("count if _st & (_t0 < 5 | _t > 15)")
    assert session.r["N"] == 0


def test_origin_and_scale(session: Session) -> None:
    session.run("clear\nset obs 5\ngenerate id = _n\ngenerate dob = td(1jan1950) + 200*_n")
    session.run("generate entry = td(1jan1990) + _n\ngenerate out = entry + 3000*_n\ngenerate die = _n > 2")
    session.run(
        "stset out, failure(die) id(id) origin(time entry) scale(365.25)\nstsplit age, at(40(5)70) after(dob)"
    )
    session.run("assert age == max(0, 5*floor((entry + _t0*365.25 - dob)/365.25/5 + 1e-9)) | age == 0")
    session.run("assert reldif(out, entry + _t*365.25) < 1e-12\ncount if die == 1")
    assert session.r["N"] == 3


def test_rates(session: Session) -> None:
    text = session.run("stptime, by(x) per(100) title(Group) level(90)")
    assert "Group    |  person-time" in text and "[90% Conf. Interval]" in text
    assert (session.r["ptime"], session.r["failures"], session.r["rate"]) == (
        150,
        8,
        pytest.approx(800 / 150),
    )
    text = session.run("stptime, at(5 10 15) noshow")
    assert "  (0 - 5] |           54          2     .037037" in text and "     > 15 |" in text
    assert "> 15" not in session.run("stptime, at(5 10 15, trim)")
    text = session.run("stdescribe, noshow")
    assert "failures                       8    .6666667           0          1          1\n" in text
    assert session.r["tr"] == 150 and session.r["N_sub"] == 12


def test_life_table(session: Session) -> None:
    """R: n - lost/2 at risk, cumprod(1 - D/e), S sqrt(cumsum(D/(e(e - D))))."""
    text = session.run("ltable t d, intervals(4)")
    survival = [
        float(row.split()[5]) for row in text.splitlines() if row[:1] == " " and row.strip()[:1].isdigit()
    ]
    assert survival == [0.8333, 0.7456, 0.6462, 0.5385, 0.4188, 0.1396, 0.1396]
    errors = [
        float(row.split()[6]) for row in text.splitlines() if row[:1] == " " and row.strip()[:1].isdigit()
    ]
    assert errors == [0.1076, 0.1271, 0.1439, 0.1550, 0.1602, 0.1259, 0.1259]
    assert "x = 1" in session.run("ltable t d, intervals(4) by(x) failure level(90)")
    assert "Hazard" in session.run("ltable t d, intervals(0 5 10) hazard noadjust")
    assert session.run("ltable t, notable survival") == ""
    assert "   20    24        3        2      0" in session.run("ltable t d [fw=1], intervals(4)")


def test_refusals(session: Session) -> None:
    assert fails(session, "stsplit") == 198
    assert fails(session, "stsplit q") == 198
    assert fails(session, "stsplit, at(5)") == 100
    assert fails(session, "stsplit t, at(5)") == 110
    assert fails(session, "stsplit q, at(5) every(5)") == 198
    assert fails(session, "stsplit q, every(1e-9)") == 198
    assert fails(session, "stsplit, at(failures) after(id)") == 198
    assert fails(session, "stptime, at(5, cut)") == 198
    assert fails(session, "ltable t d x") == 103
    assert fails(session, "ltable t d, intervals(0)") == 198
    assert fails(session, "ltable d if t < 0") == 2000
    assert fails(session, "stptime if t < 0") == 2000
    session.run("generate w = 1\nstset t [pw=w], failure(d)")
    assert fails(session, "stptime") == 101
    session.run("generate never = 0\nstset t, failure(never) id(id)")
    assert session.run("stsplit, at(failures)") == "(0 observations (episodes) created)\n"
    session.run("stset t, failure(d)")
    assert fails(session, "stsplit q, at(5)") == 459
    session.run("stset, clear")
    assert fails(session, "stdescribe") == 119
    session.run("replace t = -t")
    assert fails(session, "ltable t d") == 459
