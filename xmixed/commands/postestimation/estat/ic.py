"""estat ic: Akaike's and Bayesian information criteria."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_results, criteria_row
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.estimates import CRITERIA_TITLE, render_criteria
from xmixed.session.state import SessionState


@subcommand(
    "estat",
    "ic",
    syntax=Syntax(
        options=(
            OptionSpec("n", "n", "integer", "N of the Bayesian information criterion"),
            OptionSpec("df", "df", "integer", "number of parameters", minimum_value=0),
        )
    ),
    synopsis="estat ic [, n(#) df(#)]",
    needs=("estimates",),
)
def ic(session: SessionState, node: Command) -> None:
    n = node.option("n")
    if n is not None and n <= 0:
        raise StataError(198, "option n() must be a positive integer")
    rows = [criteria_row(".", session.e, n, node.option("df"))]
    session.out.write("", CRITERIA_TITLE, *render_criteria(rows, n is not None))
    session.r = criteria_results(rows)
