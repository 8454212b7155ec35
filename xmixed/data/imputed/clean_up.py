"""What every `mi` command does first: imputations made to agree with what the original data have become."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.model import KINDS, Imputations, soft_missing
from xmixed.data.imputed.styles import Read
from xmixed.data.operations.stacking import common_type, held_in


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """Imputations in order, what was done to them, a line each, and whether anything was."""

    imputations: Imputations
    notes: tuple[str, ...]
    changed: bool


def clean_up(found: Read) -> Cleaned:
    """Return imputations that agree with their original data.

    Variables that are gone are no longer registered. Imputed variables differ from m=0 only where that is
    `.`, passive ones (and those not registered, in mlong) only in incomplete observations, regular ones
    nowhere.
    `_mi_miss` says which observations are incomplete, `_mi_id` counts from 1.
    """
    given = found.imputations
    notes = [f"({found.dropped} m>0 obs. dropped due to dropped obs. in m=0)"] if found.dropped else []
    data, gone = _registered(given)
    notes += gone
    incomplete = incomplete_rows(data)
    notes += _marking(data.incomplete, incomplete)
    data = replace(data, incomplete=incomplete)
    copies = tuple(agreeing(data, copy) for copy in data.copies)
    fixed = {name for old, new in zip(data.copies, copies, strict=True) for name in _differences(old, new)}
    kinds = data.registered
    notes += [
        f"({kinds[name]} variable {name} updated in m>0)"
        for name in data.base.names
        if name in fixed & set(kinds)
    ]
    numbered = _numbered(data.ids)
    if found.renumbered or numbered is not data.ids:
        notes.append("(system variable _mi_id updated due to changed number of obs.)")
    return Cleaned(replace(data, copies=copies, ids=numbered), tuple(notes), bool(notes or fixed))


def _registered(data: Imputations) -> tuple[Imputations, list[str]]:
    gone = {name: kind for name, kind in data.registered.items() if name not in data.base}
    if not gone:
        return data, []
    kept = {kind: tuple(name for name in getattr(data, kind) if name not in gone) for kind in KINDS}
    notes = [f"({kind} variable {name} unregistered because not in m=0)" for name, kind in gone.items()]
    return replace(data, **kept), notes


def incomplete_rows(data: Imputations) -> np.ndarray:
    """Return which observations of m=0 have `.` in an imputed variable; bool (n,)."""
    rows = np.zeros(data.base.n_obs, dtype=bool)
    for name in data.imputed:
        rows |= soft_missing(data.base[name])
    return rows


def marked(data: Imputations) -> Imputations:
    """Return the data with `_mi_miss` as it is to be, so that nothing is said of it."""
    return replace(data, incomplete=incomplete_rows(data))


def _marking(before: np.ndarray, after: np.ndarray) -> list[str]:
    notes = []
    for rows, what in ((after & ~before, "incomplete"), (before & ~after, "complete")):
        if rows.any():
            notes.append(f"({np.count_nonzero(rows)} m=0 obs. now marked as {what})")
    return notes


def agreeing(data: Imputations, copy: Dataset) -> Dataset:
    """Return an imputation that agrees with the original data, and shares the columns that do not differ."""
    kinds = data.registered
    changed: list[Variable] = []
    for own in copy:
        original = data.base[own.name]
        if own is original:
            continue
        kind = kinds.get(own.name, "")
        if kind == "imputed":
            free = soft_missing(original)
        elif kind == "passive" or (not kind and data.style == "mlong"):
            free = data.incomplete
        elif kind == "regular" or data.style == "wide":
            free = np.zeros(data.base.n_obs, dtype=bool)
        else:
            continue
        new = _taken(own, original, free)
        if new is not own:
            changed.append(new)
    return copy.with_variables(*changed) if changed else copy


def _taken(own: Variable, original: Variable, free: np.ndarray) -> Variable:
    """Return the original values but where an imputation may have its own."""
    if not free.any():
        return original
    kind = common_type(original.type, own.type)
    mine, theirs = held_in(own, kind), held_in(original, kind)
    if kind == own.type and np.array_equal(mine[~free], theirs[~free]):
        return own
    return replace(original, type=kind, values=np.where(free, mine, theirs))


def _differences(old: Dataset, new: Dataset) -> set[str]:
    """Return the variables whose values are not what they were."""
    found = set()
    for before, after in zip(old, new, strict=True):
        if before is not after and not np.array_equal(
            before.values if before.is_string else before.to_double(),
            after.values if after.is_string else after.to_double(),
        ):
            found.add(after.name)
    return found


def _numbered(ids: np.ndarray) -> np.ndarray:
    """Return the numbers 1 to n in the order of ids; the array itself where they are these."""
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[np.argsort(ids, kind="stable")] = np.arange(1, len(ids) + 1)
    return ids if np.array_equal(ranks, ids) else ranks
