"""Random effects of data by reference: found from sums by group, and joined to the rows as a table of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.model import Reference
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.estimation.mixed.effects import equation_effects, fitted_on
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.mixed.resolve import ALL
from xmixed.estimation.mixed.specification import specification_of
from xmixed.estimation.summed.mixed import SummedSample
from xmixed.expressions.context import Context
from xmixed.session.results import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class JoinedEffects:
    """Data whose table has random effects beside its rows.

    Attributes
    ----------
    data : Dataset
    present : dict of int to ibis boolean expression
        Where the groups of an equation, by its place in the model's description, are not missing.
    means, errors : dict of int to list of ibis expressions
        Of each effect of an equation; NULL where the group is not in the estimation sample.
    """

    data: Dataset
    present: dict[int, Any]
    means: dict[int, list[Any]]
    errors: dict[int, list[Any]]


def joined_effects(estimates: Estimates, context: Context, places: Sequence[int]) -> JoinedEffects:
    """Return data with the random effects of some equations, which are computed from sums by group.

    Raises
    ------
    StataError
        r(498) where the sample is gone; r(459) where its data have changed; what queries raise.
    """
    result: MixedResult = estimates.payload
    if result.resolved is None or estimates.mark not in context.data.marks:
        raise StataError(498, "e(sample) information not available")
    reference = reference_of(context.data)
    where = reference.mark(context.data.marks[estimates.mark])
    sample = SummedSample(context, reference.where(where), where)
    specification = specification_of(result.resolved, sample)
    if specification.description.n_obs != result.description.n_obs:
        raise StataError(459, "data have changed since estimation")
    effects = equation_effects(fitted_on(result, specification))
    keys: dict[int, list[str]] = {}
    names: dict[int, tuple[list[str], list[str]]] = {}
    for place in places:
        equation, own = result.resolved.equations[place], effects[place]
        levels = result.resolved.levels
        above = levels[: levels.index(equation.level) + 1]
        keys[place] = [name for name in (*above, equation.factor) if name and name != ALL]
        first = np.zeros(own.means.shape[1], np.int64)
        first[own.codes] = np.arange(len(own.codes))
        values = [sample.level(name)[first] for name in keys[place]]
        reference, names[place] = _joined(reference, context.data, keys[place], values, own.means, own.errors)
    table: Any = reference.table
    return JoinedEffects(
        replace(context.data, reference=reference, changed=True),
        {place: _present(reference, context.data, own) for place, own in keys.items()},
        {place: [table[name] for name in own] for place, (own, _) in names.items()},
        {place: [table[name] for name in own] for place, (_, own) in names.items()},
    )


def _present(reference: Reference, data: Dataset, names: Sequence[str]) -> Any:
    import ibis

    found: Any = ibis.literal(True)
    for name in names:
        value: Any = reference.value(data[name])
        found = found & (value != "" if data[name].is_string else value.notnull())
    return found


def _joined(
    reference: Reference,
    data: Dataset,
    keys: Sequence[str],
    values: Sequence[np.ndarray],
    means: np.ndarray,
    errors: np.ndarray,
) -> tuple[Reference, tuple[list[str], list[str]]]:
    """A table with the effects of one equation beside its rows, and the names of their columns."""
    import pyarrow

    columns: dict[str, Any] = {f"k{at}": _arrow_of(own) for at, own in enumerate(values)}
    effects = [f"m{at}" for at in range(len(means))] + [f"e{at}" for at in range(len(errors))]
    columns |= dict(zip(effects, map(pyarrow.array, (*means, *errors)), strict=True))
    if not keys:  # one group of all rows
        import ibis

        made = {name: ibis.literal(column[0].as_py(), "float64") for name, column in columns.items()}
        joined, places = reference.with_constants(made)
    else:
        own = [reference.value(data[name]) for name in keys]
        joined, places = reference.beside(own, pyarrow.table(columns))
    return joined, (places[: len(means)], places[len(means) :])


def _arrow_of(values: np.ndarray) -> Any:
    import pyarrow

    return pyarrow.array(values, pyarrow.string() if values.dtype == object else pyarrow.float64())
