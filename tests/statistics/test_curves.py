"""Densities, bins and smooth curves against scipy, weighted least squares and published constants."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from xmixed.statistics.curves.density import (
    default_bandwidth,
    histogram_bins,
    histogram_counts,
    kernel_density,
)
from xmixed.statistics.curves.kernels import KERNELS, REACH, kernel_moments
from xmixed.statistics.curves.smoothing import (
    _bandwidth_constant,
    fit_polynomial,
    local_polynomial,
    lowess,
    rule_of_thumb,
)


def sample(n: int = 80, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 10, n)
    return x, np.sin(x) + rng.normal(0, 0.2, n)


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_kernels_integrate_to_one_and_their_moments_are_integrals(name: str) -> None:
    reach = REACH.get(name, 1.0)
    moments, squares = kernel_moments(name)

    def at(z: float) -> float:
        return float(KERNELS[name](np.array([z]))[0])

    for power in (0, 2, 4):
        limits = {"limit": 200, "points": [-0.5, 0.0, 0.5]}
        expected = integrate.quad(lambda z, p=power: z**p * at(z), -reach, reach, **limits)[0]
        assert moments[power] == pytest.approx(expected, rel=1e-7)
        expected = integrate.quad(lambda z, p=power: z**p * at(z) ** 2, -reach, reach, **limits)[0]
        assert squares[power] == pytest.approx(expected, rel=1e-7)
    assert moments[0] == pytest.approx(1.0, abs=1e-9)


def test_gaussian_kernel_density_is_scipys() -> None:
    x, w = sample()
    w = np.abs(w) + 0.1
    at = np.linspace(-1, 11, 30)
    h = 0.7
    known = stats.gaussian_kde(x, bw_method=h / x.std(ddof=1))
    np.testing.assert_allclose(kernel_density(x, at, h, "gaussian"), known(at), rtol=1e-9)
    by_hand = (w * stats.norm.pdf((at[:, None] - x) / h) / h).sum(axis=1) / w.sum()
    np.testing.assert_allclose(kernel_density(x, at, h, "gaussian", w), by_hand, rtol=1e-9)


def test_the_default_bandwidth_is_silvermans() -> None:
    x, _ = sample(200)
    low, high = np.quantile(x, [0.25, 0.75], method="inverted_cdf")
    expected = 0.9 * min(x.std(ddof=1), (high - low) / 1.349) * 200**-0.2
    assert default_bandwidth(x) == pytest.approx(expected, rel=1e-12)
    assert default_bandwidth(np.array([3.0, 3.0])) == 1.0


def test_bins_of_a_histogram() -> None:
    x = np.r_[12.0, np.linspace(13, 40, 72), 41.0]  # 74 numbers: the square root is 8.6
    bins = histogram_bins(x)
    assert (bins.count, bins.start, bins.width) == (8, 12.0, 3.625)
    counts = histogram_counts(x, bins)
    expected, _ = np.histogram(x, bins=bins.start + bins.width * np.arange(9))
    np.testing.assert_array_equal(counts, expected)
    assert histogram_bins(x, width=10).count == 3 and histogram_bins(x, width=10, start=10).count == 4
    assert histogram_bins(x, count=4).width == 7.25
    values = np.array([1.0, 1.0, 2.0, 4.0])
    one_a_value = histogram_bins(values, discrete=True)
    assert (one_a_value.count, one_a_value.start, one_a_value.width) == (4, 0.5, 1.0)
    np.testing.assert_array_equal(histogram_counts(values, one_a_value), [2, 1, 0, 1])
    assert histogram_counts(np.full(5, 3.0), histogram_bins(np.full(5, 3.0))).sum() == 5


def test_lowess_is_weighted_least_squares_in_each_window() -> None:
    x, y = sample(60)
    x[10] = x[11]  # a tie
    smooth = lowess(x, y, 0.5)
    order = np.argsort(x, kind="stable")
    xs, ys = x[order], y[order]
    half = int((60 * 0.5 - 0.5) // 2)
    for i in (0, 3, 30, 59):
        window = slice(max(0, i - half), min(60, i + half + 1))
        distance = np.abs(xs[window] - xs[i])
        reach = 1.0001 * max(xs[i] - xs[window][0], xs[window][-1] - xs[i])
        w = (1 - (distance / reach) ** 3) ** 3
        line = np.polyfit(xs[window] - xs[i], ys[window], 1, w=np.sqrt(w))
        assert smooth[order[i]] == pytest.approx(line[-1], rel=1e-9)
    straight = 3 - 2 * x
    np.testing.assert_allclose(lowess(x, straight), straight, atol=1e-9)
    assert lowess(np.ones(4), np.arange(4.0)).tolist() == [0.5, 1.0, 2.0, 2.5]  # means of neighbours


def test_lowess_of_many_points_is_joined_from_few() -> None:
    x, y = sample(3000)
    smooth = lowess(x, y, 0.1)
    assert np.abs(smooth - np.sin(x)).max() < 0.12


def test_polynomials_are_numpys_with_textbook_standard_errors() -> None:
    x, y = sample()
    at = np.linspace(0, 10, 7)
    fitted = fit_polynomial(x, y, 2)
    known, covariance = np.polyfit(x, y, 2, cov=True)
    np.testing.assert_allclose(fitted.value(at), np.polyval(known, at), rtol=1e-9)
    columns = np.vander(at, 3)
    expected = np.sqrt(np.einsum("ij,jk,ik->i", columns, covariance, columns))
    np.testing.assert_allclose(fitted.standard_error(at), expected, rtol=1e-8)
    forecast = np.sqrt(expected**2 + fitted.residual_variance)
    np.testing.assert_allclose(fitted.standard_error(at, of_forecast=True), forecast, rtol=1e-8)
    twice = fit_polynomial(np.r_[x, x], np.r_[y, y], 1)
    weighted = fit_polynomial(x, y, 1, np.full(len(x), 2.0), n=2.0 * len(x))
    np.testing.assert_allclose(weighted.standard_error(at), twice.standard_error(at), rtol=1e-9)
    assert fit_polynomial(np.ones(3), np.array([1.0, 2, 3]), 1).value(np.ones(1))[0] == pytest.approx(2)


@pytest.mark.parametrize(
    ("kernel", "degree", "published"),
    [("gaussian", 1, 0.776), ("gaussian", 3, 1.161), ("epan2", 1, 1.719), ("epan2", 3, 3.243)]
    + [("rectangle", 1, 1.351), ("rectangle", 3, 2.813), ("biweight", 1, 2.036), ("biweight", 3, 3.633)],
)
def test_bandwidth_constants_are_fan_and_gijbels_table_3_2(
    kernel: str, degree: int, published: float
) -> None:
    assert _bandwidth_constant(kernel, degree) == pytest.approx(published, abs=1e-3)


def test_local_polynomials_are_weighted_least_squares() -> None:
    x, y = sample()
    at = np.array([0.5, 3.0, 9.5])
    for degree in (0, 1, 2):
        fitted = local_polynomial(x, y, at, degree, 1.2)
        for point, value in zip(at, fitted.value, strict=True):
            w = KERNELS["epanechnikov"]((x - point) / 1.2)
            used = w > 0
            line = np.polyfit(x[used] - point, y[used], degree, w=np.sqrt(w[used]))
            assert value == pytest.approx(line[-1], rel=1e-8)
    assert np.isnan(local_polynomial(x, y, np.array([99.0]), 1, 1.2).value[0])


def test_bands_of_local_polynomials_cover_the_curve() -> None:
    """Of 40 simulated samples about 95 % cover the true value at a point where there is little bias."""
    hits = 0
    for seed in range(40):
        x, y = sample(150, seed)
        h = rule_of_thumb(x, y, 1) / 2
        fitted = local_polynomial(x, y, np.array([np.pi]), 1, h)
        hits += abs(fitted.value[0]) <= 1.96 * fitted.standard_error[0]
    assert 33 <= hits <= 40
