"""append: rows of one dataset below those of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import blank_column
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.stacking import (
    Promotion,
    check_kinds,
    common_type,
    held_in,
    widened,
    with_labels_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Appended:
    """The data, the variables that needed another type, and the value labels that both define."""

    dataset: Dataset
    promotions: list[Promotion]
    labels: list[str]


def append(
    upper: Dataset, lower: Dataset, *, force: bool = False, labels: bool = True, notes: bool = True
) -> Appended:
    """Return the rows of two datasets, one below the other; what one lacks is missing.

    Raises
    ------
    StataError
        r(106) for numbers against strings; with `force` those of the second are missing.
    """
    if not force:
        check_kinds(upper, lower, [name for name in upper.names if name in lower], "append")
    variables: list[Variable] = []
    promotions: list[Promotion] = []
    for variable in upper:
        other = lower[variable.name] if variable.name in lower else None
        if other is not None and other.is_string != variable.is_string:
            other = None
        kind = variable.type if other is None else common_type(variable.type, other.type)
        below = blank_column(kind, lower.n_obs) if other is None else held_in(other, kind)
        values = np.concatenate([held_in(variable, kind), below])
        if kind != variable.type:
            promotions.append(Promotion(variable.name, variable.type, kind))
        variables.append(widened(variable, kind, values))
    for variable in lower:
        if variable.name not in upper:
            above = blank_column(variable.type, upper.n_obs)
            variables.append(replace(variable, values=np.concatenate([above, variable.values])))
    unmarked = np.zeros(lower.n_obs, dtype=bool)
    data = upper.with_(
        variables=variables,
        n_obs=upper.n_obs + lower.n_obs,
        sorted_by=(),
        marks={name: np.concatenate([mark, unmarked]) for name, mark in upper.marks.items()},
    )
    data, doubled = with_labels_of(data, upper, lower, labels, notes)
    return Appended(data, promotions, doubled)
