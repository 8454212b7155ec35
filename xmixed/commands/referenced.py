"""The observations that a command uses of data by reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple, cast

import numpy as np

from xmixed.data.columns import bytes_of_observation
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.reference.counting import condensed
from xmixed.data.reference.fetching import fetched
from xmixed.data.reference.leaves import floor
from xmixed.data.reference.model import Reference, needs_rows
from xmixed.data.reference.rows import as_stored, reference_of, with_reference
from xmixed.data.room import Room
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.sample import range_slice
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command, Expression, InRange
from xmixed.language.nodes.estimators import FixedEquation
from xmixed.session.state import SessionState


def max_memory(session: SessionState) -> str:
    """Return what `set max_memory` says, `.` where it was not set."""
    return session.settings.remembered.get("max_memory", ".")


def selected_reference(
    session: SessionState, node: Command | FixedEquation, any_order: bool = False
) -> Reference:
    """Return the rows that the command's `if` and `in` leave, over the columns of the data.

    `any_order`: `in 1/#` may be any # rows.

    Raises
    ------
    StataError
        r(3) `in` where the rows have no order; r(198) out of range; what `pushed_condition` raises.
    """
    return _selection(session.data, node, Context.of(session), any_order)


def selected_condition(session: SessionState, node: Command) -> Any:
    """Return the command's `if` as an ibis boolean, None without one; r(3) for `in`."""
    from xmixed.expressions.pushdown.translate import pushed_condition

    if node.in_range is not None:
        raise needs_rows(f"{node.name} with in is", node.in_range.span)
    return None if node.condition is None else pushed_condition(node.condition, Context.of(session))


def with_values(
    data: Dataset, name: str, storage_type: str, label: str, value: Any, where: Any
) -> tuple[Dataset, int]:
    """Return the data with one more numeric variable, and how many of its values are missing.

    Parameters
    ----------
    value, where : ibis expressions
        float64 with NULL for missing, and where it applies; None: everywhere.
    """
    import ibis

    held = as_stored(value, storage_type)
    after, values = reference_of(data).with_column(held if where is None else ibis.cases((where, held)))
    variable = Variable(name, storage_type, values, default_format(storage_type), label)
    gone: Any = after.number(variable).isnull()
    missing = row_of(after, n=gone.cast("int64").sum())["n"]
    return replace(data.with_variables(variable), reference=after.shortened()), int(missing or 0)


def _selection(data: Dataset, node: Command | FixedEquation, context: Context, any_order: bool) -> Reference:
    reference = reference_of(data)
    if node.in_range is not None:
        reference = _in_range(reference, node.in_range, data.n_obs, any_order)
    return _where(reference, node.condition, data, context)


def _in_range(reference: Reference, in_range: InRange, n_obs: int, any_order: bool) -> Reference:
    rows = range_slice(in_range, n_obs)
    if not reference.ordered and (rows.start or not any_order):
        raise needs_rows("in is", in_range.span, why="rows of this source have no order")
    return reference.rows(rows.start, rows.stop - rows.start)


def _where(reference: Reference, condition: Expression | None, data: Dataset, context: Context) -> Reference:
    if condition is None:
        return reference
    from xmixed.expressions.pushdown.translate import pushed_condition

    return reference.where(pushed_condition(condition, context.over(replace(data, reference=reference))))


def row_count(reference: Reference) -> int:
    """Return how many rows there are, by a query."""
    return int(row_of(reference, n=reference.table.count())["n"])


def row_of(reference: Reference, **statistics: Any) -> dict[str, Any]:
    """Return statistics over all rows, by one query; None where there is none."""
    return reference.run(reference.table.aggregate(**statistics)).to_pylist()[0]


def selected_count(session: SessionState, node: Command) -> int:
    """Return how many observations `if` and `in` leave."""
    if node.condition is None and node.in_range is None:
        return session.data.n_obs
    return row_count(selected_reference(session, node))


def kept_rows(session: SessionState, node: Command) -> Dataset:
    """Return the data with the rows that `if` and `in` choose."""
    return _with_rows(session.data, selected_reference(session, node))


def other_rows(session: SessionState, node: Command) -> Dataset:
    """Return the data with the rows that `if` and `in` do not choose."""
    marked, place = marked_reference(session, node)
    chosen: Any = marked.table[place]
    return _with_rows(session.data, marked.where(~chosen))


def marked_reference(session: SessionState, node: Command) -> tuple[Reference, str]:
    """Return all rows with one more column, and its name: whether `if` and `in` choose the row.

    Raises
    ------
    StataError
        r(3) `in` where the rows have no order; what `pushed_condition` raises.
    """
    marked, _ = reference_of(session.data).with_column(chosen_rows(session, node))
    return marked, marked.table.columns[-1]


def chosen_rows(session: SessionState, node: Command | FixedEquation) -> Any:
    """Return where `if` and `in` choose a row, an ibis boolean over the table of the data.

    Raises
    ------
    StataError
        As `marked_reference`.
    """
    import ibis

    chosen: Any = ibis.literal(True)
    if node.condition is not None:
        from xmixed.expressions.pushdown.translate import pushed_condition

        chosen = pushed_condition(node.condition, Context.of(session))
    if node.in_range is not None:
        if not reference_of(session.data).ordered:
            raise needs_rows("in is", node.in_range.span, why="rows of this source have no order")
        rows = range_slice(node.in_range, session.data.n_obs)
        number = ibis.row_number()
        chosen = chosen & (number >= rows.start) & (number < rows.stop)
    return chosen


def _with_rows(data: Dataset, reference: Reference) -> Dataset:
    """Return the data over fewer rows; the same data where none is gone."""
    count = row_count(reference)
    return data if count == data.n_obs else with_reference(data, reference.shortened(), count)


def loaded(
    data: Dataset, selected: Reference, names: Iterable[str], room: Room, marks: bool = False
) -> Dataset:
    """Return rows in memory, if they fit; with `marks` those of estimation samples too.

    Raises
    ------
    StataError
        r(909) they do not fit; what `Source.run` raises.
    """
    chosen = list(names)
    width = bytes_of_observation(data.select(chosen))
    room.require_bytes(float(row_count(selected)) * max(width, 1))
    return fetched(data, selected, chosen, marks)


class Weighted(NamedTuple):
    """Rows by reference and their weights.

    kind : str
        "" without weights (then `weight` is None), fweight, aweight or iweight.
    weight : ibis float64 expression over the reference's table, or None
        NULL where it is missing or zero.
    """

    reference: Reference
    kind: str = ""
    weight: Any = None


def weighted_reference(session: SessionState, node: Command, selected: Reference) -> Weighted:
    """Return selected rows with the weights of a command; `[w=exp]` means analytic ones.

    Raises
    ------
    StataError
        r(401) fractional frequency weights, r(402) negative weights.
    """
    if node.weight is None:
        return Weighted(selected)
    from xmixed.expressions.pushdown.translate import pushed_value

    kind = "aweight" if node.weight.kind == "weight" else node.weight.kind
    if node.weight.kind == "weight":
        session.out.write("(analytic weights assumed)")
    context = Context.of(session).over(with_reference(session.data, selected))
    weight, is_text = pushed_value(node.weight.expression, context)
    if is_text:
        raise StataError(109, "type mismatch", node.weight.span)
    # A column, that a constant is one too.
    selected, _ = selected.with_column(weight)
    weight = cast(Any, selected.table)[selected.table.columns[-1]]
    fractional = (weight != floor(weight)).cast("int64").max()
    extremes = row_of(selected, low=weight.min(), high=weight.max(), fractional=fractional)
    known = [value for value in (extremes["low"], extremes["high"]) if value is not None]
    check_weights(np.array([*known, 0.5 * bool(extremes["fractional"])]), kind)
    return Weighted(selected, kind, weight.nullif(0.0))


def numbered_reference(session: SessionState, node: Command) -> tuple[Reference, np.ndarray]:
    """Return the rows that `if` and `in` leave with one more column: their numbers from 1 on.

    The second is what a variable of these numbers has for values.

    Raises
    ------
    StataError
        r(3) for rows without an order, but for `in 1/#`.
    """
    import ibis

    data, first = session.data, 1
    reference = reference_of(data)
    if node.condition is not None and not reference.ordered:
        raise needs_rows("numbers of observations are", why="rows of this source have no order")
    if node.in_range is not None:
        first = range_slice(node.in_range, data.n_obs).start + 1
        reference = _in_range(reference, node.in_range, data.n_obs, any_order=True)
    number: Any = ibis.row_number() + first
    numbered, place = reference.with_column(number.cast("float64"))
    return _where(numbered, node.condition, data, Context.of(session)), place


def numbered_rows(
    session: SessionState, node: Command, names: Iterable[str], unnumbered: bool
) -> tuple[Dataset, np.ndarray]:
    """Return variables of the rows that `if` and `in` leave, in memory, and the rows' numbers, int (n,).

    `unnumbered`: the numbers are not needed, so rows without an order will do.

    Raises
    ------
    StataError
        As `numbered_reference` and `loaded`.
    """
    chosen, room = list(dict.fromkeys(names)), Room.of_setting(max_memory(session))
    if unnumbered:
        found = loaded(session.data, selected_reference(session, node, any_order=True), chosen, room)
        return found, np.arange(found.n_obs) + 1
    selected, place = numbered_reference(session, node)
    number = Variable(_NUMBER, "double", place, "%10.0g")
    found = loaded(
        replace(session.data, variables=(*session.data, number)), selected, [*chosen, _NUMBER], room
    )
    return found, found[_NUMBER].values.astype(np.int64)


_NUMBER = "number of the row"
"""Name of the column of row numbers: none that a variable can have."""


class Combinations(NamedTuple):
    """How many rows each combination of values has, what they weigh, both float64 (n,); the weights' kind."""

    counts: np.ndarray
    weights: np.ndarray
    kind: str


@contextmanager
def combinations_of(session: SessionState, node: Command, names: Iterable[str]) -> Iterator[Combinations]:
    """Put the combinations of values in the place of the data for a while; give how often each occurs.

    They are those of the rows that `if` and `in` leave, each as often as the command's weights say.

    Raises
    ------
    StataError
        Those of `condensed` and of `weighted_reference`.
    """
    before = session.data
    weighted = weighted_reference(session, node, selected_reference(session, node))
    found = condensed(before, weighted.reference, names, weighted.weight)
    session.data = found.data
    try:
        yield Combinations(found.counts, found.weights, weighted.kind)
    finally:
        session.data = before
