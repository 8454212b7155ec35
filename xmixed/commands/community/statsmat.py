"""statsmat: statistics of variables, or of groups, as a matrix."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.data.order import group_codes
from xmixed.data.value_labels import value_text
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_varlist
from xmixed.formats import is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped

_STATISTICS = {
    "n": "n",
    "count": "n",
    "mean": "mean",
    "sd": "sd",
    "min": "min",
    "max": "max",
    "range": "range",
    "sum": "sum",
    "median": "p50",
    "variance": "variance",
    "semean": "semean",
    "skewness": "skewness",
    "kurtosis": "kurtosis",
    "iqr": "iqr",
}


@command(
    "statsmat",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight"),
        options=(
            OptionSpec("statistics", "s", "words", "what is computed; default n mean sd"),
            OptionSpec("matrix", "mat", "name", "name of the matrix"),
            OptionSpec("by", "by", "varlist", "groups, of one variable"),
            OptionSpec("xpose", "x", help="statistics as rows"),
            OptionSpec("listwise", "l", help="observations without missing values only"),
            OptionSpec("format", "f", "format", "format of the matrix"),
        ),
    ),
    synopsis="statsmat varlist [if] [in] [weight] [, statistics(names) matrix(name) by(varlist) xpose "
    "listwise format(%fmt)]",
    needs=("data",),
    keeps_r=True,
)
def statsmat(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node)
    names = [str(word).lower() for word in node.option("statistics", ("n", "mean", "sd"))]
    for name in names:
        if name not in _STATISTICS and not (
            name[:1] == "p" and name[1:].isdigit() and 0 < int(name[1:]) < 100
        ):
            raise StataError(198, f"statistic {name} not known")
    fmt = str(node.option("format", "%9.0g"))
    if not is_valid_format(fmt):
        raise StataError(120, "invalid %format")
    rows = selected_rows(session, node)
    if node.option("listwise"):
        for variable in variables:
            rows = rows & variable.known()
    weights = weights_of(session, node, rows)
    by = resolve_varlist(node.option("by"), session.data) if node.option("by") else []
    if by and len(variables) > 1:
        raise StataError(198, "by() is of one variable")
    codes, count = group_codes(session.data, by, rows)
    found, labels = [], []
    for variable in variables:
        x = variable.to_double()
        used = rows & ~is_missing(x)
        if not used.any():
            raise StataError(2000, "no observations")
        own = None if weights.values is None else weights.values[used]
        groups = Grouped(x[used], codes[used], count, own, weights.kind)
        found.append(np.column_stack([_statistic(groups, name) for name in names]))
        first = [int(np.flatnonzero(codes == code)[0]) for code in range(count)]
        labels += [_label(session, by, row) for row in first] if by else [variable.name]
    values = np.vstack(found)
    made = Matrix(values.T, names, labels) if node.option("xpose") else Matrix(values, labels, names)
    target = str(node.option("matrix", "")) or "__statsmat"
    if not is_valid_name(target):
        raise StataError(198, f"{target} invalid name")
    session.matrices[target] = made
    session.execute(f"matrix list {target}, noheader format({fmt})")
    if not node.option("matrix"):
        del session.matrices[target]


def _label(session: SessionState, by: list[str], row: int) -> str:
    """Return the values that make a group as a name of a row."""
    texts = [value_text(session.data, session.data[name], row).strip() for name in by]
    return "_".join(texts).replace(" ", "_").replace(":", "_")[:32]


def _statistic(groups: Grouped, name: str) -> np.ndarray:
    known = _STATISTICS.get(name, name)
    if known == "semean":
        return np.where(groups.n > 0, groups.sd / np.sqrt(np.maximum(groups.n, 1)), MISSING)
    if known == "variance":
        return np.where(is_missing(groups.sd), MISSING, groups.sd**2)
    if known == "iqr":
        return groups.percentile(75) - groups.percentile(25)
    if known[:1] == "p" and known[1:].isdigit():
        return groups.percentile(float(known[1:]))
    return np.asarray(getattr(groups, known))
