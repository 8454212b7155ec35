"""xtscc: panel regressions whose errors correlate across panels and over time."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.population.panel_variables import panel_variable, time_variable
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.estimation.series.options import XTSCC_SYNTAX
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtscc",
    syntax=XTSCC_SYNTAX,
    synopsis="xtscc depvar [indepvars] [if] [in] [aweight] [, lag(#) fe pooled noconstant level(#)]",
    by="each",
)
def xtscc(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.driscoll_kraay import Request, fit
    from xmixed.estimation.series.estimator import DRISCOLL_KRAAY

    if replayed(session, node, {"xtscc"}, DRISCOLL_KRAAY):
        return
    fixed_effects = bool(node.option("fe"))
    if fixed_effects and (node.weight is not None or node.option("noconstant")):
        raise StataError(198, "fe may not be combined with weights or noconstant")
    panel = panel_variable(session, node)
    time, step = time_variable(session, node)
    constant = not node.option("noconstant")
    sample = estimation_sample(session, node, constant=constant, groups=(panel,), others=(time,))
    lags = None if node.option("lag") is None else int(node.option("lag"))
    request = Request(node.text.strip(), panel, time, step, lags, fixed_effects)
    with overflow():
        estimates, settled = fit(sample, request)
    conclude(session, node, DRISCOLL_KRAAY, estimates, settled)
