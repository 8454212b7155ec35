"""xtgls: linear regression of panels in time by generalised least squares."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.corrected.options import XTGLS_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable, time_variable
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtgls",
    syntax=XTGLS_SYNTAX,
    synopsis="xtgls depvar [indepvars] [if] [in] [, panels(iid|heteroskedastic|correlated) corr(ar1) ...]",
    by="each",
)
def xtgls(session: SessionState, node: Command) -> None:
    from xmixed.estimation.corrected.estimator import GENERALISED
    from xmixed.estimation.corrected.generalised import Request, fit

    if replayed(session, node, {"xtgls"}, GENERALISED):
        return
    panel = panel_variable(session, node)
    time, step = time_variable(session, node)
    panels = str(node.option("panels", "iid"))
    correlation = str(node.option("corr", ""))
    request = Request(
        node.text.strip(),
        panel,
        time,
        step,
        "heteroskedastic" if panels.startswith("hetero") else panels,
        correlation if correlation.endswith("ar1") else "",
        str(node.option("rhotype", "regress")),
        bool(node.option("nmk")),
        bool(node.option("igls")),
        float(node.option("tolerance", 1e-7)),
        int(node.option("iterate", 100)),
    )
    sample = estimation_sample(
        session, node, constant=not node.option("noconstant"), groups=(panel,), others=(time,)
    )
    if not sample.columns:
        raise StataError(198, "too few variables specified")
    with overflow():
        estimates, settled = fit(sample, request)
    conclude(session, node, GENERALISED, estimates, settled)
