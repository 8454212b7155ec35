"""collapse and contract: one observation for each group."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.columns import among, blank_column, stored
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.missing import MISSING
from xmixed.statistics.grouped import Grouped, Layout

STATISTICS = frozenset(
    "mean median sd sem semean sebinomial sepoisson sum rawsum count max min iqr".split()
    + ["first", "last", "firstnm", "lastnm"]
)
_PERCENTILE = re.compile(r"p([1-9][0-9]?)")
_PLACES = ("first", "last", "firstnm", "lastnm")
_OWN_TYPE = ("max", "min", *_PLACES)
_NOT_WITH_PWEIGHTS = ("sd", "sem", "semean", "sebinomial", "sepoisson")


def is_statistic(name: str) -> bool:
    """Return whether collapse knows a statistic."""
    return name in STATISTICS or _PERCENTILE.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One variable of the result: a statistic of a variable, and its new name."""

    statistic: str
    source: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights (n,), and their kind; `values` is None without."""

    values: np.ndarray | None = None
    kind: str = ""

    def among(self, rows: np.ndarray) -> Weighting:
        """Return the weights of some rows."""
        return self if self.values is None else replace(self, values=self.values[rows])


def collapse(
    data: Dataset, wanted: list[Wanted], by: list[str], rows: np.ndarray, weighting: Weighting
) -> Dataset:
    """Return one observation for each group of rows, sorted by the groups.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,)

    Raises
    ------
    StataError
        r(2000) no observations; r(109) a string where a number is needed; r(198) names that clash,
        statistics that pweights do not have.
    """
    names = [*by, *(item.name for item in wanted)]
    if len(set(names)) < len(names):
        raise StataError(198, "name conflict")
    if weighting.values is not None:
        rows = rows & (weighting.values > 0)
    if not rows.any():
        raise StataError(2000, "no observations")
    if not rows.all():
        data = data.rows(rows)
        weighting = weighting.among(rows)
    own, count = group_codes(data, by)
    variables = [replace(data[name], values=_shared(data[name].values, own, count)) for name in by]
    grouped: dict[str, Grouped] = {}
    layout = Layout(own, count)
    last = {item.source: place for place, item in enumerate(wanted)}
    for place, item in enumerate(wanted):
        variables.append(_computed(data[item.source], item, layout, weighting, grouped))
        if place == last[item.source]:  # what was laid out of it is not needed again
            grouped = {key: groups for key, groups in grouped.items() if last[key.split()[0]] > place}
    return Dataset(
        tuple(variables),
        count,
        data.label,
        value_labels=data.value_labels,
        characteristics={owner: texts for owner, texts in data.characteristics.items() if owner in by},
        sorted_by=tuple(by),
        changed=True,
    )


def _shared(values: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Return the value of each code, which all that have the code share."""
    out = np.empty(count, dtype=values.dtype)
    out[codes] = values
    return out


def first_places(codes: np.ndarray, count: int) -> np.ndarray:
    """Return the first place of each code."""
    out = np.empty(count, dtype=np.intp)
    out[codes[::-1]] = np.arange(len(codes))[::-1]
    return out


def _computed(
    source: Variable,
    item: Wanted,
    layout: Layout,
    weighting: Weighting,
    grouped: dict[str, Grouped],
) -> Variable:
    label = f"({item.statistic}) {source.label or source.name}"[:80]
    if item.statistic in _PLACES:
        values = _value_at(source, layout.codes, layout.count, item.statistic)
        return replace(source, name=item.name, values=values, label=label)
    if source.is_string and item.statistic != "count":
        raise StataError(109, "type mismatch")
    found = _statistic(source, item.statistic, layout, weighting, grouped)
    kind, fmt = _type_and_format(source, item.statistic, found)
    kept = source.value_label if item.statistic in _OWN_TYPE else ""
    return Variable(item.name, kind, stored(found, kind), fmt, label, kept)


def _type_and_format(source: Variable, statistic: str, found: np.ndarray) -> tuple[str, str]:
    if statistic == "count":
        whole = np.all(found == np.floor(found)) and (not len(found) or found.max() < 2**31 - 100)
        return ("long" if whole else "double"), "%8.0g"
    if statistic in _OWN_TYPE:
        return source.type, source.format
    if statistic in ("sum", "rawsum"):
        return "double", source.format
    return ("double" if source.type in ("long", "double") else "float"), source.format


def _value_at(source: Variable, codes: np.ndarray, count: int, statistic: str) -> np.ndarray:
    """Return the first or last value of each group, or the first or last that is known."""
    values = source.values
    if statistic.endswith("nm"):
        known = source.known()
        values, codes = values[known], codes[known]
    out = blank_column(source.type, count)
    order = slice(None, None, -1) if statistic.startswith("first") else slice(None)
    out[codes[order]] = values[order]
    return out


def _statistic(
    source: Variable,
    name: str,
    layout: Layout,
    weighting: Weighting,
    grouped: dict[str, Grouped],
) -> np.ndarray:
    weights, kind = weighting.values, weighting.kind
    codes, count = layout.codes, layout.count
    if kind == "pweight" and name in _NOT_WITH_PWEIGHTS:
        raise StataError(135, f"{name} not possible with pweighted data")
    if source.is_string:
        known = source.known()
        zeros = np.zeros(int(known.sum()))
        return Grouped(zeros, codes[known], count, None if weights is None else weights[known], kind).n
    plain = name == "rawsum"
    key = f"{source.name} {'plain' if plain else ''}"
    if key not in grouped:
        known = source.known()
        own = None if weights is None or plain else among(weights, known)
        values = among(source.to_double(), known)
        narrow = source.type != "double" and weights is None
        some = among(codes, known)
        shared = layout if some is codes else None
        grouped[key] = Grouped(values, some, count, own, "" if plain else kind, narrow, shared)
    return _of_groups(grouped[key], name)


def _of_groups(groups: Grouped, name: str) -> np.ndarray:
    if name in ("sum", "rawsum"):
        scale = np.where(groups.sum_w > 0, groups.n / np.where(groups.sum_w > 0, groups.sum_w, 1.0), 0.0)
        return groups.sum * scale if groups.kind in ("aweight",) else groups.sum
    if name == "sem":
        return groups.semean
    if name in ("sebinomial", "sepoisson"):
        mean, n = groups.mean, groups.n
        square = mean * (1 - mean) if name == "sebinomial" else mean
        known = (n > 0) & (mean < MISSING) & (square >= 0)
        return np.where(known, np.sqrt(np.where(known, square, 0.0) / np.maximum(n, 1.0)), MISSING)
    return groups.statistic(name)


def contract(
    data: Dataset,
    names: list[str],
    rows: np.ndarray,
    weights: np.ndarray | None,
    zero: bool,
) -> tuple[Dataset, np.ndarray]:
    """Return the combinations of values of variables, sorted, and how often each occurs.

    With `zero` the combinations that do not occur are there too.
    """
    codes, count = group_codes(data, names, rows)
    used = np.flatnonzero(rows)
    own = codes[used]
    frequencies = np.bincount(own, None if weights is None else weights[used], minlength=count)
    firsts = used[first_places(own, count)]
    kept = data.select(names).rows(firsts).with_(marks={}, sorted_by=tuple(names), label=data.label)
    if not zero or len(names) < 2:
        return kept, frequencies.astype(np.float64)
    parts = [group_codes(kept, [name]) for name in names]
    cell = np.zeros(count, dtype=np.int64)
    for part, levels in parts:
        cell = cell * levels + part
    sizes = [levels for _, levels in parts]
    total = int(np.prod(sizes))
    grid = np.unravel_index(np.arange(total), sizes)
    variables = []
    for name, (part, levels), place in zip(names, parts, grid, strict=True):
        variables.append(replace(kept[name], values=kept[name].values[first_places(part, levels)][place]))
    full = np.zeros(total)
    full[cell] = frequencies
    return kept.with_(variables=variables, sorted_by=tuple(names)), full
