"""recode, encode, decode, destring, tostring, mvdecode: other values for the values of a variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xmixed.data.columns import promoted_type, string_type
from xmixed.data.dataset import Variable, from_double, to_double
from xmixed.data.value_labels import code_of
from xmixed.errors import StataError
from xmixed.formats import format_values
from xmixed.missing import MISSING, is_missing

MOST_CODES = 65_536


class Rule(Protocol):
    """A rule of recode: what is changed, and to what; see `xmixed.language.arguments.recode_rules`."""

    @property
    def ranges(self) -> tuple[tuple[float | str, float | str], ...]: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def value(self) -> float: ...
    @property
    def label(self) -> str | None: ...


def recoded(values: np.ndarray, rules: Sequence[Rule], rows: np.ndarray) -> np.ndarray:
    """Return doubles (n,) after rules, of which the first that fits counts; `rows` (n,) may change."""
    out, open_ = values.copy(), rows.copy()
    for rule, fits in zip(rules, _each_fit(values, rules), strict=True):
        fits &= open_
        out[fits] = rule.value
        open_ &= ~fits
    return out


def fits_of_rules(values: np.ndarray, rules: Sequence[Rule]) -> np.ndarray:
    """Return which doubles (n,) each rule is for; bool, shape (rules, n)."""
    return np.stack(list(_each_fit(values, rules)))


def _each_fit(values: np.ndarray, rules: Sequence[Rule]) -> Iterator[np.ndarray]:
    missing = is_missing(values)
    known = values[~missing]
    ends = {"min": known.min() if known.size else 0.0, "max": known.max() if known.size else 0.0}
    for rule in rules:
        fits = np.zeros(len(values), dtype=bool)
        for low, high in rule.ranges:
            first, last = (ends[end] if isinstance(end, str) else end for end in (low, high))
            inside = (values >= first) & (values <= last)
            fits |= inside & ~missing if isinstance(high, str) or isinstance(low, str) else inside
        if "missing" in rule.kinds:
            fits |= missing
        if "nonmissing" in rule.kinds:
            fits |= ~missing
        if "else" in rule.kinds:
            fits[:] = True
        yield fits


def labels_of(rules: Sequence[Rule]) -> dict[int, str]:
    """Return the value label that rules define."""
    found = {code_of(rule.value): rule.label for rule in rules if rule.label is not None}
    return dict(sorted((code, text) for code, text in found.items() if code is not None and text))


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Codes (n,) as doubles and the value label that they have."""

    values: np.ndarray
    texts: dict[int, str]


def encoded(values: np.ndarray, rows: np.ndarray, known: dict[int, str], extend: bool) -> Encoded:
    """Return codes for strings, in the order of their texts; texts that have a code keep it.

    Raises
    ------
    StataError
        r(134) for more than 65,536 texts; r(180) for a text without code when the label may not grow.
    """
    codes = {text: float(code) for code, text in known.items()}
    new = sorted({text for text in values[rows].tolist() if text} - codes.keys())
    if new and not extend:
        raise StataError(180, f"value label does not define {new[0]}")
    if len(codes) + len(new) > MOST_CODES:
        raise StataError(134, "too many values")
    start = max((int(code) for code in codes.values()), default=0)
    codes |= {text: float(start + i) for i, text in enumerate(new, 1)}
    found = np.full(len(values), MISSING)
    found[rows] = [codes.get(text, MISSING) if text else MISSING for text in values[rows].tolist()]
    return Encoded(found, {**known, **{int(codes[text]): text for text in new}})


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Strings read as numbers.

    Attributes
    ----------
    values : ndarray of float64, shape (n,)
    removed : tuple of str
        Ignored characters that occurred.
    failed : bool
        Some text is no number.
    """

    values: np.ndarray
    removed: tuple[str, ...]
    failed: bool


def read_numbers(
    values: np.ndarray,
    number_in: Callable[[str], float],
    ignore: str,
    decimal_comma: bool = False,
    percent: bool = False,
) -> Read:
    """Return strings as numbers; blank ones are missing, and so are those that are none.

    With `percent`, % is ignored, and where it stands anywhere all numbers are hundredths.
    """
    ignore += "%" * percent
    removed = tuple(mark for mark in dict.fromkeys(ignore) if any(mark in text for text in values.tolist()))
    table = {ord(mark): None for mark in ignore}
    if decimal_comma:
        table |= {ord("."): None, ord(","): "."}
    memory: dict[str, float] = {}
    failed = False
    for text in set(values.tolist()):
        plain = text.translate(table).strip()
        found = number_in(plain) if plain else MISSING
        failed |= bool(plain) and found == MISSING and plain != "."
        memory[text] = found
    numbers = np.array([memory[text] for text in values.tolist()], dtype=np.float64)
    if percent and "%" in removed:
        numbers[~is_missing(numbers)] /= 100
    return Read(numbers, removed, failed)


def narrowest_type(values: np.ndarray, wide: str = "double") -> str:
    """Return byte, int or long where whole numbers fit, else `wide`."""
    kind = promoted_type("byte", values)
    return wide if kind in ("float", "double") else kind


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Numbers as strings (n,), their type, and whether all of them come back."""

    values: np.ndarray
    type: str
    exact: bool


def write_numbers(variable: Variable, fmt: str, number_in: Callable[[str], float]) -> Written:
    """Return a numeric variable as strings in a display format."""
    doubles = variable.to_double()
    distinct, places = np.unique(doubles, return_inverse=True)
    texts = np.empty(len(distinct), dtype=object)
    texts[:] = [text.strip() for text in format_values(distinct, fmt)]
    back = np.array([number_in(text) for text in texts.tolist()], dtype=np.float64)
    kept = to_double(from_double(back, variable.type), variable.type)
    exact = bool(np.all((kept == distinct) | (is_missing(kept) & is_missing(distinct))))
    values = texts[places.reshape(-1)]
    return Written(values, string_type(values), exact)
