"""Datasets and old .dta files for the tests, and what it means that two datasets are the same."""

from __future__ import annotations

import struct

import numpy as np

from xmixed.data.dataset import DTYPES, Dataset, Variable, from_double
from xmixed.missing import CODES


def everything() -> Dataset:
    """Return a dataset with every storage type of release 115, all 27 missing codes, labels, notes."""
    values = np.array([*CODES, 1.0, -3.0, 100.0])
    variables = [
        Variable(f"v_{kind}", kind, from_double(values, kind), "%9.0g", f"a {kind}", "yesno")
        for kind in DTYPES
    ]
    names = np.array([f"n{i % 7}" for i in range(len(values))], dtype=object)
    names[3], names[4] = "", "Åsa €5"
    variables.append(Variable("name", "str12", names, "%-12s", "§ Name"))
    variables.append(Variable("day", "int", from_double(np.arange(30.0), "int"), "%tdD_m_Y"))
    value_labels = {
        "yesno": {0: "no", 1: "yes", 2147483621: "none", 2147483622: "refused", 2147483647: "lost"},
        "unused": {-5: "müde", 2147483620: "x" * 300},
    }
    characteristics = {
        "_dta": {"note0": "2", "note1": "the first", "note2": "größer", "_TStvar": "day"},
        "v_byte": {"note0": "1", "note1": "of a variable"},
    }
    return Dataset(
        tuple(variables),
        len(values),
        "Growth in Zürich",
        " 3 Mar 2011 10:57",
        value_labels=value_labels,
        characteristics=characteristics,
        sorted_by=("v_long", "name"),
    )


def assert_same(actual: Dataset, expected: Dataset) -> None:
    """Fail unless two datasets agree in everything a file keeps."""
    assert actual.n_obs == expected.n_obs
    for key in ("label", "timestamp", "value_labels", "characteristics", "sorted_by", "names"):
        assert getattr(actual, key) == getattr(expected, key), key
    for a, b in zip(actual, expected, strict=True):
        for key in ("type", "format", "label", "value_label"):
            assert getattr(a, key) == getattr(b, key), (a.name, key)
        assert a.values.dtype == b.values.dtype
        if a.is_string:
            assert a.values.tolist() == b.values.tolist(), a.name
        else:  # bit for bit
            assert a.values.tobytes() == np.ascontiguousarray(b.values).tobytes(), a.name


_OLD_TYPES = {"byte": "b", "int": "i", "long": "l", "float": "f", "double": "d"}
_STRUCT = {"byte": "b", "int": "h", "long": "i", "float": "f", "double": "d"}


def old_file(release: int, order: str = "<", *, notes: bool = True) -> bytes:
    """Return a file of a release from 102 to 112 as the format's public description has it.

    Three observations; in the numeric variables the second is `.` and the third a code that is missing today;
    a str4; a value label on the byte.
    """
    name_width = 9 if release < 110 else 33
    label_width = 32 if release < 108 else 81
    format_width = 7 if release < 105 else 12

    def text(value: str, width: int) -> bytes:
        return value.encode("latin-1").ljust(width, b"\0")

    kinds = [*_OLD_TYPES, "str4"]
    codes = {"str4": 4 if release >= 111 else 127 + 4}
    for i, kind in enumerate(_OLD_TYPES):
        codes[kind] = 251 + i if release >= 111 else ord(_OLD_TYPES[kind])
    double_missing = 2.0**333 if release <= 105 else 2.0**1023
    rows = [
        (5, -300, 70000, 1.5, -2.25, b"abcd"),
        (127, 32767, 2147483647, 2.0**127, double_missing, b"\xe9\0zz"),
        (126, 32766, 2147483646, 0.5, 1e300, b""),
    ]
    out = bytes([release, 2 if order == "<" else 1, 1, 0])
    out += struct.pack(f"{order}H{'I' if release >= 103 else 'H'}", len(kinds), len(rows))
    out += text("Old dat\xe1", label_width)
    if release >= 105:
        out += text("29 Mar 1999 10:57", 18)
    out += bytes(codes[kind] for kind in kinds)
    out += b"".join(text(f"x{kind}"[:8], name_width) for kind in kinds)
    out += struct.pack(f"{order}{len(kinds) + 1}H", 2, 0, 0, 0, 0, 0, 0)
    out += b"".join(text("%4s" if kind == "str4" else "%8.0g", format_width) for kind in kinds)
    out += b"".join(text("yn" if kind == "byte" else "", name_width) for kind in kinds)
    out += b"".join(text(f"label of {kind}", label_width) for kind in kinds)
    if release >= 105:
        size = "I" if release >= 110 else "H"
        content = text("_dta", name_width) + text("note1", name_width) + b"an old note\0"
        if notes:
            out += b"\1" + struct.pack(f"{order}{size}", len(content)) + content
        out += b"\0" + struct.pack(f"{order}{size}", 0)
    layout = order + "".join(_STRUCT[kind] for kind in _OLD_TYPES) + "4s"
    out += b"".join(struct.pack(layout, *row) for row in rows)
    if release >= 108:
        table = struct.pack(f"{order}6I", 2, 7, 0, 3, 0, 1) + b"no\0yes\0"
        return out + struct.pack(f"{order}I", len(table)) + text("yn", name_width) + bytes(3) + table
    return (
        out
        + struct.pack(f"{order}H", 2)
        + text("yn", 9)
        + b"\0"
        + struct.pack(f"{order}2h", 0, 1)
        + text("no", 8)
        + text("yes", 8)
    )
