"""reshape: data with one row a unit against data with one row a unit and occasion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from xmixed.data.columns import blank_column, string_type
from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.data.operations.collapse import first_places
from xmixed.data.operations.pairing import repeated
from xmixed.data.operations.reshape_errors import not_constant, rows_repeat, values_repeat
from xmixed.data.operations.stacking import common_type, held_in
from xmixed.data.order import group_codes
from xmixed.data.room import UNLIMITED, Room
from xmixed.errors import StataError, variable_not_found
from xmixed.missing import is_missing
from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True)
class Stub:
    """A name with the place where the value of j stands: `inc@r` makes inc80r."""

    before: str
    after: str = ""

    @classmethod
    def of(cls, text: str) -> Stub:
        before, _, after = text.partition("@")
        return cls(before, after)

    @property
    def name(self) -> str:
        return self.before + self.after

    def wide_name(self, value: str) -> str:
        return self.before + value + self.after

    def value_in(self, name: str) -> str | None:
        """Return what stands at the place of j in a name; None when it is none of this stub's."""
        if len(name) <= len(self.name) or not name.startswith(self.before) or not name.endswith(self.after):
            return None
        return name[len(self.before) : len(name) - len(self.after)]


@dataclass(frozen=True, slots=True, eq=False)
class Reshaped:
    """The new data, the values of j as texts, and the names of variables that were not there."""

    dataset: Dataset
    values: list[str]
    absent: list[str]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and str(int(text)) == text


def values_of_names(data: Dataset, stubs: list[Stub], string: bool) -> list[str]:
    """Return the values of j that the names of wide variables hold, in order.

    Raises
    ------
    StataError
        r(111) `no xij variables found`.
    """
    found = {value for stub in stubs for name in data.names if (value := stub.value_in(name)) is not None}
    if not string:
        found = {value for value in found if _is_number(value)}
    if not found:
        raise StataError(111, "no xij variables found")
    return sorted(found) if string else sorted(found, key=int)


def to_long(
    data: Dataset, stubs: list[Stub], i: list[str], j: str, values: list[str], string: bool
) -> Reshaped:
    """Return one row for each row and value of j, sorted by both.

    Raises
    ------
    StataError
        r(9): i repeats; r(110): j is there already; r(109): numbers and strings in one variable.
    """
    codes, count = group_codes(data, i)
    if count < data.n_obs:
        raise rows_repeat(i)
    order, k = np.argsort(codes, kind="stable"), len(values)
    places: dict[str, Stub] = {}
    absent: list[str] = []
    for stub in stubs:
        names = [stub.wide_name(value) for value in values]
        absent += [name for name in names if name not in data]
        places |= {name: stub for name in names if name in data}
    variables = [replace(data[name], values=np.repeat(data[name].values[order], k)) for name in i]
    variables.append(_j_variable(j, np.tile(np.arange(k), data.n_obs), values, string))
    made: set[Stub] = set()
    for variable in data:
        stub = places.get(variable.name)
        if stub is None:
            if variable.name not in i:
                variables.append(replace(variable, values=np.repeat(variable.values[order], k)))
        elif stub not in made:
            made.add(stub)
            variables.append(_long_variable(data, stub, values, order))
    taken: set[str] = set()
    for variable in variables:
        if variable.name in taken:
            raise StataError(110, f"{variable.name} already defined")
        taken.add(variable.name)
    marks: dict[str, np.ndarray] = {}
    found = data.with_(variables=variables, n_obs=data.n_obs * k, sorted_by=(*i, j), marks=marks)
    return Reshaped(found, values, absent)


def _j_variable(name: str, places: np.ndarray, values: list[str], string: bool) -> Variable:
    if string:
        texts = np.empty(len(values), dtype=object)
        texts[:] = values
        kind = string_type(texts)
        return Variable(name, kind, texts[places], default_format(kind))
    numbers = np.array([float(value) for value in values])
    largest = max(abs(numbers.min()), abs(numbers.max()))
    kind = "byte" if largest <= 100 else "int" if largest <= 32740 else "long"
    if largest > 2147483620:
        kind = "double"
    return Variable(name, kind, from_double(numbers, kind)[places], default_format(kind))


def _long_variable(data: Dataset, stub: Stub, values: list[str], order: np.ndarray) -> Variable:
    """Return the variable that holds those of a stub, row by row."""
    sources = [data[name] if (name := stub.wide_name(value)) in data else None for value in values]
    there = [source for source in sources if source is not None]
    if len({source.is_string for source in there}) > 1:
        raise StataError(109, f"type mismatch with other {stub.name} variables")
    kind = reduce(common_type, (source.type for source in there))
    blank = blank_column(kind, 1)
    table = np.empty((len(order), len(values)), dtype=blank.dtype)
    for column, source in enumerate(sources):
        table[:, column] = blank[0] if source is None else held_in(source, kind)[order]
    labels = {
        source.label.removeprefix(f"{value} ")
        for source, value in zip(sources, values, strict=True)
        if source is not None
    }
    label = labels.pop() if len(labels) == 1 else ""
    return replace(
        there[0],
        name=stub.name,
        type=kind,
        values=table.reshape(-1),
        label="" if label == stub.name else label,
    )


def values_of_column(data: Dataset, j: str, string: bool) -> list[str]:
    """Return the values of j in long data as texts, in order.

    Raises
    ------
    StataError
        r(111) unknown; r(109) a string without the option; r(498) missing values, fractions.
    """
    if j not in data:
        raise variable_not_found(j)
    variable = data[j]
    if variable.is_string:
        if not string:
            raise StataError(109, f"variable {j} is string; specify string option")
        found = sorted(set(variable.values.tolist()))
        if "" in found:
            raise StataError(498, f"variable {j} contains missing values")
        return found
    numbers = factorise(variable.to_double()).levels
    if np.any(is_missing(numbers)):
        raise StataError(498, f"variable {j} contains missing values")
    if np.any(numbers != np.floor(numbers)) or np.any(numbers < 0):
        raise StataError(498, f"variable {j} contains values that cannot be part of a name")
    return [str(int(number)) for number in numbers.tolist()]


def to_wide(
    data: Dataset, stubs: list[Stub], i: list[str], j: str, values: list[str], room: Room = UNLIMITED
) -> Reshaped:
    """Return one row for each value of i, sorted, with a variable for each stub and value of j.

    Raises
    ------
    StataError
        r(9): j repeats within i, or another variable varies; r(110): names that are there already;
        r(909): no room for so many variables.
    """
    codes, count = group_codes(data, i)
    room.require(count, [data[stub.name] for stub in stubs] * len(values))
    place = _places_of(data[j], values)
    kept = place >= 0
    cells = codes[kept] * len(values) + place[kept]
    if repeated(cells, count * len(values)):
        raise values_repeat(i, j)
    firsts = first_places(codes, count)
    named = {stub.name for stub in stubs}
    others = [variable for variable in data if variable.name not in {*i, j, *named}]
    for variable in others:
        if np.any(variable.values != variable.values[firsts][codes]):
            raise not_constant(variable.name, i, j)
    variables = [replace(data[name], values=data[name].values[firsts]) for name in i]
    for number, value in enumerate(values):
        for stub in stubs:
            variables.append(_wide_variable(data[stub.name], stub, value, place == number, codes, count))
    variables += [replace(variable, values=variable.values[firsts]) for variable in others]
    names = [variable.name for variable in variables]
    for name in names:
        if names.count(name) > 1:
            raise StataError(110, f"{name} already defined")
    marks: dict[str, np.ndarray] = {}
    found = data.with_(variables=variables, n_obs=count, sorted_by=tuple(i), marks=marks)
    return Reshaped(found, values, [])


def not_constant_rows(data: Dataset, i: list[str], others: list[Variable]) -> list[tuple[str, np.ndarray]]:
    """Return the variables that vary within groups of i, and the rows of the groups in which each does."""
    codes, count = group_codes(data, i)
    firsts = first_places(codes, count)
    found: list[tuple[str, np.ndarray]] = []
    for variable in others:
        differs = np.asarray(variable.values != variable.values[firsts][codes], dtype=bool)
        if differs.any():
            groups = np.bincount(codes[differs], minlength=count) > 0
            found.append((variable.name, np.flatnonzero(groups[codes])))
    return found


def _places_of(variable: Variable, values: list[str]) -> np.ndarray:
    """Return the place of each row's value in a list, -1 where it is none of them; shape (n,)."""
    at = {value: place for place, value in enumerate(values)}
    if variable.is_string:
        return np.fromiter(
            (at.get(text, -1) for text in variable.values.tolist()), np.intp, len(variable.values)
        )
    numbers = np.array([float(value) for value in values])
    ranked = np.argsort(numbers)
    doubles = variable.to_double()
    found = ranked[np.minimum(np.searchsorted(numbers[ranked], doubles), len(values) - 1)]
    return np.where(numbers[found] == doubles, found, -1)


def _wide_variable(
    source: Variable, stub: Stub, value: str, rows: np.ndarray, codes: np.ndarray, count: int
) -> Variable:
    out = blank_column(source.type, count)
    out[codes[rows]] = source.values[rows]
    label = f"{value} {source.label or stub.name}"[:80]
    return replace(source, name=stub.wide_name(value), values=out, label=label)
