"""xtreg: linear regression for panel data."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.linear.options import PA_ONLY, XTREG_SYNTAX
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.run import (
    conclude,
    estimation_sample,
    iteration_log,
    overflow,
    replayed,
    replicated,
    settled,
)
from xmixed.estimation.single import SingleSample, Variance
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState

MODELS = ("fe", "re", "be", "mle", "pa")


@command(
    "xtreg",
    syntax=XTREG_SYNTAX,
    synopsis="xtreg depvar [indepvars] [if] [in] [weight] [, re | fe | be | mle | pa vce(vcetype) ...]",
    by="each",
)
def xtreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.linear import xtreg as linear

    if session.e.macros.get("cmd2") == "xtreg":
        from xmixed.estimation.population.estimator import ESTIMATOR

        if replayed(session, node, {"xtgee"}, ESTIMATOR):
            return
    elif replayed(session, node, {"xtreg"}, linear.ESTIMATOR):
        return
    model = next((name for name in MODELS if node.option(name)), "re")
    _check(node, model)
    panel = panel_variable(session, node)
    if replicated(session, node, panel):
        return
    if model == "pa":
        from xmixed.estimation.population.run import population_averaged

        population_averaged(session, node, panel)
        return
    groups = (panel,)
    sample = estimation_sample(session, node, groups=groups, default="conventional", assumed="aweight")
    sample = _with_clusters(sample, panel, model, node)
    if model != "mle":
        with overflow():
            found = linear.fit(model, sample, panel, node.text.strip(), bool(node.option("sa")))
        conclude(session, node, linear.ESTIMATOR, found.estimates, found.sample)
        return
    sample = settled(sample)
    session.out.write(*sample.notes)
    show = node.option("log", True) is not False
    with overflow():
        estimates = linear.fit_likelihood(
            sample,
            panel,
            node.text.strip(),
            iteration_log(session, "Fitting constant-only model:") if show else None,
            iteration_log(session, "Fitting full model:") if show else None,
        )
    conclude(session, node, linear.ESTIMATOR, estimates, replace(sample, notes=()))


def _check(node: Command, model: str) -> None:
    """Refuse weights and variances that the model does not have."""
    if model == "pa":
        if "cluster" in (getattr(node.option("vce"), "kind", ""), *node.options):
            raise StataError(198, "vce(cluster) not allowed with pa; vce(robust) has panels as clusters")
        return
    for name in PA_ONLY & node.options.keys():
        raise StataError(198, f"option {name} allowed only with pa", node.options[name].span)
    if node.weight is not None and node.weight.kind == "iweight":
        raise StataError(101, "iweights not allowed", node.weight.span)
    if node.weight is not None and model != "fe":
        raise StataError(101, "weights not allowed", node.weight.span)
    if node.option("sa") and model != "re":
        raise StataError(198, "option sa allowed only with re", node.options["sa"].span)


def _with_clusters(sample: SingleSample, panel: str, model: str, node: Command) -> SingleSample:
    """Return the sample with the clusters of a robust variance: by default the panels.

    Raises
    ------
    StataError
        r(498) where panels are split by clusters; r(198) for variances that the model does not have.
    """
    from xmixed.estimation.linear.variance import Clusters, is_nested
    from xmixed.statistics.grouping import factorise

    kind = sample.variance.kind
    if kind in ("robust", "cluster") and model in ("be", "mle"):
        raise StataError(198, f"vce({kind}) not allowed with {model}")
    own = factorise(sample.others[panel])
    if kind == "robust":
        if len(own.levels) < 2:
            raise StataError(198, "vce(robust) needs more than one panel")
        # Stata: robust variances of panel data are those of clusters.
        clusters = Clusters(own.codes, len(own.levels))
        return replace(sample, variance=Variance("cluster", panel), clusters=clusters)
    if sample.clusters is not None and not is_nested(own.codes, len(own.levels), sample.clusters.codes):
        raise StataError(498, "panels are not nested within clusters")
    if kind == "oim":
        return replace(sample, variance=Variance("conventional" if model != "mle" else "oim"))
    return sample
