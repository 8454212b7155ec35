"""boottest: a hypothesis after regress or areg tested by the wild cluster bootstrap."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.fitted import FittedTerms
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.hypotheses import read_hypotheses
from xmixed.estimation.linear.refit import estimated_terms
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.layouts.community.bootstrap_test import BootstrapTest, render_bootstrap_test
from xmixed.render.layouts.postestimation.wald_tests import constraint_text
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.tested import Constraint
from xmixed.statistics.inference.wild import (
    DISTRIBUTIONS,
    Clusters,
    clusters_of,
    confidence_limits,
    draws,
    p_value,
)

_TAILS = ("symmetric", "equaltail", "lower", "upper")


@command(
    "boottest",
    syntax=Syntax(
        "hypotheses",
        options=(
            OptionSpec("reps", "r", "integer", "replications; default 999", minimum_value=1),
            OptionSpec("seed", "seed", "integer", "start of the random numbers", minimum_value=0),
            OptionSpec("cluster", "cl", "varname", "clusters, where the model was fitted without"),
            OptionSpec(
                "weighttype",
                "w",
                "choice",
                "distribution of the weights of clusters",
                choices=tuple((name, name[:1] if name != "rademacher" else "r") for name in DISTRIBUTIONS),
            ),
            OptionSpec(
                "ptype", "pt", "choice", "which tails count", choices=tuple((n, n[:2]) for n in _TAILS)
            ),
            OptionSpec("nonull", "nonul", help="without imposing the hypothesis"),
            OptionSpec("noci", "noci", help="no confidence set"),
            OptionSpec("nograph", "nogr", help="accepted: no graph is drawn"),
            OptionSpec("quietly", "qui", help="show nothing"),
            OptionSpec("bootcluster", "boot", "varlist", built=False),
            OptionSpec("boottype", "boottype", "text", built=False),
            OptionSpec("madjust", "mad", "text", built=False),
            OptionSpec("statistic", "stat", "text", built=False),
            LEVEL,
        ),
    ),
    synopsis="boottest {coefficient | exp = exp} [, reps(#) weighttype(name) cluster(varname) ptype(name) "
    "nonull noci seed(#) level(#) nograph quietly]",
    needs=("estimates",),
)
def boottest(session: SessionState, node: Command) -> None:
    constraint = _constraint(session, node)
    level = float(node.option("level", session.settings.level))
    if node.option("seed") is not None:
        session.memory.reseed(int(node.option("seed")))
    cluster, clusters = _regression(session, node, constraint)
    distribution, kind = str(node.option("weighttype", "rademacher")), str(node.option("ptype", "symmetric"))
    asked = int(node.option("reps", 999))
    weights, complete = draws(session.memory.generator(), distribution, clusters.count, asked)
    value, imposed = constraint.constant, not node.option("nonull")
    t = clusters.statistic(value)
    p = p_value(t, clusters.replicated(value, weights, imposed), kind)
    limits = None
    if not node.option("noci") and kind in ("symmetric", "equaltail"):
        limits = confidence_limits(
            lambda at: p_value(clusters.statistic(at), clusters.replicated(at, weights, imposed), kind),
            clusters.estimate,
            clusters.standard_error,
            1 - level / 100,
        )
    df = clusters.count - 1 if cluster else session.e.scalars["df_r"]
    names = session.e.matrices["b"].column_names
    shown = constraint_text(constraint.row, constraint.constant, names)
    test = BootstrapTest(
        t, p, float(df), asked, weights.shape[1], cluster, distribution, kind, imposed, complete
    )
    if not node.option("quietly"):
        session.out.write(*render_bootstrap_test(test, shown, clusters.count, limits, level))
    scalars = {"t": t, "p": p, "df_r": float(df), "df": 1.0, "reps": float(weights.shape[1]), "level": level}
    matrices = {"CI": Matrix(np.array([limits]), ["r1"], ["c1", "c2"])} if limits else {}
    macros = {"weighttype": distribution, "ptype": kind, "boottype": "wild", "null": "1" if imposed else "0"}
    session.r = Results(scalars=scalars, matrices=matrices, macros=macros)


def _constraint(session: SessionState, node: Command) -> Constraint:
    e = session.e
    if e.macros.get("cmd") not in ("regress", "areg"):
        raise StataError(198, "boottest works after regress and areg only")
    if "wtype" in e.macros:
        raise StataError(101, "weights not allowed")
    coefficients = Coefficients.of(e)
    constraints = read_hypotheses(node.argument, coefficients, Context.of(session), (), True, False)
    if len(constraints) != 1:
        raise StataError(198, "boottest takes one restriction")
    return constraints[0]


def _regression(session: SessionState, node: Command, constraint: Constraint) -> tuple[str, Clusters]:
    """Return the name of the clusters ("" for observations), and the regression by clusters."""
    e, context = session.e, Context.of(session)
    frame = EstimationFrame(context, sample_rows(context, e.mark))
    fitted: FittedTerms = e.payload
    terms = estimated_terms(e)
    n = int(np.count_nonzero(frame.rows)) if frame.rows.dtype == np.bool_ else len(frame.rows)
    found = (frame.column(term) for term in terms)
    columns = [np.ones(n) if column is None else column for column in found]
    y = frame.values(*variable_of(fitted.depvar))
    kept = [place for place, term in enumerate(fitted.terms) if term is not None and not term.status]
    row, codes, cluster = constraint.row[kept], np.arange(n), _cluster(session, node)
    if cluster:
        codes, _ = group_codes(session.data.rows(frame.rows), [cluster])
    if e.macros["cmd"] == "areg":
        groups, count = group_codes(session.data.rows(frame.rows), [e.macros["absvar"]])
        if cluster and len(np.unique(groups * np.int64(n) + codes)) != count:
            raise StataError(198, "the absorbed groups must lie within the clusters")
        chosen = [place for place, term in enumerate(terms) if term.parts]
        if row[[place for place, term in enumerate(terms) if not term.parts]].any():
            raise StataError(198, "the constant of areg cannot be tested")
        columns, row = [_within(columns[place], groups, count) for place in chosen], row[chosen]
        y = _within(y, groups, count)
    X = np.column_stack(columns)
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    variance: float | None = float(constraint.row @ e.matrices["V"].values @ constraint.row)
    if cluster and cluster != e.macros.get("clustvar"):
        variance = None
    return cluster, clusters_of(X, y - X @ beta, beta, row, codes, variance)


def _cluster(session: SessionState, node: Command) -> str:
    if node.option("cluster") is not None:
        return resolve_varlist((node.option("cluster"),), session.data)[0]
    name = session.e.macros.get("clustvar", "")
    if name:
        return resolve_varlist(parse_varlist(name), session.data)[0]
    if session.e.macros.get("vce") not in ("robust", "hc1"):
        raise StataError(198, "boottest needs a robust or clustered variance, or the option cluster()")
    return ""


def _within(values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """Return values less the means of their groups, (n,)."""
    sizes = np.bincount(groups, minlength=count)
    return values - (np.bincount(groups, weights=values, minlength=count) / sizes)[groups]
