"""The Hausman test: two estimates of the same coefficients, one efficient under the hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail

_SINGULAR = 1e-10
"""Eigenvalues of the difference of variances that count as zero, relative to the largest."""


@dataclass(frozen=True, slots=True, eq=False)
class CommonCoefficients:
    """Coefficients that two models share: names, both estimates, both covariances."""

    names: tuple[str, ...]
    consistent: np.ndarray
    efficient: np.ndarray
    V_consistent: np.ndarray
    V_efficient: np.ndarray


@dataclass(frozen=True, slots=True)
class HausmanTest:
    """The test; the p-value is missing for a negative statistic."""

    statistic: float
    df: int
    rank: int
    p_value: float
    positive_definite: bool


def common_coefficients(
    consistent: Coefficients,
    efficient: Coefficients,
    constant: bool,
    pair: tuple[str, str] | None,
    skipped: frozenset[str] | None = None,
) -> CommonCoefficients:
    """Return the coefficients with the same name in both models, without constants unless asked for.

    Parameters
    ----------
    pair : tuple of str, or None
        The equation of each model that is compared; None for equations of the same name.
    skipped : frozenset of str, or None
        All equations but these; None the first of the consistent model only.

    Raises
    ------
    StataError
        r(498) where nothing is in common; r(303) for an unknown equation.
    """

    first_equation = consistent.equations[0]

    def named(coefficients: Coefficients, equation: str | None) -> dict[str, int]:
        found = {}
        for place, full in enumerate(coefficients.names):
            own, _, name = full.rpartition(":")
            if coefficients.V[place, place] <= 0 or (name == "_cons" and not constant):
                continue
            if equation is None and (own in skipped if skipped is not None else own != first_equation):
                continue
            if equation is None or own == equation:
                found[full if equation is None else name] = place
        return found

    chosen = (None, None) if pair is None else (consistent.equation(pair[0]), efficient.equation(pair[1]))
    first, second = named(consistent, chosen[0]), named(efficient, chosen[1])
    names = [name for name in first if name in second]
    if not names:
        raise StataError(
            498,
            "no coefficients in common; specify equations(matchlist)\n"
            "for problems with different equation names",
        )
    own, other = [first[name] for name in names], [second[name] for name in names]
    return CommonCoefficients(
        tuple(name.rpartition(":")[2] for name in names),
        consistent.b[own],
        efficient.b[other],
        consistent.V[np.ix_(own, own)],
        efficient.V[np.ix_(other, other)],
    )


def with_common_sigma(
    common: CommonCoefficients, consistent: float, efficient: float, more: bool
) -> CommonCoefficients:
    """Return both covariances with one error variance: the efficient (`more`) or the consistent model's.

    Parameters
    ----------
    consistent, efficient : float
        Standard deviations of the errors of the models.
    """
    if more:
        return replace(common, V_consistent=common.V_consistent * (efficient / consistent) ** 2)
    return replace(common, V_efficient=common.V_efficient * (consistent / efficient) ** 2)


def hausman_test(common: CommonCoefficients, df: int | None = None) -> HausmanTest:
    """Return (b - B)'(V_b - V_B)^-1 (b - B), with a generalised inverse where the rank is short."""
    difference = common.consistent - common.efficient
    V = common.V_consistent - common.V_efficient
    scale = np.sqrt(np.maximum(np.abs(np.diag(V)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(V / np.outer(scale, scale))
    kept = np.abs(values) > _SINGULAR * np.abs(values).max(initial=0.0)
    rank = int(np.count_nonzero(kept))
    projected = vectors[:, kept].T @ (difference / scale)
    statistic = float(np.sum(projected**2 / values[kept]))
    used = rank if df is None else df
    p_value = chi2_tail(statistic, used) if statistic >= 0 else MISSING
    return HausmanTest(statistic, used, rank, p_value, bool(np.all(values[kept] > 0)))
