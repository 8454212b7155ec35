"""A dataset in memory: columns in Stata storage types with everything a .dta file says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.errors import StataError
from xmixed.missing import CODES, FLOAT_MISSING, INTEGER_MISSING, MISSING, is_missing

if TYPE_CHECKING:
    import pandas

    from xmixed.data.reference.model import Reference

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


class UnknownVariable(StataError, KeyError):
    """A name that no variable has: r(111). Results may speak of variables that were dropped since."""

    def __init__(self, name: str) -> None:
        super().__init__(111, f"variable {name} not found")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One column; immutable, so that datasets can share it.

    Attributes
    ----------
    name : str
    type : str
        Storage type: byte, int, long, float, double, str1 ... str2045, strL.
    values : ndarray, shape (n,)
        Numeric: the dtype of `DTYPES[type]`, missing values as Stata's own codes. String: dtype object.
        Read-only: to change a column, put a variable with a new array in its place.
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

    def __post_init__(self) -> None:
        self.values.setflags(write=False)  # datasets share it, and so do those who look at it

    @property
    def is_string(self) -> bool:
        return is_string_type(self.type)

    def known(self) -> np.ndarray:
        """Return where the column is not missing (`""` in strings), bool (n,)."""
        if self.is_string:
            return np.asarray(self.values != "", dtype=bool)
        return self.values < (MISSING if self.type == "double" else _first_code(self.type)[0])

    def to_double(self) -> np.ndarray:
        """Return the column as float64, missing values as double codes (`missing.CODES`).

        A double column is returned itself, not a copy.
        """
        return to_double(self.values, self.type)


def to_double(values: np.ndarray, storage_type: str) -> np.ndarray:
    """Return numeric storage values as float64 with missing values as double codes; r(109) for strings."""
    if storage_type == "double":
        return values
    if is_string_type(storage_type):
        raise StataError(109, "type mismatch")
    out = values.astype(np.float64)
    first, step = _first_code(storage_type)
    if not len(values) or values.max() < first:
        return out
    at = np.flatnonzero(values >= first)
    index = np.clip((out[at] - float(first)) / step, 0, 26).astype(np.intp)
    out[at] = np.asarray(CODES)[index]
    return out


def _first_code(storage_type: str) -> tuple[Any, float]:
    """Return the code of `.` in a type below double, and the step to the next."""
    return (FLOAT_MISSING, 2.0**115) if storage_type == "float" else (INTEGER_MISSING[storage_type], 1.0)


def from_double(values: np.ndarray, storage_type: str, copy: bool = True) -> np.ndarray:
    """Return doubles (missing values as double codes) in the dtype of a numeric storage type.

    Floats round to nearest. A value outside the range of the type becomes `.`; non-integers
    are truncated in integer types (the caller decides whether that is allowed: see `fits`). Without `copy`
    doubles may be returned, or changed, themselves.
    """
    values = np.asarray(values, dtype=np.float64)
    if storage_type == "double":
        out = values.copy() if copy else values
        if len(values) and values.min() > -np.inf and values.max() <= CODES[0]:  # NaN is neither
            return out
        at = np.flatnonzero(is_missing(values) | (values == -np.inf))
        if not len(at):
            return out
        codes = values[at]
        if not (codes == CODES[0]).all():
            out[at] = np.asarray(CODES)[_number_of_code(codes)]
        return out
    if storage_type == "float":
        with np.errstate(over="ignore"):
            out = values.astype(np.float32)
        outside = ~(np.abs(out) < FLOAT_MISSING)
    else:
        low, high = LIMITS[storage_type]
        outside = ~((values > low - 1) & (values < high + 1))
        with np.errstate(invalid="ignore"):
            out = values.astype(DTYPES[storage_type])
    at = np.flatnonzero(outside)
    if len(at):
        first, step = _first_code(storage_type)
        numbers = values[at]
        code = np.where(is_missing(numbers), _number_of_code(numbers), 0)
        out[at] = float(first) + code * step
    return out


def _number_of_code(values: np.ndarray) -> np.ndarray:
    """Return which missing value doubles are: 0 for `.`, 1 for `.a`; what is none counts as `.`."""
    finite = np.where(np.isfinite(values), values, CODES[0])
    return np.clip((finite - CODES[0]) / (CODES[1] - CODES[0]), 0, 26).astype(np.intp)


LIMITS: dict[str, tuple[int, int]] = {
    "byte": (-127, 100),
    "int": (-32767, 32740),
    "long": (-2147483647, 2147483620),
}
"""Smallest and largest number of the integer storage types."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The data in memory, as a value: every change makes another dataset, which shares what stays the same.

    Whoever wants to go back to data (a failed command, `restore`) keeps a reference.

    Attributes
    ----------
    variables : tuple of Variable
        In order.
    n_obs : int
    label : str
        Dataset label.
    timestamp : str
        When the file was saved, `29 Mar 2011 10:57`; "" if never saved.
    source : str
        What `describe` shows after "Contains data from": the address or path as used; "" when none.
    value_labels : mapping of str to dict of int to str
        Value label definitions; keys are long codes, so 2147483621 is `.`, 2147483622 `.a`, ...
    characteristics : mapping of str to dict of str to str
        By variable name or `_dta`. Notes are Stata's own: `note0` the count, `note1`, `note2`, ...
    sorted_by : tuple of str
    changed : bool
        Whether there are changes since the last save.
    marks : mapping of str to ndarray of bool, shape (n,)
        Row-aligned marks that follow the observations through sort, keep and drop: e(sample) of the
        last and of the stored estimates. Not variables: no command sees them.
    reference : Reference or None
        Where the rows are when they are not in memory; variables then have no values (`reference/model.py`).
    """

    variables: tuple[Variable, ...] = ()
    n_obs: int = 0
    label: str = ""
    timestamp: str = ""
    source: str = ""
    value_labels: Mapping[str, dict[int, str]] = field(default_factory=dict)
    characteristics: Mapping[str, dict[str, str]] = field(default_factory=dict)
    sorted_by: tuple[str, ...] = ()
    changed: bool = False
    marks: Mapping[str, np.ndarray] = field(default_factory=dict)
    reference: Reference | None = None
    _places: dict[str, int] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if type(self.variables) is not tuple:
            object.__setattr__(self, "variables", tuple(self.variables))
        if self.reference is not None and any(isinstance(v.values, np.ndarray) for v in self.variables):
            from xmixed.data.reference.model import needs_rows

            raise needs_rows("a variable of values in memory is")

    @property
    def places(self) -> dict[str, int]:
        """Position of each variable by name; made when first asked for."""
        found = self._places
        if found is None:
            found = {variable.name: place for place, variable in enumerate(self.variables)}
            object.__setattr__(self, "_places", found)
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def __getitem__(self, name: str) -> Variable:
        """Return the variable of exactly this name; `UnknownVariable` when there is none."""
        place = self.places.get(name)
        if place is None:
            raise UnknownVariable(name)
        return self.variables[place]

    def __len__(self) -> int:
        """Return the number of observations, as of a pandas frame."""
        return self.n_obs

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.variables)

    @property
    def names(self) -> list[str]:
        return list(self.places)

    def with_(self, **parts: Any) -> Dataset:
        """Return these data with other parts; they count as changed unless `changed` says otherwise.

        What is not given follows from `variables`: the number of observations; the sort order up to the first
        variable that is gone or has other values; the characteristics of the variables that are there.
        """
        parts.setdefault("changed", True)
        if "variables" in parts:
            variables = parts["variables"] = tuple(parts["variables"])
            after = {variable.name: variable for variable in variables}
            parts.setdefault("n_obs", self._rows_of(variables))
            parts.setdefault("sorted_by", self._still_sorted(after))
            if any(owner not in after for owner in self.characteristics):
                kept = {owner: texts for owner, texts in self.characteristics.items() if owner in after}
                kept |= {"_dta": self.characteristics["_dta"]} if "_dta" in self.characteristics else {}
                parts.setdefault("characteristics", kept)
            if parts["n_obs"] != self.n_obs:
                parts.setdefault("marks", {})
        return Dataset(**dict(zip(_PARTS, _parts_of(self), strict=True)) | parts)

    def _rows_of(self, variables: tuple[Variable, ...]) -> int:
        if not variables:
            return 0
        return len(variables[0].values) if self.reference is None else self.n_obs

    def _still_sorted(self, after: dict[str, Variable]) -> tuple[str, ...]:
        count = 0
        for name in self.sorted_by:
            if name not in after or after[name].values is not self[name].values:
                break
            count += 1
        return self.sorted_by[:count]

    def with_variables(self, *changed: Variable) -> Dataset:
        """Return these data with variables in the places of those of the same names, new ones at the end."""
        after = {variable.name: variable for variable in self.variables}
        after.update((variable.name, variable) for variable in changed)
        return self.with_(variables=after.values())

    def with_characteristics(self, owner: str, texts: dict[str, str]) -> Dataset:
        """Return these data with other characteristics of a variable or of `_dta`; {} takes them away."""
        others = {name: found for name, found in self.characteristics.items() if name != owner}
        return self.with_(characteristics={**others, owner: texts} if texts else others)

    def without(self, names: Iterable[str]) -> Dataset:
        """Return these data without some variables; without any variable there are no observations."""
        gone = set(names)
        return self.with_(variables=[variable for variable in self.variables if variable.name not in gone])

    def select(self, names: Iterable[str]) -> Dataset:
        """Return these data with the variables of these names only, in this order."""
        return self.with_(variables=[self[name] for name in names])

    def rows(self, index: np.ndarray | slice, keeps_order: bool = False) -> Dataset:
        """Return some rows, in the order of an index or boolean array, in every column and mark.

        Parameters
        ----------
        index : ndarray of int or bool, or slice
            The columns of a slice are views.
        keeps_order : bool
            The rows stay in their order, so the data stay sorted; a slice or a boolean array keeps it.
        """
        if isinstance(index, slice):
            n_obs, keeps_order = len(range(*index.indices(self.n_obs))), True
        elif index.dtype == np.bool_:
            n_obs, keeps_order = int(np.count_nonzero(index)), True
        else:
            n_obs = len(index)
        return replace(
            self,
            variables=tuple(replace(variable, values=variable.values[index]) for variable in self.variables),
            n_obs=n_obs,
            sorted_by=self.sorted_by if keeps_order else (),
            changed=True,
            marks={name: mark[index] for name, mark in self.marks.items()},
        )

    def renamed(self, names: Mapping[str, str]) -> Dataset:
        """Return these data with other names for some variables, by old name."""
        return replace(
            self,
            variables=tuple(
                replace(variable, name=names[variable.name]) if variable.name in names else variable
                for variable in self.variables
            ),
            sorted_by=tuple(names.get(name, name) for name in self.sorted_by),
            characteristics={names.get(name, name): texts for name, texts in self.characteristics.items()},
            changed=True,
        )

    def to_pandas(self, value_labels: bool = False, dates: bool = False) -> pandas.DataFrame:
        """Return the data as a pandas frame; see `xmixed.data.pandas_bridge.to_pandas`."""
        from xmixed.data.pandas_bridge import to_pandas

        return to_pandas(self, value_labels, dates)


_PARTS = tuple(part.name for part in fields(Dataset) if part.init)
_parts_of = attrgetter(*_PARTS)
