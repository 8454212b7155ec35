"""A dataset in memory: columns in Stata storage types with everything a .dta file says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.missing import CODES, FLOAT_MISSING, INTEGER_MISSING, is_missing

if TYPE_CHECKING:
    import pandas

DTYPES: dict[str, np.dtype] = {
    "byte": np.dtype(np.int8),
    "int": np.dtype(np.int16),
    "long": np.dtype(np.int32),
    "float": np.dtype(np.float32),
    "double": np.dtype(np.float64),
}
"""numpy dtype of each numeric storage type; strings are object arrays of str (`strL`: or bytes)."""

DEFAULT_FORMATS = {"byte": "%8.0g", "int": "%8.0g", "long": "%12.0g", "float": "%9.0g", "double": "%10.0g"}


def default_format(storage_type: str) -> str:
    """Return the display format `generate` gives to a new variable of this storage type."""
    if storage_type in DEFAULT_FORMATS:
        return DEFAULT_FORMATS[storage_type]
    if storage_type == "strL":
        return "%9s"
    return f"%{max(9, int(storage_type[3:]))}s"


def is_string_type(storage_type: str) -> bool:
    """Return whether a storage type (`byte` ... `double`, `str#`, `strL`) holds strings."""
    return storage_type.startswith("str")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One column; immutable, so that datasets can share it. `Dataset.put` takes a changed one.

    Attributes
    ----------
    name : str
    type : str
        Storage type: byte, int, long, float, double, str1 ... str2045, strL.
    values : ndarray, shape (n,)
        Numeric: the dtype of `DTYPES[type]`, missing values as Stata's own codes. String: dtype object.
        Treat it as read-only: to change a column, put a variable with a new array in its place.
    format : str
        Display format, `%9.0g`.
    label : str
        Variable label.
    value_label : str
        Name of the value label attached, or "".
    """

    name: str
    type: str
    values: np.ndarray
    format: str
    label: str = ""
    value_label: str = ""

    @property
    def is_string(self) -> bool:
        return is_string_type(self.type)

    def to_double(self) -> np.ndarray:
        """Return the column as float64, missing values as double codes (`missing.CODES`).

        A double column is returned itself, not a copy.
        """
        return to_double(self.values, self.type)


def to_double(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return numeric storage values as float64 with missing values as double codes."""
    if storage_type == "double":
        return values
    out = values.astype(np.float64)
    if storage_type == "float":
        threshold, step = float(FLOAT_MISSING), 2.0**115
    else:
        threshold, step = float(INTEGER_MISSING[storage_type]), 1.0
    at = out >= threshold
    if at.any():
        index = np.clip((out[at] - threshold) / step, 0, 26).astype(np.intp)
        out[at] = np.asarray(CODES)[index]
    return out


def from_double(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return doubles (missing values as double codes) in the dtype of a numeric storage type.

    Floats round to nearest. A value outside the range of the type becomes `.`; non-integers
    are truncated in integer types (the caller decides whether that is allowed: see `fits`).
    """
    values = np.asarray(values, dtype=np.float64)
    missing = is_missing(values)
    safe = np.where(missing, 0.0, values)
    code = np.zeros(values.shape)
    if missing.any():
        finite = np.where(np.isfinite(values), values, CODES[0])
        code = np.clip((finite - CODES[0]) / (CODES[1] - CODES[0]), 0, 26)
        code = np.floor(np.where(missing, code, 0.0))
    if storage_type == "double":
        return np.where(missing, np.asarray(CODES)[code.astype(np.intp)], safe)
    if storage_type == "float":
        too_large = np.abs(safe) >= float(FLOAT_MISSING)
        out = np.where(too_large, float(FLOAT_MISSING), safe)
        return np.where(missing, float(FLOAT_MISSING) + code * 2.0**115, out).astype(np.float32)
    low, high = LIMITS[storage_type]
    truncated = np.trunc(safe)
    outside = (truncated < low) | (truncated > high)
    out = np.where(outside, INTEGER_MISSING[storage_type], truncated)
    return np.where(missing, INTEGER_MISSING[storage_type] + code, out).astype(DTYPES[storage_type])


LIMITS: dict[str, tuple[int, int]] = {
    "byte": (-127, 100),
    "int": (-32767, 32740),
    "long": (-2147483647, 2147483620),
}
"""Smallest and largest number of the integer storage types."""


@dataclass(slots=True, eq=False)
class Dataset:
    """The data in memory.

    Attributes
    ----------
    variables : list of Variable
        In order.
    n_obs : int
    label : str
        Dataset label.
    timestamp : str
        When the file was saved, `29 Mar 2011 10:57`; "" if never saved.
    source : str
        What `describe` shows after "Contains data from": the address or path as used; "" when none.
    value_labels : dict of str to dict of int to str
        Value label definitions; keys are long codes, so 2147483621 is `.`, 2147483622 `.a`, ...
        Copies of the data share the tables: to change one, put a new one in its place.
    characteristics : dict of str to dict of str to str
        By variable name or `_dta`. Notes are Stata's own: `note0` the count, `note1`, `note2`, ...
        Shared by copies like the tables of value labels.
    sorted_by : tuple of str
    changed : bool
        Whether there are changes since the last save.
    marks : dict of str to ndarray of bool, shape (n,)
        Row-aligned marks that follow the observations through sort, keep and drop: e(sample) of the
        last and of the stored estimates. Not variables: no command sees them.
    """

    variables: list[Variable] = field(default_factory=list)
    n_obs: int = 0
    label: str = ""
    timestamp: str = ""
    source: str = ""
    value_labels: dict[str, dict[int, str]] = field(default_factory=dict)
    characteristics: dict[str, dict[str, str]] = field(default_factory=dict)
    sorted_by: tuple[str, ...] = ()
    changed: bool = False
    marks: dict[str, np.ndarray] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return any(variable.name == name for variable in self.variables)

    def __getitem__(self, name: str) -> Variable:
        """Return the variable of exactly this name; KeyError when there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.variables)

    @property
    def names(self) -> list[str]:
        return [variable.name for variable in self.variables]

    def add(self, variable: Variable) -> None:
        """Append a variable (its length becomes the number of observations of an empty dataset)."""
        if not self.variables and self.n_obs == 0:
            self.n_obs = len(variable.values)
        self.variables.append(variable)
        self.changed = True

    def put(self, changed: Iterable[Variable]) -> None:
        """Put variables in the places of those of the same names; other names are ignored."""
        new = {variable.name: variable for variable in changed}
        self.variables = [new.get(variable.name, variable) for variable in self.variables]

    def drop_variables(self, names: Iterable[str]) -> None:
        """Remove variables; an empty dataset has no observations."""
        gone = set(names)
        self.variables = [variable for variable in self.variables if variable.name not in gone]
        for name in gone:
            self.characteristics.pop(name, None)
        keep = 0
        while keep < len(self.sorted_by) and self.sorted_by[keep] not in gone:
            keep += 1
        self.sorted_by = self.sorted_by[:keep]
        if not self.variables:
            self.n_obs, self.marks = 0, {}
        self.changed = True

    def take(self, rows: np.ndarray, keeps_order: bool = False) -> None:
        """Keep the rows of an index or boolean array, in that order, in every column and mark."""
        taken = [replace(variable, values=variable.values[rows]) for variable in self.variables]
        marks = {name: mark[rows] for name, mark in self.marks.items()}
        self.n_obs = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
        self.variables, self.marks = taken, marks
        if not keeps_order:
            self.sorted_by = ()
        self.changed = True

    def copy(self) -> Dataset:
        """Return a dataset of its own that shares the variables and tables, which are never changed in place.

        Every command takes such a copy, so it must cost next to nothing with thousands of variables.
        """
        return replace(
            self,
            variables=list(self.variables),
            value_labels=dict(self.value_labels),
            characteristics=dict(self.characteristics),
            marks=dict(self.marks),
        )

    def to_pandas(self, value_labels: bool = False, dates: bool = False) -> pandas.DataFrame:
        """Return the data as a pandas frame; see `xmixed.data.pandas_bridge.to_pandas`."""
        from xmixed.data.pandas_bridge import to_pandas

        return to_pandas(self, value_labels, dates)
