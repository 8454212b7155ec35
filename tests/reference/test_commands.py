"""Commands over data by reference print what they print of the same data in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SHOWN = """
count if x > 1 & b in 2/9
count in 3/5
levelsof i
levelsof s if i > 1, missing
levelsof x in 2/9, separate(,)
levelsof b, local(values) clean missing
assert big > 0
assert x < big if x < . & big < 40030
capture noisily assert i > 1
assert i > 1 in 1/5, rc0
assert x > -9 | s == "a", rc0
capture noisily assert i == 77 if i == 78, null
capture noisily assert 1 == 2
assert _N == 12
list
list x s if i == 3
list in 3/5, noobs sepby(i)
list x d t, clean nolabel
summarize
summarize x big [fw=i]
summarize x big [aw=f+4] if b != 0
summarize big f t, detail
summarize x big f s [fw=i], detail
summarize x big [aw=f+4] if b != 0, detail
summarize big [iw=i], detail
summarize x in 3/9, meanonly
correlate big f i
correlate f i big if b != 0, means covariance
correlate f big [aw=i]
correlate f big i [fw=i], means
capture noisily correlate f big if i > 99
pcorr big f i b
tabulate i
tabulate i b, chi2 row missing
tabulate s i if x < 8
tab1 i b if i > 1
tab2 i b s
tabulate i, summarize(f)
tabulate i, subpop(b) sort
summarize x f [aw=2]
tabulate i s [fw=3]
tabulate i [fw=i]
tabulate i b [fw=i], chi2 row
tabulate i s [aw=f+4], cell missing
tabulate b [iw=big/7]
tab1 i b [aw=big]
codebook
codebook s x, tabulate(3)
codebook, compact
codebook f if b
"""
MADE = """
generate z = x * 2
generate byte w = i + 100 if b
gen str2 q = s + "!!!" if i == 3
gen u = s + "longer"
generate double exact = x / 3
generate r = big in 3/7
generate str3 rs = s if b in 2/9
replace r = 1 if i > 1 in 5/l
replace i = i + 1000 if i == 2
replace i = i + .5 if b
replace f = . if f > 5
replace s = "longer than before" if s == "b"
replace w = 101.5 if big < 40020, nopromote
replace x = 0, nopromote
replace x = x
describe
list, clean
label define L 0 "no" 1 "yes"
label values b L
label variable f "a label"
format f %9.2f
order q
rename w wide
notes b: remember
notes
notes drop b
ds
lookfor label
aorder
move s x
tabulate b
drop if i == 3
keep if x < .
drop in 2/3
keep in 1/4
list, clean
keep b s
drop s
describe
"""


@pytest.mark.parametrize("text", [SHOWN, MADE], ids=["shown", "made"])
def test_transcripts_are_those_of_memory(referring: Session, reading: Session, text: str) -> None:
    for command in text.strip().splitlines():
        assert referring.run(command) == reading.run(command), command
    assert referring.data.reference is not None


def test_results_are_those_of_memory(referring: Session, reading: Session) -> None:
    for command in ("summarize big f, detail", "count if i > 1", "summarize x [aw=f+4]", "tabulate i b"):
        for session in (referring, reading):
            session.run(command)
        assert list(referring.r.scalars) == list(reading.r.scalars)
        expected = np.array(list(reading.r.scalars.values()))
        np.testing.assert_allclose(list(referring.r.scalars.values()), expected, rtol=1e-14)


def test_values_made_by_a_query_are_those_of_memory(referring: Session, reading: Session) -> None:
    for session in (referring, reading):
        session.run("generate a = x / 7\ngenerate int b2 = f * 1000\nreplace a = f if missing(a)")
    referring.run("load")
    for variable in reading.data:
        assert referring.data[variable.name].type == variable.type
        assert referring.data[variable.name].values.tolist() == variable.values.tolist(), variable.name


def test_offsets_cost_no_digits(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    x = 1e8 + np.arange(20_000) % 7 / 8
    pq.write_table(pa.table({"x": x}), tmp_path / "far.parquet")
    session = Session()
    session.run(f'use "{tmp_path}/far.parquet", engine(duckdb)\nsummarize x')
    assert session.r.scalars["sd"] == pytest.approx(np.std(x - 1e8, ddof=1), rel=1e-12)
    assert session.r.scalars["mean"] == pytest.approx(1e8 + np.mean(x - 1e8), rel=1e-15)


def test_rows_keep_their_numbers_over_several_row_groups(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"k": np.arange(300_000), "g": np.arange(300_000) % 100_000})
    pq.write_table(table, tmp_path / "many.parquet", row_group_size=20_000)
    session = Session()
    session.run(f'use "{tmp_path}/many.parquet", engine(duckdb)')
    shown = session.run("list if g == 77, clean noheader")
    assert shown.split() == ["78.", "77", "77", "100078.", "100077", "77", "200078.", "200077", "77"]
    assert session.run("list k in 250001/250002, clean noobs").split() == ["k", "250000", "250001"]


@pytest.mark.parametrize(
    "command",
    [
        "tabulate i, generate(d)",
        "tabulate i [fw=i], summarize(x)",
        "generate y = _n",
        "replace x = x[_n-1]",
        "matrix A = (1\\2)\nsvmat A",
        "set obs 20",
        "isid i",
    ],
)
def test_what_a_command_cannot_do_by_reference(referring: Session, command: str) -> None:
    before = referring.data
    with pytest.raises(StataError) as failure:
        referring.run(command)
    assert failure.value.code == 3
    assert referring.data is before


def test_weights_are_checked(referring: Session) -> None:
    for weight, code in (("fw=f", 402), ("fw=abs(f)", 401), ("aw=s", 109)):
        with pytest.raises(StataError) as failure:
            referring.run(f"summarize x [{weight}]")
        assert failure.value.code == code


def test_many_steps_stay_a_query(referring: Session, reading: Session) -> None:
    """Each replace mentions the variable three times: put into each other, twenty would be 3^20 of them."""
    for _ in range(20):
        for session in (referring, reading):
            session.run("replace x = x / 2 + 1 if x > 1 | x < 0")
    assert referring.run("summarize x") == reading.run("summarize x")


LONG, GREEK = 250 * "w", "Ω"


@pytest.mark.parametrize("text", ["", LONG, GREEK], ids=["plain", "long", "greek"])
@pytest.mark.parametrize("save", ["save", "saveold"])
def test_saved_files_are_those_of_memory(
    referring: Session,
    reading: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    save: str,
    text: str,
) -> None:
    for module in ("streamed", "writer"):
        monkeypatch.setattr(f"xmixed.data.files.dta.{module}.now", lambda: "26 Nov 2026 12:00")
    shown = []
    for number, session in enumerate((referring, reading)):
        session.run('label variable x "a number"\nlabel define L 1 "one"\nlabel values i L\nformat x %9.1f')
        session.run("label data words\nnotes x: a note")
        if text:
            session.run(f'replace s = "{text}" if i == 2')
        session.run(f'cd "{tmp_path}"')
        try:
            shown.append(session.run(f"{save} made{number}, replace").replace(f"made{number}", "made"))
        except StataError as error:
            shown.append(str(error))
    assert shown[0] == shown[1]
    if save == "save":
        assert (tmp_path / "made0.dta").read_bytes() == (tmp_path / "made1.dta").read_bytes()
        assert referring.data.reference is not None and not referring.data.changed
        assert referring.run("count") == reading.run("count")


def test_what_cannot_be_saved_by_reference(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"text": ["w" * 3000, ""]}), tmp_path / "long.parquet")
    session = Session()
    session.run(f'use "{tmp_path}/long.parquet", engine(duckdb)')
    with pytest.raises(StataError, match="saving text, a strL, is not possible") as failure:
        session.run(f'save "{tmp_path}/long"')
    assert failure.value.code == 3 and not (tmp_path / "long.dta").exists()


@pytest.mark.parametrize("typed", ["", "x i s d using ", "b using "])
@pytest.mark.parametrize("chosen", ["", " if i > 1", " in 3/9"])
def test_export_parquet(
    referring: Session, reading: Session, tmp_path: Path, typed: str, chosen: str
) -> None:
    written = []
    for number, session in enumerate((referring, reading)):
        session.run('label variable x "a number"\nlabel define L 1 "one"\nlabel values i L\nformat x %9.1f')
        session.run(f'export parquet {typed}"{tmp_path}/{number}.parquet"{chosen}')
        again = Session()
        again.run(f'use "{tmp_path}/{number}.parquet"')
        written.append(again.data)
        assert (tmp_path / f"{number}.parquet").exists()
    found, wanted = written
    assert found.names == wanted.names and found.n_obs == wanted.n_obs
    for own, other in zip(found, wanted, strict=True):
        assert (own.type, own.format, own.label, own.value_label) == (
            other.type,
            other.format,
            other.label,
            other.value_label,
        )
        assert own.values.tolist() == other.values.tolist()
    assert found.value_labels == wanted.value_labels
    for session in (referring, reading):
        with pytest.raises(StataError) as failure:
            session.run(f'export parquet "{tmp_path}/0.parquet"')
        assert failure.value.code == 602
