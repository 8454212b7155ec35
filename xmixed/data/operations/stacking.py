"""Columns made of rows of two datasets: common storage types, gathering, labels and notes that come along."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import blank_column, stored
from xmixed.data.dataset import Dataset, Variable, default_format, to_double
from xmixed.errors import StataError

_ORDER = ("byte", "int", "long", "float", "double")
_NOTE = re.compile(r"note[1-9]\d{0,3}")


@dataclass(frozen=True, slots=True)
class Promotion:
    """A variable of the master data that needed another storage type."""

    name: str
    before: str
    after: str


def common_type(first: str, second: str) -> str:
    """Return the narrowest storage type that holds the values of two types of one kind."""
    if first.startswith("str"):
        if "strL" in (first, second):
            return "strL"
        return f"str{max(int(first[3:]), int(second[3:]))}"
    wider = max(first, second, key=_ORDER.index)
    return "double" if {first, second} == {"long", "float"} else wider


def held_in(variable: Variable, storage_type: str) -> np.ndarray:
    """Return the values of a variable as another type of its kind stores them."""
    if variable.type == storage_type or variable.is_string:
        return variable.values
    return stored(to_double(variable.values, variable.type), storage_type)


def gathered(variable: Variable, index: np.ndarray, storage_type: str) -> np.ndarray:
    """Return rows of a variable as a storage type holds them; -1 is a missing value."""
    values = held_in(variable, storage_type)
    there = index >= 0
    if there.all():
        return values.take(index)
    out = blank_column(storage_type, len(index))
    out[there] = values[index[there]]
    return out


def check_kinds(left: Dataset, right: Dataset, names: list[str], command: str) -> None:
    """Refuse numeric against string variables, r(106)."""
    for name in names:
        if left[name].is_string != right[name].is_string:
            raise StataError(
                106,
                f"{name} is {left[name].type} in master but {right[name].type} in using data\n"
                f"    You could specify {command}'s force option to ignore this numeric/string\n"
                "    mismatch.  The using variable would then be treated as if it contained\n"
                "    numeric missing value.",
            )


def widened(variable: Variable, storage_type: str, values: np.ndarray) -> Variable:
    """Return a variable with new values; the default format of a string follows its width."""
    fmt = variable.format
    if variable.is_string and fmt == default_format(variable.type):
        fmt = default_format(storage_type)
    return replace(variable, type=storage_type, values=values, format=fmt)


def with_labels_of(
    data: Dataset, left: Dataset, right: Dataset, labels: bool = True, notes: bool = True
) -> tuple[Dataset, list[str]]:
    """Return data made of two datasets with value labels, characteristics and notes of both.

    The first one's value labels win; the names of those that both define come back too.
    """
    tables, doubled = dict(left.value_labels), []
    if labels:
        for name, texts in right.value_labels.items():
            if name in tables:
                doubled.append(name)
            else:
                tables[name] = texts
    else:
        data = data.with_(
            variables=[
                variable if variable.name in left else replace(variable, value_label="") for variable in data
            ],
            marks=data.marks,
            sorted_by=data.sorted_by,
        )
    characteristics = {**left.characteristics}
    if notes:
        for owner, texts in right.characteristics.items():
            if owner in data and owner not in left:
                characteristics[owner] = texts
        characteristics = _with_notes(characteristics, right.characteristics.get("_dta", {}))
    return data.with_(value_labels=tables, characteristics=characteristics), doubled


def _with_notes(
    characteristics: dict[str, dict[str, str]], other: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Return characteristics with the notes of other data behind their own, each once."""
    own = dict(characteristics.get("_dta", {}))
    known = {text for name, text in own.items() if _NOTE.fullmatch(name)}
    count = int(own.get("note0", "0") or 0)
    for name in sorted((name for name in other if _NOTE.fullmatch(name)), key=lambda name: int(name[4:])):
        if other[name] not in known:
            count += 1
            own[f"note{count}"] = other[name]
    if count:
        own["note0"] = str(count)
    return {**characteristics, "_dta": own} if own else characteristics
