"""Margins by their dimensions: `2._at#1.sex` with the table of at() is age 30 of sex 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING

EFFECT, AT = "_deriv", "_at"
"""Names of the dimensions of effects (`dydx()`) and of at() points that no variables tell apart."""


@dataclass(frozen=True, slots=True)
class MarginCell:
    """One margin: its place by dimension, its value, standard error and limits."""

    place: Mapping[str, float | str]
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class AtTable:
    """The points of at(): values by variable, shape (points,) each; NaN where a variable is not held."""

    columns: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, rows: Sequence[str], columns: Sequence[str], values: np.ndarray) -> AtTable:
        """Return the table of r(at): indicators of the levels of a factor become one column of levels."""
        first = [i for i, name in enumerate(rows) if "_by" not in name or name.startswith("1._by")]
        held = (
            np.where(values >= MISSING, np.nan, values)[first] if len(first) else np.empty((0, len(columns)))
        )
        out: dict[str, np.ndarray] = {}
        for j, name in enumerate(columns):
            level, point, variable = name.partition(".")
            number = level.rstrip("bno")
            if not (point and number.isdecimal()):
                out[name] = held[:, j]
                continue
            known = out.setdefault(variable, np.full(len(held), np.nan))
            known[held[:, j] == 1] = float(number)
        return cls(out)

    @property
    def varying(self) -> dict[str, np.ndarray]:
        """Variables that differ between points, if together they make a full grid."""
        found = {
            name: column
            for name, column in self.columns.items()
            if not np.isnan(column).any() and len(np.unique(column)) > 1
        }
        points = {tuple(row) for row in zip(*found.values(), strict=True)} if found else set()
        full = int(np.prod([len(np.unique(column)) for column in found.values()])) if found else 0
        return found if len(points) == full else {}


def cells_of(
    names: Sequence[str],
    value: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    at: AtTable | None,
    effects: bool = False,
) -> list[MarginCell]:
    """Return the margins of r(b), those that could not be estimated left out.

    With `effects` a name without a colon is that of what the effect is of, `1.sex`.
    """
    varying = {} if at is None else at.varying
    cells = []
    for name, b, lower, upper in zip(names, value, low, high, strict=True):
        if b < MISSING and lower < MISSING:
            cells.append(MarginCell(_place(name, varying, effects), float(b), float(lower), float(upper)))
    return cells


def _place(name: str, varying: Mapping[str, np.ndarray], effects: bool) -> dict[str, float | str]:
    """Return the place that a name of a margin says."""
    effect, _, rest = name.rpartition(":")
    if effects and not effect:
        effect, rest = rest, ""
    place: dict[str, float | str] = {EFFECT: effect} if effect else {}
    for part in rest.split("#"):
        level, point, variable = part.partition(".")
        number = level.rstrip("bno")
        if not (point and number.isdecimal()):
            continue  # _cons: the margin of everything
        if variable != AT or not varying:
            place[variable] = float(number)
        else:
            place |= {known: float(column[int(number) - 1]) for known, column in varying.items()}
    return place


def dimensions_of(cells: Sequence[MarginCell]) -> list[str]:
    """Return the dimensions in which margins differ: points of at() first, effects last."""
    names = list(dict.fromkeys(name for cell in cells for name in cell.place))
    differing = [name for name in names if len({cell.place.get(name) for cell in cells}) > 1]
    return sorted(differing, key=lambda name: name == EFFECT)
