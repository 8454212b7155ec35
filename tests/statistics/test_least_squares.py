"""Least squares: NIST's certified values, exact arithmetic, collinear columns, data far from zero."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.nist_linear import LinearSet, sets
from xmixed.statistics.linear import least_squares as module
from xmixed.statistics.linear.least_squares import least_squares

# Digits of the worst coefficient and standard error. Filip's powers of x are rounded to doubles before they
# are read, and its condition number of 1e10 makes eight digits of that the best there is: 8.1 to 8.9 of its
# standard errors, by the kernels that BLAS chooses for the processor.
DIGITS = {"Filip": (7.5, 7.5), "Wampler5": (9.0, 12.0)}


def correct_digits(found: np.ndarray, certified: np.ndarray) -> float:
    """NIST's log relative error, at most 15."""
    error = np.abs(found - certified) / np.where(certified == 0, 1.0, np.abs(certified))
    return float(-np.log10(max(error.max(), 1e-15)))


@pytest.mark.parametrize("data", sets(), ids=lambda data: data.name)
def test_nist_linear_regression(data: LinearSet) -> None:
    columns = [*data.columns, None] if data.constant else data.columns
    fit = least_squares(data.y, columns)
    order = [len(columns) - 1, *range(len(columns) - 1)] if data.constant else range(len(columns))
    sd = np.sqrt(fit.rss / (len(data.y) - fit.rank))
    deviations = sd * np.sqrt(fit.inverse.diagonal())
    coefficient_digits, deviation_digits = DIGITS.get(data.name, (11.5, 11.5))
    assert correct_digits(fit.beta[list(order)], np.array(data.coefficients)) > coefficient_digits
    if data.residual_sd:
        assert correct_digits(deviations[list(order)], np.array(data.deviations)) > deviation_digits
        assert correct_digits(np.array([sd]), np.array([data.residual_sd])) > deviation_digits
    else:
        assert sd < 1e-12


@pytest.mark.parametrize("data", [d for d in sets() if d.name != "Filip"], ids=lambda data: data.name)
def test_cross_products_of_large_problems_keep_the_digits(
    data: LinearSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SMALL", 0)
    columns = [*data.columns, None] if data.constant else data.columns
    fit = least_squares(data.y, columns)
    order = [len(columns) - 1, *range(len(columns) - 1)] if data.constant else range(len(columns))
    errors = np.abs(fit.beta[list(order)] - data.coefficients)
    # Standard errors are the measure: coefficients of Wampler5 are a millionth of theirs.
    assert np.all(errors <= 1e-8 * (np.abs(data.coefficients) + np.array(data.deviations)))
    if data.residual_sd:
        sd = np.sqrt(fit.rss / (len(data.y) - fit.rank))
        assert correct_digits(np.array([sd]), np.array([data.residual_sd])) > 8.5


def exact_solution(y: np.ndarray, columns: list[np.ndarray], weights: np.ndarray) -> list[float]:
    """Normal equations in rational arithmetic."""
    rows = [[Fraction(float(v)) for v in row] for row in zip(*columns, strict=True)]
    w, target = [Fraction(float(v)) for v in weights], [Fraction(float(v)) for v in y]
    k = len(columns)
    system = [
        [sum((f * r[i] * r[j] for f, r in zip(w, rows, strict=True)), Fraction(0)) for j in range(k)]
        + [sum((f * r[i] * t for f, r, t in zip(w, rows, target, strict=True)), Fraction(0))]
        for i in range(k)
    ]
    for i in range(k):
        pivot = next(r for r in range(i, k) if system[r][i])
        system[i], system[pivot] = system[pivot], system[i]
        system[i] = [value / system[i][i] for value in system[i]]
        for r in range(k):
            if r != i:
                system[r] = [a - system[r][i] * b for a, b in zip(system[r], system[i], strict=True)]
    return [float(system[i][k]) for i in range(k)]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), offset=st.sampled_from([0.0, 1e6, -1e9]), large=st.booleans())
def test_data_far_from_zero_against_exact_arithmetic(seed: int, offset: float, large: bool) -> None:
    rng = np.random.default_rng(seed)
    x = [offset + rng.integers(0, 50, 25) / 8, rng.normal(size=25)]
    y = 3 * x[0] - x[1] + rng.normal(size=25) + offset
    weights = rng.integers(1, 5, 25).astype(float)
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(module, "_SMALL", 0)
        fit = least_squares(y, [*x, None], weights)
    exact = exact_solution(y, [*x, np.ones(25)], weights)
    np.testing.assert_allclose(fit.beta[:2], exact[:2], rtol=1e-9)
    np.testing.assert_allclose(fit.beta[2], exact[2], rtol=1e-9, atol=1e-9 * (1 + abs(offset)))


def test_sorted_data_whose_first_rows_are_far_from_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 20_000
    x = np.concatenate([1e7 + np.arange(5_000.0) / 1e4, np.linspace(0, 1, n - 5_000)])
    y = 2 * x + np.sin(np.arange(n))
    fit = least_squares(y, [x, None])
    monkeypatch.setattr(module, "_SMALL", 0)
    large = least_squares(y, [x, None])
    np.testing.assert_allclose(large.beta, fit.beta, rtol=1e-13, atol=1e-8)
    np.testing.assert_allclose([large.rss, large.tss], [fit.rss, fit.tss], rtol=1e-10)


@pytest.mark.parametrize("large", [False, True])
def test_later_columns_that_earlier_ones_determine_are_omitted(
    large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(module, "_SMALL", 0)
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 200)).astype(np.float32)
    total = (a + b).astype(np.float32)
    y = a + rng.normal(size=200)
    fit = least_squares(y, [a, np.full(200, 7.0), b, total, None, None])
    assert fit.omitted.tolist() == [False, True, False, True, False, True]
    plain = least_squares(y, [a, b, None])
    np.testing.assert_allclose(fit.beta[[0, 2, 4]], plain.beta, rtol=1e-12)
    assert fit.rss == pytest.approx(plain.rss, rel=1e-12)
    assert fit.rank == 3 and not fit.inverse[3].any()


def test_values_that_overflow_are_refused() -> None:
    with pytest.raises(FloatingPointError):
        least_squares(np.array([1e200, 2.0, 3.0]), [np.array([1.0, 2.0, 4.0]), None])
