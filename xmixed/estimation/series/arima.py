"""Regression with ARMA errors by the exact likelihood: from a sample to e()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.models import robust_variance
from xmixed.estimation.likelihood.newton import Maximum, Progress, Tolerances, maximise
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.programmed.likelihood import OfCoefficients
from xmixed.estimation.series.order import TimeOrder
from xmixed.estimation.single import SingleSample
from xmixed.expressions.factors.terms import Part, Term
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.arma import Process, innovations, largest_root
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares

MOST_WITH_GAPS = 3000
"""Observations of a series with gaps, whose whole covariance is factorised."""


@dataclass(frozen=True, slots=True)
class Lags:
    """Lags of one factor of the polynomials: those of the series, or multiples of a season.

    Attributes
    ----------
    season : int
        1 for the series itself.
    ar, ma : tuple of int
        In seasons.
    """

    season: int
    ar: tuple[int, ...]
    ma: tuple[int, ...]

    @property
    def equation(self) -> str:
        return "ARMA" if self.season == 1 else f"ARMA{self.season}"

    @property
    def terms(self) -> tuple[Term, ...]:
        named = [("ar", lag) for lag in self.ar] + [("ma", lag) for lag in self.ma]
        return tuple(Term((Part(name, "L" if lag == 1 else f"L{lag}"),)) for name, lag in named)

    @property
    def size(self) -> int:
        return len(self.ar) + len(self.ma)


def process_of(factors: Sequence[Lags], values: np.ndarray) -> Process:
    """Return the process of coefficients in the order of the factors' terms."""
    phi, theta, start = np.ones(1), np.ones(1), 0
    for own in factors:
        for lags, sign in ((own.ar, -1.0), (own.ma, 1.0)):
            factor = np.zeros(own.season * max(lags, default=0) + 1)
            factor[0] = 1.0
            factor[[own.season * lag for lag in lags]] = sign * values[start : start + len(lags)]
            start += len(lags)
            phi, theta = (np.convolve(phi, factor), theta) if sign < 0 else (phi, np.convolve(theta, factor))
    return Process(-phi[1:], theta[1:])


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    time, time_format : str
        The time variable and its display format.
    step : float
    factors : tuple of Lags
    limits : Tolerances
    """

    cmdline: str
    time: str
    time_format: str
    step: float
    factors: tuple[Lags, ...]
    limits: Tolerances


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """A sample by time: y (n,), X (n, k), places (n,), and the factors of its process."""

    y: np.ndarray
    X: np.ndarray
    places: np.ndarray
    factors: tuple[Lags, ...]

    def rows(self, parameters: np.ndarray) -> np.ndarray:
        """Return the log likelihood of each observation given those before; ln sigma comes last."""
        k = self.X.shape[1]
        process = process_of(self.factors, parameters[k:-1])
        nothing = np.full(len(self.y), np.nan)
        if not np.isfinite(parameters).all() or not process.stationary:
            return nothing
        found = innovations(self.y - self.X @ parameters[:k], self.places, process)
        if found is None:
            return nothing
        sigma = np.exp(parameters[-1])
        squares = (found.errors / sigma) ** 2
        return -0.5 * (np.log(2 * np.pi) + squares) - np.log(found.scales) - parameters[-1]


def _first_guess(u: np.ndarray, factors: Sequence[Lags]) -> np.ndarray:
    """Return coefficients by Hannan and Rissanen's two regressions, shrunk until stationary."""
    n, size = len(u), sum(own.size for own in factors)
    lags = [(own.season * lag, False) for own in factors for lag in own.ar]
    places = _order(factors)
    longest = max((lag for lag, _ in places), default=0)
    first = min(max(longest, int(np.ceil(10 * np.log10(max(n, 2))))), n // 4)
    if not size or n - first - longest <= 2 * (size + 1):
        return np.zeros(size)
    shocks = u.copy()
    if len(lags) < size:
        own = np.column_stack([u[first - lag : n - lag] for lag in range(1, first + 1)])
        shocks = np.zeros(n)
        shocks[first:] = u[first:] - own @ np.linalg.lstsq(own, u[first:], rcond=None)[0]
    begin = first + longest
    columns = [(shocks if moving else u)[begin - lag : n - lag] for lag, moving in places]
    found = np.linalg.lstsq(np.column_stack(columns), u[begin:], rcond=None)[0]
    for _ in range(20):
        process = process_of(factors, found)
        if max(largest_root(process.phi), largest_root(-process.theta)) < 0.98:
            return found
        found = found * 0.8
    return np.zeros(size)


def _order(factors: Sequence[Lags]) -> list[tuple[int, bool]]:
    """Return the lag of each coefficient, and whether it is one of the moving average."""
    found = []
    for own in factors:
        found += [(own.season * lag, False) for lag in own.ar] + [(own.season * lag, True) for lag in own.ma]
    return found


def _likelihood(series: _Series, sample: SingleSample, order: TimeOrder) -> OfCoefficients:
    columns = [None if own is None else own[order.order] for own in sample.columns]
    design = Design.of(columns, len(series.y))
    beta = least_squares(series.y, columns).beta
    u = series.y - series.X @ beta
    guess = _first_guess(u, series.factors)
    found = innovations(u, series.places, process_of(series.factors, guess))
    if found is None:
        raise StataError(498, "no starting values: the covariance of the series is singular")
    spread = float(np.sqrt(np.mean(found.errors**2)))
    if not spread > 1e-12 * float(np.abs(series.y).max(initial=0.0)):
        raise StataError(498, "nothing is left of the series for an ARMA process")
    k = len(beta)
    back = np.eye(k + len(guess) + 1)
    # Coefficients move in standard deviations of the errors.
    back[:k, :k] = design.back * spread
    start = np.concatenate([np.linalg.solve(back[:k, :k], beta) if k else beta, guess, [np.log(spread)]])
    return OfCoefficients(series.rows, back, None, False, start, np.full(len(start), 1e-2))


def fit(sample: SingleSample, request: Request, progress: Progress | None) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark; `sample` has no columns that earlier ones determine.

    Raises
    ------
    StataError
        r(2001) for too few observations; r(451) for repeated times; r(498).
    """
    order = TimeOrder.of(None, sample.others[request.time], request.step)
    n, size = len(sample.y), sum(own.size for own in request.factors)
    if n <= len(sample.columns) + size + 1:
        raise StataError(2001, "insufficient observations")
    if not order.regular and n > MOST_WITH_GAPS:
        raise StataError(498, f"gaps are taken in series of up to {MOST_WITH_GAPS} observations")
    k = len(sample.columns)
    X = np.column_stack([np.empty((n, 0)), *(np.ones(n) if own is None else own for own in sample.columns)])
    series = _Series(sample.y[order.order], X[order.order], order.keys, request.factors)
    likelihood = _likelihood(series, sample, order)
    best = maximise(likelihood, progress, request.limits)
    variance, model_based = _variances(likelihood, best, sample.variance.kind, float(n))
    parameters = best.parameters.copy()
    parameters[-1] = np.exp(parameters[-1])
    carry = np.diag(np.append(np.ones(k + size), parameters[-1]))
    variance, model_based = carry @ variance @ carry, carry @ model_based @ carry
    estimates = _estimates(sample, request, order, best, parameters, variance, model_based)
    return estimates, sample


def _variances(
    likelihood: OfCoefficients, best: Maximum, kind: str, n: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the variance and the model-based one, (k, k)."""
    if kind == "robust":
        return robust_variance(likelihood, best, n), best.covariance
    if kind == "opg":
        products = likelihood.scores(best.standardised, None, 0)
        products = (products + products.T) / 2
        inverse = likelihood.transform @ np.linalg.pinv(products, hermitian=True) @ likelihood.transform.T
        return inverse, best.covariance
    return best.covariance, best.covariance


def _estimates(
    sample: SingleSample,
    request: Request,
    order: TimeOrder,
    best: Maximum,
    parameters: np.ndarray,
    variance: np.ndarray,
    model_based: np.ndarray,
) -> Estimates:
    plain = sample.depvar.rpartition(".")[2]
    arma = tuple(FittedEquation(own.equation, own.terms, generated=True) for own in request.factors)
    named = (FittedEquation(plain, sample.terms),) if sample.terms else ()
    sigma = FittedEquation("sigma", (Term(()),), ancillary=True, tested=True)
    payload = FittedTerms(sample.depvar, (*named, *arma, sigma), headed=True)
    estimated = np.array(
        [not term.status for term in sample.terms] + [True] * (len(parameters) - len(sample.columns))
    )
    b = np.zeros(len(estimated))
    b[estimated] = parameters
    robust = sample.variance.kind == "robust"
    matrices = estimates_matrices(
        payload.names,
        sample.depvar,
        b,
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    scalars = _scalars(sample, request, order, best, parameters, variance)
    scalars |= {
        "k": float(len(estimated)),
        "k_eq": float(len(payload.equations)),
        "k_eq_model": 1.0 if named else 0.0,
        "k_dv": 1.0,
        "k1": float(len(sample.terms)),
    }
    macros = {"eqnames": " ".join(own.name for own in payload.equations), **_macros(sample, request, scalars)}
    return Estimates(scalars, {k: v for k, v in macros.items() if v}, matrices, payload=payload)


def _scalars(
    sample: SingleSample,
    request: Request,
    order: TimeOrder,
    best: Maximum,
    parameters: np.ndarray,
    variance: np.ndarray,
) -> dict[str, float]:
    """Return e(); the test is of all coefficients but the constant and sigma."""
    constant = [own is None for own in sample.columns]
    tested = [place for place in range(len(parameters) - 1) if place >= len(constant) or not constant[place]]
    chi2 = joint_statistic(parameters[tested], variance[np.ix_(tested, tested)]) if tested else np.nan
    process = process_of(request.factors, parameters[len(constant) : -1])
    times = sample.others[request.time]
    return {
        "N": float(len(sample.y)),
        "N_gaps": float(np.count_nonzero(np.diff(order.keys) > 1)),
        "df_m": float(len(tested)),
        "ll": best.log_likelihood,
        "sigma": float(parameters[-1]),
        "chi2": stata(float(chi2)),
        "p": chi2_tail(float(chi2), len(tested)) if np.isfinite(chi2) else MISSING,
        "tmin": float(times.min()),
        "tmax": float(times.max()),
        "ar_max": float(len(process.phi)),
        "ma_max": float(len(process.theta)),
        "rank": float(np.linalg.matrix_rank(variance)),
        "ic": float(len(best.history) - 1),
        "rc": 0.0 if best.converged else 430.0,
        "converged": float(best.converged),
        # Ours: predict needs it.
        "tdelta": request.step,
    }


def _macros(sample: SingleSample, request: Request, scalars: dict[str, float]) -> dict[str, str]:
    kind, factors = sample.variance.kind, request.factors
    first, last = (format_value(scalars[name], request.time_format).strip() for name in ("tmin", "tmax"))
    own = {name: [lag for f in factors if f.season == 1 for lag in getattr(f, name)] for name in ("ar", "ma")}
    macros = {
        "cmd": "arima",
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "covariates": " ".join(term.name for term in sample.terms if term.parts) or "_NONE",
        "title": "ARIMA regression",
        "tvar": request.time,
        "tmins": first,
        "tmaxs": last,
        "chi2type": "Wald",
        "vce": kind,
        "vcetype": {"robust": "Semirobust", "opg": "OPG"}.get(kind, ""),
        **{name: " ".join(map(str, lags)) for name, lags in own.items()},
        "seasons": " ".join(str(f.season) for f in factors if f.season > 1),
        "technique": "nr",
        "predict": "arima_p",
        "properties": "b V",
    }
    for place, f in enumerate((f for f in factors if f.season > 1), 1):
        macros |= {f"mar{place}": " ".join(map(str, f.ar)), f"mma{place}": " ".join(map(str, f.ma))}
    return macros
