"""Sample sizes and power for means and proportions, by the normal distribution (Fleiss 1981)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()


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
