"""ivregress, ivreg and ivreg2: linear regression with instrumental variables."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.instrumental.options import IV_SYNTAX, IVREG2_SYNTAX
from xmixed.estimation.run import conclude, overflow, replayed, replicated
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState

TAIL = "depvar [varlist1] (varlist2 = varlist_iv) [if] [in] [weight] [, options]"


@command("ivregress", syntax=IV_SYNTAX, synopsis=f"ivregress {{2sls | liml | gmm}} {TAIL}", by="each")
@command("ivreg", syntax=IV_SYNTAX, synopsis=f"ivreg {TAIL}", by="each")
@command("ivreg2", syntax=IVREG2_SYNTAX, synopsis=f"ivreg2 {TAIL}", by="each")
def ivregress(session: SessionState, node: Command) -> None:
    from xmixed.estimation.instrumental.estimator import ESTIMATOR, first_stage_lines
    from xmixed.estimation.instrumental.model import model_of
    from xmixed.estimation.instrumental.validity import first_stages, overidentification, smallest_eigenvalue

    name = "ivreg2" if node.name == "ivreg2" else "ivregress"
    if replayed(session, node, {name}, ESTIMATOR) or replicated(session, node):
        return
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    model = model_of(node, Context.of(session))
    if not model.sample.rows.any():
        raise StataError(2000, "no observations")
    endogenous = bool(model.lists.matrix(model.lists.endogenous).shape[1])
    with overflow():
        fitted = model.fitted()
        if endogenous and (node.option("first") or node.option("ffirst")):
            none = lambda name, default=None: default  # noqa: E731
            session.out.write(*first_stage_lines(first_stages(model), none, session.settings))
        if endogenous and name == "ivreg2":
            e = fitted.estimates.scalars
            stages = first_stages(model)
            # ivreg2: with one endogenous variable weak identification is tested by the F of its instruments.
            e["cdf"] = smallest_eigenvalue(fitted.prepared)
            e["widstat"] = stages[0].test.statistic if len(stages) == 1 else e["cdf"]
            tests = overidentification(model, fitted)
            if tests:
                key = "j" if model.sample.variance.kind in ("robust", "cluster") else "sargan"
                e |= {key: tests[0].statistic, f"{key}p": tests[0].p_value, f"{key}df": float(tests[0].df)}
    conclude(session, node, ESTIMATOR, fitted.estimates, model.sample)
