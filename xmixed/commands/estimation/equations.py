"""heckman, zip, zinb, truncreg, hetprob, biprobit, ivprobit: models of several equations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.equations.options import (
    BIPROBIT_SYNTAX,
    HECKMAN_SYNTAX,
    HETPROB_SYNTAX,
    IVPROBIT_SYNTAX,
    TRUNCREG_SYNTAX,
    ZERO_INFLATED_SYNTAX,
)
from xmixed.estimation.equations.sample import (
    Asked,
    SystemSample,
    depvars_of,
    equation_texts,
    read_equation,
    system_sample,
)
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.likelihood.options import limits_of
from xmixed.estimation.run import (
    check_converged,
    conclude,
    iteration_log,
    offset_variable,
    overflow,
    replayed,
    replicated,
)
from xmixed.estimation.sample import resolve_terms
from xmixed.estimation.single import resolved_terms
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.missing import is_missing
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState

Log = Callable[[str], Progress | None]


def _context(session: SessionState) -> Context:
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    return Context.of(session)


def _log(session: SessionState, node: Command, system: SystemSample) -> Log:
    label = "log likelihood" if system.base.variance.kind == "oim" else "log pseudolikelihood"

    def log(title: str) -> Progress | None:
        if node.option("log", True) is False:
            return None
        return iteration_log(session, title, label, spaced=bool(title))

    return log


def _first(node: Command, context: Context, session: SessionState) -> Asked:
    """Return the equation of the command's own varlist."""
    variable, series, terms = resolved_terms(node, context)
    offset, exposure = offset_variable(session, node)
    constant = not node.option("noconstant")
    return Asked(((variable, series),), terms, "", constant, offset, exposure)


def _concluded(
    session: SessionState,
    node: Command,
    estimator: FittedEstimator,
    system: SystemSample,
    fit: Callable[[], Estimates],
) -> None:
    """Fit, leave e() and show it."""
    session.out.write(*system.notes)
    with overflow():
        estimates = fit()
    conclude(session, node, estimator, estimates, replace(system.base, notes=()))
    if "converged" in estimates.scalars:
        check_converged(estimates)


@command(
    "heckman",
    syntax=HECKMAN_SYNTAX,
    synopsis="heckman depvar [indepvars] [if] [in] [weight] , select([depvar_s =] varlist_s) [twostep ...]",
    by="each",
)
def heckman(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.estimator import HECKMAN
    from xmixed.estimation.equations.heckman import fit_likelihood, fit_two_step

    if replayed(session, node, {"heckman"}, HECKMAN) or replicated(session, node):
        return
    context = _context(session)
    choice = read_equation(node.required("select"), context)
    first = _first(node, context, session)
    variable, series = choice.depvars[0] if choice.depvars else first.depvars[0]
    values = context.data[variable].to_double() if not series else None
    if values is None:
        raise StataError(198, "select() does not take time-series operators before the equals sign")
    selected = ~is_missing(values)
    if choice.depvars:
        selected &= values != 0
    else:
        choice = replace(choice, name="select")
    two_steps = bool(node.option("twostep")) or getattr(node.option("vce"), "kind", "") == "twostep"
    if two_steps and (node.weight is not None or {"robust", "cluster"} & node.options.keys()):
        raise StataError(198, "weights and robust variances are not allowed with twostep")
    system = system_sample(node, context, (replace(first, needed=selected), choice))
    cmdline = node.text.strip()
    if two_steps:
        _concluded(session, node, HECKMAN, system, lambda: fit_two_step(system, cmdline))
        return
    log = _log(session, node, system)
    limits = limits_of(node)
    _concluded(session, node, HECKMAN, system, lambda: fit_likelihood(system, cmdline, limits, log))


@command(
    "zip",
    syntax=ZERO_INFLATED_SYNTAX,
    synopsis="zip depvar [indepvars] [if] [in] [weight] , inflate(varlist | _cons) [irr vuong vce() ...]",
    by="each",
)
@command(
    "zinb",
    syntax=ZERO_INFLATED_SYNTAX,
    synopsis="zinb depvar [indepvars] [if] [in] [weight] , inflate(varlist | _cons) [irr vuong vce() ...]",
    by="each",
)
def zero_inflated(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.counts import Request, fit_zero_inflated
    from xmixed.estimation.equations.estimator import ZERO_INFLATED

    if replayed(session, node, {node.name}, ZERO_INFLATED) or replicated(session, node):
        return
    context = _context(session)
    inflation = read_equation(node.required("inflate"), context, "inflate")
    system = system_sample(node, context, (_first(node, context, session), inflation))
    if node.option("vuong") and system.base.variance.kind != "oim":
        raise StataError(198, "vuong may not be combined with robust variances")
    link = "probit" if node.option("probit") else "logit"
    request = Request(node.name, node.text.strip(), limits_of(node), link, bool(node.option("vuong")))
    log = _log(session, node, system)
    _concluded(session, node, ZERO_INFLATED, system, lambda: fit_zero_inflated(system, request, log))


@command(
    "truncreg",
    syntax=TRUNCREG_SYNTAX,
    synopsis="truncreg depvar [indepvars] [if] [in] [weight] [, ll(#) ul(#) vce(vcetype) ...]",
    by="each",
)
def truncreg(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.estimator import TRUNCATED
    from xmixed.estimation.equations.truncated import fit_truncated, within_limits

    if replayed(session, node, {"truncreg"}, TRUNCATED) or replicated(session, node):
        return
    context = _context(session)
    low, high = float(node.option("ll", -np.inf)), float(node.option("ul", np.inf))
    first = replace(_first(node, context, session), name="eq1")
    whole = system_sample(node, context, (first,), assumed="aweight")
    kept = within_limits(whole.base.y, low, high)
    rows = whole.base.rows.copy()
    rows[rows] = kept
    system = system_sample(node, context, (first,), assumed="aweight", within=rows)
    session.out.write(f"(note: {np.count_nonzero(~kept):.0f} obs. truncated)")
    log, limits = _log(session, node, system), limits_of(node)
    _concluded(
        session,
        node,
        TRUNCATED,
        system,
        lambda: fit_truncated(system, node.text.strip(), limits, log, (low, high)),
    )


@command(
    "hetprob",
    syntax=HETPROB_SYNTAX,
    synopsis="hetprob depvar [indepvars] [if] [in] [weight] , het(varlist [, offset()]) [vce(vcetype) ...]",
    by="each",
)
def hetprob(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.estimator import HETEROSKEDASTIC
    from xmixed.estimation.equations.probits import fit_heteroskedastic

    if replayed(session, node, {"hetprob"}, HETEROSKEDASTIC) or replicated(session, node):
        return
    context = _context(session)
    spread = replace(read_equation(node.required("het"), context, "lnsigma2"), constant=False)
    system = system_sample(node, context, (_first(node, context, session), spread))
    log, limits = _log(session, node, system), limits_of(node)
    _concluded(
        session,
        node,
        HETEROSKEDASTIC,
        system,
        lambda: fit_heteroskedastic(system, node.text.strip(), limits, log),
    )


@command(
    "biprobit",
    syntax=BIPROBIT_SYNTAX,
    synopsis="biprobit depvar1 depvar2 [indepvars] | (equation1) (equation2) [if] [in] [weight] [, ...]",
    by="each",
)
def biprobit(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.estimator import BIVARIATE
    from xmixed.estimation.equations.probits import fit_bivariate

    if replayed(session, node, {"biprobit"}, BIVARIATE) or replicated(session, node):
        return
    context = _context(session)
    asked = _two_equations(str(node.argument or ""), context, not node.option("noconstant"))
    system = system_sample(node, context, asked)
    log, limits = _log(session, node, system), limits_of(node)
    _concluded(
        session, node, BIVARIATE, system, lambda: fit_bivariate(system, node.text.strip(), limits, log)
    )


def _two_equations(text: str, context: Context, constant: bool) -> tuple[Asked, ...]:
    """Return the equations of `depvar1 depvar2 indepvars` or `(equation1) (equation2)`."""
    texts = equation_texts(text)
    if not texts:
        shared = read_equation(text, context, dependent=2)
        texts_of = [replace(shared, depvars=(own,), constant=constant) for own in shared.depvars]
    else:
        texts_of = [read_equation(own, context, dependent=1) for own in texts]
    if len(texts_of) != 2:
        raise StataError(198, "two equations are required")
    return tuple(texts_of)


@command(
    "ivprobit",
    syntax=IVPROBIT_SYNTAX,
    synopsis="ivprobit depvar [varlist1] (varlist2 = varlist_iv) [if] [in] [weight] [, vce(vcetype) ...]",
    by="each",
)
def ivprobit(session: SessionState, node: Command) -> None:
    from xmixed.estimation.equations.estimator import INSTRUMENTED
    from xmixed.estimation.equations.probits import fit_instrumented

    if replayed(session, node, {"ivprobit"}, INSTRUMENTED) or replicated(session, node):
        return
    context, model = _context(session), node.argument
    endogenous = depvars_of(model.endogenous, context)
    if len(endogenous) != 1:
        raise StataError(198, "ivprobit takes one endogenous covariate")
    plain = replace(node, argument=model.equation)
    variable, series, exogenous = resolved_terms(plain, context)
    instruments = resolve_terms(model.instruments, context)
    outcome = Asked(((variable, series),), [*resolve_terms(model.endogenous, context), *exogenous])
    stage = Asked(endogenous, [*exogenous, *instruments])
    system = system_sample(node, context, (outcome, stage))
    if system.equations[1].slopes <= system.equations[0].slopes - 1:
        raise StataError(
            481,
            "equation not identified; must have at least as many instruments\nnot in "
            "the regression as there are instrumented variables",
        )
    names = " ".join(term.without_marks() for term in system.equations[1].terms if term.parts)
    lists = {"instd": system.equations[1].depvar, "insts": names}
    log, limits = _log(session, node, system), limits_of(node)
    _concluded(
        session,
        node,
        INSTRUMENTED,
        system,
        lambda: fit_instrumented(system, node.text.strip(), limits, log, lists),
    )
