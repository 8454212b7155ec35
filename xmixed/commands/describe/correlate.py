"""correlate, pwcorr."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, numeric_variables, selected_rows, weights_of
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.output import line
from xmixed.render.layouts.describe.correlate import (
    MeansRow,
    PairwiseTable,
    render_matrix,
    render_means,
    render_pairwise,
    render_partial,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.correlation import Covariances, adjusted_p, covariances, pairwise, partial_correlations


def _columns(variables: list[Variable]) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns as doubles, shape (n, k), and where they are known."""
    X = np.column_stack([variable.to_double() for variable in variables])
    return X, ~is_missing(X)


def _used(rows: np.ndarray, weights: Weights) -> np.ndarray:
    return rows if weights.values is None else rows & (weights.values != 0)


@command(
    "correlate",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("means", "m", help="also means, standard deviations, minima and maxima"),
            OptionSpec("covariance", "c", help="covariances in place of correlations"),
            OptionSpec("wrap", "w", help="do not break wide matrices"),
            OptionSpec("noformat", "nof", help="correlations in the general format"),
        ),
    ),
    synopsis="correlate [varlist] [if] [in] [weight] [, means covariance wrap]",
    needs=("data",),
    by="each",
    by_reference=True,
)
def correlate(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node)
    if not variables:
        raise StataError(100, "varlist required")
    found, ends = _covariances(session, node, variables)
    rho = found.correlations()
    names = [variable.name for variable in variables]
    session.out.write(line(f"(obs={found.n:.0f})"), line())
    if node.option("means"):
        session.out.write(*render_means(_means(names, found, ends), session.data.names))
    covariance = bool(node.option("covariance"))
    linesize = 10_000 if node.option("wrap") else session.settings.linesize
    fmt = "%9.0g" if covariance or node.option("noformat") else "%9.4f"
    session.out.write(
        *render_matrix(names, found.matrix if covariance else rho, fmt, linesize, session.data.names)
    )
    session.r = _saved(names, found, rho, covariance)


def _covariances(
    session: SessionState, node: Command, variables: list[Variable]
) -> tuple[Covariances, np.ndarray]:
    """Return covariances over observations without missing values, and minima and maxima; r(2000)."""
    if session.data.reference is not None:
        from xmixed.commands.describe.referenced_products import covariances_by_reference

        return covariances_by_reference(session, node, variables)
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    X, known = _columns(variables)
    used = _used(rows, weights) & known.all(axis=1)
    if not used.any():
        raise StataError(2000, "no observations")
    w = None if weights.values is None else weights.values[used]
    X = X[used]
    return covariances(X, w, weights.kind), np.array([X.min(axis=0), X.max(axis=0)])


def _means(names: list[str], found: Covariances, ends: np.ndarray) -> list[MeansRow]:
    sds = np.sqrt(np.diag(found.matrix))
    figures = zip(names, found.means, sds, *ends, strict=True)
    return [MeansRow(name, tuple(map(float, values))) for name, *values in figures]  # type: ignore[arg-type]


def _saved(names: list[str], found: Covariances, rho: np.ndarray, covariance: bool) -> Results:
    scalars = {"N": found.n}
    if len(names) > 1:
        scalars["rho"] = float(rho[1, 0])
        if covariance:
            scalars |= {"cov_12": float(found.matrix[1, 0])}
            scalars |= {f"Var_{i + 1}": float(found.matrix[i, i]) for i in range(2)}
    values = found.matrix if covariance else rho
    return Results(scalars=scalars, matrices={"C": Matrix(values.copy(), list(names), list(names))})


@command(
    "pwcorr",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("obs", "o", help="numbers of observations"),
            OptionSpec("sig", "sig", help="p-values"),
            OptionSpec(
                "star", "st", "number", "a star at p-values up to this", minimum_value=0, maximum_value=100
            ),
            OptionSpec(
                "print", "p", "number", "only p-values up to this", minimum_value=0, maximum_value=100
            ),
            OptionSpec("bonferroni", "b", help="Bonferroni's adjustment"),
            OptionSpec("sidak", "sid", help="Sidak's adjustment"),
            OptionSpec("listwise", "l", help="only observations where all are known"),
            OptionSpec("casewise", "c", help="the same as listwise"),
        ),
        exclusive=(("bonferroni", "sidak"),),
    ),
    synopsis="pwcorr [varlist] [if] [in] [weight] [, obs sig star(#) print(#) bonferroni sidak listwise]",
    needs=("data",),
    by="each",
)
def pwcorr(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node)
    if not variables:
        raise StataError(100, "varlist required")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    X, known = _columns(variables)
    used = _used(rows, weights)
    if node.option("listwise") or node.option("casewise"):
        used = used & known.all(axis=1)
    if not (used[:, None] & known).any():
        raise StataError(2000, "no observations")
    w = None if weights.values is None else weights.values[used]
    found = pairwise(X[used], known[used], w, weights.kind)
    k = len(variables)
    method = "bonferroni" if node.option("bonferroni") else "sidak" if node.option("sidak") else ""
    table = PairwiseTable(
        tuple(variable.name for variable in variables),
        found.rho,
        adjusted_p(found.p, k * (k - 1) / 2, method),
        found.n,
        bool(node.option("sig")),
        bool(node.option("obs")),
        _probability(node.option("star", 0.0)),
        _probability(node.option("print", 2.0), 2.0),
        tuple(session.data.names),
    )
    session.out.write(*render_pairwise(table, session.settings.linesize))
    scalars = {"N": float(found.n[-1, max(0, k - 2)])}
    if k > 1:
        scalars["rho"] = float(found.rho[-1, -2])
    names = list(table.names)
    session.r = Results(scalars=scalars, matrices={"C": Matrix(found.rho.copy(), names, names)})


def _probability(level: float, none: float = 0.0) -> float:
    """Return a significance level; one of 1 or more is per cent: `star(5)`."""
    return level if level == none or level < 1 else level / 100


@command(
    "pcorr",
    syntax=Syntax("varlist_factor", condition=True, in_range=True, weights=("aweight", "fweight")),
    synopsis="pcorr varname varlist [if] [in] [weight]",
    needs=("data",),
    by="each",
    by_reference=True,
)
def pcorr(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node)
    if len(variables) < 2:
        raise StataError(102, "too few variables specified")
    found, _ = _covariances(session, node, variables)
    if found.n <= len(variables):
        raise StataError(2001, "insufficient observations")
    outcome, *others = (variable.name for variable in variables)
    constant = [
        name for name, size in zip((outcome, *others), np.diag(found.matrix), strict=True) if size == 0
    ]
    if constant:
        raise StataError(459, f"{constant[0]} is constant")
    try:
        partial = partial_correlations(found.correlations(), found.n)
    except np.linalg.LinAlgError:
        raise StataError(459, "collinear variables") from None
    session.out.write(line(f"(obs={found.n:.0f})"), line())
    session.out.write(*render_partial(outcome, others, partial, session.data.names))
    names = list(others)
    session.r = Results(
        scalars={"N": found.n, "df": found.n - len(variables)},
        matrices={
            "p_corr": Matrix(partial.partial[:, None], names, ["c1"]),
            "sp_corr": Matrix(partial.semipartial[:, None], names, ["c1"]),
        },
    )
