"""Least squares under linear constraints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.constrained.constraints import Restrictions, constraints_matrix
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.regression import log_likelihoods
from xmixed.estimation.linear.variance import observations, robust_variance
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.linear.blocks import linear_combination
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares


def fit(sample: SingleSample, cmdline: str, reader: Callable[[list[str]], Restrictions]) -> Estimates:
    """Return e() of a settled sample, without its mark.

    Parameters
    ----------
    reader : callable(names) -> Restrictions
        The constraints on coefficients with these names.

    Raises
    ------
    StataError
        r(412) where no coefficient is free, r(2001) for too few observations.
    """
    names = [term.name for term in sample.terms]
    whole = reader(names)
    estimated = np.array([not term.status for term in sample.terms], dtype=bool)
    given = whole.of(estimated)
    offset, basis = given.solved()
    if not basis.shape[1]:
        raise StataError(412, "the constraints leave no coefficient free")
    n_rows, weighting = len(sample.y), sample.weighting
    weights = None if weighting is None else weighting.fitted
    columns = [linear_combination(sample.columns, own, n_rows) for own in basis.T]
    left = sample.y - linear_combination(sample.columns, offset, n_rows)
    found = least_squares(left, columns, weights)
    n, free = observations(n_rows, weighting), found.rank
    df = n - free
    if df <= 0:
        raise StataError(2001, "insufficient observations")
    scale = found.rss / df
    model_based = basis @ (found.inverse * scale) @ basis.T
    variance, kind = model_based, sample.variance.kind
    if kind != "ols":
        errors = left - linear_combination(columns, found.beta, n_rows)
        own = robust_variance(kind, columns, errors, found, weighting, sample.clusters)
        variance = basis @ own @ basis.T
        df = df if sample.clusters is None else sample.clusters.count - 1.0
    b = offset + basis @ found.beta
    robust = kind != "ols"
    matrices = estimates_matrices(
        names,
        sample.depvar,
        whole_vector(sample.terms, b),
        whole_matrix(estimated, variance),
        whole_matrix(estimated, model_based) if robust else None,
    )
    matrices["Cns"] = constraints_matrix(whole, names)
    df_m, statistic = _test(sample, b, variance, basis)
    ll = log_likelihoods(found.rss, found.rss, n, weighting)[0]
    scalars = {
        "N": n,
        "df_m": float(df_m),
        "df_r": float(df),
        "F": stata(statistic),
        "p": f_tail(statistic, df_m, df) if np.isfinite(statistic) else MISSING,
        "rmse": float(np.sqrt(scale)),
        "ll": stata(ll),
        "rank": float(free),
    }
    if sample.clusters is not None:
        scalars["N_clust"] = float(sample.clusters.count)
    macros = {
        "cmd": "cnsreg",
        "cmdline": cmdline,
        "depvar": sample.depvar,
        "title": "Constrained linear regression",
        "vce": kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": sample.variance.cluster,
        "properties": "b V",
        "predict": "regres_p",
        **weight_macros(sample),
    }
    macros = {name: text for name, text in macros.items() if text}
    payload = FittedTerms(sample.depvar, (FittedEquation("", sample.terms),))
    return Estimates(scalars, macros, matrices, payload=payload)


def _test(sample: SingleSample, b: np.ndarray, variance: np.ndarray, basis: np.ndarray) -> tuple[int, float]:
    """Return degrees of freedom and F of all slopes: as many combinations of them as can vary."""
    slopes = [place for place, column in enumerate(sample.columns) if column is not None]
    if not slopes:
        return 0, np.nan
    left, values, _ = np.linalg.svd(basis[slopes])
    rank = int(np.count_nonzero(values > 1e-10 * values.max(initial=1e-300)))
    if not rank:
        return 0, np.nan
    along = left[:, :rank].T
    own = variance[np.ix_(slopes, slopes)]
    return rank, joint_statistic(along @ b[slopes], along @ own @ along.T) / rank
