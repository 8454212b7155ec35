"""mi estimate: a command on every imputation, and what its estimates say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.mi.analysis.chosen import IMPUTATIONS, chosen_runs, numbers_of
from xmixed.commands.mi.analysis.runs import CompletedRuns, Dots
from xmixed.commands.mi.held import NOUPDATE, opened
from xmixed.commands.registry import subcommand
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import Imputations, is_mi
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.expressions import nonlinear_values
from xmixed.estimation.pooling.estimator import POOLED_TABLES, pooled_estimator
from xmixed.estimation.pooling.files import SavedRuns, check_target, read_runs, save_runs
from xmixed.estimation.pooling.results import Plan, Transformed, check_alike, pooled_estimates
from xmixed.estimation.run import show_results
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.context import Context
from xmixed.language.arguments.nonlinear import NamedExpression
from xmixed.language.arguments.pooled import PooledCommand
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import commit

SHOWN = (*TABLE_OPTIONS, *POOLED_TABLES)
ESTIMATION = (
    *IMPUTATIONS,
    OptionSpec("nosmall", "nosm", help="degrees of freedom of large samples"),
    OptionSpec("ufmitest", "ufmi", help="test of the model without equal fractions of missing information"),
    OptionSpec("saving", "sav", "text", "file for the estimates of every imputation"),
    OptionSpec("post", "post", help="put the pooled estimates in e(b) and e(V)"),
    OptionSpec("cmdok", "cmdok", help="any command that leaves e(b) and e(V)"),
    OptionSpec("esampvaryok", "esampvary", help="although the estimation sample varies"),
    OptionSpec("errorok", "errorok", help="leave out imputations on which the command fails"),
    OptionSpec("dots", "dots", help="a dot for every imputation"),
    OptionSpec("noisily", "noi", help="show the output of the command on every imputation"),
    NOUPDATE,
    OptionSpec("mcerror", "mce", built=False),
    OptionSpec("esample", "esample", "text", built=False),
    OptionSpec("trace", "trace", built=False),
    OptionSpec("noerrnotes", "noerrnotes", built=False),
)


@subcommand(
    "mi",
    "estimate",
    syntax=Syntax(
        "pooled",
        using=True,
        options=(*ESTIMATION, *SHOWN),
        exclusive=(("nimputations", "imputations"), ("vartable", "notable"), ("variance", "stddeviations")),
    ),
    synopsis="mi estimate [(name: exp) ...] [, vartable dftable nosmall post saving(file) ...]: command",
    keeps_r=True,
)
def mi_estimate(session: SessionState, node: Command) -> None:
    if node.argument is None:
        _replay(session, node)
        return
    typed = node.argument
    assert isinstance(typed, PooledCommand)
    if node.using is not None:
        saved = read_runs(node.using)
        saved = chosen_runs(saved, node)
        _pool(session, node, saved, typed.expressions, saved.runs[0].macros.get("cmdline", ""))
        return
    if not is_mi(session.data):
        raise StataError(119, "data not mi set")
    target = _target(node)
    held = opened(session, not node.option("noupdate"))
    runs = _estimated(session, node, held, typed.command)
    check_alike(runs.runs, runs.numbers)
    if target is not None:
        save_runs(target[0], runs, target[1])
    _pool(session, node, runs, typed.expressions, typed.command)


def _replay(session: SessionState, node: Command) -> None:
    """Show the last pooled estimates again."""
    if "mi" not in session.e.macros:
        raise StataError(301, "last mi estimates not found")
    allowed = {spec.name for spec in SHOWN}
    for name, option in node.options.items():
        if name not in allowed:
            raise StataError(198, f"option {name} not allowed", option.span)
    estimator = pooled_estimator(session.e)
    show_results(session, estimator, session.e, node.option)


def _target(node: Command) -> tuple[str, bool] | None:
    """Return the file of saving(), and whether it may be replaced; r(198), r(602)."""
    option = node.options.get("saving")
    if option is None:
        return None
    name, comma, rest = str(option.value).partition(",")
    name = name.strip().strip('"')
    if not name or (comma and rest.split() != ["replace"]):
        raise StataError(198, "option saving() incorrectly specified", option.span)
    check_target(name, bool(comma))
    return name, bool(comma)


def _estimated(session: SessionState, node: Command, held: Imputations, command: str) -> SavedRuns:
    """Run the command on the imputations; data and results are then as they were."""
    numbers = numbers_of(held.count, node)
    runs = CompletedRuns(session, held, command, bool(node.option("noisily")))
    dots = Dots(session.out, len(numbers)) if node.option("dots") else None
    found = runs.all(numbers, bool(node.option("cmdok")), bool(node.option("errorok")), dots)
    used = [run for run in found if run.estimates is not None]
    if len(used) < 2:
        raise StataError(2001, "insufficient imputations", hint="the command failed on the others")
    varying = False
    for run in used[1:]:
        if not np.array_equal(run.sample, used[0].sample):
            varying = True
            if not node.option("esampvaryok"):
                text = f"estimation sample varies between m={used[0].number} and m={run.number}"
                raise StataError(459, text, hint="option esampvaryok allows it")
    estimates = tuple(run.estimates for run in used if run.estimates is not None)
    return SavedRuns(estimates, tuple(run.number for run in used), held.count, varying)


def _pool(
    session: SessionState, node: Command, saved: SavedRuns, named: Sequence[NamedExpression], command: str
) -> None:
    """Pool estimates, put the results into e() and show them."""
    names = [item.name or f"_mi_{place}" for place, item in enumerate(named, 1)]
    if len(set(names)) < len(names):
        raise StataError(198, "names of expressions must be distinct")
    head, colon, rest = node.text.strip().partition(":")
    plan = Plan(
        command,
        head.rstrip() + colon + rest,
        saved.count,
        saved.numbers,
        not node.option("nosmall"),
        bool(node.option("ufmitest")),
        float(node.option("level", session.settings.level)),
        bool(node.option("post")),
        saved.varying,
        tuple((name, item.text) for name, item in zip(names, named, strict=True)),
    )
    transformed = _transformed(session, saved.runs, named) if named else None
    e = pooled_estimates(saved.runs, plan, transformed)
    commit(session, e)
    show_results(session, pooled_estimator(e), e, node.option)


def _transformed(
    session: SessionState, runs: Sequence[Estimates], named: Sequence[NamedExpression]
) -> Transformed:
    """Return functions of the coefficients in each imputation, with their covariance by the delta method.

    Raises
    ------
    StataError
        r(498) where one is missing; r(111) for coefficients that are not there.
    """
    nodes = [item.expression for item in named]
    found, variances = [], []
    for run in runs:
        context = replace(Context.of(session), e=run, data=Dataset(n_obs=1))
        frame = EstimationFrame(context, np.ones(context.size, dtype=bool))
        with np.errstate(all="ignore"):
            values, J = nonlinear_values(nodes, run, frame)
        if np.any(is_missing(values)) or not np.all(np.isfinite(J)) or np.any(is_missing(J)):
            raise StataError(498, "expression evaluates to missing, or has no derivatives")
        found.append(values)
        variances.append(J @ Coefficients.of(run).V @ J.T)
    return Transformed(np.array(found), np.array(variances))
