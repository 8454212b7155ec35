"""From a sample of panels in time to the e() of xtpcse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
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
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares

_AUTOCORRELATION = {"ar1": "common AR(1)", "psar1": "panel-specific AR(1)"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    correlation : str
        ar1, psar1, or "" for none.
    rhotype : str
        regress, freg, tscorr or dw.
    panels : str
        correlated, hetonly, or one: a single variance.
    pairwise, nmk : bool
    """

    cmdline: str
    panel: str
    time: str
    step: float
    correlation: str = ""
    rhotype: str = "regress"
    panels: str = "correlated"
    pairwise: bool = False
    nmk: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The rows of a sample by panel and time.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Sorted by panel, then time.
    panels, times : ndarray of int, shape (n,)
        Codes of the sorted rows.
    follows : ndarray of bool, shape (n,)
        Whether a row stands one step after the row before it, in the same panel.
    n_panels, n_times : int
    """

    order: np.ndarray
    panels: np.ndarray
    times: np.ndarray
    follows: np.ndarray
    n_panels: int
    n_times: int

    @classmethod
    def of(cls, panels: np.ndarray, times: np.ndarray, step: float) -> Layout:
        """Return the layout; r(451) for repeated times."""
        codes, levels = factorise(panels)
        order = np.lexsort((times, codes))
        own, moments = codes[order], times[order]
        same = np.zeros(len(order), dtype=bool)
        same[1:] = own[1:] == own[:-1]
        gaps = np.diff(moments, prepend=moments[:1])
        if np.any(same & (gaps == 0)):
            raise StataError(451, "repeated time values within panel")
        follows = same & (np.abs(gaps - step) <= 1e-8 * step)
        when, all_times = factorise(moments)
        return cls(order, own, when, follows, len(levels), len(all_times))

    def square(self, values: np.ndarray) -> np.ndarray:
        """Return values by time and panel, (T, m) or (T, m, k); zeros where there are none."""
        found = np.zeros((self.n_times, self.n_panels, *values.shape[1:]))
        found[self.times, self.panels] = values
        return found


def autocorrelations(layout: Layout, errors: np.ndarray, kind: str) -> np.ndarray:
    """Return rho of each panel from residuals in order, zeros where there is none, (m,)."""
    later = np.flatnonzero(layout.follows)
    own = layout.panels[later]
    m = layout.n_panels

    def sums(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return np.bincount(codes, values, minlength=m)

    cross = sums(errors[later] * errors[later - 1], own)
    if kind == "regress":
        below = sums(errors[later - 1] ** 2, own)
    elif kind == "freg":
        below = sums(errors[later] ** 2, own)
    elif kind == "tscorr":
        below = sums(errors**2, layout.panels)
    else:
        squares = sums(errors**2, layout.panels)
        differences = sums((errors[later] - errors[later - 1]) ** 2, own)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(squares > 0, 1 - differences / squares / 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, cross / below, 0.0)


def transformed(layout: Layout, rho: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the Prais-Winsten transformation of values in order, (n,) or (n, k)."""
    own = rho[layout.panels]
    own = own if values.ndim == 1 else own[:, None]
    before = np.concatenate([values[:1], values[:-1]])
    follows = layout.follows if values.ndim == 1 else layout.follows[:, None]
    return np.where(follows, values - own * before, np.sqrt(1 - own**2) * values)


def panel_covariances(layout: Layout, errors: np.ndarray, request: Request, k: int) -> np.ndarray:
    """Return the covariances of the panels' errors, (m, m)."""
    E = layout.square(errors)
    known = layout.square(np.ones(len(errors)))
    less = float(k) if request.nmk else 0.0
    if request.panels == "one":
        value = float(np.sum(E**2)) / (len(errors) - less)
        return value * np.eye(layout.n_panels)
    if request.panels == "hetonly":
        share = less / layout.n_panels
        return np.diag(np.sum(E**2, axis=0) / (known.sum(axis=0) - share))
    share = less / layout.n_panels
    if request.pairwise:
        return E.T @ E / np.maximum(known.T @ known - share, 1e-300)
    common = known.all(axis=1)
    if not common.any():
        raise StataError(
            459,
            "no time periods are common to all panels, cannot estimate disturbance\n"
            "covariance matrix using casewise inclusion",
            hint="option pairwise takes the periods that two panels share",
        )
    return E[common].T @ E[common] / (np.count_nonzero(common) - share)


def fit(sample: SingleSample, request: Request) -> tuple[Estimates, SingleSample]:
    """Fit a regression; return e() without its mark, and the sample with omitted terms marked.

    Raises
    ------
    StataError
        r(451) repeated times; r(459) no periods in common.
    """
    layout = Layout.of(sample.others[request.panel], sample.others[request.time], request.step)
    y, columns = sample.y[layout.order], tuple(None if c is None else c[layout.order] for c in sample.columns)
    first = least_squares(y, columns)
    settled = sample.settled(first.omitted)
    kept = tuple(c for c, gone in zip(columns, first.omitted, strict=True) if not gone)
    X = np.column_stack([np.ones(len(y)) if c is None else c for c in kept])
    rho = np.zeros(layout.n_panels)
    if request.correlation in _AUTOCORRELATION:
        errors = y - X @ first.beta[~first.omitted]
        rho = np.clip(autocorrelations(layout, errors, request.rhotype), -1.0, 1.0)
        if request.correlation == "ar1":
            rho = np.full(layout.n_panels, rho.mean())
        y, X = transformed(layout, rho, y), transformed(layout, rho, X)
    found = _regression(y, X, kept)
    errors = y - X @ found.beta
    sigma = panel_covariances(layout, errors, request, X.shape[1])
    square = layout.square(X)
    meat = np.tensordot(square, sigma @ square, axes=([0, 1], [0, 1]))
    V = found.inverse @ meat @ found.inverse
    V = (V + V.T) / 2
    return _estimates(settled, request, layout, found, V, sigma, rho, y, errors), settled


def _regression(y: np.ndarray, X: np.ndarray, kept: tuple[Column, ...]) -> LeastSquares:
    """Return least squares of transformed columns; an untouched constant stays one."""
    columns: list[Column] = []
    for place, column in enumerate(kept):
        columns.append(None if column is None and np.all(X[:, place] == 1) else X[:, place])
    return least_squares(y, columns)


_PANELS = {"correlated": "correlated", "hetonly": "heteroskedastic", "one": "homoskedastic"}


def _estimates(
    sample: SingleSample,
    request: Request,
    layout: Layout,
    found: LeastSquares,
    V: np.ndarray,
    sigma: np.ndarray,
    rho: np.ndarray,
    y: np.ndarray,
    errors: np.ndarray,
) -> Estimates:
    estimated = np.array([not term.status for term in sample.terms], dtype=bool)
    names = [term.name for term in sample.terms]
    b = whole_vector(sample.terms, found.beta)
    matrices = estimates_matrices(names, sample.depvar, b, whole_matrix(estimated, V), None)
    labels = [f"r{place + 1}" for place in range(len(sigma))]
    matrices["Sigma"] = Matrix(sigma, labels, list(labels))
    kept = [term for term in sample.terms if not term.status]
    slopes = [place for place, term in enumerate(kept) if term.parts]
    chi2 = joint_statistic(found.beta[slopes], V[np.ix_(slopes, slopes)])
    chi2 = float(chi2) if np.isfinite(chi2) and slopes else MISSING
    sizes = np.bincount(layout.panels)
    m = layout.n_panels
    counts = {"correlated": m * (m + 1) / 2, "hetonly": m, "one": 1}
    centred = y - y.mean() if any(not term.parts for term in kept) else y
    balanced = bool(np.all(sizes == layout.n_times))
    autocorrelated = request.correlation in _AUTOCORRELATION
    rss, tss, df_r = float(errors @ errors), float(centred @ centred), len(y) - len(kept)
    scalars = {
        "N": float(len(y)),
        "N_g": float(m),
        "n_cf": float(len(kept)),
        "n_cv": float(counts[request.panels]),
        "n_cr": float({"ar1": 1, "psar1": m}.get(request.correlation, 0)),
        "g_min": float(sizes.min()),
        "g_avg": float(sizes.mean()),
        "g_max": float(sizes.max()),
        "df": float(len(slopes)),
        "df_m": float(len(slopes)),
        "r2": 1 - rss / tss if tss > 0 else MISSING,
        "rmse": float(np.sqrt(rss / df_r)) if df_r > 0 else MISSING,
        "mss": tss - rss,
        "rss": rss,
        "chi2": chi2,
        "p": chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING,
        "rank": float(len(kept)),
    }
    if autocorrelated:
        matrices["rhomat"] = Matrix(rho[None, :], ["r1"], [f"c{place + 1}" for place in range(m)])
    if request.correlation == "ar1":
        scalars["rho"] = float(rho[0])
    head = "Prais-Winsten regression" if autocorrelated else "Linear regression"
    kind = "" if request.panels == "one" else f"{_PANELS[request.panels]} panels corrected standard errors"
    macros = {
        "cmd": "xtpcse",
        "cmdline": request.cmdline,
        "depvar": sample.depvar,
        "ivar": request.panel,
        "tvar": request.time,
        "title": f"{head}, {kind} (PCSEs)" if kind else f"{head}, independent panels",
        "panels": f"{_PANELS[request.panels]} ({'balanced' if balanced else 'unbalanced'})",
        "corr": _AUTOCORRELATION.get(request.correlation, "no autocorrelation"),
        "missmeth": "pairwise" if request.pairwise else "casewise",
        "rhotype": request.rhotype if autocorrelated else "",
        "nmk": "nmk" if request.nmk else "",
        "chi2type": "Wald",
        "vce": "pcse" if kind else "ols",
        "vcetype": {"correlated": "Panel-corrected", "hetonly": "Het-corrected"}.get(request.panels, ""),
        "properties": "b V",
        "predict": "xtpcse_p",
    }
    payload = FittedTerms(sample.depvar, (FittedEquation("", sample.terms),))
    return Estimates(scalars, {key: text for key, text in macros.items() if text}, matrices, payload=payload)
