"""ranksum, signrank, kwallis."""

from __future__ import annotations

from xmixed.commands.inference.two_samples import BY, compared, differences
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command, Name
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.rank_tests import (
    render_kruskal_wallis,
    render_rank_sum,
    render_signed_rank,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.ranks import kruskal_wallis, rank_sum, signed_rank


@command(
    "ranksum",
    syntax=Syntax(
        "expression",
        condition=True,
        in_range=True,
        options=(BY, OptionSpec("porder", "porder", help="probability that one group is the larger")),
    ),
    synopsis="ranksum y [if] [in], by(group) [porder]",
    needs=("data",),
    by="each",
)
def ranksum(session: SessionState, node: Command) -> None:
    if not isinstance(node.argument, Name):
        raise StataError(198, "invalid syntax")
    found = compared(session, node)
    test = rank_sum(*found.samples)
    porder = bool(node.option("porder"))
    session.out.write(*render_rank_sum(test, found.variable, found.by, found.names, porder))
    scalars = {"N_1": test.n[0], "N_2": test.n[1], "z": test.z, "Var_a": test.variance}
    scalars |= {"sum_obs": test.sums[0], "sum_exp": test.expected[0]}
    if porder:
        scalars["porder"] = test.larger
    session.r = Results(scalars=scalars)


@command(
    "signrank",
    syntax=Syntax("assignment", condition=True, in_range=True),
    synopsis="signrank varname = exp [if] [in]",
    needs=("data",),
    by="each",
)
def signrank(session: SessionState, node: Command) -> None:
    found, variable, text = differences(session, node)
    test = signed_rank(found)
    session.out.write(*render_signed_rank(test, variable, text))
    scalars = {"N_neg": test.n[1], "N_pos": test.n[0], "N_tie": test.n[2], "sum_pos": test.sums[0]}
    scalars |= {"sum_neg": test.sums[1], "z": test.z, "Var_a": test.variance}
    session.r = Results(scalars=scalars)


@command(
    "kwallis",
    syntax=Syntax("varname", condition=True, in_range=True, options=(BY,)),
    synopsis="kwallis varname [if] [in], by(group)",
    needs=("data",),
    by="each",
)
def kwallis(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_varlist((node.argument,), session.data)[0]]
    group = session.data[resolve_name(node.required("by"), session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    x = variable.to_double()
    found = categories_of(group, selected_rows(session, node) & ~is_missing(x))
    if not found.used.any():
        raise StataError(2000, "no observations")
    if len(found.values) < 2:
        raise StataError(420, "1 group found, 2 required")
    test = kruskal_wallis(x[found.used], found.codes[found.used], len(found.values))
    texts = value_texts(session.data, group, found.values)
    session.out.write(*render_kruskal_wallis(test, group.name, texts))
    session.r = Results(scalars={"df": test.df, "chi2": test.chi2, "chi2_adj": test.chi2_ties})
