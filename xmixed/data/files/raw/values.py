"""Variables made of the values of text files without names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.data.columns import cut_strings
from xmixed.data.dataset import Dataset, Variable, default_format, from_double, is_string_type
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.files.raw.layout import Item, Layout
from xmixed.errors import StataError
from xmixed.formats.reading import number_or_none
from xmixed.missing import MISSING, is_missing

_FREE = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'|([^\s,]+)|(,)')
_NEXT = re.compile(r'\s*(?:"([^"]*)"|([^\s,]+))?,?')


def read_free(text: str, names: Sequence[str | None], types: Sequence[str]) -> Imported:
    """Return values in free format: between blanks, commas and ends of lines.

    Parameters
    ----------
    names : sequence of str or None
        None for a value that is left out.
    """
    values = _free_values(text)
    count = len(names)
    notes: list[str] = []
    if len(values) % count:
        notes.append("(eof not at end of obs)")
        values += [""] * (count - len(values) % count)
    variables = [
        _variable(Item(name, kind), values[place::count], notes)
        for place, (name, kind) in enumerate(zip(names, types, strict=True))
        if name is not None
    ]
    return Imported(Dataset(tuple(variables), len(values) // count, changed=True), tuple(notes))


def _free_values(text: str) -> list[str]:
    values: list[str] = []
    after_comma = True
    for found in _FREE.finditer(text):
        if found[4]:
            if after_comma:
                values.append("")
            after_comma = True
        else:
            values.append(next(group for group in found.groups() if group is not None))
            after_comma = False
    return values


def read_records(text: str, layout: Layout) -> Imported:
    """Return values that stand where a layout says."""
    lines = _lines(text, layout)
    starts = range(0, len(lines), layout.lines)
    records = {
        number: [lines[at + number - 1] if at + number - 1 < len(lines) else "" for at in starts]
        for number in {item.line or 1 for item in layout.items}
    }
    notes: list[str] = []
    variables: list[Variable] = []
    line, ends = 0, [0] * len(starts)
    for item in layout.items:
        if (item.line or 1) != line:
            line, ends = item.line or 1, [0] * len(starts)
        begins = [item.column - 1] * len(ends) if item.column else ends
        begins = [begin + item.skip for begin in begins] if item.skip else begins
        texts, ends = _cut(records[line], begins, item.width)
        variables.append(_variable(item, texts, notes))
    return Imported(Dataset(tuple(variables), len(starts), changed=True), tuple(notes))


def _lines(text: str, layout: Layout) -> list[str]:
    if layout.length:
        plain = text.replace("\n", "")
        return [plain[at : at + layout.length] for at in range(0, len(plain), layout.length)]
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.expandtabs(8) for line in lines[layout.first_line - 1 :]]


def _cut(records: list[str], begins: list[int], width: int | None) -> tuple[list[str], list[int]]:
    """Return the texts of a field, and where they end."""
    if width is not None:
        pairs = zip(records, begins, strict=True)
        return [record[begin : begin + width] for record, begin in pairs], [begin + width for begin in begins]
    found = [_NEXT.match(record, begin) for record, begin in zip(records, begins, strict=True)]
    texts = [(match[1] or match[2] or "") if match else "" for match in found]
    return texts, [match.end() if match else begin for match, begin in zip(found, begins, strict=True)]


def _variable(item: Item, texts: list[str], notes: list[str]) -> Variable:
    if is_string_type(item.type):
        values = np.empty(len(texts), dtype=object)
        values[:] = [text.strip() for text in texts]
        kind = "str1" if item.type == "str" else item.type
        whole, values = values, cut_strings(values, kind)
        cut = int(np.count_nonzero(whole != values))
        if cut:
            notes.append(f"(note: {item.name}: {cut} {'value' if cut == 1 else 'values'} cut to {kind})")
    else:
        kind = item.type
        values = _numbers(item, texts, notes)
    variable = labelled_variable(item.name, kind, values, item.label, notes)
    return replace(variable, value_label=item.value_label, format=default_format(kind))


def _numbers(item: Item, texts: list[str], notes: list[str]) -> np.ndarray:
    memory: dict[str, float | None] = {}
    for text in set(texts):
        memory[text] = _number(text, item.decimals) if text.strip() else MISSING
    wrong = {text for text, value in memory.items() if value is None}
    if wrong:
        notes += [
            f"'{text.strip()}' cannot be read as a number for {item.name}[{row}]"
            for row, text in enumerate(texts, start=1)
            if text in wrong
        ]
    plain = {text: MISSING if value is None else value for text, value in memory.items()}
    doubles = np.array([plain[text] for text in texts], dtype=np.float64)
    stored = from_double(doubles, item.type)
    lost = int(np.count_nonzero(_is_lost(doubles, stored, item.type)))
    if lost:
        what = "value is" if lost == 1 else "values are"
        notes.append(f"(note: {item.name}: {lost} {what} beyond {item.type} and missing)")
    return stored


def _is_lost(doubles: np.ndarray, stored: np.ndarray, kind: str) -> np.ndarray:
    from xmixed.data.dataset import to_double

    return ~is_missing(doubles) & is_missing(to_double(stored, kind))


def _number(text: str, decimals: int) -> float | None:
    value = number_or_none(text)
    if value is None or not decimals or "." in text or value >= MISSING:
        return value
    return value / 10.0**decimals


def check_types(types: Sequence[str]) -> None:
    """Refuse a string type without a width, r(198)."""
    if "str" in types:
        raise StataError(198, "str invalid type", hint="a width is needed: str9")
