"""What is written comes back: values, types, missing codes, labels, formats, notes, sort order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.data.building import assert_same, everything
from xmixed.data.dataset import DTYPES, Dataset, Variable, from_double
from xmixed.data.files.dta.reader import read_dta, read_dta_header
from xmixed.data.files.dta.writer import RELEASES, dta_bytes, write_dta
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("release", RELEASES)
def test_everything_comes_back(release, order):
    dataset = everything()
    raw = dta_bytes(dataset, release, dataset.timestamp, order)
    assert read_dta_header(raw).release == release
    assert_same(read_dta(raw), dataset)


def test_a_second_generation_is_the_same_file():
    dataset = everything()
    raw = dta_bytes(dataset, timestamp=dataset.timestamp)
    assert dta_bytes(read_dta(raw), timestamp=dataset.timestamp) == raw


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("release", [117, 118, 119])
def test_long_strings(release, order):
    values = np.array(["", "short", "x" * 5000, b"\0\1binary\xff", "short", "é" * 300], dtype=object)
    dataset = Dataset([Variable("b", "byte", np.arange(6, dtype=np.int8), "%8.0g")], 6)
    dataset = dataset.with_variables(Variable("s", "strL", values, "%9s"))
    dataset = dataset.with_variables(Variable("t", "strL", values[::-1].copy(), "%9s"))
    assert_same(read_dta(dta_bytes(dataset, release, byte_order=order)), dataset)


@pytest.mark.parametrize(
    ("kind", "text", "release"),
    [
        ("str5", "plain", 115),
        ("str5", "€é", 115),
        ("str5", "日", 118),
        ("str300", "x" * 300, 117),
        ("str2045", "x" * 2045, 117),
        ("strL", "x", 117),
        ("strL", "日", 118),
    ],
)
def test_the_oldest_release_that_holds_the_data_is_chosen(tmp_path, kind, text, release):
    dataset = Dataset([Variable("s", kind, np.array([text], dtype=object), "%9s")], 1)
    assert write_dta(dataset, tmp_path / "x.dta").release == release
    assert read_dta(tmp_path / "x.dta")["s"].values.tolist() == [text]


def test_unicode_in_labels_and_names_needs_release_118():
    dataset = everything()
    dataset = dataset.with_variables(replace(dataset.variables[0], label="体重"))
    assert read_dta_header(dta_bytes(dataset)).release == 118
    dataset = dataset.with_variables(replace(dataset.variables[0], label=""))
    dataset = dataset.renamed({dataset.names[0]: "größe"})
    assert read_dta_header(dta_bytes(dataset)).release == 118
    assert read_dta(dta_bytes(dataset)).names[0] == "größe"


def test_a_release_asked_for_that_cannot_hold_the_data_is_refused(tmp_path):
    dataset = Dataset([Variable("s", "strL", np.array(["x"], dtype=object), "%9s")], 1)
    for release in (115, 116):
        with pytest.raises(StataError) as caught:
            write_dta(dataset, tmp_path / "x.dta", release=release)
        assert caught.value.code == 198
    assert not list(tmp_path.iterdir())


def test_strings_that_need_more_bytes_in_utf8_are_widened():
    dataset = Dataset([Variable("s", "str4", np.array(["éééé"], dtype=object), "%9s")], 1)
    assert read_dta(dta_bytes(dataset, 115))["s"].type == "str4"
    wide = read_dta(dta_bytes(dataset, 118))["s"]
    assert (wide.type, wide.values.tolist()) == ("str8", ["éééé"])


def test_more_than_32767_variables_need_release_119():
    values = np.array([1, 2], dtype=np.int8)
    dataset = Dataset([Variable(f"v{i}", "byte", values, "%8.0g") for i in range(32768)], 2)
    raw = dta_bytes(dataset)
    assert read_dta_header(raw).release == 119
    assert_same(read_dta(raw), dataset)


@pytest.mark.parametrize("release", RELEASES)
def test_undecodable_bytes_come_back(release):
    every_byte = bytes(range(1, 245))
    dataset = Dataset([Variable("s", "str244", np.array(["x" * 244], dtype=object), "%9s")], 1)
    raw = dta_bytes(dataset, release).replace(b"x" * 244, every_byte)
    assert dta_bytes(read_dta(raw), release) == raw


def test_no_observations_and_no_variables():
    for dataset in (Dataset(), Dataset([Variable("x", "byte", np.empty(0, np.int8), "%8.0g")], 0)):
        for release in RELEASES:
            assert_same(read_dta(dta_bytes(dataset, release)), dataset)


def test_observations_without_variables():
    for release in RELEASES:
        assert read_dta(dta_bytes(Dataset(n_obs=5), release)).n_obs == 5


def test_numbers_stata_has_no_room_for_become_missing():
    doubles = np.array([np.nan, np.inf, -np.inf, 1.7e308, -1.7e308, CODES[3], CODES[3] * (1 + 1e-15), 1.0])
    floats = np.array([np.nan, np.inf, -np.inf, 2e38, -2e38, 1, 1, 1], dtype=np.float32)
    dataset = Dataset([Variable("d", "double", doubles, "%10.0g")], 8)
    dataset = dataset.with_variables(Variable("f", "float", floats, "%9.0g"))
    dataset = dataset.with_variables(Variable("b", "byte", np.array([-128] + [1] * 7, np.int8), "%8.0g"))
    back = read_dta(dta_bytes(dataset))
    expected = [MISSING, MISSING, MISSING, CODES[26], MISSING, CODES[3], CODES[3], 1.0]
    assert back["d"].values.tolist() == expected
    assert set(back["f"].to_double().tolist()) <= {*CODES, 1.0}
    assert back["b"].values.tolist() == [101] + [1] * 7


def test_some_variables_of_a_file():
    dataset = everything()
    part = read_dta(dta_bytes(dataset), variables=["name", "v_long"])
    assert part.names == ["v_long", "name"]
    assert part.sorted_by == ("v_long", "name")
    assert list(part.characteristics) == ["_dta"]
    assert read_dta(dta_bytes(dataset), variables=["name"]).sorted_by == ()
    with pytest.raises(StataError) as caught:
        read_dta(dta_bytes(dataset), variables=["nam"])
    assert caught.value.code == 111


def test_the_header_alone():
    dataset = everything()
    header = read_dta_header(dta_bytes(dataset, timestamp=dataset.timestamp))
    assert (header.n_obs, header.dataset.n_obs) == (30, 0)
    assert header.dataset.names == dataset.names
    assert header.dataset.characteristics == dataset.characteristics
    assert all(len(variable.values) == 0 for variable in header.dataset)


_TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=20)
_NAME = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,31}", fullmatch=True)


@st.composite
def _datasets(draw):
    n_obs = draw(st.integers(0, 5))
    variables = []
    for name in draw(st.lists(_NAME, max_size=5, unique=True)):
        kind = draw(st.sampled_from([*DTYPES, "str7", "strL"]))
        if kind in DTYPES:
            number = st.floats(-1e30, 1e30) | st.sampled_from(CODES)
            values = from_double(draw(arrays(np.float64, n_obs, elements=number)), kind)
        else:
            text = _TEXT if kind == "strL" else st.text("abÄ€日 ", max_size=2)
            values = np.array(draw(st.lists(text, min_size=n_obs, max_size=n_obs)), dtype=object)
        shapes = ["%9s"] if kind.startswith("str") else ["%9.0g", "%8.2fc", "%td", "%tcCCYY"]
        shape = draw(st.sampled_from(shapes))
        label_name = draw(st.just("") | _NAME) if kind in DTYPES else ""
        variables.append(Variable(name, kind, values, shape, draw(_TEXT), label_name))
    names = [variable.name for variable in variables]
    codes = st.dictionaries(st.integers(-(2**31), 2**31 - 1), _TEXT, min_size=1, max_size=4)
    value_labels = draw(st.dictionaries(_NAME, codes, max_size=3))
    notes = st.dictionaries(_NAME, _TEXT, min_size=1, max_size=3)
    owners = st.sampled_from(["_dta", *names])
    characteristics = draw(st.dictionaries(owners, notes, max_size=2))
    order = draw(st.permutations(names))
    return Dataset(
        tuple(variables),
        n_obs if variables else 0,
        draw(_TEXT),
        value_labels=value_labels,
        characteristics=characteristics,
        sorted_by=tuple(order[: draw(st.integers(0, len(order)))]),
    )


@settings(max_examples=60, deadline=None)
@given(_datasets(), st.sampled_from("<>"))
def test_any_dataset_comes_back(dataset, order):
    back = read_dta(dta_bytes(dataset, byte_order=order))
    for variable, before in zip(back, dataset, strict=True):
        if before.type == "str7" and back.n_obs:  # wider only where UTF-8 needs it
            assert variable.type in ("str7", "str8")
            back = back.with_variables(replace(variable, type=before.type))
    for table in dataset.value_labels, back.value_labels:
        for name in table:
            table[name] = dict(sorted(table[name].items()))
    assert_same(back, dataset)
