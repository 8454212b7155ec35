"""stcox and streg: Cox and parametric survival regression on data that stset has declared."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.results import estimator_of, has_prefix
from xmixed.estimation.run import (
    check_converged,
    check_replay_options,
    conclude,
    iteration_log,
    offset_values,
    offset_variable,
    overflow,
    replicated,
    show_results,
)
from xmixed.estimation.survival.declared import Declared
from xmixed.estimation.survival.options import COX_SYNTAX, STREG_SYNTAX
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.render.layouts.estimation.survival import render_settings
from xmixed.session.state import SessionState

SPELLINGS = (("loglogistic", "llogistic"), ("lognormal", "lnormal"), ("exponential", "ereg"))
"""e(cmd) of distributions that go by another name."""


@command(
    "stcox",
    syntax=COX_SYNTAX,
    synopsis="stcox [varlist] [if] [in] [, strata(varnames) efron nohr vce(vcetype) ...]",
    by="each",
)
def stcox(session: SessionState, node: Command) -> None:
    from xmixed.estimation.survival.estimator import COX
    from xmixed.estimation.survival.fit import Request, fit_cox
    from xmixed.estimation.survival.sample import survival_sample

    if _replayed(session, node, "stcox") or replicated(session, node):
        return
    if not node.argument and not node.option("estimate"):
        raise StataError(198, "varlist required, or option estimate for a model without covariates")
    offset, exposure = offset_variable(session, node)
    strata = tuple(resolve_varlist(node.option("strata", ()), session.data))
    own = survival_sample(node, Context.of(session), False, strata, (offset,) if offset else ())
    _show_settings(session, node, own.settings)
    session.out.write(*own.sample.notes)
    values, _ = offset_values(own.sample, offset, exposure)
    request = Request(node.text.strip(), offset, limits_of(node), strata, bool(node.option("efron")))
    label = "log likelihood" if own.sample.variance.kind == "oim" else "log pseudolikelihood"
    with overflow():
        estimates = fit_cox(own, request, values, _log(session, node, "", label))
    conclude(session, node, COX, estimates, replace(own.sample, notes=()))
    check_converged(estimates)


@command(
    "streg",
    syntax=STREG_SYNTAX,
    synopsis="streg [varlist] [if] [in] , distribution(name) [time nohr tr vce(vcetype) ...]",
    by="each",
)
def streg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.survival.estimator import PARAMETRIC
    from xmixed.estimation.survival.fit import Request, fit_parametric
    from xmixed.estimation.survival.parametric import DISTRIBUTIONS
    from xmixed.estimation.survival.sample import survival_sample

    if _replayed(session, node, "streg") or replicated(session, node):
        return
    name = str(node.option("distribution", ""))
    if not name:
        raise StataError(198, "option distribution() required")
    name = next((own for typed, own in SPELLINGS if typed == name), name)
    time = bool(node.option("time")) or not any(key == (name, False) for key in DISTRIBUTIONS)
    distribution = DISTRIBUTIONS.get((name, time))
    if distribution is None:
        what = f"distribution({name})" if (name, False) not in DISTRIBUTIONS else "option time with gompertz"
        raise StataError(198, f"{what} is not implemented in xmixed yet")
    offset, exposure = offset_variable(session, node)
    constant = not node.option("noconstant")
    own = survival_sample(node, Context.of(session), constant, (), (offset,) if offset else ())
    _show_settings(session, node, own.settings)
    session.out.write(*own.sample.notes)
    values, _ = offset_values(own.sample, offset, exposure)
    request = Request(node.text.strip(), offset, limits_of(node), distribution=distribution)
    label = "log likelihood" if own.sample.variance.kind == "oim" else "log pseudolikelihood"
    with overflow():
        estimates = fit_parametric(
            own,
            request,
            values,
            _log(session, node, "Fitting constant-only model:", label),
            _log(session, node, "Fitting full model:", label),
        )
    conclude(session, node, PARAMETRIC, estimates, replace(own.sample, notes=()))
    check_converged(estimates)


def _replayed(session: SessionState, node: Command, name: str) -> bool:
    """Show the last results again where nothing was asked for that only an estimation has."""
    estimating = {"estimate", "strata", "distribution", "offset", "time", "efron", "breslow", "vce"}
    if node.argument or node.condition is not None or node.in_range is not None:
        return False
    if estimating & node.options.keys():
        return False
    if session.e.macros.get("cmd2") != name:
        if name == "streg":
            raise StataError(301, "last estimates not found")
        return False
    estimator = estimator_of(session.e)
    if not has_prefix(session.e):
        check_replay_options(node, estimator)
    show_results(session, estimator, session.e, node.option)
    return True


def _log(session: SessionState, node: Command, title: str, label: str) -> Progress | None:
    if node.option("log", True) is False:
        return None
    return iteration_log(session, title, label, spaced=bool(title))


def _show_settings(session: SessionState, node: Command, settings: Declared) -> None:
    """Say what stset has declared."""
    if not node.option("noshow"):
        session.out.write(*render_settings(settings.rows))
