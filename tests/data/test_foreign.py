"""Files of SAS and SPSS: what comes along, what cannot, and files that are none."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from xmixed.data.files import extras
from xmixed.data.files.content import Content, read_content
from xmixed.data.files.foreign import child, reader
from xmixed.data.files.foreign.convert import dataset_of
from xmixed.data.files.foreign.reader import read_foreign
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Id": [1.0, 2.0, 99.0],
            "s": ["a ", "é 漢", ""],
            "d": [datetime.date(2020, 1, 2), None, datetime.date(1960, 1, 1)],
            "t": [datetime.datetime(2020, 1, 2, 3, 4, 5), None, datetime.datetime(1960, 1, 1)],
            "x": [1 / 3, np.nan, -1e300],
        }
    )


def test_spss(tmp_path: Path):
    path = tmp_path / "x.sav"
    labels = {"Id": {1: "one", 99: "refused", 2.5: "half"}}
    pyreadstat.write_sav(
        frame(),
        str(path),
        file_label="My file",
        column_labels=["the id", "", "", "", ""],
        variable_value_labels=labels,
        missing_ranges={"Id": [98, 99]},
    )
    found = read_foreign(read_content(str(path)), "sav", "lower")
    data = found.dataset
    assert data.names == ["id", "s", "d", "t", "x"] and data.label == "My file"
    assert data["id"].to_double().tolist() == [1, 2, CODES[1]] and data["id"].label == "the id"
    assert data.value_labels == {"id": {1: "one", 2147483622: "refused"}}
    assert data["s"].values.tolist() == ["a", "é 漢", ""]
    assert data["d"].to_double().tolist() == [21916, MISSING, 0] and data["d"].format == "%td"
    assert data["t"].to_double().tolist() == [21916 * 86400000.0 + 11045000, MISSING, 0]
    assert data["t"].format == "%tc" and data["x"].values.tolist() == [1 / 3, MISSING, -1e300]
    assert found.notes == (
        "(note: id: declared missing: 99 is .a)",
        "(note: id: 1 value label of no whole number left out)",
    )


def test_portable_and_transport_files(tmp_path: Path):
    plain = frame()[["Id", "x"]].fillna(5.0)
    pyreadstat.write_por(plain, str(tmp_path / "x.por"))
    data = read_foreign(read_content(str(tmp_path / "x.por")), "por", "lower").dataset
    assert data["id"].values.tolist() == [1, 2, 99]
    pyreadstat.write_xport(frame()[["Id", "s"]].assign(y=[1, np.nan, 2]), str(tmp_path / "x.xpt"))
    found = read_foreign(read_content(str(tmp_path / "x.xpt")), "xport", "lower")
    assert found.dataset["id"].values.tolist() == [1, 2, 99] and found.dataset["s"].values[1] == "é 漢"
    assert found.dataset["y"].to_double().tolist() == [1, MISSING, 2]
    assert found.notes == ("(note: y: .A to .Z are read as .)",)


def test_what_sas_says_of_missing_values_and_dates():
    """No writer of .sas7bdat is at hand: columns and metadata as pyreadstat documents them."""
    names = ["x", "day", "at", "clock", "c"]
    metadata = SimpleNamespace(
        column_names=names,
        column_names_to_labels={"x": "weight"},
        readstat_variable_types={**dict.fromkeys(names, "double"), "c": "string"},
        original_variable_types={"x": "BEST12.", "day": "DATE9.", "at": "DATETIME20.", "clock": "TIME8."},
        variable_value_labels={"x": {1.0: "one", "A": "refused"}, "c": {"a": "b"}},
        missing_ranges={},
        file_label=None,
    )
    columns = {
        "x": [1.0, "A", "_"],
        "day": [0.0, 21916.0, "Z"],
        "at": [1.5, None, 2.0],
        "clock": [3600.0, float("nan"), 0.0],
        "c": ["a", "", None],
    }
    found = dataset_of(columns, metadata, "sas7bdat", "preserve")
    data = found.dataset
    assert data["x"].to_double().tolist() == [1, CODES[1], MISSING] and data["x"].label == "weight"
    assert data["day"].to_double().tolist() == [0, 21916, CODES[26]] and data["day"].format == "%td"
    assert data["at"].to_double().tolist() == [1500, MISSING, 2000] and data["at"].format == "%tc"
    assert data["clock"].to_double().tolist() == [3600000, MISSING, 0]
    assert data.value_labels == {"x": {1: "one", 2147483622: "refused"}}
    assert found.notes == ("(note: c: value labels of strings cannot be held)",)


def test_files_that_are_none(tmp_path: Path):
    for kind in ("sas7bdat", "xport", "sav", "por"):
        for raw in (b"", b"\0" * 5000, os.urandom(3000)):
            with pytest.raises(StataError) as caught:
                read_foreign(Content(raw, name="x"), kind)
            assert (caught.value.code, caught.value.message) == (603, "file x could not be loaded")
            assert caught.value.hint


def test_a_process_that_runs_out_of_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    path = tmp_path / "x.sav"
    pyreadstat.write_sav(pd.DataFrame({"x": np.zeros(1000)}), str(path))
    monkeypatch.setattr(reader, "memory_limit", lambda size: 20_000_000)
    with pytest.raises(StataError) as caught:
        read_foreign(read_content(str(path)), "sav")
    assert caught.value.code in (603, 909)  # what fails first may be a library that does not load
    monkeypatch.setattr(child, "_convert", lambda request: [0] * (1 << 60))
    monkeypatch.setattr(child, "_limit", lambda size: None)
    monkeypatch.setattr("json.load", lambda stream: {"limit": 1})
    assert child.main() == child.OUT_OF_MEMORY


def test_the_limit_grows_with_the_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader, "available_memory", lambda: 3e9)
    assert reader.memory_limit(0) == 1 << 30 < reader.memory_limit(10**7) < reader.memory_limit(10**9) == 3e9
    monkeypatch.setattr(reader, "available_memory", lambda: None)
    assert reader.memory_limit(10**9) == (1 << 30) + 60 * 10**9


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        read_foreign(Content(b""), "sav")
    assert caught.value.hint == "pip install 'xmixed[foreign]'"
