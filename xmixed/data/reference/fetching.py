"""Bringing rows into memory."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.data.dataset import DTYPES, Dataset, Variable, from_double
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


def fetched_blocks(data: Dataset, reference: Reference) -> Generator[list[np.ndarray]]:
    """Give the rows of a reference in their order, some at a time: the values of each variable of `data`.

    Raises
    ------
    StataError
        What `Source.batches` raises.
    """
    columns = {f"v{place}": reference.value(variable) for place, variable in enumerate(data)}
    with closing(reference.source.batches(reference.table.select(**columns), in_order=True)) as batches:
        for batch in batches:
            yield [values_of(column, own) for column, own in zip(batch.columns, data, strict=True)]


def without_rows(data: Dataset) -> Dataset:
    """Return what there is to say of data by reference: the same variables without values."""
    empty = {name: np.empty(0, kind) for name, kind in DTYPES.items()}
    variables = (
        replace(variable, values=np.empty(0, object) if variable.is_string else empty[variable.type])
        for variable in data
    )
    return replace(data, variables=tuple(variables), reference=None, marks={})


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
