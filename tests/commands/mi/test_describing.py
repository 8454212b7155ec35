"""mi describe, mi varying, mi misstable: what they show of which variables."""

from __future__ import annotations

import pytest

from xmixed.interpreter.session import Session

DESCRIBED = """
  Style:  mlong
          last mi update 26nov2026 10:00:00, 0 seconds ago

  Obs.:   complete            4
          incomplete          2  (M = 2 imputations)
          ---------------------
          total               6

  Vars.:  imputed:  1; b(2)

          passive:  1; c(2+1)

          regular:  1; g

          system:   3; _mi_m _mi_id _mi_miss

         (there is one unregistered variable; id)
"""


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock."""
    for module in ("xmixed.commands.mi.describe", "xmixed.data.imputed.styles"):
        monkeypatch.setattr(f"{module}.now", lambda: 2111306400 + 0)


def test_describe(patients: Session, stopped: None) -> None:
    patients.run("mi passive: generate c = cond(id == 1, .a, b)")
    assert patients.run("mi describe") == DESCRIBED
    assert "imputed:  1; b(2; 2*0)\n" in patients.run("mi describe, detail noupdate")
    assert "passive:  1; c(2+1; 2*1)\n" in patients.run("mi describe, detail")
    assert patients.r["N_incomplete"] == 2
    assert patients.r["ivars"] == "b"
    assert patients.r["_0_hard_pvars"] == "1"
    patients.run("clear")
    assert patients.run("mi describe") == "(data not mi set)\n"


def _problems(shown: str) -> dict[str, str]:
    rows = [line for line in shown.splitlines() if line[28:29] == ":"]
    return {row[:28].strip(): row[29:].strip() for row in rows}


def test_varying(patients: Session) -> None:
    patients.run("mi convert flong, clear\nmi passive: generate p = 1")
    assert _problems(patients.run("mi varying")) == {
        "imputed nonvarying": "(none)",
        "passive nonvarying": "p",
        "unregistered varying": "(none)",
        "*unregistered super/varying": "(none)",
        "unregistered super varying": "(none)",
    }
    patients.run("generate u = cond(_mi_id == 3, _mi_m, 1)\ngenerate v = _mi_m")
    patients.run("generate w = cond(_mi_id == 1, cond(_mi_m == 0, ., _mi_m), 1)")
    found = _problems(patients.run("mi varying, noupdate"))
    assert found["unregistered varying"] == "u"
    assert found["*unregistered super/varying"] == "w"
    assert found["unregistered super varying"] == "v"
    assert (patients.r["uvars_v"], patients.r["uvars_s_v"], patients.r["uvars_sv"]) == ("u", "w", "v")
    assert _problems(patients.run("mi varying p v, unregistered"))["passive nonvarying"] == "(none)"


def test_misstable(patients: Session, refused) -> None:
    patients.run("mi unregister g\nreplace g = .a if id == 1\nmi register imputed g")
    assert "             g |                   1         5  |" in patients.run("mi misstable summarize g")
    assert patients.run("mi misstable patterns b g").count("(1) b") == 1
    assert "(2) b" in patients.run("mi misstable patterns b g, exmiss")
    assert "(variables nonmissing or string)" in patients.run("mi misstable summarize b, m(1)")
    assert refused(patients, "mi misstable nothing")[0] == 198
    assert refused(patients, "mi misstable summarize, m(5)")[0] == 198
