"""cumul: the empirical cumulative distribution of a variable."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState


@command(
    "cumul",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("generate", "g", "name", help="the new variable"),
            OptionSpec("freq", "f", help="frequencies in place of shares"),
            OptionSpec("equal", "eq", help="equal values have equal shares"),
            OptionSpec("by", "by", "varlist", help="a distribution for each group"),
        ),
    ),
    synopsis="cumul varname [if] [in] [weight], generate(newvar) [freq equal by(varlist)]",
    needs=("data",),
)
def cumul(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node) if node.argument else []
    if len(variables) != 1:
        raise StataError(
            103 if variables else 100, "too many variables specified" if variables else "varlist required"
        )
    variable, name = variables[0], node.required("generate")
    check_new_name(name, session.data)
    values = variable.to_double()
    rows = selected_rows(session, node) & ~is_missing(values)
    weights = weights_of(session, node, rows).values
    rows = rows if weights is None else rows & (weights > 0)
    if not rows.any():
        raise StataError(2000, "no observations")
    groups = _groups(session, node, rows)
    x = values[rows]
    w = np.ones(len(x)) if weights is None else weights[rows].astype(np.float64)
    shares = cumulative(x, w, groups, bool(node.option("equal")), bool(node.option("freq")))
    made = np.full(session.data.n_obs, MISSING)
    made[rows] = shares
    label = f"{'Cumulative frequency' if node.option('freq') else 'ECDF'} of {variable.name}"
    session.data = session.data.with_variables(Variable(name, "double", made, "%10.0g", label))


def _groups(session: SessionState, node: Command, rows: np.ndarray) -> np.ndarray:
    """Return the number of each row's group; all zero without `by()`."""
    from xmixed.expressions.varlist import resolve_varlist

    code = np.zeros(int(rows.sum()), dtype=np.int64)
    for name in resolve_varlist(node.option("by"), session.data) if node.option("by") else ():
        variable = session.data[name]
        values = variable.values.astype(str) if variable.is_string else variable.to_double()
        distinct, inverse = np.unique(values[rows], return_inverse=True)
        code = code * len(distinct) + inverse
    return code


def cumulative(x: np.ndarray, w: np.ndarray, groups: np.ndarray, equal: bool, freq: bool) -> np.ndarray:
    """Return the weight of values up to each one, in all or as a share, within its group.

    `equal`: equal values have the same, else the weight grows over them in the order of the data.
    """
    order = np.lexsort((x, groups))
    ranked, group = x[order], groups[order]
    total = np.cumsum(w[order])
    first = np.r_[True, group[1:] != group[:-1]]
    starts = np.flatnonzero(first)
    ends = np.r_[starts[1:], len(x)] - 1
    before = np.r_[0.0, total[ends[:-1]]]
    member = np.cumsum(first) - 1
    size = (total[ends] - before)[member]
    up_to = total - before[member]
    if equal:
        last = np.r_[(ranked[1:] != ranked[:-1]) | first[1:], True]
        next_last = np.flatnonzero(last)[np.searchsorted(np.flatnonzero(last), np.arange(len(x)))]
        up_to = up_to[next_last]
    out = np.empty(len(x))
    out[order] = up_to if freq else up_to / size
    return out
