"""Delimited text files: what is in them, however they are written, and the way back."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files import content as content_module
from xmixed.data.files import memory
from xmixed.data.files.content import Content, file_on_disk, read_content
from xmixed.data.files.delimited import reader, survey
from xmixed.data.files.delimited.encoding import plain_text
from xmixed.data.files.delimited.locales import separators_of_locale
from xmixed.data.files.delimited.options import EVERY, Reading, Separators
from xmixed.data.files.delimited.reader import read_delimited
from xmixed.data.files.delimited.writer import Writing, write_delimited
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


def read(text: str | bytes, **options) -> Dataset:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_delimited(Content(raw), Reading(**options)).dataset


def cells(data: Dataset) -> list[list]:
    return [v.values.tolist() if v.is_string else v.to_double().tolist() for v in data]


def test_names_types_and_labels():
    data = read("Id,Pig Name,2nd,x,x\n1,a,1.5,300,\n2,,2,70000,.b\n")
    assert [(v.name, v.type, v.label) for v in data] == [
        ("id", "byte", "Id"),
        ("pigname", "str1", "Pig Name"),
        ("v3", "float", "2nd"),
        ("x", "long", ""),
        ("v5", "byte", "x"),
    ]
    assert cells(data)[4] == [MISSING, CODES[2]]
    assert read("1,2\n3,4\n").names == ["v1", "v2"]
    assert read("a,b\n", names_row=0).n_obs == 1 and read("a,b\n").n_obs == 0
    assert read("A,b\n1,2\n", case="upper").names == ["A", "B"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("100", "byte"), ("101", "int"), ("32741", "long"), ("2147483621", "double"), ("-1e5", "long"),
        ("1d2", "byte"), (" 7 ", "byte"), ("007", "byte"), ("1e40", "double"), ("inf", "str3"),
        ("nan", "str3"), ("True", "str4"), ("NA", "str2"), ("1_0", "str3"), ("0x10", "str4"), ("1,5", "str3"),
        (".", "byte"), (".z", "byte"), ("1e400", "byte"), ("99999999999999999999", "double"), ("-", "str1"),
    ],
)  # fmt: skip
def test_what_a_number_is(cell: str, kind: str):
    assert read(f'x;y\n"{cell}";1\n', separators=Separators(";"))["x"].type == kind


def test_what_cannot_be_held_is_said():
    notes = read_delimited(Content(b"x,y\n1e400,9007199254740993\n1,2\n"), Reading()).notes
    assert notes == (
        "(note: x: 1 value that cannot be held is missing)",
        "(note: y: whole numbers beyond 2^53 keep 15 to 16 digits)",
    )
    forced = read_delimited(Content(b"x\na\n2\n"), Reading(numeric_columns=frozenset({EVERY})))
    assert forced.dataset["x"].to_double().tolist() == [MISSING, 2.0] and len(forced.notes) == 1
    long = read_delimited(Content(b"a" * 100 + b"\n1\n"), Reading())
    assert long.notes == (f"(note: {'a' * 32}: label cut to 80 characters)",)


def test_ragged_rows_and_empty_lines():
    assert cells(read("a,b\n1\n\n2,3,4\n")) == [[1, 2], [MISSING, 3], [MISSING, 4]]
    assert cells(read("1,x\n\n2,y\n")) == [[1, 2], ["x", "y"]]
    assert read("").names == [] and read("\n\n").names == []
    assert read("a,b,c\n1,2\n").names == ["a", "b", "c"]


def test_quotes():
    text = 'a,b\n"x, ""y""",1\n"u\nv",2\n'
    assert cells(read(text, bind="strict")) == [['x, "y"', "u\nv"], [1, 2]]
    assert read(text).n_obs == 3  # lines end within quotes
    assert cells(read('a,b\n5" pipe,1\n', names_row=1)) == [['5" pipe'], [1]]
    assert cells(read('a,b\n5" pipe,1\n', names_row=1, strip="yes")) == [["5 pipe"], [1]]
    assert cells(read('a,b\n"x",1\n', strip="no")) == [['"x"'], [1]]
    assert cells(read('"a,b",1\n', bind="nobind", names_row=0)) == [['"a'], ['b"'], [1]]


def test_separators():
    assert cells(read("1 \t 2\n3    4\n", separators=Separators(" \t", collapse=True))) == [[1, 3], [2, 4]]
    assert cells(read("1;2,3\n", separators=Separators(";,"))) == [[1], [2], [3]]
    assert cells(read("1::2:3\n", separators=Separators("::", as_string=True))) == [[1], ["2:3"]]
    assert cells(read("a\tb,c\n1\t2\n")) == [[1], [2]]


def test_ranges():
    text = "title,,\nid,x,y\n1,2,3\n4,5,6\n7,8,9\n"
    data = read(text, names_row=2, rows=(4, 4), columns=(2, None))
    assert data.names == ["x", "y"] and cells(data) == [[5], [6]]
    assert cells(read(text, names_row=2, columns=(1, 1))) == [[1, 4, 7]]
    assert read(text, names_row=9).n_obs == 0


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("näme,x\nö,1\n".encode(), ""),
        ("näme,x\nö,1\n".encode("utf-8-sig"), ""),
        ("näme,x\nö,1\n".encode("utf-16"), ""),
        ("näme,x\nö,1\n".encode("cp1252"), ""),
        ("näme,x\r\nö,1\r\n".encode("latin-1"), "latin1"),
        ("näme,x\rö,1\r".encode("utf-16"), "UTF-16"),
        ("näme,x\nö,1".encode(), "UTF-8"),
    ],
)
def test_encodings(raw: bytes, encoding: str):
    data = read(raw, encoding=encoding)
    assert [v.label for v in data] == ["näme", ""] and cells(data) == [["ö"], [1]]


def test_encodings_that_do_not_fit():
    for encoding in ("no-such", "ascii"):
        with pytest.raises(StataError) as caught:
            plain_text("ö".encode(), encoding)
        assert caught.value.code == 198
    assert plain_text(b"a\0b,1\0\n").content == b"ab,1\n"
    assert plain_text(b"a\0b,1\0\n").notes == ("(note: 2 binary zeros ignored in the file)",)
    assert plain_text("ö".encode("latin-1")).notes == ("(encoding automatically selected: windows-1252)",)


_CELL = st.one_of(
    st.sampled_from(["", ".", ".c", "1", "-2.5", "1e5", "007", "True", "nan", " 3", "x y", "é", "1e999"]),
    st.text(st.characters(blacklist_characters='\n\r\0,"', blacklist_categories=["Cs"]), max_size=4),
)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(_CELL, min_size=n, max_size=n), min_size=1)))
def test_the_fast_way_reads_what_the_exact_one_reads(rows: list[list[str]]):
    quoted = [[f'"{cell}"' if len(cell) % 2 else cell for cell in row] for row in rows]
    raw = "".join(",".join(row) + "\n" for row in quoted).encode()
    fast = reader._regular(raw, Separators(","), Reading(names_row=0))
    exact = reader._exact(raw, Separators(","), Reading(names_row=0))
    if fast is None or not exact.columns:
        return
    for one, other in zip(fast.columns, exact.columns, strict=True):
        assert one.type == other.type and one.values.tolist() == other.values.tolist()
        assert one.notes == other.notes


_WILD = st.one_of(
    _CELL, st.sampled_from(['"', '""', '"a', 'a"', '"a""b"', '"x y" z', '"a"b"', '"1"', '""""'])
)


@pytest.mark.parametrize("strip", ["default", "yes"])
@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_WILD, min_size=1, max_size=4), min_size=1, max_size=8))
def test_ragged_rows_and_any_quotes_are_read_fast_as_they_are_exactly(strip: str, rows: list[list[str]]):
    raw = "".join(",".join(row) + "\n" for row in rows).encode()
    reading = Reading(names_row=0, strip=strip)
    exact = reader._exact(raw, Separators(","), reading)
    fast = reader._regular(raw, Separators(","), reading)
    if fast is None:
        return
    shown = [(column.type, column.values.tolist(), column.notes) for column in exact.columns]
    found = [(column.type, column.values.tolist(), column.notes) for column in fast.columns]
    assert found[: len(shown)] == shown
    assert len(found) == len(shown) or not shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("cell", ["x", '"x, y"', '"a ""b"""', "é", 'a "b" c', "1,2,3", ""])
@pytest.mark.parametrize(
    "options", [{}, {"names_row": 2}, {"rows": (3, None)}, {"rows": (2, 3)}, {"names_row": 0}]
)
def test_a_file_on_disk_is_what_its_content_is(tmp_path: Path, end: str, cell: str, options: dict):
    lines = ["a,b", "1,2", "3,4", f"5,{cell}", "6,7"]
    path = tmp_path / "x.csv"
    path.write_bytes(end.join([*lines, ""]).encode())
    on_disk = read_delimited(file_on_disk(str(path)), Reading(**options)).dataset
    in_memory = read_delimited(read_content(str(path)), Reading(**options)).dataset
    assert on_disk.names == in_memory.names
    assert [(v.type, v.values.tolist()) for v in on_disk] == [(v.type, v.values.tolist()) for v in in_memory]


def test_lines_longer_than_a_block_are_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(survey, "_BLOCK", 4)
    raw = b'a,b\n12345678901,"x"\n\n1,2,3,"4,5"'
    assert b"".join(survey.blocks(io.BytesIO(raw))) == raw
    assert all(block.endswith(b"\n") for block in list(survey.blocks(io.BytesIO(raw)))[:-1])
    assert survey.most_cells(io.BytesIO(raw), ",") == 4 and survey.has_empty_lines(io.BytesIO(raw))


def test_only_lines_whose_quotes_are_not_around_cells_are_irregular():
    raw = b'a,"b"\n"a ""b""",1\nx "y",2\n"open,3\n"",""\n"""",4\n"a" ,5\n'
    assert survey.irregular_lines(raw, ",").tolist() == [2, 3, 6]


def test_a_written_file_comes_back():
    values = np.array([1.5, CODES[0], CODES[3], -0.1], dtype=np.float64)
    texts = np.array(['a "b", c', "", "é\tü", "  x"], dtype=object)
    days = np.array([18000.0, CODES[0], 0.0, -1.0])
    data = Dataset(
        (
            Variable("x", "double", values, "%10.0g"),
            Variable("s", "str9", texts, "%9s"),
            Variable("day", "double", days, "%td"),
            Variable("sex", "byte", np.array([0, 1, 101, 102], dtype=np.int8), "%8.0g", value_label="sex"),
        ),
        4,
        value_labels={"sex": {0: "male, yes", 1: "female", 2147483622: "refused"}},
    )
    stream = io.BytesIO()
    write_delimited(stream, data, Writing())
    assert stream.getvalue().decode() == (
        'x,s,day,sex\n1.5,"a ""b"", c",13apr2009,"male, yes"\n,,,female\n.c,é\tü,01jan1960,\n'
        "-.1,  x,31dec1959,refused\n"
    )
    back = read(stream.getvalue(), fractions="double")
    assert back["x"].values.tolist() == values.tolist() and back["s"].values.tolist() == texts.tolist()
    for mark in "\t;":
        for quotes in ("all", "needed"):
            stream = io.BytesIO()
            write_delimited(stream, data, Writing(mark, labels=False, quotes=quotes, missing="."))
            back = read(stream.getvalue(), separators=Separators(mark), fractions="double")
            assert back["sex"].values.tolist() == [0, 1, 101, 102]
            assert back["s"].values.tolist() == texts.tolist()


def test_floats_are_written_with_the_digits_that_matter():
    values = np.array([0.1, 1 / 3, 1e-7, 1e10, 16777217.0], dtype=np.float32)
    stream = io.BytesIO()
    write_delimited(stream, Dataset((Variable("x", "float", values, "%9.0g"),), 5), Writing())
    assert read(stream.getvalue())["x"].values.tolist() == values.tolist()


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    stamps = iter([(4, 1), (5, 2)])
    monkeypatch.setattr(content_module, "_stamp", lambda status: next(stamps))
    with pytest.raises(StataError) as caught:
        read_content(str(path))
    assert caught.value.code == 691


def test_a_file_that_changes_while_it_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    found = file_on_disk(str(path))

    def read_and_change(*arguments):
        columns = read_table(*arguments)
        path.write_text("a\n1\n2\n")
        return columns

    read_table = reader.read_table
    monkeypatch.setattr(reader, "read_table", read_and_change)
    with pytest.raises(StataError) as caught:
        read_delimited(found, Reading())
    assert caught.value.code == 691


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "x.csv"
    path.write_text("a\n" + "1\n" * 1000)
    monkeypatch.setattr(memory, "available_memory", lambda: 3000.0)
    assert read_content(str(path), 1.0).raw
    with pytest.raises(StataError) as caught:
        read_content(str(path), 4.0)
    assert caught.value.code == 909 and "MB" in caught.value.hint
    free = memory._of_system()
    assert free is None or free > 0


@pytest.mark.parametrize("quoted", [False, True])
def test_numbers_of_other_places(quoted):
    text = "name;x;y;z\na;1.234,5;1,5;.\nb;-2.000;-0,25;.a\nc;;1e3;3\n"
    if quoted:  # quotes inside a cell: not taken apart by pandas
        text = text.replace("a;1", 'a"b;1')
    data = read(text, separators=Separators(";"), decimal=",", thousands=".")
    assert cells(data)[1:] == [[1234.5, -2000, MISSING], [1.5, -0.25, 1000], [MISSING, CODES[1], 3]]
    assert [variable.type for variable in data][1:] == ["float", "float", "byte"]
    plain = read(text, separators=Separators(";"))
    assert [variable.is_string for variable in plain] == [True, True, True, False]


def test_a_point_is_no_comma():
    assert read("x;y\n1,5;1.5\n", separators=Separators(";"), decimal=",")["y"].is_string


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        ("de_DE", "1.234.567,5", 1234567.5),
        ("fr_FR.UTF-8", "1\u202f234,5", 1234.5),
        ("en", "1,234.5", 1234.5),
        ("de-ch", "1’234.5", 1234.5),
        ("sv_SE", "1\u00a0234,5", 1234.5),
    ],
)
def test_locales(locale, text, value):
    decimal, thousands = separators_of_locale(locale)
    data = read(f"x\ty\n{text}\ta\n", decimal=decimal, thousands=thousands)
    assert data["x"].to_double().tolist() == [value]


def test_unknown_locales():
    assert separators_of_locale("xx_YY") is None and separators_of_locale("") is None
