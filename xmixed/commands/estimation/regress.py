"""regress: linear regression; rreg: the same with outliers weighed down."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.data.columns import new_variable
from xmixed.errors import StataError
from xmixed.estimation.linear.options import REGRESS_SYNTAX, RREG_SYNTAX
from xmixed.estimation.run import (
    check_converged,
    conclude,
    estimation_sample,
    overflow,
    replayed,
    replicated,
    settled,
)
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import check_new_name
from xmixed.formats import format_value
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
        estimates, sample = linear.estimates_of(found, summed, node.text.strip())
        conclude(session, node, linear.ESTIMATOR, estimates, sample)
        return
    sample = estimation_sample(session, node, constant=constant)
    with overflow():
        if total == "implied" and not linear.implies_constant(sample):
            session.out.write("(note: hascons false)")
            sample, total = estimation_sample(session, node), ""
        estimates, sample = linear.fit(sample, node.text.strip(), mse1, total)
    conclude(session, node, linear.ESTIMATOR, estimates, sample)


@command(
    "rreg",
    syntax=RREG_SYNTAX,
    synopsis="rreg depvar [indepvars] [if] [in] [, tune(#) genwt(newvar) tolerance(#) iterate(#) ...]",
    by="each",
)
def rreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import rreg as robust

    if replayed(session, node, {"rreg"}, robust.ESTIMATOR):
        return
    generated = node.option("genwt")
    if generated is not None:
        check_new_name(generated, session.data)
    show = node.option("log", True) is not False

    def progress(kind: str, iteration: int, moved: float) -> None:
        if show:
            if iteration == 1:
                session.out.write("")
            shown = format_value(moved, "%9.0g").strip()
            head = f"{kind:>8} iteration {iteration}:"
            session.out.write(f"{head}  maximum difference in weights = {shown}")

    with overflow():
        sample = robust.screened(settled(estimation_sample(session, node)))
        estimates, sample, found = robust.fit(
            sample,
            node.text.strip(),
            float(node.option("tune", 7)),
            float(node.option("tolerance", 0.01)),
            int(node.option("iterate", 1000)),
            progress,
        )
    conclude(session, node, robust.ESTIMATOR, estimates, sample)
    if generated is not None:
        values = robust.weights_over(sample.rows, found.weights)
        session.data = session.data.with_variables(
            new_variable(generated, "float", values, label="Robust Regression Weight")
        )
    check_converged(estimates)
