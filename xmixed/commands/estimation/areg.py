"""areg: linear regression with many indicators absorbed."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.estimation.linear.options import AREG_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, replicated
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "areg",
    syntax=AREG_SYNTAX,
    synopsis="areg depvar [indepvars] [if] [in] [weight], absorb(varname) [vce(vcetype) level(#) ...]",
    by="each",
)
def areg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import areg as linear

    if replayed(session, node, {"areg"}, linear.ESTIMATOR) or replicated(session, node):
        return
    absorbed = resolve_name(node.required("absorb"), session.data)
    sample = estimation_sample(session, node, groups=(absorbed,))
    with overflow():
        estimates, settled = linear.fit(sample, absorbed, node.text.strip())
    conclude(session, node, linear.ESTIMATOR, estimates, settled)
