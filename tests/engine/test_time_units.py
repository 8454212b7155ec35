"""The unit of t(): a change of scale changes what a correlation is per unit of t(), and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Fit, Model, Residuals, fit

GROUPS = 26


def irregular_data(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Groups of 3 to 8 occasions at irregular times with exponential residuals; group, time, x, y."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(3, 9, GROUPS)
    group = np.repeat(np.arange(GROUPS), sizes)
    time = np.concatenate([np.cumsum(generator.uniform(0.3, 2, size)) for size in sizes])
    x, noise = generator.normal(size=len(group)), generator.normal(size=len(group))
    rho = generator.choice([0.1, 0.5, 0.9, 0.99])
    for i in np.flatnonzero(np.diff(group) == 0) + 1:
        a = rho ** (time[i] - time[i - 1])
        noise[i] = a * noise[i - 1] + np.sqrt(1 - a**2) * noise[i]
    return group, time, x, 1 + x + noise


def figures(found: Fit, unit: float) -> np.ndarray:
    """What no unit changes: ll, sigma_e, its standard error, log rho per old unit, that of log(-log rho)."""
    logit, errors = found.estimates[1], np.sqrt(found.parameter_covariance.diagonal())
    log_rho = -np.logaddexp(0.0, -logit)
    slope = np.exp(-np.logaddexp(0.0, logit)) / -log_rho
    return np.array([found.log_likelihood, found.sigma_e, errors[0], unit * log_rho, errors[1] * slope])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("unit", [1e-9, 1e-4, 1e-2, 1e6, 1e12])
def test_exponential_residuals_in_any_unit(seed: int, unit: float) -> None:
    group, time, x, y = irregular_data(seed)

    def fitted(times: np.ndarray) -> Fit:
        return fit(Model(y, (x, None), (), "ml", Residuals("exponential", group, GROUPS, times)))

    found = fitted(unit * time)
    assert found.optimization.converged and not found.boundary
    assert figures(found, unit) == pytest.approx(figures(fitted(time), 1.0), rel=1e-8)


def occasions(rho: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forty groups of six occasions with autoregressive residuals, two missing in some; group, time, y."""
    generator = np.random.default_rng(11)
    noise = generator.normal(size=(40, 6))
    for t in range(1, 6):
        noise[:, t] = rho * noise[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    group, time = np.divmod(np.arange(240), 6)
    kept = (group % 3 > 0) | (time < 4)
    return group[kept], time[kept].astype(float), (1 + noise.ravel())[kept]


@pytest.mark.parametrize("rho", [0.7, -0.5])
@pytest.mark.parametrize("unit", [3, 7, 999999937])
def test_autoregressive_residuals_at_odd_multiples(rho: float, unit: int) -> None:
    """Odd multiples keep the sign: the correlation at the smallest gap is that of the plain model."""
    group, time, y = occasions(rho)

    def fitted(times: np.ndarray) -> Fit:
        return fit(Model(y, (None,), (), "ml", Residuals("ar", group, 40, times, 0, 1)))

    plain, found = fitted(time), fitted(unit * time)
    assert found.optimization.converged and np.sign(found.estimates[1]) == np.sign(rho)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert found.sigma_e == pytest.approx(plain.sigma_e, rel=1e-9)
    power = np.log(np.tanh(plain.estimates[1]) / np.sign(rho)) / unit
    # atanh(exp(power)), by the series of tanh near one
    wanted = 0.5 * np.log((1 + np.exp(power)) / -np.expm1(power)) * np.sign(rho)
    assert found.estimates[1] == pytest.approx(wanted, rel=1e-8)
    assert found.parameter_covariance[1, 1] > 0


@pytest.mark.parametrize("unit", [2, 6, 86_400_000])
def test_autoregressive_residuals_at_even_multiples(unit: int) -> None:
    """The likelihood knows rho squared only: the search must not start at its saddle point, zero.

    The exponential structure with the same t() is the same model.
    """
    group, time, y = occasions(0.7)
    by_gap = fit(Model(y, (None,), (), "ml", Residuals("ar", group, 40, unit * time, 0, 1)))
    same = fit(Model(y, (None,), (), "ml", Residuals("exponential", group, 40, unit * time)))
    assert by_gap.optimization.converged and by_gap.estimates[1] > 0
    assert by_gap.log_likelihood == pytest.approx(same.log_likelihood, rel=1e-11)
    assert by_gap.sigma_e == pytest.approx(same.sigma_e, rel=1e-8)
    # atanh of rho near one is half its logit and half of log 2; exactly, by rho itself
    log_rho = -np.logaddexp(0.0, -same.estimates[1])
    wanted = 0.5 * (np.log1p(np.exp(log_rho)) - np.log(-np.expm1(log_rho)))
    assert by_gap.estimates[1] == pytest.approx(wanted, rel=1e-8)
    assert by_gap.parameter_covariance[0, 0] == pytest.approx(same.parameter_covariance[0, 0], rel=1e-6)


def test_a_negative_correlation_that_no_even_power_shows() -> None:
    """Every second occasion of a process with rho_2 < 0: rho is zero, nothing negative can be said."""
    group, time, y = occasions(-0.6)
    found = fit(Model(y, (None,), (), "ml", Residuals("ar", group, 40, 2 * time, 0, 1)))
    plain = fit(Model(y, (None,), ()))
    assert found.optimization.converged
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)
    assert found.estimates[1] == pytest.approx(0, abs=1e-4)
