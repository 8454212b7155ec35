"""xtmixed, xmixed and mixed: linear mixed models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.display_options import display_options
from xmixed.estimation.mixed.display import display
from xmixed.estimation.mixed.options import ESTIMATION_ONLY, MIXED, MIXED_SYNTAX
from xmixed.estimation.results import estimator_of, has_prefix
from xmixed.estimation.run import leave_table, show_results
from xmixed.language.nodes.estimators import FixedEquation, MixedCommand
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.estimation.mixed.model import MixedSample
    from xmixed.expressions.context import Context
    from xmixed.expressions.factors.terms import Term

SYNOPSIS = "xtmixed depvar fe_equation [|| re_equation] [|| re_equation ...] [, options]"


@command(
    "xmixed",
    syntax=MIXED_SYNTAX,
    synopsis=SYNOPSIS.replace("xtmixed", "xmixed", 1),
    by="each",
    by_reference=True,
)
@command("xtmixed", syntax=MIXED_SYNTAX, synopsis=SYNOPSIS, by="each", by_reference=True)
@command(
    "mixed",
    syntax=MIXED_SYNTAX,
    synopsis=SYNOPSIS.replace("xtmixed", "mixed", 1),
    by="each",
    by_reference=True,
)
def xtmixed(session: SessionState, node: MixedCommand) -> None:
    options = display_options(node.option, session.settings, node.name == "mixed")
    if node.fixed is None:
        _check_replay(session.e, node)
        if has_prefix(session.e):
            show_results(session, estimator_of(session.e), session.e, node.option)
            return
        session.out.write(*display(session.e, options))
        leave_table(session, session.e, node.option)
        return
    _check_estimation(session, node)
    estimates = _estimate(session, node)
    session.out.write(*display(estimates, options))
    leave_table(session, estimates, node.option)
    if not estimates.scalars["converged"]:
        raise StataError(430, "convergence not achieved", keeps_results=True)


def _check_replay(estimates: Estimates, node: MixedCommand) -> None:
    """Check that there is something to replay and that only display options were given."""
    if estimates.macros.get("cmd") not in MIXED:
        raise StataError(301, "last estimates not found")
    for name, option in node.options.items():
        if name in ESTIMATION_ONLY:
            shown = f"no{name}" if option.value is False else name
            raise StataError(198, f"option {shown} not allowed", option.span)


def _check_estimation(session: SessionState, node: MixedCommand) -> None:
    if not session.data.variables:
        raise StataError(111, "no variables defined")


def _estimate(session: SessionState, node: MixedCommand) -> Estimates:
    """Fit the model, put its results in e() and return them; nothing changes when anything fails."""
    from xmixed.estimation.mixed.effects import MOST_KEPT, keep_prepared
    from xmixed.estimation.mixed.fit import engine_options, run
    from xmixed.estimation.mixed.log import DETAILS, IterationLog
    from xmixed.estimation.mixed.resolve import resolve
    from xmixed.estimation.mixed.results import build_estimates
    from xmixed.estimation.mixed.specification import specification_of
    from xmixed.estimation.mixed.start import starting_values
    from xmixed.estimation.run import commit_marked
    from xmixed.expressions.context import Context
    from xmixed.session.stored import keep_within

    options = engine_options(node)
    context = Context.of(session)
    resolved = resolve(node, context, "reml" if node.option("reml") else "ml")
    assert node.fixed is not None
    specification = specification_of(resolved, _sample(session, node.fixed, context))
    description = specification.description
    fixed_names = [f"{description.depvar}:{term.name}" for term in description.terms]
    start = starting_values(node, context, fixed_names)
    for note in specification.notes:
        session.out.write(note)
    # emonly shows the EM log by itself, as dots when they are asked for.
    em_dots = bool(node.option("emdots"))
    log = IterationLog(
        session.out,
        description.likelihood_label,
        show=node.option("log", True) is not False,
        em_log=bool(node.option("emlog")) or (bool(node.option("emonly")) and not em_dots),
        em_dots=em_dots,
        details=[name for name in DETAILS if node.option(name)],
        starting=description.residuals is not None or specification.weights is not None,
    )
    fitted = run(specification, options, log, start)
    estimates = build_estimates(node, "mixed" if node.name == "mixed" else "xtmixed", fitted)
    if node.name == "mixed":
        estimates.payload = replace(estimates.payload, level_labels=_level_labels(session, description.terms))
    commit_marked(session, estimates, specification.rows)
    if session.data.reference is None:
        keep_prepared(estimates, specification, fitted.fit, Context.of(session))
        keep_within(session, MOST_KEPT)
    return estimates


def _sample(session: SessionState, node: FixedEquation, context: Context) -> MixedSample:
    """Return the observations that the command may use, in memory or where they are."""
    if session.data.reference is None:
        from xmixed.estimation.mixed.specification import RowSample
        from xmixed.expressions.sample import select_rows

        return RowSample(context, select_rows(node.condition, node.in_range, context))
    from xmixed.commands.referenced import chosen_rows, selected_reference
    from xmixed.estimation.summed.mixed import SummedSample

    return SummedSample(context, selected_reference(session, node), chosen_rows(session, node))


def _level_labels(session: SessionState, terms: Sequence[Term]) -> tuple[tuple[str, int, str], ...]:
    """Return the value labels of the factors' levels: (variable, level, text)."""
    found: dict[tuple[str, int], str] = {}
    for part in (part for term in terms for part in term.parts):
        if part.level is None or part.time_series:
            continue
        texts = session.data.value_labels.get(session.data[part.variable].value_label, {})
        if part.level in texts:
            found[part.variable, part.level] = texts[part.level]
    return tuple((variable, level, text) for (variable, level), text in found.items())
