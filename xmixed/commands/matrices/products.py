"""matrix accum, matrix vecaccum: sums of products of variables."""

from __future__ import annotations

import numpy as np

from xmixed.commands.matrices.store import store
from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState

WEIGHTS = ("fweight", "aweight", "iweight", "pweight")
NO_CONSTANT = OptionSpec("noconstant", "noc", help="no row and column of sums")


def _columns(session: SessionState, node: Command) -> tuple[str, list[str], np.ndarray, np.ndarray]:
    """Return the matrix's name, the variables, their complete rows, shape (n, k), and weights, shape (n,).

    Prints the number of observations and saves it as r(N).
    """
    name, equals, text = (part.strip() for part in node.argument.partition("="))
    if not equals:
        raise StataError(198, "invalid syntax")
    if not text:
        raise StataError(100, "varlist required")
    names = resolve_varlist(parse_varlist(text), session.data)
    for variable in names:
        if session.data[variable].is_string:
            raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    values = np.column_stack([session.data[variable].to_double() for variable in names])
    used = rows & ~np.any(is_missing(values), axis=1)
    if weights.values is not None:
        used &= weights.values > 0
    count = np.ones(len(used)) if weights.values is None else weights.values
    total = int(np.sum(count[used])) if weights.kind == "fweight" else int(np.count_nonzero(used))
    if total == 0:
        raise StataError(2000, "no observations")
    weight = count[used]
    if weights.kind == "aweight":
        weight = weight * (total / np.sum(weight))
    session.out.write(f"(obs={total})")
    session.r = Results(scalars={"N": float(total)})
    return name, names, values[used], weight


@subcommand(
    "matrix",
    "accum",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=WEIGHTS,
        options=(
            NO_CONSTANT,
            OptionSpec("deviations", "d", help="products of deviations from means"),
            OptionSpec("means", "m", "name", "matrix that takes the means"),
            OptionSpec("absorb", "a", "varname", built=False),
        ),
    ),
    synopsis="matrix accum A = varlist [if] [in] [weight] [, noconstant deviations means(M)]",
    needs=("data",),
)
def accumulate(session: SessionState, node: Command) -> None:
    """A = X'WX, the constant last."""
    name, names, values, weight = _columns(session, node)
    means = weight @ values / np.sum(weight)
    deviations = bool(node.option("deviations"))
    if deviations:
        values = values - means
    if not (node.option("noconstant") or deviations):
        values = np.column_stack([values, np.ones(len(values))])
        names = [*names, "_cons"]
        means = np.append(means, 1.0)
    products = values.T @ (values * weight[:, None])
    store(session, name, Matrix((products + products.T) / 2, list(names), list(names)))
    if node.option("means") is not None:
        store(session, str(node.option("means")), Matrix(means.reshape(1, -1), ["r1"], list(names)))


@subcommand(
    "matrix",
    "vecaccum",
    syntax=Syntax("text", condition=True, in_range=True, weights=WEIGHTS, options=(NO_CONSTANT,)),
    synopsis="matrix vecaccum a = y varlist [if] [in] [weight] [, noconstant]",
    needs=("data",),
)
def accumulate_vector(session: SessionState, node: Command) -> None:
    """a = y'WX, the constant last."""
    name, names, values, weight = _columns(session, node)
    y, values = values[:, 0], values[:, 1:]
    columns = names[1:]
    if not node.option("noconstant"):
        values = np.column_stack([values, np.ones(len(values))])
        columns = [*columns, "_cons"]
    if not columns:
        raise StataError(102, "too few variables specified")
    store(session, name, Matrix(((y * weight) @ values).reshape(1, -1), [names[0]], columns))
