"""Least squares with categorical variables absorbed, and its e()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.absorbed.groups import Grouping
from xmixed.estimation.fitted import (
    FittedEquation,
    FittedTerms,
    estimates_matrices,
    whole_matrix,
    whole_vector,
)
from xmixed.estimation.linear.regress import stata
from xmixed.estimation.linear.regression import log_likelihoods
from xmixed.estimation.linear.variance import Clusters, is_nested, observations, robust_variance
from xmixed.estimation.single import SingleSample, weight_macros
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.absorption import Factor, components, partialled_out
from xmixed.statistics.linear.blocks import Column, linear_combination
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for: what is absorbed and what clusters, `kind` unadjusted, robust or cluster."""

    cmdline: str
    absorbed: tuple[Grouping, ...]
    clusters: tuple[Grouping, ...] = ()
    kind: str = "unadjusted"
    tolerance: float = 1e-10
    singletons: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """Degrees of freedom of an absorbed variable: categories, those that others imply, within clusters."""

    categories: int
    redundant: int
    nested: bool

    @property
    def coefficients(self) -> int:
        return 0 if self.nested else self.categories - self.redundant


def degrees_lost(factors: Sequence[Factor], clusters: Sequence[Clusters]) -> list[Lost]:
    """Return what each absorbed variable costs: pairs of them share as many levels as they have parts."""
    found = []
    for place, own in enumerate(factors):
        nested = any(is_nested(own.codes, own.count, cluster.codes) for cluster in clusters)
        redundant = max((components(other, own) for other in factors[:place]), default=0)
        found.append(Lost(own.count, own.count if nested else redundant, nested))
    return found


def fit(sample: SingleSample, request: Request) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    Raises
    ------
    StataError
        r(430) where the absorbed variables are not taken out; r(2001) without degrees of freedom.
    """
    weighting = sample.weighting
    weights = None if weighting is None else weighting.fitted
    factors = [Factor.of(own.codes(sample.others), weights) for own in request.absorbed]
    clusters = [_clusters(own.codes(sample.others)) for own in request.clusters]
    y, iterations = _moved(sample.y, factors, weights, request.tolerance)
    columns: list[Column] = []
    for column in sample.columns:
        if column is None:
            columns.append(None)
            continue
        own, more = _moved(column, factors, weights, request.tolerance)
        columns.append(own)
        iterations = max(iterations, more)
    least = least_squares(y, columns, weights)
    lost = degrees_lost(factors, clusters)
    df_a, n = sum(own.coefficients for own in lost), observations(len(y), weighting)
    df_m = least.rank - 1
    df_error = n - df_m - df_a
    if df_error <= 0:
        raise StataError(2001, "insufficient observations")
    model_based = least.inverse * (least.rss / df_error)
    errors = y - linear_combination(columns, least.beta, len(y))
    nested = any(own.nested for own in lost)
    extra = df_a - 1 + nested
    variance = model_based
    if request.kind == "robust":
        variance = least.uncentred(robust_variance("robust", columns, errors, least, weighting, None, extra))
    elif request.kind == "cluster":
        centred = _clustered(columns, errors, least, sample, clusters, request.clusters, extra)
        variance = least.uncentred(centred)
        df_error = min(df_error, min(own.count for own in clusters) - 1.0)
    settled = sample.settled(least.omitted)
    found = _Fitted(least, variance, model_based, float(df_error), float(df_m), n, df_a, lost, iterations)
    return _estimates(settled, request, found, clusters), settled


def _clusters(codes: np.ndarray) -> Clusters:
    own = factorise(codes)
    if len(own.levels) < 2:
        raise StataError(198, "vce(cluster) needs more than one cluster")
    return Clusters(own.codes, len(own.levels))


def _moved(
    column: np.ndarray, factors: Sequence[Factor], weights: np.ndarray | None, tolerance: float
) -> tuple[np.ndarray, int]:
    """Return a column with the factors taken out and its mean put back, and the iterations."""
    found = partialled_out(column, factors, weights, tolerance)
    if not found.converged:
        raise StataError(430, "convergence not achieved")
    values, largest = found.values, float(np.abs(column).max(initial=0.0))
    if float(np.abs(values).max(initial=0.0)) <= 1e-9 * largest:
        values = np.zeros_like(values)  # what is left is rounding
    return values + float(np.average(column.astype(np.float64), weights=weights)), found.iterations


def _clustered(
    columns: Sequence[Column],
    errors: np.ndarray,
    least: LeastSquares,
    sample: SingleSample,
    clusters: Sequence[Clusters],
    groups: Sequence[Grouping],
    extra: int,
) -> np.ndarray:
    """Return the variance by clusters in several ways, for centred columns.

    Cameron, Gelbach and Miller (2011), Journal of Business and Economic Statistics 29; the correction is that
    of the fewest clusters; negative eigenvalues become zero.
    """
    fewest = min(own.count for own in clusters)
    total = np.zeros_like(least.centred)
    for size in range(1, len(clusters) + 1):
        for chosen in combinations(range(len(clusters)), size):
            whole = clusters[chosen[0]].codes
            for place in chosen[1:]:
                whole = factorise(whole * np.int64(clusters[place].count) + clusters[place].codes).codes
            own = Clusters(whole, int(whole.max()) + 1)
            part = robust_variance("cluster", columns, errors, least, sample.weighting, own, extra)
            part = part * (own.count - 1) / own.count * fewest / (fewest - 1)
            total += part if size % 2 else -part
    values, vectors = np.linalg.eigh(total)
    if values[0] < 0 and len(clusters) > 1:
        total = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return total


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    least: LeastSquares
    variance: np.ndarray
    model_based: np.ndarray
    df_residual: float
    df_model: float
    n: float
    df_absorbed: int
    lost: list[Lost]
    iterations: int


def _estimates(
    settled: SingleSample, request: Request, found: _Fitted, clusters: Sequence[Clusters]
) -> Estimates:
    least, kept = found.least, ~found.least.omitted
    estimated = np.array([not term.status for term in settled.terms], dtype=bool)
    robust = request.kind != "unadjusted"
    variance, model_based = (
        whole_matrix(estimated, matrix[np.ix_(kept, kept)]) for matrix in (found.variance, found.model_based)
    )
    matrices = estimates_matrices(
        [term.name for term in settled.terms],
        settled.depvar,
        whole_vector(settled.terms, least.beta[kept]),
        variance,
        model_based if robust else None,
    )
    table = [[own.categories, own.redundant, own.coefficients, own.nested] for own in found.lost]
    names = [own.name for own in request.absorbed]
    matrices["dof_table"] = Matrix(
        np.array(table, dtype=np.float64), names, ["Categories", "Redundant", "NumCoefs", "Nested"]
    )
    slopes = [place for place in np.flatnonzero(kept).tolist() if place != least.constant]
    own = joint_statistic(least.beta[slopes], found.variance[np.ix_(slopes, slopes)])
    statistic = own / len(slopes) if slopes else 0.0
    weights = None if settled.weighting is None else settled.weighting.fitted
    tss = least_squares(settled.y, [None], weights).rss
    left = found.n - found.df_model - found.df_absorbed
    ll, ll_0 = log_likelihoods(least.rss, tss, found.n, settled.weighting)
    scalars = {
        "N": found.n,
        "num_singletons": float(request.singletons),
        "N_hdfe": float(len(request.absorbed)),
        "df_m": found.df_model,
        "df_r": found.df_residual,
        "df_a": float(found.df_absorbed),
        "F": stata(statistic),
        "tss": tss,
        "tss_within": least.tss,
        "rss": least.rss,
        "r2": stata(1 - least.rss / tss if tss > 0 else np.nan),
        "r2_a": stata(1 - least.rss / left / (tss / (found.n - 1)) if tss > 0 else np.nan),
        "r2_within": stata(1 - least.rss / least.tss if least.tss > 0 else np.nan),
        "rmse": stata(float(np.sqrt(least.rss / left))),
        "ll": stata(ll),
        "ll_0": stata(ll_0),
        "ic": float(found.iterations),
        "rank": float(found.df_model),
    }
    p_value = f_tail(statistic, found.df_model, found.df_residual) if np.isfinite(statistic) else MISSING
    scalars["p"] = p_value
    for number, cluster in enumerate(clusters, 1):
        scalars[f"N_clust{number}"] = float(cluster.count)
    if clusters:
        scalars["N_clust"] = float(min(cluster.count for cluster in clusters))
    macros = {
        "cmd": "reghdfe",
        "cmdline": request.cmdline,
        "depvar": settled.depvar,
        "title": "HDFE Linear regression",
        "absvars": " ".join(names),
        "vce": request.kind,
        "vcetype": "Robust" if robust else "",
        "clustvar": " ".join(own.name for own in request.clusters),
        "properties": "b V",
        "predict": "reghdfe_p",
        **weight_macros(settled),
    }
    payload = FittedTerms(settled.depvar, (FittedEquation("", settled.terms),))
    return Estimates(scalars, {k: v for k, v in macros.items() if v}, matrices, payload=payload)
