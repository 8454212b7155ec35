"""Parquet files: everything of a dataset comes back; files of other programs; what cannot be held is said."""

from __future__ import annotations

import datetime
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files import extras, memory
from xmixed.data.files.content import Content
from xmixed.data.files.parquet import read_parquet, write_parquet
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


def pigs() -> Dataset:
    return Dataset(
        (
            Variable("x", "double", np.array([1 / 3, CODES[0], CODES[26], -1e300]), "%9.2f", "weight é"),
            Variable("f", "float", np.array([0.1, 1, 2, 3], dtype=np.float32), "%9.0g"),
            Variable("s", "str9", np.array(["é 漢", "", "x", " y"], dtype=object), "%-9s"),
            Variable("l", "strL", np.array(["z" * 3000, "", "x", "y"], dtype=object), "%9s"),
            Variable("day", "long", np.array([0, 2147483621, 20000, 2147483623], dtype=np.int32), "%td"),
            Variable("t", "double", np.array([0.0, 1.5e12, CODES[0], -1.0]), "%tc"),
            Variable("sex", "byte", np.array([0, 1, 101, 102], dtype=np.int8), "%8.0g", value_label="l"),
        ),
        4,
        "Pigs",
        value_labels={"l": {0: "male", 2147483622: "refused"}},
        characteristics={"_dta": {"note0": "1", "note1": "a note"}, "x": {"c": "d"}},
    )


def written(data: Dataset) -> bytes:
    stream = io.BytesIO()
    write_parquet(stream, data)
    return stream.getvalue()


def test_everything_comes_back():
    found = read_parquet(Content(written(pigs())))
    assert found.notes == ()
    for one, other in zip(found.dataset, pigs(), strict=True):
        assert (one.name, one.type, one.format, one.label, one.value_label) == (
            other.name,
            other.type,
            other.format,
            other.label,
            other.value_label,
        )
        assert one.values.tolist() == other.values.tolist()
    for part in ("label", "value_labels", "characteristics", "n_obs"):
        assert getattr(found.dataset, part) == getattr(pigs(), part)


def test_other_programs_see_dates_and_nulls():
    table = pq.read_table(io.BytesIO(written(pigs())))
    assert table.column("day").to_pylist() == [
        datetime.date(1960, 1, 1), None, datetime.date(2014, 10, 4), None
    ]  # fmt: skip
    assert table.column("t").to_pylist()[0] == datetime.datetime(1960, 1, 1)
    assert table.column("x").null_count == 2 and str(table.schema.field("sex").type) == "int8"


def test_rows_that_another_program_changed():
    table = pq.read_table(io.BytesIO(written(pigs()))).slice(1)
    stream = io.BytesIO()
    pq.write_table(table, stream)
    found = read_parquet(Content(stream.getvalue()))
    assert found.dataset["x"].values.tolist() == [MISSING, MISSING, -1e300]
    assert found.notes[0] == "(note: x: rows have changed, extended missing values are .)"


def read(**columns: Any):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return read_parquet(Content(stream.getvalue()))


def test_types_of_other_programs():
    found = read(
        b=pa.array([True, None]),
        small=pa.array([127, 1], pa.int8()),
        huge=pa.array([2**62, None], pa.int64()),
        u=pa.array([2**63, 1], pa.uint64()),
        f=pa.array([float("nan"), float("inf")]),
        c=pa.array(["x", None]).dictionary_encode(),
        n=pa.array([5, 6]).dictionary_encode(),
        raw=pa.array([b"\0\1", None]),
        nothing=pa.nulls(2),
        clock=pa.array([datetime.time(0, 0, 1), None]),
        when=pa.array([datetime.datetime(1960, 1, 1, 0, 0, 0, 1500), None], pa.timestamp("us", "UTC")),
        **{"a list": pa.array([[1], [2]]), "two words": pa.array(["a", None])},
    )
    data = found.dataset
    shown = {v.name: (v.type, v.values.tolist()) for v in data}
    assert shown["b"] == ("byte", [1, 101]) and shown["small"] == ("int", [127, 1])
    assert shown["huge"] == ("double", [2.0**62, MISSING]) and shown["u"] == ("double", [2.0**63, 1])
    assert shown["f"] == ("double", [MISSING, MISSING]) and shown["c"] == ("byte", [1, 101])
    assert data.value_labels == {"c": {1: "x"}} and data["c"].value_label == "c"
    assert shown["n"] == ("byte", [5, 6]) and shown["raw"] == ("strL", [b"\0\1", b""])
    assert shown["nothing"] == ("byte", [101, 101]) and shown["clock"] == ("int", [1000, 32741])
    assert shown["when"] == ("double", [1, MISSING]) and data["twowords"].label == "two words"
    text = "\n".join(found.notes)
    for part in (
        "alist left out: values of type list",
        "when: times are cut",
        "zone UTC",
        "f: 1 value is inf",
    ):
        assert part in text
    assert text.count("2^53") == 2


def test_files_that_are_none(monkeypatch: pytest.MonkeyPatch):
    sound = written(pigs())
    for raw in (b"", b"PAR1", sound[:-20], sound[:200] + b"x" * (len(sound) - 300) + sound[-100:]):
        with pytest.raises(StataError) as caught:
            read_parquet(Content(raw, name="x.parquet"))
        assert caught.value.code == 603
    broken = pq.read_table(io.BytesIO(sound)).replace_schema_metadata({b"xmixed": b'{"label": 3}'})
    stream = io.BytesIO()
    pq.write_table(broken, stream)
    assert "cannot be read" in read_parquet(Content(stream.getvalue())).notes[-1]
    monkeypatch.setattr(memory, "available_memory", lambda: 100.0)
    with pytest.raises(StataError) as caught:
        read_parquet(Content(sound))
    assert caught.value.code == 909
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        read_parquet(Content(sound))
    assert caught.value.hint == "pip install 'xmixed[parquet]'"
