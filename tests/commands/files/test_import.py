"""Files of other programs that are not sound: the message, and data as before."""

from __future__ import annotations

from pathlib import Path

import pandas
import pyreadstat
import pytest


def test_a_failed_import_leaves_the_data(pigs, folder: Path, fails):
    (folder / "bad.csv").write_bytes("ö".encode("latin-1"))
    assert fails(pigs, "import delimited bad, clear encoding(utf-8)") == (
        198,
        "file is not in encoding utf-8",
    )
    assert fails(pigs, "import delimited nosuch, clear") == (601, "file nosuch.csv not found")
    assert fails(pigs, "insheet using nosuch, clear") == (601, "file nosuch.raw not found")
    assert fails(pigs, "insheet using bad.csv") == (18, "you must start with an empty dataset")
    assert fails(pigs, f"import delimited {folder}, clear")[0] in (601, 603)
    pigs.run("replace week = 9 in 1")
    assert fails(pigs, "import delimited bad") == (4, "no; data in memory would be lost")


def test_files_that_cannot_be_written(pigs, folder: Path, fails):
    (folder / "x.csv").write_text("old")
    assert fails(pigs, "export delimited x") == (602, "file x.csv already exists")
    assert fails(pigs, "outsheet using nosuch/x")[0] == 603
    assert (folder / "x.csv").read_text() == "old"


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\0", b"\xef\xbb\xbf"])
def test_empty_files(session, folder: Path, raw: bytes):
    (folder / "x.csv").write_bytes(raw)
    session.run("import delimited x")
    assert session.data.names == [] and session.data.n_obs == 0


def test_files_and_folders(session, folder: Path, fails):
    (folder / "a.txt").write_bytes(b"x\ty\r\nz\n")
    assert session.run("mkdir sub, public") == "" and (folder / "sub").is_dir()
    assert fails(session, "mkdir sub") == (693, "could not create directory sub")
    assert session.run("copy a.txt sub") == "" and session.run("copy a.txt b.txt, text public") == ""
    assert (folder / "b.txt").read_bytes() == b"x\ty\nz\n"
    assert fails(session, "copy a.txt b.txt") == (602, "file b.txt already exists")
    assert fails(session, "copy nosuch b.txt, replace") == (601, "file nosuch not found")
    assert fails(session, "copy a.txt")[0] == 198
    assert fails(session, "rmdir sub")[0] == 693
    assert session.run("erase sub/a.txt") == "" and session.run("rmdir sub") == ""
    assert fails(session, "rmdir sub") == (601, "directory sub not found")
    assert fails(session, "rm a.tx") == (601, "file a.tx not found")
    assert fails(session, "erase .")[0] == 603
    assert session.run("type a.txt, asis") == "\nx       y\nz\n"
    assert session.run("type a.txt, showtabs") == "\nx<T>y\nz\n"
    assert session.run("dir *.txt, wide").split() == ["a.txt", "b.txt"]
    lines = session.run("ls").splitlines()
    assert lines[1].startswith("total ") and lines[2].startswith("-rw") and lines[2].endswith(" a.txt")
    assert session.run("dir *.nosuch") == ""


def test_checksum(session, folder: Path, fails):
    """1219131554 is what the program cksum of POSIX prints for `abc`."""
    (folder / "a.txt").write_bytes(b"abc")
    assert session.run("checksum a.txt, save") == (
        "Checksum for a.txt = 1219131554, size = 3\nfile a.txt.sum saved\n"
    )
    assert session.r.scalars == {"version": 2, "filelen": 3, "checksum": 1219131554}
    assert (folder / "a.txt.sum").read_text() == "2 3 1219131554\n"
    assert fails(session, "checksum a.txt, save")[0] == 602
    session.run("checksum a.txt, saving(a.txt.sum, replace)\nchecksum a.txt, save replace")
    assert fails(session, "checksum a.txt, saving(x, foo)")[0] == 198
    (folder / "empty").write_bytes(b"")
    session.run("checksum empty")
    assert session.r.scalars["checksum"] == 4294967295


def test_files_of_sas_and_spss(session, folder: Path, fails):
    frame = pandas.DataFrame({"Id": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
    pyreadstat.write_sav(frame, "x.sav")
    pyreadstat.write_xport(frame, "x.xpt")
    assert session.run("import spss Id if y > 2 in 1/3 using x, case(preserve)") == "(1 var, 2 obs)\n"
    assert session.data.names == ["Id"]
    session.run("import sasxport x, clear novallabels")
    assert session.data.names == ["id", "y"] and session.data["y"].values.tolist() == [2, 4, 6]
    assert fails(session, "import sas x.sav, clear bcat(nosuch)")[0] == 603
    assert fails(session, "import sas nosuch, clear") == (601, "file nosuch.sas7bdat not found")
    assert fails(session, "import spss x")[0] == 4


def test_signatures(pigs, folder: Path, fails):
    assert fails(pigs, "datasignature confirm") == (459, "data signature not set")
    signature = pigs.run("datasignature").strip()
    assert signature.startswith("6:5(") and pigs.run("datasignature set").split() == [
        signature,
        "(data",
        "signature",
        "set)",
    ]
    assert pigs.run("datasignature confirm").startswith("  (data unchanged since ")
    pigs.run("save signed\nuse signed, clear\nrecast double week")
    assert "(data unchanged)" in pigs.run("datasignature report")
    pigs.run("replace week = 9 in 1")
    assert fails(pigs, "datasignature confirm")[0] == 9
    assert "(data have changed)" in pigs.run("datasignature report")
    pigs.run("datasignature clear")
    assert fails(pigs, "datasignature report")[0] == 459


def test_where_webuse_looks(session, fails):
    manual = '(prefix now "http://www.stata-press.com/data/r12")\n'
    assert session.run("webuse query") == manual
    assert session.run("webuse set localhost:1/data/") == '(prefix now "http://localhost:1/data")\n'
    assert fails(session, "webuse pig")[0] == 677
    assert session.run("webuse query") == '(prefix now "http://localhost:1/data")\n'
    assert session.run("webuse set") == manual


def test_cells_keep_their_formats_where_asked(session, folder: Path):
    openpyxl = pytest.importorskip("openpyxl")
    session.run("clear\nset obs 2\ngenerate day = 18000\nformat day %td\nexport excel x, sheet(One)")
    book = openpyxl.load_workbook("x.xlsx")
    book["One"]["A1"].number_format = "0.000"
    book.save("x.xlsx")
    session.run("export excel x.xlsx, sheet(One, modify) keepcellfmt locale(de)")
    page = openpyxl.load_workbook("x.xlsx")["One"]
    assert page["A1"].number_format == "0.000" and page["A1"].value == 39916  # 13 April 2009
    session.run("export excel x.xlsx, sheet(One, modify)")
    assert openpyxl.load_workbook("x.xlsx")["One"]["A1"].is_date
    session.run("import excel x.xlsx, locale(de) clear")
    assert session.data["A"].to_double().tolist() == [18000, 18000]


def test_old_workbooks_at_the_prompt(session, folder: Path, fails):
    xlwt = pytest.importorskip("xlwt")
    pytest.importorskip("xlrd")
    book = xlwt.Workbook()
    book.add_sheet("S").write(0, 0, 2.5)
    book.save("old.xls")
    session.run("import excel old, clear")  # without an extension it is .xls if there is one
    assert session.data["A"].to_double().tolist() == [2.5]
    assert "A1:A1" in session.run("import excel old.xls, describe")
    assert fails(session, "export excel old.xls, replace")[0] == 603
