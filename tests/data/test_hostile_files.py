"""Files that are broken or malicious are refused, quickly and with a documented return code."""

from __future__ import annotations

import errno
import os
import random
import struct
import time
import tracemalloc

import numpy as np
import pytest

import xmixed
from tests.data.building import everything, old_file
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files.dta.reader import read_dta, read_dta_header
from xmixed.data.files.dta.source import ByteSource
from xmixed.data.files.dta.text import valid_name
from xmixed.data.files.dta.writer import RELEASES, dta_bytes
from xmixed.errors import StataError

DOCUMENTED = {601, 603, 608, 610, 612, 688, 909}


def _code(raw: bytes, reader=read_dta) -> int:
    with pytest.raises(StataError) as caught:
        reader(raw, name="x.dta")
    assert "at byte" in caught.value.hint
    return caught.value.code


def _two_types(release: int) -> bytes:
    dataset = everything()
    if release >= 117:
        dataset = dataset.with_variables(
            Variable("long_text", "strL", np.array(["ab"] * 30, dtype=object), "%9s")
        )
    return dta_bytes(dataset, release, " 3 Mar 2011 10:57")


@pytest.mark.parametrize("seed", range(6))
def test_mutated_files_load_or_are_refused(seed):
    randomness = random.Random(seed)
    originals = [_two_types(release) for release in RELEASES]
    originals += [old_file(105), old_file(108, ">"), old_file(111)]
    start = time.perf_counter()
    for _ in range(400):
        raw = bytearray(randomness.choice(originals))
        header = randomness.random() < 0.7  # most of the danger is there
        for _ in range(randomness.choice([1, 1, 2, 5, 20])):
            at = randomness.randrange(min(len(raw) or 1, 1500 if header else 10**9))
            change = randomness.randrange(5)
            if change == 0:
                raw[at : at + 1] = bytes([randomness.randrange(256)])
            elif change == 1:
                raw[at : at + 4] = randomness.choice([b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"])
            elif change == 2:
                del raw[at : at + randomness.randrange(1, 40)]
            elif change == 3:
                raw[at:at] = randomness.randbytes(randomness.randrange(1, 40))
            else:
                del raw[at:]
        try:
            dataset = read_dta(bytes(raw), name="x.dta")
        except StataError as error:
            assert error.code in DOCUMENTED, error
            assert error.message in (
                "file x.dta not Stata format",
                "unexpected end of file",
                "file is corrupt",
            )
        else:
            assert all(len(variable.values) == dataset.n_obs for variable in dataset)
            assert len(set(dataset.names)) == len(dataset.names)
            dta_bytes(dataset)  # what loads can be saved
    assert time.perf_counter() - start < 30


def test_every_truncation_is_refused():
    for release in (113, 115, 117, 118):
        raw = _two_types(release)
        labels_start = raw.rfind(b"unused") if release < 117 else len(raw)
        for length in range(0, len(raw), 37):
            # in the legacy releases the end of the file ends the value labels: cut between tables is no error
            if length < labels_start - 2000:
                assert _code(raw[:length]) in (610, 612, 688)


@pytest.mark.parametrize("release", [0, 1, 60, 101, 120, 255])
def test_unknown_binary_releases(release):
    assert _code(bytes([release]) + dta_bytes(everything(), 115)[1:]) == 610


@pytest.mark.parametrize("release", [b"116", b"120", b"121", b"999", b"abc"])
def test_unknown_tagged_releases(release):
    raw = dta_bytes(everything(), 118).replace(b"<release>118", b"<release>" + release)
    assert _code(raw) == 610
    assert _code(raw, read_dta_header) == 610


@pytest.mark.parametrize("raw", [b"", b"<", b"s", b"<stata_dta>", b"sysuse auto\n", b"a,b\n", bytes(999)])
def test_other_files(raw):
    assert _code(raw) in (610, 612)


@pytest.mark.parametrize("count", [10**8 + 1, 2**31, 2**40, 2**63, 2**64 - 1])
def test_a_huge_number_of_observations_allocates_nothing(count):
    raw = dta_bytes(everything(), 118)
    at = raw.index(b"<N>") + 3
    tracemalloc.start()
    assert _code(raw[:at] + struct.pack("<Q", count) + raw[at + 8 :]) == 612
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    empty = dta_bytes(Dataset(), 118)
    assert _code(empty.replace(b"<N>" + bytes(8), b"<N>" + struct.pack("<Q", count))) == 688


def test_a_huge_number_of_variables():
    raw = dta_bytes(everything(), 119)
    at = raw.index(b"<K>") + 3
    assert _code(raw[:at] + struct.pack("<I", 120_001) + raw[at + 4 :]) == 688
    assert _code(raw[:at] + struct.pack("<I", 120_000) + raw[at + 4 :]) in (612, 688)
    old = dta_bytes(everything(), 115)
    assert _code(old[:4] + b"\xff\xff" + old[6:]) == 688
    assert _code(old[:4] + b"\xff\x7f" + old[6:]) == 612


@pytest.mark.parametrize("section", range(14))
@pytest.mark.parametrize("offset", [0, 1, 2**40, 2**63 - 1, 2**64 - 1])
def test_a_wrong_map(section, offset):
    if (section, offset) == (0, 0):
        return
    raw = dta_bytes(everything(), 118)
    at = raw.index(b"<map>") + 5 + 8 * section
    assert _code(raw[:at] + struct.pack("<Q", offset) + raw[at + 8 :]) == 688


def test_the_map_of_early_release_117_files():
    raw = dta_bytes(everything(), 117)
    at = raw.index(b"<map>") + 5 + 8 * 7
    assert read_dta(raw[:at] + bytes(8) + raw[at + 8 :]).names == everything().names


@pytest.mark.parametrize("release", [115, 118])
@pytest.mark.parametrize("number", [2**31 - 1, 2**32 - 1, 70000])
@pytest.mark.parametrize("place", ["table", "entries", "text", "offset"])
def test_value_labels_that_claim_too_much(release, number, place):
    dataset = Dataset([Variable("x", "byte", np.ones(3, np.int8), "%8.0g", "", "uniquelabel")], 3)
    dataset = dataset.with_(value_labels={"uniquelabel": {1: "one", 2: "two"}})
    raw = dta_bytes(dataset, release)
    name = raw.rindex(b"uniquelabel")
    after = name + (33 if release == 115 else 129) + 3
    at = {"table": name - 4, "entries": after, "text": after + 4, "offset": after + 12}[place]
    assert _code(raw[:at] + struct.pack("<I", number) + raw[at + 4 :]) in (612, 688)


def test_value_labels_that_share_one_text_do_not_blow_up():
    dataset = Dataset([Variable("x", "byte", np.ones(3, np.int8), "%8.0g", "", "uniquelabel")], 3)
    dataset = dataset.with_(
        value_labels={"uniquelabel": dict.fromkeys(range(2000), "y") | {2000: "z" * 30000}}
    )
    raw = dta_bytes(dataset, 115)
    at = raw.rindex(b"uniquelabel") + 33 + 3 + 8
    offsets = struct.pack("<2000I", *range(4000, 6000))
    assert _code(raw[:at] + offsets + raw[at + 8000 :]) == 688


def test_two_variables_of_one_name():
    raw = dta_bytes(everything(), 115)
    assert _code(raw.replace(b"v_byte\0", b"v_long\0", 1)) == 688


@pytest.mark.parametrize("name", [b"\x1b[31mx", b"", b"x\x07"])
@pytest.mark.parametrize("release", [115, 118])
def test_names_that_are_no_names(name, release):
    raw = dta_bytes(everything(), release)
    assert _code(raw.replace(b"v_byte", name.ljust(6, b"\0"), 1)) == 688


def test_control_characters_in_names_of_value_labels_and_characteristics():
    raw = dta_bytes(everything(), 115)
    assert _code(raw.replace(b"yesno", b"\x1b[31m")) == 688
    assert _code(raw.replace(b"_TStvar", b"\x1b[31mxx")) == 688


@pytest.mark.parametrize("text", [b"%9.\x1bg", b"\x9b.0g\0", b"9.0g\0", b"%\0\0\0\0"])
def test_formats_that_are_no_formats(text):
    assert _code(dta_bytes(everything(), 115).replace(b"%9.0g", text, 1)) == 688


def test_unknown_formats_and_those_of_the_wrong_kind_become_the_default():
    raw = dta_bytes(everything(), 115).replace(b"%-12s", b"%9.0g", 1)
    assert read_dta(raw)["name"].format == "%12s"
    for text in (bytes(5), b"%9.0s", b"%zzzz", b"%n%n%"):
        raw = dta_bytes(everything(), 115).replace(b"%9.0g", text, 1)
        assert read_dta(raw)["v_byte"].format == "%8.0g"
    raw = dta_bytes(everything(), 115).replace(b"%9.0g", b"%tbxy", 1)
    assert read_dta(raw)["v_byte"].format == "%tbxy"


def test_a_sort_order_that_names_no_variable():
    dataset = everything()
    dataset = dataset.with_(sorted_by=("v_byte",))
    raw = dta_bytes(dataset, 118)
    at = raw.index(b"<sortlist>") + 10
    assert _code(raw[:at] + b"\xff\0" + raw[at + 2 :]) == 688
    assert _code(raw[:at] + b"\1\0\1\0" + raw[at + 4 :]) == 688


def test_a_long_string_that_does_not_exist():
    dataset = Dataset([Variable("s", "strL", np.array(["abc"], dtype=object), "%9s")], 1)
    raw = dta_bytes(dataset, 118)
    at = raw.index(b"<data>") + 6
    assert _code(raw[:at] + struct.pack("<Q", 77) + raw[at + 8 :]) == 688
    length = raw.index(b"GSO") + 3 + 12 + 1
    assert _code(raw[:length] + b"\xff\xff\xff\x7f" + raw[length + 4 :]) == 612


def test_bad_utf8_and_markup_in_texts_load():
    raw = dta_bytes(everything(), 118).replace(b"a byte", b"[/b]\xff\x1b", 1)
    assert read_dta(raw)["v_byte"].label == "[/b]\udcff\x1b"


def test_files_that_cannot_be_opened(tmp_path):
    def code(path, reader=read_dta):
        with pytest.raises(StataError) as caught:
            reader(path)
        assert str(path) in caught.value.message
        return caught.value.code

    os.mkfifo(tmp_path / "pipe.dta")
    (tmp_path / "loop.dta").symlink_to(tmp_path / "loop.dta")
    (tmp_path / "dangling.dta").symlink_to(tmp_path / "nothing.dta")
    (tmp_path / "file").write_bytes(b"x")
    start = time.perf_counter()
    for reader in (read_dta, read_dta_header):
        assert code(tmp_path / "pipe.dta", reader) == 603
        assert code(tmp_path, reader) == 603
        assert code("/dev/zero", reader) == 603
        assert code(tmp_path / "loop.dta", reader) == 603
        assert code(tmp_path / "missing.dta", reader) == 601
        assert code(tmp_path / "dangling.dta", reader) == 601
        assert code(tmp_path / "file" / "x.dta", reader) == 601
        assert code(tmp_path / ("x" * 300), reader) == 601
        assert code("a\0b.dta", reader) == 601
    assert time.perf_counter() - start < 1


def test_a_file_without_permission(tmp_path, monkeypatch):
    def refuse(*_):  # root may read every file
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.dta"
    path.write_bytes(b"")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StataError) as caught:
        read_dta(path)
    assert caught.value.code == 603


def test_a_failing_disk(tmp_path, monkeypatch):
    path = tmp_path / "x.dta"
    path.write_bytes(dta_bytes(everything(), 118, ""))

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(ByteSource, "take", fail)
    with pytest.raises(StataError) as caught:
        read_dta(path, name="x.dta")
    assert (caught.value.code, caught.value.message) == (691, "I/O error")


def test_names_that_stata_does_not_allow_get_valid_ones(tmp_path):
    raw = dta_bytes(everything(), 118)
    for old, new in ((b"v_byte", b"v.byte"), (b"v_long", b"2_long")):
        raw = raw.replace(old, new)
    path = tmp_path / "x.dta"
    path.write_bytes(raw)
    renamed = {}
    names = read_dta(path, renamed=renamed).names
    assert renamed == {"v.byte": "v_byte", "2_long": "_2_long"} and set(renamed.values()) <= set(names)
    assert valid_name("v.byte", {"v_byte", "v_byte2"}) == "v_byte3"
    assert valid_name("v." + "x" * 40, {"v_" + "x" * 30}) == "v_" + "x" * 29 + "2"
    session = xmixed.Session()
    shown = session.run(f'use "{path}"')
    assert "(variable v.byte is named v_byte: no valid name)\n" in shown
    for command in (f'append using "{path}"', f'merge 1:1 _n using "{path}", nogenerate'):
        assert "(variable v.byte is named v_byte: no valid name)\n" in session.run(command)


def test_business_dates_are_shown_as_numbers():
    session = xmixed.Session()
    session.run("set obs 2\ngenerate x = _n * 7\nformat x %tbsp500")
    assert session.run("list x, noobs clean") == "\n     x  \n     7  \n    14  \n"
    assert session.run("display %tbsp500 5") == "        5\n"
