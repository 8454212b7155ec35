"""suest: several fitted models with their joint covariance."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.run import commit_marked, replayed, show_results
from xmixed.estimation.table_options import CLUSTER_OPTIONS, TABLE_OPTIONS, variance_option
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command, Pattern
from xmixed.language.nodes.estimators import VarianceEstimator
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates
from xmixed.statistics.grouping import factorise


@command(
    "suest",
    syntax=Syntax(
        "words",
        options=(variance_option(("robust", "r"), ("cluster", "cl")), *CLUSTER_OPTIONS, *TABLE_OPTIONS),
    ),
    synopsis="suest namelist [, vce(cluster varname) level(#) ...]",
)
def suest(session: SessionState, node: Command) -> None:
    from xmixed.estimation.systems.suest import ESTIMATOR, joint, part_of

    if replayed(session, node, {"suest"}, ESTIMATOR):
        return
    names = [str(word) for word in node.argument]
    if len(set(names)) != len(names):
        raise StataError(198, "a name may be given once")
    context = Context.of(session)
    parts = [part_of(name, stored_estimates(session, name), context) for name in names]
    cluster = _cluster(session, node)
    codes = None
    if cluster:
        column = session.data[cluster]
        missing = (column.values == "") if column.is_string else is_missing(column.to_double())
        codes = np.where(missing, -1, factorise(column.values).codes)
    estimates, rows = joint(names, parts, node.text.strip(), codes, cluster)
    commit_marked(session, estimates, rows)
    show_results(session, ESTIMATOR, estimates, node.option)


def _cluster(session: SessionState, node: Command) -> str:
    """Return the variable of vce(cluster) or cluster(), "" without."""
    vce = node.option("vce")
    pattern: Pattern | None = node.option("cluster")
    if isinstance(vce, VarianceEstimator) and vce.kind == "cluster":
        pattern = vce.cluster
    return "" if pattern is None else resolve_name(Pattern(pattern.text, "", pattern.span), session.data)
