"""`tabulate, summarize()`: what it computes and keeps; the command itself is in `tabulate`."""

from __future__ import annotations

import numpy as np

from xmixed.commands.rows import Weights
from xmixed.data.categories import categories_of, usable, value_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.tabulate_summarize import SummaryTable, render_summary_table
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import with_margins

SUMMARIZE_OPTIONS = (
    OptionSpec("summarize", "su", "varname", "means, standard deviations and frequencies of a variable"),
    OptionSpec("means", "me", "negatable", "with summarize(): means"),
    OptionSpec("standard", "st", "negatable", "with summarize(): standard deviations"),
    OptionSpec("freq", "f", "negatable", "with summarize(): frequencies"),
    OptionSpec("obs", "ob", "negatable", "with summarize(): numbers of observations"),
)


_NAMES = {"mean": "mean", "sd": "sd", "freq": "sum_w", "obs": "n"}
"""What is computed for each statistic of the table."""


def tabulate_summarize(
    session: SessionState, node: Command, names: list[str], rows: np.ndarray, weights: Weights
) -> None:
    """Show statistics of a variable by the categories of one or two others."""
    data, missing = session.data, bool(node.option("missing"))
    shown = data[resolve_varlist((node.option("summarize"),), data)[0]]
    if shown.is_string:
        raise StataError(109, "type mismatch")
    x = shown.to_double()
    inside = rows & ~is_missing(x)
    variables = [data[name] for name in names]
    for variable in variables:
        inside &= usable(variable, inside, missing)
    found = [categories_of(variable, inside, missing) for variable in variables]
    sizes = [len(categories.values) for categories in found]
    if not all(sizes):
        session.out.write("no observations")
        session.r = Results()
        return
    used = inside
    w = None if weights.values is None else weights.values[used]
    codes = [categories.codes[used] for categories in found]
    statistics = _chosen(node)
    found_by_name = with_margins(x[used], codes, sizes, w, weights.kind, _NAMES.values())
    values = {key: found_by_name[_NAMES[key]] for key in statistics}
    texts = [
        tuple(value_texts(data, variable, categories.values, not node.option("nolabel")))
        for variable, categories in zip(variables, found, strict=True)
    ]
    heads = [variable.label or variable.name for variable in variables]
    table = SummaryTable(
        shown.label or shown.name,
        heads[0],
        texts[0],
        statistics,
        values,
        column_head=heads[1] if len(heads) == 2 else "",
        column_texts=texts[1] if len(heads) == 2 else (),
        weighted=weights.kind in ("aweight", "iweight"),
    )
    session.out.write(*render_summary_table(table, session.settings.linesize))
    session.r = Results()


def _chosen(node: Command) -> tuple[str, ...]:
    """Return the statistics that are shown: those that are named, or all that are not refused."""
    options = {"means": "mean", "standard": "sd", "freq": "freq", "obs": "obs"}
    given = {key: node.option(option) for option, key in options.items() if option in node.options}
    if node.option("nofreq"):  # an option of the tables of frequencies too
        given["freq"] = False
    named = [key for key in options.values() if given.get(key) is True]
    default = ["mean", "sd", "freq"] + (["obs"] if node.weight is not None else [])
    chosen = named or [key for key in default if given.get(key) is not False]
    if not chosen:
        raise StataError(198, "no statistics are left to show")
    return tuple(chosen)
