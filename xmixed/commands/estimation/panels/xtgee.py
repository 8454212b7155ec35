"""xtgee: population-averaged models by generalised estimating equations."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.estimation.population.options import XTGEE_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.population.run import population_averaged
from xmixed.estimation.run import replayed, replicated
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtgee",
    syntax=XTGEE_SYNTAX,
    synopsis="xtgee depvar [indepvars] [if] [in] [weight] [, family(name) link(name) corr(structure) ...]",
    by="each",
)
def xtgee(session: SessionState, node: Command) -> None:
    from xmixed.estimation.population.estimator import ESTIMATOR

    if replayed(session, node, {"xtgee"}, ESTIMATOR):
        return
    panel = panel_variable(session, node)
    if not replicated(session, node, panel):
        population_averaged(session, node, panel)
