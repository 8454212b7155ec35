"""Files of other programs read by us, ours read by them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.data.building import assert_same, everything, old_file
from xmixed.data.files.dta.reader import read_dta, read_dta_header
from xmixed.data.files.dta.writer import RELEASES, dta_bytes, write_dta
from xmixed.missing import MISSING, is_missing

pyreadstat = pytest.importorskip("pyreadstat")

MANUAL_DATA = Path(__file__).parents[3] / "shared" / "datasets"


def _frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "i1": np.array([1, -5, 100], np.int8),
            "i2": np.array([1, -32767, 32740], np.int16),
            "i4": np.array([1, -2147483647, 2147483620], np.int32),
            "f4": np.array([0.1, np.nan, -1e30], np.float32),
            "f8": np.array([0.1, np.nan, -1e300]),
            "text": ["a", "", "été"],
        }
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_pandas_files(version, order):
    frame, stream = _frame(), io.BytesIO()
    if version == 117:  # pandas writes UTF-8 into its long strings, which the release does not know
        frame.loc[2, "text"] = "ete"
    frame.to_stata(
        stream,
        version=version,
        write_index=False,
        byteorder=order,
        data_label="a label",
        variable_labels={"i1": "first"},
        value_labels={"i1": {1: "one", 100: "many"}},
        convert_strl=["text"] if version == 117 else None,
    )
    dataset = read_dta(stream.getvalue())
    assert [v.type for v in dataset][:5] == ["byte", "int", "long", "float", "double"]
    assert dataset["text"].type == ("strL" if version == 117 else "str5" if version >= 118 else "str3")
    assert dataset["text"].values.tolist() == frame["text"].tolist()
    assert (dataset.label, dataset["i1"].label) == ("a label", "first")
    assert dataset.value_labels[dataset["i1"].value_label] == {1: "one", 100: "many"}
    for name in frame.columns[:5]:
        doubles = dataset[name].to_double()
        expected = frame[name].to_numpy(dtype=np.float64)
        np.testing.assert_array_equal(np.where(is_missing(doubles), np.nan, doubles), expected)


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_readstat_files(tmp_path, version):
    frame = _frame()
    path = tmp_path / "x.dta"
    pyreadstat.write_dta(
        frame,
        str(path),
        version=version,
        file_label="a label",
        column_labels=[f"label {i}" for i in range(6)],
        variable_value_labels={"i4": {1: "one"}},
        missing_user_values={"i2": ["a"]} if version > 8 else None,
    )
    dataset = read_dta(path)
    assert dataset["f8"].values[1] == MISSING
    assert dataset["text"].values[0] == "a"
    assert dataset["i1"].label == "label 0"
    assert list(dataset.value_labels.values()) == [{1: "one"}]
    for name in frame.columns[:5]:
        doubles = dataset[name].to_double()
        expected = frame[name].to_numpy(dtype=np.float64)
        np.testing.assert_array_equal(np.where(is_missing(doubles), np.nan, doubles), expected)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("release", RELEASES)
def test_pandas_and_readstat_read_ours(tmp_path, release, order):
    dataset, path = everything(), tmp_path / "x.dta"
    write_dta(dataset, path, release, byte_order=order)
    frame = pd.read_stata(path, convert_categoricals=False, convert_dates=False)
    other, meta = pyreadstat.read_dta(str(path), user_missing=True, disable_datetime_conversion=True)
    assert list(frame.columns) == list(other.columns) == dataset.names
    for variable in dataset:
        if variable.is_string:
            assert other[variable.name].tolist() == variable.values.tolist()
            continue
        doubles = variable.to_double()
        expected = np.where(is_missing(doubles), np.nan, doubles)
        np.testing.assert_array_equal(frame[variable.name].to_numpy(dtype=np.float64), expected)
        if variable.name != "day":
            assert other[variable.name].tolist()[1:27] == [chr(97 + i) for i in range(26)]
    assert meta.file_label == dataset.label
    assert meta.column_labels[0] == "a byte"
    assert meta.variable_to_label["v_byte"] == "yesno"
    labels = pd.io.stata.StataReader(path).value_labels()
    if release >= 118:
        assert labels == dataset.value_labels
    assert labels["yesno"][2147483622] == "refused"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [118, 119])
def test_long_strings_of_pandas(version, order):
    frame, stream = pd.DataFrame({"a": [1, 2, 3, 4], "s": ["x", "", "日本" * 2000, "x"]}), io.BytesIO()
    frame["t"] = frame["s"][::-1].to_numpy()
    frame.to_stata(stream, version=version, write_index=False, byteorder=order, convert_strl=["s", "t"])
    dataset = read_dta(stream.getvalue())
    for name in ("s", "t"):
        assert (dataset[name].type, dataset[name].values.tolist()) == ("strL", frame[name].tolist())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("release", [117, 118, 119])
def test_others_read_our_long_strings(tmp_path, release, order):
    dataset = everything()
    dataset = dataset.with_variables(replace(dataset["name"], type="strL"))
    if release == 117:  # ReadStat takes every long string for UTF-8
        names = dataset["name"].values.copy()
        names[4] = "Asa"
        dataset = dataset.with_variables(replace(dataset["name"], values=names))
    path = tmp_path / "x.dta"
    write_dta(dataset, path, release, byte_order=order)
    assert pd.read_stata(path, convert_categoricals=False)["name"].tolist() == dataset["name"].values.tolist()
    assert pyreadstat.read_dta(str(path))[0]["name"].tolist() == dataset["name"].values.tolist()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("release", [102, 103, 104, 105, 108, 110, 111, 112])
def test_old_releases(release, order):
    if release == 102 and order == ">":
        pytest.skip("release 102 knows one byte order")
    raw = old_file(release, order)
    dataset = read_dta(raw)
    assert (dataset.label, dataset.n_obs) == ("Old datá", 3)
    assert dataset.timestamp == ("29 Mar 1999 10:57" if release >= 105 else "")
    # codes that are missing today move to the next type, with its default format where they had the default
    assert [v.type for v in dataset] == ["int", "long", "double", "float", "double", "str4"]
    assert dataset["xbyte"].to_double().tolist() == [5, MISSING, 126]
    assert dataset["xint"].to_double().tolist() == [-300, MISSING, 32766]
    assert dataset["xlong"].to_double().tolist() == [70000, MISSING, 2147483646]
    assert dataset["xfloat"].to_double().tolist() == [1.5, MISSING, 0.5]
    assert dataset["xdouble"].to_double().tolist() == [-2.25, MISSING, 1e300]
    assert dataset["xstr4"].values.tolist() == ["abcd", "é", ""]
    assert dataset.sorted_by == ("xint",)
    assert dataset["xbyte"].value_label == "yn"
    assert dataset["xbyte"].label == "label of byte"
    assert dataset.value_labels == {"yn": {0: "no", 1: "yes"}}
    assert dataset.characteristics == ({"_dta": {"note1": "an old note"}} if release >= 105 else {})
    if release in (102, 103, 104, 105, 108, 110, 111):
        with np.errstate(over="ignore"):
            frame = pd.read_stata(io.BytesIO(raw), convert_categoricals=False)
        for variable in dataset:
            ours = variable.values if variable.is_string else variable.to_double()
            theirs = frame[variable.name]
            if not variable.is_string:
                theirs = theirs.astype("float64").fillna(MISSING)
            assert theirs.tolist() == ours.tolist(), variable.name


@pytest.mark.skipif(not MANUAL_DATA.is_dir(), reason="the manual's data are not here")
@pytest.mark.parametrize("path", sorted(MANUAL_DATA.glob("*.dta")), ids=lambda path: path.stem)
def test_the_manuals_data_come_back(path):
    dataset = read_dta(path)
    assert_same(read_dta(dta_bytes(dataset, timestamp=dataset.timestamp)), dataset)
    assert read_dta_header(path).n_obs == dataset.n_obs
    frame = pd.read_stata(path, convert_categoricals=False, convert_dates=False)
    for variable in dataset:
        doubles = variable.to_double()
        expected = frame[variable.name].to_numpy(dtype=np.float64)
        np.testing.assert_array_equal(np.where(is_missing(doubles), np.nan, doubles), expected)
