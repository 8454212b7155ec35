"""mi update, mi reset, mi replace0: imputed values that agree with the original data, or are taken back."""

from __future__ import annotations

from dataclasses import replace as with_parts

import numpy as np

from xmixed.commands.mi.held import NOUPDATE, keep, lent, names_of, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows
from xmixed.commands.using import read_using
from xmixed.data.columns import stored
from xmixed.data.dataset import Variable
from xmixed.data.imputed.combining import imputations_in
from xmixed.data.imputed.model import ID, Imputations, soft_missing
from xmixed.data.imputed.rows import shown, with_original
from xmixed.data.operations.merge import MASTER, MATCH, merge
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.nodes import Command, Expression
from xmixed.language.parser import parse_expression, parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import counted
from xmixed.session.state import SessionState


@subcommand("mi", "update", syntax=Syntax(), synopsis="mi update", keeps_r=True)
def update(session: SessionState, node: Command) -> None:
    keep(session, opened(session))


@subcommand(
    "mi",
    "reset",
    syntax=Syntax(
        "text",
        condition=True,
        options=(OptionSpec("m", "m", "numlist", help="these imputations only"), NOUPDATE),
    ),
    synopsis="mi reset varlist [= exp] [if] [, m(numlist) noupdate]",
    keeps_r=True,
)
def reset(session: SessionState, node: Command) -> None:
    typed, equals, text = (node.argument or "").partition("=")
    if not typed.strip():
        raise StataError(100, "varlist required")
    imputations = opened(session, not node.option("noupdate"))
    names = names_of(parse_varlist(typed.strip()), imputations)
    for name in names:
        if name not in imputations.varying:
            raise StataError(198, f"{name} is not registered as imputed or passive")
    chosen = _numbers(node, imputations)
    expression = parse_expression(text.strip()) if equals else None
    copies, changes = list(imputations.copies), 0
    with lent(session):
        for m in chosen:
            session.data = shown(imputations, m)
            rows = selected_rows(session, node)
            columns = [_reset(session, imputations, name, rows, expression) for name in names]
            changes += sum(_changes(new, imputations.completed(m)[new.name]) for new in columns)
            copies[m - 1] = imputations.completed(m).with_variables(*columns)
    session.out.write(f"({counted(changes, 'value')} reset)")
    keep(session, reclean(session, with_parts(imputations, copies=tuple(copies))))


def _numbers(node: Command, imputations: Imputations) -> list[int]:
    typed = node.option("m")
    numbers = range(1, imputations.count + 1) if typed is None else sorted({int(number) for number in typed})
    for m in numbers:
        if not 1 <= m <= imputations.count:
            raise StataError(198, f"m={m} invalid; M={imputations.count}")
    return list(numbers)


def _reset(
    session: SessionState,
    imputations: Imputations,
    name: str,
    rows: np.ndarray,
    expression: Expression | None,
) -> Variable:
    """Return a variable of an imputation as in m=0, or an expression, in rows where it may be its own."""
    own, original = session.data[name], imputations.base[name]
    rows = rows & (soft_missing(original) if name in imputations.imputed else imputations.incomplete)
    if expression is None:
        new = original.values if own.is_string else original.to_double()
    else:
        new = evaluate_column(expression, Context.of(session))[0]
    if (new.dtype == object) != own.is_string:
        raise StataError(109, "type mismatch")
    column = own.values.copy()
    column[rows] = stored(new[rows], own.type)
    return with_parts(own, values=column)


def _changes(new: Variable, old: Variable) -> int:
    return int(np.count_nonzero(new.values != old.values))


@subcommand(
    "mi",
    "replace0",
    syntax=Syntax(
        "none",
        using=True,
        options=(OptionSpec("id", "id", "varlist", help="variables that tell observations apart"),),
    ),
    synopsis="mi replace0 using filename, id(varlist)",
    keeps_r=True,
)
def replace0(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    imputations = opened(session)
    keys = names_of(node.required("id"), imputations)
    new = imputations_in(read_using(session, node.using)).base
    for key in keys:
        if key not in new:
            raise StataError(111, f"variable {key} not found")
    ids = shown(imputations, 0).select([*keys, ID])
    found = merge(new, ids, keys, "1:1").kept((MASTER, MATCH)).dataset
    keep(session, reclean(session, with_original(imputations, found)))
