"""Feasible generalised least squares of panels in time: xtgls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.corrected.fit import Layout, autocorrelations, transformed
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.single import SingleSample
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares

CORRELATIONS = {
    "": "no autocorrelation",
    "ar1": "common AR(1) coefficient for all panels",
    "psar1": "panel-specific AR(1)",
}
PANELS = {
    "iid": "homoskedastic",
    "heteroskedastic": "heteroskedastic",
    "correlated": "heteroskedastic with cross-sectional correlation",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    panels : str
        iid, heteroskedastic or correlated.
    correlation : str
        ar1, psar1, or "" for none.
    rhotype : str
        regress, freg, tscorr or dw.
    nmk : bool
        Variances are divided by N - k.
    iterated : bool
        Go on until the coefficients stay.
    """

    cmdline: str
    panel: str
    time: str
    step: float
    panels: str = "iid"
    correlation: str = ""
    rhotype: str = "regress"
    nmk: bool = False
    iterated: bool = False
    tolerance: float = 1e-7
    iterate: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Coefficients, their variance, the covariance of panels (m, m), iterations."""

    b: np.ndarray
    variance: np.ndarray
    sigma: np.ndarray
    iterations: int


def _covariance(layout: Layout, errors: np.ndarray, request: Request, k: int) -> np.ndarray:
    """Return the covariance of the errors of panels, (m, m)."""
    sizes = np.bincount(layout.panels).astype(np.float64)
    less = k if request.nmk else 0
    if request.panels == "iid":
        return np.eye(layout.n_panels) * float(errors @ errors) / (len(errors) - less)
    if request.panels == "heteroskedastic":
        return np.diag(np.bincount(layout.panels, errors**2) / (sizes - less))
    E = layout.square(errors)
    return E.T @ E / (layout.n_times - less)


def _generalised(
    layout: Layout, y: np.ndarray, X: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and (X' Omega^-1 X)^-1; errors of a period have covariance sigma."""
    diagonal = np.diag(sigma)
    if np.count_nonzero(sigma - np.diag(diagonal)) == 0:
        weights = 1 / diagonal[layout.panels]
        A, g = X.T @ (X * weights[:, None]), X.T @ (y * weights)
    else:
        square, target = layout.square(X), layout.square(y)
        solved = np.linalg.solve(sigma, square)
        A = np.tensordot(square, solved, axes=([0, 1], [0, 1]))
        g = np.tensordot(solved, target, axes=([0, 1], [0, 1]))
    inverse = np.linalg.inv((A + A.T) / 2)
    return inverse @ g, (inverse + inverse.T) / 2


def fit(sample: SingleSample, request: Request) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    Raises
    ------
    StataError
        r(451) repeated times; r(459) for correlated panels that are not balanced; r(506) where their
        covariance is singular; r(430).
    """
    layout = Layout.of(sample.others[request.panel], sample.others[request.time], request.step)
    sizes = np.bincount(layout.panels)
    if request.panels == "correlated":
        if np.any(sizes != layout.n_times):
            raise StataError(459, "panels must be balanced")
        if layout.n_panels > layout.n_times:
            raise StataError(506, "the covariance of more panels than periods is singular")
    y = sample.y[layout.order]
    columns = [None if own is None else own[layout.order] for own in sample.columns]
    first = least_squares(y, columns)
    settled = sample.settled(first.omitted)
    kept = [own for own, gone in zip(columns, first.omitted, strict=True) if not gone]
    X = np.column_stack([np.ones(len(y)) if own is None else own.astype(np.float64) for own in kept])
    b, k = first.beta[~first.omitted], X.shape[1]
    rho = np.zeros(layout.n_panels)
    if request.correlation:
        rho = np.clip(autocorrelations(layout, y - X @ b, request.rhotype), -1.0, 1.0)
        if request.correlation == "ar1":
            rho = np.full(layout.n_panels, rho.mean())
        y, X = transformed(layout, rho, y), transformed(layout, rho, X)
        b = least_squares(y, list(X.T)).beta
    found = _iterations(layout, y, X, b, request, k)
    return _estimates(settled, request, layout, found, rho, y - X @ found.b), settled


def _iterations(
    layout: Layout, y: np.ndarray, X: np.ndarray, b: np.ndarray, request: Request, k: int
) -> _Fit:
    for iteration in range(1, request.iterate + 1):
        sigma = _covariance(layout, y - X @ b, request, k)
        fresh, variance = _generalised(layout, y, X, sigma)
        change = float(np.max(np.abs(fresh - b) / (1 + np.abs(b))))
        b = fresh
        if not request.iterated or change <= request.tolerance:
            return _Fit(b, variance, sigma, iteration)
    raise StataError(430, "convergence not achieved")


def _log_likelihood(layout: Layout, sigma: np.ndarray, errors: np.ndarray, request: Request) -> float:
    """Return the log likelihood of normal errors; missing with autocorrelation."""
    if request.correlation:
        return MISSING
    n = len(errors)
    if request.panels == "correlated":
        E = layout.square(errors)
        form = float(np.sum(E * np.linalg.solve(sigma, E.T).T))
        log = layout.n_times * float(np.linalg.slogdet(sigma)[1])
    else:
        own = np.diag(sigma)[layout.panels]
        form, log = float(np.sum(errors**2 / own)), float(np.log(own).sum())
    return -0.5 * (n * np.log(2 * np.pi) + log + form)


def _estimates(
    settled: SingleSample, request: Request, layout: Layout, found: _Fit, rho: np.ndarray, errors: np.ndarray
) -> Estimates:
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    names = [term.name for term in settled.terms]
    b = whole_vector(settled.terms, found.b)
    matrices = estimates_matrices(names, settled.depvar, b, whole_matrix(estimated, found.variance), None)
    labels = [f"r{place + 1}" for place in range(len(found.sigma))]
    matrices["Sigma"] = Matrix(found.sigma, labels, list(labels))
    kept = [term for term in settled.terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    chi2 = joint_statistic(found.b[slopes], found.variance[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) and slopes else MISSING
    sizes, m = np.bincount(layout.panels), layout.n_panels
    counts = {"iid": 1, "heteroskedastic": m, "correlated": m * (m + 1) / 2}
    scalars = {
        "N": float(len(errors)),
        "N_g": float(m),
        "N_t": float(layout.n_times),
        "n_cf": float(len(kept)),
        "n_cv": float(counts[request.panels]),
        "n_cr": float({"ar1": 1, "psar1": m}.get(request.correlation, 0)),
        "g_min": float(sizes.min()),
        "g_avg": float(sizes.mean()),
        "g_max": float(sizes.max()),
        "df": float(len(slopes)),
        "df_m": float(len(slopes)),
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING,
        "ll": _log_likelihood(layout, found.sigma, errors, request),
        "rank": float(len(kept)),
        "ic": float(found.iterations),
    }
    if scalars["ll"] >= MISSING:
        del scalars["ll"]
    if request.correlation:
        matrices["rho"] = Matrix(rho[None, :], ["r1"], [f"c{place + 1}" for place in range(m)])
    correlation = CORRELATIONS[request.correlation]
    if request.correlation == "ar1":
        correlation += f"  ({rho[0]:6.4f})"
    macros = {
        "cmd": "xtgls",
        "cmdline": request.cmdline,
        "depvar": settled.depvar,
        "ivar": request.panel,
        "tvar": request.time,
        "title": "Cross-sectional time-series FGLS regression",
        "coefftype": f"{'iterated ' if request.iterated else ''}generalized least squares",
        "corr": correlation,
        "vt": PANELS[request.panels],
        "rhotype": request.rhotype if request.correlation else "",
        "nmk": "nmk" if request.nmk else "",
        "chi2type": "Wald",
        "properties": "b V",
        "predict": "xtgls_p",
    }
    payload = FittedTerms(settled.depvar, (FittedEquation("", settled.terms),))
    return Estimates(scalars, {key: text for key, text in macros.items() if text}, matrices, payload=payload)
