"""Two datasets with imputations side by side or one below the other; variables that changed their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import KINDS, Imputations, is_mi
from xmixed.data.imputed.rows import mapped
from xmixed.data.imputed.styles import plain, read


def imputations_in(data: Dataset) -> Imputations:
    """Return the imputations that data hold; plain data are an original dataset without any."""
    if is_mi(data):
        return read(data).imputations
    nothing = np.zeros(data.n_obs, dtype=bool)
    data = plain(data)
    return Imputations("wide", data, ids=np.arange(1, data.n_obs + 1), incomplete=nothing)


def together(
    master: Imputations, other: Imputations, operation: Callable[[Dataset, Dataset, int], Dataset]
) -> Imputations:
    """Return the results of an operation on the m-th datasets of both, for m = 0 to the larger M.

    Where one has fewer imputations its original data stand in. A variable that both have registered
    differently is imputed before it is passive, and passive before it is regular.
    """
    count = max(master.count, other.count)
    master, other = master.with_count(count), other.with_count(count)
    made = mapped(master, lambda data, m: operation(data, other.completed(m), m))
    return registered(made, {**other.registered, **_stronger(master.registered, other.registered)})


def _stronger(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {name: min((kind, other.get(name, kind)), key=KINDS.index) for name, kind in one.items()}


def registered(data: Imputations, kinds: Mapping[str, str]) -> Imputations:
    """Return the data with the variables of these kinds registered, those that are there, and no others."""
    found = {
        kind: tuple(name for name, own in kinds.items() if own == kind and name in data.base)
        for kind in KINDS
    }
    return replace(data, **found)


def renamed(data: Imputations, names: Mapping[str, str]) -> Imputations:
    """Return the data with other names for some variables, by old name."""
    base = data.base.renamed(names)
    copies = []
    for copy in data.copies:
        own = [v for v in copy if v is not data.base[v.name]]
        copies.append(base.with_variables(*(replace(v, name=names.get(v.name, v.name)) for v in own)))
    found = {kind: tuple(names.get(name, name) for name in getattr(data, kind)) for kind in KINDS}
    return replace(data, base=base, copies=tuple(copies), **found)
