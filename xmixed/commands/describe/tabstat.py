"""tabstat."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.tabstat import TabstatTable, head_of, render_tabstat
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped

_STATISTICS = (
    ("mean", "me"), ("count", "co"), ("n", "n"), ("sum", "su"), ("max", "ma"), ("min", "mi"), ("range", "r"),
    ("sd", "sd"), ("variance", "v"), ("cv", "cv"), ("semean", "se"), ("skewness", "sk"), ("kurtosis", "k"),
    ("median", "med"), ("iqr", "iqr"), ("q", "q"),
)  # fmt: skip
PERCENTILES = ("p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99")


def statistics_of(
    words: tuple[str, ...], allowed: tuple[tuple[str, str], ...] = _STATISTICS
) -> tuple[str, ...]:
    """Return the full names of statistics; `q` is three.

    Raises
    ------
    StataError
        r(198) `unknown statistic: foo`.
    """
    found: list[str] = []
    for word in words:
        lowered = word.lower()
        full = next((name for name, minimum in allowed if _means(lowered, name, minimum)), None)
        if lowered in PERCENTILES:
            found.append(lowered)
        elif full is None:
            raise StataError(198, f"unknown statistic: {word}")
        else:
            found += ["p25", "p50", "p75"] if full == "q" else [full]
    return tuple(found)


def _means(word: str, name: str, minimum: str) -> bool:
    return name.startswith(word) and len(word) >= len(minimum)


@command(
    "tabstat",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("by", "b", "varname", "statistics by the values of a variable"),
            OptionSpec("statistics", "s", "words", "which statistics: mean sd q ..."),
            OptionSpec("stats", "stats", "words", "the same as statistics()"),
            OptionSpec(
                "columns",
                "c",
                "choice",
                "what stands in the columns",
                choices=(("variables", "v"), ("statistics", "s")),
            ),
            OptionSpec(
                "format", "f", "text", "display format; alone: those of the variables", optional_value=True
            ),
            OptionSpec("casewise", "ca", help="only observations where all variables are known"),
            OptionSpec("nototal", "not", help="no totals"),
            OptionSpec("missing", "m", help="a group of missing values of by()"),
            OptionSpec("noseparator", "nosep", help="no rules between groups"),
            OptionSpec(
                "labelwidth", "labelw", "integer", "widest group label", minimum_value=1, maximum_value=32
            ),
            OptionSpec(
                "varwidth", "vara", "integer", "widest variable name", minimum_value=8, maximum_value=32
            ),
            OptionSpec("longstub", "lo", help="names of statistics beside those of groups"),
            OptionSpec("save", "save", help="keep the statistics in r()"),
        ),
    ),
    synopsis="tabstat varlist [if] [in] [weight] [, by(varname) statistics(names) options]",
    needs=("data",),
    by="each",
)
def tabstat(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    if node.option("statistics") and node.option("stats"):
        raise StataError(198, "options statistics() and stats() may not be combined")
    variables = numeric_variables(session, node)
    names = statistics_of(node.option("statistics") or node.option("stats") or ("mean",))
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    if weights.values is not None:
        rows = rows & (weights.values != 0)
    if node.option("casewise"):
        for variable in variables:
            rows = rows & ~is_missing(variable.to_double())
    by, codes, groups = _groups(session, node, rows)
    rows = codes >= 0
    if not rows.any():
        raise StataError(2000, "no observations")
    w = None if weights.values is None else weights.values
    total = by is not None and not node.option("nototal")
    values = [
        _statistics(variable, rows, codes, len(groups), w, weights.kind, names, total)
        for variable in variables
    ]
    stacked = np.stack(values, axis=2)
    shown = (*groups, "Total") if total else groups
    across = node.option("columns")
    table = TabstatTable(
        tuple(variable.name for variable in variables),
        names,
        stacked,
        _formats(node, variables),
        by.name if by else "",
        by.label if by else "",
        tuple(shown) if by else (),
        across == "statistics" if across else len(variables) == 1,
        total=total,
        separated=not node.option("noseparator"),
        long_stub=bool(node.option("longstub")),
        label_width=node.option("labelwidth", 16),
        variable_width=node.option("varwidth", 12),
        among=tuple(session.data.names),
    )
    session.out.write(*render_tabstat(table))
    session.r = _saved(table) if node.option("save") else Results()


def _groups(
    session: SessionState, node: Command, rows: np.ndarray
) -> tuple[Variable | None, np.ndarray, tuple[str, ...]]:
    """Return the by() variable, the group of each observation (-1: left out), and the groups' texts."""
    if not node.option("by"):
        return None, np.where(rows, 0, -1), ("",)
    by = session.data[resolve_varlist((node.option("by"),), session.data)[0]]
    found = categories_of(by, rows, bool(node.option("missing")))
    return by, found.codes, tuple(value_texts(session.data, by, found.values))


def _statistics(
    variable: Variable,
    rows: np.ndarray,
    codes: np.ndarray,
    count: int,
    w: np.ndarray | None,
    kind: str,
    names: tuple[str, ...],
    total: bool,
) -> np.ndarray:
    """Return the statistics of one variable, shape (groups, and one more with the total; statistics)."""
    x = variable.to_double()
    used = rows & ~is_missing(x)
    weights = None if w is None else w[used]
    groups = Grouped(x[used], codes[used], count, weights, kind)
    table = np.column_stack([groups.statistic(name) for name in names])
    if total:
        everything = Grouped(x[used], np.zeros(int(used.sum()), dtype=np.int64), 1, weights, kind)
        table = np.vstack([table, np.column_stack([everything.statistic(name) for name in names])])
    return table


def _formats(node: Command, variables: list[Variable]) -> tuple[str, ...]:
    if "format" not in node.options:
        return ("",) * len(variables)
    fmt = node.option("format")
    if not isinstance(fmt, str):
        return tuple(variable.format for variable in variables)
    if not is_valid_format(fmt) or is_string_format(fmt):
        raise StataError(120, "invalid %format")
    return (fmt,) * len(variables)


def _saved(table: TabstatTable) -> Results:
    """Return r(StatTotal), and r(Stat1), r(name1) ... of the groups: statistics by variables."""
    rows, columns = [head_of(name) for name in table.statistics], list(table.variables)
    matrices, macros = {}, {}
    for g, group in enumerate(table.groups or ("",)):
        is_total = not table.by or (table.total and g == len(table.groups) - 1)
        name = "StatTotal" if is_total else f"Stat{g + 1}"
        matrices[name] = Matrix(table.values[g].copy(), rows, columns)
        if not is_total:
            macros[f"name{g + 1}"] = group
    return Results(macros=macros, matrices=matrices)
