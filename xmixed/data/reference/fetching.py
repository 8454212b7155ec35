"""Bringing rows into memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset, Variable, from_double
from xmixed.data.reference.model import Reference
from xmixed.missing import MISSING


def fetched(data: Dataset, reference: Reference, names: Iterable[str], marks: bool = False) -> Dataset:
    """Return some variables of all the rows of a reference as data in memory.

    Parameters
    ----------
    data : Dataset
        Says of the variables what the table does not.
    reference : Reference
        Over the columns of `data`, with as many rows as are wanted.
    marks : bool
        Whether the marks of rows come along.

    Raises
    ------
    StataError
        What `Source.run` raises.
    """
    chosen = [data[name] for name in names]
    columns: dict[str, Any] = {f"v{at}": reference.value(variable) for at, variable in enumerate(chosen)}
    marked = list(data.marks) if marks else []
    columns |= {f"m{at}": reference.mark(data.marks[mark]) for at, mark in enumerate(marked)}
    rows = reference.run(reference.table.select(**columns))
    variables = tuple(
        replace(variable, values=values_of(rows.column(f"v{place}"), variable))
        for place, variable in enumerate(chosen)
    )
    return replace(
        data,
        variables=variables,
        n_obs=rows.num_rows,
        reference=None,
        marks={mark: rows.column(f"m{at}").to_numpy(zero_copy_only=False) for at, mark in enumerate(marked)},
        sorted_by=(),
        characteristics={
            owner: texts
            for owner, texts in data.characteristics.items()
            if owner == "_dta" or owner in {variable.name for variable in chosen}
        },
    )


def values_of(column: Any, variable: Variable) -> np.ndarray:
    """Return an Arrow column of `Reference.value` as the values of a variable in memory, shape (n,)."""
    if variable.is_string:
        values = np.empty(len(column), dtype=object)
        values[:] = column.to_pylist()
        return values
    return from_double(doubles_of(column), variable.type)


def doubles_of(column: Any) -> np.ndarray:
    """Return an Arrow column of numbers as doubles, `.` where it is null, shape (n,)."""
    values = column.fill_null(MISSING) if column.null_count else column
    return values.cast("float64").to_numpy(zero_copy_only=False)
