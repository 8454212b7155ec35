"""Sums of products over all rows, and by cell: two queries, the second about the means of the first.

DuckDB adds with compensation (Kahan), so that neither the order of rows nor the number of threads is seen in
a result. Spark has no such sum: there the terms are deviations from means, and what is lost is some units of
the sixteenth digit for every factor of ten in the rows of a partition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from xmixed.data.reference.fetching import doubles_of
from xmixed.errors import StataError
from xmixed.estimation.summed.leaves import MOST_COLUMNS, Leaves, term_value
from xmixed.estimation.summed.streaming import Listed, Places, added, key_order, key_values, places_of
from xmixed.expressions.factors.terms import Term

WEIGHT = "w_"
"""Name of the column of weights, where there are any."""
_NEARLY_ALL = 0.999
"""Share of a sum of squares beyond which what is left of it is summed anew."""
_FIRST = 4096
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Moments of k columns.

    Attributes
    ----------
    n : int
        Rows.
    weight : float
        Sum of weights, or of ones.
    centers : (k,) array
        Weighted means.
    products : (k, k) array
        Weighted sums of products of deviations from them.
    """

    n: int
    weight: float
    centers: np.ndarray
    products: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """Moments of k columns by cell, m cells in order of their keys.

    Attributes
    ----------
    keys : dict of name to (m,) array
        Numbers, or str objects.
    rows : (m,) float64 array
        Rows of each cell.
    counts : (m,) float64 array
        Their weights' sum.
    means : tuple of k (m,) arrays
        Of deviations from `centers`.
    within : dict of (int, int) to (m,) arrays
        Sums of products of deviations from the means of the cell, for the pairs wanted.
    """

    keys: dict[str, np.ndarray]
    rows: np.ndarray
    counts: np.ndarray
    means: tuple[np.ndarray, ...]
    within: dict[tuple[int, int], np.ndarray]


@cache
def _compensated() -> Any:
    import ibis

    @ibis.udf.agg.builtin
    def fsum(x: float) -> float: ...

    return fsum


def total(value: Any, table: Any) -> Any:
    """Return the sum of a float64 expression, compensated where the engine can."""
    return _compensated()(value) if table.get_backend().name == "duckdb" else value.sum()


def _weighted(table: Any, value: Any) -> Any:
    return value * table[WEIGHT] if WEIGHT in table.columns else value


def _sizes(table: Any) -> dict[str, Any]:
    sizes = {"n": table.count()}
    if WEIGHT in table.columns:
        sizes["w"] = total(table[WEIGHT], table)
    return sizes


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is taken from a column before it is summed: `column` less the columns times `slopes` (k,)."""

    column: int
    slopes: np.ndarray


def deviations(
    leaves: Leaves,
    terms: Sequence[Term],
    centers: np.ndarray,
    keys: Sequence[str] = (),
    taken: Taken | None = None,
) -> Any:
    """Return the table of the terms' columns less their centers, `d0`, `d1` ..., with keys and weights."""
    table = leaves.table
    others = [*keys, *([WEIGHT] if WEIGHT in table.columns else [])]
    moved = {f"d{i}": term_value(table, term) - float(centers[i]) for i, term in enumerate(terms)}
    own = {name: table[name] for name in others} | moved
    made = table.select(**own) if own else table
    if taken is None:
        return made
    rest = made[f"d{taken.column}"]
    for i in np.flatnonzero(taken.slopes):
        rest = rest - made[f"d{i}"] * float(taken.slopes[i])
    return made.mutate(**{f"d{taken.column}": rest})


def totals_of(leaves: Leaves, terms: Sequence[Term]) -> Totals:
    """Return the moments of the columns of terms over all rows.

    Raises
    ------
    StataError
        r(1400) overflow; r(3) too many columns; what `Source.run` raises.
    """
    if len(terms) > MOST_COLUMNS:
        raise StataError(3, f"more than {MOST_COLUMNS} columns not possible with data by reference")
    centers = _first_means(leaves, terms)
    for attempt in range(_ATTEMPTS):
        found = totals_about(leaves, terms, centers)
        lost = found.weight * (found.centers - centers) ** 2
        if attempt == _ATTEMPTS - 1 or np.all(lost <= 10 * found.products.diagonal()):
            return found
        centers = found.centers
    raise AssertionError("unreachable")


def totals_about(
    leaves: Leaves, terms: Sequence[Term], centers: np.ndarray, taken: Taken | None = None
) -> Totals:
    """Return the moments by one query of deviations from some centers; raises as `totals_of`.

    With `taken` the center of its column is the mean of what is left, less `centers`.
    """
    k, table = len(terms), deviations(leaves, terms, centers, taken=taken)
    wanted = _sizes(table)
    for i in range(k):
        own = _weighted(table, table[f"d{i}"])
        wanted[f"s{i}"] = total(own, table)
        for j in range(i + 1):
            wanted[f"p{i}_{j}"] = total(own * table[f"d{j}"], table)
    row = leaves.rows.run(table.aggregate(**wanted)).to_pylist()[0]
    n = int(row["n"])
    weight = float(row.get("w", n) or 0.0)
    if n == 0:
        return Totals(0, 0.0, centers, np.zeros((k, k)))
    drift = np.array([row[f"s{i}"] for i in range(k)], np.float64) / weight
    products = np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1):
            products[i, j] = products[j, i] = row[f"p{i}_{j}"]
    if not (np.isfinite(products).all() and np.isfinite(drift).all()):
        raise StataError(1400, "numerical overflow")
    return Totals(n, weight, centers + drift, products - weight * np.outer(drift, drift))


def explaining(totals: Totals, x: Sequence[int], y: int, constant: bool) -> np.ndarray | None:
    """Return the regression of one column on others where it explains nearly all of it, else None.

    Parameters
    ----------
    x : sequence of p int
        Columns, none of them determined by the others.
    """
    products = totals.products
    if not constant:
        products = products + totals.weight * np.outer(totals.centers, totals.centers)
    if not x or not products[y, y] > 0:
        return None
    own, scale = products[np.ix_(x, x)], np.sqrt(products[x, x])
    slopes = np.linalg.lstsq(own / np.outer(scale, scale), products[x, y] / scale, rcond=None)[0] / scale
    return slopes if slopes @ products[x, y] > _NEARLY_ALL * products[y, y] else None


def _first_means(leaves: Leaves, terms: Sequence[Term]) -> np.ndarray:
    """Means over some rows: near enough to those of all to take digits from none."""
    if not terms:
        return np.zeros(0)
    some = leaves.table.limit(_FIRST)
    wanted = {f"m{i}": term_value(some, term).mean() for i, term in enumerate(terms)}
    row = leaves.rows.run(some.aggregate(**wanted)).to_pylist()[0]
    means = np.array([row[f"m{i}"] or 0.0 for i in range(len(terms))], np.float64)
    return np.where(np.isfinite(means), means, 0.0)


def cell_sums(
    leaves: Leaves,
    keys: Sequence[str],
    terms: Sequence[Term],
    centers: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    taken: Taken | None = None,
) -> CellSums:
    """Return the moments of the columns of terms in the cells that the keys make.

    Parameters
    ----------
    keys : sequence of str
        Columns of the leaves.
    centers : (k,) array
        Means of the columns over all rows.
    pairs : sequence of (int, int)
        Columns whose products are wanted.
    taken : Taken, optional
    """
    table = deviations(leaves, terms, centers, keys, taken)
    weighted = WEIGHT in table.columns
    places = places_of(leaves, keys)
    if places is not None:
        return _streamed(leaves, table, places, len(terms), pairs)
    wanted = _sizes(table)
    for i in range(len(terms)):
        wanted[f"s{i}"] = total(_weighted(table, table[f"d{i}"]), table)
    for i, j in pairs:
        wanted[f"p{i}_{j}"] = total(_weighted(table, table[f"d{i}"] * table[f"d{j}"]), table)
    grouped = table.group_by(list(keys)).aggregate(**wanted) if keys else table.aggregate(**wanted)
    found = leaves.rows.run(grouped)
    columns = dict(zip(found.column_names, found.columns, strict=True))
    del found
    own = {key: key_values(columns.pop(key)) for key in keys}
    order = key_order(list(own.values()))

    def column(name: str) -> np.ndarray:
        values = doubles_of(columns.pop(name))
        return values if order is None else values[order]

    if order is not None:
        own = {key: values[order] for key, values in own.items()}
    rows = column("n")
    counts = column("w") if weighted else rows
    means = tuple(column(f"s{i}") / counts for i in range(len(terms)))
    within = {(i, j): column(f"p{i}_{j}") - counts * means[i] * means[j] for i, j in pairs}
    return CellSums(own, rows, counts, means, within)


def _streamed(
    leaves: Leaves, table: Any, places: Places | Listed, k: int, pairs: Sequence[tuple[int, int]]
) -> CellSums:
    """See `cell_sums`: the rows of the table of deviations stream by."""
    weighted = WEIGHT in table.columns
    names = ["n", *["w"] * weighted, *(f"s{i}" for i in range(k)), *(f"p{i}_{j}" for i, j in pairs)]

    def sums(values: list[np.ndarray]) -> Iterator[np.ndarray]:
        deviation, weight = values[:k], values[k] if weighted else None
        if weight is not None:
            yield weight
        own = deviation if weight is None else [each * weight for each in deviation]
        yield from own
        for i, j in pairs:
            yield own[i] * deviation[j]

    rows = places.coded(table).select("code", *(f"d{i}" for i in range(k)), *[WEIGHT] * weighted)
    occurs, whole = added(leaves.rows.source, rows, places.count, len(names), sums)
    column = dict(zip(names, whole, strict=True))
    counts = column["w" if weighted else "n"]
    means = tuple(column[f"s{i}"] for i in range(k))
    for mean in means:
        mean /= counts
    within = {(i, j): column[f"p{i}_{j}"] for i, j in pairs}
    for (i, j), own in within.items():
        own -= counts * means[i] * means[j]
    return CellSums(places.values(occurs), column["n"], counts, means, within)
