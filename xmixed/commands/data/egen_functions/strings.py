"""Strings: values side by side, and parts of strings."""

from __future__ import annotations

import numpy as np

from xmixed.commands.data.egen_functions.registry import Column, EgenCall, egen
from xmixed.data.value_labels import labelled, value_label_texts
from xmixed.errors import StataError
from xmixed.formats import format_values


def _column(texts: list[str]) -> np.ndarray:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


@egen("concat", argument="varlist")
def concat(call: EgenCall) -> Column:
    fmt, width = call.option("format", "%9.0g"), call.option("maxlength")
    parts: list[list[str]] = []
    for variable in call.variables:
        if variable.is_string:
            parts.append(list(variable.values))
            continue
        table = value_label_texts(call.data, variable) if call.option("decode") else {}
        numbers = variable.to_double()
        if table:
            texts = labelled(numbers.tolist(), table, fmt)
            parts.append([text[:width] for text in texts])
        else:
            parts.append([text.strip() for text in format_values(numbers, fmt)])
    punctuation = call.option("punct", "")
    return Column(_column([punctuation.join(row) for row in zip(*parts, strict=True)]), "str")


@egen("ends", argument="expression")
def ends(call: EgenCall) -> Column:
    kinds = [name for name in ("head", "last", "tail") if call.option(name)]
    if len(kinds) > 1:
        raise StataError(198, "only one of head, last, and tail may be specified")
    assert call.values is not None
    if call.values.dtype != object:
        raise StataError(109, "type mismatch")
    mark, kind = call.option("punct", " "), kinds[0] if kinds else "head"
    texts = [text.strip(" ") if call.option("trim") else text for text in call.values.tolist()]
    return Column(_column([_part(text, mark, kind) for text in texts]), "str")


def _part(text: str, mark: str, kind: str) -> str:
    """Return the text before the first mark, after it, or after the last one."""
    if kind == "last":
        return text.rpartition(mark)[2]
    head, found, tail = text.partition(mark)
    return head if kind == "head" else tail if found else ""
