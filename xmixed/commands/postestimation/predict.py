"""predict: variables of predictions after estimation."""

from __future__ import annotations

from typing import Any

from xmixed.commands.registry import command
from xmixed.data.columns import count_missing, stored
from xmixed.data.dataset import Dataset, Variable, default_format, is_string_type
from xmixed.errors import StataError
from xmixed.estimation.inference.prediction import Request, predicted, requested, statistic_options
from xmixed.estimation.results import Estimator, Statistic, estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import check_new_name
from xmixed.language.builders.newvarlist import NewVariables
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_by
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command(
    "predict",
    syntax=Syntax("raw"),
    synopsis="predict [type] {stub* | newvarlist} [if] [in] [, statistic level(levelvar)]",
    needs=("estimates",),
    keeps_r=True,
    by_reference=True,
)
def predict(session: SessionState, node: Command) -> None:
    """Make what the estimator of the active results offers; the options are its statistics."""
    estimator = estimator_of(session.e)
    statistics = estimator.statistics
    if not statistics:
        raise StataError(321, f"predict not valid after {session.e.macros['cmd']}")
    options = statistic_options(statistics)
    typed = parse_by(node, Syntax("newvarlist", condition=True, in_range=True, options=options))
    if typed.argument is None:
        raise StataError(100, "newvarname required")
    beside = _beside(typed, statistics)
    words: dict[str, str | None] = {
        name: option.text for name, option in typed.options.items() if name not in beside
    }
    request = requested(statistics, words)
    if session.data.reference is not None:
        _predict_by_reference(session, estimator, request, typed, beside)
        return
    made = _variables(session, estimator, request, typed, typed.argument)
    for name, statistic in beside.items():
        own = Request(statistic, request.argument)
        made += _variables(session, estimator, own, typed, typed.options[name].value)
    names = [variable.name for variable in made]
    for name in names:
        if names.count(name) > 1:
            raise StataError(110, f"{name} already defined")
    _say_assumed(session, request)
    for variable in made:
        session.data = session.data.with_variables(variable)
        _say_missing(session, count_missing(variable.values, variable.type))


def _say_assumed(session: SessionState, request: Request) -> None:
    if request.assumed:
        session.out.write(f"(option {request.assumed.format(depvar=session.e.macros.get('depvar', ''))})")


def _say_missing(session: SessionState, missing: int) -> None:
    if missing:
        session.out.write(f"({missing} missing {'value' if missing == 1 else 'values'} generated)")


def _predict_by_reference(
    session: SessionState,
    estimator: Estimator,
    request: Request,
    typed: Command,
    beside: dict[str, Statistic],
) -> None:
    """Add the queries of statistics to data by reference."""
    from xmixed.commands.referenced import row_count
    from xmixed.data.reference.rows import reference_of
    from xmixed.estimation.mixed.statistics import outside_note
    from xmixed.estimation.summed.predictions import predictions

    before, missing, notes = session.data, list[int](), list[str]()
    wanted = [(request, typed.argument)]
    for name, statistic in beside.items():
        wanted.append((Request(statistic, request.argument), typed.options[name].value))
    try:
        for own, new in wanted:
            terms = estimator.terms(session.e)
            found = predictions(session.e, terms, own, Context.of(session))
            missing += _add_queries(session, own, typed, new, found.data, found.values)
            if found.outside is not None:
                outside = reference_of(session.data).where(_selected(session, typed, found.outside))
                notes.append(outside_note(row_count(outside)))
    except BaseException:
        session.data = before
        raise
    session.out.write(*filter(None, notes))
    _say_assumed(session, request)
    for count in missing:
        _say_missing(session, count)


def _selected(session: SessionState, typed: Command, condition: Any) -> Any:
    """A condition where the command's `if` holds too."""
    from xmixed.commands.referenced import selected_condition

    where = selected_condition(session, typed)
    return condition if where is None else condition & where


def _add_queries(
    session: SessionState,
    request: Request,
    typed: Command,
    new: NewVariables,
    data: Dataset,
    values: list[Any],
) -> list[int]:
    """Add variables whose values are expressions over the table of `data`; return how many are missing."""
    from xmixed.commands.referenced import selected_condition, with_values

    storage_type = new.type or session.settings.type
    if is_string_type(storage_type):
        raise StataError(109, "type mismatch", new.span)
    labels = request.labels(session.e)
    names = _names(new, len(labels), request.statistic.columns is not None)
    for name in names:
        check_new_name(name, session.data, new.span)
    session.data = data
    where, missing = selected_condition(session, typed), []
    for name, label, value in zip(names, labels, values, strict=True):
        session.data, count = with_values(session.data, name, storage_type, label, value, where)
        missing.append(count)
    return missing


def _beside(typed: Command, statistics: tuple[Statistic, ...]) -> dict[str, Statistic]:
    """Return the statistics that are asked for with names of their own, `reses(se*)`."""
    return {
        item.name: item
        for item in statistics
        if item.beside and item.name in typed.options and typed.options[item.name].value is not None
    }


def _variables(
    session: SessionState, estimator: Estimator, request: Request, typed: Command, new: NewVariables
) -> list[Variable]:
    """Return the new variables of a statistic, none of them in the data yet."""
    storage_type = new.type or session.settings.type
    if is_string_type(storage_type):
        raise StataError(109, "type mismatch", new.span)
    labels = request.labels(session.e)
    if request.statistic.fewer and not new.stub:
        labels = labels[: len(new.names)]
    names = _names(new, len(labels), request.statistic.columns is not None)
    for name in names:
        check_new_name(name, session.data, new.span)
    context = Context.of(session)
    rows = select_rows(typed.condition, typed.in_range, context)
    notes: list[str] = []
    values = predicted(request, estimator, session.e, context, rows, notes)
    session.out.write(*notes)
    fmt = default_format(storage_type)
    return [
        Variable(name, storage_type, stored(column, storage_type, copy=False), fmt, label)
        for name, label, column in zip(names, labels, values[: len(names)], strict=True)
    ]


def _names(new: NewVariables, count: int, several: bool) -> tuple[str, ...]:
    """Return the names of so many new variables."""
    if new.stub:
        if not several:
            raise StataError(198, f"{new.stub}* invalid name", new.span)
        return tuple(f"{new.stub}{number}" for number in range(1, count + 1))
    if len(new.names) < count:
        raise StataError(102, "too few variables specified", new.span)
    if len(new.names) > count:
        raise StataError(103, "too many variables specified", new.span)
    return new.names
