"""xtlogit, xtprobit and clogit: binary outcomes in panels and matched groups."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.panels.options import CLOGIT_SYNTAX, XTLOGIT_SYNTAX, XTPROBIT_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.results import estimator_of
from xmixed.estimation.run import (
    check_converged,
    conclude,
    estimation_sample,
    iteration_log,
    offset_values,
    offset_variable,
    overflow,
    replayed,
    settled,
)
from xmixed.estimation.single import SingleSample
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState

_POINTS = 12


@command(
    "xtlogit",
    syntax=XTLOGIT_SYNTAX,
    synopsis="xtlogit depvar [indepvars] [if] [in] [, re | fe or intpoints(#) vce(vcetype) ...]",
    by="each",
)
@command(
    "xtprobit",
    syntax=XTPROBIT_SYNTAX,
    synopsis="xtprobit depvar [indepvars] [if] [in] [, re intpoints(#) vce(vcetype) ...]",
    by="each",
)
def xtlogit(session: SessionState, node: Command) -> None:
    from xmixed.estimation.panels.estimator import RANDOM
    from xmixed.estimation.panels.fit import Request, fit_random

    if _replayed(session, node):
        return
    panel = panel_variable(session, node)
    if node.option("fe"):
        _conditional(session, node, panel)
        return
    offset, exposure = offset_variable(session, node)
    sample = _sample(session, node, panel, offset, not node.option("noconstant"))
    sample = settled(sample)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    link = "probit" if node.name == "xtprobit" else "logit"
    points = int(node.option("intpoints", _POINTS))
    request = Request(node.name, node.text.strip(), panel, shown, limits_of(node), link, points)
    with overflow():
        estimates = fit_random(
            sample,
            request,
            values,
            _log(session, node, sample, "Fitting comparison model:"),
            _log(session, node, sample, "Fitting full model:"),
        )
    conclude(session, node, RANDOM, estimates, replace(sample, notes=()))
    check_converged(estimates)


@command(
    "clogit",
    syntax=CLOGIT_SYNTAX,
    synopsis="clogit depvar [indepvars] [if] [in] [weight] , group(varname) [or vce(vcetype) ...]",
    by="each",
)
def clogit(session: SessionState, node: Command) -> None:
    if _replayed(session, node):
        return
    typed = node.options.get("group") or node.options.get("strata")
    if typed is None:
        raise StataError(198, "option group() required")
    _conditional(session, node, resolve_name(typed.value, session.data))


def _replayed(session: SessionState, node: Command) -> bool:
    estimator = estimator_of(session.e) if session.e.macros.get("cmd") == node.name else None
    if estimator is None:
        if not node.argument:
            raise StataError(301, "last estimates not found")
        return False
    return replayed(session, node, {node.name}, estimator)


def _sample(session: SessionState, node: Command, group: str, offset: str, constant: bool) -> SingleSample:
    return estimation_sample(
        session,
        node,
        constant=constant,
        default="oim",
        assumed="fweight",
        groups=(group,),
        others=(offset,) if offset else (),
    )


def _conditional(session: SessionState, node: Command, group: str) -> None:
    from xmixed.estimation.panels.estimator import CONDITIONAL, GROUPED
    from xmixed.estimation.panels.fit import Request, fit_conditional, informative, without_constants

    if node.option("noconstant"):
        raise StataError(198, "option noconstant not allowed with fe", node.options["noconstant"].span)
    offset, exposure = offset_variable(session, node)
    sample = informative(_sample(session, node, group, offset, False), group, node.name == "xtlogit")
    sample = settled(without_constants(sample, group), constant=True)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    request = Request(node.name, node.text.strip(), group, shown, limits_of(node))
    with overflow():
        estimates = fit_conditional(sample, request, values, _log(session, node, sample, ""))
    estimator = CONDITIONAL if node.name == "xtlogit" else GROUPED
    conclude(session, node, estimator, estimates, replace(sample, notes=()))
    check_converged(estimates)


def _log(session: SessionState, node: Command, sample: SingleSample, title: str) -> Progress | None:
    if node.option("log", True) is False:
        return None
    label = "log pseudolikelihood" if sample.variance.kind in ("robust", "cluster") else "log likelihood"
    return iteration_log(session, title, label, spaced=bool(title))
