"""Imputations made of what commands have left of their datasets, one at a time or all alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.model import ID, MISS, Imputations
from xmixed.data.imputed.styles import aligned, has_repeats, numbers, plain
from xmixed.errors import StataError
from xmixed.missing import is_missing


def shown(data: Imputations, m: int) -> Dataset:
    """Return a completed dataset as commands see it that run on it: with `_mi_id` and `_mi_miss`."""
    return data.completed(m).with_variables(numbers(ID, data.ids), numbers(MISS, data.incomplete))


def is_untouched(before: Dataset, after: Dataset) -> bool:
    """Return whether a command has left all variables and characteristics as they were."""
    return (
        len(before.variables) == len(after.variables)
        and all(old is new for old, new in zip(before, after, strict=True))
        and before.characteristics == after.characteristics
        and before.value_labels == after.value_labels
    )


def sharing(base: Dataset, copy: Dataset) -> Dataset:
    """Return an imputation that shares with the original data the columns that are the same."""
    same = [variable for variable in base if _equal(variable, copy[variable.name])]
    return copy.with_variables(*same) if same else copy


def _equal(one: Variable, other: Variable) -> bool:
    return one is not other and one.type == other.type and np.array_equal(one.values, other.values)


def taken(data: Imputations, index: np.ndarray) -> Imputations:
    """Return rows by their places, in every imputation; they are numbered from 1."""
    base = data.base.rows(index)
    copies = []
    for copy in data.copies:
        own = [variable for variable in copy if variable is not data.base[variable.name]]
        rows = [replace(variable, values=variable.values[index]) for variable in own]
        copies.append(base.with_variables(*rows) if rows else base)
    return renumbered(replace(data, base=base, copies=tuple(copies), incomplete=data.incomplete[index]))


def renumbered(data: Imputations) -> Imputations:
    """Return the data with `_mi_id` 1 to n in the order of the rows."""
    return replace(data, ids=np.arange(1, data.base.n_obs + 1))


def mapped(data: Imputations, operation: Callable[[Dataset, int], Dataset]) -> Imputations:
    """Return the results of an operation on every completed dataset; it must make the same rows of each.

    Raises
    ------
    StataError
        r(459) where it does not.
    """
    base = operation(data.base, 0)
    copies = []
    for m in range(1, data.count + 1):
        copy = operation(data.completed(m), m)
        if copy.names != base.names or copy.n_obs != base.n_obs:
            raise StataError(459, f"m={m} has other observations or variables than m=0 afterwards")
        copies.append(sharing(base, copy))
    rows = np.zeros(base.n_obs, dtype=bool)
    return renumbered(replace(data, base=base, copies=tuple(copies), incomplete=rows))


def changed_alike(data: Imputations, change: Callable[[Dataset], Dataset]) -> Imputations:
    """Return the data with a change that leaves the rows as they are, made in every imputation."""
    base = change(data.base)
    return replace(data, base=base, copies=tuple(sharing(base, change(copy)) for copy in data.copies))


def without_variables(data: Imputations, names: Collection[str]) -> Imputations:
    """Return the data without some variables."""
    return changed_alike(data, lambda part: part.without(names))


def rejoined(data: Imputations, results: Mapping[int, Dataset]) -> Imputations:
    """Return the data with what commands have made of some completed datasets, by number.

    Observations are told apart by `_mi_id`; those and the variables that m=0 does not have are gone.

    Raises
    ------
    StataError
        r(111) where `_mi_id` is gone, r(459) where it repeats.
    """
    for m, result in results.items():
        if ID not in result:
            raise StataError(111, f"variable {ID} not found", hint=f"it is needed in m={m}")
    base, ids, incomplete = data.base, data.ids, data.incomplete
    if 0 in results:
        base, ids = plain(results[0]), results[0][ID].to_double().astype(np.int64)
        if has_repeats(ids):
            raise StataError(459, f"{ID} does not uniquely identify observations in m=0")
        marked = dict(zip(data.ids.tolist(), data.incomplete.tolist(), strict=True))
        incomplete = np.array([marked.get(number, False) for number in ids.tolist()], dtype=bool)
    copies = []
    for m in range(1, data.count + 1):
        source = results.get(m)
        if source is None:
            source = data.completed(m) if base is data.base else shown(data, m)
        copies.append(source if ID not in source else aligned(base, ids, source)[0])
    return replace(data, base=base, copies=tuple(copies), ids=ids, incomplete=incomplete)


def with_original(data: Imputations, original: Dataset) -> Imputations:
    """Return the imputations of other original data; their `_mi_id` is missing for new observations."""
    ids = original[ID].to_double().copy()
    new = is_missing(ids)
    ids[new] = int(data.ids.max(initial=0)) + 1 + np.arange(np.count_nonzero(new))
    return rejoined(data, {0: original.with_variables(numbers(ID, ids.astype(np.int64)))})


def with_new_variables(data: Imputations, results: Sequence[Dataset], names: Iterable[str]) -> Imputations:
    """Return the data with variables that commands have made in m=0, ..., M, whatever the order of the rows.

    Parameters
    ----------
    results : sequence of Dataset
        One for each m from 0, with `_mi_id`.
    names : iterable of str
    """
    names = list(names)
    parts = []
    for m, result in enumerate(results):
        places = np.argsort(result[ID].values, kind="stable")[np.argsort(np.argsort(data.ids))]
        new = [replace(result[name], values=result[name].values[places]) for name in names]
        own = data.completed(m) if not m or data.copies[m - 1] is not data.base else parts[0]
        if m:
            own = own.with_variables(*(part for part in parts[0] if part.name not in own))
        parts.append(own.with_variables(*new))
    labels = {**data.base.value_labels, **results[0].value_labels}
    base, *copies = parts
    return replace(
        data,
        base=base.with_(value_labels=labels),
        copies=tuple(sharing(base, copy) for copy in copies),
    )
