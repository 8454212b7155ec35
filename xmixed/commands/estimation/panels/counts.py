"""xtpoisson and xtnbreg: counts in panels."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.panels.options import XTNBREG_SYNTAX, XTPOISSON_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.run import (
    check_converged,
    conclude,
    estimation_sample,
    iteration_log,
    offset_values,
    offset_variable,
    overflow,
    replayed,
    replicated,
    settled,
)
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtpoisson",
    syntax=XTPOISSON_SYNTAX,
    synopsis="xtpoisson depvar [indepvars] [if] [in] [weight] [, re | fe irr exposure(varname) vce() ...]",
    by="each",
)
@command(
    "xtnbreg",
    syntax=XTNBREG_SYNTAX,
    synopsis="xtnbreg depvar [indepvars] [if] [in] [weight] [, re | fe irr exposure(varname) ...]",
    by="each",
)
def panel_counts(session: SessionState, node: Command) -> None:
    from xmixed.estimation.panels.count_estimator import ESTIMATOR
    from xmixed.estimation.panels.count_fit import check_counts, fit_counts, informative_counts
    from xmixed.estimation.panels.fit import Request, without_constants

    if replayed(session, node, {node.name}, ESTIMATOR):
        return
    panel = panel_variable(session, node)
    if replicated(session, node, panel):
        return
    effects = "fe" if node.option("fe") else "re"
    conditional = effects == "fe" and node.name == "xtpoisson"
    if conditional and node.option("noconstant"):
        raise StataError(198, "option noconstant not allowed with fe", node.options["noconstant"].span)
    offset, exposure = offset_variable(session, node)
    sample = estimation_sample(
        session,
        node,
        constant=not conditional and not node.option("noconstant"),
        default="oim",
        assumed="iweight",
        groups=(panel,),
        others=(offset,) if offset else (),
    )
    check_counts(sample)
    if effects == "fe":
        sample = informative_counts(sample, panel)
    if conditional:
        sample = without_constants(sample, panel)
    sample = settled(sample, constant=conditional)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    request = Request(node.name, node.text.strip(), panel, shown, limits_of(node))
    robust = sample.variance.kind in ("robust", "cluster")

    def log(title: str) -> Progress | None:
        if node.option("log", True) is False:
            return None
        label = "log pseudolikelihood" if robust else "log likelihood"
        return iteration_log(session, title, label, spaced=bool(title))

    with overflow():
        estimates = fit_counts(sample, request, effects, values, log)
    conclude(session, node, ESTIMATOR, estimates, replace(sample, notes=()))
    check_converged(estimates)
