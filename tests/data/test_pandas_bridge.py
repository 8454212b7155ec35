"""Datasets from and to pandas frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.data.building import everything
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.dta.writer import dta_bytes
from xmixed.data.pandas_bridge import from_pandas, to_pandas
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (np.array([1, 100]), "byte", [1, 100]),
        (np.array([1, 101]), "int", [1, 101]),
        (np.array([-32768, 1]), "long", [-32768, 1]),
        (np.array([2**40, 1]), "double", [2**40, 1]),
        (np.array([1, 2], np.int16), "int", [1, 2]),
        (np.array([1, 32767], np.int16), "long", [1, 32767]),
        (np.array([1, 2], np.uint8), "byte", [1, 2]),
        (np.array([True, False]), "byte", [1, 0]),
        (np.array([0.5, np.nan], np.float32), "float", [0.5, MISSING]),
        (np.array([0.1, np.inf]), "double", [0.1, MISSING]),
        (pd.array([1, None], dtype="Int64"), "byte", [1, MISSING]),
        (pd.array([True, None], dtype="boolean"), "byte", [1, MISSING]),
        (pd.array([0.5, None], dtype="Float64"), "double", [0.5, MISSING]),
        (np.array([1, None], dtype=object), "byte", [1, MISSING]),
        (np.array([1.5, None], dtype=object), "double", [1.5, MISSING]),
        (np.array([2**70, 1], dtype=object), "double", [2.0**70, 1]),
    ],
)
def test_numbers(values, kind, expected):
    variable = from_pandas(pd.DataFrame({"x": values}))["x"]
    assert variable.type == kind
    assert variable.to_double().tolist() == expected


def test_strings():
    frame = pd.DataFrame({"a": ["x", None, "日本"], "b": ["", "", ""], "c": ["y" * 3000, "", "z"]})
    frame["d"] = pd.array(["x", None, "yy"], dtype="string")
    dataset = from_pandas(frame)
    assert [v.type for v in dataset] == ["str6", "str1", "strL", "str2"]
    assert dataset["a"].values.tolist() == ["x", "", "日本"]
    assert dataset["d"].values.tolist() == ["x", "", "yy"]


def test_categoricals_become_labelled():
    frame = pd.DataFrame({"g": pd.Categorical(["b", None, "a"], categories=["a", "b"])})
    dataset = from_pandas(frame)
    assert dataset["g"].to_double().tolist() == [2, MISSING, 1]
    assert dataset.value_labels == {"g": {1: "a", 2: "b"}}
    back = to_pandas(dataset, value_labels=True)
    assert back["g"].tolist()[::2] == ["b", "a"] and back["g"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_datetimes(unit):
    moments = pd.Series(pd.to_datetime(["1960-01-01 00:00:01", None, "2011-03-29 10:57:00"])).astype(
        f"datetime64[{unit}]"
    )
    dataset = from_pandas(pd.DataFrame({"t": moments, "z": moments.dt.tz_localize("Europe/Paris")}))
    for variable in dataset:
        assert (variable.type, variable.format) == ("double", "%tc")
        assert variable.to_double().tolist() == [1000, MISSING, 1617015420000.0]
    assert to_pandas(dataset, dates=True)["t"].tolist()[::2] == moments.tolist()[::2]
    assert from_pandas(pd.DataFrame({"d": moments - moments[0]}))["d"].values[0] == 0


@pytest.mark.parametrize(
    "names", [["a b"], ["1x"], [0], ["x", "x"], ["\x1b[31m"], [""], ["x" * 33], [("a", "b")]]
)
def test_names_that_are_no_names_are_refused(names):
    frame = pd.DataFrame([[1] * len(names)])
    frame.columns = pd.Index(names, dtype=object, tupleize_cols=False)
    with pytest.raises(StataError) as caught:
        from_pandas(frame)
    assert caught.value.code == 198
    assert "invalid name" in caught.value.message and "\x1b" not in caught.value.message


def test_columns_of_no_type_are_refused():
    for values in ([1, "x"], [[1], [2]], [1j, 2j], [object(), None]):
        with pytest.raises(StataError) as caught:
            from_pandas(pd.DataFrame({"x": pd.Series(values)}))
        assert caught.value.code == 109


def test_to_pandas_keeps_types_where_nothing_is_missing():
    dataset = Dataset([Variable("a", "int", np.array([1, 2], np.int16), "%8.0g", "label")], 2, label="data")
    dataset = dataset.with_variables(Variable("b", "byte", np.array([1, 102], np.int8), "%8.0g"))
    dataset = dataset.with_variables(Variable("c", "float", np.array([1, 2.0**127], np.float32), "%9.0g"))
    frame = dataset.to_pandas()
    assert [str(kind) for kind in frame.dtypes] == ["int16", "float64", "float32"]
    assert frame.isna().to_numpy().tolist() == [[False] * 3, [False, True, True]]
    assert frame.attrs == {"label": "data", "variable_labels": {"a": "label", "b": "", "c": ""}}
    frame.loc[0, "a"] = 7  # the frame is the caller's own
    assert dataset["a"].values.tolist() == [1, 2]


def test_there_and_back():
    dataset = everything()
    frame = dataset.to_pandas()
    back = from_pandas(frame)
    assert back.names == dataset.names and back.label == dataset.label
    expected = dataset["v_long"].to_double()
    assert back["v_long"].to_double().tolist() == np.where(expected >= CODES[0], MISSING, expected).tolist()
    assert read_dta(dta_bytes(back)).names == dataset.names


def test_value_labels_that_share_a_text_stay_apart():
    dataset = Dataset([Variable("g", "byte", np.array([1, 2, 3], np.int8), "%8.0g", "", "g")], 3)
    dataset = dataset.with_(value_labels={"g": {1: "same", 2: "same"}})
    assert dataset.to_pandas(value_labels=True)["g"].nunique() == 3


def test_empty_frames():
    assert from_pandas(pd.DataFrame()).variables == ()
    dataset = from_pandas(pd.DataFrame({"x": [], "s": pd.Series([], dtype=object)}))
    assert (dataset.n_obs, [v.type for v in dataset]) == (0, ["double", "str1"])
    assert dataset.to_pandas().shape == (0, 2)


@pytest.mark.parametrize("name", ["if", "_n", "_all", "byte", "str5", "größe", "a b", "x" * 33])
def test_names_that_no_variable_may_have_are_refused(name):
    with pytest.raises(StataError) as caught:
        from_pandas(pd.DataFrame({name: [1.0]}))
    assert (caught.value.code, caught.value.message) == (198, f"{name} invalid name")
