"""The datasets of the four styles: from the data in memory to imputations, and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.model import (
    ID,
    KINDS,
    LARGEST,
    MISS,
    Imputations,
    M,
    is_mi,
    state,
    wide_name,
    with_state,
)
from xmixed.data.imputed.separate import place_of, read_copies
from xmixed.data.names import is_valid_name
from xmixed.data.operations.stacking import common_type, held_in
from xmixed.errors import StataError
from xmixed.formats.reading import whole_number
from xmixed.missing import is_missing

MARKER = "_mi_ds_1"
SHORT_KEYS = {"imputed": "ivars", "passive": "pvars", "regular": "rvars"}
"""Characteristics with the names of registered variables."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Imputations as they stand in data, and how many observations of m>0 were left out as not in m=0.

    `renumbered` says that `_mi_id` was not there, or not known, for some observations of m=0.
    """

    imputations: Imputations
    dropped: int = 0
    renumbered: bool = False


def now() -> int:
    """Return the time on the clock of this place, in seconds since 1960."""
    return int((datetime.now() - datetime(1960, 1, 1)).total_seconds())


def read(data: Dataset) -> Read:
    """Return the imputations that the data in memory hold; for flongsep their files are read too.

    Raises
    ------
    StataError
        r(119) `data not mi set`, or not from the files of flongsep; r(459) where `_mi_id` repeats in m=0;
        r(601) and the codes of `use`.
    """
    if not is_mi(data):
        raise StataError(119, "data not mi set")
    found = state(data)
    count, style = _count_in(found), found["style"]
    kinds: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        names = dict.fromkeys(found.get(SHORT_KEYS[kind], "").split())
        kinds[kind] = tuple(name for name in names if all(name not in others for others in kinds.values()))
    if style == "wide":
        result = _read_wide(data, count, kinds)
    elif style == "flongsep":
        found["name"] = place_of(found.get("name", ""), data.source)
        result = _read_separate(data, count, found["name"])
    elif style in ("mlong", "flong"):
        result = _read_long(data, count, style)
    else:
        raise StataError(119, f"data are part of a dataset of style {style}; use that one")
    return replace(result, imputations=replace(result.imputations, name=found.get("name", ""), **kinds))


def _count_in(found: dict[str, str]) -> int:
    """Return M as the characteristics have it."""
    count = whole_number(found.get("M", "0"))
    if count is None or not 0 <= count <= LARGEST:
        raise StataError(459, f"characteristic _dta[_mi_M] of mi is invalid: {found['M']}")
    return count


def plain(data: Dataset) -> Dataset:
    """Return data without system variables and without the characteristics of mi."""
    return with_state(_without(data, {M, ID, MISS}), {})


def _without(data: Dataset, names: set[str]) -> Dataset:
    """Return data without variables, as far as they are there; the observations stay without any variable."""
    kept = [variable for variable in data if variable.name not in names]
    if len(kept) == len(data.variables):
        return data
    return data.with_(variables=kept, n_obs=data.n_obs, marks=data.marks)


def _marked(data: Dataset, rows: np.ndarray | slice) -> np.ndarray:
    if MISS not in data:
        return np.zeros(len(np.arange(data.n_obs)[rows]), dtype=bool)
    return np.asarray(data[MISS].values[rows] == 1, dtype=bool)


def _read_wide(data: Dataset, count: int, kinds: dict[str, tuple[str, ...]]) -> Read:
    registered = (*kinds["imputed"], *kinds["passive"])
    extra = {wide_name(m, name) for m in range(1, count + 1) for name in registered}
    varying = [name for name in registered if name in data]
    base = plain(_without(data, extra))
    copies = []
    for m in range(1, count + 1):
        pairs = [(data[name], data[wide_name(m, name)]) for name in varying if wide_name(m, name) in data]
        own = [_like(of, values) for of, values in pairs if of.is_string == values.is_string]
        copies.append(base.with_variables(*own))
    found = Imputations(
        "wide", base, tuple(copies), ids=np.arange(1, data.n_obs + 1), incomplete=_marked(data, slice(None))
    )
    return Read(found, renumbered=False)


def _like(of: Variable, values: Variable) -> Variable:
    """Return a variable with the values of another one, which are those of an imputation."""
    return replace(of, type=values.type, values=values.values)


def _read_long(data: Dataset, count: int, style: str) -> Read:
    m = _whole(data, M)
    rows = np.flatnonzero(m <= 0)
    ids, renumbered = _checked_ids(_whole(data, ID)[rows])
    base = plain(data.rows(rows, keeps_order=True)).with_(sorted_by=(), marks={})
    places = _places(ids, _whole(data, ID))
    order = np.argsort(m, kind="stable")
    starts = np.searchsorted(m[order], np.arange(1, count + 2))
    used = 0
    copies = []
    for start, end in zip(starts[:-1], starts[1:], strict=True):
        at = order[start:end]
        at = at[places[at] >= 0]
        used += len(at)
        copies.append(_scattered(base, data, at, places[at]))
    dropped = data.n_obs - len(rows) - used
    return Read(
        Imputations(style, base, tuple(copies), ids=ids, incomplete=_marked(data, rows)), dropped, renumbered
    )


def _whole(data: Dataset, name: str) -> np.ndarray:
    """Return a system variable as whole numbers, -1 where it is not there."""
    if name not in data:
        return np.full(data.n_obs, -1, dtype=np.int64)
    if data[name].is_string:
        raise StataError(459, f"system variable {name} is a string variable")
    values = data[name].to_double()
    return np.where(is_missing(values), -1, values).astype(np.int64)


def _checked_ids(ids: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the numbers of the observations of m=0; those without get the next ones."""
    unknown = ids < 1
    known = ids[~unknown]
    if has_repeats(known):
        hint = "mi expand and mi append keep the observations of an imputation apart"
        raise StataError(459, f"{ID} does not uniquely identify observations in m=0", hint=hint)
    if not unknown.any():
        return ids, False
    out = ids.copy()
    out[unknown] = int(known.max(initial=0)) + 1 + np.arange(np.count_nonzero(unknown))
    return out, True


def has_repeats(numbers: np.ndarray) -> bool:
    """Return whether a whole number stands twice; shape (n,)."""
    return bool((np.diff(np.sort(numbers)) == 0).any())


def _places(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where each wanted number stands among ids; -1 where it does not."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.intp)
    order = np.argsort(ids, kind="stable")
    near = order[np.minimum(np.searchsorted(ids[order], wanted), len(ids) - 1)]
    return np.where(ids[near] == wanted, near, -1)


def _scattered(base: Dataset, data: Dataset, at: np.ndarray, places: np.ndarray) -> Dataset:
    """Return the original data with rows `at` of other data put in at places; what is the same is shared."""
    changed = []
    for variable in base:
        if variable.name not in data or data[variable.name].is_string != variable.is_string:
            continue
        other = data[variable.name]
        kind = common_type(variable.type, other.type)
        new, own = held_in(other, kind)[at], held_in(variable, kind)
        if kind == variable.type and np.array_equal(own[places], new):
            continue
        column = own.copy()
        column[places] = new
        changed.append(replace(variable, type=kind, values=column))
    return base.with_variables(*changed) if changed else base


def aligned(base: Dataset, ids: np.ndarray, other: Dataset) -> tuple[Dataset, int]:
    """Return the original data with the values of other data by `_mi_id`, and how many rows had no place."""
    places = _places(ids, _whole(other, ID))
    at = np.flatnonzero(places >= 0)
    return _scattered(base, other, at, places[at]), other.n_obs - len(at)


def _read_separate(data: Dataset, count: int, name: str) -> Read:
    ids, renumbered = _checked_ids(_whole(data, ID))
    base = plain(data)
    parts = [aligned(base, ids, copy) for copy in read_copies(name, count)]
    copies = tuple(copy for copy, _ in parts)
    found = Imputations("flongsep", base, copies, ids=ids, incomplete=_marked(data, slice(None)))
    return Read(found, sum(more for _, more in parts), renumbered)


# --- back -------------------------------------------------------------------------------------------------


def written(found: Imputations, before: Dataset | None = None) -> Dataset:
    """Return the dataset of the style, without the files of flongsep; variables keep the order of `before`.

    Raises
    ------
    StataError
        r(198) where a name of style wide would be too long.
    """
    data = _WRITERS[found.style](found)
    texts = {"marker": MARKER, "style": found.style, "M": str(found.count)}
    if found.style != "wide":
        texts["N"] = str(found.base.n_obs)
    if found.style == "mlong":
        texts["n"] = str(np.count_nonzero(found.incomplete))
    texts |= {SHORT_KEYS[kind]: " ".join(getattr(found, kind)) for kind in KINDS if getattr(found, kind)}
    texts |= {"name": os.path.basename(found.name)} if found.style == "flongsep" else {}
    data = with_state(data, {**texts, "update": str(now())})
    if before is not None:
        data = _in_order_of(data, before)
    return data


def _in_order_of(data: Dataset, before: Dataset) -> Dataset:
    places = before.places
    names = sorted(data.names, key=lambda name: places.get(name, len(places)))
    return data if names == data.names else data.select(names)


def numbers(name: str, values: np.ndarray) -> Variable:
    """Return a system variable."""
    if name == MISS:
        return Variable(name, "byte", values.astype(np.int8), "%8.0g")
    wide = bool(len(values)) and int(values.max()) > 32740
    kind = np.int32 if wide else np.int16
    return Variable(name, "long" if wide else "int", values.astype(kind), "%12.0g" if name == ID else "%8.0g")


def _write_wide(found: Imputations) -> Dataset:
    base = found.base
    more = [numbers(MISS, found.incomplete)]
    for name in found.varying:
        for m in range(1, found.count + 1):
            new = wide_name(m, name)
            if new in base:
                raise StataError(110, f"{new} already defined", hint="style wide needs this name")
            if not is_valid_name(new):
                raise StataError(198, f"{new} invalid name", hint="style wide puts _#_ before names")
            more.append(replace(found.copies[m - 1][name], name=new))
    return base.with_variables(*more).with_(marks=base.marks)


def _write_long(found: Imputations, chosen: np.ndarray) -> Dataset:
    """Stack the original data and the chosen observations (places) of each imputation."""
    base, copies, size = found.base, found.copies, len(chosen)
    n_obs = base.n_obs + size * len(copies)
    variables = []
    for variable in base:
        columns = [copy[variable.name] for copy in copies]
        if all(column is variable for column in columns):
            below = np.tile(variable.values[chosen], len(copies))
            stacked = replace(variable, values=np.concatenate([variable.values, below]))
        else:
            kind = reduce(common_type, {column.type for column in columns}, variable.type)
            parts = [held_in(variable, kind), *(held_in(column, kind)[chosen] for column in columns)]
            stacked = replace(variable, type=kind, values=np.concatenate(parts))
        variables.append(stacked)
    m = np.repeat(np.arange(len(copies) + 1), [base.n_obs, *[size] * len(copies)])
    ids = np.concatenate([found.ids, np.tile(found.ids[chosen], len(copies))])
    missing = np.full(n_obs, 101, dtype=np.int8)
    missing[: base.n_obs] = found.incomplete
    variables += [numbers(M, m), numbers(ID, ids), numbers(MISS, missing)]
    ascending = bool(np.all(np.diff(found.ids) > 0))
    return base.with_(variables=variables, n_obs=n_obs, marks={}, sorted_by=(M, ID) if ascending else (M,))


def _write_separate(found: Imputations) -> Dataset:
    more = (numbers(ID, found.ids), numbers(MISS, found.incomplete))
    return found.base.with_variables(*more)


_WRITERS: dict[str, Callable[[Imputations], Dataset]] = {
    "wide": _write_wide,
    "mlong": lambda found: _write_long(found, np.flatnonzero(found.incomplete)),
    "flong": lambda found: _write_long(found, np.arange(found.base.n_obs)),
    "flongsep": _write_separate,
}
