"""Write a dataset as a release 115 .dta file, which every Stata from 12 on and every other reader takes.

Only what the shipped datasets need: numeric variables, value labels, labels, notes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TYPES = {  # storage type: type byte, struct code, default display format, smallest and largest value
    "byte": (251, "b", "%8.0g", -127, 100),
    "int": (252, "h", "%8.0g", -32767, 32740),
    "long": (253, "i", "%12.0g", -2147483647, 2147483620),
    "float": (254, "f", "%9.0g", -1.7e38, 1.7e38),
    "double": (255, "d", "%10.0g", -8.9e307, 8.9e307),
}


@dataclass(frozen=True)
class Variable:
    """One column: its values (no missing ones), how it is stored and shown."""

    name: str
    label: str
    type: str
    values: Sequence[float]
    format: str = ""
    value_labels: Mapping[int, str] = field(default_factory=dict)


def smallest_type(values: Sequence[float]) -> str:
    """The smallest storage type that holds every value exactly."""
    if all(float(value).is_integer() for value in values):
        for name in ("byte", "int", "long"):
            low, high = TYPES[name][3:]
            if low <= min(values) and max(values) <= high:
                return name
    exact_as_float = all(struct.unpack("<f", struct.pack("<f", value))[0] == value for value in values)
    return "float" if exact_as_float else "double"


def _text(value: str, size: int) -> bytes:
    """ASCII text in a zero-padded field; the last byte is a zero."""
    raw = value.encode("ascii")
    if len(raw) >= size:
        raise ValueError(f"more than {size - 1} characters: {value!r}")
    return raw.ljust(size, b"\0")


def _characteristic(owner: str, name: str, value: str) -> bytes:
    content = _text(owner, 33) + _text(name, 33) + value.encode("ascii") + b"\0"
    return struct.pack("<bi", 1, len(content)) + content


def _value_label_table(name: str, labels: Mapping[int, str]) -> bytes:
    texts = [text.encode("ascii") + b"\0" for text in labels.values()]
    offsets = [sum(map(len, texts[:i])) for i in range(len(texts))]
    size = len(texts)
    table = struct.pack(f"<ii{size}i{size}i", size, sum(map(len, texts)), *offsets, *labels) + b"".join(texts)
    return struct.pack("<i", len(table)) + _text(name, 33) + bytes(3) + table


def write_dta(
    path: Path,
    variables: Sequence[Variable],
    *,
    label: str,
    stamp: str,
    sort: Sequence[str],
    notes: Sequence[str],
) -> None:
    """Write `path`; a value label table has the name of its variable."""
    names = [variable.name for variable in variables]
    number = len(variables[0].values)
    out = [struct.pack("<BBBBhi", 115, 2, 1, 0, len(variables), number), _text(label, 81), _text(stamp, 18)]
    out.append(bytes(TYPES[variable.type][0] for variable in variables))
    out += [_text(name, 33) for name in names]
    positions = [names.index(name) + 1 for name in sort]
    out.append(struct.pack(f"<{len(names) + 1}h", *positions, *[0] * (len(names) + 1 - len(positions))))
    out += [_text(variable.format or TYPES[variable.type][2], 49) for variable in variables]
    out += [_text(variable.name if variable.value_labels else "", 33) for variable in variables]
    out += [_text(variable.label, 81) for variable in variables]
    out.append(_characteristic("_dta", "note0", str(len(notes))))
    out += [_characteristic("_dta", f"note{i}", note) for i, note in enumerate(notes, 1)]
    out.append(bytes(5))
    row = struct.Struct("<" + "".join(TYPES[variable.type][1] for variable in variables))
    columns = [
        variable.values if variable.type in ("float", "double") else [int(value) for value in variable.values]
        for variable in variables
    ]
    out += [row.pack(*values) for values in zip(*columns, strict=True)]
    out += [_value_label_table(v.name, v.value_labels) for v in variables if v.value_labels]
    path.write_bytes(b"".join(out))
