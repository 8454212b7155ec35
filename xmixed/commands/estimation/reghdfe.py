"""reghdfe: linear regression with several categorical variables absorbed."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.absorbed.options import REGHDFE_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.render.text import counted
from xmixed.session.state import SessionState
from xmixed.statistics.linear.absorption import without_singletons

_KINDS = {"unadjusted": "unadjusted", "ols": "unadjusted", "robust": "robust", "cluster": "cluster"}


@command(
    "reghdfe",
    syntax=REGHDFE_SYNTAX,
    synopsis="reghdfe depvar [indepvars] [if] [in] [weight], absorb(varlist) [vce(cluster varlist) ...]",
    by="each",
)
def reghdfe(session: SessionState, node: Command) -> None:
    from xmixed.estimation.absorbed.estimator import ESTIMATOR
    from xmixed.estimation.absorbed.fit import Request, fit
    from xmixed.estimation.absorbed.groups import groupings, variables_of

    if replayed(session, node, {"reghdfe"}, ESTIMATOR):
        return
    residuals = _new_residuals(session, node)
    context = Context.of(session)
    absorbed = groupings(str(node.required("absorb")), context)
    kind, text = _variance(node)
    clusters = groupings(text, context) if kind == "cluster" else ()
    # vce() and cluster() are read here: several variables may cluster.
    bare = replace(
        node,
        options={name: own for name, own in node.options.items() if name not in ("vce", "cluster", "robust")},
    )
    sample = estimation_sample(session, bare, groups=variables_of((*absorbed, *clusters)))
    gone = 0
    if not node.option("keepsingletons"):
        kept = without_singletons([own.codes(sample.others) for own in absorbed])
        gone = int(len(kept) - kept.sum())
        if not kept.any():
            raise StataError(2000, "no observations")
        if gone:
            session.out.write(f"(dropped {counted(gone, 'singleton observation')})")
            sample = sample.restricted(kept)
    if node.weight is not None and node.weight.kind == "pweight" and kind == "unadjusted":
        kind = "robust"
    tolerance = float(node.option("tolerance", 1e-10))
    request = Request(node.text.strip(), absorbed, clusters, kind, tolerance, gone)
    with overflow():
        estimates, settled = fit(sample, request)
    iterations = counted(int(estimates.scalars["ic"]), "iteration")
    session.out.write(f"(MWFE estimator converged in {iterations})")
    conclude(session, node, ESTIMATOR, estimates, settled)
    if residuals:
        table = session.r
        session.execute(f"quietly predict double {residuals}, residuals")
        session.r = table


_USUAL = "_reghdfe_resid"
"""Variable of `residuals` without a name; it is replaced."""


def _new_residuals(session: SessionState, node: Command) -> str:
    """Return the name of the residuals' variable, "" for none; r(110) where it exists already."""
    if "residuals" not in node.options:
        return ""
    given = node.option("residuals")
    if not isinstance(given, str):
        if _USUAL in session.data:
            session.data = session.data.without([_USUAL])
        return _USUAL
    check_new_name(given, session.data)
    return given


def _variance(node: Command) -> tuple[str, str]:
    """Return the kind of variance and the variables that cluster; r(198)."""
    given = [name for name in ("vce", "robust", "cluster") if name in node.options]
    if len(given) > 1:
        raise StataError(198, f"options {given[0]} and {given[1]} may not be combined")
    if "cluster" in node.options:
        return "cluster", str(node.options["cluster"].value)
    if "robust" in node.options:
        return "robust", ""
    word, _, rest = str(node.option("vce", "unadjusted")).strip().partition(" ")
    for name, kind in _KINDS.items():
        if word and name.startswith(word.lower()) and (kind == "cluster") == bool(rest.strip()):
            return kind, rest
    raise StataError(198, f"vcetype {word} not allowed")
