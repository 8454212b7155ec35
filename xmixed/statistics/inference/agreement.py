"""Agreement of raters: Cohen's kappa with weights (Fleiss, Cohen, Everitt 1969), Fleiss's of several."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement seen and expected, kappa, its standard error were there none but by chance, z, P > z."""

    agreement: float
    expected: float
    kappa: float
    se: float
    z: float
    p: float


def _tested(agreement: float, expected: float, kappa: float, se: float) -> Kappa:
    if not se:
        return Kappa(agreement, expected, kappa, MISSING, MISSING, MISSING)
    z = kappa / se
    return Kappa(agreement, expected, kappa, se, z, 0.5 * math.erfc(z / math.sqrt(2)))


def weights_of_categories(kind: str, values: np.ndarray) -> np.ndarray:
    """Return the weights of k categories, shape (k, k): `w` linear, `w2` quadratic in their values."""
    if not kind:
        return np.eye(len(values))
    away = np.abs(values[:, None] - values[None]) / (values.max() - values.min())
    return 1 - (away if kind == "w" else away**2)


def two_raters(table: np.ndarray, weights: np.ndarray) -> Kappa:
    """Return kappa of counts by two raters' categories, both (k, k)."""
    n = table.sum()
    p = table / n
    first, second = p.sum(axis=1), p.sum(axis=0)
    chance = np.outer(first, second)
    agreement, expected = float((weights * p).sum()), float((weights * chance).sum())
    if expected >= 1 - 1e-15:
        return Kappa(agreement, expected, MISSING, MISSING, MISSING, MISSING)
    means = (weights @ second)[:, None] + (first @ weights)[None]
    variance = float((chance * (weights - means) ** 2).sum() - expected**2) / (n * (1 - expected) ** 2)
    kappa = (agreement - expected) / (1 - expected)
    return _tested(agreement, expected, kappa, math.sqrt(max(variance, 0.0)))


def several_raters(counts: np.ndarray) -> tuple[list[Kappa], Kappa]:
    """Return Fleiss's kappa of each category and of all.

    Parameters
    ----------
    counts : (n, k) array
        How many of the raters chose each category for each subject; as many raters for all subjects.
    """
    n, m = len(counts), float(counts[0].sum())
    shares = counts.sum(axis=0) / (n * m)
    other = 1 - shares
    singles = []
    for place, (p, q) in enumerate(zip(shares.tolist(), other.tolist(), strict=True)):
        if not p * q:
            singles.append(Kappa(MISSING, MISSING, MISSING, MISSING, MISSING, MISSING))
            continue
        spread = float((counts[:, place] * (m - counts[:, place])).sum())
        kappa = 1 - spread / (n * m * (m - 1) * p * q)
        singles.append(_tested(MISSING, MISSING, kappa, math.sqrt(2 / (n * m * (m - 1)))))
    weight = float((shares * other).sum())
    kept = [(p * q, single.kappa) for p, q, single in zip(shares, other, singles, strict=True) if p * q]
    combined = sum(w * kappa for w, kappa in kept) / weight if weight else MISSING
    third = float((shares * other * (other - shares)).sum())
    se = math.sqrt(2 * (weight**2 - third)) / (weight * math.sqrt(n * m * (m - 1))) if weight else 0.0
    return singles, _tested(MISSING, MISSING, combined, se)
