"""mi predict: predictions of every imputation, from estimates in a file, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.mi.analysis.chosen import IMPUTATIONS, chosen_runs
from xmixed.commands.mi.held import NOUPDATE, keep, opened
from xmixed.commands.registry import subcommand
from xmixed.data.columns import count_missing, new_variable
from xmixed.data.dataset import Dataset, Variable, is_string_type
from xmixed.data.imputed.model import Imputations
from xmixed.errors import StataError
from xmixed.estimation.inference.prediction import Request, predicted, requested, statistic_options
from xmixed.estimation.pooling.files import SavedRuns, read_runs
from xmixed.estimation.results import Estimator, own_estimator
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import check_new_name
from xmixed.language.arguments.pooled import using_file
from xmixed.language.builders.newvarlist import NewVariables
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_by
from xmixed.language.syntax import Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState

ERROR = "stdp"
"""The statistic that is pooled by Rubin's rules, with the linear prediction; others are averaged."""


@subcommand(
    "mi",
    "predict",
    syntax=Syntax("raw"),
    synopsis="mi predict [type] newvar [if] [in] using filename [, statistic nimputations(#)]",
    needs=("data",),
    keeps_r=True,
)
def mi_predict(session: SessionState, node: Command) -> None:
    saved = read_runs(using_file(node.argument_text))
    estimator = own_estimator(saved.runs[0])
    if estimator is None or not estimator.statistics:
        raise StataError(321, f"predict not valid after {saved.runs[0].macros.get('cmd', '')}")
    options = (*statistic_options(estimator.statistics), *IMPUTATIONS, NOUPDATE)
    shape = Syntax("newvarlist", condition=True, in_range=True, using=True, options=options)
    typed = parse_by(node, shape)
    saved = chosen_runs(saved, typed)
    own = {spec.name for spec in (*IMPUTATIONS, NOUPDATE)}
    words: dict[str, str | None] = {
        name: option.text for name, option in typed.options.items() if name not in own
    }
    request = requested(estimator.statistics, words)
    name, kind = _new_variable(session, typed, request, saved)
    held = opened(session, not typed.option("noupdate"))
    check_new_name(name, held.base)
    if max(saved.numbers) > held.count:
        raise StataError(198, f"m={max(saved.numbers)} invalid; M={held.count}")
    values = _values(session, typed, held, saved, _Wanted(estimator, request))
    label = f"{request.labels(saved.runs[0])[0]}"[:80]
    variable = new_variable(name, kind, values, label)
    if request.assumed:
        depvar = saved.runs[0].macros.get("depvar", "")
        session.out.write(f"(option {request.assumed.format(depvar=depvar)})")
    keep(session, _with_variable(held, variable))
    missing = count_missing(variable.values, kind)
    if missing:
        session.out.write(f"({missing} missing {'value' if missing == 1 else 'values'} generated)")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A statistic of an estimator."""

    estimator: Estimator
    request: Request


def _new_variable(
    session: SessionState, typed: Command, request: Request, saved: SavedRuns
) -> tuple[str, str]:
    """Return the name and the storage type of the new variable.

    Raises
    ------
    StataError
        r(100), r(103), r(109); r(198) for statistics of several variables, or of the estimation sample.
    """
    new = typed.argument
    if not isinstance(new, NewVariables):
        raise StataError(100, "newvarname required")
    if new.stub or len(new.names) != 1:
        raise StataError(103, "too many variables specified", new.span)
    kind = new.type or session.settings.type
    if is_string_type(kind):
        raise StataError(109, "type mismatch", new.span)
    if len(request.labels(saved.runs[0])) > 1 or request.statistic.beside:
        raise StataError(198, f"{request.statistic.name} makes several variables; mi predict makes one")
    if request.statistic.needs == "sample":
        raise StataError(198, f"option {request.statistic.name} not allowed with mi predict")
    return new.names[0], kind


def _values(
    session: SessionState, typed: Command, held: Imputations, saved: SavedRuns, wanted: _Wanted
) -> np.ndarray:
    """Return the pooled statistic over the observations of m=0, missing where an imputation has none."""
    base = replace(Context.of(session), data=held.base)
    rows = select_rows(typed.condition, typed.in_range, base)
    found = _each(base, held, saved, wanted, rows)
    lost = is_missing(found).any(axis=0)
    clean = np.where(lost, 0.0, found)
    if wanted.request.statistic.name != ERROR:
        return np.where(lost, MISSING, clean.mean(axis=0))
    linear = replace(wanted, request=requested(wanted.estimator.statistics, {"xb": None}))
    points = _each(base, held, saved, linear, rows)
    between = np.where(lost, 0.0, points).var(axis=0, ddof=1)
    total = (clean**2).mean(axis=0) + (1 + 1 / len(found)) * between
    return np.where(lost, MISSING, np.sqrt(total))


def _each(
    base: Context, held: Imputations, saved: SavedRuns, wanted: _Wanted, rows: np.ndarray
) -> np.ndarray:
    """Return a statistic in every imputation, shape (M, n)."""
    found: Sequence[np.ndarray] = [
        predicted(
            wanted.request,
            wanted.estimator,
            run,
            replace(base, data=held.completed(number), e=run),
            rows,
        )[0]
        for run, number in zip(saved.runs, saved.numbers, strict=True)
    ]
    return np.array(found)


def _with_variable(held: Imputations, variable: Variable) -> Imputations:
    """Return imputations with the variable in all of them, as it is not registered."""
    add = lambda data: data.with_variables(variable)  # noqa: E731
    copies: list[Dataset] = [add(copy) for copy in held.copies]
    return replace(held, base=add(held.base), copies=tuple(copies))
