"""oneway."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.response import response_by_group
from xmixed.data.categories import value_texts
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.describe.tabulate_summarize import SummaryTable, render_summary_table
from xmixed.render.layouts.inference.oneway import render_anova, render_comparisons
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.inference.comparisons import OneWayAnova, one_way

_METHODS = {"bonferroni": "Bonferroni", "scheffe": "Scheffe", "sidak": "Sidak"}
_PARTS = {"means": "mean", "standard": "sd", "freq": "freq", "obs": "obs"}


@command(
    "oneway",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight", "fweight"),
        options=(
            OptionSpec("bonferroni", "b", help="Bonferroni's comparisons of means"),
            OptionSpec("scheffe", "sc", help="Scheffe's comparisons of means"),
            OptionSpec("sidak", "si", help="Sidak's comparisons of means"),
            OptionSpec("noanova", "noa", help="no table of variances"),
            OptionSpec("tabulate", "t", help="means, standard deviations and frequencies of the groups"),
            OptionSpec("missing", "mi", help="missing values form a group"),
            OptionSpec("wrap", "w", help="do not break wide tables"),
            OptionSpec("nolabel", "nol", help="numbers in place of value labels"),
            OptionSpec("means", "me", "negatable", "means in the table of tabulate"),
            OptionSpec("standard", "st", "negatable", "standard deviations in the table of tabulate"),
            OptionSpec("freq", "f", "negatable", "frequencies in the table of tabulate"),
            OptionSpec("obs", "o", "negatable", "numbers of observations in the table of tabulate"),
        ),
    ),
    synopsis="oneway y group [if] [in] [weight] [, bonferroni scheffe sidak noanova tabulate missing]",
    needs=("data",),
    by="each",
)
def oneway(session: SessionState, node: Command) -> None:
    own = response_by_group(session, node)
    response, group, cells = own.response, own.group, own.cells
    if len(own.values) < 2:
        raise StataError(2001, "insufficient observations")
    anova = one_way(cells.n, cells.mean, cells.sd)
    texts = tuple(value_texts(session.data, group, own.values, not node.option("nolabel")))
    linesize = 10_000 if node.option("wrap") else session.settings.linesize
    heads = response.label or response.name, group.label or group.name
    if node.option("tabulate") or any(node.option(name) for name in _PARTS):
        session.out.write(*_table(node, cells, texts, heads, linesize))
    if not node.option("noanova"):
        session.out.write(*render_anova(anova))
    for method, title in _METHODS.items():
        if node.option(method):
            difference, p = anova.comparisons(method)
            comparison = f"Comparison of {heads[0]} by {heads[1]}"
            session.out.write(*render_comparisons(comparison, title, texts, difference, p, linesize))
    session.r = _saved(anova)


def _table(
    node: Command, cells: Grouped, texts: tuple[str, ...], heads: tuple[str, str], linesize: int
) -> list:
    given = {key: node.option(option) for option, key in _PARTS.items() if option in node.options}
    named = tuple(key for key in _PARTS.values() if given.get(key) is True)
    chosen = named or tuple(key for key in ("mean", "sd", "freq") if given.get(key) is not False)
    if not chosen:
        raise StataError(198, "no statistics are left to show")
    every = Grouped(cells.x, np.zeros(len(cells.x), dtype=np.int64), 1, cells.w, cells.kind)
    values = {
        key: np.append(cells.statistic(name), every.statistic(name))
        for key, name in (("mean", "mean"), ("sd", "sd"), ("freq", "sum_w"), ("obs", "n"))
    }
    return render_summary_table(SummaryTable(heads[0], heads[1], texts, chosen, values), linesize)


def _saved(anova: OneWayAnova) -> Results:
    scalars = {"N": anova.total_n, "F": anova.f, "df_r": anova.df_within, "rss": anova.within}
    scalars |= {"df_m": anova.df_between, "mss": anova.between}
    scalars |= {"chi2bart": anova.bartlett, "df_bart": anova.bartlett_df}
    return Results(scalars={name: value for name, value in scalars.items() if value < MISSING})
