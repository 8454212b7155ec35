"""Risks, odds and rates of two groups, alone and in strata (Rothman, Greenland and Lash 2008)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, normal_quantile

_BISECTIONS = 200


@dataclass(frozen=True, slots=True)
class Fourfold:
    """Numbers of cases, and of noncases, among the exposed and the unexposed."""

    cases_exposed: float
    cases_unexposed: float
    others_exposed: float
    others_unexposed: float

    @property
    def exposed(self) -> float:
        return self.cases_exposed + self.others_exposed

    @property
    def unexposed(self) -> float:
        return self.cases_unexposed + self.others_unexposed

    @property
    def cases(self) -> float:
        return self.cases_exposed + self.cases_unexposed

    @property
    def others(self) -> float:
        return self.others_exposed + self.others_unexposed

    @property
    def total(self) -> float:
        return self.cases + self.others

    @property
    def chi2(self) -> float:
        """Pearson's statistic; missing where a margin is empty."""
        margins = self.exposed * self.unexposed * self.cases * self.others
        cross = self.cases_exposed * self.others_unexposed - self.cases_unexposed * self.others_exposed
        return self.total * cross**2 / margins if margins else MISSING

    @property
    def odds_ratio(self) -> float:
        return _ratio(self.cases_exposed * self.others_unexposed, self.cases_unexposed * self.others_exposed)

    @property
    def risk_ratio(self) -> float:
        return _ratio(self.cases_exposed * self.unexposed, self.cases_unexposed * self.exposed)

    @property
    def log_risk_variance(self) -> float:
        """Of the logarithm of the risk ratio; missing without cases in a group."""
        if not (self.cases_exposed and self.cases_unexposed):
            return MISSING
        first = self.others_exposed / (self.cases_exposed * self.exposed)
        return first + self.others_unexposed / (self.cases_unexposed * self.unexposed)

    @property
    def log_odds_variance(self) -> float:
        """Woolf's, of the logarithm of the odds ratio; missing where a cell is empty."""
        cells = (self.cases_exposed, self.cases_unexposed, self.others_exposed, self.others_unexposed)
        return sum(1 / cell for cell in cells) if all(cells) else MISSING


@dataclass(frozen=True, slots=True)
class Measure:
    """An estimate with its limits; missing where they do not exist."""

    estimate: float
    low: float = MISSING
    high: float = MISSING

    def through(self, change: Callable[[float], float]) -> Measure:
        """Return a function of it; one that falls turns the limits round."""
        values = [change(x) if x < MISSING else MISSING for x in (self.estimate, self.low, self.high)]
        return Measure(values[0], *sorted(values[1:]))


def _ratio(above: float, below: float) -> float:
    return above / below if below else MISSING


def risk_difference(table: Fourfold, level: float) -> Measure:
    """Return the difference of the risks."""
    if not (table.exposed and table.unexposed):
        return Measure(MISSING)
    p, q = table.cases_exposed / table.exposed, table.cases_unexposed / table.unexposed
    error = math.sqrt(p * (1 - p) / table.exposed + q * (1 - q) / table.unexposed)
    reach = normal_quantile(level) * error
    return Measure(p - q, p - q - reach, p - q + reach)


def log_limits(estimate: float, variance: float, level: float) -> Measure:
    """Return a ratio with limits that are symmetric for its logarithm."""
    if not 0 < estimate < MISSING or variance >= MISSING:
        return Measure(estimate)
    reach = math.exp(normal_quantile(level) * math.sqrt(variance))
    return Measure(estimate, estimate / reach, estimate * reach)


def _bisected(beyond: Callable[[float], bool], low: float, high: float) -> float:
    """Return where `beyond` turns true between two numbers."""
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if beyond(middle):
            high = middle
        else:
            low = middle
    return (low + high) / 2


def cornfield(table: Fourfold, level: float) -> Measure:
    """Return the odds ratio with Cornfield's limits, at which chi-squared has its critical value."""
    z = normal_quantile(level)
    least = max(0.0, table.cases - table.unexposed)
    most = min(table.cases, table.exposed)
    limits = []
    for side in (-1, 1):
        edge = least if side < 0 else most
        if table.cases_exposed == edge:
            limits.append(MISSING)
            continue

        def beyond(a: float, side: int = side) -> bool:
            cells = (a, table.cases - a, table.exposed - a, table.unexposed - table.cases + a)
            far = side * (a - table.cases_exposed) * math.sqrt(sum(1 / cell for cell in cells)) > z
            return far if side > 0 else not far

        low, high = sorted((table.cases_exposed, edge))
        a = _bisected(beyond, low, high)
        above = a * (table.unexposed - table.cases + a)
        limits.append(_ratio(above, (table.cases - a) * (table.exposed - a)))
    return Measure(table.odds_ratio, *limits)


def exact_odds(table: Fourfold, level: float) -> Measure:
    """Return the odds ratio with limits of the distribution given both margins."""
    support, log_weights = _conditional(table)
    a, half = table.cases_exposed, (1 - level / 100) / 2

    def tail(log_odds: float, upper: bool) -> float:
        logs = log_weights + log_odds * support
        chances = np.exp(logs - logs.max())
        inside = support >= a if upper else support <= a
        return float(chances[inside].sum() / chances.sum())

    low = 0.0 if a == support[0] else math.exp(_bisected(lambda x: tail(x, True) > half, -50, 50))
    high = MISSING if a == support[-1] else math.exp(_bisected(lambda x: tail(x, False) < half, -50, 50))
    return Measure(table.odds_ratio, low, high)


def _conditional(table: Fourfold) -> tuple[np.ndarray, np.ndarray]:
    """Return the possible numbers of exposed cases, and the logarithms of their weights at odds ratio 1."""
    from scipy.special import gammaln

    least, most = max(0.0, table.cases - table.unexposed), min(table.cases, table.exposed)
    k = np.arange(least, most + 1)
    cells = (k, table.cases - k, table.exposed - k, table.unexposed - table.cases + k)
    return k, -np.sum([gammaln(cell + 1) for cell in cells], axis=0)


def fisher(table: Fourfold) -> tuple[float, float]:
    """Return Fisher's one-sided (the smaller tail) and two-sided p-values."""
    support, logs = _conditional(table)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    here = chances[support == table.cases_exposed][0]
    one = min(chances[support <= table.cases_exposed].sum(), chances[support >= table.cases_exposed].sum())
    return float(min(1.0, one)), float(min(1.0, chances[chances <= here * (1 + 1e-7)].sum()))


def rate_ratio(cases: tuple[float, float], times: tuple[float, float], level: float) -> Measure:
    """Return the ratio of two rates with exact limits, from the share of cases that are exposed."""
    from scipy.special import betaincinv

    (a, b), (first, second) = cases, times
    half = (1 - level / 100) / 2
    low = betaincinv(a, b + 1, half) if a else 0.0
    high = betaincinv(a + 1, b, 1 - half) if b else 1.0
    limits = [_ratio(share * second, (1 - share) * first) for share in (float(low), float(high))]
    return Measure(_ratio(a * second, b * first), *limits)


def rate_difference(cases: tuple[float, float], times: tuple[float, float], level: float) -> Measure:
    """Return the difference of two rates."""
    (a, b), (first, second) = cases, times
    found = a / first - b / second
    reach = normal_quantile(level) * math.sqrt(a / first**2 + b / second**2)
    return Measure(found, found - reach, found + reach)


def mid_p(cases: tuple[float, float], times: tuple[float, float]) -> tuple[str, float, float]:
    """Return the tail (`<=` or `>=`) and its one-sided and two-sided mid-p-values that rates are equal."""
    from scipy.special import bdtr, bdtrc

    a, n = cases[0], int(sum(cases))
    share = times[0] / sum(times)
    here = float(bdtr(a, n, share)) - (float(bdtr(a - 1, n, share)) if a else 0.0)
    below = float(bdtr(a, n, share)) - here / 2
    above = (float(bdtrc(a - 1, n, share)) if a else 1.0) - here / 2
    sign, p = ("<=", below) if below <= above else (">=", above)
    return sign, p, min(1.0, 2 * p)


@dataclass(frozen=True, slots=True)
class Combined:
    """Mantel and Haenszel's combination of strata.

    Attributes
    ----------
    weights : tuple of float
        Of each stratum.
    combined : Measure
    homogeneity, p_homogeneity : float
        Of the logarithms of the ratios about the combined one; `df` strata less 1.
    chi2 : float
        Mantel and Haenszel's statistic that the combined odds ratio is 1; missing for others.
    """

    weights: tuple[float, ...]
    combined: Measure
    homogeneity: float
    df: int
    p_homogeneity: float
    chi2: float = MISSING


def _homogeneity(
    ratios: Sequence[float], variances: Sequence[float], combined: float
) -> tuple[float, int, float]:
    known = [
        (ratio, variance)
        for ratio, variance in zip(ratios, variances, strict=True)
        if 0 < ratio < MISSING and variance < MISSING
    ]
    if len(known) < 2 or not 0 < combined < MISSING:
        return MISSING, max(len(known) - 1, 0), MISSING
    found = sum(math.log(ratio / combined) ** 2 / variance for ratio, variance in known)
    return found, len(known) - 1, chi2_tail(found, len(known) - 1)


def combined_risks(tables: Sequence[Fourfold], level: float) -> Combined:
    """Return the combined risk ratio, with the variance of Greenland and Robins (1985)."""
    above = [t.cases_exposed * t.unexposed / t.total for t in tables]
    below = [t.cases_unexposed * t.exposed / t.total for t in tables]
    spread = sum(
        (t.cases * t.exposed * t.unexposed - t.cases_exposed * t.cases_unexposed * t.total) / t.total**2
        for t in tables
    )
    ratio = _ratio(sum(above), sum(below))
    variance = _ratio(spread, sum(above) * sum(below))
    same = _homogeneity([t.risk_ratio for t in tables], [t.log_risk_variance for t in tables], ratio)
    return Combined(tuple(below), log_limits(ratio, variance, level), *same)


def combined_odds(tables: Sequence[Fourfold], level: float) -> Combined:
    """Return the combined odds ratio, with the variance of Robins, Breslow and Greenland (1986)."""
    R = [t.cases_exposed * t.others_unexposed / t.total for t in tables]
    S = [t.cases_unexposed * t.others_exposed / t.total for t in tables]
    P = [(t.cases_exposed + t.others_unexposed) / t.total for t in tables]
    Q = [1 - p for p in P]
    r, s = sum(R), sum(S)
    ratio, variance = _ratio(r, s), MISSING
    if r and s:
        variance = sum(p * x for p, x in zip(P, R, strict=True)) / (2 * r * r)
        mixed = zip(P, Q, R, S, strict=True)
        variance += sum(p * y + q * x for p, q, x, y in mixed) / (2 * r * s)
        variance += sum(q * y for q, y in zip(Q, S, strict=True)) / (2 * s * s)
    gap = sum(t.cases_exposed - t.cases * t.exposed / t.total for t in tables)
    spread = sum(
        t.cases * t.others * t.exposed * t.unexposed / (t.total**2 * (t.total - 1))
        for t in tables
        if t.total > 1
    )
    same = _homogeneity([t.odds_ratio for t in tables], [t.log_odds_variance for t in tables], ratio)
    return Combined(tuple(S), log_limits(ratio, variance, level), *same, _ratio(gap * gap, spread))


def combined_rates(
    cases: Sequence[tuple[float, float]], times: Sequence[tuple[float, float]], level: float
) -> Combined:
    """Return the combined ratio of rates, with the variance of Greenland and Robins (1985)."""
    pairs = list(zip(cases, times, strict=True))
    above = [a * second / (first + second) for (a, _), (first, second) in pairs]
    below = [b * first / (first + second) for (_, b), (first, second) in pairs]
    spread = sum((a + b) * first * second / (first + second) ** 2 for (a, b), (first, second) in pairs)
    ratio = _ratio(sum(above), sum(below))
    ratios = [_ratio(a * second, b * first) for (a, b), (first, second) in pairs]
    variances = [1 / a + 1 / b if a and b else MISSING for a, b in cases]
    same = _homogeneity(ratios, variances, ratio)
    return Combined(tuple(below), log_limits(ratio, _ratio(spread, sum(above) * sum(below)), level), *same)
