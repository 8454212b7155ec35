"""The course of a population-averaged model: sample, iterations, e(), display."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.generalized.options import read_family
from xmixed.estimation.generalized.trials import trials_of, trials_variable
from xmixed.estimation.population.estimator import ESTIMATOR
from xmixed.estimation.population.fit import Request, fit, usable
from xmixed.estimation.population.options import population_link, read_scale, read_structure
from xmixed.estimation.population.panel_variables import time_variable
from xmixed.estimation.run import conclude, estimation_sample, overflow, settled
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.render.layouts.estimation.panel import render_tolerance
from xmixed.session.state import SessionState


def population_averaged(session: SessionState, node: Command, panel: str) -> None:
    """Fit xtgee, or xtreg with `pa`.

    Raises
    ------
    StataError
        r(459) without a time variable where correlations need one; those of the fit; r(430).
    """
    request, offset_name, counts_name = _request(session, node, panel)
    others = [name for name in (offset_name, request.time, counts_name) if name]
    sample = estimation_sample(
        session,
        node,
        constant=not node.option("noconstant"),
        groups=(panel,),
        others=tuple(others),
        default="conventional",
        assumed="iweight",
    )
    sample = usable(sample, request, bool(node.option("force")))
    sample = settled(sample)
    if not sample.columns:
        raise StataError(198, "too few variables specified")
    session.out.write(*sample.notes)
    offset = sample.others[offset_name] if offset_name else None
    if offset is not None and request.offset.startswith("ln("):
        if offset.min() <= 0:
            raise StataError(459, "exposure() must be greater than zero")
        offset = np.log(offset)
    show = node.option("log", True) is not False
    with overflow():
        trials = trials_of(sample, request.distribution, counts_name)
        estimates = fit(sample, request, offset, trials, _log(session) if show else None)
    conclude(session, node, ESTIMATOR, estimates, replace(sample, notes=()))
    if estimates.scalars["rc"]:
        raise StataError(430, "convergence not achieved", keeps_results=True)


def _request(session: SessionState, node: Command, panel: str) -> tuple[Request, str, str]:
    """Return what is asked for, and the variables of offset() or exposure(), and of numbers of trials."""
    spans = {name: option.span for name, option in node.options.items()}
    distribution = read_family(str(node.option("family", "gaussian")), spans.get("family"))
    if distribution.k is None:
        raise StataError(198, "option family() incorrectly specified", spans.get("family"), "nbinomial #")
    distribution, counts = trials_variable(session.data, distribution)
    corr, scale = node.options.get("corr"), node.options.get("scale")
    structure = read_structure(str(node.option("corr", "exchangeable")), corr.span if corr else None)
    time, step = time_variable(session, node) if structure.needs_time else ("", 1.0)
    given = [name for name in ("offset", "exposure") if name in node.options]
    variable = resolve_name(node.options[given[0]].value, session.data) if given else ""
    request = Request(
        node.name,
        node.text.strip(),
        panel,
        time,
        step,
        distribution,
        population_link(str(node.option("link", "")), distribution, spans.get("link")),
        structure,
        f"ln({variable})" if given == ["exposure"] else variable,
        read_scale(str(node.option("scale", "")), scale.span if scale else None),
        bool(node.option("nmp")),
        bool(node.option("rgf")),
        float(node.option("tolerance", 1e-6)),
        int(node.option("iterate", 100)),
    )
    return request, variable, counts


def _log(session: SessionState) -> Callable[[int, float], None]:
    def progress(iteration: int, change: float) -> None:
        if iteration == 1:
            session.out.write("")
        session.out.write(render_tolerance(iteration, change))

    return progress
