"""Sets of observations that lie within each other."""

from __future__ import annotations

import numpy as np


def nested_chains(member: np.ndarray) -> list[tuple[tuple[int, ...], ...]]:
    """Return the longest chains of sets that each lie within the next.

    Parameters
    ----------
    member : ndarray of bool, shape (n, k)
        Which observations are in each of k sets; no set is empty.

    Returns
    -------
    list of tuple of tuple of int
        Chains from the smallest set up; sets with the same observations stand together in one link, as their
        columns. Every set is in a chain.

    Examples
    --------
    >>> nested_chains(np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=bool))
    [((0,), (1,)), ((2,),)]
    """
    sizes = member.sum(axis=0)
    common = member.T.astype(np.float64) @ member.astype(np.float64)
    within = common == sizes[:, None]  # (a, b): all of a is in b
    links: list[tuple[int, ...]] = []
    for column in range(member.shape[1]):
        same = tuple(np.flatnonzero(within[column] & within[:, column]).tolist())
        if same not in links:
            links.append(same)
    first = [link[0] for link in links]
    below = within[np.ix_(first, first)] & ~np.eye(len(first), dtype=bool)
    direct = below & ~((below.astype(np.int64) @ below.astype(np.int64)) > 0)
    chains: list[tuple[tuple[int, ...], ...]] = []
    pending = [(at,) for at in range(len(links) - 1, -1, -1) if not below[:, at].any()]
    while pending:
        chain = pending.pop()
        further = np.flatnonzero(direct[chain[-1]]).tolist()
        pending += [(*chain, at) for at in reversed(further)]
        if not further:
            chains.append(tuple(links[at] for at in chain))
    return chains
