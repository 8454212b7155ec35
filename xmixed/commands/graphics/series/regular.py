"""Variables as series at equally spaced times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, panel_and_time
from xmixed.commands.graphics.layers.making import Making
from xmixed.errors import StataError
from xmixed.formats.hexadecimal import number_of
from xmixed.missing import is_missing

MOST_TIMES = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Variables at the times of their sample.

    Attributes
    ----------
    columns : list of Column
    values : list of ndarray, shape (times,)
        NaN where nothing was observed.
    n : int
        Observations.
    gaps : int
        Stretches of times without observations.
    """

    columns: list[Column]
    values: list[np.ndarray]
    n: int
    gaps: int


def series_of(making: Making, count: int) -> Series:
    """Return the series of some variables of a plot over the times at which all of them were observed.

    Raises
    ------
    StataError
        r(111) without a time variable, r(459) for several panels, r(2000) or r(2001) for too few times.
    """
    data = making.columns.data
    panel, time = panel_and_time(data)
    if not time or time not in data:
        raise StataError(111, "time variable not set, use tsset varname ...")
    columns = making.variables(count, count)
    times = data[time].to_double()
    used = making.complete(*columns) & ~is_missing(times)
    if not used.any():
        raise StataError(2000, "no observations")
    if panel in data and len(np.unique(data[panel].values[used])) > 1:
        raise StataError(459, "sample may not include multiple panels")
    delta = number_of(data.characteristics.get("_dta", {}).get("_TSdelta", "")) or 1.0
    steps = np.rint((times[used] - times[used].min()) / delta)
    if steps.max() >= MOST_TIMES:
        raise StataError(
            198, f"the sample spans {steps.max() + 1:.15g} times; at most {MOST_TIMES} are taken"
        )
    place = steps.astype(np.int64)
    length = int(place.max()) + 1
    values = []
    for column in columns:
        series = np.full(length, np.nan)
        series[place] = column.values[used]
        values.append(series)
    missing = np.isnan(values[0])
    gaps = int(np.count_nonzero(missing[1:] & ~missing[:-1]))
    n = int(np.count_nonzero(used))
    if n < 2 or any(np.nanmin(series) == np.nanmax(series) for series in values):
        raise StataError(2001, "insufficient observations" if n < 2 else "a series has no variation")
    return Series(columns, values, n, gaps)
