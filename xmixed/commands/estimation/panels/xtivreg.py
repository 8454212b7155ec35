"""xtivreg: linear regression for panel data with instrumental variables."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.equations.sample import Asked, depvars_of, system_sample
from xmixed.estimation.instrumental.options import XTIVREG_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.run import conclude, overflow, replayed, replicated
from xmixed.estimation.sample import resolve_terms
from xmixed.estimation.single import resolved_terms
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "xtivreg",
    syntax=XTIVREG_SYNTAX,
    synopsis="xtivreg depvar [varlist1] (varlist2 = varlist_iv) [if] [in] [, re | fe | be small ...]",
    by="each",
)
def xtivreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.instrumental.panel_estimator import ESTIMATOR, fit

    if replayed(session, node, {"xtivreg"}, ESTIMATOR):
        return
    panel = panel_variable(session, node)
    if replicated(session, node, panel):
        return
    context, typed = Context.of(session), node.argument
    if not typed.endogenous:
        raise StataError(198, "no endogenous covariates", hint="(endogenous = instruments)")
    variable, series, exogenous = resolved_terms(replace(node, argument=typed.equation), context)
    endogenous = depvars_of(typed.endogenous, context)
    instruments = resolve_terms(typed.instruments, context)
    model = next((name for name in ("fe", "be") if node.option(name)), "re")
    asked = (
        Asked(((variable, series),), [*resolve_terms(typed.endogenous, context), *exogenous]),
        Asked((), [*exogenous, *instruments], "instruments"),
    )
    system = system_sample(node, context, asked, "conventional", "aweight", groups=(panel,))
    outcome, stage = system.equations
    if stage.slopes < outcome.slopes:
        raise StataError(
            481,
            "equation not identified; must have at least as many instruments\nnot in "
            "the regression as there are instrumented variables",
        )
    names = [f"{operator}.{name}" if operator else name for name, operator in endogenous]
    listed = [term.without_marks() for term in stage.terms if term.parts and not term.status]
    lists = {"instd": " ".join(names), "insts": " ".join(listed)}
    with overflow():
        estimates, settled = fit(system, model, panel, node.text.strip(), bool(node.option("small")), lists)
    conclude(session, node, ESTIMATOR, estimates, settled)
