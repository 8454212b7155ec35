"""regress: linear regression."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.linear.options import REGRESS_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, replicated
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "regress",
    syntax=REGRESS_SYNTAX,
    synopsis="regress depvar [indepvars] [if] [in] [weight] [, noconstant vce(vcetype) beta level(#) ...]",
    by="each",
    by_reference=True,
)
def regress(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import regress as linear

    # Stata: after anova it shows the coefficients.
    if replayed(session, node, {"regress", "anova"}, linear.ESTIMATOR) or replicated(session, node):
        return
    # Stata: tsscons has an effect only with noconstant.
    centred = node.option("tsscons") and node.option("noconstant")
    total = "implied" if node.option("hascons") else "centred" if centred else ""
    constant, mse1 = not (node.option("noconstant") or total), bool(node.option("mse1"))
    if session.data.reference is not None:
        from xmixed.commands.referenced import chosen_rows, selected_reference
        from xmixed.estimation.summed.regression import regression_by_sums

        if total:
            raise StataError(3, "hascons and tsscons need the observations in memory")
        rows, context = selected_reference(session, node), Context.of(session)
        choice = chosen_rows(session, node)
        found, summed = regression_by_sums(node, context, rows, choice, constant, mse1)
        estimates, settled = linear.estimates_of(found, summed, node.text.strip())
        conclude(session, node, linear.ESTIMATOR, estimates, settled)
        return
    sample = estimation_sample(session, node, constant=constant)
    with overflow():
        if total == "implied" and not linear.implies_constant(sample):
            session.out.write("(note: hascons false)")
            sample, total = estimation_sample(session, node), ""
        estimates, settled = linear.fit(sample, node.text.strip(), mse1, total)
    conclude(session, node, linear.ESTIMATOR, estimates, settled)
