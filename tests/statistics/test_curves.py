"""Densities, bins and smooth curves against scipy, weighted least squares and published constants."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import integrate, stats

from xmixed.statistics.curves import smoothing
from xmixed.statistics.curves.bands import cross_medians, default_bands, spline_through
from xmixed.statistics.curves.density import (
    default_bandwidth,
    histogram_bins,
    histogram_counts,
    kernel_density,
)
from xmixed.statistics.curves.fractional import POWERS, fit_fractional, origin_of
from xmixed.statistics.curves.kernels import KERNELS, REACH, kernel_moments
from xmixed.statistics.curves.smoothing import (
    _bandwidth_constant,
    fit_polynomial,
    local_polynomial,
    lowess,
    rule_of_thumb,
)
from xmixed.statistics.curves.surfaces import grid_of


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


def test_a_fractional_polynomial_has_the_powers_of_the_best_fit_of_all() -> None:
    """Every pair of powers tried by hand: powers of x itself, terms with the logarithm where they repeat."""
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 8, 60)
    y = 3 + np.log(x) - 0.2 * x**2 + rng.normal(0, 0.3, 60)
    w = rng.uniform(0.5, 2, 60)

    def columns(at: np.ndarray, p: float, q: float) -> np.ndarray:
        first = np.log(at) if p == 0 else at**p
        second = first * np.log(at) if p == q else np.log(at) if q == 0 else at**q
        return np.column_stack([np.ones_like(at), first, second])

    def squares(p: float, q: float) -> float:
        root = np.sqrt(w)
        b = np.linalg.lstsq(columns(x, p, q) * root[:, None], y * root, rcond=None)[0]
        return float(w @ (y - columns(x, p, q) @ b) ** 2)

    best = min(((p, q) for p in POWERS for q in POWERS if p <= q), key=lambda pair: squares(*pair))
    found = fit_fractional(x, y, w)
    assert found.powers == best
    at = np.linspace(1, 7, 9)
    design = columns(x, *best)
    weights = w / w.sum() * 60
    inverse = np.linalg.inv(design.T @ (design * weights[:, None]))
    b = inverse @ design.T @ (weights * y)
    variance = weights @ (y - design @ b) ** 2 / 57
    np.testing.assert_allclose(found.value(at), columns(at, *best) @ b, rtol=1e-8)
    se = np.sqrt(np.sum(columns(at, *best) @ inverse * columns(at, *best), axis=1) * variance)
    np.testing.assert_allclose(found.standard_error(at), se, rtol=1e-7)
    np.testing.assert_allclose(found.standard_error(at, True), np.sqrt(se**2 + variance), rtol=1e-7)


def test_a_fractional_polynomial_of_what_is_not_positive_is_moved_aside() -> None:
    assert origin_of(np.array([2.0, 5.0])) == 0
    assert origin_of(np.array([-1.0, 0.0, 0.5])) == 1.5
    x = np.arange(-3.0, 9.0)
    found = fit_fractional(x, (x + 4) ** 3 + 1, degree=1)
    assert found.powers == (3.0,) and found.shift == 4
    np.testing.assert_allclose(found.value(x), (x + 4) ** 3 + 1, rtol=1e-10)


def test_cross_medians_are_those_of_bands_of_equal_width() -> None:
    x, y = sample(101)
    found = cross_medians(x, y, 7)
    edges = np.linspace(x.min(), x.max(), 8)
    edges[-1] += 1
    parts = [(x >= a) & (x < b) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    np.testing.assert_allclose(found[0], [np.median(x[part]) for part in parts])
    np.testing.assert_allclose(found[1], [np.median(y[part]) for part in parts])
    at, value = cross_medians(np.array([0.0, 1.0, 9.0, 10.0]), np.arange(4.0), 5)
    assert list(at) == [0.5, 9.5] and list(value) == [0.5, 2.5]  # the bands between are empty
    assert [len(part) for part in cross_medians(np.ones(3), np.arange(3.0), 4)] == [1, 1]
    assert default_bands(27) == 14 and default_bands(3) == 10


def test_the_spline_goes_through_its_knots_and_is_straight_at_its_ends() -> None:
    x, y = np.array([0.0, 1, 3, 4, 7]), np.array([1.0, 3, 2, 5, 4])
    at, value = spline_through(x, y, 9)
    assert len(at) == 41
    np.testing.assert_allclose(value[::10], y, atol=1e-12)
    third = np.diff(value[:4], 3)  # a cubic: third differences are constant, second ones begin at zero
    np.testing.assert_allclose(np.diff(value[:3], 2)[0], third[0], rtol=1e-6)
    assert spline_through(x[:2], y[:2], 9)[0] is not None and len(spline_through(x[:2], y[:2], 9)[0]) == 2


@pytest.mark.parametrize("method", ["thinplatespline", "shepard"])
def test_surfaces_go_through_their_points(method: str) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 5, 40), rng.uniform(-2, 2, 40)
    x[0], y[0], x[1], y[1] = 0, -2, 5, 2  # at two corners of the grid
    z = 2 + 3 * x - y if method == "thinplatespline" else rng.normal(size=40)
    across, along, surface = grid_of(x, y, z, method)
    assert surface[0, 0] == pytest.approx(z[0], abs=1e-6) and surface[-1, -1] == pytest.approx(z[1], abs=1e-6)
    if method == "thinplatespline":  # a plane has no bending: the spline is the plane
        np.testing.assert_allclose(surface, 2 + 3 * across[None, :] - along[:, None], atol=1e-8)
    else:  # means of the values never leave their range
        assert surface.min() >= z.min() and surface.max() <= z.max()


def test_a_full_grid_is_taken_as_it_is() -> None:
    x, y = (part.ravel() for part in np.meshgrid(np.arange(4.0), np.arange(3.0)))
    for method in ("thinplatespline", "none"):
        across, along, surface = grid_of(x, y, x * 10 + y, method)
        np.testing.assert_array_equal(surface, across[None, :] * 10 + along[:, None])
    with pytest.raises(ValueError, match="no full grid"):
        grid_of(x[:-1], y[:-1], x[:-1], "none")
    with pytest.raises(ValueError, match="one line"):
        grid_of(x, x * 0, x, "shepard")


@pytest.mark.parametrize("draw", ["normal", "standard_cauchy"])
@pytest.mark.parametrize(
    "options", [{}, {"mean": True}, {"weighted": False}], ids=["lines", "means", "unweighted"]
)
def test_stretches_of_very_many_points_stand_for_them(
    monkeypatch: pytest.MonkeyPatch, draw: str, options: dict[str, bool]
) -> None:
    """The smooth of stretches is that of the points, to 1e-4 standard deviations of y."""
    rng = np.random.default_rng(1)
    x = getattr(rng, draw)(size=30_000)
    y = np.sin(np.clip(x, -5, 5)) + rng.normal(size=30_000)
    whole = lowess(x, y, 0.3, **options)
    monkeypatch.setattr(smoothing, "BLOCKS", 6_000)
    np.testing.assert_allclose(lowess(x, y, 0.3, **options), whole, atol=1e-4 * float(y.std()))
    start = time.process_time()
    lowess(np.tile(x, 20), np.tile(y, 20), 0.3)
    assert time.process_time() - start < 3
