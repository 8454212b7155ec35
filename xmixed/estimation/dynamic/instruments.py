"""Instruments of dynamic panel models: those of each period and lag, and standard ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.dynamic.timeline import Timeline, Transformation
from xmixed.estimation.sample import dependent_columns

BOTH, TRANSFORMED, LEVEL = "both", "diff", "level"


@dataclass(frozen=True, slots=True)
class LaggedStyle:
    """`gmmstyle()`: variables by name, the first and last lag (None: all), and for which equations."""

    names: tuple[str, ...]
    first: int = 1
    last: int | None = None
    collapse: bool = False
    equation: str = BOTH


@dataclass(frozen=True, slots=True)
class StandardStyle:
    """`ivstyle()`: variables by name, for which equations; `passthru` leaves them as they are."""

    names: tuple[str, ...]
    equation: str = BOTH
    passthru: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Instruments:
    """Columns for the transformed rows and for those in levels, (rows, q) each, not collinear."""

    transformed: np.ndarray
    level: np.ndarray

    @property
    def count(self) -> int:
        return self.transformed.shape[1]


def _by_period(values: np.ndarray, times: np.ndarray, collapse: bool) -> list[np.ndarray]:
    """Return one column for each period, or one alone; missing values count zero."""
    known = np.where(np.isfinite(values), values, 0.0)
    if collapse:
        return [known]
    return [np.where(times == time, known, 0.0) for time in np.unique(times)]


def lagged_columns(
    timeline: Timeline, transformation: Transformation, style: LaggedStyle, values: np.ndarray, system: bool
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the columns of one variable (n,): pairs for the transformed rows and for levels."""
    rows, levels = transformation.rows, np.flatnonzero(timeline.used)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    if style.equation != LEVEL:
        last = int(timeline.times.max()) if style.last is None else style.last
        nothing = np.zeros(len(levels))
        for lag in range(style.first, last + 1):
            own = timeline.lag(values, lag)[rows]
            found += [(col, nothing) for col in _by_period(own, timeline.times[rows], style.collapse)]
    if system and style.equation != TRANSFORMED:
        lag = max(style.first - 1, 0)
        change = (
            timeline.lag(values - timeline.lag(values, 1), lag) if lag else values - timeline.lag(values, 1)
        )
        nothing = np.zeros(len(rows))
        columns = _by_period(change[levels], timeline.times[levels], style.collapse)
        found += [(nothing, col) for col in columns]
    return found


def standard_columns(
    timeline: Timeline, transformation: Transformation, style: StandardStyle, values: np.ndarray, system: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the column of one variable for the transformed rows and for levels."""
    rows, levels = transformation.rows, np.flatnonzero(timeline.used)
    own = values[rows] if style.passthru else transformation.of(values)
    level = values[levels]
    if style.equation == LEVEL:
        own = np.zeros(len(rows))
    if style.equation == TRANSFORMED or not system:
        level = np.zeros(len(levels))
    return own, level


def assembled(columns: Sequence[tuple[np.ndarray, np.ndarray]], system: bool) -> Instruments:
    """Return instruments without columns that are zero, or determined by earlier ones."""
    transformed = np.column_stack([own for own, _ in columns])
    level = np.column_stack([own for _, own in columns])
    whole = np.vstack([transformed, level]) if system else transformed
    kept = np.flatnonzero(np.any(whole != 0, axis=0))
    gone = dependent_columns([whole[:, place] for place in kept])
    kept = kept[~gone]
    return Instruments(transformed[:, kept], level[:, kept] if system else np.zeros((0, len(kept))))
