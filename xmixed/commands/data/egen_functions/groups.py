"""Codes: groups, tags, intervals, and comparisons with values."""

from __future__ import annotations

import numpy as np

from xmixed.commands.data.egen_functions.registry import Column, EgenCall, egen
from xmixed.data.order import group_codes
from xmixed.data.value_labels import value_text
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.grouped import Grouped

LARGEST_EXACT = 16_777_216
"""Whole numbers up to it are exact in a float."""


def _used(call: EgenCall) -> np.ndarray:
    """Return the observations that groups are made of, bool (n,): without missing values unless asked for."""
    used = call.rows.copy()
    if not call.option("missing"):
        for variable in call.variables:
            used &= variable.values != "" if variable.is_string else ~is_missing(variable.to_double())
    return used


def _names(call: EgenCall) -> str:
    return " ".join(variable.name for variable in call.variables)


@egen("group", argument="varlist")
def group(call: EgenCall) -> Column:
    used = _used(call)
    codes, count = group_codes(call.data, [variable.name for variable in call.variables], used)
    values = np.where(used, codes + 1.0, MISSING)
    texts = None
    if call.option("label") or call.option("lname"):
        texts = _texts(call, codes, count)
    kind = "long" if count > LARGEST_EXACT else ""
    return Column(values, kind, f"group({_names(call)})", texts, call.option("lname", ""))


def _texts(call: EgenCall, codes: np.ndarray, count: int) -> dict[int, str]:
    """Return the values of the variables in each group as one text."""
    width = call.option("truncate")
    _, firsts = np.unique(codes[codes >= 0], return_index=True)
    rows = np.flatnonzero(codes >= 0)[firsts].tolist()
    found = {}
    for number in range(count):
        parts = [value_text(call.data, variable, rows[number]) for variable in call.variables]
        found[number + 1] = " ".join(part[:width] for part in parts)
    return found


@egen("tag", argument="varlist")
def tag(call: EgenCall) -> Column:
    used = _used(call)
    codes, _ = group_codes(call.data, [variable.name for variable in call.variables], used)
    values = np.zeros(len(used))
    _, firsts = np.unique(codes[used], return_index=True)
    values[np.flatnonzero(used)[firsts]] = 1.0
    return Column(values, "byte", f"tag({_names(call)})", everywhere=True)


@egen("cut", argument="varname")
def cut(call: EgenCall) -> Column:
    at, groups = call.option("at"), call.option("group")
    if (at is None) == (groups is None):
        raise StataError(198, "must specify either at() or group()")
    variable = call.variables[0]
    if variable.is_string:
        raise StataError(109, "string variables not allowed")
    x = variable.to_double()
    known = call.rows & ~is_missing(x)
    if groups is not None:
        if groups < 2:
            raise StataError(198, "group() must be at least 2")
        grouped = Grouped(x[known], np.zeros(int(known.sum()), dtype=np.intp), 1)
        inner = (
            [float(grouped.percentile(100 * i / groups)[0]) for i in range(1, groups)] if known.any() else []
        )
        edges = np.unique(np.array([x[known].min() if known.any() else 0.0, *inner]))
        codes = np.searchsorted(edges, x, side="right") - 1.0
        values = np.where(known, codes, MISSING)
    else:
        edges = np.array(at)
        if len(edges) < 2 or np.any(np.diff(edges) <= 0):
            raise StataError(198, "at() must be an ascending list of at least two numbers")
        place = np.searchsorted(edges, x, side="right") - 1
        inside = known & (place >= 0) & (place < len(edges) - 1)
        edges = edges[:-1]
        coded = bool(call.option("icodes") or call.option("label"))
        safe = np.clip(place, 0, len(edges) - 1)
        values = np.where(inside, safe if coded else edges[safe], MISSING)
    texts = None
    if call.option("label"):
        texts = {i: f"{format_value(edge, '%9.0g').strip()}-" for i, edge in enumerate(edges.tolist())}
    return Column(values, texts=texts)


@egen("diff", argument="varlist")
def diff(call: EgenCall) -> Column:
    first, *others = call.variables
    if any(variable.is_string != first.is_string for variable in others):
        raise StataError(109, "type mismatch")
    differs = np.zeros(len(call.rows), dtype=bool)
    for variable in others:
        left, right = (v.values if v.is_string else v.to_double() for v in (first, variable))
        differs |= left != right
    return Column(differs.astype(np.float64), label=f"diff {_names(call)}")


def _wanted(call: EgenCall) -> tuple[float, ...]:
    values = call.option("values")
    if values is None:
        raise StataError(198, "option values() required")
    if any(variable.is_string for variable in call.variables):
        raise StataError(109, "string variables not allowed")
    return values


def _label(call: EgenCall, wanted: tuple[float, ...]) -> str:
    return f"{_names(call)} == {' '.join(format_value(value, '%9.0g').strip() for value in wanted)}"


def _matches(call: EgenCall, wanted: tuple[float, ...]) -> np.ndarray:
    """Return how many variables are one of the values, shape (n,)."""
    found = np.zeros(len(call.rows))
    for variable in call.variables:
        found += np.isin(variable.to_double(), wanted)
    return found


@egen("anycount", "neqany", argument="varlist")
def anycount(call: EgenCall) -> Column:
    wanted = _wanted(call)
    return Column(_matches(call, wanted), label=_label(call, wanted))


@egen("anymatch", "eqany", argument="varlist")
def anymatch(call: EgenCall) -> Column:
    wanted = _wanted(call)
    return Column((_matches(call, wanted) > 0).astype(np.float64), label=_label(call, wanted))


@egen("anyvalue", "any", argument="varname")
def anyvalue(call: EgenCall) -> np.ndarray:
    values = call.variables[0].values if call.variables[0].is_string else call.variables[0].to_double()
    return np.where(np.isin(values, _wanted(call)), values, MISSING)


@egen("fill", argument="numlist")
def fill(call: EgenCall) -> np.ndarray:
    """fill(): the pattern of the numbers goes on; the shortest that repeats with one increment."""
    pattern = np.array(call.numbers)
    n = len(call.rows)
    for period in range(1, len(pattern)):
        steps = pattern[period:] - pattern[:-period]
        if np.all(steps == steps[0]):
            cycle, place = np.divmod(np.arange(n), period)
            return pattern[place] + cycle * steps[0]
    raise StataError(198, "fill() needs numbers whose pattern can be seen")
