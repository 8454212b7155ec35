"""The part of a .dta file before the data: everything said of the dataset and its variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.data.dataset import default_format, is_string_type
from xmixed.data.files.dta.layout import LEGACY_RELEASES, TAGGED_RELEASES, Layout, Order
from xmixed.data.files.dta.source import ByteSource, corrupt, end_of_file, not_stata_format
from xmixed.data.files.dta.text import (
    field_text,
    is_fitting_format,
    is_name_of_file,
    is_printable_format,
    is_valid_label_name,
    valid_name,
)

_SIGNATURE = b"<stata_dta><header><release>"
MOST_EMPTY_OBSERVATIONS = 100_000_000
"""Observations a file without variables may claim: no data stand behind the number that would check it."""

_TIMESTAMP = re.compile(r"[ -~]{0,17}")


@dataclass(slots=True)
class Header:
    """A file's header, checked against the size of the file.

    Attributes
    ----------
    types, names, formats, value_labels, labels : list of str, length K
        Storage types, variable names, display formats, names of the value labels attached, variable labels.
    renamed : dict of str to str
        Names in the file that no variable may have, and the names given instead.
    sorted_by : tuple of int
        Variable numbers from 0.
    characteristics : dict of str to dict of str to str
        By variable name or `_dta`.
    data_start : int
        Byte offset of the first record.
    map : tuple of int
        The 14 section offsets of a tagged release.
    """

    layout: Layout
    n_obs: int
    label: str = ""
    timestamp: str = ""
    types: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    value_labels: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    sorted_by: tuple[int, ...] = ()
    characteristics: dict[str, dict[str, str]] = field(default_factory=dict)
    data_start: int = 0
    map: tuple[int, ...] = ()

    @property
    def record_length(self) -> int:
        return sum(self.layout.field_dtype(kind).itemsize for kind in self.types)


def read_header(source: ByteSource) -> Header:
    """Read and check everything before the data; the source is left at the first record.

    Raises
    ------
    StataError
        r(610) not a .dta file or an unknown release; r(612) file too short; r(688) file is corrupt.
    """
    if source.size == 0:
        raise not_stata_format(source.name, 0, "the file is empty")
    first = source.take(1, "release")
    if first == b"<":
        header = _read_tagged(source)
    elif first[0] in LEGACY_RELEASES:
        header = _read_legacy(source, first[0])
    else:
        raise not_stata_format(source.name, 0, f"{first[0]} is no known release")
    _check_data_fit(source, header)
    return header


def _check_data_fit(source: ByteSource, header: Header) -> None:
    length = header.n_obs * header.record_length
    if not header.types and header.n_obs > MOST_EMPTY_OBSERVATIONS:
        raise corrupt(header.data_start, f"{header.n_obs} observations without variables")
    if header.data_start + length > source.size:
        raise end_of_file(
            header.data_start, f"{header.n_obs} records of {header.record_length} bytes go beyond the end"
        )


def _read_legacy(source: ByteSource, release: int) -> Header:
    order = source.take(1, "byte order")[0]
    file_type = source.take(2, "file type")[0]
    if order not in (1, 2) and release > 102:
        raise not_stata_format(source.name, 1, f"{order} is no byte order")
    if file_type != 1 and release > 104:
        raise not_stata_format(source.name, 2, f"{file_type} is no file type")
    layout = Layout(release, ">" if order == 1 else "<")
    count = source.integer(layout.integer(2), "number of variables")
    n_obs = source.integer(layout.integer(4 if release >= 103 else 2), "number of observations")
    _check_count(source, layout, count)
    header = Header(layout, n_obs)
    header.label = field_text(source.take(layout.label_width, "data label"), layout.encoding)
    if release >= 105:
        header.timestamp = _timestamp(source.take(18, "time stamp"))
    _read_types(source, header, count, width=1)
    _read_names(source, header)
    _read_sort_order(source, header, width=2)
    _read_formats(source, header)
    _read_label_names(source, header)
    _read_labels(source, header)
    if release >= 105:
        _read_expansion_fields(source, header)
    header.data_start = source.position
    return header


def _read_tagged(source: ByteSource) -> Header:
    signature = b"<" + source.take(min(len(_SIGNATURE) - 1, source.size - 1), "signature")
    digits = source.take(min(3, source.size - source.position), "release")
    if signature != _SIGNATURE or not re.fullmatch(rb"\d{3}", digits):
        raise not_stata_format(source.name, 0, "no .dta signature")
    release = int(digits)
    if release not in TAGGED_RELEASES:
        raise not_stata_format(source.name, len(_SIGNATURE), f"release {release} is not supported")
    source.expect("</release><byteorder>")
    orders: dict[bytes, Order] = {b"LSF": "<", b"MSF": ">"}
    order = orders.get(source.take(3, "byte order"))
    if order is None:
        raise not_stata_format(source.name, source.position - 3, "no byte order")
    layout = Layout(release, order)
    source.expect("</byteorder><K>")
    count = source.integer(layout.integer(4 if release >= 119 else 2), "number of variables")
    _check_count(source, layout, count)
    source.expect("</K><N>")
    n_obs = source.integer(layout.integer(8 if release >= 118 else 4), "number of observations")
    source.expect("</N><label>")
    length = source.integer(layout.integer(2 if release >= 118 else 1), "length of the data label")
    header = Header(layout, n_obs)
    header.label = field_text(source.take(length, "data label"), layout.encoding)
    source.expect("</label><timestamp>")
    header.timestamp = _timestamp(source.take(source.integer("u1", "length of the time stamp"), "time stamp"))
    source.expect("</timestamp></header>")
    _read_sections(source, header, count)
    return header


def _read_sections(source: ByteSource, header: Header, count: int) -> None:
    """Read from the map to the start of the data, each section at the offset the map gives."""
    release, starts = header.layout.release, [0, source.position]
    source.expect("<map>")
    at = source.position
    header.map = tuple(int(offset) for offset in source.integers(14, header.layout.integer(8), "map"))
    source.expect("</map>")
    sections = (
        ("variable_types", lambda: _read_types(source, header, count, width=2)),
        ("varnames", lambda: _read_names(source, header)),
        ("sortlist", lambda: _read_sort_order(source, header, width=4 if release >= 119 else 2)),
        ("formats", lambda: _read_formats(source, header)),
        ("value_label_names", lambda: _read_label_names(source, header)),
        ("variable_labels", lambda: _read_labels(source, header)),
        ("characteristics", lambda: _read_characteristics(source, header)),
    )
    for name, read in sections:
        starts.append(source.position)
        source.expect(f"<{name}>")
        read()
        if name != "characteristics":  # its own loop ends at the closing tag
            source.expect(f"</{name}>")
    starts.append(source.position)
    source.expect("<data>")
    header.data_start = source.position
    for i, start in enumerate(starts):
        # Stata: some writers of release 117 leave a wrong offset for the variable labels
        if header.map[i] != start and not (release == 117 and i == 7):
            raise corrupt(at + 8 * i, f"map says {header.map[i]}, the section starts at {start}")
    later = header.map[9:]
    if list(later) != sorted(later) or later[-1] > source.size:
        raise corrupt(at + 72, "the map does not rise within the file")


def _check_count(source: ByteSource, layout: Layout, count: int) -> None:
    if count > layout.most_variables:
        raise corrupt(source.position, f"{count} variables; at most {layout.most_variables} are possible")


def _timestamp(raw: bytes) -> str:
    text = field_text(raw, "windows-1252")
    return text if _TIMESTAMP.fullmatch(text) else ""


def _fields(source: ByteSource, count: int, width: int, layout: Layout, what: str) -> list[str]:
    raw = source.take(count * width, what)
    return [field_text(raw[at : at + width], layout.encoding) for at in range(0, count * width, width)]


def _read_types(source: ByteSource, header: Header, count: int, width: int) -> None:
    at = source.position
    codes = source.integers(count, header.layout.integer(width), "variable types").tolist()
    header.types = [header.layout.storage_type(code) for code in codes]
    if "" in header.types:
        i = header.types.index("")
        raise corrupt(at + i * width, f"{codes[i]} is no variable type")


def _read_names(source: ByteSource, header: Header) -> None:
    at, layout = source.position, header.layout
    header.names = _fields(source, len(header.types), layout.name_width, layout, "variable names")
    seen: set[str] = set()
    in_file = set(header.names)
    for i, name in enumerate(header.names):
        if not is_name_of_file(name):
            if not name or not name.isprintable():
                raise corrupt(at + i * layout.name_width, f"invalid name of variable {i + 1}")
            header.names[i] = valid_name(name, seen | in_file)
            header.renamed[name] = header.names[i]
            seen.add(header.names[i])
            continue
        if name in seen:
            raise corrupt(at + i * layout.name_width, f"two variables have the name {name}")
        seen.add(name)


def _read_sort_order(source: ByteSource, header: Header, width: int) -> None:
    at, count = source.position, len(header.types)
    numbers = source.integers(count + 1, header.layout.integer(width), "sort order").tolist()
    order = numbers[: numbers.index(0)] if 0 in numbers else numbers
    if any(number > count for number in order) or len(set(order)) != len(order):
        raise corrupt(at, "the sort order names a variable twice or one that does not exist")
    header.sorted_by = tuple(number - 1 for number in order)


def _read_formats(source: ByteSource, header: Header) -> None:
    at, width = source.position, header.layout.format_width
    formats = _fields(source, len(header.types), width, header.layout, "display formats")
    for i, text in enumerate(formats):
        if text and not is_printable_format(text):
            raise corrupt(at + i * width, f"invalid display format of {header.names[i]}")
    header.formats = [_fitting_format(text, kind) for text, kind in zip(formats, header.types, strict=True)]


def _fitting_format(text: str, storage_type: str) -> str:
    """Return the format, or the type's default for none, an unknown one, or one of the wrong kind."""
    fits = is_fitting_format(text, is_string_type(storage_type))
    return text if fits else default_format(storage_type)


def _read_label_names(source: ByteSource, header: Header) -> None:
    at, layout = source.position, header.layout
    header.value_labels = _fields(
        source, len(header.types), layout.name_width, layout, "names of value labels"
    )
    for i, name in enumerate(header.value_labels):
        if name and not is_valid_label_name(name):
            raise corrupt(at + i * layout.name_width, f"invalid value label name of {header.names[i]}")


def _read_labels(source: ByteSource, header: Header) -> None:
    layout = header.layout
    header.labels = _fields(source, len(header.types), layout.label_width, layout, "variable labels")


def _read_expansion_fields(source: ByteSource, header: Header) -> None:
    layout = header.layout
    code = layout.integer(4 if layout.release >= 110 else 2)
    while True:
        at = source.position
        kind = source.take(1, "characteristics")[0]
        length = source.integer(code, "length of a characteristic")
        if kind == 0:
            if length:
                raise corrupt(at, "the list of characteristics does not end")
            return
        raw = source.take(length, "characteristic")
        if kind == 1:
            _add_characteristic(header, raw, at)


def _read_characteristics(source: ByteSource, header: Header) -> None:
    while True:
        at = source.position
        tag = source.take(4, "characteristics")
        if tag == b"</ch":
            source.expect("aracteristics>")
            return
        if tag != b"<ch>":
            raise corrupt(at, "<ch> expected")
        length = source.integer(header.layout.integer(4), "length of a characteristic")
        _add_characteristic(header, source.take(length, "characteristic"), at)
        source.expect("</ch>")


def _add_characteristic(header: Header, raw: bytes, at: int) -> None:
    width, encoding = header.layout.name_width, header.layout.encoding
    if len(raw) < 2 * width:
        raise corrupt(at, "a characteristic without a name")
    owner, name = field_text(raw[:width], encoding), field_text(raw[width : 2 * width], encoding)
    if not is_valid_label_name(name) or not is_valid_label_name(owner):
        raise corrupt(at, "invalid name of a characteristic")
    owner = header.renamed.get(owner, owner)
    header.characteristics.setdefault(owner, {})[name] = field_text(raw[2 * width :], encoding)
