"""Value labels: what is attached to a variable, and the texts that its values show."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.data.dataset import Dataset, Variable, to_double
from xmixed.errors import StataError
from xmixed.formats import format_value, parse_format
from xmixed.missing import is_missing, missing_code, missing_name

LONG_MISSING = 2147483621
"""Key of `.` in value labels; `.a` is one more."""


def value_label_texts(data: Dataset, variable: Variable) -> dict[int, str]:
    """Return the labels of a variable's values by long code; {} when it has none."""
    return data.value_labels.get(variable.value_label, {}) if variable.value_label else {}


def known_labels(data: Dataset, words: Sequence[str]) -> list[str]:
    """Return the value labels named, all without names or for `_all`; r(111) for an unknown one."""
    if not words or list(words) == ["_all"]:
        return sorted(data.value_labels)
    for name in words:
        if name not in data.value_labels:
            raise StataError(111, f"value label {name} not found")
    return list(words)


def labelled(values: Sequence[float], texts: dict[int, str], fmt: str) -> list[str]:
    """Return doubles as `list` shows them: the label's text, or the number in its format without padding."""
    by_value = {double_of(code): text for code, text in texts.items()}
    memory: dict[float, str] = {}
    for value in set(values):
        text = by_value.get(value)
        memory[value] = format_value(value, fmt).strip() if text is None else text
    return [memory[value] for value in values]


def double_of(code: int) -> float:
    """Return the double that a long code stands for."""
    if code < LONG_MISSING:
        return float(code)
    return missing_code("." if code == LONG_MISSING else "." + chr(ord("a") + code - LONG_MISSING - 1))


def code_of(value: float) -> int | None:
    """Return the long code of a double; None for a fraction or a number beyond the long range."""
    if is_missing(value):
        name = missing_name(value)
        return LONG_MISSING + (ord(name[1]) - ord("a") + 1 if len(name) == 2 else 0)
    return int(value) if value == int(value) and abs(value) < LONG_MISSING else None


def value_text(data: Dataset, variable: Variable, row: int) -> str:
    """Return one value as headers show it: the label cut to the format's width, a string, or the number."""
    value = variable.values[row]
    if variable.is_string:
        return value.decode("latin-1") if isinstance(value, bytes) else value
    number = float(to_double(variable.values[row : row + 1], variable.type)[0])
    texts = value_label_texts(data, variable)
    code = code_of(number)
    if code in texts:
        return texts[code][: parse_format(variable.format).width]
    return format_value(number, variable.format).strip()
