"""glm: generalised linear models; binreg: those of proportions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.estimation.generalized.options import (
    BINREG_LINKS,
    BINREG_SYNTAX,
    GLM_SYNTAX,
    read_family,
    read_link,
)
from xmixed.estimation.likelihood.newton import Tolerances
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.population.options import read_scale
from xmixed.estimation.results import Estimator
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
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


@command(
    "glm",
    syntax=GLM_SYNTAX,
    synopsis="glm depvar [indepvars] [if] [in] [weight] [, family(name) link(name) eform vce(vcetype) ...]",
    by="each",
)
def glm(session: SessionState, node: Command) -> None:
    from xmixed.estimation.generalized.estimator import ESTIMATOR

    if replayed(session, node, {"glm"}, ESTIMATOR) or replicated(session, node):
        return
    if "lnoffset" in node.options:
        node = replace(node, options={**node.options, "exposure": node.options["lnoffset"]})
    family, link = str(node.option("family", "gaussian")), str(node.option("link", ""))
    _fit(session, node, family, link, bool(node.option("irls")), ESTIMATOR)


@command(
    "binreg",
    syntax=BINREG_SYNTAX,
    synopsis="binreg depvar [indepvars] [if] [in] [weight] [, or | rr | hr | rd  n(#) vce(vcetype) ...]",
    by="each",
)
def binreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.generalized.estimator import BINOMIAL

    if replayed(session, node, {"binreg"}, BINOMIAL) or replicated(session, node):
        return
    link = next((link for name, link in BINREG_LINKS.items() if node.option(name)), "logit")
    _fit(session, node, f"binomial {node.option('n', '')}", link, not node.option("ml"), BINOMIAL)


def _fit(
    session: SessionState, node: Command, family: str, link_name: str, irls: bool, estimator: Estimator
) -> None:
    """Fit a model and show it.

    Parameters
    ----------
    family, link_name : str
        As glm has them.
    irls : bool
        Variances are those of expected information.
    """
    from xmixed.estimation.generalized.fit import Request, fit, outcomes_of
    from xmixed.estimation.generalized.trials import trials_of, trials_variable

    given = {name: node.options[name].span for name in ("family", "link", "scale") if name in node.options}
    distribution = read_family(family, given.get("family"))
    distribution, trials = trials_variable(session.data, distribution)
    offset, exposure = offset_variable(session, node)
    sample = estimation_sample(
        session,
        node,
        constant=not node.option("noconstant"),
        default="oim",
        assumed="fweight",
        others=tuple(name for name in (offset, trials) if name),
    )
    sample = settled(sample)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    limits = limits_of(node)
    if distribution.name == "nbinomial" and distribution.k is None:
        distribution = replace(distribution, k=_dispersion(sample, values, shown, limits))
    link = read_link(link_name, distribution, distribution.k or 1.0, given.get("link"))
    request = Request(
        node.text.strip(),
        distribution,
        distribution.family(),
        link,
        shown,
        read_scale(str(node.option("scale", "")), given.get("scale")),
        irls,
        limits,
    )
    outcomes = outcomes_of(sample, request, trials_of(sample, distribution, trials))
    show = node.option("log", True) is not False
    with overflow():
        estimates = fit(sample, outcomes, request, values, iteration_log(session) if show else None)
    estimates.macros["cmd"] = node.name
    conclude(session, node, estimator, estimates, replace(sample, notes=()))
    check_converged(estimates)


def _dispersion(sample: SingleSample, offset: np.ndarray | None, shown: str, limits: Tolerances) -> float:
    """Return the dispersion of a negative binomial model with a logarithmic link, by maximum likelihood."""
    from xmixed.estimation.likelihood import fit as likelihood
    from xmixed.estimation.likelihood.kinds import KINDS
    from xmixed.estimation.likelihood.newton import maximise

    request = likelihood.Request(KINDS["nbreg"], "", offset, shown, limits, None, {}, "mean")
    found = likelihood.outcome(sample, request)
    with overflow():
        best = maximise(likelihood.likelihood_of(sample, found, request), None, limits)
    return float(np.exp(best.parameters[-1]))
