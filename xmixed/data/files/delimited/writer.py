"""A dataset as a delimited text file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from xmixed.data.dataset import Dataset, Variable, from_double, to_double
from xmixed.data.value_labels import double_of, value_label_texts
from xmixed.formats import format_values, is_date_format
from xmixed.missing import is_missing, missing_name

_BLOCK = 20_000
"""Rows written at a time."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The options of a writer.

    Attributes
    ----------
    separator : str
    names : bool
        Whether the first line holds the names.
    labels : bool
        Whether labelled values are written as their labels.
    quotes : str
        Which strings stand in double quotes: "all", "needed" (those that hold a separator, a quote or the end
        of a line) or "none".
    shown : bool
        Whether numbers are written in their display formats; else with the digits that tell them apart.
    missing : str
        How `.` is written; `.a` to `.z` are written as they are.
    """

    separator: str = ","
    names: bool = True
    labels: bool = True
    quotes: str = "needed"
    shown: bool = False
    missing: str = ""


def write_delimited(stream: BinaryIO, data: Dataset, writing: Writing) -> None:
    """Write the variables of a dataset as UTF-8, one line an observation."""
    if writing.names:
        stream.write((writing.separator.join(data.names) + "\n").encode("utf-8"))
    for begin in range(0, data.n_obs, _BLOCK):
        part = slice(begin, begin + _BLOCK)
        columns = [cell_texts(data, variable, part, writing) for variable in data]
        lines = "\n".join(map(writing.separator.join, zip(*columns, strict=True))) + "\n"
        stream.write(lines.encode("utf-8", "surrogateescape"))


def cell_texts(data: Dataset, variable: Variable, part: slice, writing: Writing) -> list[str]:
    """Return the cells of some rows of a variable."""
    if variable.is_string:
        texts = [_as_text(value) for value in variable.values[part].tolist()]
        return _changed(texts, lambda text: _quoted(text, writing))
    labels = value_label_texts(data, variable) if writing.labels else {}
    by_value = {double_of(code): _quoted(text, writing) for code, text in labels.items()}
    doubles = to_double(variable.values[part], variable.type)
    different, places = np.unique(doubles, return_inverse=True)
    found = [
        by_value[value] if value in by_value else number
        for value, number in zip(
            different.tolist(), number_texts(different, variable, writing.shown, writing.missing), strict=True
        )
    ]
    return np.array(found, dtype=object)[places].tolist()


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def number_texts(doubles: np.ndarray, variable: Variable, shown: bool, missing: str) -> list[str]:
    """Return doubles as text: dates in their format, others in it too or with the digits that matter."""
    if shown or is_date_format(variable.format):
        texts = [text.strip() for text in format_values(doubles, variable.format)]
    elif variable.type == "float":
        texts = [_plain(str(value)) for value in from_double(doubles, "float")]
    else:
        texts = [_plain(repr(value)) for value in doubles.tolist()]
    for place in np.flatnonzero(is_missing(doubles)).tolist():
        name = missing_name(float(doubles[place]))
        texts[place] = missing if name == "." else name
    return texts


def _plain(text: str) -> str:
    """Return the shortest text of a number as Stata writes it: without `.0` and the zero before the point."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.removesuffix(".0")
    return sign + (digits[1:] if digits.startswith("0.") else digits)


def _changed(texts: list[str], change: Callable[[str], str]) -> list[str]:
    memory = {text: change(text) for text in set(texts)}
    return [memory[text] for text in texts]


def _quoted(text: str, writing: Writing) -> str:
    if writing.quotes == "none":
        return text
    needed = writing.separator in text or '"' in text or "\n" in text or "\r" in text
    if writing.quotes == "needed" and not needed:
        return text
    return '"' + text.replace('"', '""') + '"'
