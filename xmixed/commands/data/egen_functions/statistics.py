"""Statistics of an expression over the observations of each group."""

from __future__ import annotations

import numpy as np

from xmixed.commands.data.egen_functions.registry import Column, EgenCall, egen
from xmixed.data.columns import among
from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.grouping import factorise
from xmixed.statistics.ordering import stable_order

MODE_WARNING = (
    "Warning: at least one group contains multiple modes.  Generating missing values for the",
    "mode of these groups.  Use the minmode, maxmode, or nummode() options to control this behavior.",
)


def _grouped(call: EgenCall) -> Grouped:
    values, present = call.number_values(), call.present()
    narrow = bool(call.variables) and call.variables[0].type != "double"
    return Grouped(among(values, present), among(call.codes, present), call.count, narrow=narrow)


def _statistic(name: str, kinds: tuple[str, ...]) -> None:
    @egen(*kinds, argument="expression", by=True)
    def compute(call: EgenCall) -> Column:
        return call.of_groups(_grouped(call).statistic(name))


for _name, _kinds in {
    "mean": ("mean",),
    "sd": ("sd",),
    "min": ("min",),
    "max": ("max",),
    "median": ("median",),
    "iqr": ("iqr",),
    "skewness": ("skew",),
    "kurtosis": ("kurt",),
}.items():
    _statistic(_name, _kinds)


@egen("count", argument="expression", by=True)
def count(call: EgenCall) -> Column:
    codes = among(call.codes, call.present())
    return call.of_groups(np.bincount(codes, minlength=call.count).astype(np.float64))


@egen("total", "sum", argument="expression", by=True)
def total(call: EgenCall) -> Column:
    grouped = _grouped(call)
    found = np.where(np.abs(grouped.sum) < MISSING, grouped.sum, MISSING)
    return call.of_groups(np.where(grouped.n > 0, found, MISSING) if call.option("missing") else found)


@egen("pctile", argument="expression", by=True)
def pctile(call: EgenCall) -> Column:
    p = call.option("p", 50.0)
    if not 0 < p < 100:
        raise StataError(198, "p() must be between 0 and 100")
    return call.of_groups(_grouped(call).percentile(p))


@egen("mad", argument="expression", by=True)
def mad(call: EgenCall) -> Column:
    """mad(): the median distance from the median."""
    return _distance(call, "median")


@egen("mdev", argument="expression", by=True)
def mdev(call: EgenCall) -> Column:
    """mdev(): the mean distance from the mean."""
    return _distance(call, "mean")


def _distance(call: EgenCall, name: str) -> Column:
    first = _grouped(call)
    centre = first.statistic(name)
    second = Grouped(np.abs(first.x - centre[first.codes]), first.codes, call.count)
    return call.of_groups(second.statistic(name))


@egen("pc", argument="expression", by=True)
def pc(call: EgenCall) -> np.ndarray:
    grouped = _grouped(call)
    totals = call.by_group(grouped.sum)
    values = call.number_values()
    known = call.present() & (totals != 0)
    share = np.where(known, values, 0.0) / np.where(known, totals, 1.0)
    return np.where(known, share if call.option("prop") else 100 * share, MISSING)


@egen("std", argument="expression")
def std(call: EgenCall) -> Column:
    grouped = _grouped(call)
    mean, sd = call.by_group(grouped.mean), call.by_group(grouped.sd)
    known = call.present() & (sd < MISSING) & (sd > 0)
    deviation = np.where(known, call.number_values() - mean, 0.0) / np.where(known, sd, 1.0)
    scaled = float(call.option("mean", 0.0)) + float(call.option("std", 1.0)) * deviation
    return Column(np.where(known, scaled, MISSING), label=f"Standardized values of ({call.text.strip()})")


@egen("rank", argument="expression", by=True)
def rank(call: EgenCall) -> Column:
    kinds = [name for name in ("field", "track", "unique") if call.option(name)]
    if len(kinds) > 1:
        raise StataError(198, "only one of field, track, and unique may be specified")
    present = call.present()
    values = among(call.number_values(), present)
    x = -values if kinds == ["field"] else values
    codes = among(call.codes, present) if call.count > 1 else None
    order = stable_order([x] if codes is None else [codes, x])
    ranks = np.empty(len(x))
    ranks[order] = _ranks(x, codes, order, kinds[0] if kinds else "")
    out = ranks
    if len(ranks) < len(present):
        out = np.full(len(present), MISSING)
        out[present] = ranks
    return Column(out, label=f"rank of ({call.text.strip()})")


def _ranks(x: np.ndarray, codes: np.ndarray | None, order: np.ndarray, kind: str) -> np.ndarray:
    """Return ranks, in the order in which numbers ascend within their groups; without codes all are one."""
    n = len(x)
    new_group = np.zeros(n, dtype=bool)
    new_group[:1] = True
    if codes is not None:
        new_group[1:] = _changes(codes, order)
    groups = np.flatnonzero(new_group)
    new_group[1:] |= _changes(x, order)
    if kind == "unique" or new_group.all():
        ranks = np.arange(1.0, n + 1)
        if len(groups) > 1:
            ranks -= np.repeat(groups, np.diff(groups, append=n))
        return ranks
    runs = np.flatnonzero(new_group)
    sizes = np.diff(runs, append=n)
    ranks = runs - groups[np.searchsorted(groups, runs, side="right") - 1] + 1.0
    return np.repeat(ranks if kind else ranks + (sizes - 1) / 2, sizes)


def _changes(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return where values differ from the one before in an order, bool (n - 1,)."""
    ranked = values[order]
    return ranked[1:] != ranked[:-1]


@egen("mode", argument="expression", by=True)
def mode(call: EgenCall) -> Column:
    chosen = [name for name in ("minmode", "maxmode", "nummode") if call.option(name) is not None]
    if len(chosen) > 1:
        raise StataError(198, "only one of minmode, maxmode, and nummode() may be specified")
    assert call.values is not None
    strings = call.values.dtype == object
    used = call.rows if call.option("missing") else call.present()
    levels, own = _levels(call.values[used])
    out = np.full(call.count, "" if strings else MISSING, dtype=object if strings else np.float64)
    pairs, counts = np.unique(call.codes[used] * max(len(levels), 1) + own, return_counts=True)
    if len(pairs):
        group, level = np.divmod(pairs, len(levels))
        starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
        most = np.maximum.reduceat(counts, starts)
        modal = counts == np.repeat(most, np.diff(starts, append=len(group)))
        found = _one_mode(call, chosen, group[modal], levels[level[modal]])
        out[found[0]] = found[1]
    single = call.variables[0].type if len(call.variables) == 1 else ""
    return Column(call.by_group(out), single)


def _levels(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct values in sort order, and the place of each value among them."""
    if values.dtype != object:
        found = factorise(values)
        return found.levels, found.codes
    levels, codes = np.unique(values.astype(str), return_inverse=True)
    return levels.astype(object), codes.reshape(-1)


def _one_mode(
    call: EgenCall, chosen: list[str], group: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the groups that have a mode, and it; `group` ascends, and `value` within it."""
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    sizes = np.diff(starts, append=len(group))
    if chosen == ["minmode"]:
        return group[starts], value[starts]
    if chosen == ["maxmode"]:
        return group[starts], value[starts + sizes - 1]
    if chosen == ["nummode"]:
        number = int(call.option("nummode"))
        has = (sizes >= number) & (number >= 1)
        return group[starts[has]], value[starts[has] + number - 1]
    if np.any(sizes > 1):
        call.session.out.write(*MODE_WARNING)
    single = sizes == 1
    return group[starts[single]], value[starts[single]]


@egen("seq", argument="none", by=True)
def seq(call: EgenCall) -> np.ndarray:
    rows = np.flatnonzero(call.rows)
    codes = call.codes[rows]
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=call.count)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(rows))
    place[order] = np.arange(len(rows)) - np.repeat(starts, sizes)
    first, block = int(call.option("from", 1)), int(call.option("block", 1))
    if block < 1:
        raise StataError(198, "block() must be positive")
    steps = np.floor(place / block)
    out = np.full(len(call.rows), MISSING)
    if call.option("to") is None:
        out[rows] = first + steps
        return out
    last = int(call.option("to"))
    span = abs(last - first) + 1
    out[rows] = first + np.sign(last - first) * (steps % span)
    return out


@egen("ma", argument="expression")
def ma(call: EgenCall) -> np.ndarray:
    """ma(): the mean of t values around each observation."""
    width = int(call.option("t", 3))
    if width < 1 or width % 2 == 0:
        raise StataError(198, "t() must be odd and positive")
    rows = np.flatnonzero(call.rows)
    values = call.number_values()[rows]
    known = ~is_missing(values)
    half = width // 2
    sums = np.concatenate([np.zeros(1), np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([np.zeros(1), np.cumsum(known)])
    place = np.arange(len(rows))
    low, high = np.maximum(place - half, 0), np.minimum(place + half + 1, len(rows))
    n = counts[high] - counts[low]
    good = (n > 0) if call.option("nomiss") else (n == width)
    out = np.full(len(call.rows), MISSING)
    out[rows] = np.where(good, (sums[high] - sums[low]) / np.maximum(n, 1), MISSING)
    return out
