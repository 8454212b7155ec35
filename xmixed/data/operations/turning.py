"""stack, xpose and tsfill: columns below columns, rows for columns, the periods that are not there."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np

from xmixed.data.columns import blank_column, promoted_type
from xmixed.data.dataset import DTYPES, Dataset, Variable, default_format, from_double
from xmixed.data.operations.stacking import common_type, held_in
from xmixed.data.order import group_codes
from xmixed.data.room import UNLIMITED, Room
from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing


def stack(
    data: Dataset, names: list[list[str]], into: list[str], wide: bool = False, room: Room = UNLIMITED
) -> Dataset:
    """Return the columns of several lists of variables below each other, and which list each row is of.

    Parameters
    ----------
    names : list of lists of str
        One list for each block of rows, all as long as `into`.
    wide : bool
        The old variables stay too, each missing outside the blocks it is in.

    Raises
    ------
    StataError
        r(109): numbers and strings in one new variable; r(909).
    """
    old = [name for name in dict.fromkeys(sum(names, [])) if wide and name not in into]
    room.require(data.n_obs * len(names), [data[name] for name in (*names[0], *old)])
    variables = []
    for place, name in enumerate(into):
        sources = [data[block[place]] for block in names]
        if len({source.is_string for source in sources}) > 1:
            raise StataError(109, "type mismatch")
        kind = reduce(common_type, (source.type for source in sources))
        values = np.concatenate([held_in(source, kind) for source in sources])
        variables.append(Variable(name, kind, values, default_format(kind)))
    for source in (data[name] for name in old):
        empty = blank_column(source.type, data.n_obs)
        values = np.concatenate([source.values if source.name in block else empty for block in names])
        variables.append(replace(source, values=values))
    numbers = np.repeat(np.arange(1.0, len(names) + 1), data.n_obs)
    kind = "byte" if len(names) <= 100 else "int"
    block = Variable("_stack", kind, from_double(numbers, kind), "%8.0g")
    return Dataset((block, *variables), len(numbers), changed=True)


def transpose(data: Dataset, kind: str, fmt: str, names: bool, room: Room = UNLIMITED) -> Dataset:
    """Return observations as variables v1, v2, ... of a type and a format; strings become missing.

    `names` adds the names of the old variables as `_varname`.

    Raises
    ------
    StataError
        r(909)
    """
    room.require_bytes(data.n_obs * len(data.variables) * DTYPES[kind].itemsize)
    table = np.full((len(data.variables), data.n_obs), MISSING)
    for row, variable in enumerate(data):
        if not variable.is_string:
            table[row] = variable.to_double()
    made = [Variable(f"v{i + 1}", kind, from_double(table[:, i], kind), fmt) for i in range(data.n_obs)]
    if names:
        texts = np.empty(len(data.variables), dtype=object)
        texts[:] = data.names
        width = max(map(len, data.names))
        made.append(Variable("_varname", f"str{width}", texts, default_format(f"str{width}")))
    return Dataset(tuple(made), len(data.variables), changed=True)


def fill_periods(
    data: Dataset, panel: str, time: str, delta: float, full: bool, room: Room = UNLIMITED
) -> Dataset:
    """Return panel data with rows for the periods that are not there, sorted by panel and time.

    `full` fills every panel from the first to the last period of all.

    Raises
    ------
    StataError
        r(909)
    """
    times = data[time].to_double()
    known = ~is_missing(times)
    codes, count = group_codes(data, [panel] if panel else [])
    first = np.full(count, np.inf)
    last = np.full(count, -np.inf)
    np.minimum.at(first, codes[known], times[known])
    np.maximum.at(last, codes[known], times[known])
    if full and known.any():
        first[:], last[:] = times[known].min(), times[known].max()
    lengths = np.where(np.isfinite(first), np.round((last - first) / delta) + 1, 0)
    room.require(float(lengths.sum()), data)
    lengths = lengths.astype(np.int64)
    group = np.repeat(np.arange(count), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    starts = np.cumsum(lengths) - lengths
    there = np.zeros(int(lengths.sum()), dtype=bool)
    place = np.round((times[known] - first[codes[known]]) / delta).astype(np.int64)
    there[starts[codes[known]] + place] = True
    new = np.flatnonzero(~there)
    times = first[group[new]] + within[new] * delta
    return _with_periods(data, panel, time, codes, group[new], times)


def append_periods(
    data: Dataset,
    panel: str,
    time: str,
    delta: float,
    end: int | float,
    only: float | None = None,
    room: Room = UNLIMITED,
) -> Dataset:
    """Return panel data with rows for periods behind the last one of each panel, sorted by panel and time.

    Parameters
    ----------
    end : int or float
        How many periods; a float is the last one.
    only : float, optional
        The one panel that gets them.
    """
    known = ~is_missing(data[time].to_double())
    codes, count = group_codes(data, [panel] if panel else [])
    last = np.full(count, -np.inf)
    np.maximum.at(last, codes[known], data[time].to_double()[known])
    wanted = np.isfinite(last)
    if only is not None:
        wanted &= np.isin(np.arange(count), codes[data[panel].to_double() == only])
    begin = np.where(np.isfinite(last), last, 0.0)
    more = np.full(count, float(end)) if isinstance(end, int) else np.floor((end - begin) / delta + 1e-9)
    lengths = np.where(wanted, np.maximum(more, 0.0), 0.0)
    room.require(float(lengths.sum()), data)
    lengths = lengths.astype(np.int64)
    group = np.repeat(np.arange(count), lengths)
    steps = np.arange(1, len(group) + 1) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _with_periods(data, panel, time, codes, group, last[group] + steps * delta)


def _with_periods(
    data: Dataset, panel: str, time: str, codes: np.ndarray, group: np.ndarray, times: np.ndarray
) -> Dataset:
    """Return the data with a row for each of the times in the panels `group`, sorted by panel and time.

    `codes` (n,) are the panels of the rows that are there.
    """
    row_of = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.intp)
    row_of[codes] = np.arange(data.n_obs)
    variables = []
    for variable in data:
        below = blank_column(variable.type, len(group))
        if variable.name == time:
            kind = promoted_type(variable.type, times)
            variable = replace(variable, type=kind, values=held_in(variable, kind))
            below = from_double(times, kind)
        elif variable.name == panel:
            below = variable.values[row_of[group]]
        variables.append(replace(variable, values=np.concatenate([variable.values, below])))
    unmarked = np.zeros(len(group), dtype=bool)
    marks = {name: np.concatenate([mark, unmarked]) for name, mark in data.marks.items()}
    size = data.n_obs + len(group)
    changed = bool(len(group)) or data.changed
    longer = data.with_(variables=variables, n_obs=size, marks=marks, changed=changed)
    order = np.lexsort([longer[time].to_double(), np.concatenate([codes, group])])
    names = (panel, time) if panel else (time,)
    return longer.rows(order).with_(sorted_by=names, changed=longer.changed)
