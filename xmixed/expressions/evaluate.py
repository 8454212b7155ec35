"""Evaluating an expression over a dataset, in double precision with Stata's missing values."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.functions.registry import find_function
from xmixed.expressions.names import look_up, neighbours, subscript
from xmixed.expressions.operators import binary, unary
from xmixed.expressions.results import (
    MATRIX_FUNCTIONS,
    SAVED_RESULTS,
    coefficient,
    matrix_function,
    saved_result,
)
from xmixed.expressions.values import Value, type_mismatch
from xmixed.language.nodes import Binary, Call, Coefficient, Expression, Name, Number, Subscript, Text, Unary
from xmixed.missing import MISSING


class Evaluation:
    """One evaluation: the context and the observations it runs over.

    Attributes
    ----------
    context : Context
    positions : ndarray of int or None
        Observations wanted, counted from 0; None for all.
    size : int
        Number of observations wanted.
    updated : dict of str to ndarray
        Variables that are being replaced in order: for observations before the one evaluated, subscripts and
        lags find their values here.
    """

    __slots__ = ("_columns", "context", "positions", "size", "updated")

    def __init__(self, context: Context, positions: np.ndarray | None) -> None:
        self.context = context
        self.positions = positions
        self.size = context.size if positions is None else len(positions)
        self._columns: dict[str, np.ndarray] = {}
        self.updated: dict[str, np.ndarray] = {}

    @property
    def rows(self) -> np.ndarray:
        """Return the observations wanted, shape (size,)."""
        return np.arange(self.context.size) if self.positions is None else self.positions

    def column(self, name: str) -> np.ndarray:
        """Return a whole variable: float64, or object array of str."""
        found = self._columns.get(name)
        if found is None:
            variable = self.context.data[name]
            found = _as_text(variable.values) if variable.is_string else variable.to_double()
            self._columns[name] = found
        return found

    def at(self, column: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Return a column at positions; "" or `.` where there is no such observation."""
        inside = (positions >= 0) & (positions < len(column))
        if np.all(inside):
            return column[positions]
        out = np.full(positions.shape, "" if column.dtype == object else MISSING, dtype=column.dtype)
        out[inside] = column[positions[inside]]
        return out

    def wanted(self, column: np.ndarray) -> np.ndarray:
        """Return a column at the observations wanted."""
        return column if self.positions is None else self.at(column, self.positions)

    def of_group(self, positions: np.ndarray) -> np.ndarray:
        """Return the observations that positions within the by-groups mean, -1 outside; shape (size,)."""
        partition = self.context.partition
        if partition is None:
            return positions
        inside = (positions >= 0) & (positions < self.wanted(partition.size))
        return np.where(inside, self.wanted(partition.first) + positions, -1)

    def read(self, name: str, positions: np.ndarray) -> np.ndarray:
        """Return a variable at positions, shape (size,) or (1,); what was replaced before, as it is now."""
        found = self.at(self.column(name), positions)
        updated = self.updated.get(name)
        if updated is None:
            return found
        return np.where(positions < self.rows, self.at(updated, positions), found)

    def run(self, expression: Expression) -> Value:
        """Return the value of an expression; operands first, without recursion into long chains."""
        pending: list[tuple[Expression, bool]] = [(expression, False)]
        values: list[Value] = []
        while pending:
            node, ready = pending.pop()
            operands = operands_of(node)
            if not operands and not isinstance(node, Call):
                values.append(self._leaf(node))
            elif ready:
                count = len(operands)
                arguments = values[len(values) - count :]
                del values[len(values) - count :]
                values.append(self._combine(node, arguments))
            elif isinstance(node, Call) and _is_special(node):
                values.append(self._special(node))
            elif isinstance(node, Subscript) and (found := neighbours(node, self)) is not None:
                values.append(found)
            else:
                pending.append((node, True))
                pending.extend((operand, False) for operand in reversed(operands))
        return values.pop()

    def _leaf(self, node: Expression) -> Value:
        if isinstance(node, Number):
            return np.asarray(node.value, dtype=np.float64)
        if isinstance(node, Text):
            return node.value
        if isinstance(node, Name):
            return look_up(node, self)
        if isinstance(node, Coefficient):
            return coefficient(node, self.context)
        raise TypeError(f"no expression: {type(node).__name__}")

    def _combine(self, node: Expression, operands: list[Value]) -> Value:
        try:
            if isinstance(node, Binary):
                return binary(node.operator, operands[0], operands[1])
            if isinstance(node, Unary):
                return unary(node.operator, operands[0])
            if isinstance(node, Subscript):
                return subscript(node, operands, self)
            if isinstance(node, Call):
                return find_function(node.name)(self, operands)
        except StataError as error:
            if error.span is None:
                error.span = getattr(node, "span", None)
            raise
        raise TypeError(f"no expression: {type(node).__name__}")

    def _special(self, node: Call) -> Value:
        """Return the value of a call whose argument is a name, not a value: `e(ll)`, `rowsof(M)`."""
        if node.name in SAVED_RESULTS:
            return saved_result(node, self)
        others: list[Value] = []
        if node.name != "mreldif":
            others = [self.run(argument) for argument in node.arguments[1:]]
        return matrix_function(node, others, self.context)


def operands_of(node: Expression) -> tuple[Expression, ...]:
    """Return the expressions that an expression is made of."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Subscript):
        return node.indices
    return node.arguments if isinstance(node, Call) else ()


def _is_special(node: Call) -> bool:
    return node.name in SAVED_RESULTS or node.name in MATRIX_FUNCTIONS


def _as_text(values: np.ndarray) -> np.ndarray:
    if any(isinstance(item, bytes) for item in values):
        out = np.empty(len(values), dtype=object)
        out[:] = [item.decode("latin-1") if isinstance(item, bytes) else item for item in values]
        return out
    return values


def evaluate(
    expression: Expression, context: Context, rows: np.ndarray | None = None
) -> float | str | np.ndarray:
    """Return the value of an expression.

    Parameters
    ----------
    expression : Expression
    context : Context
    rows : ndarray of int or bool, or None
        Observations to evaluate at; `_n` and subscripts still count all observations. None: all of them.

    Returns
    -------
    float or str
        When the expression does not vary over observations.
    ndarray, shape (number of rows,)
        float64 with missing values as double codes, or object (str).

    Raises
    ------
    StataError
        r(111) for an unknown name, r(109) for a type mismatch, r(133) for an unknown function, r(198).
    """
    if rows is not None and rows.dtype == np.bool_:
        rows = None if rows.all() else np.flatnonzero(rows)
    value = _run(expression, context, rows)
    if isinstance(value, str):
        return value
    return float(value) if value.ndim == 0 else value


def _run(expression: Expression, context: Context, positions: np.ndarray | None) -> Value:
    try:
        return Evaluation(context, positions).run(expression)
    except RecursionError:
        raise StataError(130, "expression too long") from None


def evaluate_scalar(expression: Expression, context: Context) -> float | str:
    """Return one value, as `display` and `scalar` need it: a variable stands for its first observation."""
    value = _run(expression, context, np.zeros(1, dtype=np.intp))
    if isinstance(value, str):
        return value
    single = value.reshape(-1)[0]
    return single if isinstance(single, str) else float(single)


def evaluate_number(expression: Expression, context: Context) -> float:
    """Return one number; r(109) when the expression is a string."""
    value = evaluate_scalar(expression, context)
    if isinstance(value, str):
        raise type_mismatch()
    return value


def evaluate_column(
    expression: Expression, context: Context, rows: np.ndarray | None = None
) -> tuple[np.ndarray, bool]:
    """Return the values over the observations and whether they are strings.

    The array has shape (number of rows,), as for `evaluate`; a constant is repeated.
    """
    value = evaluate(expression, context, rows)
    if isinstance(value, np.ndarray):
        return value, value.dtype == object
    if rows is None:
        size = context.size
    else:
        size = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
    text = isinstance(value, str)
    return np.full(size, value, dtype=object if text else np.float64), text


def evaluate_condition(expression: Expression, context: Context) -> np.ndarray:
    """Return where a condition holds, shape (n,) of bool: not zero, missing included.

    Raises
    ------
    StataError
        r(109) `type mismatch` when it is a string.
    """
    values, text = evaluate_column(expression, context)
    if text:
        raise type_mismatch()
    return values != 0


__all__ = [
    "Context",
    "Evaluation",
    "evaluate",
    "evaluate_column",
    "evaluate_condition",
    "evaluate_number",
    "evaluate_scalar",
]
