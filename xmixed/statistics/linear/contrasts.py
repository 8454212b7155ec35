"""Contrasts of the levels of a factor: differences, Helmert's, orthogonal polynomials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DEGREES = (
    "linear",
    "quadratic",
    "cubic",
    "quartic",
    "quintic",
    "sextic",
    "septic",
    "octic",
    "nonic",
    "decic",
)
OPERATORS = frozenset("r a ar g gw h hw j jw p pw q qw".split())
"""Names of contrasts; those that end in w weigh levels by their counts."""
PREVIOUS = "ar"
"""Differences from the level before."""
FROM_THE_SECOND = (PREVIOUS, "j", "jw")
"""Contrasts that there are of every level but the first."""


def contrast_rows(
    operator: str, levels: Sequence[int], base: int, counts: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Return contrasts of p means, one a row, and their labels: `(2 vs 1)`, `(linear)`.

    Parameters
    ----------
    operator : str
        r against the base, a against the next level, ar against the one before, g against the grand mean, h
        against the mean of later levels, j of earlier ones, p orthogonal polynomials in the levels' values,
        q in their order.
    levels : sequence of int, ascending
    base : int
        Place of the base level.
    counts : ndarray, shape (p,)
        How often each level occurs.
    """
    p = len(levels)
    weights = counts / counts.sum() if operator.endswith("w") else np.full(p, 1.0 / p)
    kind = operator.removesuffix("w")
    unit = np.eye(p)
    if kind == "r":
        places = [i for i in range(p) if i != base]
        return unit[places] - unit[base], [f"({levels[i]} vs {levels[base]})" for i in places]
    if kind == "a":
        return unit[:-1] - unit[1:], [f"({levels[i]} vs {levels[i + 1]})" for i in range(p - 1)]
    if kind == PREVIOUS:
        return unit[1:] - unit[:-1], [f"({levels[i]} vs {levels[i - 1]})" for i in range(1, p)]
    if kind == "g":
        return unit - weights, [f"({level} vs mean)" for level in levels]
    if kind == "h":
        return _helmert(weights), [f"({levels[i]} vs >{levels[i]})" for i in range(p - 1)]
    if kind == "j":
        backwards = _helmert(weights[::-1])[::-1, ::-1]
        return backwards, [f"({levels[i]} vs <{levels[i]})" for i in range(1, p)]
    x = np.arange(p, dtype=np.float64) if kind == "q" else np.asarray(levels, dtype=np.float64)
    rows = orthogonal_polynomials(x, weights)
    return rows, [f"({DEGREES[i] if i < len(DEGREES) else f'degree {i + 1}'})" for i in range(p - 1)]


def contrast_name(operator: str, label: str) -> str:
    """Return what names a contrast in e(b): `r2vs1` of `(2 vs 1)`, `g2` of `(2 vs mean)`, `p1`."""
    first, _, second = label.strip("()").partition(" vs ")
    if not second:
        degree = DEGREES.index(first) + 1 if first in DEGREES else int(first.removeprefix("degree "))
        return f"{operator}{degree}"
    return f"{operator}{first}vs{second}" if second.isdigit() else f"{operator}{first}"


def _helmert(weights: np.ndarray) -> np.ndarray:
    """Return each level less the weighted mean of the later ones, (p - 1, p)."""
    p = len(weights)
    rows = np.zeros((p - 1, p))
    for i in range(p - 1):
        rest = weights[i + 1 :]
        rows[i, i], rows[i, i + 1 :] = 1.0, -rest / rest.sum()
    return rows


def orthogonal_polynomials(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return w_i P_d(x_i) for degrees d from 1, (p - 1, p), with sum w P_d P_e = 1 for d = e, else 0."""
    p = len(x)
    scaled = (x - x.mean()) / max(float(np.ptp(x)), 1.0)
    powers = np.vander(scaled, p, increasing=True) * np.sqrt(weights)[:, None]
    Q, R = np.linalg.qr(powers)
    Q = Q * np.sign(R.diagonal())
    return (Q[:, 1:] * np.sqrt(weights)[:, None]).T
