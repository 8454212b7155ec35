"""Value label tables of a .dta file."""

from __future__ import annotations

import numpy as np

from xmixed.data.files.dta.layout import Layout
from xmixed.data.files.dta.source import ByteSource, corrupt
from xmixed.data.files.dta.text import field_text, is_valid_label_name
from xmixed.missing import INTEGER_MISSING

ValueLabels = dict[str, dict[int, str]]


def read_value_labels(source: ByteSource, layout: Layout) -> ValueLabels:
    """Read all tables, from the current position to the closing tag or the end of the file.

    Raises
    ------
    StataError
        r(612) or r(688) when a table claims more than it holds.
    """
    labels: ValueLabels = {}
    while True:
        if layout.tagged:
            at = source.position
            tag = source.take(5, "value labels")
            if tag == b"</val":
                source.expect("ue_labels>")
                return labels
            if tag != b"<lbl>":
                raise corrupt(at, "<lbl> expected")
        elif source.position >= source.size:
            return labels
        read = _read_table if layout.release >= 108 else _read_old_table
        name, table = read(source, layout)
        labels[name] = table
        if layout.tagged:
            source.expect("</lbl>")


def _name(source: ByteSource, layout: Layout) -> str:
    at = source.position
    name = field_text(source.take(layout.name_width, "name of a value label"), layout.encoding)
    if not is_valid_label_name(name):
        raise corrupt(at, "invalid name of a value label")
    return name


def _read_table(source: ByteSource, layout: Layout) -> tuple[str, dict[int, str]]:
    length = source.integer(layout.integer(4), "length of a value label")
    name = _name(source, layout)
    source.skip(3, "value label")
    at = source.position
    source.require(length, "value label")
    count, size = source.integers(2, layout.integer(4), "value label").tolist()
    if 8 + 8 * count + size > length:
        raise corrupt(at, f"value label {name} is larger than its table")
    offsets = source.integers(count, layout.integer(4), "value label").tolist()
    codes = source.integers(count, f"{layout.order}i4", "value label").astype(np.int64)
    text = source.take(size, "value label")
    source.skip(length - 8 - 8 * count - size, "value label")
    # a text starts where the one before it ended: overlapping ones could blow up a small file
    if any(offset >= size or (offset and text[offset - 1]) for offset in offsets):
        raise corrupt(at, f"a text of value label {name} lies outside its table")
    if layout.old_missing:
        codes[codes == np.iinfo(np.int32).max] = INTEGER_MISSING["long"]
    texts = {o: field_text(text[o : _end(text, o)], layout.encoding) for o in set(offsets)}
    return name, dict(sorted((code, texts[o]) for code, o in zip(codes.tolist(), offsets, strict=True)))


def _end(text: bytes, start: int) -> int:
    end = text.find(b"\0", start)
    return len(text) if end < 0 else end


def _read_old_table(source: ByteSource, layout: Layout) -> tuple[str, dict[int, str]]:
    """Read a table of the releases up to 107: codes are ints, texts have eight characters."""
    count = source.integer(layout.integer(2), "value label")
    name = _name(source, layout)
    source.skip(1, "value label")
    codes = source.integers(count, f"{layout.order}i2", "value label").astype(np.int64)
    codes[codes == np.iinfo(np.int16).max] = INTEGER_MISSING["long"]
    text = source.take(8 * count, "value label")
    texts = [field_text(text[at : at + 8], layout.encoding) for at in range(0, 8 * count, 8)]
    return name, dict(sorted(zip(codes.tolist(), texts, strict=True)))
