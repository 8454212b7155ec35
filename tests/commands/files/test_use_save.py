"""use, save, saveold, sysuse, webuse, clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import same_data
from xmixed.errors import StataError


def test_save_and_use(pigs, folder: Path, fails):
    pigs.run("notes: a note")
    assert pigs.run("save pigs") == "file pigs.dta saved\n"
    assert not pigs.data.changed and pigs.data.source == "pigs.dta"
    assert fails(pigs, "save pigs") == (602, "file pigs.dta already exists")
    assert fails(pigs, "save") == (602, "file pigs.dta already exists")
    before = pigs.data
    assert pigs.run("use pigs") == "(Six weighings)\n"
    assert pigs.data is not before and same_data(pigs.data, before)
    assert pigs.run("save, replace") == "file pigs.dta saved\n"


def test_unsaved_changes_are_protected(pigs, folder: Path, fails):
    pigs.run("save pigs\nreplace week = 3 in 1")
    for text in ("use pigs", "sysuse sleepstudy", "webuse pig"):
        assert fails(pigs, text) == (4, "no; data in memory would be lost")
    pigs.run("use pigs, clear")
    pigs.run("drop _all\nuse pigs")
    pigs.run("set obs 7\nclear\nuse pigs")
    assert pigs.data.n_obs == 6


def test_use_keeps_estimates_but_not_the_sample(pigs, folder: Path):
    pigs.run("save pigs")
    pigs.e.macros["cmd"] = "xtmixed"
    pigs.data = pigs.data.with_(marks={"sample": pigs.data["week"].values > 1}, changed=False)
    pigs.run("use pigs")
    assert pigs.e.exist and not pigs.data.marks


def test_use_part_of_a_file(pigs, folder: Path, fails):
    pigs.run("save pigs")
    pigs.run("use name week using pigs if id == 2")
    assert pigs.data.names == ["name", "week"] or pigs.data.names == ["week", "name"]
    assert pigs.data.n_obs == 2 and not pigs.data.changed
    pigs.run("use if week == 1 in 1/3 using pigs")
    assert pigs.data.n_obs == 2
    pigs.run("use using pigs, nolabel")
    assert not pigs.data.value_labels and pigs.data["sex"].value_label == ""
    assert fails(pigs, "use foo using pigs") == (111, "variable foo not found")
    assert fails(pigs, "use if foo > 1 using pigs") == (111, "foo not found")
    assert fails(pigs, "use in 5/9 using pigs") == (198, "observation numbers out of range")


def test_files_that_are_not_there(pigs, folder: Path, fails):
    assert fails(pigs, "use nosuch, clear") == (601, "file nosuch.dta not found")
    assert fails(pigs, "sysuse nosuch, clear")[0] == 601
    assert fails(pigs, "use, clear")[0] == 100
    assert fails(pigs, "use pigs if id > 1, clear")[0] == 100
    (folder / "bad.dta").write_bytes(b"not a dataset")
    assert fails(pigs, "use bad, clear")[0] in (603, 610, 612)


def test_saving_nothing(session, folder: Path, fails):
    assert fails(session, "save x") == (111, "no variables defined")
    assert session.run("save x, emptyok") == "file x.dta saved\n"
    session.run("clear\nset obs 5\nsave x, emptyok replace\nuse x, clear\ndescribe using x")
    assert (session.data.n_obs, session.data.names) == (5, [])
    session.run("clear\nset obs 1\ngen x = 1")
    assert fails(session, "save")[0] == 198


def test_saveold(pigs, folder: Path):
    pigs.run("saveold old")
    assert (folder / "old.dta").read_bytes()[0] == 114


def test_names_with_blanks(pigs, folder: Path):
    assert pigs.run('save "two words"') == "file two words.dta saved\n"
    pigs.run('use "two words", clear')


def test_sysuse_and_webuse(session, folder: Path, monkeypatch):
    assert "sleepstudy.dta" in session.run("sysuse dir")
    session.run("sysuse sleepstudy")
    assert session.data.n_obs == 180 and not session.data.changed
    session.run("save pig")
    monkeypatch.setenv("XMIXED_DATA_PATH", str(folder))
    session.run("webuse pig")
    assert session.data.source == "http://www.stata-press.com/data/r12/pig.dta"
    session.run("use http://www.stata-press.com/data/r12/pig, clear")
    assert session.run("describe, short").splitlines()[1] == (
        "Contains data from http://www.stata-press.com/data/r12/pig.dta"
    )


@pytest.mark.parametrize("what", ["", "all", "*"])
def test_clear(pigs, what):
    pigs.run("summarize weight")
    pigs.e.macros["cmd"] = "xtmixed"
    pigs.scalars["a"] = 1.0
    pigs.run(f"clear {what}")
    assert not pigs.data.variables and not pigs.data.value_labels
    assert pigs.e.exist == (what == "")
    assert bool(pigs.scalars) == (what == "")
    assert bool(pigs.r.scalars) == (what == "")


def test_clear_results_leaves_data(pigs, fails):
    pigs.run("summarize weight\nclear results")
    assert pigs.data.n_obs == 6 and not pigs.r.scalars
    assert fails(pigs, "clear foo")[0] == 198


def test_saving_where_there_is_no_folder_says_one_line(pigs, folder: Path):
    with pytest.raises(StataError) as caught:
        pigs.run("save nowhere/pigs")
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        603,
        "file nowhere/pigs.dta could not be opened",
        "",
    )
    assert list(folder.iterdir()) == [] and pigs.data.source == ""


def test_the_estimation_sample_is_saved_with_the_data(session, tmp_path):
    path = tmp_path / "x.dta"
    session.run(f"""clear
set obs 20
generate x = _n
generate y = x^2
save {path}, all
regress y x if x > 5
sort y
save {path}, replace all
drop _all
use {path}""")
    assert session.data.names == ["x", "y"] and not session.data.changed
    session.run("predict r if e(sample), residuals\ncount if !missing(r)")
    assert session.r["N"] == 15 and session.data["r"].to_double()[0] > 8e307
    session.run(f"ereturn clear\nuse {path}, clear\ncount if _e_sample")
    assert session.r["N"] == 15
