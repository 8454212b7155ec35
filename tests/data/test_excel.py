"""Workbooks: what cells of a column make together, files that are none, and the way back."""

from __future__ import annotations

import datetime
import io

import numpy as np
import openpyxl
import pytest

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files import extras, memory
from xmixed.data.files.content import Content
from xmixed.data.files.excel.cells import column_of_cells
from xmixed.data.files.excel.ranges import CellRange, column_letters, parse_range
from xmixed.data.files.excel.reader import read_excel
from xmixed.data.files.excel.writer import SheetWriting, write_excel
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


def test_columns_of_cells():
    day, clock = datetime.date(1960, 1, 3), datetime.time(0, 0, 2)
    cases = [
        ([1, None, 300], "int", [1, 32741, 300], "%8.0g"),
        ([True, 2.5], "double", [1, 2.5], "%10.0g"),
        ([1, "x", day], "str9", ["1", "x", "03jan1960"], "%9s"),
        ([day, None], "int", [2, 32741], "%tdnn/dd/CCYY"),
        ([day, ".b"], "int", [2, 32743], "%tdnn/dd/CCYY"),
        ([datetime.datetime(1960, 1, 1, 0, 0, 1)], "double", [1000], "%tcnn/dd/CCYY_HH:MM:SS"),
        ([clock, datetime.timedelta(hours=25)], "double", [2000, 90_000_000], "%tcHH:MM:SS"),
        ([None, None], "byte", [101, 101], "%8.0g"),
        ([".a"], "str2", [".a"], "%9s"),
        ([1.5, day], "str9", ["1.5", "03jan1960"], "%9s"),
    ]
    for cells, kind, values, shown in cases:
        column = column_of_cells(cells)
        assert (column.type, column.values.tolist(), column.format) == (kind, values, shown)
    assert column_of_cells([1, ".c", "."]).values.tolist() == [1, 104, 101]
    found = column_of_cells([1, "#N/A", "#DIV/0!"])
    assert found.values.tolist() == [1, 101, 101] and found.notes == ("2 error values are missing",)
    assert column_of_cells([1, 2.5, False, None], as_text=True).values.tolist() == ["1", "2.5", "0", ""]


def test_ranges():
    assert parse_range("A5:L64") == CellRange(1, 5, 12, 64)
    assert parse_range("$AB$2") == CellRange(28, 2) and parse_range(":C3") == CellRange(1, 1, 3, 3)
    for wrong in ("", ":", "5", "A0", "B2:A9", "B9:C2", "A1;B2"):
        assert parse_range(wrong) is None
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def pigs() -> Dataset:
    return Dataset(
        (
            Variable("x", "double", np.array([1 / 3, CODES[0], CODES[5], -1e300]), "%10.0g", "weight"),
            Variable("s", "str9", np.array(["é 漢", "", "=1+1", "a\x01b"], dtype=object), "%9s"),
            Variable("day", "int", np.array([0, 32741, 20000, 32743], dtype=np.int16), "%td"),
            Variable("sex", "byte", np.array([0, 1, 101, 102], dtype=np.int8), "%8.0g", value_label="l"),
        ),
        4,
        value_labels={"l": {0: "male", 2147483622: "refused"}},
    )


def test_a_written_sheet_comes_back():
    raw = write_excel(pigs(), SheetWriting(heads="variables", labels=False))
    back = read_excel(Content(raw), first_row=True).dataset
    assert back.names == ["x", "s", "day", "sex"]
    for name in ("x", "day", "sex"):
        assert back[name].to_double().tolist() == pigs()[name].to_double().tolist()
    assert back["s"].values.tolist() == ["é 漢", "", "=1+1", "ab"]
    labelled = read_excel(Content(write_excel(pigs(), SheetWriting(missing="NA")))).dataset
    assert labelled["D"].values.tolist() == ["male", "1", "NA", "refused"]
    heads = read_excel(Content(write_excel(pigs(), SheetWriting(heads="varlabels"))), first_row=True)
    assert heads.dataset.names == ["weight", "s", "day", "sex"]


def test_texts_that_look_like_formulas_are_text():
    book = openpyxl.load_workbook(io.BytesIO(write_excel(pigs(), SheetWriting())))
    assert book.worksheets[0]["B3"].data_type == "s"


def test_ragged_sheets_and_empty_ones():
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", None, "a", "b c"])
    book.active.append([1, 2])
    book.active["F9"].font = openpyxl.styles.Font(bold=True)  # formatted, but empty
    stream = io.BytesIO()
    book.save(stream)
    data = read_excel(Content(stream.getvalue()), first_row=True).dataset
    assert data.names == ["a", "B", "C", "bc"] and data.n_obs == 1 and data["bc"].label == "b c"
    assert data["C"].to_double().tolist() == [MISSING]
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    assert read_excel(Content(empty.getvalue())).dataset.n_obs == 0


def test_files_that_are_no_workbooks(monkeypatch: pytest.MonkeyPatch):
    sound = write_excel(pigs(), SheetWriting())
    for raw in (
        b"",
        b"PK\3\4",
        sound[:500],
        sound[:100] + b"x" * 400 + sound[500:],
        b"\xd0\xcf\x11\xe0" + b"\0" * 99,
    ):
        with pytest.raises(StataError) as caught:
            read_excel(Content(raw, name="x.xlsx"))
        assert caught.value.code == 603 and caught.value.message == "file x.xlsx could not be loaded"
    with pytest.raises(StataError) as caught:
        write_excel(pigs(), SheetWriting(), b"none", "modify")
    assert caught.value.code == 603
    monkeypatch.setattr(memory, "available_memory", lambda: 5000.0)
    with pytest.raises(StataError) as caught:
        read_excel(Content(sound))
    assert caught.value.code == 909
    large = CellRange(16_384, 1_048_575)
    with pytest.raises(StataError) as caught:
        write_excel(pigs(), SheetWriting(corner=large))
    assert caught.value.code == 901


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        read_excel(Content(b""))
    assert (caught.value.code, caught.value.hint) == (601, "pip install 'xmixed[excel]'")
