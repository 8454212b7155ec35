"""The course of an estimation command: replay, sample, results in e(), display."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.delta import exponentiated, figures_table, wald_figures
from xmixed.estimation.likelihood.newton import Progress
from xmixed.estimation.resampling.options import exponential_heading
from xmixed.estimation.results import (
    RESAMPLED,
    Estimator,
    Option,
    ShowsExponentials,
    estimator_of,
    has_prefix,
)
from xmixed.estimation.sample import dependent_columns
from xmixed.estimation.single import SingleSample, specify
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.nodes.estimators import MixedCommand, VarianceEstimator
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.mixed_header import render_iteration
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark

_DRAWN = "_panel_"
"""Variable that tells panels drawn apart; only replications see it."""


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
    if has_prefix(session.e):
        estimator = estimator_of(session.e)
    check_replay_options(node, estimator)
    show_results(session, estimator, session.e, node.option)
    return True


def replicated(session: SessionState, node: Command, panel: str = "") -> bool:
    """Run the command under a prefix where `vce(bootstrap)` or `vce(jackknife)` asks for it; whether it did.

    Parameters
    ----------
    panel : str
        The panel variable: whole panels are drawn, and each is a panel of its own.

    Raises
    ------
    StataError
        Those of the prefix; r(198) with `robust`.
    """
    vce = node.option("vce")
    if not isinstance(vce, VarianceEstimator) or vce.kind not in RESAMPLED:
        return False
    if "robust" in node.options:
        raise StataError(198, "options vce() and robust may not be combined", node.options["robust"].span)
    own, more = [vce.options], ""
    cluster = panel if node.option("cluster") is None else node.options["cluster"].text
    if cluster:
        own.append(f"cluster({cluster})")
    if panel:
        drawn = _DRAWN if vce.kind == "bootstrap" and cluster == panel else panel
        own += [f"idcluster({_DRAWN})"] if drawn == _DRAWN else []
        more = f" i({drawn})"
    spans = [node.options[name].span for name in ("vce", "cluster", "i") if name in node.options]
    command = node.text
    for span in sorted(spans, key=lambda span: -span.start):
        command = command[: span.start] + command[span.end :]
    session.execute(f"{vce.kind}, {' '.join(own)}: {command.strip()}{more}")
    session.e.macros["cmdline"] = node.text.strip()
    if panel:
        session.e.macros["ivar"] = panel
    return True


def check_replay_options(node: Command | MixedCommand, estimator: Estimator) -> None:
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
    columns = (None, *sample.columns) if constant else sample.columns
    omitted = dependent_columns(columns)
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


def offset_variable(session: SessionState, node: Command) -> tuple[str, bool]:
    """Return the variable of offset() or exposure(), and whether its logarithm is taken; r(198) for both."""
    if node.option("offset") is not None and node.option("exposure") is not None:
        raise StataError(198, "only one of offset() or exposure() can be specified")
    for name in ("offset", "exposure"):
        if name in node.options:
            return resolve_name(node.options[name].value, session.data), name == "exposure"
    return "", False


def offset_values(sample: SingleSample, name: str, exposure: bool) -> tuple[np.ndarray | None, str]:
    """Return an offset over the sample and how e(offset) calls it, `x` or `ln(x)`; None and "" for none.

    Raises
    ------
    StataError
        r(459) where a logarithm is to be taken of what is not positive.
    """
    if not name:
        return None, ""
    values = sample.others[name]
    if not exposure:
        return values, name
    if values.min() <= 0:
        raise StataError(459, "exposure() must be greater than zero")
    return np.log(values), f"ln({name})"


@contextmanager
def overflow() -> Iterator[None]:
    """Turn sums that overflow into r(1400)."""
    try:
        yield
    except FloatingPointError:
        raise StataError(1400, "numerical overflow") from None


def commit_marked(session: SessionState, estimates: Estimates, rows: np.ndarray) -> None:
    """Put results in e() and mark the observations behind them."""
    estimates.mark = new_mark()
    commit(session, estimates)
    if session.data.reference is not None:
        from xmixed.data.reference.rows import with_mark

        session.data = with_mark(session.data, estimates.mark, rows)
        return
    marks = {**session.data.marks, estimates.mark: rows}
    session.data = session.data.with_(marks=marks, changed=session.data.changed)


def conclude(
    session: SessionState, node: Command, estimator: Estimator, estimates: Estimates, sample: SingleSample
) -> None:
    """Say what there is to say of the sample, put the results in e(), and show them."""
    session.out.write(*sample.notes)
    commit_marked(session, estimates, sample.rows)
    show_results(session, estimator, estimates, node.option)


def show_results(session: SessionState, estimator: Estimator, estimates: Estimates, option: Option) -> None:
    """Show the results of an estimator, and leave their table in r()."""
    session.out.write(*estimator.replay(estimates, option, session.settings))
    exponential = bool(exponential_heading(option) or option("tr"))
    if not exponential and isinstance(estimator, ShowsExponentials):
        exponential = bool(estimator.usual_exponential(estimates)) and not (option("nohr") or option("coef"))
    # Of figures that are no coefficients of a model, which have no terms, all are shown so.
    terms = estimator.terms(estimates) if exponential else ()
    leave_table(session, estimates, option, [term is not None for term in terms] or exponential)


def leave_table(
    session: SessionState, estimates: Estimates, option: Option, exponentials: bool | Sequence[bool] = False
) -> None:
    """Leave the table of e(b) in r(), as r(table) and r(level).

    Parameters
    ----------
    exponentials : bool or sequence of bool
        Whether coefficients are shown as exp(b), all or each.
    """
    b, V = estimates.matrices.get("b"), estimates.matrices.get("V")
    if b is None:
        return
    level = float(option("level", session.settings.level))
    df = degrees_of_freedom(estimates)
    count = len(b.column_names)
    variances = [MISSING] * count if V is None else np.diagonal(V.values).tolist()
    each = [None] * count if df is None else df.tolist()
    shown = [exponentials] * count if isinstance(exponentials, bool) else exponentials
    figures = [
        wald_figures(value, variance, level, own)
        for value, variance, own in zip(b.values[0].tolist(), variances, each, strict=True)
    ]
    figures = [exponentiated(item) if yes else item for item, yes in zip(figures, shown, strict=True)]
    table = figures_table(figures, b.column_names, level, df, shown)
    session.r = Results({"level": level}, {}, {"table": table})


def check_converged(estimates: Estimates) -> None:
    """Raise r(430) for a search that ended without a maximum; its results stay."""
    if not estimates.scalars["converged"]:
        raise StataError(430, "convergence not achieved", keeps_results=True)
