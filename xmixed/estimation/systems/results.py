"""From equations over a sample to the e() of sureg, mvreg and reg3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.sample import Equation, SystemSample
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices, whole_matrix
from xmixed.estimation.linear.variance import observations
from xmixed.estimation.single import weight_macros
from xmixed.estimation.systems.fit import Generalised, Stacked, generalised, projected
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.linear.covariance import correlations
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares

Constrain = Callable[[list[str], np.ndarray], tuple[np.ndarray, np.ndarray] | None]
"""constrain(names, estimated): b0 and N of the estimated coefficients, None without constraints."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    command, cmdline, title : str
    method : str
        sure, 3sls, 2sls, ols or mvreg.
    small : bool
        t and F in place of z and chi2.
    adjusted : bool
        Covariances divided by roots of n - k_j.
    iterated : bool
    tolerance : float
    iterate : int
    """

    command: str
    cmdline: str
    title: str
    method: str
    small: bool = False
    adjusted: bool = False
    iterated: bool = False
    tolerance: float = 1e-6
    iterate: int = 16000


def design_of(equation: Equation, n: int) -> np.ndarray:
    """Return the columns of an equation, (n, k)."""
    columns = [np.ones(n) if own is None else own.astype(np.float64) for own in equation.columns]
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def stacked_of(system: SystemSample, instruments: np.ndarray | None = None) -> Stacked:
    """Return the equations of a sample as arrays.

    Raises
    ------
    StataError
        r(2001) for fewer rows than coefficients of an equation.
    """
    base = system.base
    n = len(base.y)
    weights = None if base.weighting is None else base.weighting.fitted
    designs = tuple(design_of(own, n) for own in system.equations)
    if any(own.shape[1] >= n for own in designs):
        raise StataError(2001, "insufficient observations")
    y = np.column_stack([np.zeros(n) if own.y is None else own.y for own in system.equations])
    regressors = designs if instruments is None else projected(designs, instruments, weights)
    return Stacked(y, designs, regressors, weights, observations(n, base.weighting))


def _without_links(stacked: Stacked, request: Request) -> Generalised:
    """Return equations fitted alone: mvreg has covariances between them, ols and 2sls have none."""
    b = stacked.alone()
    sigma = stacked.covariance(b, True)
    k = sum(stacked.sizes)
    variance = np.zeros((k, k))
    for first, own in enumerate(stacked.parts):
        for second, theirs in enumerate(stacked.parts):
            if first != second and request.method != "mvreg":
                continue
            cross = stacked.regressors[first].T @ stacked.weighted(stacked.regressors[second])
            variance[own, theirs] = sigma[first, second] * np.linalg.inv(cross)
    return Generalised(b, variance, sigma, 1)


def fit(
    system: SystemSample,
    request: Request,
    constrain: Constrain,
    instruments: np.ndarray | None = None,
) -> Estimates:
    """Return e() without its mark.

    Parameters
    ----------
    instruments : ndarray, shape (n, q), or None

    Raises
    ------
    StataError
        r(430), r(506), r(2001); r(412) of constraints.
    """
    stacked = stacked_of(system, instruments)
    equations = tuple(FittedEquation(own.name, own.terms) for own in system.equations)
    payload = FittedTerms("", equations)
    estimated = np.array([not term.status for own in equations for term in own.terms])
    constrained = constrain(payload.names, estimated)
    if request.method in ("sure", "3sls"):
        found = generalised(
            stacked, request.adjusted, request.iterated, constrained, request.tolerance, request.iterate
        )
    elif constrained is not None:
        raise StataError(198, "constraints() not allowed with equations fitted alone")
    else:
        found = _without_links(stacked, request)
    b = np.zeros(len(estimated))
    b[estimated] = found.b
    first = system.equations[0].depvar
    V = whole_matrix(estimated, found.variance)
    matrices = estimates_matrices(payload.names, first, b, V, None)
    names = [own.name for own in system.equations]
    matrices["Sigma"] = Matrix(found.sigma, names, list(names))
    scalars = _figures(system, stacked, found, request)
    if request.command == "sureg":
        scalars |= _independence(found.sigma, stacked)
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "depvar": " ".join(own.depvar for own in system.equations),
        "eqnames": " ".join(names),
        "title": request.title,
        "method": "isure" if request.iterated and request.method == "sure" else request.method,
        "small": "small" if request.small else "",
        "properties": "b V",
        "predict": f"{request.command}_p",
        **weight_macros(system.base),
    }
    return Estimates(
        scalars, {name: text for name, text in macros.items() if text}, matrices, payload=payload
    )


def _figures(
    system: SystemSample, stacked: Stacked, found: Generalised, request: Request
) -> dict[str, float]:
    """Return the scalars: those of the system, and of each equation with its number behind the name."""
    n, errors = stacked.n, stacked.residuals(found.b)
    total = sum(stacked.sizes)
    sigma = stacked.covariance(found.b, False)
    determinant = np.linalg.slogdet(sigma)[1]
    m = len(stacked.sizes)
    scalars = {
        "N": n,
        "k": float(total),
        "k_eq": float(m),
        "rank": float(total),
        "ic": float(found.iterations),
    }
    scalars["ll"] = float(-0.5 * n * (m * (np.log(2 * np.pi) + 1) + determinant))
    if request.small:
        alike = request.method == "mvreg"
        scalars["df_r"] = n - stacked.sizes[0] if alike else n * m - total
    for number, (equation, part) in enumerate(zip(system.equations, stacked.parts, strict=True), 1):
        own, k = errors[:, number - 1], stacked.sizes[number - 1]
        rss = float(own @ stacked.weighted(own[:, None])[:, 0])
        assert equation.y is not None
        centred: list[np.ndarray | None] = [None] if any(c is None for c in equation.columns) else []
        tss = least_squares(equation.y, centred, stacked.weights).rss
        slopes = [part.start + place for place in range(equation.slopes)]
        chi2 = joint_statistic(found.b[slopes], found.variance[np.ix_(slopes, slopes)])
        chi2 = chi2 if np.isfinite(chi2) and slopes else MISSING
        df = n - k if request.adjusted or request.method in ("mvreg", "ols", "2sls") else n
        scalars |= {
            f"rss_{number}": rss,
            f"mss_{number}": tss - rss,
            f"r2_{number}": 1 - rss / tss if tss > 0 else MISSING,
            f"rmse_{number}": float(np.sqrt(rss / df)),
            f"df_m{number}": float(equation.slopes),
            f"cons_{number}": float(len(equation.columns) - equation.slopes),
        }
        if request.small:
            F = chi2 / len(slopes) if chi2 < MISSING else MISSING
            tail = f_tail(F, len(slopes), scalars["df_r"]) if chi2 < MISSING else MISSING
            scalars |= {f"F_{number}": F, f"p_{number}": tail}
        else:
            tail = chi2_tail(chi2, len(slopes)) if chi2 < MISSING else MISSING
            scalars |= {f"chi2_{number}": chi2, f"p_{number}": tail}
    return scalars


def _independence(sigma: np.ndarray, stacked: Stacked) -> dict[str, float]:
    """Return the test of Breusch and Pagan that errors are not correlated: n times squared correlations."""
    r = correlations(sigma)
    m = len(r)
    chi2 = stacked.n * float(np.sum(np.tril(r, -1) ** 2))
    df = m * (m - 1) / 2
    return {"chi2_bp": chi2, "df_bp": df, "p_bp": chi2_tail(chi2, df)}
