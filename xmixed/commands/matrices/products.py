"""matrix accum, vecaccum, glsaccum, opaccum: sums of products of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xmixed.commands.matrices.store import complete_matrix, store
from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.linear.group_products import outer_group_products, weighted_group_products

WEIGHTS = ("fweight", "aweight", "iweight", "pweight")
NO_CONSTANT = OptionSpec("noconstant", "noc", help="no row and column of sums")


class _Columns(NamedTuple):
    """What is summed: the matrix's name, the variables, their complete rows (n, k) and weights (n,).

    `used` are the observations, bool, `others` the values there of variables beside them (n, j).
    """

    name: str
    names: list[str]
    values: np.ndarray
    weight: np.ndarray
    used: np.ndarray
    others: np.ndarray


def _columns(session: SessionState, node: Command, others: Sequence[str] = ()) -> _Columns:
    """Return what is summed; observations where one of the `others` is missing are left out too.

    Prints the number of observations and saves it as r(N).
    """
    name, equals, text = (part.strip() for part in node.argument.partition("="))
    if not equals:
        raise StataError(198, "invalid syntax")
    if not text:
        raise StataError(100, "varlist required")
    names = resolve_varlist(parse_varlist(text), session.data)
    for variable in (*names, *others):
        if session.data[variable].is_string:
            raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    values = np.column_stack([session.data[variable].to_double() for variable in names])
    beside = [session.data[variable].to_double() for variable in others]
    used = rows & ~np.any(is_missing(np.column_stack([values, *beside])), axis=1)
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
    along = np.column_stack(beside)[used] if beside else np.empty((int(used.sum()), 0))
    return _Columns(name, names, values[used], weight, used, along)


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
    name, names, values, weight, *_ = _columns(session, node)
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
    name, names, values, weight, *_ = _columns(session, node)
    y, values = values[:, 0], values[:, 1:]
    columns = names[1:]
    if not node.option("noconstant"):
        values = np.column_stack([values, np.ones(len(values))])
        columns = [*columns, "_cons"]
    if not columns:
        raise StataError(102, "too few variables specified")
    store(session, name, Matrix(((y * weight) @ values).reshape(1, -1), [names[0]], columns))


def _with_constant(columns: _Columns, node: Command) -> tuple[np.ndarray, list[str]]:
    if node.option("noconstant"):
        return columns.values, columns.names
    return np.column_stack([columns.values, np.ones(len(columns.values))]), [*columns.names, "_cons"]


def _codes(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1]


def _variable(session: SessionState, node: Command, option: str) -> str:
    """Return the variable that an option names; r(198) where the option is not given."""
    return resolve_name(node.required(option), session.data)


@subcommand(
    "matrix",
    "glsaccum",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        weights=WEIGHTS,
        options=(
            NO_CONSTANT,
            OptionSpec("group", "gr", "varname", "variable of the groups"),
            OptionSpec("glsmat", "gl", "name", "matrix of the weights within a group"),
            OptionSpec("row", "row", "varname", "which row of the matrix an observation stands for"),
        ),
    ),
    synopsis="matrix glsaccum A = varlist [if] [in] [weight], group(var) glsmat(W) row(var) [noconstant]",
    needs=("data",),
)
def accumulate_gls(session: SessionState, node: Command) -> None:
    """A = X'BX, B block-diagonal with the part of W for each group's rows."""
    group, row = _variable(session, node, "group"), _variable(session, node, "row")
    W = complete_matrix(session, str(node.required("glsmat")))
    columns = _columns(session, node, (group, row))
    rows = columns.others[:, 1]
    if W.values.shape[0] != W.values.shape[1]:
        raise StataError(503, "conformability error")
    if np.any((rows != np.floor(rows)) | (rows < 1) | (rows > len(W.values))):
        raise StataError(503, "conformability error")
    X, names = _with_constant(columns, node)
    X = X * np.sqrt(columns.weight)[:, None]
    A = weighted_group_products(X, _codes(columns.others[:, 0]), rows.astype(np.intp) - 1, W.values)
    store(session, columns.name, Matrix(A, list(names), list(names)))


@subcommand(
    "matrix",
    "opaccum",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            NO_CONSTANT,
            OptionSpec("group", "gr", "varname", "variable of the groups"),
            OptionSpec("opvar", "op", "varname", "variable of which outer products are taken"),
        ),
    ),
    synopsis="matrix opaccum A = varlist [if] [in], group(var) opvar(var) [noconstant]",
    needs=("data",),
)
def accumulate_outer(session: SessionState, node: Command) -> None:
    """A is the sum over groups of X'ee'X, e the variable of opvar()."""
    group, along = _variable(session, node, "group"), _variable(session, node, "opvar")
    columns = _columns(session, node, (group, along))
    X, names = _with_constant(columns, node)
    A = outer_group_products(X, _codes(columns.others[:, 0]), columns.others[:, 1])
    store(session, columns.name, Matrix(A, list(names), list(names)))
