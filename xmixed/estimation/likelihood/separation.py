"""Covariates that predict a 0/1 outcome perfectly: their rows tell nothing of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.blocks import Column


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A covariate with two values, one of which goes with a single outcome.

    Attributes
    ----------
    place : int
        Of its column.
    value : float
        The other value, at which both outcomes occur.
    success : bool
        The outcome wherever the covariate differs from `value`.
    rows : int
        How many rows that are.
    """

    place: int
    value: float
    success: bool
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """What perfect prediction takes out of a model.

    Attributes
    ----------
    predictors : tuple of Predictor
        In the order they were found.
    kept : ndarray of bool, shape (n,)
        Rows left.
    """

    predictors: tuple[Predictor, ...]
    kept: np.ndarray


def separation(y: np.ndarray, columns: Sequence[Column]) -> Separation:
    """Find covariates with two values of which one determines the outcome, until no more are found."""
    kept = np.ones(len(y), bool)
    found: list[Predictor] = []
    waiting = [place for place, column in enumerate(columns) if column is not None]
    changed = True
    while changed:
        changed = False
        for place in list(waiting):
            column = columns[place]
            assert column is not None
            predictor = _predictor(place, y[kept], np.asarray(column)[kept])
            if predictor is not None:
                found.append(predictor)
                kept = kept & (np.asarray(column) == predictor.value)
                waiting.remove(place)
                changed = True
    return Separation(tuple(found), kept)


def _predictor(place: int, y: np.ndarray, x: np.ndarray) -> Predictor | None:
    if not len(x):
        return None
    low, high = float(x.min()), float(x.max())
    at_low = x == low
    if low == high or not np.all(at_low | (x == high)):
        return None
    for value, rows in ((low, ~at_low), (high, at_low)):
        own, others = y[rows], y[~rows]
        if own.min() == own.max() and others.min() != others.max():
            return Predictor(place, value, bool(own[0]), int(rows.sum()))
    return None


def perfect_rule(y: np.ndarray, column: np.ndarray) -> tuple[str, float] | None:
    """Return the rule by which one covariate alone predicts every outcome, (`>`, bound); None for none."""
    ones, zeros = column[y > 0], column[y == 0]
    if not len(ones) or not len(zeros):
        return None
    if zeros.max() < ones.min():
        return ">", float(zeros.max())
    if ones.max() < zeros.min():
        return "<", float(zeros.min())
    return None
