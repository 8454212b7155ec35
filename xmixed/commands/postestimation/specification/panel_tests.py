"""xttest0, xttest3, xtoverid and xtserial: tests of panel regressions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.inference.prediction import Request, predicted
from xmixed.estimation.panels.tests import (
    autocorrelation_test,
    heteroskedasticity_test,
    overidentification_test,
    random_effects_test,
)
from xmixed.estimation.population.panel_variables import panel_variable, time_variable
from xmixed.estimation.results import estimator_of
from xmixed.estimation.run import estimation_sample, overflow
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command, Pattern
from xmixed.language.syntax import Syntax
from xmixed.render.layouts.postestimation.panel_tests import (
    render_autocorrelation,
    render_heteroskedasticity,
    render_overidentification,
    render_random_effects,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouping import factorise


@command("xttest0", syntax=Syntax(), synopsis="xttest0", needs=("estimates",), after=("xtreg",))
def xttest0(session: SessionState, node: Command) -> None:
    """The Lagrange multiplier test for random effects after xtreg, re."""
    e = session.e
    frame, y, terms, codes = _random_effects_sample(session)
    found = random_effects_test(y, [frame.column(own) for own in terms], codes)
    parts = [
        (e.macros["depvar"], float(np.var(y, ddof=1))),
        ("e", e.scalars["sigma_e"] ** 2),
        ("u", e.scalars["sigma_u"] ** 2),
    ]
    lines = render_random_effects(e.macros["depvar"], e.macros["ivar"], parts, found.statistic, found.p_value)
    session.out.write(*lines)
    session.r = Results({"lm": found.statistic, "df": 1.0, "p": found.p_value})


def _random_effects_sample(
    session: SessionState,
) -> tuple[EstimationFrame, np.ndarray, list[Term], np.ndarray]:
    """Columns of the estimation sample of xtreg, re, its outcome, its terms, and the codes of the panels."""
    e = session.e
    if e.macros.get("model") != "re":
        raise StataError(301, "last estimates are not those of xtreg, re")
    context = Context.of(session)
    frame = EstimationFrame(context, sample_rows(context, e.mark))
    y = frame.values(*variable_of(e.macros["depvar"]))
    terms = [own for own in estimator_of(e).terms(e) if own is not None and not own.status]
    return frame, y, terms, factorise(context.data[e.macros["ivar"]].values[frame.rows]).codes


@command("xttest3", syntax=Syntax(), synopsis="xttest3", needs=("estimates",), after=("xtreg", "xtgls"))
def xttest3(session: SessionState, node: Command) -> None:
    """The test of a common variance of panels after xtreg, fe and xtgls."""
    e = session.e
    panels = e.macros["cmd"] == "xtgls"
    if not panels and e.macros.get("model") != "fe":
        raise StataError(301, "last estimates are not those of xtreg, fe or xtgls")
    context, estimator = Context.of(session), estimator_of(e)
    rows = sample_rows(context, e.mark)
    name = "residuals" if panels else "e"
    statistic = next(own for own in estimator.statistics if own.name == name)
    (values,) = predicted(Request(statistic), estimator, e, context, rows)
    codes = factorise(context.data[e.macros["ivar"]].values[rows]).codes
    found = heteroskedasticity_test(values[rows], codes)
    session.out.write(*render_heteroskedasticity(found.df, found.statistic, found.p_value))
    session.r = Results({"wald": found.statistic, "df": float(found.df), "p": found.p_value})


@command("xtoverid", syntax=Syntax(), synopsis="xtoverid", needs=("estimates",), after=("xtreg",))
def xtoverid(session: SessionState, node: Command) -> None:
    """The test of random against fixed effects after xtreg, re."""
    e = session.e
    frame, y, terms, codes = _random_effects_sample(session)
    cluster = e.macros.get("clustvar", "")
    clusters = factorise(frame.context.data[cluster].values[frame.rows]).codes if cluster else None
    own, total = e.scalars["sigma_e"] ** 2, np.bincount(codes) * e.scalars["sigma_u"] ** 2
    theta = 1 - np.sqrt(own / (total + own))
    with overflow():
        columns = [frame.column(term) for term in terms]
        found = overidentification_test(y, columns, codes, theta, clusters)
    session.out.write(*render_overidentification(cluster, found.df, found.statistic, found.p_value))
    session.r = Results({"j": found.statistic, "jdf": float(found.df), "jp": found.p_value})


@command(
    "xtserial",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="xtserial depvar [indepvars] [if] [in]",
)
def xtserial(session: SessionState, node: Command) -> None:
    """Wooldridge's test for autocorrelation of the errors of a panel regression."""
    panel = panel_variable(session, node)
    time, step = time_variable(session, node)
    names = resolve_varlist(node.argument, session.data)
    if not names:
        raise StataError(100, "varlist required")
    differences = replace(node, argument=tuple(Pattern(name, "D") for name in names))
    sample = estimation_sample(session, differences, constant=False, groups=(panel,), others=(time,))
    with overflow():
        found = autocorrelation_test(
            sample.y, sample.columns, sample.others[panel], sample.others[time], step
        )
    session.out.write(*render_autocorrelation(found.df_residual, found.statistic, found.p_value))
    scalars = {"F": found.statistic, "df": 1.0, "df_r": found.df_residual, "p": found.p_value}
    session.r = Results(scalars)
