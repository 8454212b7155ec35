"""Further distributions: noncentral ones, hypergeometric and negative binomial, ranges of several means.

Noncentral tails and densities are sums of central ones over the Poisson weights of the noncentrality.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.expressions.functions.registry import function
from xmixed.expressions.functions.statistics import domain, special

_SPREAD = 12.0
"""Standard deviations of the Poisson weights that count."""


def _mixture(noncentrality: np.ndarray, term: Callable[[int], np.ndarray]) -> np.ndarray:
    """Return the sum over j of the Poisson weight of j, of mean noncentrality/2, times `term(j)`."""
    mean = np.maximum(noncentrality, 0) / 2
    known = mean[np.isfinite(mean)]
    if not known.size:
        return np.full(np.shape(mean), np.nan)
    low, high = float(known.min()), float(known.max())
    first = int(max(0.0, low - _SPREAD * np.sqrt(low + 1)))
    last = int(high + _SPREAD * np.sqrt(high + 1)) + 20
    xlogy, gammaln = special("xlogy"), special("gammaln")
    return sum(
        (np.exp(xlogy(j, mean) - mean - gammaln(j + 1)) * term(j) for j in range(first, last + 1)),
        np.zeros(np.shape(mean)),
    )


# --- noncentral chi-squared -----------------------------------------------------------------------------


@function("nchi2tail", "nnn")
def _chi2_tail(df: np.ndarray, noncentrality: np.ndarray, x: np.ndarray) -> np.ndarray:
    gammaincc, at = special("gammaincc"), np.maximum(x, 0) / 2
    tail = _mixture(noncentrality, lambda j: gammaincc(df / 2 + j, at))
    return domain((df > 0) & (noncentrality >= 0), np.minimum(tail, 1.0))


@function("nchi2den", "nnn")
def _chi2_density(df: np.ndarray, noncentrality: np.ndarray, x: np.ndarray) -> np.ndarray:
    xlogy, gammaln = special("xlogy"), special("gammaln")

    def term(j: int) -> np.ndarray:
        a = df / 2 + j
        return np.exp(xlogy(a - 1, x / 2) - x / 2 - gammaln(a)) / 2

    valid = (df > 0) & (noncentrality >= 0)
    return domain(valid, np.where(x < 0, 0.0, _mixture(noncentrality, term)))


@function("invnchi2", "nnn")
def _inverse_chi2(df: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("chndtrix")(p, df, noncentrality)


@function("invnchi2tail", "nnn")
def _inverse_chi2_tail(df: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("chndtrix")(1 - p, df, noncentrality)


@function("npnchi2", "nnn")
def _noncentrality_chi2(df: np.ndarray, x: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("chndtrinc")(x, df, p)


# --- noncentral beta and F ------------------------------------------------------------------------------


@function("nibeta", "nnnn")
def _beta(a: np.ndarray, b: np.ndarray, noncentrality: np.ndarray, x: np.ndarray) -> np.ndarray:
    betainc, at = special("betainc"), np.clip(x, 0, 1)
    found = _mixture(noncentrality, lambda j: betainc(a + j, b, at))
    return domain((a > 0) & (b > 0) & (noncentrality >= 0), np.minimum(found, 1.0))


@function("nbetaden", "nnnn")
def _beta_density(a: np.ndarray, b: np.ndarray, noncentrality: np.ndarray, x: np.ndarray) -> np.ndarray:
    xlogy, betaln = special("xlogy"), special("betaln")
    found = _mixture(
        noncentrality, lambda j: np.exp(xlogy(a + j - 1, x) + xlogy(b - 1, 1 - x) - betaln(a + j, b))
    )
    valid = (a > 0) & (b > 0) & (noncentrality >= 0)
    return domain(valid, np.where((x < 0) | (x > 1), 0.0, found))


@function("invnibeta", "nnnn")
def _inverse_beta(a: np.ndarray, b: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    f = special("ncfdtri")(2 * a, 2 * b, noncentrality, p)
    return a * f / (b + a * f)


@function("nF", "nnnn")
def _f(df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray, f: np.ndarray) -> np.ndarray:
    at = np.maximum(f, 0)
    return _beta(df1 / 2, df2 / 2, noncentrality, df1 * at / (df2 + df1 * at))


@function("nFtail", "nnnn")
def _f_tail(df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray, f: np.ndarray) -> np.ndarray:
    betainc, at = special("betainc"), np.maximum(f, 0)
    outside = df2 / (df2 + df1 * at)
    tail = _mixture(noncentrality, lambda j: betainc(df2 / 2, df1 / 2 + j, outside))
    return domain((df1 > 0) & (df2 > 0) & (noncentrality >= 0), np.minimum(tail, 1.0))


@function("nFden", "nnnn")
def _f_density(df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray, f: np.ndarray) -> np.ndarray:
    x = df1 * f / (df2 + df1 * f)
    inside = _beta_density(df1 / 2, df2 / 2, noncentrality, x) * df1 * df2 / (df2 + df1 * f) ** 2
    return np.where(f < 0, 0.0, inside)


@function("invnF", "nnnn")
def _inverse_f(df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("ncfdtri")(df1, df2, noncentrality, p)


@function("invnFtail", "nnnn")
def _inverse_f_tail(df1: np.ndarray, df2: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("ncfdtri")(df1, df2, noncentrality, 1 - p)


@function("npnF", "nnnn")
def _noncentrality_f(df1: np.ndarray, df2: np.ndarray, f: np.ndarray, p: np.ndarray) -> np.ndarray:
    found = np.asarray(special("ncfdtrinc")(df1, df2, p, f))
    a, b, x = df1 / 2, df2 / 2, df1 * f / (df2 + df1 * f)
    for _ in range(2):  # scipy's search stops at six digits
        value = _beta(a, b, found, x)
        slope = (_beta(a + 1, b, found, x) - value) / 2
        found = np.where(slope < 0, np.maximum(found - (value - p) / slope, 0), found)
    return found


# --- noncentral t -----------------------------------------------------------------------------------------


@function("nt", "nnn")
def _t(df: np.ndarray, noncentrality: np.ndarray, t: np.ndarray) -> np.ndarray:
    return special("nctdtr")(df, noncentrality, t)


@function("nttail", "nnn")
def _t_tail(df: np.ndarray, noncentrality: np.ndarray, t: np.ndarray) -> np.ndarray:
    return special("nctdtr")(df, -noncentrality, -t)


@function("ntden", "nnn")
def _t_density(df: np.ndarray, noncentrality: np.ndarray, t: np.ndarray) -> np.ndarray:
    from scipy.stats import nct

    return np.asarray(nct.pdf(t, df, noncentrality))


@function("invnttail", "nnn")
def _inverse_t_tail(df: np.ndarray, noncentrality: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -special("nctdtrit")(df, -noncentrality, p)


@function("npnt", "nnn")
def _noncentrality_t(df: np.ndarray, t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return special("nctdtrinc")(df, p, t)


# --- discrete ---------------------------------------------------------------------------------------------


def _log_ways(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    gammaln = special("gammaln")
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


@function("hypergeometricp", "nnnn")
def _hypergeometric_probability(
    population: np.ndarray, marked: np.ndarray, drawn: np.ndarray, k: np.ndarray
) -> np.ndarray:
    """P(k of `drawn` elements are among the `marked` of a population)."""
    N, K, n, k = (np.floor(item) for item in (population, marked, drawn, k))
    found = np.exp(_log_ways(K, k) + _log_ways(N - K, n - k) - _log_ways(N, n))
    valid = (N >= 1) & (K >= 0) & (K <= N) & (n >= 0) & (n <= N)
    return domain(valid, np.where((k < np.maximum(0, n - N + K)) | (k > np.minimum(K, n)), 0.0, found))


@function("hypergeometric", "nnnn")
def _hypergeometric(
    population: np.ndarray, marked: np.ndarray, drawn: np.ndarray, k: np.ndarray
) -> np.ndarray:
    N, K, n, k = np.broadcast_arrays(*(np.floor(item) for item in (population, marked, drawn, k)))
    low, high = np.maximum(0, n - N + K), np.minimum(np.minimum(K, n), k)
    steps = np.nanmax(np.where(np.isfinite(high - low), high - low, -1)) if k.size else -1
    total = np.zeros(k.shape)
    for step in range(int(steps) + 1):
        at = low + step
        total += np.where(at <= high, _hypergeometric_probability(N, K, n, at), 0.0)
    return domain((N >= 1) & (K >= 0) & (K <= N) & (n >= 0) & (n <= N), np.minimum(total, 1.0))


@function("nbinomial", "nnn")
def _negative_binomial(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    """P(at most k failures before the n-th success)."""
    inside = special("betainc")(n, np.maximum(np.floor(k), 0) + 1, p)
    return domain((n > 0) & (p >= 0) & (p <= 1), np.where(k < 0, 0.0, inside))


@function("nbinomialtail", "nnn")
def _negative_binomial_tail(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    inside = special("betainc")(np.maximum(np.floor(k), 1), n, 1 - p)
    return domain((n > 0) & (p >= 0) & (p <= 1), np.where(k < 1, 1.0, inside))


@function("nbinomialp", "nnn")
def _negative_binomial_probability(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    gammaln, xlogy, k = special("gammaln"), special("xlogy"), np.floor(k)
    found = np.exp(gammaln(n + k) - gammaln(n) - gammaln(k + 1) + xlogy(n, p) + xlogy(k, 1 - p))
    return domain((n > 0) & (p >= 0) & (p <= 1), np.where(k < 0, 0.0, found))


@function("invnbinomial", "nnn")
def _inverse_negative_binomial(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The chance of success at which at most k failures have probability p."""
    return domain(k >= 0, special("betaincinv")(n, np.floor(k) + 1, p))


@function("invnbinomialtail", "nnn")
def _inverse_negative_binomial_tail(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    return domain(k >= 1, 1 - special("betaincinv")(np.floor(k), n, p))


@function("invbinomial", "nnn")
def _inverse_binomial(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The chance of success at which at most k successes have probability p."""
    n, k = np.floor(n), np.floor(k)
    return domain((k >= 0) & (k < n), 1 - special("betaincinv")(n - k, k + 1, p))


@function("invbinomialtail", "nnn")
def _inverse_binomial_tail(n: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    n, k = np.floor(n), np.floor(k)
    return domain((k >= 1) & (k <= n), special("betaincinv")(k, n - k + 1, p))


@function("invpoisson", "nn")
def _inverse_poisson(k: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The mean at which a count of at most k has probability p."""
    return domain(k >= 0, special("gammainccinv")(np.floor(k) + 1, p))


@function("invpoissontail", "nn")
def _inverse_poisson_tail(k: np.ndarray, p: np.ndarray) -> np.ndarray:
    return domain(k >= 1, special("gammaincinv")(np.floor(k), p))


# --- ranges of several means --------------------------------------------------------------------------------


@function("tukeyprob", "nnn")
def _tukey(k: np.ndarray, df: np.ndarray, x: np.ndarray) -> np.ndarray:
    """P(the range of k standardised means is at most x)."""
    from scipy.stats import studentized_range

    found = studentized_range.cdf(np.maximum(x, 0), np.floor(k), df)
    return domain((k >= 2) & (df > 0), np.where(x < 0, 0.0, found))


@function("invtukeyprob", "nnn")
def _inverse_tukey(k: np.ndarray, df: np.ndarray, p: np.ndarray) -> np.ndarray:
    from scipy.stats import studentized_range

    return domain((k >= 2) & (df > 0), np.asarray(studentized_range.ppf(p, np.floor(k), df)))


@function("dunnettprob", "nnn")
def _dunnett(k: np.ndarray, df: np.ndarray, x: np.ndarray) -> np.ndarray:
    """P(the largest of k comparisons with a control is at most x)."""
    from xmixed.statistics.inference.dunnett import dunnett_tail

    def single(k: float, df: float, x: float) -> float:
        return 1 - dunnett_tail(x, int(k), df) if x > 0 and k >= 1 and df > 0 else 0.0

    return domain((k >= 1) & (df > 0), np.vectorize(single, otypes=[float])(k, df, x))


@function("invdunnettprob", "nnn")
def _inverse_dunnett(k: np.ndarray, df: np.ndarray, p: np.ndarray) -> np.ndarray:
    from xmixed.statistics.inference.dunnett import dunnett_critical

    def single(k: float, df: float, p: float) -> float:
        return dunnett_critical(1 - p, int(k), df) if 0 < p < 1 and k >= 1 and df > 0 else np.nan

    return np.vectorize(single, otypes=[float])(k, df, p)
