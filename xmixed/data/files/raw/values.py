"""Variables made of the values of text files without names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import cut_strings
from xmixed.data.dataset import Dataset, Variable, default_format, from_double, is_string_type
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.files.raw.layout import Item, Layout
from xmixed.data.value_labels import LONG_MISSING, double_of
from xmixed.errors import StataError
from xmixed.formats import widened, width_of
from xmixed.formats.reading import number_or_none
from xmixed.missing import MISSING, is_missing

_COMPOUND = r'`"((?:[^"\n]|"(?!\'))*)"\'|'
_FREE = re.compile(_COMPOUND + r'"([^"\n]*)"|\'([^\'\n]*)\'|([^\s,]+)|(,)')
_NEXT = re.compile(r"\s*(?:" + _COMPOUND + r'"([^"]*)"|([^\s,]+))?,?')


@dataclass(slots=True, eq=False)
class TextLabels:
    """Value labels by which texts are read as numbers.

    Attributes
    ----------
    tables : dict of str to dict of int to str
    automatic : bool
        Texts that a label lacks get its next code.
    """

    tables: dict[str, dict[int, str]]
    automatic: bool = False

    def code(self, name: str, text: str) -> float | None:
        """Return the number that a label has for a text; None where it has none."""
        table = self.tables.get(name, {})
        found = next((code for code, known in table.items() if known == text), None)
        if found is None and self.automatic:
            found = max((code for code in table if code < LONG_MISSING), default=0) + 1
            self.tables[name] = {**table, found: text}
        return None if found is None else double_of(found)


NO_LABELS = TextLabels({})


def read_free(
    text: str, items: Sequence[Item | None], size: int | None = None, labels: TextLabels = NO_LABELS
) -> Imported:
    """Return values in free format: between blanks, commas and ends of lines.

    Parameters
    ----------
    items : sequence of Item or None
        None for a value that is left out.
    size : int or None
        Observations, when the values of a variable stand behind each other, not those of an observation.
    """
    values = _free_values(text)
    count = len(items)
    notes: list[str] = []
    rows = -(-len(values) // count) if size is None else size
    if len(values) < rows * count:
        notes.append("(eof not at end of obs)")
        values += [""] * (rows * count - len(values))
    variables = [
        _variable(
            item, values[place::count] if size is None else values[place * size :][:size], notes, labels
        )
        for place, item in enumerate(items)
        if item is not None
    ]
    data = Dataset(tuple(variables), rows, changed=True, value_labels=labels.tables)
    return Imported(data, tuple(notes))


def _free_values(text: str) -> list[str]:
    values: list[str] = []
    after_comma = True
    for found in _FREE.finditer(text):
        if found[5]:
            if after_comma:
                values.append("")
            after_comma = True
        else:
            values.append(next(group for group in found.groups() if group is not None))
            after_comma = False
    return values


def read_records(text: str, layout: Layout, labels: TextLabels = NO_LABELS) -> Imported:
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
        variables.append(_variable(item, texts, notes, labels))
    data = Dataset(tuple(variables), len(starts), changed=True, value_labels=labels.tables)
    return Imported(data, tuple(notes))


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
    texts = [next(filter(None, match.groups()), "") if match else "" for match in found]
    return texts, [match.end() if match else begin for match, begin in zip(found, begins, strict=True)]


def _variable(item: Item, texts: list[str], notes: list[str], labels: TextLabels = NO_LABELS) -> Variable:
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
        values = _numbers(item, texts, notes, labels)
    variable = labelled_variable(item.name, kind, values, item.label, notes)
    fmt = default_format(kind)
    if labels.automatic and item.value_label:
        longest = max(map(len, labels.tables.get(item.value_label, {}).values()), default=0)
        fmt = widened(fmt, max(longest, width_of(fmt)))
    return replace(variable, value_label=item.value_label, format=fmt)


def _numbers(item: Item, texts: list[str], notes: list[str], labels: TextLabels) -> np.ndarray:
    memory: dict[str, float | None] = {}
    for text in dict.fromkeys(texts):
        memory[text] = _number(text, item.decimals) if text.strip() else MISSING
        if memory[text] is None and item.value_label:
            memory[text] = labels.code(item.value_label, text.strip())
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
