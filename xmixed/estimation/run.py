"""The course of an estimation command: replay, sample, results in e(), display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.results import RESAMPLED, Estimator, estimator_of
from xmixed.estimation.single import SingleSample, specify
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.render.layouts.estimation.mixed_header import render_iteration
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark


def replayed(session: SessionState, node: Command, commands: set[str], estimator: Estimator) -> bool:
    """Show the active results again when the command has no argument; return whether it was so.

    Parameters
    ----------
    commands : set of str
        What e(cmd) may be.

    Raises
    ------
    StataError
        r(301) without such results; r(198) for an option that belongs to estimation.
    """
    if node.argument or node.condition is not None or node.in_range is not None or node.weight is not None:
        return False
    if session.e.macros.get("cmd") not in commands:
        raise StataError(301, "last estimates not found")
    if session.e.macros.get("prefix") in RESAMPLED:
        estimator = estimator_of(session.e)
    check_replay_options(node, estimator)
    session.out.write(*estimator.replay(session.e, node.option, session.settings))
    return True


def check_replay_options(node: Command, estimator: Estimator) -> None:
    """Refuse options that the replay of an estimator does not have; r(198)."""
    allowed = {spec.name for spec in estimator.options}
    for name, option in node.options.items():
        if name not in allowed:
            shown = f"no{name}" if option.value is False else name
            shown += "" if option.value is None or isinstance(option.value, bool) else "()"
            raise StataError(198, f"option {shown} not allowed", option.span)


def estimation_sample(session: SessionState, node: Command, **how: Any) -> SingleSample:
    """Return the sample of a one-equation command; see `single.specify`."""
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    return specify(node, Context.of(session), **how)


def settled(sample: SingleSample, constant: bool = False) -> SingleSample:
    """Return a sample without the columns that earlier ones determine, for models that need them gone first.

    Parameters
    ----------
    constant : bool
        Whether something besides the columns takes up a constant, as cut points do.
    """
    from xmixed.engine import NonFiniteData, find_omitted

    columns = (None, *sample.columns) if constant else sample.columns
    try:
        omitted = find_omitted(columns)
    except NonFiniteData:
        raise StataError(1400, "numerical overflow") from None
    return sample.settled(omitted[1:] if constant else omitted)


def iteration_log(
    session: SessionState, title: str = "", label: str = "log likelihood", spaced: bool = False
) -> Progress:
    """Return what prints a line for each iteration, after a blank line and the title.

    `spaced`: a blank line below the title too.
    """
    first = True

    def progress(number: int, log_likelihood: float, remark: str) -> None:
        nonlocal first
        if first:
            session.out.write("", *([title] if title else []), *([""] if spaced else []))
            first = False
        session.out.write(render_iteration(number, label, log_likelihood, remark))

    return progress


@contextmanager
def overflow() -> Iterator[None]:
    """Turn sums that overflow into r(1400)."""
    try:
        yield
    except FloatingPointError:
        raise StataError(1400, "numerical overflow") from None


def conclude(
    session: SessionState, node: Command, estimator: Estimator, estimates: Estimates, sample: SingleSample
) -> None:
    """Say what there is to say of the sample, put the results in e(), and show them."""
    session.out.write(*sample.notes)
    estimates.mark = new_mark()
    commit(session, estimates)
    marks = {**session.data.marks, estimates.mark: sample.rows}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)
    session.out.write(*estimator.replay(estimates, node.option, session.settings))
