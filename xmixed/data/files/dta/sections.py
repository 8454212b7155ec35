"""Headers and value label tables of a .dta file as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from xmixed.data.files.dta.layout import Layout
from xmixed.data.files.dta.text import encode

if TYPE_CHECKING:
    from xmixed.data.files.dta.layout import Plan


def _field(text: str, width: int, layout: Layout) -> bytes:
    return encode(text, layout.encoding).ljust(width, b"\0")


def _fields(texts: Iterable[str], width: int, layout: Layout) -> bytes:
    return b"".join(_field(text, width, layout) for text in texts)


def _types(plan: Plan, size: int) -> bytes:
    return b"".join(plan.layout.pack(plan.layout.type_code(kind), size) for kind in plan.types)


def _sort_order(plan: Plan, size: int) -> bytes:
    number = {name: i for i, name in enumerate(plan.dataset.names, start=1)}
    order = [number[name] for name in plan.dataset.sorted_by]
    order += [0] * (len(number) + 1 - len(order))
    return b"".join(plan.layout.pack(i, size) for i in order)


def _characteristics(plan: Plan) -> list[bytes]:
    width, layout = plan.layout.name_width, plan.layout
    return [
        _field(owner, width, layout) + _field(name, width, layout) + encode(text, layout.encoding) + b"\0"
        for owner, texts in plan.dataset.characteristics.items()
        for name, text in texts.items()
    ]


def legacy_header(plan: Plan) -> bytes:
    """Return everything before the data in releases 113 to 115."""
    layout, dataset = plan.layout, plan.dataset
    characteristics = (b"\1" + layout.pack(len(raw), 4) + raw for raw in _characteristics(plan))
    return b"".join(
        [
            bytes([layout.release, 1 if layout.order == ">" else 2, 1, 0]),
            layout.pack(len(dataset.variables), 2),
            layout.pack(dataset.n_obs, 4),
            _field(dataset.label, layout.label_width, layout),
            _field(plan.timestamp, 18, layout),
            _types(plan, 1),
            _fields(dataset.names, layout.name_width, layout),
            _sort_order(plan, 2),
            _fields((variable.format for variable in dataset), layout.format_width, layout),
            _fields((variable.value_label for variable in dataset), layout.name_width, layout),
            _fields((variable.label for variable in dataset), layout.label_width, layout),
            *characteristics,
            bytes(5),
        ]
    )


def tagged_header(plan: Plan, data_length: int, strls_length: int, labels_length: int) -> bytes:
    """Return everything before the data in releases 117 to 119, the map of all sections included.

    Parameters
    ----------
    data_length, strls_length, labels_length : int
        Bytes between the tags of the sections that follow.
    """
    layout, dataset = plan.layout, plan.dataset
    label, stamp = encode(dataset.label, layout.encoding), encode(plan.timestamp, layout.encoding)
    start = b"".join(
        [
            b"<stata_dta><header><release>%d</release><byteorder>" % layout.release,
            b"MSF" if layout.order == ">" else b"LSF",
            b"</byteorder><K>" + layout.pack(len(dataset.variables), 4 if layout.release >= 119 else 2),
            b"</K><N>" + layout.pack(dataset.n_obs, 8 if layout.release >= 118 else 4),
            b"</N><label>" + layout.pack(len(label), 2 if layout.release >= 118 else 1) + label,
            b"</label><timestamp>" + layout.pack(len(stamp), 1) + stamp,
            b"</timestamp></header>",
        ]
    )
    characteristics = (b"<ch>" + layout.pack(len(raw), 4) + raw + b"</ch>" for raw in _characteristics(plan))
    sections = [
        _section("variable_types", _types(plan, 2)),
        _section("varnames", _fields(dataset.names, layout.name_width, layout)),
        _section("sortlist", _sort_order(plan, 4 if layout.release >= 119 else 2)),
        _section("formats", _fields((v.format for v in dataset), layout.format_width, layout)),
        _section("value_label_names", _fields((v.value_label for v in dataset), layout.name_width, layout)),
        _section("variable_labels", _fields((v.label for v in dataset), layout.label_width, layout)),
        _section("characteristics", b"".join(characteristics)),
    ]
    map_length = len("<map></map>") + 14 * 8
    lengths = [len(start), map_length, *map(len, sections)]
    lengths += [len("<data></data>") + data_length, len("<strls></strls>") + strls_length]
    lengths += [len("<value_labels></value_labels>") + labels_length, len("</stata_dta>")]
    offsets = [0, *accumulate(lengths)]
    return (
        start
        + _section("map", b"".join(layout.pack(offset, 8) for offset in offsets))
        + b"".join([*sections, b"<data>"])
    )


def _section(name: str, content: bytes) -> bytes:
    return b"<%s>%s</%s>" % (name.encode(), content, name.encode())


def value_label_tables(labels: Mapping[str, dict[int, str]], layout: Layout) -> bytes:
    """Return the tables of all value labels that define something."""
    tables = (_value_label(name, table, layout) for name, table in labels.items() if table)
    return b"".join(_tagged(table) if layout.tagged else table for table in tables)


def _tagged(table: bytes) -> bytes:
    return b"<lbl>" + table + b"</lbl>"


def _value_label(name: str, table: dict[int, str], layout: Layout) -> bytes:
    entries = sorted(table.items())
    texts = [encode(text, layout.encoding) + b"\0" for _, text in entries]
    offsets = [0, *accumulate(map(len, texts))]
    numbers = [len(entries), offsets.pop(), *offsets, *(code for code, _ in entries)]
    content = b"".join(layout.pack(number, 4) for number in numbers) + b"".join(texts)
    return layout.pack(len(content), 4) + _field(name, layout.name_width, layout) + bytes(3) + content
