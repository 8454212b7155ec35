"""Covariate patterns of binary outcomes: residuals, leverage and tests of fit by pattern.

Hosmer and Lemeshow (2000), Applied Logistic Regression, chapter 5; Pregibon (1981) for the leverage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.grouping import factorise, nested_codes
from xmixed.statistics.moments import percentile


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Observations with the same covariates, J patterns.

    Attributes
    ----------
    codes : (n,) integer array
        The pattern of each observation, numbered by first appearance.
    first : (J,) integer array
        The first observation of each.
    sizes, positive : (J,) arrays
        Observations, and those with a positive outcome.
    probability : (J,) array
    """

    codes: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    positive: np.ndarray
    probability: np.ndarray

    @property
    def count(self) -> int:
        return len(self.first)

    @property
    def variance(self) -> np.ndarray:
        """m p (1 - p), (J,)."""
        return self.sizes * self.probability * (1.0 - self.probability)

    @property
    def pearson(self) -> np.ndarray:
        """(y - m p) / sqrt(m p (1 - p)), (J,)."""
        return (self.positive - self.sizes * self.probability) / np.sqrt(self.variance)

    @property
    def deviance(self) -> np.ndarray:
        """Signed square roots of the parts of the deviance, (J,)."""
        y, m, p = self.positive, self.sizes, self.probability
        parts = special.xlogy(y, y / (m * p)) + special.xlogy(m - y, (m - y) / (m * (1.0 - p)))
        return np.copysign(np.sqrt(2.0 * np.maximum(parts, 0.0)), y - m * p)


def patterns_of(
    columns: Sequence[np.ndarray | None], positive: np.ndarray, probability: np.ndarray, weights: np.ndarray
) -> Patterns:
    """Return the patterns of columns.

    Parameters
    ----------
    columns : sequence of (n,) arrays or None
        Of the model; None is the constant.
    positive : (n,) bool array
    probability : (n,) array
    weights : (n,) array
        How many observations each row stands for.
    """
    codes, count = np.zeros(len(positive), dtype=np.int64), 1
    for column in columns:
        if column is not None:
            codes, count = nested_codes(codes, count, factorise(np.asarray(column, dtype=np.float64)))
    _, first = np.unique(codes, return_index=True)
    order = np.argsort(first)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    codes, first = rank[codes], first[order]
    sizes = np.bincount(codes, weights, minlength=count)
    return Patterns(
        codes, first, sizes, np.bincount(codes, weights * positive, minlength=count), probability[first]
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """A test of fit: chi-square, its degrees of freedom, and the groups or patterns that it was made of."""

    statistic: float
    df: int
    groups: int

    @property
    def p_value(self) -> float:
        return chi2_tail(self.statistic, self.df)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Observed and expected numbers by group; each (g,). `highest` is the largest probability."""

    highest: np.ndarray
    positive: np.ndarray
    expected: np.ndarray
    sizes: np.ndarray


def pearson_test(patterns: Patterns, parameters: int) -> tuple[Fit, Table]:
    """Return Pearson's test over the patterns, and its table in order of probability."""
    order = np.argsort(patterns.probability, kind="stable")
    table = Table(
        patterns.probability[order],
        patterns.positive[order],
        (patterns.sizes * patterns.probability)[order],
        patterns.sizes[order],
    )
    return Fit(float(np.sum(patterns.pearson**2)), patterns.count - parameters, patterns.count), table


def quantile_test(
    positive: np.ndarray, probability: np.ndarray, weights: np.ndarray, groups: int
) -> tuple[Fit, Table]:
    """Return the test of Hosmer and Lemeshow over quantiles of the probabilities, and its table."""
    order = np.argsort(probability, kind="stable")
    ranked, counts = probability[order], weights[order]
    cuts = [percentile(ranked, counts, 100.0 * place / groups) for place in range(1, groups)]
    own = np.searchsorted(np.array(cuts), probability, side="left")
    used = np.unique(own)
    sums = [
        np.bincount(own, values, minlength=groups)[used]
        for values in (weights * positive, weights * probability, weights)
    ]
    highest = np.array([probability[own == group].max() for group in used])
    table = Table(highest, *sums)
    spread = table.expected * (1.0 - table.expected / table.sizes)
    statistic = float(np.sum((table.positive - table.expected) ** 2 / spread))
    return Fit(statistic, len(used) - 2, len(used)), table


@dataclass(frozen=True, slots=True)
class Classification:
    """Observations by classification (+, -) and outcome (D, ~D)."""

    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float


def classification(
    positive: np.ndarray, probability: np.ndarray, weights: np.ndarray, cutoff: float
) -> Classification:
    """Return how outcomes are classified where a probability of at least `cutoff` is positive."""
    called = probability >= cutoff
    total = lambda rows: float(weights[rows].sum())  # noqa: E731
    return Classification(
        total(called & positive),
        total(called & ~positive),
        total(~called & positive),
        total(~called & ~positive),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Sensitivity and specificity where probabilities of at least `cutoffs` are positive; each (m,)."""

    cutoffs: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray

    @property
    def area(self) -> float:
        """Under sensitivity by 1 - specificity, by trapezoids."""
        return float(np.trapezoid(self.sensitivity[::-1], 1.0 - self.specificity[::-1]))


def operating_curve(positive: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> Curve:
    """Return the receiver operating characteristic: from cutoff 0, where all are positive, to above 1."""
    found = factorise(probability)
    cases = np.bincount(found.codes, weights * positive, minlength=len(found.levels))
    others = np.bincount(found.codes, weights * ~positive, minlength=len(found.levels))
    order = np.argsort(found.levels)
    below_cases = np.concatenate([[0.0], np.cumsum(cases[order])])
    below_others = np.concatenate([[0.0], np.cumsum(others[order])])
    cutoffs = np.append(found.levels[order], 1.0)
    return Curve(cutoffs, 1.0 - below_cases / below_cases[-1], below_others / below_others[-1])
