"""Permutations of a column within strata: one at random, or all that differ."""

from __future__ import annotations

from itertools import combinations, product
from math import comb, prod

import numpy as np

MOST = 100_000
"""Permutations that are enumerated at most."""


def permuted(values: np.ndarray, codes: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return values in a random order within groups.

    Parameters
    ----------
    values, codes : ndarray, shape (n,)
    """
    into = np.argsort(codes, kind="stable")
    out_of = np.lexsort((generator.random(len(codes)), codes))
    result = values.copy()
    result[into] = values[out_of]
    return result


def enumerated(values: np.ndarray, codes: np.ndarray) -> np.ndarray | None:
    """Return all arrangements of a column of two values within groups, shape (m, n).

    None where it has other than two values, or there are too many arrangements.
    """
    levels = sorted(set(values.tolist()))
    if len(levels) != 2:
        return None
    high = values == levels[1]
    groups = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    counts = [int(np.count_nonzero(high[group])) for group in groups]
    if prod(comb(len(group), count) for group, count in zip(groups, counts, strict=True)) > MOST:
        return None
    choices = [combinations(group.tolist(), count) for group, count in zip(groups, counts, strict=True)]
    result = []
    for chosen in product(*choices):
        column = np.full(len(values), levels[0], dtype=values.dtype)
        column[[row for part in chosen for row in part]] = levels[1]
        result.append(column)
    return np.array(result)
