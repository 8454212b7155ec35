"""Random effects of data by reference: found from sums by group, joined to the rows as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.model import Reference
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.estimation.mixed.effects import check_variables, equation_effects, fitted_on, variables_of
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


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The columns of effects that stand beside the rows already, and what they were computed from.

    Attributes
    ----------
    keys : dict of int to list of str
        The variables that tell the groups of an equation apart.
    means, errors : dict of int to list of str
    sources : tuple of ndarray
        What stands for the values of the model's variables: other ones would have other effects.
    """

    keys: dict[int, list[str]]
    means: dict[int, list[str]]
    errors: dict[int, list[str]]
    sources: tuple[np.ndarray, ...]

    def still_in(self, reference: Reference, sources: tuple[np.ndarray, ...]) -> bool:
        """Whether the columns are those of a table whose model's variables are these."""
        if len(sources) != len(self.sources):
            return False
        same = all(a is b for a, b in zip(sources, self.sources, strict=True))
        return same and {name for own in self.means.values() for name in own} <= set(reference.table.columns)


def joined_effects(estimates: Estimates, context: Context) -> JoinedEffects:
    """Return data with the random effects of all equations, which are computed from sums by group.

    Raises
    ------
    StataError
        r(498) where the sample is gone; r(459) where its data have changed; what queries raise.
    """
    result: MixedResult = estimates.payload
    if result.resolved is None or estimates.mark not in context.data.marks:
        raise StataError(498, "e(sample) information not available")
    check_variables(result, context)
    reference, data = reference_of(context.data), context.data
    names = [name for name in variables_of(result.resolved) if name]
    sources = (data.marks[estimates.mark], *(data[name].values for name in names))
    kept = estimates.kept
    if not (isinstance(kept, _Kept) and kept.still_in(reference, sources)):
        reference, kept = _joined(estimates, context, sources)
        estimates.kept = kept
        data = replace(data, reference=reference, changed=True)
    table: Any = reference.table
    return JoinedEffects(
        data,
        {place: _present(reference, data, own) for place, own in kept.keys.items()},
        {place: [table[name] for name in own] for place, own in kept.means.items()},
        {place: [table[name] for name in own] for place, own in kept.errors.items()},
    )


def _joined(
    estimates: Estimates, context: Context, sources: tuple[np.ndarray, ...]
) -> tuple[Reference, _Kept]:
    """The rows with the effects of every equation beside them."""
    result: MixedResult = estimates.payload
    resolved, reference = result.resolved, reference_of(context.data)
    assert resolved is not None
    where = reference.mark(context.data.marks[estimates.mark])
    sample = SummedSample(context, reference.where(where), where)
    specification = specification_of(resolved, sample)
    if specification.description.n_obs != result.description.n_obs:
        raise StataError(459, "data have changed since estimation")
    kept = _Kept({}, {}, {}, sources)
    for place, own in equation_effects(fitted_on(result, specification)).items():
        equation = resolved.equations[place]
        above = resolved.levels[: resolved.levels.index(equation.level) + 1]
        keys = [name for name in (*above, equation.factor) if name and name != ALL]
        first = np.zeros(own.means.shape[1], np.int64)
        first[own.codes] = np.arange(len(own.codes))
        values = [sample.level(name)[first] for name in keys]
        reference, made = _beside(reference, context.data, keys, values, (*own.means, *own.errors))
        count = len(own.means)
        kept.keys[place], kept.means[place], kept.errors[place] = keys, made[:count], made[count:]
    return reference, kept


def _present(reference: Reference, data: Dataset, names: Sequence[str]) -> Any:
    import ibis

    found: Any = ibis.literal(True)
    for name in names:
        value: Any = reference.value(data[name])
        found = found & (value != "" if data[name].is_string else value.notnull())
    return found


def _beside(
    reference: Reference,
    data: Dataset,
    keys: Sequence[str],
    values: Sequence[np.ndarray],
    effects: Sequence[np.ndarray],
) -> tuple[Reference, list[str]]:
    """A table with effects by group beside its rows, and the names of their columns."""
    import ibis
    import pyarrow

    columns = {f"k{at}": _arrow_of(own) for at, own in enumerate(values)}
    own = [reference.value(data[name]) for name in keys]
    if not keys:  # one group of all rows
        columns, own = {"k0": pyarrow.array([0.0])}, [ibis.literal(0.0, "float64")]
    columns |= {f"e{at}": pyarrow.array(effect) for at, effect in enumerate(effects)}
    return reference.beside(own, pyarrow.table(columns))


def _arrow_of(values: np.ndarray) -> Any:
    import pyarrow

    return pyarrow.array(values, pyarrow.string() if values.dtype == object else pyarrow.float64())
