"""xtmelogit, melogit, meologit, mepoisson and their kin: generalised linear mixed models."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Tolerances
from xmixed.estimation.multilevel.model import KINDS
from xmixed.estimation.multilevel.options import SYNTAX
from xmixed.estimation.results import estimator_of, has_prefix
from xmixed.estimation.run import (
    check_converged,
    check_replay_options,
    commit_marked,
    iteration_log,
    overflow,
    show_results,
)
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Option, Pattern
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.session.state import SessionState

SYNOPSIS = "{} depvar fe_equation || re_equation [|| re_equation ...] [, {}intpoints(#) laplace ...]"
DEFAULT_POINTS = 7


@command(
    "xtmelogit",
    syntax=SYNTAX["binomial"],
    synopsis=SYNOPSIS.format("xtmelogit", "or binomial(#) "),
    by="each",
)
@command(
    "meqrlogit",
    syntax=SYNTAX["binomial"],
    synopsis=SYNOPSIS.format("meqrlogit", "or binomial(#) "),
    by="each",
)
@command(
    "melogit", syntax=SYNTAX["binomial"], synopsis=SYNOPSIS.format("melogit", "or binomial(#) "), by="each"
)
@command(
    "meprobit", syntax=SYNTAX["binomial"], synopsis=SYNOPSIS.format("meprobit", "binomial(#) "), by="each"
)
@command(
    "mecloglog", syntax=SYNTAX["binomial"], synopsis=SYNOPSIS.format("mecloglog", "binomial(#) "), by="each"
)
@command(
    "xtmepoisson",
    syntax=SYNTAX["counts"],
    synopsis=SYNOPSIS.format("xtmepoisson", "irr exposure(x) "),
    by="each",
)
@command(
    "meqrpoisson",
    syntax=SYNTAX["counts"],
    synopsis=SYNOPSIS.format("meqrpoisson", "irr exposure(x) "),
    by="each",
)
@command(
    "mepoisson", syntax=SYNTAX["counts"], synopsis=SYNOPSIS.format("mepoisson", "irr exposure(x) "), by="each"
)
@command("meologit", syntax=SYNTAX["ordered"], synopsis=SYNOPSIS.format("meologit", "or "), by="each")
@command("meoprobit", syntax=SYNTAX["ordered"], synopsis=SYNOPSIS.format("meoprobit", ""), by="each")
def multilevel_model(session: SessionState, node: MixedCommand) -> None:
    if node.fixed is None:
        _replay(session, node)
        return
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    from xmixed.estimation.mixed.resolve import resolve
    from xmixed.estimation.multilevel.fit import Request, fit
    from xmixed.estimation.multilevel.problem import OutcomeSample, fit_simple, problem_of, specification_for

    kind, context = KINDS[node.name], Context.of(session)
    resolved = resolve(node, context, "ml")
    if kind.family == "ordered" and not resolved.constant:
        raise StataError(198, "option noconstant not allowed")
    offset, shown = _offset(session, node)
    trials, count = _trials(session, node)
    rows = select_rows(node.fixed.condition, node.fixed.in_range, context)
    sample = OutcomeSample(context, rows, [name for name in (offset, count) if name])
    specification = specification_for(resolved, sample, kind)
    values = sample.values(offset) if offset else None
    if values is not None and shown != offset:
        if values.min() <= 0:
            raise StataError(459, "exposure() must be greater than zero")
        values = np.log(values)
    counts = sample.values(count) if count else None
    if trials and not count:
        counts = np.full(len(specification.y), float(trials))
    problem = problem_of(specification, kind, _points(node), values, counts)
    for note in specification.notes:
        session.out.write(note)
    limits = _limits(node)
    show = node.option("log", True) is not False
    label = "log likelihood" if specification.clusters is None else "log pseudolikelihood"
    first, second = ("Fitting fixed-effects model:", "Fitting full model:")
    if not kind.later:
        first, second = "Refining starting values: ", "Performing gradient-based optimization: "
    with overflow():
        log = iteration_log(session, first, label, spaced=True) if show else None
        shifted = None if log is None else lambda at, value, remark: log(at, value + problem.constant, remark)
        simple = fit_simple(problem, shifted, Tolerances())
        log_full = iteration_log(session, second, label, spaced=True) if show else None
        request = Request(node.name, node.text.strip(), trials, shown, limits)
        estimates = fit(specification, problem, request, simple, log_full)
    if node.option("nolrtest"):
        for name in ("ll_c", "chi2_c", "df_c", "p_c"):
            estimates.scalars.pop(name, None)
    commit_marked(session, estimates, specification.rows)
    show_results(session, estimator_of(estimates), estimates, node.option)
    check_converged(estimates)


def _replay(session: SessionState, node: MixedCommand) -> None:
    if session.e.macros.get("cmd") != node.name:
        raise StataError(301, "last estimates not found")
    estimator = estimator_of(session.e)
    if not has_prefix(session.e):
        check_replay_options(node, estimator)
    show_results(session, estimator, session.e, node.option)


def _typed(node: MixedCommand, name: str) -> Option | None:
    """Return an option of the command, or of its fixed-effects equation, where Stata has it."""
    assert node.fixed is not None
    return node.options.get(name) or node.fixed.options.get(name)


def _offset(session: SessionState, node: MixedCommand) -> tuple[str, str]:
    """Return the variable of offset() or exposure(), and how e(offset) calls it."""
    given = [(name, option) for name in ("offset", "exposure") if (option := _typed(node, name)) is not None]
    if len(given) > 1:
        raise StataError(198, "only one of offset() or exposure() can be specified")
    if not given:
        return "", ""
    name, option = given[0]
    variable = resolve_name(option.value, session.data)
    return variable, f"ln({variable})" if name == "exposure" else variable


def _trials(session: SessionState, node: MixedCommand) -> tuple[str, str]:
    """Return what binomial() says, and its variable, "" for a number."""
    option = _typed(node, "binomial")
    if option is None:
        return "", ""
    text = str(option.value).strip()
    if text.isdigit():
        return text, ""
    name = resolve_name(Pattern(text, "", option.span), session.data)
    return name, name


def _points(node: MixedCommand) -> int:
    """Return the points of the quadrature; of several numbers they must be the same.

    Raises
    ------
    StataError
        r(198).
    """
    if node.option("laplace") or node.option("intmethod") == "laplace":
        return 1
    numbers = set(node.option("intpoints", (DEFAULT_POINTS,)))
    if len(numbers) != 1 or not 1 <= min(numbers) <= 195 or min(numbers) != int(min(numbers)):
        span = node.options["intpoints"].span
        raise StataError(198, "intpoints() must be one integer between 1 and 195", span)
    return int(min(numbers))


def _limits(node: MixedCommand) -> Tolerances:
    given = ("iterate", "tolerance", "ltolerance", "nrtolerance")
    return Tolerances(**{name: node.option(name) for name in given if name in node.options})
