"""teffects: effects of treatments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.estimation.equations.sample import (
    Asked,
    SystemSample,
    equation_texts,
    read_equation,
    system_sample,
)
from xmixed.estimation.run import check_replay_options, conclude, overflow, show_results
from xmixed.estimation.treatment.fit import Request, fit
from xmixed.estimation.treatment.moments import ADJUSTED, WEIGHTED
from xmixed.estimation.treatment.options import DISPLAY, TEFFECTS_SYNTAX
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

_OUTCOMES = ("linear", "logit", "probit", "poisson")
_PROPENSITIES = ("logit", "probit")
_REFUSED = ("hetprobit", "flogit", "fprobit", "fhetprobit")


@command(
    "teffects",
    syntax=Syntax("none", options=DISPLAY),
    synopsis="teffects {ra | ipw | aipw | ipwra} (outcome model) (treatment model) [if] [in] [weight] ...",
)
def teffects(session: SessionState, node: Command) -> None:
    from xmixed.estimation.treatment.estimator import ESTIMATOR

    if session.e.macros.get("cmd") != "teffects":
        raise StataError(301, "last estimates not found")
    check_replay_options(node, ESTIMATOR)
    show_results(session, ESTIMATOR, session.e, node.option)


def _model(text: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return the equation without the name of its model among the options, and that name; r(198)."""
    head, comma, options = text.partition(",")
    kept, model = [], known[0]
    for word in options.split():
        if word in known:
            model = word
        elif word in _REFUSED:
            raise StataError(198, f"model {word} is not implemented in xmixed")
        else:
            kept.append(word)
    return f"{head}, {' '.join(kept)}" if kept else head, model


def _asked(session: SessionState, node: Command, estimator: str) -> tuple[list[Asked], str, str, str]:
    """Return both equations, the name of the treatment, and the models of outcome and treatment."""
    context = Context.of(session)
    texts = equation_texts(str(node.argument or ""))
    if len(texts) != 2:
        raise StataError(
            198, "two equations in parentheses are wanted", None, "(outcome ...) (treatment ...)"
        )
    first, outcome = _model(texts[0], _OUTCOMES)
    second, propensity = _model(texts[1], _PROPENSITIES)
    equations = [
        read_equation(first, context, "outcome", dependent=1),
        read_equation(second, context, dependent=1),
    ]
    if estimator not in ADJUSTED and equations[0].terms:
        raise StataError(198, f"teffects {estimator} has no covariates of the outcome")
    if estimator not in WEIGHTED and equations[1].terms:
        raise StataError(198, f"teffects {estimator} has no covariates of the treatment")
    name, series = equations[1].depvars[0]
    if series:
        raise StataError(198, "the treatment may not have time-series operators")
    return [equations[0], replace(equations[1], name="treatment")], name, outcome, propensity


def _level(node: Command, option: str, levels: list[float], usual: int) -> int:
    typed = node.option(option)
    if typed is None:
        return usual
    if float(typed) not in levels:
        raise StataError(459, f"{option}({typed:g}) is not a level of the treatment")
    return levels.index(float(typed))


def _codes(system: SystemSample) -> tuple[list[float], np.ndarray]:
    """Return the levels of the treatment and their places; r(459) for what are no levels."""
    values = system.equations[1].y
    assert values is not None
    levels, codes = np.unique(values, return_inverse=True)
    if len(levels) < 2 or len(levels) > 20 or (levels != np.floor(levels)).any() or levels[0] < 0:
        raise StataError(459, "treatment variable must have between 2 and 20 levels, whole and nonnegative")
    return levels.tolist(), codes


def _fitted(session: SessionState, node: Command) -> None:
    from xmixed.estimation.treatment.estimator import ESTIMATOR

    estimator = node.name.split()[1]
    asked, treatment, outcome, propensity = _asked(session, node, estimator)
    system = system_sample(node, Context.of(session), asked, default="robust", assumed="pweight")
    levels, codes = _codes(system)
    if propensity == "probit" and estimator in WEIGHTED and len(levels) > 2:
        raise StataError(198, "probit is for treatments of two levels")
    y = system.base.y
    if (outcome in ("logit", "probit") and not np.isin(y, (0, 1)).all()) or (
        outcome == "poisson" and y.min() < 0
    ):
        raise StataError(459, f"the outcome does not suit the model {outcome}")
    control = _level(node, "control", levels, 0)
    treated = _level(node, "tlevel", levels, 1 if control == 0 else 0)
    if control == treated:
        raise StataError(198, "control() and tlevel() must differ")
    statistic = next((name for name in ("atet", "pomeans") if node.option(name)), "ate")
    if estimator == "aipw" and statistic == "atet":
        raise StataError(198, "option atet not allowed with teffects aipw")
    request = Request(
        node.text.strip(),
        estimator,
        outcome,
        propensity,
        statistic,
        treatment,
        tuple(levels),
        control,
        treated,
        float(node.option("pstolerance", 1e-5)),
    )
    with overflow():
        estimates = fit(system, codes, request)
    variable = session.data[treatment]
    if variable.value_label:
        known = session.data.value_labels.get(variable.value_label, {})
        estimates.macros["tlabels"] = "\n".join(known.get(int(level), f"{level:g}") for level in levels)
    conclude(session, node, ESTIMATOR, estimates, system.base)


for _name in ("ra", "ipw", "aipw", "ipwra"):
    _first = "(ovar omvarlist [, omodel])" if _name in ADJUSTED else "(ovar)"
    _second = "(tvar tmvarlist [, tmodel])" if _name in WEIGHTED else "(tvar)"
    subcommand(
        "teffects",
        _name,
        syntax=TEFFECTS_SYNTAX,
        synopsis=f"teffects {_name} {_first} {_second} [if] [in] [weight] [, ate atet pomeans vce() ...]",
        needs=("data",),
    )(_fitted)
