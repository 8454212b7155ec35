"""regress: linear regression."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.estimation.linear.options import REGRESS_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, replicated
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "regress",
    syntax=REGRESS_SYNTAX,
    synopsis="regress depvar [indepvars] [if] [in] [weight] [, noconstant vce(vcetype) beta level(#) ...]",
    by="each",
)
def regress(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import regress as linear

    # Stata: after anova it shows the coefficients.
    if replayed(session, node, {"regress", "anova"}, linear.ESTIMATOR) or replicated(session, node):
        return
    sample = estimation_sample(session, node, constant=not node.option("noconstant"))
    with overflow():
        estimates, settled = linear.fit(sample, node.text.strip(), bool(node.option("mse1")))
    conclude(session, node, linear.ESTIMATOR, estimates, settled)
