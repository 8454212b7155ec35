"""Draws of posteriors against theory, EM against closed forms, Rubin's rules against R."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.missing import MISSING
from xmixed.statistics.imputation.gaussian import (
    covariance_root,
    linear_posterior,
    matching_posterior,
    nearest,
)
from xmixed.statistics.imputation.multivariate import IncompleteNormal
from xmixed.statistics.imputation.pooling import equal_fmi_test, pooled, unrestricted_test


def _regression(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    columns = generator.normal(size=(2, n))
    return 1 + columns[0] - 2 * columns[1] + generator.normal(size=n), columns


def test_draws_of_a_regression_have_the_moments_of_the_posterior() -> None:
    y, columns = _regression()
    posterior = linear_posterior(y, columns)
    generator = np.random.default_rng(1)
    draws = [posterior.parameters(generator) for _ in range(8_000)]
    beta = np.array([draw[0] for draw in draws])
    X = np.column_stack([*columns, np.ones(len(y))])
    hat, rss = np.linalg.lstsq(X, y, rcond=None)[:2]
    df = len(y) - 3
    # sigma^2 is rss over chi-square: its mean is rss / (df - 2), and so is the covariance of beta by it.
    expected = np.linalg.inv(X.T @ X) * rss[0] / (df - 2)
    assert np.allclose(beta.mean(axis=0), hat, atol=4 * np.sqrt(np.diag(expected) / len(beta)))
    assert np.allclose(np.cov(beta.T), expected, atol=0.04 * np.sqrt(np.outer(*[np.diag(expected)] * 2)))
    assert np.mean([sigma**2 for _, sigma in draws]) == pytest.approx(rss[0] / (df - 2), rel=0.01)


def test_a_determined_column_has_no_part_in_a_draw() -> None:
    y, columns = _regression()
    doubled = linear_posterior(y, np.vstack([columns, columns.sum(axis=0)]))
    beta, _ = doubled.parameters(np.random.default_rng(1))
    assert beta[2] == 0
    assert doubled.df == len(y) - 3


def test_no_degrees_of_freedom_are_refused() -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        linear_posterior(np.arange(2.0), np.array([[1.0, 5.0]]))


def test_a_root_of_a_covariance_with_a_zero_row() -> None:
    whole = np.array([[4.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 9.0]])
    root = covariance_root(whole)
    assert np.allclose(root @ root.T, whole)


def test_donors_are_the_nearest_and_ties_fall_evenly() -> None:
    points = np.array([0.0, 1, 1, 1, 1, 2, 5])
    generator = np.random.default_rng(2)
    far = nearest(points, np.full(500, -3.0), 1, generator)
    assert set(far.tolist()) == {0}
    tied = np.bincount(nearest(points, np.full(8000, 1.0), 1, generator), minlength=7)
    assert tied[[0, 5, 6]].sum() == 0
    assert np.all(np.abs(tied[1:5] - 2000) < 4 * np.sqrt(8000 * 0.25 * 0.75))
    three = set(nearest(points, np.full(2000, 4.0), 3, generator).tolist())
    assert three == {1, 2, 3, 4, 5, 6}  # 5, 2, and one of the four ones


def test_matched_values_are_observed_ones() -> None:
    y, columns = _regression()
    drawn = matching_posterior(y, columns, neighbours=5).draw(columns[:, :20], np.random.default_rng(1))
    assert np.isin(drawn, y).all()


def _incomplete() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(5)
    Y = generator.multivariate_normal([1.0, 2.0], [[1.0, 0.6], [0.6, 2.0]], size=300)
    missing = np.zeros((300, 2), dtype=bool)
    missing[generator.random(300) < 0.4, 1] = True
    return Y, missing


def test_em_of_a_monotone_pattern_has_its_closed_form() -> None:
    # Anderson (1957): the likelihood of (y1, y2 where seen) factors into y1 and y2 given y1.
    Y, missing = _incomplete()
    seen = ~missing[:, 1]
    mean, variance = Y[:, 0].mean(), Y[:, 0].var()
    slope = np.cov(Y[seen].T, bias=True)[0, 1] / Y[seen, 0].var()
    rest = np.var(Y[seen, 1] - slope * Y[seen, 0])
    expected = Y[seen, 1].mean() + slope * (mean - Y[seen, 0].mean())
    found = IncompleteNormal(Y, np.ones((300, 1)), missing).em(1000, 1e-12)
    assert found.converged
    assert found.parameters.B[0] == pytest.approx([mean, expected], rel=1e-9)
    Sigma = np.array([[variance, slope * variance], [slope * variance, rest + slope**2 * variance]])
    assert np.allclose(found.parameters.Sigma, Sigma, rtol=1e-9)
    density = -0.5 * (300 * (np.log(2 * np.pi * variance) + 1) + seen.sum() * (np.log(2 * np.pi * rest) + 1))
    assert found.log_likelihood == pytest.approx(density, rel=1e-9)


def test_augmented_data_recover_the_moments() -> None:
    Y, missing = _incomplete()
    missing[:3] = True  # rows that say nothing are imputed all the same
    model = IncompleteNormal(Y, np.ones((300, 1)), missing)
    start = model.em()
    drawn = np.array(list(model.imputations(start.parameters, 100, np.random.default_rng(8), 20, 5)))
    assert drawn.shape == (100, 300, 2)
    assert np.array_equal(drawn[7][~missing], Y[~missing])
    assert drawn[:, :, 1].mean() == pytest.approx(start.parameters.B[0, 1], abs=0.05)
    covariances = np.mean([np.cov(each.T, bias=True) for each in drawn], axis=0)
    assert np.allclose(covariances, start.parameters.Sigma, atol=0.1)


def test_the_posterior_of_sigma_is_inverse_wishart() -> None:
    # Complete data: E(Sigma) = S / (df - p - 1); df = n - q - (p + 1) for the uniform prior, else n - q.
    generator = np.random.default_rng(4)
    Y = generator.normal(size=(30, 2))
    model = IncompleteNormal(Y, np.ones((30, 1)), np.zeros((30, 2), dtype=bool))
    S = (Y - Y.mean(axis=0)).T @ (Y - Y.mean(axis=0))
    for prior, df in (("uniform", 26), ("jeffreys", 29)):
        draws = [model._posterior(Y, generator, prior).Sigma for _ in range(8_000)]
        assert np.allclose(np.mean(draws, axis=0), S / (df - 3), atol=0.015)


ESTIMATES = np.array([[1.2, 0.5], [1.5, 0.1], [0.9, 0.6], [1.1, 0.2], [1.4, 0.35]])
VARIANCES = np.array([[[0.30, 0.02], [0.02, 0.15]], [[0.28, 0.01], [0.01, 0.18]],
                      [[0.33, 0.03], [0.03, 0.16]],
                      [[0.27, 0.02], [0.02, 0.17]], [[0.31, 0.00], [0.00, 0.14]]])  # fmt: skip


def test_rubins_rules_by_hand() -> None:
    found = pooled(ESTIMATES, VARIANCES)
    b = [6.1 / 5, 1.75 / 5]
    assert found.b == pytest.approx(b)
    between = sum((x - b[0]) ** 2 for x in ESTIMATES[:, 0]) / 4
    within = 1.49 / 5
    assert found.between[0, 0] == pytest.approx(between)
    assert found.total[0, 0] == pytest.approx(within + 1.2 * between)
    rvi = 1.2 * between / within
    assert found.rvi[0] == pytest.approx(rvi)
    df = 4 * (1 + 1 / rvi) ** 2
    assert found.df[0] == pytest.approx(df)
    fmi = (rvi + 2 / (df + 3)) / (1 + rvi)
    assert found.fmi[0] == pytest.approx(fmi)
    assert found.efficiency[0] == pytest.approx(1 / (1 + fmi / 5))
    assert found.increase[0] == pytest.approx(100 * (np.sqrt(1 + rvi) - 1))


def test_estimates_that_do_not_vary_have_infinite_degrees_of_freedom() -> None:
    found = pooled(np.tile(ESTIMATES[0], (5, 1)), VARIANCES)
    assert found.rvi.tolist() == [0.0, 0.0]
    assert found.df.tolist() == [MISSING, MISSING]
    assert found.fmi.tolist() == [0.0, 0.0]
    small = pooled(np.tile(ESTIMATES[0], (5, 1)), VARIANCES, complete_df=20.0)
    assert small.df == pytest.approx([20 * 21 / 23] * 2)  # Barnard and Rubin: (df + 1) / (df + 3) df


def test_both_tests_of_one_coefficient_are_its_t_test() -> None:
    for complete in (None, 30.0):
        found = pooled(ESTIMATES, VARIANCES, complete)
        own = found.b[:1], found.within[:1, :1], found.between[:1, :1], 5, complete
        test = equal_fmi_test(*own)
        t = found.b[0] / np.sqrt(found.total[0, 0])
        assert (test.statistic, test.df_residual) == pytest.approx((t**2, found.df[0]))
        free = unrestricted_test(found.b[:1], found.total[:1, :1], found.within[:1, :1], 5, complete)
        assert (free.statistic, free.df_residual) == pytest.approx((t**2, found.df[0]))


def test_pooled_figures_are_those_of_r() -> None:
    # mice 3.15 (Debian bookworm), pool.scalar(Q, U, n = 33, k = 3); mitml 0.4-4, .D1(Qhat, Uhat, df.com)
    large, small = pooled(ESTIMATES, VARIANCES), pooled(ESTIMATES, VARIANCES, 30.0)
    assert large.df == pytest.approx([114.778017167676, 68.467512495194], rel=1e-12)
    assert small.df == pytest.approx([19.105495692088, 16.286692187412], rel=1e-12)
    assert large.rvi == pytest.approx([0.229530201342, 0.318750000000], rel=1e-11)
    assert large.fmi == pytest.approx([0.200492268212, 0.262926819655], rel=1e-11)
    for complete, df in ((None, 55.6273516929), (30.0, 15.9842204234)):
        test = equal_fmi_test(large.b, large.within, large.between, 5, complete)
        assert test.statistic == pytest.approx(2.13421814435, rel=1e-11)
        assert test.df_residual == pytest.approx(df, rel=1e-11)
        assert test.rvi == pytest.approx(0.289283906883, rel=1e-11)


def test_few_imputations_and_few_degrees_of_freedom_have_their_own_formula() -> None:
    found = pooled(ESTIMATES[:3], VARIANCES[:3])
    test = equal_fmi_test(found.b, found.within, found.between, 3, None)
    # Li, Raghunathan and Rubin (1991): t = k (M - 1) = 4 takes t (1 + 1/k) (1 + 1/r)^2 / 2.
    assert test.df_residual == pytest.approx(4 * 1.5 * (1 + 1 / test.rvi) ** 2 / 2)
    assert equal_fmi_test(found.b, found.within, found.between, 3, 3.0).df_residual > 0
    same = pooled(np.tile(ESTIMATES[0], (5, 1)), VARIANCES)
    assert equal_fmi_test(same.b, same.within, same.between, 5, None).df_residual == MISSING


def test_the_unrestricted_test_takes_the_whole_covariance() -> None:
    found = pooled(ESTIMATES, VARIANCES)
    test = unrestricted_test(found.b, found.total, found.within, 5, None)
    assert test.statistic == pytest.approx(float(found.b @ np.linalg.solve(found.total, found.b)) / 2)
