"""Statistics of several variables in each observation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xmixed.commands.data.egen_functions.registry import EgenCall, egen
from xmixed.errors import StataError
from xmixed.missing import MISSING, is_missing


def _columns(call: EgenCall) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give each variable as doubles and where it is known, both (n,); r(109) for a string."""
    for variable in call.variables:
        if variable.is_string:
            raise StataError(109, "string variables not allowed")
    for variable in call.variables:
        values = variable.to_double()
        yield values, ~is_missing(values)


def _sums(call: EgenCall) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums and numbers of the known values, both (n,)."""
    total, count = np.zeros(len(call.rows)), np.zeros(len(call.rows))
    for values, known in _columns(call):
        total += np.where(known, values, 0.0)
        count += known
    return total, count


@egen("rowmean", "rmean", argument="varlist")
def rowmean(call: EgenCall) -> np.ndarray:
    total, count = _sums(call)
    return np.where(count > 0, total / np.maximum(count, 1), MISSING)


@egen("rowtotal", "rsum", argument="varlist")
def rowtotal(call: EgenCall) -> np.ndarray:
    total, count = _sums(call)
    return np.where(count > 0, total, MISSING) if call.option("missing") else total


@egen("rowsd", "rsd", argument="varlist")
def rowsd(call: EgenCall) -> np.ndarray:
    total, count = _sums(call)
    mean = total / np.maximum(count, 1)
    squares = np.zeros(len(mean))
    for values, known in _columns(call):
        squares += np.where(known, np.where(known, values, 0.0) - mean, 0.0) ** 2
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), MISSING)


def _extreme(call: EgenCall, sign: float) -> np.ndarray:
    best = np.full(len(call.rows), -np.inf)
    for values, known in _columns(call):
        best = np.maximum(best, np.where(known, sign * np.where(known, values, 0.0), -np.inf))
    return np.where(np.isfinite(best), sign * np.where(np.isfinite(best), best, 0.0), MISSING)


@egen("rowmax", "rmax", argument="varlist")
def rowmax(call: EgenCall) -> np.ndarray:
    return _extreme(call, 1.0)


@egen("rowmin", "rmin", argument="varlist")
def rowmin(call: EgenCall) -> np.ndarray:
    return _extreme(call, -1.0)


@egen("rowfirst", "rfirst", argument="varlist")
def rowfirst(call: EgenCall) -> np.ndarray:
    out = np.full(len(call.rows), MISSING)
    for values, known in _columns(call):
        out = np.where(is_missing(out) & known, values, out)
    return out


@egen("rowlast", "rlast", argument="varlist")
def rowlast(call: EgenCall) -> np.ndarray:
    out = np.full(len(call.rows), MISSING)
    for values, known in _columns(call):
        out = np.where(known, values, out)
    return out


def _known_of_all(call: EgenCall) -> np.ndarray:
    """Return how many variables are known, strings too, shape (n,)."""
    count = np.zeros(len(call.rows))
    for variable in call.variables:
        count += variable.values != "" if variable.is_string else ~is_missing(variable.to_double())
    return count


@egen("rowmiss", "rmiss", argument="varlist")
def rowmiss(call: EgenCall) -> np.ndarray:
    return len(call.variables) - _known_of_all(call)


@egen("rownonmiss", "robs", argument="varlist")
def rownonmiss(call: EgenCall) -> np.ndarray:
    if not call.option("strok") and any(variable.is_string for variable in call.variables):
        raise StataError(109, "string variables not allowed")
    return _known_of_all(call)


def _percentile(call: EgenCall, p: float) -> np.ndarray:
    table = np.sort(np.stack([values for values, _ in _columns(call)], axis=1), axis=1)
    count = np.sum(~is_missing(table), axis=1)
    exact = count * p / 100
    place = np.floor(exact).astype(np.intp)
    rows = np.arange(len(table))
    last = np.maximum(count - 1, 0)
    upper = table[rows, np.minimum(place, last)]
    lower = table[rows, np.clip(place - 1, 0, last)]
    edge = (place == exact) & (place > 0) & (count > 0)
    with np.errstate(over="ignore"):
        return np.where(count == 0, MISSING, np.where(edge, (lower + upper) / 2, upper))


@egen("rowmedian", argument="varlist")
def rowmedian(call: EgenCall) -> np.ndarray:
    return _percentile(call, 50.0)


@egen("rowpctile", argument="varlist")
def rowpctile(call: EgenCall) -> np.ndarray:
    p = call.option("p", 50.0)
    if not 0 < p < 100:
        raise StataError(198, "p() must be between 0 and 100")
    return _percentile(call, p)
