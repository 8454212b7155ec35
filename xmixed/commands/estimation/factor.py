"""factor, pca, rotate and canon: factors, principal components, rotations, canonical correlations."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.factors.canonical import CANON_DISPLAY, Sets
from xmixed.estimation.factors.canonical import ESTIMATOR as CANON
from xmixed.estimation.factors.canonical import fit as fit_canonical
from xmixed.estimation.factors.estimator import FACTOR, FACTOR_DISPLAY, PCA
from xmixed.estimation.factors.fit import Request, fit, rotate
from xmixed.estimation.run import commit_marked, replayed, show_results
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import resolve_varlist
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.stored import commit

_SHARED = (
    OptionSpec("mineigen", "mine", "number", "smallest eigenvalue to be retained"),
    *FACTOR_DISPLAY,
)
_FACTOR = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    weights=("aweight", "fweight"),
    options=(
        OptionSpec("pf", "pf", help="principal factors; the default"),
        OptionSpec("pcf", "pcf", help="principal-component factors"),
        OptionSpec("ipf", "ipf", help="iterated principal factors"),
        OptionSpec("ml", "ml", help="maximum likelihood", built=False),
        OptionSpec("factors", "fa", "integer", "most factors to be retained", minimum_value=1),
        *_SHARED,
    ),
    exclusive=(("pf", "pcf", "ipf"),),
)
_PCA = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    weights=("aweight", "fweight"),
    options=(
        OptionSpec("components", "com", "integer", "most components to be retained", minimum_value=1),
        OptionSpec("factors", "fa", "integer", "the same as components()", minimum_value=1),
        OptionSpec("correlation", "cor", help="of correlations; the default"),
        OptionSpec("covariance", "cov", help="of covariances"),
        OptionSpec("vce", "vce", "text", "standard errors", built=False),
        *_SHARED,
    ),
    exclusive=(("correlation", "covariance"), ("components", "factors")),
)


@command(
    "factor",
    syntax=_FACTOR,
    synopsis="factor varlist [if] [in] [weight] [, pf pcf ipf factors(#) mineigen(#)]",
)
@command(
    "pca", syntax=_PCA, synopsis="pca varlist [if] [in] [weight] [, components(#) mineigen(#) covariance]"
)
def factor(session: SessionState, node: Command) -> None:
    estimator = PCA if node.name == "pca" else FACTOR
    if replayed(session, node, {node.name}, estimator):
        return
    variables = numeric_variables(session, node)
    rows, w, n = _complete(session, node, variables)
    method = next((name for name in ("pcf", "ipf") if node.option(name)), "pf")
    most = node.option("components", node.option("factors"))
    request = Request(
        node.name,
        node.text.strip(),
        "pca" if node.name == "pca" else method,
        node.option("mineigen"),
        most,
        bool(node.option("covariance")),
    )
    X = np.column_stack([variable.to_double()[rows] for variable in variables])
    estimates = fit([variable.name for variable in variables], X, w, n, request)
    if node.name == "factor":
        session.out.write(f"(obs={n:.0f})")
    commit_marked(session, estimates, rows)
    show_results(session, estimator, estimates, node.option)


def _complete(
    session: SessionState, node: Command, variables: list[Variable]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the observations without missing values, their weights, and how many they stand for."""
    rows = selected_rows(session, node)
    for variable in variables:
        rows = rows & variable.known()
    weights, counted = np.ones(session.data.n_obs), False
    if node.weight is not None:
        kind = "aweight" if node.weight.kind == "weight" else node.weight.kind
        weights, text = evaluate_column(node.weight.expression, Context.of(session))
        if text:
            raise StataError(109, "type mismatch", node.weight.span)
        rows = rows & ~is_missing(weights) & (weights != 0)
        check_weights(weights[rows], kind, node.weight.span)
        counted = kind == "fweight"
    if not rows.any():
        raise StataError(2000, "no observations")
    w = weights[rows]
    n = float(w.sum()) if counted else float(np.count_nonzero(rows))
    return rows, w if counted else w * n / w.sum(), n


@command(
    "canon",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            *CANON_DISPLAY,
            OptionSpec("lc", "lc", "integer", built=False),
            OptionSpec("level", "l", built=False),
        ),
    ),
    synopsis="canon (varlist1) (varlist2) [if] [in] [weight] [, stdcoef nocoefs notests test(numlist)]",
)
def canon(session: SessionState, node: Command) -> None:
    if replayed(session, node, {"canon"}, CANON):
        return
    sets = Sets(*_two_sets(session, str(node.argument or "")))
    variables = [session.data[name] for name in (*sets.first, *sets.second)]
    if any(variable.is_string for variable in variables):
        raise StataError(109, "type mismatch")
    rows, w, n = _complete(session, node, variables)
    X = np.column_stack([variable.to_double()[rows] for variable in variables])
    p = len(sets.first)
    estimates = fit_canonical(sets, X[:, :p], X[:, p:], w, n, node.text.strip())
    commit_marked(session, estimates, rows)
    show_results(session, CANON, estimates, node.option)


def _two_sets(session: SessionState, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the variables of two lists in parentheses; r(198) for anything else."""
    pieces = text.replace("(", " ( ").replace(")", " ) ").split()
    if pieces.count("(") != 2 or pieces.count(")") != 2 or pieces[0] != "(" or pieces[-1] != ")":
        raise StataError(198, "two variable lists in parentheses are required")
    first, _, rest = text.strip()[1:].partition(")")
    second = rest.strip()[1:-1]
    names = [
        tuple(resolve_varlist(parse_varlist(own), session.data)) for own in (first, second) if own.strip()
    ]
    if len(names) != 2 or not all(names):
        raise StataError(198, "two variable lists in parentheses are required")
    return names[0], names[1]


@command(
    "rotate",
    syntax=Syntax(
        options=(
            OptionSpec("orthogonal", "ort", help="an orthogonal rotation; the default"),
            OptionSpec("oblique", "obl", help="an oblique rotation: promax"),
            OptionSpec("varimax", "v", help="varimax; the default"),
            OptionSpec("quartimax", "quartimax", help="quartimax"),
            OptionSpec("equamax", "equ", help="equamax"),
            OptionSpec("promax", "pro", "number", "promax with this power; default 3", optional_value=True),
            OptionSpec("oblimin", "oblimi", "number", "oblimin", built=False, optional_value=True),
            OptionSpec("factors", "f", "integer", "how many factors to rotate", minimum_value=1),
            OptionSpec("components", "com", "integer", "the same as factors()", minimum_value=1),
            OptionSpec("normalize", "norm", help="rows of length one for the rotation (Kaiser)"),
            OptionSpec("horst", "h", help="the same as normalize"),
            OptionSpec("clear", "clear", help="forget the rotation"),
            *FACTOR_DISPLAY,
        ),
        exclusive=(("orthogonal", "oblique"), ("varimax", "quartimax", "equamax", "promax")),
    ),
    synopsis="rotate [, varimax promax[(#)] quartimax equamax normalize factors(#) clear]",
    needs=("estimates",),
)
def rotate_loadings(session: SessionState, node: Command) -> None:
    e = session.e
    if e.macros.get("cmd") not in ("factor", "pca"):
        raise StataError(301, "last estimates not found")
    if node.option("clear"):
        e.matrices = {name: own for name, own in e.matrices.items() if not name.startswith("r_")}
        e.macros = {name: own for name, own in e.macros.items() if not name.startswith("r_")}
        return
    method = next((name for name in ("quartimax", "equamax", "promax") if name in node.options), "varimax")
    if node.option("oblique"):
        method = "promax"
    if method == "promax" and node.option("orthogonal"):
        raise StataError(198, "promax is an oblique rotation")
    power = node.options["promax"].value if "promax" in node.options else None
    normalize = bool(node.option("normalize") or node.option("horst"))
    number = node.option("factors", node.option("components"))
    found = rotate(e, method, number, normalize, 3.0 if power is None else float(power))
    commit(session, found)
    estimator = PCA if e.macros["cmd"] == "pca" else FACTOR
    show_results(session, estimator, found, node.option)
