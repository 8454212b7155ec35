"""Robust and cluster variances of xtmixed: which clusters, and the sandwich."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import Clusters, RobustVariance
from xmixed.estimation.single import Variance, variance_of
from xmixed.expressions.context import Context
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.statistics.grouping import factorise

if TYPE_CHECKING:
    from xmixed.engine import Fit
    from xmixed.estimation.mixed.model import GroupLevel, MixedSpecification


def variance_of_mixed(node: MixedCommand, context: Context, weighted: str) -> Variance:
    """Return what `vce()`, or `robust` and `cluster()`, ask for; robust by default with sampling weights.

    Raises
    ------
    StataError
        r(198) where robust variances are not defined.
    """
    variance = variance_of(node, context, weighted, "oim")
    given = [node.options[name].span for name in ("vce", "cluster", "robust") if name in node.options]
    for name in ("reml", "emonly"):
        if given and variance.kind != "oim" and node.option(name):
            raise StataError(198, f"vce({variance.kind}) not allowed with option {name}", given[0])
    return variance


def find_clusters(
    kind: str,
    variable: str,
    values: np.ndarray | None,
    names: list[str],
    levels: tuple[GroupLevel, ...],
    n: int,
) -> Clusters:
    """Return the clusters: the variable's, or the groups of the highest level, or the observations.

    Raises
    ------
    StataError
        r(459) where groups of the highest level are split; r(198) for a single cluster.
    """
    if values is not None:
        own = factorise(values)
        if levels:
            first = np.empty(levels[0].n_groups, dtype=np.int64)
            first[levels[0].codes] = own.codes
            if np.any(first[levels[0].codes] != own.codes):
                raise StataError(459, f"groups of {names[0]} are not nested within {variable}")
        found = Clusters(kind, variable, own.codes, len(own.levels))
    elif levels:
        found = Clusters(kind, names[0], levels[0].codes, levels[0].n_groups)
    else:
        found = Clusters(kind, "", np.arange(n), n)
    if found.count < 2:
        raise StataError(198, f"vce({kind}) needs more than one cluster")
    return found


def robust_variance(
    specification: MixedSpecification, fitted: Fit, order: list[int]
) -> RobustVariance | None:
    """Return the sandwich M/(M-1) B (sum ss') B, B block-diagonal; None where it was not asked for.

    Parameters
    ----------
    order : list of int
        Engine's variance parameters in the order of e(b).
    """
    clusters = specification.clusters
    parts = fitted.sandwich
    if clusters is None or parts is None:
        return None
    k = len(order)
    terms = specification.description.terms
    places = [place for place, term in enumerate(terms) if not term.status]
    places += [len(terms) + order.index(item) for item in range(k)]
    with np.errstate(over="ignore", invalid="ignore"):
        meat, count = _meat(specification, parts.scores, clusters)
        meat = parts.bread @ meat @ parts.bread.T * (count / (count - 1))
        inner = parts.to_user @ meat @ parts.to_user.T
        near = parts.to_centred @ meat @ parts.to_centred.T
        bread = parts.to_user @ parts.bread @ parts.to_user.T
    if not np.isfinite(inner).all():
        raise StataError(1400, "numerical overflow")
    whole = np.zeros((3, len(terms) + k, len(terms) + k))
    for target, source in zip(whole, ((inner + inner.T) / 2, bread, near), strict=True):
        target[np.ix_(places, places)] = source
    return RobustVariance(clusters.kind, clusters.name, count, *whole)


def _meat(
    specification: MixedSpecification, scores: np.ndarray, clusters: Clusters
) -> tuple[np.ndarray, int]:
    """Return the sum over clusters of ss' and their number.

    A cluster with a frequency weight is as many clusters as that says.
    """
    weights, levels = specification.weights, specification.levels
    if weights is None or weights.summary.kind != "fweight":
        return scores.T @ scores, clusters.count
    units = levels[0].codes if levels else np.arange(len(clusters.codes))
    own = weights.levels[0] if levels else weights.rows
    if own is None or len(own) != clusters.count:
        return scores.T @ scores, clusters.count
    counts = np.empty(clusters.count)
    counts[clusters.codes] = own[units]
    total = round(float(counts.sum()))
    if total < 2:
        raise StataError(198, f"vce({clusters.kind}) needs more than one cluster")
    return (scores / counts[:, None]).T @ scores, total
