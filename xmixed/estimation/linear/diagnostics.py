"""Tests of a linear regression's assumptions: heteroskedasticity, omitted variables, variance inflation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.linear.variance import Weighting
from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True)
class SpecificationTest:
    """A chi2 test, or with `df_residual` an F test."""

    statistic: float
    df: int
    p_value: float
    df_residual: float | None = None

    @classmethod
    def of_chi2(cls, statistic: float, df: int) -> SpecificationTest:
        """Return a chi2 test; missing where the residuals leave nothing to test."""
        if not np.isfinite(statistic):
            return cls(MISSING, df, MISSING)
        return cls(statistic, df, chi2_tail(statistic, df))


@dataclass(frozen=True, slots=True, eq=False)
class FittedSample:
    """A fitted regression with its data.

    Attributes
    ----------
    y : ndarray, shape (n,)
    columns : tuple of Column
        Of the estimated terms; None is the constant.
    n : float
        Observations, frequency weights counted.
    weighting : Weighting or None
    fitted : ndarray, shape (n,)
    fit : LeastSquares
    """

    y: np.ndarray
    columns: tuple[Column, ...]
    n: float
    weighting: Weighting | None
    fitted: np.ndarray
    fit: LeastSquares

    @property
    def weights(self) -> np.ndarray | None:
        return None if self.weighting is None else self.weighting.fitted

    @property
    def covariates(self) -> list[np.ndarray]:
        return [column for column in self.columns if column is not None]


def _f_test(first: LeastSquares, second: LeastSquares, n: float) -> SpecificationTest:
    df, df_residual = second.rank - first.rank, n - second.rank
    gain = (first.rss - second.rss) / df if df else np.nan
    statistic = gain / (second.rss / df_residual) if df_residual > 0 and second.rss > 0 else np.nan
    return SpecificationTest(float(statistic), df, f_tail(float(statistic), df, df_residual), df_residual)


def heteroskedasticity_test(
    sample: FittedSample, variables: Sequence[np.ndarray], form: str = "normal"
) -> SpecificationTest:
    """Test whether the variance depends on variables.

    Breusch and Pagan (1979) and Cook and Weisberg (1983) for normal errors: half the explained sum of squares
    of e^2 / (rss / N); Koenker (1981) for others: N R^2, or the F of that regression.

    Parameters
    ----------
    form : str
        normal, iid or fstat.
    """
    if sample.fit.rss <= 0:  # an exact fit
        return SpecificationTest.of_chi2(np.nan, len(variables))
    squares = (sample.y - sample.fitted) ** 2
    scaled = squares / (sample.fit.rss / sample.n)
    columns: list[Column] = [*variables, None]
    alone = least_squares(scaled, [None], sample.weights)
    found = least_squares(scaled, columns, sample.weights)
    if form == "fstat":
        return _f_test(alone, found, sample.n)
    explained = found.tss - found.rss
    statistic = explained / 2 if form == "normal" else _share(sample.n * explained, found.tss)
    return SpecificationTest.of_chi2(float(statistic), found.rank - 1)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def reset_test(sample: FittedSample, covariates: bool = False) -> SpecificationTest:
    """Test powers two to four of the fitted values, or of the covariates: Ramsey (1969)."""
    bases = sample.covariates if covariates else [sample.fitted]
    added: list[np.ndarray] = []
    for values in bases:
        spread = float(np.ptp(values)) or 1.0
        # Powers of a variable between 0 and 1 span the same space and keep their digits.
        unit = (values - values.min()) / spread
        added += [unit**power for power in (2, 3, 4)]
    larger = least_squares(sample.y, [*sample.columns, *added], sample.weights)
    return _f_test(sample.fit, larger, sample.n)


def inflation_factors(sample: FittedSample, centred: bool = True) -> np.ndarray:
    """Return 1 / (1 - R^2) of the regression of each covariate on the others, shape (covariates,).

    Parameters
    ----------
    centred : bool
        False: sums of squares about zero, the constant being one more covariate.
    """
    if not centred:
        columns = [np.ones(len(sample.y)) if column is None else column for column in sample.columns]
        fit = least_squares(sample.y, columns, sample.weights)
        return fit.inverse.diagonal() * fit.column_squares
    places = [place for place, column in enumerate(sample.columns) if column is not None]
    fit = sample.fit
    return fit.inverse.diagonal()[places] * fit.column_squares[places]


@dataclass(frozen=True, slots=True)
class InformationMatrixTest:
    """Cameron and Trivedi's parts of the information matrix test; the first is White's test."""

    heteroskedasticity: SpecificationTest
    skewness: SpecificationTest
    kurtosis: SpecificationTest

    @property
    def total(self) -> SpecificationTest:
        parts = (self.heteroskedasticity, self.skewness, self.kurtosis)
        missing = any(part.statistic == MISSING for part in parts)
        statistic = np.nan if missing else sum(part.statistic for part in parts)
        return SpecificationTest.of_chi2(statistic, sum(part.df for part in parts))


def information_matrix_test(sample: FittedSample) -> InformationMatrixTest:
    """Test moments of the residuals (Cameron and Trivedi 1990): N R^2 of three regressions.

    e^2 on covariates, their squares and products (White 1980); e^3 - 3 s^2 e on covariates;
    e^4 - 6 s^2 e^2 + 3 s^4 on a constant, where R^2 is about zero. s^2 is rss / N.
    """
    residuals = sample.y - sample.fitted
    variance = sample.fit.rss / sample.n
    # Standardised covariates span the same spaces and keep their digits.
    scaled = [(values - values.mean()) / (values.std() or 1.0) for values in sample.covariates]
    products = [a * b for place, a in enumerate(scaled) for b in scaled[place:]]
    third = residuals**3 - 3 * variance * residuals
    fourth = residuals**4 - 6 * variance * residuals**2 + 3 * variance**2
    weights = np.ones(len(residuals)) if sample.weights is None else sample.weights
    kurtosis = _share(float(weights @ fourth) ** 2, float(weights @ fourth**2))
    return InformationMatrixTest(
        _explained(sample, residuals**2, [*scaled, *products]),
        _explained(sample, third, scaled),
        SpecificationTest.of_chi2(kurtosis, 1),
    )


def _explained(sample: FittedSample, y: np.ndarray, variables: Sequence[np.ndarray]) -> SpecificationTest:
    """Return N R^2 of a regression with a constant, and the number of variables that count in it."""
    found = least_squares(y, [*variables, None], sample.weights)
    statistic = _share(float(sample.n * (found.tss - found.rss)), float(found.tss))
    return SpecificationTest.of_chi2(statistic, found.rank - 1)


def szroeter_test(sample: FittedSample, values: np.ndarray) -> SpecificationTest:
    """Return the test that the variance rises or falls with a variable, by the variable's ranks.

    Szroeter (1978), Econometrica 46: the mean rank, weighted by squared residuals, less (n + 1)/2, over its
    standard error for normal errors.
    """
    from scipy.stats import rankdata

    squares = (sample.y - sample.fitted) ** 2
    n = len(squares)
    mean_rank = _share(float(rankdata(values) @ squares), float(squares.sum()))
    return SpecificationTest.of_chi2(6.0 * _share(n, n**2 - 1.0) * (mean_rank - (n + 1) / 2) ** 2, 1)
