"""logit, logistic, probit, cloglog, poisson, ologit, oprobit, mlogit: models fitted by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from xmixed.commands.registry import command
from xmixed.estimation.likelihood.kinds import KINDS
from xmixed.estimation.likelihood.options import SYNTAX, limits_of
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
from xmixed.estimation.single import SingleSample
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.estimation.constrained.constraints import Restrictions
    from xmixed.estimation.likelihood.fit import Request
    from xmixed.estimation.likelihood.newton import Tolerances


@command(
    "logit",
    syntax=SYNTAX["logit"],
    synopsis="logit depvar [indepvars] [if] [in] [weight] [, or noconstant offset(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "logistic",
    syntax=SYNTAX["logistic"],
    synopsis="logistic depvar indepvars [if] [in] [weight] [, coef offset(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "probit",
    syntax=SYNTAX["probit"],
    synopsis="probit depvar [indepvars] [if] [in] [weight] [, noconstant offset(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "cloglog",
    syntax=SYNTAX["cloglog"],
    synopsis="cloglog depvar [indepvars] [if] [in] [weight] [, eform noconstant offset(varname) ...]",
    by="each",
)
@command(
    "poisson",
    syntax=SYNTAX["poisson"],
    synopsis="poisson depvar [indepvars] [if] [in] [weight] [, irr exposure(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "nbreg",
    syntax=SYNTAX["nbreg"],
    synopsis="nbreg depvar [indepvars] [if] [in] [weight] [, irr dispersion(mean|constant) ...]",
    by="each",
)
@command(
    "ologit",
    syntax=SYNTAX["ologit"],
    synopsis="ologit depvar [indepvars] [if] [in] [weight] [, or offset(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "oprobit",
    syntax=SYNTAX["oprobit"],
    synopsis="oprobit depvar [indepvars] [if] [in] [weight] [, offset(varname) vce(vcetype) ...]",
    by="each",
)
@command(
    "mlogit",
    syntax=SYNTAX["mlogit"],
    synopsis="mlogit depvar [indepvars] [if] [in] [weight] [, baseoutcome(#) rrr vce(vcetype) ...]",
    by="each",
)
def likelihood_model(session: SessionState, node: Command) -> None:
    from xmixed.estimation.likelihood import estimator as estimators
    from xmixed.estimation.likelihood import fit as likelihood
    from xmixed.estimation.likelihood.newton import Tolerances

    kind = KINDS[node.name]
    estimator = getattr(estimators, kind.group.upper())
    if replayed(session, node, {node.name}, estimator) or replicated(session, node):
        return
    name, exposure = offset_variable(session, node)
    constant = kind.family != "ordered" and not node.option("noconstant")
    sample = estimation_sample(
        session,
        node,
        constant=constant,
        default="oim",
        assumed="fweight",
        others=(name,) if name else (),
    )
    if kind.family == "binary" and not node.option("asis"):
        likelihood.outcome(sample, _request(session, node, sample, "", False, Tolerances()))
        sample = likelihood.without_perfect_predictors(sample)
    sample = settled(sample, constant=kind.family == "ordered")
    limits = limits_of(node)
    request = _request(session, node, sample, name, exposure, limits)
    found = likelihood.outcome(sample, request)
    session.out.write(*sample.notes)
    label = "log likelihood" if sample.variance.kind == "oim" else "log pseudolikelihood"
    show = node.option("log", node.name != "logistic") is not False
    with overflow():
        if kind.family == "dispersed":
            estimates = likelihood.fit_dispersed(
                sample,
                found,
                request,
                lambda title: iteration_log(session, title, label, spaced=True) if show else None,
            )
        else:
            log = iteration_log(session, label=label) if show else None
            estimates = likelihood.fit(sample, found, request, log)
    conclude(session, node, estimator, estimates, replace(sample, notes=()))
    check_converged(estimates)


def _request(
    session: SessionState, node: Command, sample: SingleSample, name: str, exposure: bool, limits: Tolerances
) -> Request:
    """Return what is asked for beside the sample; names of outcomes are those of the value label."""
    from xmixed.estimation.likelihood.fit import Request

    offset, shown = offset_values(sample, name, exposure)
    labels: dict[float, str] = {}
    variable = session.data[sample.depvar] if sample.depvar in session.data else None
    if variable is not None and variable.value_label:
        found = session.data.value_labels.get(variable.value_label, {})
        labels = {float(value): text for value, text in found.items()}
    return Request(
        KINDS[node.name],
        node.text.strip(),
        offset,
        shown,
        limits,
        node.option("baseoutcome"),
        labels,
        str(node.option("dispersion", "mean")) if node.name == "nbreg" else "",
        _constrain(session, node),
    )


def _constrain(session: SessionState, node: Command) -> Callable[[list[str]], Restrictions] | None:
    """Return what reads the constraints of the command; None without any."""
    typed = node.option("constraints")
    if typed is None:
        return None
    from xmixed.estimation.constrained.constraints import restrictions

    return lambda names: restrictions(str(typed), session.constraints, names, Context.of(session))
