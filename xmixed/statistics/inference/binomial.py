"""Exact tests of the binomial distribution: of a probability, of a median by signs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True)
class BinomialTest:
    """k successes of n trials against probability p.

    `lower`, `upper` are P(at most k), P(at least k); `opposite` is the nearest number of the other tail that
    is no more probable than k, missing where there is none.
    """

    n: float
    k: float
    p: float
    lower: float
    upper: float
    two_sided: float
    opposite: float
    here: float
    opposite_here: float


def binomial_test(n: float, k: float, p: float) -> BinomialTest:
    """Return the tests of a probability; two-sided: all numbers no more probable than k."""
    from scipy.special import bdtr, bdtrc, gammaln

    numbers = np.arange(int(n) + 1)
    logs = gammaln(n + 1) - gammaln(numbers + 1) - gammaln(n - numbers + 1)
    chances = np.exp(logs + numbers * np.log(p) + (n - numbers) * np.log1p(-p))
    here = float(chances[int(k)])
    rare = chances <= here * (1 + 1e-7)
    if k >= n * p:
        others = numbers[rare & (numbers < n * p) & (numbers < k)]
        opposite = float(others.max()) if len(others) else MISSING
    else:
        others = numbers[rare & (numbers > n * p) & (numbers > k)]
        opposite = float(others.min()) if len(others) else MISSING
    upper = float(bdtrc(k - 1, int(n), p)) if k > 0 else 1.0
    return BinomialTest(
        n,
        k,
        p,
        float(bdtr(k, int(n), p)),
        upper,
        min(1.0, float(chances[rare].sum())),
        opposite,
        here,
        float(chances[int(opposite)]) if opposite < MISSING else 0.0,
    )


@dataclass(frozen=True, slots=True)
class SignTest:
    """Numbers of differences by sign, and the probabilities of at least so many under equal chances."""

    positive: float
    negative: float
    zero: float
    upper: float
    lower: float
    two_sided: float


def sign_test(differences: np.ndarray) -> SignTest:
    """Return the sign test of differences, shape (n,)."""
    from scipy.special import bdtrc

    positive, negative = int((differences > 0).sum()), int((differences < 0).sum())
    n = positive + negative

    def tail(k: int) -> float:
        return float(bdtrc(k - 1, n, 0.5)) if k > 0 else 1.0

    two = min(1.0, 2 * tail(max(positive, negative)))
    zero = len(differences) - n
    return SignTest(float(positive), float(negative), float(zero), tail(positive), tail(negative), two)
