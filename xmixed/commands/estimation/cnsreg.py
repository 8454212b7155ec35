"""cnsreg: linear regression under constraints."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.estimation.constrained.options import CNSREG_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, replicated, settled
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "cnsreg",
    syntax=CNSREG_SYNTAX,
    synopsis="cnsreg depvar indepvars [if] [in] [weight], constraints(numlist) [vce(vcetype) ...]",
    by="each",
)
def cnsreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.constrained.constraints import Restrictions, restrictions
    from xmixed.estimation.constrained.estimator import ESTIMATOR
    from xmixed.estimation.constrained.fit import fit

    if replayed(session, node, {"cnsreg"}, ESTIMATOR) or replicated(session, node):
        return
    typed = node.required("constraints")
    sample = settled(estimation_sample(session, node, constant=not node.option("noconstant")))
    session.out.write(*sample.notes)

    def reader(names: list[str]) -> Restrictions:
        return restrictions(typed, session.constraints, names, Context.of(session))

    with overflow():
        estimates = fit(sample, node.text.strip(), reader)
    conclude(session, node, ESTIMATOR, estimates, replace(sample, notes=()))
