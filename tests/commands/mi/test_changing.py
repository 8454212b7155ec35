"""Commands of mi that change data do so in every imputation alike, whatever the style."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.commands.mi.conftest import PATIENTS, column
from xmixed.data.imputed.model import is_mi
from xmixed.data.imputed.styles import read
from xmixed.interpreter.session import Session

STYLES = ("mlong", "flong", "wide")


def test_convert(patients: Session, folder, fails: Callable) -> None:
    assert fails(patients, "mi convert wide")[0] == 4
    assert fails(patients, "mi convert long, clear")[0] == 198
    for style in ("wide", "flong", "flongsep own", "mlong", "flongsep own", "wide", "mlong"):
        patients.run(f"mi convert {style}, clear replace noupdate")
        assert column(patients, "b", 1) == [1, 2, 11, 4, 11, 6]
        assert column(patients, "b", 2) == [1, 2, 12, 4, 12, 6]
    patients.run("mi convert flong, clear")
    assert patients.data.n_obs == 18
    assert fails(patients, "mi convert flongsep own, clear")[0] == 602
    patients.run(f"rename b {'b' * 30}\nchar _dta[_mi_ivars] {'b' * 30}")
    assert fails(patients, "mi convert wide, clear")[0] == 198


def test_extract_and_unset(patients: Session, fails: Callable) -> None:
    kept = patients.data
    assert fails(patients, "mi extract 1")[0] == 4
    assert fails(patients, "mi extract 3, clear") == (198, "m=3 invalid; M=2")
    assert fails(patients, "mi extract, clear")[0] == 198
    patients.run("mi extract 1, clear")
    assert patients.data.names == ["id", "g", "b"]
    assert patients.data["b"].values.tolist() == [1, 2, 11, 4, 11, 6]
    assert patients.data["b"].label == "measured"
    assert not is_mi(patients.data)
    assert fails(patients, "mi unset") == (119, "data not mi set")
    patients.data = kept
    patients.run("mi unset")
    assert patients.data.names == ["id", "g", "b", "mi_m", "mi_id", "mi_miss"]
    patients.data = kept
    patients.run("mi convert wide, clear\nmi unset, asis")
    assert patients.data.names == ["id", "g", "b", "_mi_miss", "_1_b", "_2_b"]
    patients.data = kept
    patients.run("mi convert wide, clear\nmi unset")
    assert patients.data.names == ["id", "g", "b", "mi_miss", "mi_1_b", "mi_2_b"]


def test_select_looks_at_preserved_data(patients: Session, fails: Callable) -> None:
    assert fails(patients, "mi select init")[0] == 119
    assert fails(patients, "mi select 1")[0] == 119
    patients.run("preserve\nmi select init, fast\nmi select 2")
    assert patients.data["b"].values.tolist() == [1, 2, 12, 4, 12, 6]
    patients.run("mi select 0")
    assert patients.run("count if b < .") == "    4\n"
    assert fails(patients, "mi select 3")[0] == 198
    assert fails(patients, "mi select one")[0] == 198
    patients.run("restore")
    assert patients.data.n_obs == 10


def test_reset(patients: Session, fails: Callable) -> None:
    assert patients.run("mi reset b = 99 if id == 3, m(2) noupdate") == "(1 value reset)\n"
    assert column(patients, "b", 2) == [1, 2, 99, 4, 12, 6]
    assert patients.run("mi reset b") == "(4 values reset)\n"
    assert column(patients, "b", 1) == [1, 2, None, 4, None, 6]
    assert fails(patients, "mi reset g")[0] == 198
    assert fails(patients, "mi reset")[0] == 100
    assert fails(patients, "mi reset b, m(3)") == (198, "m=3 invalid; M=2")
    assert fails(patients, 'mi reset b = "a"')[0] == 109


@pytest.mark.parametrize("style", STYLES)
def test_rename_and_expand(patients: Session, style: str) -> None:
    patients.run(f"mi convert {style}, clear\nmi rename b weight, noupdate")
    assert read(patients.data).imputations.imputed == ("weight",)
    assert column(patients, "weight", 2) == [1, 2, 12, 4, 12, 6]
    assert patients.run("mi expand 2 if id > 4, generate(copy)") == "(2 observations created)\n"
    assert column(patients, "weight", 2) == [1, 2, 12, 4, 12, 6, 12, 6]
    assert column(patients, "copy", 1) == [0, 0, 0, 0, 0, 0, 1, 1]
    assert patients.run("mi update") == ""


@pytest.mark.parametrize("style", STYLES)
def test_reshape_there_and_back(session: Session, style: str) -> None:
    session.run("set obs 3\ngenerate id = _n\ngenerate y1 = 1\ngenerate y2 = 2 if _n > 1\ngenerate z = _n")
    session.run("mi set flong\nmi register imputed y1 y2\nmi register regular z\nmi set M = 2")
    session.run(f"replace y2 = 5 + _mi_m if y2 == .  & _mi_m\nmi convert {style}, clear")
    assert "Number of obs.                        3   ->       6" in session.run(
        "mi reshape long y, i(id) j(t)"
    )
    found = read(session.data).imputations
    assert (found.imputed, found.regular) == (("y",), ("z",))
    assert column(session, "y", 0) == [1, None, 1, 2, 1, 2]
    assert column(session, "y", 2) == [1, 7, 1, 2, 1, 2]
    session.run("mi reshape wide y, i(id) j(t)")
    assert read(session.data).imputations.imputed == ("y1", "y2")
    assert column(session, "y2", 1) == [6, 2, 2]
    assert column(session, "z", 1) == [1, 2, 3]


def test_reshape_needs_a_form(patients: Session, fails: Callable) -> None:
    assert fails(patients, "mi reshape error")[0] == 198
    assert fails(patients, "mi reshape long y, i(id) j(t)")[0] == 111


@pytest.mark.parametrize("style", STYLES)
def test_append(patients: Session, folder, style: str) -> None:
    """The larger number of imputations counts; what the other side lacks is not imputed."""
    patients.run("mi set M = 1\nmi register passive id\nsave other")
    patients.run(f"{PATIENTS}\nmi convert {style}, clear")
    assert patients.run("mi append using other, generate(source)") == ""
    assert column(patients, "b", 1) == [1, 2, 11, 4, 11, 6] * 2
    assert column(patients, "b", 2) == [1, 2, 12, 4, 12, 6, 1, 2, None, 4, None, 6]
    assert column(patients, "source") == [0] * 6 + [1] * 6
    found = read(patients.data).imputations
    assert (found.imputed, found.passive, found.regular) == (("b",), ("id",), ("g",))


def test_append_plain_data(patients: Session, folder) -> None:
    patients.run("preserve\nclear\nset obs 2\ngenerate b = .\nreplace b = 3 in 1\nnotes: more")
    patients.run('label define g 1 "one"\nlabel values b g\nsave plain\nrestore')
    patients.run("mi append using plain, nonotes nolabel force")
    assert column(patients, "b", 2) == [1, 2, 12, 4, 12, 6, 3, None]
    assert patients.data.value_labels == {}


def test_merge(patients: Session, folder, fails: Callable) -> None:
    patients.run("save other\nmi rename b c\ndrop if id > 4 | id == 1\nmi update\nsave right")
    patients.run("use other, clear")
    said = patients.run("mi merge 1:1 id using right, generate(from)")
    assert "from master                         3  (from==1)" in said
    assert column(patients, "c", 2) == [None, 2, 12, 4, None, None]
    assert column(patients, "from", 1) == [1, 3, 3, 3, 1, 1]
    assert read(patients.data).imputations.imputed == ("c", "b")
    patients.run("use other, clear")
    assert (
        patients.run("mi merge 1:1 id using right, keep(match) keepusing(g) noreport nolabel nonotes force")
        == ""
    )
    assert column(patients, "b", 1) == [2, 11, 4]
    assert fails(patients, "mi merge 1:1 id using right, assert(using)")[0] == 9
    assert fails(patients, "mi merge 1:1 b using right")[0] == 198
    assert fails(patients, "mi merge id using right")[0] == 198
    assert fails(patients, "mi merge 1:1 id")[0] == 100
    assert fails(patients, "mi merge 1:1 mi using right")[0] == 111
    assert fails(patients, "mi append")[0] == 100


def test_replace0_puts_corrected_data_in(patients: Session, folder, fails: Callable) -> None:
    patients.run(
        "preserve\nmi extract 0, clear\nreplace b = 3 if id == 3\ndrop if id == 1\nsave new\nrestore"
    )
    assert "(1 m=0 obs. now marked as complete)" in patients.run("mi replace0 using new, id(id)")
    assert column(patients, "b", 2) == [2, 3, 4, 12, 6]
    assert fails(patients, "mi replace0 using new")[0] == 198
    assert fails(patients, "mi replace0, id(id)")[0] == 100


def test_add_takes_the_imputations_of_another_file(patients: Session, folder, fails: Callable) -> None:
    patients.run("save other\nmi convert flong, clear\ngsort _mi_m -_mi_id\nsave turned\nuse other, clear")
    assert patients.run("mi add id using turned, assert(match) noupdate") == "(2 imputations added; M = 4)\n"
    assert column(patients, "b", 4) == [1, 2, 12, 4, 12, 6]
    assert fails(patients, "mi add using turned")[0] == 100
    assert fails(patients, "mi add id")[0] == 100
    assert fails(patients, "mi add g using turned")[0] == 459
    assert fails(patients, "mi add id using turned, assert(master)")[0] == 198
    patients.run("mi extract 0, clear\nset obs 7\nmi set wide")
    assert fails(patients, "mi add id using turned, assert(match)")[0] in (9, 459)


def test_the_files_of_flongsep_are_copied_and_erased(patients: Session, folder, fails: Callable) -> None:
    assert fails(patients, "mi copy new")[0] == 119
    patients.run("mi convert flongsep own, clear\nmi copy new, replace")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{m}{name}.dta" for name in ("own", "new") for m in ("", "_1_", "_2_")
    )
    assert fails(patients, "mi copy own")[0] == 602
    patients.run("mi erase own")
    assert len(list(folder.iterdir())) == 3
    assert fails(patients, "mi erase new")[0] == 4
    assert fails(patients, "mi erase own")[0] == 601
    patients.run("mi erase new, clear")
    assert list(folder.iterdir()) == []


def test_panel_settings_hold_for_every_imputation(patients: Session) -> None:
    assert "panel variable:  id" in patients.run("mi xtset id")
    patients.run("mi convert flong, clear\nmi tsset id")
    assert patients.data.characteristics["_dta"]["_TStvar"] == "id"
    patients.run("mi extract 2, clear")
    assert patients.run("tsset").strip().startswith("time variable:  id")


def test_factor_settings_hold_for_every_imputation(patients: Session) -> None:
    patients.run("mi convert flong, clear\nmi fvset base 1 g")
    assert patients.data.characteristics["g"] == {"_fv_base": "1"}
    patients.run("mi extract 2, clear")
    assert patients.data.characteristics["g"] == {"_fv_base": "1"}


def test_what_is_not_here_is_refused_by_name(patients: Session, fails: Callable) -> None:
    for name in ("stsplit", "stset", "svyset", "ptrace"):
        assert fails(patients, f"mi {name}") == (199, f"command mi {name} is not implemented in xmixed")
