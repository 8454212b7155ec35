"""Sample sizes and power for means and proportions.

`Design` is by the normal distribution alone (Fleiss 1981); the functions below use the exact one if any.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from scipy.special import nctdtr

from xmixed.errors import StataError
from xmixed.statistics.distributions import t_quantile

_NORMAL = NormalDist()
_MOST = 1e12
"""Sizes beyond this are not looked for."""

Power = Callable[[float, float], float]
"""power(n1, n2): of samples of these sizes; tests of one sample take no notice of the second."""


@dataclass(frozen=True, slots=True)
class Design:
    """A comparison of two values, of means (with standard deviations) or of proportions.

    Attributes
    ----------
    first, second : float
        Of the two populations; of one sample: under the hypothesis, and in truth.
    sd : tuple of float, or None
        None: proportions.
    alpha : float
    two_sided, one_sample, corrected : bool
        `corrected` by continuity, of two proportions.
    ratio : float
        Size of the second sample over that of the first.
    """

    first: float
    second: float
    sd: tuple[float, float] | None
    alpha: float
    two_sided: bool = True
    one_sample: bool = False
    corrected: bool = True
    ratio: float = 1.0

    @property
    def critical(self) -> float:
        return _NORMAL.inv_cdf(1 - self.alpha / (2 if self.two_sided else 1))

    @property
    def difference(self) -> float:
        return abs(self.first - self.second)

    def spreads(self) -> tuple[float, float]:
        """Return root n times the standard error of the difference, if there is none, and as it is."""
        p, q, r = self.first, self.second, self.ratio
        if self.sd is not None:
            one, two = self.sd
            spread = one if self.one_sample else math.sqrt(one**2 + two**2 / r)
            return spread, spread
        if self.one_sample:
            return math.sqrt(p * (1 - p)), math.sqrt(q * (1 - q))
        mean = (p + r * q) / (1 + r)
        return math.sqrt((1 + 1 / r) * mean * (1 - mean)), math.sqrt(p * (1 - p) + q * (1 - q) / r)

    @property
    def _correction(self) -> float:
        if self.sd is not None or self.one_sample or not self.corrected:
            return 0.0
        return 2 * (self.ratio + 1) / (self.ratio * self.difference)

    def size(self, power: float) -> float:
        """Return the size of the first sample, not yet rounded up."""
        none, true = self.spreads()
        n = ((self.critical * none + _NORMAL.inv_cdf(power) * true) / self.difference) ** 2
        return n / 4 * (1 + math.sqrt(1 + self._correction / n)) ** 2

    def power(self, n: float) -> float:
        """Return the power with n in the first sample; the far tail does not count."""
        none, true = self.spreads()
        inner = n - self._correction / 4
        if inner <= 0:
            return 0.0
        effective = inner**2 / n
        return _NORMAL.cdf((math.sqrt(effective) * self.difference - self.critical * none) / true)


@dataclass(frozen=True, slots=True)
class SizedTest:
    """A test at level alpha; one-sided ones look at the side of the alternative."""

    alpha: float
    one_sided: bool = False

    @property
    def tail(self) -> float:
        return self.alpha if self.one_sided else self.alpha / 2

    def normal(self, shift: float, none: float, true: float) -> float:
        """Return the power of a normal statistic.

        Parameters
        ----------
        shift : float
            Its mean under the alternative.
        none, true : float
            Its standard deviation under the hypothesis and the alternative.
        """
        critical = -_NORMAL.inv_cdf(self.tail) * none
        own = _NORMAL.cdf((abs(shift) - critical) / true)
        return own if self.one_sided else own + _NORMAL.cdf((-abs(shift) - critical) / true)

    def student(self, shift: float, df: float) -> float:
        """Return the power of a t statistic with noncentrality `shift`; 0 without degrees of freedom."""
        if not df > 0:
            return 0.0
        critical = t_quantile(100 - 200 * self.tail, df)
        own = 1 - float(nctdtr(df, abs(shift), critical))
        return own if self.one_sided else own + float(nctdtr(df, abs(shift), -critical))


def one_mean(test: SizedTest, delta: float, sd: float, known: bool) -> Power:
    """Return the power of a test of one mean, or of paired ones with the deviation of their difference."""

    def power(n: float, _: float) -> float:
        shift = delta / sd * math.sqrt(n)
        return test.normal(shift, 1.0, 1.0) if known else test.student(shift, n - 1)

    return power


def two_means(test: SizedTest, delta: float, sd: tuple[float, float], common: bool, known: bool) -> Power:
    """Return the power of a test of two means; unequal deviations have Satterthwaite's degrees of freedom."""

    def power(n1: float, n2: float) -> float:
        first, second = sd[0] ** 2 / n1, sd[1] ** 2 / n2
        shift = delta / math.sqrt(first + second)
        if known:
            return test.normal(shift, 1.0, 1.0)
        if common:
            return test.student(shift, n1 + n2 - 2)
        if min(n1, n2) <= 1:
            return 0.0
        return test.student(shift, (first + second) ** 2 / (first**2 / (n1 - 1) + second**2 / (n2 - 1)))

    return power


def one_proportion(test: SizedTest, p0: float, pa: float, wald: bool) -> Power:
    """Return the power of the score or the Wald test of one proportion."""
    true = math.sqrt(pa * (1 - pa))
    none = true if wald else math.sqrt(p0 * (1 - p0))
    return lambda n, _: test.normal((pa - p0) * math.sqrt(n), none, true)


def two_proportions(test: SizedTest, p1: float, p2: float, continuity: bool) -> Power:
    """Return the power of Pearson's test of two proportions."""

    def power(n1: float, n2: float) -> float:
        mean = (n1 * p1 + n2 * p2) / (n1 + n2)
        none = math.sqrt(mean * (1 - mean) * (1 / n1 + 1 / n2))
        true = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        shift = abs(p2 - p1) - ((1 / n1 + 1 / n2) / 2 if continuity else 0.0)
        return test.normal(max(shift, 0.0), none, true)

    return power


def least_size(power: Power, wanted: float, ratio: float) -> float:
    """Return the size of the first sample with a power, `ratio` times as many being in the second.

    Raises
    ------
    StataError
        r(498) where no size has it.
    """
    low, high = 0.0, 2.0
    while power(high, high * ratio) < wanted:
        low, high = high, high * 2
        if high > _MOST:
            raise StataError(498, "no sample size has this power")
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if middle > 0 and power(middle, middle * ratio) >= wanted:
            high = middle
        else:
            low = middle
    return high
