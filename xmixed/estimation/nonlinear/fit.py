"""From a solution to the e() of nl."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms, estimates_matrices
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.regression import regression
from xmixed.estimation.linear.variance import Clusters, Weighting
from xmixed.estimation.nonlinear.least_squares import Found
from xmixed.expressions.factors.terms import Term
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.linear.blocks import Column


def constant_place(slopes: np.ndarray) -> int | None:
    """Return the parameter whose derivative is one everywhere."""
    for place, column in enumerate(slopes.T):
        if np.abs(column - 1).max(initial=0.0) <= 1e-7:
            return place
    return None


def estimates_of(
    y: np.ndarray,
    found: Found,
    names: tuple[str, ...],
    constant: int | None,
    kind: str,
    weighting: Weighting | None,
    clusters: Clusters | None,
    depvar: str,
) -> Estimates:
    """Return e() without its mark, of the linear regression on the derivatives at the solution.

    Raises
    ------
    StataError
        r(2001) for too few observations.
    """
    columns: list[Column] = [None if place == constant else own for place, own in enumerate(found.slopes.T)]
    target = y - found.fitted + found.slopes @ found.parameters
    fit = regression(target, columns, weighting, "ols" if kind == "gnr" else kind, clusters)
    n, k = fit.n, len(names)
    if n <= fit.fit.rank:
        raise StataError(2001, "insufficient observations")
    weights = np.ones(len(y)) if weighting is None else weighting.fitted
    center = float(np.average(y, weights=weights)) if constant is not None else 0.0
    tss = float(weights @ (y - center) ** 2)
    df_total = n - (constant is not None)
    df = n - fit.fit.rank
    r2 = 1 - found.rss / tss if tss > 0 else np.nan
    scalars = {
        "N": n,
        "k": float(k),
        "df_m": df_total - df,
        "df_r": fit.df_residual,
        "df_e": df,
        "mss": tss - found.rss,
        "rss": found.rss,
        "r2": stata(r2),
        "r2_a": stata(1 - (1 - r2) * df_total / df),
        "rmse": stata(np.sqrt(found.rss / df)),
        "dev": stata(n * np.log(2 * np.pi * found.rss / n) + n) if found.rss > 0 else MISSING,
        "ll": stata(-0.5 * (n * np.log(2 * np.pi * found.rss / n) + n)) if found.rss > 0 else MISSING,
        "ic": float(found.iterations),
        "converged": float(found.converged),
        "rank": float(fit.fit.rank),
    }
    if clusters is not None:
        scalars["N_clust"] = float(clusters.count)
    equations = tuple(FittedEquation(name, (Term(()),), ancillary=True, tested=True) for name in names)
    payload = FittedTerms(depvar, equations)
    robust = kind != "gnr"
    matrices = estimates_matrices(
        payload.names, "", found.parameters, fit.variance, fit.model_based if robust else None
    )
    return Estimates(scalars, {}, matrices, payload=payload)
