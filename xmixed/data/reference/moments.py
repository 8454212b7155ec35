"""Moments and order statistics of columns, exact whatever their number of rows.

Sums of deviations are formed in a second pass about the means of the first, so that numbers far from zero
keep their digits; DuckDB adds with compensation (`fsum`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from xmixed.data.reference.leaves import is_duckdb
from xmixed.data.reference.model import Reference
from xmixed.missing import MISSING
from xmixed.statistics.moments import PERCENTILES, Moments

EXTREMES = 4
"""How many of the smallest and largest numbers are shown."""


def sum_of(number: Any) -> Any:
    """Return the sum of float64 expressions, compensated where the engine can."""
    return _compensated()(number) if is_duckdb(number) else number.sum()


@cache
def _compensated() -> Any:
    import ibis

    def fsum(x: float) -> float: ...

    builtin: Any = ibis.udf.agg.builtin
    return builtin(fsum, name="fsum", signature=(("float64",), "float64"))


def moments_of(
    reference: Reference, numbers: Sequence[Any], weight: Any | None, kind: str, detail: bool
) -> list[Moments]:
    """Return the statistics of float64 columns over all rows of a reference, as `statistics.moments` does.

    Parameters
    ----------
    numbers : sequence of ibis float64 expressions over the reference's table
        NULL where missing.
    weight : ibis float64 expression or None
        Positive weights, NULL where a row does not count.
    kind : str
        "", "fweight", "aweight" or "iweight".
    detail : bool
        Also skewness, kurtosis, percentiles and extremes.
    """
    known = numbers if weight is None else [number + 0.0 * weight for number in numbers]
    first = _first_pass(reference, known, weight)
    powers = (2, 3, 4) if detail else (2,)
    means = [_mean(row) for row in first]
    asked = [place for place, row in enumerate(first) if row["n"]]
    second = _second_pass(reference, known, weight, means, asked, powers)
    found = [_moments(row, means[place], second.get(place, {}), kind) for place, row in enumerate(first)]
    if not detail:
        return found
    return [
        _with_ranks(reference, number, weight, int(row["n"]), moments) if row["n"] else moments
        for number, row, moments in zip(known, first, found, strict=True)
    ]


def _first_pass(reference: Reference, numbers: Sequence[Any], weight: Any | None) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = {}
    for place, number in enumerate(numbers):
        weighted = number if weight is None else weight * number
        wanted |= {
            f"n{place}": number.count(),
            f"total{place}": sum_of(weighted),
            f"low{place}": number.min(),
            f"high{place}": number.max(),
        }
        if weight is not None:
            wanted[f"w{place}"] = sum_of(weight + 0.0 * number)
    row = _row(reference, wanted)
    return [
        {
            "n": row[f"n{place}"],
            "w": float(row[f"n{place}"]) if weight is None else row[f"w{place}"],
            "total": row[f"total{place}"],
            "low": row[f"low{place}"],
            "high": row[f"high{place}"],
        }
        for place in range(len(numbers))
    ]


def _mean(row: dict[str, Any]) -> float:
    if not row["n"]:
        return MISSING
    # A constant has itself for its mean, whatever rounding says.
    return row["low"] if row["low"] == row["high"] else row["total"] / row["w"]


def _second_pass(
    reference: Reference,
    numbers: Sequence[Any],
    weight: Any | None,
    means: Sequence[float],
    asked: Sequence[int],
    powers: Sequence[int],
) -> dict[int, dict[int, float]]:
    """Return the sums of powers of deviations by column and power."""
    if not asked:
        return {}
    import ibis

    wanted: dict[str, Any] = {}
    for place in asked:
        deviation = numbers[place] - ibis.literal(means[place], "float64")
        raised = deviation
        for power in range(2, max(powers) + 1):
            raised = raised * deviation
            wanted[f"p{power}_{place}"] = sum_of(raised if weight is None else weight * raised)
    row = _row(reference, wanted)
    return {place: {power: row[f"p{power}_{place}"] for power in powers} for place in asked}


def _moments(row: dict[str, Any], mean: float, sums: dict[int, float], kind: str) -> Moments:
    if not row["n"]:
        return Moments(0.0, 0.0)
    sum_w = float(row["w"])
    n = float(row["n"]) if kind in {"", "aweight"} else sum_w
    second = sums[2] / sum_w
    variance = _finite(second * n / (n - 1)) if n > 1 else MISSING
    found = Moments(n, sum_w, _finite(row["total"]), mean, variance, row["low"], row["high"])
    if 3 not in sums or not 0 < variance < MISSING:
        return found
    third, fourth = sums[3] / sum_w, sums[4] / sum_w
    return replace(
        found,
        skewness=_finite(third / np.sqrt(second) / second),
        kurtosis=_finite(fourth / second / second),
    )


def _finite(value: float) -> float:
    return float(value) if abs(value) < MISSING else MISSING


def _row(reference: Reference, wanted: dict[str, Any]) -> dict[str, Any]:
    return reference.run(reference.table.aggregate(**wanted)).to_pylist()[0]


def _with_ranks(reference: Reference, number: Any, weight: Any | None, n: int, found: Moments) -> Moments:
    """Return statistics with percentiles and extremes: numbers by their rank among `n`, each exact."""
    places = {p: _places(n, p) for p in PERCENTILES} if weight is None else {}
    few = min(EXTREMES, n)
    ranks = {*range(few), *range(n - few, n), *(rank for pair in places.values() for rank in pair)}
    values = numbers_by_rank(reference, number, sorted(ranks))
    percentiles = {p: (values[low] + values[high]) / 2 for p, (low, high) in places.items()}
    if weight is not None:
        percentiles = _weighted_percentiles(reference, number, weight, PERCENTILES)
    return replace(
        found,
        percentiles=percentiles,
        smallest=tuple(values[rank] for rank in range(few)),
        largest=tuple(values[rank] for rank in range(n - few, n)),
    )


def percentiles_of(
    reference: Reference, number: Any, weight: Any | None, ps: Sequence[int]
) -> dict[int, float]:
    """Return percentiles of the numbers of a column, each exact, as `statistics.moments.percentile` does.

    Parameters
    ----------
    number : ibis float64 expression over the reference's table
        NULL where missing; there is at least one number.
    weight : ibis float64 expression or None
        Positive weights.
    """
    if weight is not None:
        return _weighted_percentiles(reference, number, weight, ps)
    n = int(_row(reference, {"n": number.count()})["n"])
    places = {p: _places(n, p) for p in ps}
    values = numbers_by_rank(reference, number, sorted({rank for pair in places.values() for rank in pair}))
    return {p: (values[low] + values[high]) / 2 for p, (low, high) in places.items()}


def _weighted_percentiles(
    reference: Reference, number: Any, weight: Any, ps: Sequence[int]
) -> dict[int, float]:
    """See `percentiles_of`."""
    import ibis

    column: Any = reference.table.select(x=number, w=weight)
    counted: Any = column.filter(column.x.notnull()).group_by("x").aggregate(w=lambda rows: rows.w.sum())
    ranked: Any = counted.mutate(up_to=counted.w.sum().over(ibis.cumulative_window(order_by=counted.x)))
    whole: Any = ranked.mutate(total=ranked.up_to.max().over(ibis.window()))
    wanted: dict[str, Any] = {}
    for p in ps:
        target = whole.total * float(p) / 100.0
        wanted[f"above{p}"] = whole.x.min(where=whole.up_to > target)
        wanted[f"edge{p}"] = whole.x.max(where=whole.up_to == target)
    row = reference.run(whole.aggregate(**wanted)).to_pylist()[0]
    found = {}
    for p in ps:
        above, edge = row[f"above{p}"], row[f"edge{p}"]
        found[p] = above if edge is None else edge if above is None else (edge + above) / 2
    return found


def _places(n: int, p: float) -> tuple[int, int]:
    """Return the ranks, from 0, whose mean is a percentile: see `statistics.moments.percentile`."""
    exact = n * p / 100
    i = int(np.floor(exact))
    last = min(i, n - 1)
    return (last - 1, last) if i == exact and last > 0 else (last, last)


def numbers_by_rank(reference: Reference, number: Any, ranks: Sequence[int]) -> dict[int, float]:
    """Return the numbers of some ranks, counted from 0 among those that are not missing."""
    import ibis

    column: Any = reference.table.select(x=number)
    column = column.filter(column.x.notnull())
    ranked = column.mutate(rank=ibis.row_number().over(order_by=column.x))
    rows = reference.run(ranked.filter(ranked.rank.isin(list(ranks))))
    return {int(row["rank"]): float(row["x"]) for row in rows.to_pylist()}
