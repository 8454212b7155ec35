"""xtpcse: linear regression with panel-corrected standard errors."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.corrected.options import XTPCSE_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable, time_variable
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtpcse",
    syntax=XTPCSE_SYNTAX,
    synopsis="xtpcse depvar [indepvars] [if] [in] [, correlation(ar1) hetonly pairwise nmk ...]",
    by="each",
)
def xtpcse(session: SessionState, node: Command) -> None:
    from xmixed.estimation.corrected.estimator import ESTIMATOR
    from xmixed.estimation.corrected.fit import Request, fit

    if replayed(session, node, {"xtpcse"}, ESTIMATOR):
        return
    panel = panel_variable(session, node)
    time, step = time_variable(session, node)
    typed = str(node.option("correlation", ""))
    panels = "hetonly" if node.option("hetonly") else "one" if node.option("independent") else "correlated"
    request = Request(
        node.text.strip(),
        panel,
        time,
        step,
        typed if typed.endswith("ar1") else "",
        str(node.option("rhotype", "regress")),
        panels,
        bool(node.option("pairwise")),
        bool(node.option("nmk")),
    )
    sample = estimation_sample(
        session, node, constant=not node.option("noconstant"), groups=(panel,), others=(time,)
    )
    if not sample.columns:
        raise StataError(198, "too few variables specified")
    with overflow():
        estimates, settled = fit(sample, request)
    conclude(session, node, ESTIMATOR, estimates, settled)
