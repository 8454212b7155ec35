"""Evaluating an expression that reads earlier observations of the variable it replaces.

Stata: `replace` goes through the observations in order, so that `replace x = x[_n-1] if missing(x)` carries
a value down over any number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import Evaluation, operands_of
from xmixed.expressions.functions.registry import functions
from xmixed.expressions.ordered.row_by_row import held, replaced_row_by_row
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.nodes import Call, Expression, Name, Subscript

FEW_SWEEPS = 5
"""Sweeps over all the data before it goes through them row by row, where the expressions allow that."""

SWEEPS = 1000
"""Sweeps before it evaluates observation by observation: about half of what that costs."""


def reads_itself(expressions: tuple[Expression | None, ...], name: str, context: Context) -> bool:
    """Return whether expressions use other observations of a variable: `x[_n-1]`, `L.x`."""
    for node in _nodes(expressions):
        if isinstance(node, (Subscript, Name)) and (isinstance(node, Subscript) or node.operator):
            try:
                found = abbreviation_of(node.name, context.data)
            except StataError:
                continue  # what is ambiguous is refused where it is evaluated
            if found == name:
                return True
    return False


def replace_in_order(
    expression: Expression,
    condition: Expression | None,
    chosen: np.ndarray,
    name: str,
    context: Context,
    choose_type: Callable[[np.ndarray], str],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values and the rows of `replace name = expression if condition`, observation by observation.

    Parameters
    ----------
    chosen : ndarray of bool, shape (n,)
        The observations of `in`.
    choose_type : callable
        Gives the storage type in which the variable will hold values, shape (number of rows,): what is read
        of earlier observations is rounded to it or cut to its width. It refuses values of the wrong kind.

    Returns
    -------
    values : ndarray, shape (number of rows,)
    rows : ndarray of bool, shape (n,)

    Raises
    ------
    StataError
        Whatever the expressions raise; r(109) for a string condition.
    """

    def store(values: np.ndarray) -> np.ndarray:
        return held(values, choose_type(values))

    old = Evaluation(context, None).column(name)
    new, start, rows = old.copy(), 0, chosen
    if not any(map(_is_random, _nodes((expression, condition)))):
        # Each sweep settles at least one more observation of every chain; short chains are done in few.
        for sweep in range(min(SWEEPS, len(old) + 1)):
            if sweep == FEW_SWEEPS:
                found = replaced_row_by_row(expression, condition, chosen, name, context, choose_type)
                if found is not None:
                    return found
            rows = _rows(condition, chosen, name, new, context)
            after = old.copy()
            after[rows] = store(_values(expression, np.flatnonzero(rows), name, new, context))
            different = after != new
            new = after
            if not np.any(different):
                return new[rows], rows
            start = int(np.argmax(different))
    rows = rows.copy()
    _one_by_one(
        expression, condition, np.flatnonzero(chosen[start:]) + start, (name, old, new, rows), context, store
    )
    return new[rows], rows


def _one_by_one(
    expression: Expression,
    condition: Expression | None,
    positions: np.ndarray,
    target: tuple[str, np.ndarray, np.ndarray, np.ndarray],
    context: Context,
    store: Callable[[np.ndarray], np.ndarray],
) -> None:
    """Go through observations in order, changing the new column and the rows in place."""
    name, old, new, rows = target
    evaluation = Evaluation(context, np.zeros(1, dtype=np.intp))
    evaluation.updated[name] = new
    for position in positions.tolist():
        evaluation.positions = np.array([position])
        rows[position] = condition is None or bool(_column(evaluation.run(condition), 1)[0] != 0)
        new[position : position + 1] = (
            store(_column(evaluation.run(expression), 1)) if rows[position] else old[position : position + 1]
        )


def _rows(
    condition: Expression | None, chosen: np.ndarray, name: str, new: np.ndarray, context: Context
) -> np.ndarray:
    if condition is None:
        return chosen
    found = _values(condition, None, name, new, context)
    if found.dtype == object:
        raise type_mismatch()
    return chosen & (found != 0)


def _values(
    expression: Expression, positions: np.ndarray | None, name: str, new: np.ndarray, context: Context
) -> np.ndarray:
    evaluation = Evaluation(context, positions)
    evaluation.updated[name] = new
    return _column(evaluation.run(expression), evaluation.size)


def _column(value: np.ndarray | str, size: int) -> np.ndarray:
    if isinstance(value, str):
        return np.full(size, value, dtype=object)
    return np.broadcast_to(value, (size,))


def _is_random(node: Expression) -> bool:
    """Return whether a node draws random numbers, which must be drawn once an observation."""
    known = functions().get(node.name) if isinstance(node, Call) else None
    return known is not None and known.compute.__module__.endswith("functions.random")


def _nodes(expressions: tuple[Expression | None, ...]) -> Iterator[Expression]:
    pending = [expression for expression in expressions if expression is not None]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(operands_of(node))
