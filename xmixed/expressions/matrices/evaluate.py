"""Evaluating matrix expressions: values with their row and column names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import Span, StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar
from xmixed.expressions.matrices.functions import (
    FUNCTIONS,
    MatrixValue,
    as_matrix,
    bare_name,
    check_size,
    count_in,
    name_position,
    named,
    number_in,
)
from xmixed.expressions.operators import binary
from xmixed.expressions.values import cleaned, type_mismatch
from xmixed.language.arguments.matrix_expressions import (
    MatrixCall,
    MatrixElements,
    MatrixExpression,
    MatrixName,
    ScalarPart,
    Stretch,
)
from xmixed.language.nodes import Name
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Matrix


@dataclass(frozen=True, slots=True)
class _Absent:
    """What `nullmat(A)` gives when there is no A."""


_Value = MatrixValue | _Absent


def evaluate_matrix(node: MatrixExpression, context: Context) -> Matrix:
    """Return the matrix that an expression gives; a number becomes one of 1 x 1.

    Raises
    ------
    StataError
        r(111) for a name that is neither; r(503) `conformability error`; r(504) for missing values where none
        can be; r(505), r(506), r(908); r(109) for text.
    """
    value = _evaluate(node, context)
    if isinstance(value, _Absent):
        raise StataError(111, "matrix not found", node.span)
    if isinstance(value, str):
        raise type_mismatch()
    return value if isinstance(value, Matrix) else named(np.array([[value]]))


def _evaluate(node: MatrixExpression, context: Context) -> _Value:
    try:
        if isinstance(node, ScalarPart):
            return evaluate_scalar(node.expression, context)
        if isinstance(node, MatrixName):
            return _of_name(node, context)
        if isinstance(node, MatrixElements):
            return _elements(node, context)
        if isinstance(node, MatrixCall):
            return _call(node, context)
        operands = [_evaluate(operand, context) for operand in node.operands]
        return _operate(node.operator, operands)
    except StataError as error:
        if error.span is None:
            error.span = node.span
        raise


def _of_name(node: MatrixName, context: Context) -> _Value:
    found = context.matrix(node.name)
    if found is not None:
        return Matrix(found.values, list(found.row_names), list(found.column_names))
    if node.name.endswith(")"):
        results = context.e if node.name[0] == "e" else context.r
        value = results.get(node.name[2:-1].strip()) if results is not None else None
        if value is None:
            raise StataError(111, f"{node.name} not found", node.span)
        return value
    return evaluate_scalar(Name(node.name, "", node.span), context)


# --- operators ---------------------------------------------------------------------------------------


def _operate(operator: str, operands: list[_Value]) -> _Value:
    if operator in (",", "\\"):
        return _join(operator, operands[0], operands[1])
    for operand in operands:
        if isinstance(operand, _Absent):
            raise StataError(111, "matrix not found")
    if len(operands) == 1:
        return _single(operator, operands[0])
    left, right = operands
    if not isinstance(left, Matrix) and not isinstance(right, Matrix):
        return _of_scalars(operator, left, right)
    for operand in operands:
        if isinstance(operand, str):
            raise type_mismatch()
    return _of_matrices(operator, left, right)  # type: ignore[arg-type]


def _single(operator: str, operand: _Value) -> _Value:
    if operator == "'":
        if isinstance(operand, Matrix):
            return Matrix(operand.values.T.copy(), operand.column_names, operand.row_names)
        return operand
    if isinstance(operand, str):
        raise type_mismatch()
    if isinstance(operand, Matrix):
        if operator == "!":
            raise StataError(509, "matrix operators that return matrices not allowed in this context")
        return Matrix(cleaned(-operand.values, operand.values), operand.row_names, operand.column_names)
    value = float(operand)  # type: ignore[arg-type]
    if operator == "!":
        return float(value == 0)
    return MISSING if is_missing(np.asarray(value)) else -value


def _of_scalars(operator: str, left: _Value, right: _Value) -> float | str:
    if operator == "#":
        operator = "*"
    sides = [side if isinstance(side, str) else np.asarray(side, dtype=np.float64) for side in (left, right)]
    found = binary(operator, *sides)
    return found if isinstance(found, str) else float(found)


def _of_matrices(operator: str, left: Matrix | float, right: Matrix | float) -> Matrix:
    if operator in "+-":
        return _sum(operator, left, right)
    if operator == "*":
        return _product(left, right)
    if operator == "/":
        divisor = number_in(right)
        if not isinstance(left, Matrix) or divisor is None:
            raise StataError(503, "conformability error")
        with np.errstate(all="ignore"):
            values = cleaned(left.values / divisor, left.values, np.asarray(divisor))
        return Matrix(values, left.row_names, left.column_names)
    if operator == "#":
        return _kronecker(left, right)
    raise StataError(509, "matrix operators that return matrices not allowed in this context")


def _sum(operator: str, left: Matrix | float, right: Matrix | float) -> Matrix:
    a, b = (side if isinstance(side, Matrix) else named(np.array([[side]])) for side in (left, right))
    if a.values.shape != b.values.shape:
        raise StataError(503, "conformability error")
    result = a.values + b.values if operator == "+" else a.values - b.values
    return Matrix(cleaned(result, a.values, b.values), a.row_names, b.column_names)


def _product(left: Matrix | float, right: Matrix | float) -> Matrix:
    for factor, other in ((left, right), (right, left)):
        number = number_in(factor)
        fits = isinstance(left, Matrix) and isinstance(right, Matrix)
        if number is not None and isinstance(other, Matrix) and not (fits and _conform(left, right)):  # type: ignore[arg-type]
            with np.errstate(all="ignore"):
                scaled = cleaned(number * other.values, other.values, np.asarray(number))
            return Matrix(scaled, other.row_names, other.column_names)
    assert isinstance(left, Matrix) and isinstance(right, Matrix)
    if not _conform(left, right):
        raise StataError(503, "conformability error")
    a, b = (np.where(is_missing(side.values), np.nan, side.values) for side in (left, right))
    with np.errstate(all="ignore"):
        values = cleaned(np.nan_to_num(a @ b, nan=MISSING, posinf=MISSING, neginf=MISSING))
    return Matrix(values, left.row_names, right.column_names)


def _conform(left: Matrix, right: Matrix) -> bool:
    return left.values.shape[1] == right.values.shape[0]


def _kronecker(left: Matrix | float, right: Matrix | float) -> Matrix:
    if not isinstance(left, Matrix) or not isinstance(right, Matrix):
        return _product(left, right)
    check_size(*(float(a) * b for a, b in zip(left.values.shape, right.values.shape, strict=True)))
    names = [
        [f"{bare_name(a)}:{bare_name(b)}" for a in first for b in second]
        for first, second in ((left.row_names, right.row_names), (left.column_names, right.column_names))
    ]
    a, b = np.broadcast_arrays(
        np.kron(left.values, np.ones(right.values.shape)), np.kron(np.ones(left.values.shape), right.values)
    )
    return Matrix(cleaned(a * b, a, b), names[0], names[1])


def _join(operator: str, left: _Value, right: _Value) -> _Value:
    if isinstance(left, _Absent) or isinstance(right, _Absent):
        return right if isinstance(left, _Absent) else left
    a, b = as_matrix(left), as_matrix(right)
    across = operator == ","
    if a.values.shape[not across] != b.values.shape[not across]:
        raise StataError(503, "conformability error")
    values = np.concatenate([a.values, b.values], axis=1 if across else 0)
    check_size(*values.shape)
    if across:
        return Matrix(values, a.row_names, _appended(a.column_names, b.column_names, "c"))
    return Matrix(values, _appended(a.row_names, b.row_names, "r"), a.column_names)


def _appended(first: list[str], second: list[str], prefix: str) -> list[str]:
    """Return the names of joined matrices; a default name stands for its place and moves with it."""
    moved = [
        f"{prefix}{len(first) + i}" if name == f"{prefix}{i}" else name for i, name in enumerate(second, 1)
    ]
    return first + moved


# --- subscripts --------------------------------------------------------------------------------------


def _elements(node: MatrixElements, context: Context) -> _Value:
    found = _evaluate(node.operand, context)
    if not isinstance(found, Matrix):
        raise StataError(111, "matrix not found", node.operand.span)
    rows = positions_of(node.rows, found.row_names, context)
    columns = positions_of(node.columns, found.column_names, context)
    if isinstance(rows, int) and isinstance(columns, int):
        height, width = found.values.shape
        inside = 0 <= rows < height and 0 <= columns < width
        return float(found.values[rows, columns]) if inside else MISSING
    chosen = []
    for positions, length in zip((rows, columns), found.values.shape, strict=True):
        indices = range(positions, positions + 1) if isinstance(positions, int) else positions
        if len(indices) == 0 or indices[0] < 0 or indices[-1] >= length:
            raise StataError(503, "conformability error", node.span)
        chosen.append(list(indices))
    return Matrix(
        found.values[np.ix_(*chosen)],
        [found.row_names[i] for i in chosen[0]],
        [found.column_names[i] for i in chosen[1]],
    )


def positions_of(stretch: Stretch, names: list[str], context: Context) -> int | range:
    """Return what a subscript means, counted from 0: an int for a single number, else the positions.

    Raises
    ------
    StataError
        r(111) for a name that no row or column has; r(109).
    """
    if stretch.first is None:
        return range(len(names))
    first = _position(stretch.first, names, context)
    if stretch.single:
        return first
    last = len(names) - 1 if stretch.last is None else _position(stretch.last, names, context)
    begin = first if isinstance(first, int) else first[0]
    end = last if isinstance(last, int) else last[-1]
    return range(begin, end + 1)


def _position(node: MatrixExpression, names: list[str], context: Context) -> int | range:
    value = _evaluate(node, context)
    if isinstance(value, Matrix):
        value = number_in(value)
    if isinstance(value, str):
        return _named_positions(value, names)
    if not isinstance(value, float) or is_missing(np.asarray(value)):
        return -1
    return int(value) - 1 if abs(value) < 1e9 else -1


def _named_positions(wanted: str, names: list[str]) -> range:
    """Return the positions that a name (`x`, `eq:x`) or an equation (`eq:`) means."""
    if wanted.endswith(":"):
        at = [i for i, name in enumerate(names) if name.startswith(wanted)]
        if at:
            return range(at[0], at[-1] + 1)
    elif (place := name_position(wanted, names)) is not None:
        return range(place, place + 1)
    raise StataError(111, f"{wanted} not found")


# --- functions ---------------------------------------------------------------------------------------


def _call(node: MatrixCall, context: Context) -> _Value:
    if node.name == "nullmat":
        return _null_matrix(node, context)
    if node.name == "get":
        return _system_matrix(node, context)
    if node.name == "el" and node.arguments and isinstance(node.arguments[0], MatrixName):
        if context.matrix(node.arguments[0].name) is None:
            return MISSING
    values: list[MatrixValue] = []
    for argument in node.arguments:
        value = _evaluate(argument, context)
        if isinstance(value, _Absent):
            raise StataError(111, "matrix not found", argument.span)
        values.append(value)
    function, count = FUNCTIONS.get(node.name, (None, 2))
    if len(values) != count:
        raise StataError(198, "invalid syntax", node.span)
    if function is None:  # matuniform()
        shape = count_in(values[0]), count_in(values[1])
        return named(context.memory.generator().random(shape))
    return function(*values)


def _null_matrix(node: MatrixCall, context: Context) -> _Value:
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], MatrixName):
        raise StataError(198, "invalid syntax", node.span)
    name = node.arguments[0].name
    if context.matrix(name) is None and name not in context.scalars:
        return _Absent()
    return _evaluate(node.arguments[0], context)


def _system_matrix(node: MatrixCall, context: Context) -> Matrix:
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    name = {"_b": "e(b)", "VCE": "e(V)"}.get(argument.name if isinstance(argument, MatrixName) else "")
    if name is None:
        raise StataError(198, "invalid syntax", node.span)
    found = context.matrix(name)
    if found is None:
        raise StataError(301, "last estimates not found", node.span)
    return Matrix(found.values, list(found.row_names), list(found.column_names))


def matrix_named(name: str, context: Context, span: Span | None = None) -> Matrix:
    """Return the matrix of a name; r(111) `matrix A not found`."""
    found = context.matrix(name) if name else None
    if found is None:
        raise StataError(111, f"matrix {name} not found" if name else "matrix not found", span)
    return found
