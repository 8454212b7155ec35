"""What data remember of cluster analyses: characteristics of `_dta`, and the variables that these name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.data.operations.recode import narrowest_type
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name
from xmixed.missing import is_missing
from xmixed.statistics.clustering import Hierarchy

_LIST = "_cluster_objects"
_KEPT = ("type", "method", "measure", "variables", "made")


@dataclass(frozen=True, slots=True)
class Analysis:
    """One cluster analysis.

    Attributes
    ----------
    name : str
    type : str
        partition or hierarchical.
    method, measure : str
    variables : str
        That it is of, with blanks between them.
    made : str
        Variables: the groups; or id, order and heights.
    """

    name: str
    type: str
    method: str
    measure: str
    variables: str
    made: str


def analyses(data: Dataset) -> list[Analysis]:
    """Return what is kept, the last one first; those whose variables are gone do not count."""
    kept = data.characteristics.get("_dta", {})
    found = []
    for name in kept.get(_LIST, "").split():
        own = Analysis(name, *(kept.get(f"_cluster_{name}_{part}", "") for part in _KEPT))
        if all(variable in data for variable in own.made.split()):
            found.append(own)
    return found


def analysis_named(data: Dataset, name: str) -> Analysis:
    """Return an analysis, the last one for ""; r(198) without it."""
    found = analyses(data)
    if not name and found:
        return found[0]
    for own in found:
        if own.name == name:
            return own
    raise StataError(198, f"cluster analysis {name} not found" if name else "no cluster analysis is defined")


def with_analysis(data: Dataset, own: Analysis) -> Dataset:
    """Return the data that remember one more analysis."""
    kept = dict(data.characteristics.get("_dta", {}))
    names = [own.name, *(other.name for other in analyses(data) if other.name != own.name)]
    kept[_LIST] = " ".join(names)
    for part in _KEPT:
        kept[f"_cluster_{own.name}_{part}"] = getattr(own, part)
    return data.with_characteristics("_dta", {name: text for name, text in kept.items() if text})


def without_analysis(data: Dataset, own: Analysis) -> Dataset:
    """Return the data without an analysis and its variables."""
    kept = dict(data.characteristics.get("_dta", {}))
    names = [other.name for other in analyses(data) if other.name != own.name]
    for part in _KEPT:
        kept.pop(f"_cluster_{own.name}_{part}", None)
    kept[_LIST] = " ".join(names)
    data = data.with_characteristics("_dta", {name: text for name, text in kept.items() if text})
    return data.without(own.made.split())


def new_name(data: Dataset, typed: str) -> str:
    """Return the name of a new analysis: as typed, or `_clus_1` with the first number that is free.

    Raises
    ------
    StataError
        r(198) for what is no name; r(110) for one that is taken.
    """
    taken = {own.name for own in analyses(data)}
    if typed:
        if not is_valid_name(typed):
            raise StataError(198, f"{typed} invalid name")
        if typed in taken:
            raise StataError(110, f"cluster analysis {typed} already exists")
        return typed
    number = 1
    while any(name.startswith(f"_clus_{number}") for name in (*taken, *(own.name for own in data.variables))):
        number += 1
    return f"_clus_{number}"


def number_variable(name: str, values: np.ndarray) -> Variable:
    """Return a variable of whole numbers in the narrowest type."""
    kind = narrowest_type(values)
    return Variable(name, kind, from_double(values, kind), default_format(kind))


def tree_of(data: Dataset, own: Analysis) -> tuple[Hierarchy, np.ndarray]:
    """Return the mergers of a hierarchical analysis, and its observations in the order of id, int (n,).

    Raises
    ------
    StataError
        r(198) for a partition; r(459) where its variables do not hold a hierarchy any more.
    """
    if own.type != "hierarchical":
        raise StataError(198, f"{own.name} is not a hierarchical cluster analysis")
    ident, order, height = (data[name].to_double() for name in own.made.split())
    known = ~is_missing(ident) & ~is_missing(order)
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(ident[rows], kind="stable")]
    places = {int(value): place for place, value in enumerate(ident[rows].tolist())}
    along = [places.get(int(value), -1) for value in order[rows].tolist()]
    if not along or sorted(along) != list(range(len(rows))):
        raise StataError(459, f"the variables of {own.name} have changed")
    heights = height[rows][: len(rows) - 1]
    return Hierarchy(np.array(along), heights), rows
