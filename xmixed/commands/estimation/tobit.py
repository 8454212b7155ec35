"""tobit and intreg: regression of censored outcomes and of intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.censored.options import INTREG_SYNTAX, TOBIT_SYNTAX
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.likelihood.options import limits_of
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
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command, Pattern
from xmixed.missing import is_missing
from xmixed.session.state import SessionState


@command(
    "tobit",
    syntax=TOBIT_SYNTAX,
    synopsis="tobit depvar [indepvars] [if] [in] [weight] , ll[(#)] ul[(#)] [vce(vcetype) ...]",
    by="each",
)
def tobit(session: SessionState, node: Command) -> None:
    from xmixed.estimation.censored.estimator import ESTIMATOR
    from xmixed.estimation.censored.fit import Request, censored, fit

    if replayed(session, node, {"tobit"}, ESTIMATOR) or replicated(session, node):
        return
    if "ll" not in node.options and "ul" not in node.options:
        raise StataError(198, "must specify ll() or ul()")
    offset, exposure = offset_variable(session, node)
    sample = estimation_sample(
        session,
        node,
        constant=not node.option("noconstant"),
        default="oim",
        assumed="aweight",
        others=(offset,) if offset else (),
    )
    sample = settled(sample)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    low, high = _limit(node, "ll", float(sample.y.min())), _limit(node, "ul", float(sample.y.max()))
    if low >= high:
        raise StataError(198, "ll() must be below ul()")
    request = Request("tobit", node.text.strip(), shown, limits_of(node), low, high)
    ends = censored(sample.y, low, high)
    with overflow():
        estimates = fit(sample, ends, request, values, _log(session, node, sample.variance.kind))
    conclude(session, node, ESTIMATOR, estimates, replace(sample, notes=()))
    check_converged(estimates)


@command(
    "intreg",
    syntax=INTREG_SYNTAX,
    synopsis="intreg depvar1 depvar2 [indepvars] [if] [in] [weight] [, vce(vcetype) ...]",
    by="each",
)
def intreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.censored.estimator import ESTIMATOR
    from xmixed.estimation.censored.fit import Request, check_ends, fit

    if replayed(session, node, {"intreg"}, ESTIMATOR) or replicated(session, node):
        return
    names = [item.text for item in node.argument[:2] if isinstance(item, Pattern) and not item.operator]
    if len(names) < 2:
        raise StataError(102, "too few variables specified")
    first, second = (resolve_name(Pattern(name, ""), session.data) for name in names)
    low, high = (_end(session, name, infinite) for name, infinite in ((first, -np.inf), (second, np.inf)))
    offset, exposure = offset_variable(session, node)
    # One end may be missing: a column that never is stands for the outcome.
    held = session.data
    known = ~(np.isinf(low) & np.isinf(high))
    session.data = held.with_variables(replace(held[first], type="double", values=known.astype(np.float64)))
    try:
        sample = estimation_sample(
            session,
            replace(node, argument=(node.argument[0], *node.argument[2:])),
            constant=not node.option("noconstant"),
            default="oim",
            assumed="aweight",
            others=(offset,) if offset else (),
        )
    finally:
        session.data = held
    sample = sample.restricted(sample.y == 1)
    if not len(sample.y):
        raise StataError(2000, "no observations")
    sample = settled(sample)
    session.out.write(*sample.notes)
    values, shown = offset_values(sample, offset, exposure)
    ends = np.column_stack([low[sample.rows], high[sample.rows]])
    check_ends(ends[:, 0], ends[:, 1])
    request = Request("intreg", node.text.strip(), shown, limits_of(node))
    with overflow():
        estimates = fit(sample, ends, request, values, _log(session, node, sample.variance.kind))
    estimates.macros["depvar"] = f"{first} {second}"
    conclude(session, node, ESTIMATOR, estimates, replace(sample, notes=()))
    check_converged(estimates)


def _limit(node: Command, name: str, own: float) -> float:
    """Return a limit of censoring: as typed, of the outcome where no number was, infinite for none."""
    if name not in node.options:
        return -np.inf if name == "ll" else np.inf
    value = node.options[name].value
    return own if value is None else float(value)


def _end(session: SessionState, name: str, infinite: float) -> np.ndarray:
    if session.data[name].is_string:
        raise StataError(109, f"{name}:  string variables may not be used as dependent variable")
    values = session.data[name].to_double()
    return np.where(is_missing(values), infinite, values)


def _log(session: SessionState, node: Command, kind: str) -> Progress | None:
    if node.option("log", node.name == "intreg") is False:
        return None
    return iteration_log(session, label="log likelihood" if kind == "oim" else "log pseudolikelihood")
