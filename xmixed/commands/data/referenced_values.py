"""generate and replace over data by reference: a column of the query more, and what there is to say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from xmixed.commands.data.new_types import new_type, retyped
from xmixed.commands.referenced import marked_reference, row_of
from xmixed.data.columns import promoted_for, string_type_of, wider_string_type
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.reference.leaves import truncated
from xmixed.data.reference.model import Reference
from xmixed.data.reference.rows import as_stored, reference_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.pushdown.translate import pushed_condition, pushed_value
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


class _Assigned(NamedTuple):
    """Values by row, as ibis expressions over a reference: of the assignment, and where it applies.

    `where` is None for everywhere.
    """

    reference: Reference
    value: Any
    is_text: bool
    where: Any


def _assigned(session: SessionState, node: Command) -> _Assigned:
    reference, where, context = reference_of(session.data), None, Context.of(session)
    if node.in_range is not None:
        reference, place = marked_reference(session, node)
        where, context = reference.table[place], context.over(replace(session.data, reference=reference))
    elif node.condition is not None:
        where = pushed_condition(node.condition, context)
    return _Assigned(reference, *pushed_value(node.argument.expression, context), where)


def added(session: SessionState, node: Command) -> tuple[Dataset, int]:
    """Return the data with the variable that `generate` makes, and how many of its values are missing.

    Raises
    ------
    StataError
        Those of `pushed_value`; r(109), r(198) for its type.
    """
    data, new = session.data, node.argument
    reference, value, is_text, where = _assigned(session, node)
    storage_type = new_type(new, is_text, session.settings.type)
    if storage_type == "str":
        storage_type = string_type_of(_longest(reference, value, where))
    after, values = reference.with_column(_stored(value, storage_type, where, "" if is_text else None))
    shown = default_format(storage_type)
    variable = Variable(new.name, storage_type, values, shown, value_label=new.value_label)
    column: Any = after.value(variable)
    gone = column == "" if is_text else column.isnull()
    missing = row_of(after, n=gone.cast("int64").sum())["n"]
    return replace(data.with_variables(variable), reference=after.shortened()), int(missing or 0)


def _stored(value: Any, storage_type: str, where: Any, otherwise: Any) -> Any:
    """Return values as their type holds them, something else where they do not apply."""
    import ibis

    if not storage_type.startswith("str"):
        held = as_stored(value, storage_type)
    else:
        held = value if storage_type == "strL" else value.substr(0, int(storage_type[3:]))
    if where is None:
        return held
    return ibis.cases((where, held)) if otherwise is None else ibis.cases((where, held), else_=otherwise)


def _longest(reference: Reference, value: Any, where: Any) -> int:
    import ibis

    length: Any = value.length() if where is None else ibis.cases((where, value.length()))
    return int(row_of(reference, longest=length.max())["longest"] or 0)


def replaced(
    session: SessionState, node: Command, old: Variable, keep_type: bool
) -> tuple[Dataset, int, int]:
    """Return the data with other values of a variable, how many change, and how many of these to missing.

    Raises
    ------
    StataError
        Those of `pushed_value`; r(109) for a string in a number, or the reverse.
    """
    data = session.data
    reference, value, is_text, where = _assigned(session, node)
    if is_text != old.is_string:
        raise StataError(109, "type mismatch")
    storage_type = old.type if keep_type else _promoted(reference, old, value, where)
    after, values = reference.with_column(_stored(value, storage_type, where, reference.value(old)))
    new = retyped(old, storage_type, values)
    before: Any = after.value(old)
    column: Any = after.value(new)
    different = before != column if is_text else ~before.identical_to(column)
    wanted = {"changed": different.cast("int64").sum()}
    if not is_text:
        wanted["missing"] = (different & column.isnull()).cast("int64").sum()
    row = row_of(after, **wanted)
    made = replace(data.with_variables(new), reference=after.shortened())
    return made, int(row["changed"] or 0), int(row.get("missing") or 0)


def _promoted(reference: Reference, old: Variable, value: Any, where: Any) -> str:
    """Return the type that the old and the new values need."""
    import ibis

    if old.is_string:
        return wider_string_type(old.type, string_type_of(_longest(reference, value, where)))
    if old.type == "double":
        return old.type
    used: Any = value if where is None else ibis.cases((where, value))
    fractions = (used != truncated(used)).cast("int64").max()
    row = row_of(reference, low=used.min(), high=used.max(), fractions=fractions)
    if row["low"] is None:
        return old.type
    return promoted_for(old.type, row["low"], row["high"], not row["fractions"])
