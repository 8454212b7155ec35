"""xtset and tsset: layout, balance and gaps, what the data carry, operators afterwards (FORMAT.md C)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmixed.commands.data.xtset import CHARACTERISTICS
from xmixed.formats.hexadecimal import hexadecimal, number_of
from xmixed.interpreter.session import Session

STRONG = """\
       panel variable:  id (strongly balanced)
        time variable:  week, 1 to 3
                delta:  1 unit
"""


@pytest.fixture
def panel() -> Session:
    """Three panels of three weeks, rows out of order."""
    session = Session()
    session.run("set obs 9\ngen id = mod(_n, 3) + 1\ngen week = 3 - int((_n-1)/3)\ngen y = 10*id + week^2")
    session.data = session.data.with_(changed=False)
    return session


def settings(session: Session) -> dict[str, str]:
    kept = session.data.characteristics.get("_dta", {})
    return {name: text for name, text in kept.items() if name in CHARACTERISTICS}


def test_layout_and_order(panel: Session) -> None:
    assert panel.run("xtset id week") == STRONG
    assert panel.data["id"].values.tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert panel.data["week"].values.tolist() == [1, 2, 3] * 3
    assert panel.data.sorted_by == ("id", "week") and panel.data.changed
    panel.data = panel.data.with_(changed=False)
    assert panel.run("xtset") == panel.run("tsset") == panel.run("tsset id week") == STRONG
    assert not panel.data.changed
    panel.run("gsort -y\nxtset")
    assert panel.data.sorted_by == ("id", "week")


def test_characteristics_and_results(panel: Session, tmp_path: Path) -> None:
    panel.run("xtset id week, delta(1)")
    wanted = {
        "_TStvar": "week",
        "_TSpanel": "id",
        "_TSdelta": "+1.0000000000000X+000",
        "_TSitrvl": "1",
        "tis": "week",
        "iis": "id",
    }
    assert settings(panel) == wanted
    assert panel.r.scalars == {"imin": 1, "imax": 3, "tmin": 1, "tmax": 3, "tdelta": 1, "gaps": 0}
    assert panel.r.macros == {
        "panelvar": "id",
        "timevar": "week",
        "balanced": "strongly balanced",
        "tdeltas": "1 unit",
        "unit": "generic",
        "tsfmt": "%9.0g",
        "tmins": "1",
        "tmaxs": "3",
    }
    path = tmp_path / "panel.dta"
    panel.run(f'save "{path}"\nclear\nuse "{path}"')
    assert settings(panel) == wanted and panel.run("xtset") == STRONG
    assert panel.run("xtset, clear") == "" and settings(panel) == {}


def test_panel_alone(panel: Session) -> None:
    panel.run("xtset id week")
    assert panel.run("xtset id") == "       panel variable:  id (balanced)\n"
    assert settings(panel) == {"_TSpanel": "id", "iis": "id"}
    panel.run("drop in 1")
    assert panel.run("xtset id") == "       panel variable:  id (unbalanced)\n"


@pytest.mark.parametrize(
    ("change", "balance", "span"),
    [
        ("drop if id == 1 & week == 3", "unbalanced", "1 to 3"),
        ("drop if id == 1 & week == 2", "unbalanced", "1 to 3, but with gaps"),
        ("replace week = week + 1 if id == 1", "weakly balanced", "1 to 4"),
        ("replace week = 4 if id == 1 & week == 3", "weakly balanced", "1 to 4, but with gaps"),
        ("replace week = . if id == 1 & week == 3", "unbalanced", "1 to 3"),
        ("replace week = 2*week", "strongly balanced", "2 to 6, but with gaps"),
    ],
)
def test_balance_and_gaps(panel: Session, change: str, balance: str, span: str) -> None:
    panel.run(change)
    assert panel.run("xtset id week") == (
        f"       panel variable:  id ({balance})\n"
        f"        time variable:  week, {span}\n"
        "                delta:  1 unit\n"
    )


@pytest.mark.parametrize(
    ("typed", "span", "delta"),
    [
        ("yearly", "1961 to 1963", "1 year"),
        ("quarterly", "2450q2 to 2450q4", "1 quarter"),
        ("monthly", "2123m6 to 2123m8", "1 month"),
        ("daily", "15may1965 to 17may1965", "1 day"),
        ("format(%tdDDmonYY)", "15may65 to 17may65", "1 day"),
        ("delta(.5)", "1961 to 1963, but with gaps", ".5 units"),
        ("clocktime", "01jan1960 00:00:01 to 01jan1960 00:00:01", ".001 seconds"),
        ("clocktime delta(1 foo)", "", "delta() units foo not allowed with clock time"),
        ("daily delta(1 week)", "", "time values with period less than delta() found"),
    ],
)
def test_units(typed: str, span: str, delta: str, fails) -> None:
    session = Session()
    session.run("set obs 3\ngen t = 1960 + _n")
    if not span:
        assert fails(session, f"tsset t, {typed}")[1] == delta
        return
    assert session.run(f"tsset t, {typed}") == (
        f"        time variable:  t, {span}\n                delta:  {delta}\n"
    )


def test_delta_of_the_clock() -> None:
    session = Session()
    session.run("set obs 3\ngen double t = 86400000*_n\nformat t %tc")
    for typed in ("1 day", "24 hours", "1440 mins", "86400000"):
        assert session.run(f"tsset t, delta({typed})").endswith("delta:  1 day\n")
    assert session.run("tsset t, delta(2 hours)").endswith(
        ", but with g\n> aps\n                delta:  2 hours\n"
    )
    assert session.run("tsset").endswith("delta:  2 hours\n")
    assert session.r["tdelta"] == 7200000 and session.r["unit1"] == "c"


def test_hexadecimal() -> None:
    assert hexadecimal(86400000.0) == "+1.4997000000000X+01a"
    assert hexadecimal(0.5) == "+1.0000000000000X-001"
    for value in (86400000.0, 0.5, -3.75, 0.0, 1e-300):
        assert number_of(hexadecimal(value)) == value
    assert [number_of(text) for text in ("7", "", "x", "+1.0X+fff", "inf")] == [7.0, None, None, None, None]


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("xtset", 459, "panel variable not set; use xtset varname ..."),
        ("tsset", 111, "time variable not set, use tsset varname ..."),
        ("tsset week", 451, "repeated time values in sample"),
        ("xtset id one", 451, "repeated time values within panel"),
        ("xtset id half", 451, "time variable must contain only integer values"),
        ("xtset id week, delta(2)", 451, "time values with period less than delta() found"),
        ("xtset id week, delta(0)", 198, "option delta() incorrectly specified"),
        ("xtset id week, daily yearly", 198, "options daily and yearly may not be combined"),
        ("xtset id week, daily format(%ty)", 198, "format(%ty) is not for option daily"),
        ("xtset id week, format(%9s)", 120, "invalid %format"),
        ("xtset name", 109, "string variables not allowed in varlist;\nname is a string variable"),
        ("xtset id week y", 103, "too many variables specified"),
        ("xtset id id", 198, "panel variable and time variable are the same"),
        ("xtset foo", 111, "variable foo not found"),
        ("xtset id, yearly", 198, "option yearly not allowed"),
        ("xtset, yearly", 100, "varlist required"),
        ("xtset id, clear", 198, "option clear may not be combined with variables or options"),
        ("xtset id week, noquery", 198, "option noquery is not implemented in xmixed yet"),
        ("xtset L.week", 101, "time-series operators not allowed"),
    ],
)
def test_refuses(panel: Session, typed: str, code: int, message: str, fails) -> None:
    panel.run('gen one = 1\ngen half = week + y/1000\ngen str name = "a"')
    before = panel.data["id"].values.copy()
    assert fails(panel, typed) == (code, message)
    assert settings(panel) == {} and np.array_equal(panel.data["id"].values, before)


def test_without_data(fails) -> None:
    assert fails(Session(), "xtset id") == (111, "no variables defined")


def test_settings_whose_variables_are_gone(panel: Session, fails) -> None:
    panel.run("xtset id week\ndrop week")
    assert fails(panel, "xtset")[0] == 459


def test_operators_in_generate(panel: Session) -> None:
    panel.run("xtset id week\ngen before = L.y\ngen after = F.y\ngen change = D.y\ngen second = L2.y")
    assert panel.run("list before after change second in 1/3, noobs clean").split() == (
        "before after change second . 14 . . 11 19 3 . 14 . 5 11".split()
    )
    panel.run("replace week = 2*week\nxtset id week, delta(2)\ngen by_two = L.y")
    assert panel.run("count if by_two != before") == "    0\n"


def test_operators_in_xtmixed() -> None:
    session = Session()
    session.run("set obs 60\nset seed 3\ngen id = int((_n+4)/5)\ngen t = mod(_n, 5)\ngen x = sin(_n*7)")
    session.run("gen y = x + cos(id*5) + sin(_n*_n)/2")
    session.run("xtset id t\ngen ly = L.y\ngen dx = D.x\ngen l1 = L.x\ngen l2 = L2.x")
    with_operators = session.run("xtmixed D.y L.y D.x || id: L.x, nolog")
    assert "         D.y |      Coef." in with_operators
    assert "         L1. |" in with_operators and "         D1. |" in with_operators
    assert "sd(L.x) |" in with_operators
    ll = session.e["ll"]
    assert session.run("test L.y = 0").split("\n")[1] == " ( 1)  [D.y]L.y = 0"
    assert session.run("testparm L.y D.x").split("\n")[2] == " ( 2)  [D.y]D.x = 0"
    assert "L.y |" in session.run("estat summarize")
    session.run("gen dy = D.y\nquietly xtmixed dy ly dx || id: l1, nolog")
    assert session.e["ll"] == pytest.approx(ll, rel=1e-7)
    session.run("quietly xtmixed y L(1/2).x || id:, nolog")
    assert session.e["b"].column_names[:3] == ["y:L.x", "y:L2.x", "y:_cons"]


@pytest.mark.parametrize(
    ("line", "fmt", "unit", "first"),
    [
        ("tsset t, clocktime", "%tc", ".001 seconds", "01jan1960 00:00:00"),
        ("tsset t, Clocktime", "%tC", ".001 seconds", "01jan1960 00:00:00"),
        ("tsset t, daily", "%td", "1 day", "02jan1960"),
        ("tsset t, weekly", "%tw", "1 week", "1960w2"),
        ("tsset t, monthly", "%tm", "1 month", "1960m2"),
        ("tsset t, quarterly", "%tq", "1 quarter", "1960q2"),
        ("tsset t, halfyearly", "%th", "1 halfyear", "1960h2"),
        ("tsset t, yearly", "%ty", "1 year", "."),  # years are those of the calendar, from 100 on
        ("tsset t, generic", "%9.0g", "1 unit", "1"),
    ],
)
def test_units_of_time(line: str, fmt: str, unit: str, first: str) -> None:
    """Time 1 is one period after 1960 began, whatever the period."""
    session = Session()
    session.run("set obs 3\ngenerate double t = _n\nformat t %td")
    shown = session.run(line)
    assert session.data["t"].format == fmt
    assert f"delta:  {unit}\n" in shown and f"t, {first} to " in shown
    assert session.r["unit"] == line.partition(", ")[2].replace("locktime", "lock")
