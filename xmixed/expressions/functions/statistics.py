"""Probability distributions and densities; all of scipy.special, which loads with the first call."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xmixed.expressions.functions.registry import function

_LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)


def special(name: str) -> Callable[..., np.ndarray]:
    """Return a function of scipy.special."""
    import scipy.special

    return getattr(scipy.special, name)


def domain(valid: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return values where they are defined; NaN elsewhere."""
    return np.where(valid, value, np.nan)


# --- normal ------------------------------------------------------------------------------------------


@function("normal norm normprob", "n")
def _normal(z: np.ndarray) -> np.ndarray:
    return special("ndtr")(z)


@function("lnnormal", "n")
def _log_normal(z: np.ndarray) -> np.ndarray:
    return special("log_ndtr")(z)


@function("invnormal invnorm", "n")
def _inverse_normal(p: np.ndarray) -> np.ndarray:
    return special("ndtri")(p)


@function("lnnormalden", "n|nn")
def _log_normal_density(x: np.ndarray, *more: np.ndarray) -> np.ndarray:
    """lnnormalden(z), (x,sd), (x,mean,sd)."""
    mean = more[0] if len(more) == 2 else 0.0
    sd = more[-1] if more else np.asarray(1.0)
    return domain(sd > 0, -0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - _LOG_ROOT_TWO_PI)


@function("normalden normd", "n|nn")
def _normal_density(x: np.ndarray, *more: np.ndarray) -> np.ndarray:
    return np.exp(_log_normal_density(x, *more))


@function("binormal binorm", "nnn")
def _binormal(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X<=h, Y<=k) of a standard bivariate normal, by Owen's T function."""
    ndtr, owens_t = special("ndtr"), special("owens_t")
    root = np.sqrt(1 - rho**2)
    independent = ndtr(h) * ndtr(k)
    first = owens_t(h, (k - rho * h) / (h * root))
    second = owens_t(k, (h - rho * k) / (k * root))
    opposite = (h * k < 0) | ((h * k == 0) & (h + k < 0))
    general = 0.5 * (ndtr(h) + ndtr(k)) - first - second - 0.5 * opposite
    at_zero = 0.25 + np.arcsin(rho) / (2 * math.pi)
    one_zero = np.where(h == 0, _half_binormal(k, rho), _half_binormal(h, rho))
    value = np.where((h == 0) & (k == 0), at_zero, np.where((h == 0) | (k == 0), one_zero, general))
    value = np.where(rho == 0, independent, value)
    value = np.where(rho == 1, ndtr(np.minimum(h, k)), value)
    value = np.where(rho == -1, np.maximum(ndtr(h) + ndtr(k) - 1, 0), value)
    return domain(np.abs(rho) <= 1, value)


def _half_binormal(h: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X<=h, Y<=0)."""
    return 0.5 * special("ndtr")(h) + special("owens_t")(h, rho / np.sqrt(1 - rho**2))


# --- chi-squared, F, t ---------------------------------------------------------------------------------


@function("chi2", "nn")
def _chi2(df: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain(df > 0, special("chdtr")(df, np.maximum(x, 0)))


@function("chi2tail chiprob", "nn")
def _chi2_tail(df: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain(df > 0, special("chdtrc")(df, np.maximum(x, 0)))


@function("chi2den", "nn")
def _chi2_density(df: np.ndarray, x: np.ndarray) -> np.ndarray:
    return _gamma_density(df / 2, np.asarray(2.0), np.asarray(0.0), x)


@function("invchi2", "nn")
def _inverse_chi2(df: np.ndarray, p: np.ndarray) -> np.ndarray:
    return domain(df > 0, 2 * special("gammaincinv")(df / 2, p))


@function("invchi2tail invchi", "nn")
def _inverse_chi2_tail(df: np.ndarray, p: np.ndarray) -> np.ndarray:
    return domain(df > 0, 2 * special("gammainccinv")(df / 2, p))


@function("nchi2", "nnn")
def _noncentral_chi2(df: np.ndarray, noncentrality: np.ndarray, x: np.ndarray) -> np.ndarray:
    return special("chndtr")(np.maximum(x, 0), df, noncentrality)


@function("F", "nnn")
def _f(df1: np.ndarray, df2: np.ndarray, f: np.ndarray) -> np.ndarray:
    return domain((df1 > 0) & (df2 > 0), special("fdtr")(df1, df2, np.maximum(f, 0)))


@function("Ftail fprob", "nnn")
def _f_tail(df1: np.ndarray, df2: np.ndarray, f: np.ndarray) -> np.ndarray:
    return domain((df1 > 0) & (df2 > 0), special("fdtrc")(df1, df2, np.maximum(f, 0)))


@function("Fden", "nnn")
def _f_density(df1: np.ndarray, df2: np.ndarray, f: np.ndarray) -> np.ndarray:
    a, b = df1 / 2, df2 / 2
    ratio = df1 / df2
    powers = a * np.log(ratio) + special("xlogy")(a - 1, f) - (a + b) * np.log1p(ratio * f)
    log_density = powers - special("betaln")(a, b)
    return domain((df1 > 0) & (df2 > 0), np.where(f < 0, 0.0, np.exp(log_density)))


@function("invF", "nnn")
def _inverse_f(df1: np.ndarray, df2: np.ndarray, p: np.ndarray) -> np.ndarray:
    z = special("betaincinv")(df1 / 2, df2 / 2, p)
    return domain((df1 > 0) & (df2 > 0), df2 * z / (df1 * (1 - z)))


@function("invFtail invfprob", "nnn")
def _inverse_f_tail(df1: np.ndarray, df2: np.ndarray, p: np.ndarray) -> np.ndarray:
    z = special("betaincinv")(df2 / 2, df1 / 2, p)
    return domain((df1 > 0) & (df2 > 0), df2 * (1 - z) / (df1 * z))


@function("tprob", "nn")
def _two_tails(df: np.ndarray, t: np.ndarray) -> np.ndarray:
    return 2 * _t_tail(df, np.abs(t))


@function("t", "nn")
def _t(df: np.ndarray, t: np.ndarray) -> np.ndarray:
    return _t_tail(df, -t)


@function("ttail", "nn")
def _t_tail(df: np.ndarray, t: np.ndarray) -> np.ndarray:
    outer = 0.5 * special("betainc")(df / 2, 0.5, df / (df + t**2))
    return domain(df > 0, np.where(t > 0, outer, 1 - outer))


@function("tden", "nn")
def _t_density(df: np.ndarray, t: np.ndarray) -> np.ndarray:
    log_density = -0.5 * (df + 1) * np.log1p(t**2 / df) - 0.5 * np.log(df) - special("betaln")(0.5, df / 2)
    return domain(df > 0, np.exp(log_density))


@function("invt", "nn")
def _inverse_t(df: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -_inverse_t_tail(df, p)


@function("invttail", "nn")
def _inverse_t_tail(df: np.ndarray, p: np.ndarray) -> np.ndarray:
    betaincinv = special("betaincinv")
    outer = np.minimum(p, 1 - p)
    far = betaincinv(df / 2, 0.5, 2 * outer)
    near = betaincinv(0.5, df / 2, 1 - 2 * outer)  # does not cancel where p is about a half
    t = np.sqrt(df * np.where(outer < 0.25, (1 - far) / far, near / (1 - near)))
    return domain((df > 0) & (p > 0) & (p < 1), np.where(p > 0.5, -t, t))


# --- discrete --------------------------------------------------------------------------------------------


@function("binomial", "nnn")
def _binomial(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    n, k = np.floor(n), np.floor(k)
    inside = special("betainc")(np.maximum(n - k, 1), np.maximum(k + 1, 1), 1 - p)
    valid = (n >= 1) & (p >= 0) & (p <= 1)
    return domain(valid, np.where(k < 0, 0.0, np.where(k >= n, 1.0, inside)))


@function("binomialtail Binomial", "nnn")
def _binomial_tail(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    n, k = np.floor(n), np.floor(k)
    inside = special("betainc")(np.maximum(k, 1), np.maximum(n - k + 1, 1), p)
    valid = (n >= 1) & (p >= 0) & (p <= 1)
    return domain(valid, np.where(k <= 0, 1.0, np.where(k > n, 0.0, inside)))


@function("binomialp", "nnn")
def _binomial_probability(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    n, k = np.floor(n), np.floor(k)
    xlogy, gammaln = special("xlogy"), special("gammaln")
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    density = np.exp(ways + xlogy(k, p) + xlogy(n - k, 1 - p))
    valid = (n >= 1) & (p >= 0) & (p <= 1)
    return domain(valid, np.where((k < 0) | (k > n), 0.0, density))


@function("poisson", "nn")
def _poisson(mean: np.ndarray, k: np.ndarray) -> np.ndarray:
    return domain(mean > 0, np.where(k < 0, 0.0, special("pdtr")(np.maximum(np.floor(k), 0), mean)))


@function("poissontail", "nn")
def _poisson_tail(mean: np.ndarray, k: np.ndarray) -> np.ndarray:
    return domain(mean > 0, np.where(k < 1, 1.0, special("pdtrc")(np.maximum(np.floor(k) - 1, 0), mean)))


@function("poissonp", "nn")
def _poisson_probability(mean: np.ndarray, k: np.ndarray) -> np.ndarray:
    k = np.floor(k)
    density = np.exp(k * np.log(mean) - mean - special("gammaln")(k + 1))
    return domain(mean > 0, np.where(k < 0, 0.0, density))


# --- gamma and beta ----------------------------------------------------------------------------------------


@function("gammap", "nn")
def _gamma(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain(a > 0, special("gammainc")(a, np.maximum(x, 0)))


@function("gammaptail", "nn")
def _gamma_tail(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain(a > 0, special("gammaincc")(a, np.maximum(x, 0)))


@function("invgammap", "nn")
def _inverse_gamma(a: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("gammaincinv")(a, p)


@function("invgammaptail", "nn")
def _inverse_gamma_tail(a: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("gammainccinv")(a, p)


@function("gammaden", "nnnn")
def _gamma_density(a: np.ndarray, b: np.ndarray, g: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Density of the gamma distribution of shape a, scale b and location g."""
    z = (x - g) / b
    density = np.exp(special("xlogy")(a - 1, z) - z - special("gammaln")(a)) / b
    return domain((a > 0) & (b > 0), np.where(x < g, 0.0, density))


@function("ibeta", "nnn")
def _beta(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain((a > 0) & (b > 0), special("betainc")(a, b, np.clip(x, 0, 1)))


@function("ibetatail", "nnn")
def _beta_tail(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    return domain((a > 0) & (b > 0), special("betainc")(b, a, np.clip(1 - x, 0, 1)))


@function("invibeta", "nnn")
def _inverse_beta(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("betaincinv")(a, b, p)


@function("invibetatail", "nnn")
def _inverse_beta_tail(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    return 1 - special("betaincinv")(b, a, p)


@function("betaden", "nnn")
def _beta_density(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    xlogy = special("xlogy")
    density = np.exp(xlogy(a - 1, x) + xlogy(b - 1, 1 - x) - special("betaln")(a, b))
    return domain((a > 0) & (b > 0), np.where((x < 0) | (x > 1), 0.0, density))
