"""From columns to the e() of factor and pca, and rotations of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.factors import (
    Extraction,
    component_factors,
    components,
    independence_test,
    iterated_factors,
    principal_factors,
    promax,
    rotated,
    squared_multiple_correlations,
)

METHODS = {
    "pf": "principal factors",
    "pcf": "principal-component factors",
    "ipf": "iterated principal factors",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    method : str
        pca, pf, pcf or ipf.
    least : float or None
        Smallest eigenvalue to be retained; None: the method's own.
    most : int or None
        Most factors.
    covariance : bool
        Of covariances; pca alone.
    """

    command: str
    cmdline: str
    method: str
    least: float | None = None
    most: int | None = None
    covariance: bool = False


def fit(names: Sequence[str], X: np.ndarray, weights: np.ndarray, n: float, request: Request) -> Estimates:
    """Return e() without its mark.

    Raises
    ------
    StataError
        r(2001) for too few observations; r(506) for a correlation matrix that has no inverse.
    """
    if n < 2:
        raise StataError(2001, "insufficient observations")
    means = np.average(X, axis=0, weights=weights)
    centred = X - means
    S = (
        (centred * weights[:, None]).T
        @ centred
        / (weights.sum() - 1 if weights.sum() == n else weights.sum())
    )
    if not np.isfinite(S).all():
        raise StataError(1400, "numerical overflow")
    sds = np.sqrt(np.diag(S))
    if not np.all(sds > 0):
        gone = names[int(np.argmin(sds))]
        raise StataError(506, f"{gone} does not vary")
    R = S / np.outer(sds, sds)
    np.fill_diagonal(R, 1.0)
    found = _extracted(R, S, request)
    m = found.loadings.shape[1]
    if m == 0:
        raise StataError(498, "no factors retained; no eigenvalue is large enough")
    prefix = "Comp" if request.method == "pca" else "Factor"
    labels = [f"{prefix}{place + 1}" for place in range(m)]
    every = [f"{prefix}{place + 1}" for place in range(len(names))]
    rows = list(names)
    matrices = {
        "L": Matrix(found.loadings, rows, labels),
        "Ev": Matrix(found.eigenvalues[None, :], ["Eigenvalues"], every),
        "C": Matrix(S if request.covariance else R, rows, list(rows)),
        "means": Matrix(means[None, :], ["r1"], list(rows)),
        "sds": Matrix(sds[None, :], ["r1"], list(rows)),
    }
    explained = found.loadings**2
    trace = float(np.trace(S)) if request.covariance else float(len(names))
    if request.method == "pca":
        total = np.diag(matrices["C"].values)
        left = total - explained @ found.eigenvalues[:m]
        left = np.where(np.abs(left) < 1e-12 * total, 0.0, left)
    else:
        left = 1 - explained.sum(axis=1)
    matrices["Psi"] = Matrix(
        left[None, :], ["Unexplained" if request.method == "pca" else "Uniqueness"], list(rows)
    )
    p = len(names)
    scalars = {"N": n, "f": float(m), "trace": trace, "rho": float(found.eigenvalues[:m].sum() / trace)}
    if request.method != "pca":
        chi2, df = independence_test(R, n)
        scalars |= {"chi2_i": chi2, "df_i": float(df), "df_m": float(p * m - m * (m - 1) / 2)}
    macros = {
        "cmd": request.command,
        "cmdline": request.cmdline,
        "mtitle": METHODS.get(request.method, "principal components"),
        "mineigen": "" if request.least is None else f"{request.least:g}",
        "Ctype": "covariance" if request.covariance else "correlation",
        "method": request.method,
        "rtext": "(unrotated = principal)" if request.method == "pca" else "(unrotated)",
        "title": "Principal components" if request.method == "pca" else "Factor analysis",
        "predict": f"{request.command}_p",
        "properties": "nob noV eigen",
    }
    return Estimates(scalars, {name: text for name, text in macros.items() if text}, matrices)


def _extracted(R: np.ndarray, S: np.ndarray, request: Request) -> Extraction:
    least, most = request.least, request.most
    if request.method == "pca":
        usual = 1e-5
        return components(S if request.covariance else R, usual if least is None else least, most)
    if request.method == "pcf":
        return component_factors(R, 1.0 if least is None else least, most)
    if np.linalg.eigvalsh(R)[0] < 1e-12:
        raise StataError(506, "correlation matrix is singular")
    try:
        communalities = squared_multiple_correlations(R)
        least = 5e-6 if least is None else least
        if request.method == "ipf":
            return iterated_factors(R, least, most)
        return principal_factors(R, least, most, communalities)
    except np.linalg.LinAlgError:
        raise StataError(506, "correlation matrix is singular") from None


def rotate(e: Estimates, method: str, number: int | None, normalize: bool, power: float) -> Estimates:
    """Return results with rotated loadings beside the others.

    Raises
    ------
    StataError
        r(498) for a single factor; r(198) for more than there are.
    """
    L = e.matrices["L"].values
    m = L.shape[1] if number is None else number
    if m > L.shape[1]:
        raise StataError(198, f"factors({m}): only {L.shape[1]} factors are retained")
    if m < 2:
        raise StataError(498, "rotation needs at least two factors")
    own = L[:, :m]
    oblique = method == "promax"
    if oblique:
        loadings, T = promax(own, power, normalize)
    else:
        gamma = {"varimax": 1.0, "quartimax": 0.0, "equamax": m / 2}[method]
        loadings, T = rotated(own, gamma, normalize)
    phi = np.linalg.inv(T) @ np.linalg.inv(T).T if oblique else np.eye(m)
    variance = np.diag(phi @ loadings.T @ loadings) if oblique else np.sum(loadings**2, axis=0)
    if e.macros["cmd"] == "pca":
        variance = np.diag(T.T @ np.diag(e.matrices["Ev"].values[0, :m]) @ T)
    order = np.argsort(-variance, kind="stable")
    signs = np.where(loadings[:, order].sum(axis=0) < 0, -1.0, 1.0)
    names = e.matrices["L"].column_names[:m]
    loadings, T = loadings[:, order] * signs, T[:, order] * signs
    phi = phi[np.ix_(order, order)] * np.outer(signs, signs)
    shown = f"oblique {method}" if oblique else f"orthogonal {method}"
    matrices = {
        **e.matrices,
        "r_L": Matrix(loadings, list(e.matrices["L"].row_names), list(names)),
        "r_T": Matrix(T, list(names), list(names)),
        "r_Phi": Matrix(phi, list(names), list(names)),
        "r_Ev": Matrix(variance[order][None, :], ["Eigenvalues"], list(names)),
    }
    kaiser = "on" if normalize else "off"
    macros = {
        **e.macros,
        "r_criterion": method,
        "r_class": shown.split()[0],
        "r_text": f"{shown} (Kaiser {kaiser})",
    }
    return replace(e, matrices=matrices, macros=macros)
