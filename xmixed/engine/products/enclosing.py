"""Larger groups within which a level's effects are equally correlated: `Level.within`."""

from __future__ import annotations

import numpy as np

from xmixed.engine.errors import InvalidModel
from xmixed.engine.model import Level, RandomEffects
from xmixed.engine.products.grouping import enclosing


def check(level: Level) -> None:
    """Raise InvalidModel where `Level.within` contradicts the level."""
    if level.within is None:
        return
    codes, n_groups = level.within
    if [equation.columns for equation in level.equations] != [(None,)]:
        raise InvalidModel("a level within another has one equation with the constant alone")
    if level.equations[0].structure != "exchangeable":
        raise InvalidModel("effects within enclosing groups are exchangeable")
    if codes.shape != level.groups.shape:
        raise InvalidModel("columns differ in length")
    if len(codes) and (codes.min() < 0 or codes.max() >= n_groups):
        raise InvalidModel("group codes are outside 0..n_groups-1")
    if enclosing(codes, level.groups, level.n_groups) is None:
        raise InvalidModel("a group lies in more than one enclosing group")


def members(level: Level) -> int:
    """How many groups of the level the largest enclosing group has; 1 where none is given."""
    if level.within is None:
        return 1
    codes, n_groups = level.within
    holder = np.full(level.n_groups, -1, np.intp)
    holder[level.groups] = codes
    return int(np.bincount(holder[holder >= 0], minlength=n_groups).max(initial=1))


def enclosing_level(level: Level) -> Level:
    """The enclosing groups, those without rows left out, as a level with an intercept."""
    assert level.within is not None
    codes, n_groups = level.within
    present = np.bincount(codes, minlength=n_groups) > 0
    rank = np.cumsum(present) - 1
    return Level(rank[codes], int(present.sum()), (RandomEffects((None,), "identity"),))
