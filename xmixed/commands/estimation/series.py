"""newey and prais: linear regression of time series."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.population.panel_variables import series_variables
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, replicated
from xmixed.estimation.series.options import NEWEY_SYNTAX, PRAIS_SYNTAX
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "newey",
    syntax=NEWEY_SYNTAX,
    synopsis="newey depvar [indepvars] [if] [in] [weight], lag(#) [noconstant force level(#) ...]",
    by="each",
)
def newey(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.estimator import NEWEY
    from xmixed.estimation.series.newey import Request, fit

    if replayed(session, node, {"newey"}, NEWEY):
        return
    panel, time, step = series_variables(session)
    groups = (panel,) if panel else ()
    constant = not node.option("noconstant")
    sample = estimation_sample(session, node, constant=constant, groups=groups, others=(time,))
    lags, force = int(node.required("lag")), bool(node.option("force"))
    request = Request(node.text.strip(), panel, time, step, lags, force)
    with overflow():
        estimates, settled = fit(sample, request)
    conclude(session, node, NEWEY, estimates, settled)


@command(
    "prais",
    syntax=PRAIS_SYNTAX,
    synopsis="prais depvar [indepvars] [if] [in] [, corc twostep rhotype(type) vce(vcetype) ...]",
    by="each",
)
def prais(session: SessionState, node: Command) -> None:
    from xmixed.estimation.series.estimator import PRAIS
    from xmixed.estimation.series.prais import Request, fit

    if replayed(session, node, {"prais"}, PRAIS) or replicated(session, node):
        return
    panel, time, step = series_variables(session)
    groups = (panel,) if panel else ()
    constant = not node.option("noconstant")
    sample = estimation_sample(session, node, constant=constant, groups=groups, others=(time,))
    if panel and len(set(sample.others[panel].tolist())) > 1:
        raise StataError(459, "sample may not include multiple panels")
    request = Request(
        node.text.strip(),
        time,
        step,
        bool(node.option("corc")),
        str(node.option("rhotype", "regress")),
        bool(node.option("twostep")),
        float(node.option("tolerance", 1e-3)),
        int(node.option("iterate", 100)),
    )
    with overflow():
        estimates, settled = fit(sample, request, _log(session, node))
    if node.option("nodw"):
        del estimates.scalars["dw"]
    conclude(session, node, PRAIS, estimates, settled)


def _log(session: SessionState, node: Command) -> Callable[[int, float], None]:
    """Return what shows rho by iteration."""
    show = node.option("log", True) is not False

    def progress(iteration: int, rho: float) -> None:
        if show:
            session.out.write(*([""] if not iteration else []), f"Iteration {iteration}:  rho = {rho:6.4f}")

    return progress
