"""Larger groups within which a level's effects are equally correlated: `Level.within`."""

from __future__ import annotations

import numpy as np

from xmixed.engine.model import Level, RandomEffects


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
