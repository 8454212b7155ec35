"""mi set, mi register, mi update, mi query: what they say and what the data hold afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xmixed.data.imputed.styles import read
from xmixed.interpreter.session import Session

MISSING_B = """
set obs 6
generate x = _n
generate b = _n if _n != 3
generate str3 s = "a"
"""


@pytest.fixture
def holed(session: Session) -> Session:
    session.run(MISSING_B)
    return session


def test_a_first_imputation_data_set(holed: Session) -> None:
    assert holed.run("mi query") == "(data not mi set)\n"
    assert holed.run("mi set mlong") == ""
    assert holed.run("mi register imputed b") == "(1 m=0 obs. now marked as incomplete)\n"
    assert holed.run("mi set M = 3") == "(3 imputations added; M = 3)\n"
    assert holed.run("mi set M += 1") == "(1 imputation added; M = 4)\n"
    assert holed.run("mi set m -= (2 3)") == "(2 imputations dropped; M = 2)\n"
    assert holed.run("mi set M -= 1") == "(1 imputation dropped; M = 1)\n"
    assert holed.run("mi set M = 1") == "(0 imputations added; M = 1)\n"
    assert holed.run("mi register regular x") == ""
    assert holed.data["_mi_m"].values.tolist() == [0] * 6 + [1]
    assert holed.data["_mi_id"].values.tolist() == [1, 2, 3, 4, 5, 6, 3]


def test_the_clean_up_says_what_it_did(holed: Session) -> None:
    holed.run("mi set flong\nmi register imputed b\nmi register regular x\nmi set M = 2")
    holed.run("replace b = . in 1\nreplace b = 9 in 3")
    said = "(1 m=0 obs. now marked as incomplete)\n(1 m=0 obs. now marked as complete)\n"
    assert holed.run("mi update") == said + "(imputed variable b updated in m>0)\n"
    holed.run("drop if _mi_m == 0 & _mi_id == 2")
    assert holed.run("mi update") == (
        "(2 m>0 obs. dropped due to dropped obs. in m=0)\n"
        "(system variable _mi_id updated due to changed number of obs.)\n"
    )
    holed.run("drop x")
    assert holed.run("mi update") == "(regular variable x unregistered because not in m=0)\n"
    assert holed.run("mi update") == ""


def test_query_says_style_number_and_age(holed: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    holed.run("mi set wide\nmi set M = 2")
    updated = 1616670038  # 25mar2011 11:00:38
    texts = holed.data.characteristics["_dta"] | {"_mi_update": str(updated)}
    holed.data = holed.data.with_characteristics("_dta", texts)
    shown = "data mi set wide, M = 2\nlast mi update 25mar2011 11:00:38, {} ago\n"
    ages = {1: "1 second", 59: "59 seconds", 300: "approximately 5 minutes", 7200: "approximately 2 hours"}
    for age, text in {**ages, 86400 * 72: "72 days"}.items():
        monkeypatch.setattr("xmixed.commands.mi.describe.now", lambda age=age: updated + age)
        assert holed.run("mi query") == shown.format(text)
    assert holed.r["M"] == 2
    assert holed.r["style"] == "wide"


def test_data_that_are_saved_are_imputations_still(holed: Session, folder) -> None:
    for style in ("wide", "mlong", "flong"):
        holed.run(f"{MISSING_B}".replace("set obs", "clear\nset obs"))
        holed.run(f"mi set {style}\nmi register imputed b\nmi set M = 2\nsave {style}\nuse {style}, clear")
        found = read(holed.data).imputations
        assert (found.style, found.count, found.imputed) == (style, 2, ("b",))


def test_style_flongsep_keeps_its_imputations_in_files(holed: Session, folder, refused: Callable) -> None:
    holed.run("mi set flongsep own\nmi register imputed b\nmi set M = 2")
    assert sorted(path.name for path in folder.iterdir()) == ["_1_own.dta", "_2_own.dta", "own.dta"]
    assert holed.data.names == ["x", "b", "s", "_mi_id", "_mi_miss"]
    assert not holed.data.changed
    holed.run("mi set M -= 1")
    assert sorted(path.name for path in folder.iterdir()) == ["_1_own.dta", "own.dta"]
    holed.run("use _1_own, clear")
    assert holed.run("mi query").startswith("data mi set flongsep_sub, m = 1\n")
    assert refused(holed, "mi update")[0] == 119
    holed.run(MISSING_B.replace("set obs", "clear\nset obs"))
    assert refused(holed, "mi set flongsep own")[0] == 602


def test_what_may_not_be(holed: Session, fails: Callable) -> None:
    assert fails(holed, "mi update") == (119, "data not mi set")
    assert fails(holed, "mi set long") == (198, "invalid syntax")
    assert fails(holed, "mi")[0] == 198
    assert fails(holed, "mi nothing") == (198, "mi nothing: subcommand not found")
    holed.run("mi set mlong\nmi register imputed b")
    assert fails(holed, "mi set wide") == (119, "data already mi set mlong")
    assert fails(holed, "mi register regular b") == (110, "b already registered as imputed")
    assert fails(holed, "mi register imputed s")[0] == 109
    assert fails(holed, "mi register imputed")[0] == 100
    assert fails(holed, "mi register new x")[0] == 198
    assert fails(holed, "mi unregister x") == (111, "variable x not registered")
    assert fails(holed, "mi unregister")[0] == 100
    assert fails(holed, "mi set M = -1")[0] == 198
    assert fails(holed, "mi set M =")[0] == 198
    assert fails(holed, "mi set M = 2000")[0] == 198
    assert fails(holed, "mi set m = 1")[0] == 198
    assert fails(holed, "mi set m -= (1)") == (198, "m=1 invalid; M=0")
    holed.run("expand 2")
    assert fails(holed, "mi update")[0] == 459
    holed.run("clear")
    assert fails(holed, "mi set mlong")[0] == 111
    holed.run("set obs 1\ngenerate _mi_id = 1")
    assert fails(holed, "mi set mlong") == (110, "_mi_id already defined")


def test_unregistering_makes_observations_complete(holed: Session) -> None:
    holed.run("mi set wide\nmi register imputed b\nmi set M = 1")
    assert holed.data.names == ["x", "b", "s", "_mi_miss", "_1_b"]
    assert holed.run("mi unregister b, noupdate") == "(1 m=0 obs. now marked as complete)\n"
    assert holed.data.names == ["x", "b", "s", "_mi_miss"]


def test_files_of_flongsep_are_where_the_data_are_from(holed: Session, folder, refused: Callable) -> None:
    (folder / "sub").mkdir()
    holed.run("mi set flongsep sub/own\nmi register imputed b\nmi set M = 2")
    assert holed.data.characteristics["_dta"]["_mi_name"] == "own"
    assert "Style:  flongsep own\n" in holed.run("mi describe")
    (folder / "sub").rename(folder / "moved")
    holed.run("use moved/own, clear\nmi set M += 1")
    assert (folder / "moved" / "_3_own.dta").exists()
    (folder / "moved" / "_2_own.dta").unlink()
    assert refused(holed, "mi update")[0] == 601
    holed.run("save other")
    assert refused(holed, "mi update")[0] == 119
    holed.run("char _dta[_mi_name] ../other\nsave moved/another")
    assert refused(holed, "mi update")[0] == 119
    assert sorted(path.name for path in folder.iterdir()) == ["moved", "other.dta"]


@pytest.mark.parametrize(
    ("damage", "command", "code"),
    [
        ("char _dta[_mi_M] many", "mi update", 459),
        ("char _dta[_mi_M] 5000", "mi update", 459),
        ("char _dta[_mi_style] tall", "mi update", 119),
        ("char _dta[_mi_style] flongsep\nkeep if _mi_m == 0", "mi update", 119),
        ("tostring _mi_m, replace", "mi update", 459),
        ("generate _1_b = 1", "mi convert wide, clear", 110),
    ],
)
def test_state_that_cannot_be_is_refused(
    holed: Session, damage: str, command: str, code: int, refused: Callable
) -> None:
    holed.run(f"mi set mlong\nmi register imputed b\nmi set M = 1\n{damage}")
    assert refused(holed, command)[0] == code


def test_characteristics_that_are_not_known_stay(holed: Session) -> None:
    holed.run("mi set wide\nchar _dta[_mi_own] kept\nchar _dta[style] plain\nmi register imputed b")
    holed.run("mi set M = 2\nmi convert flong, clear")
    texts = holed.data.characteristics["_dta"]
    assert (texts["_mi_own"], texts["style"]) == ("kept", "plain")


def test_state_that_is_odd_is_put_right(holed: Session) -> None:
    holed.run("mi set mlong\nmi register imputed b\nmi set M = 2")
    holed.run("char _dta[_mi_update] never\nchar _dta[_mi_pvars] b nothing b\ndrop _mi_miss")
    assert "approximately" not in holed.run("mi query")
    said = (
        "(passive variable nothing unregistered because not in m=0)\n(1 m=0 obs. now marked as incomplete)\n"
    )
    assert holed.run("mi update") == said
    assert read(holed.data).imputations.registered == {"b": "imputed"}
    holed.run("mi convert wide, clear\ntostring b, replace")
    assert read(holed.data).imputations.completed(2)["b"].is_string
    holed.run("destring b, replace\nmi convert mlong, clear\ndrop if _mi_m == 2")
    assert holed.run("mi update") == ""
    assert holed.data["_mi_m"].values.tolist() == [0] * 6 + [1, 2]
