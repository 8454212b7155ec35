"""Saved results in expressions: e(), r(), s(), c(), scalar(), coefficients, and functions of matrices."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError, syntax_error
from xmixed.expressions.context import Context
from xmixed.expressions.place import Place
from xmixed.expressions.system_values import system_value
from xmixed.expressions.values import Value, truth, type_mismatch
from xmixed.language.nodes import Call, Coefficient, Expression, Name, Text
from xmixed.missing import MISSING, is_missing

SAVED_RESULTS = frozenset(("e", "r", "s", "c", "scalar", "matrix"))
"""Calls whose argument is a name."""

MATRIX_FUNCTIONS = frozenset(
    "rowsof colsof el rownumb colnumb trace det diag0cnt issymmetric matmissing mreldif".split()
)
"""Calls whose first argument is a matrix."""


def _name_in(node: Expression) -> str:
    if isinstance(node, Name) and not node.operator:
        return node.name
    if isinstance(node, Text):
        return node.value.strip()
    raise syntax_error(span=getattr(node, "span", None))


def saved_result(node: Call, place: Place) -> Value:
    """Return `e(ll)`, `r(mean)`, `s(x)`, `c(level)`, `scalar(x)`; an absent result is missing.

    Raises
    ------
    StataError
        r(109) for a matrix, which is no value; r(111) for an unknown scalar; r(198).
    """
    if len(node.arguments) != 1:
        raise syntax_error(span=node.span)
    name, context = _name_in(node.arguments[0]), place.context
    if node.name == "scalar":
        if name not in context.scalars:
            raise StataError(111, f"scalar {name} not found", node.span)
        return _value(context.scalars[name])
    if node.name == "matrix":
        if context.matrix(name) is None:
            raise StataError(111, f"{name} not found", node.span)
        raise type_mismatch()
    if node.name == "c":
        return _value(system_value(name, context))
    if node.name == "e" and name == "sample":
        return _estimation_sample(place)
    results = {"e": context.e, "r": context.r, "s": context.s}[node.name]
    return _value(results.get(name, MISSING) if results is not None else MISSING)


def _value(found: object) -> Value:
    if isinstance(found, str):
        return found
    if isinstance(found, (int, float, np.number)):
        return np.asarray(found, dtype=np.float64)
    raise type_mismatch()


def _estimation_sample(place: Place) -> np.ndarray:
    context = place.context
    mark = context.data.marks.get(getattr(context.e, "mark", "") or "")
    if mark is None:
        return np.asarray(0.0)
    taken = place.wanted(truth(mark))
    return np.where(is_missing(taken), 0.0, taken)


# --- coefficients ----------------------------------------------------------------------------------


def coefficient(node: Coefficient, context: Context) -> np.ndarray:
    """Return `_b[week]`, `_se[weight:week]`, `[lns1_1_1]_cons`.

    Without an equation the name is looked up in the first one.

    Raises
    ------
    StataError
        r(301) `last estimates not found`; r(111) `[eq]name not found`.
    """
    b = context.matrix("e(b)")
    if b is None:
        raise StataError(301, "last estimates not found", node.span)
    position = _coefficient_position(node.equation.strip(), node.name.strip(), b.column_names)
    if position is None:
        shown = f"[{node.equation}]{node.name}" if node.equation else f"[{node.name}]"
        raise StataError(111, f"{shown} not found", node.span)
    if node.kind == "b":
        return np.asarray(b.values[0, position], dtype=np.float64)
    V = context.matrix("e(V)")
    if V is None:
        return np.asarray(MISSING)
    variance = float(V.values[position, position])
    return np.asarray(np.sqrt(variance) if 0 <= variance < MISSING else MISSING)


def _coefficient_position(equation: str, name: str, column_names: list[str]) -> int | None:
    from xmixed.expressions.coefficient_names import equation_meant, equations_of, place_of

    equations = equations_of(column_names)
    if not equations:
        return None
    if not equation:
        equation, _, name = name.rpartition(":")
    own = equation_meant(equation, equations) if equation else equations[0]
    return None if own is None else place_of(own, name, column_names)


# --- functions of matrices ---------------------------------------------------------------------------


def _matrix_argument(node: Expression, context: Context) -> object:
    if isinstance(node, Call) and len(node.arguments) == 1 and node.name in ("e", "r", "matrix"):
        inner = _name_in(node.arguments[0])
        name = inner if node.name == "matrix" else f"{node.name}({inner})"
    else:
        name = _name_in(node)
    matrix = context.matrix(name)
    if matrix is None:
        raise StataError(111, f"{name} not found", getattr(node, "span", None))
    return matrix


def matrix_function(node: Call, others: list[Value], context: Context) -> np.ndarray:
    """Return `rowsof(M)`, `el(M,i,j)`, `rownumb(M,s)`, `det(M)`, ...

    `others` are the values of the arguments after the matrix; `el` takes columns of subscripts.

    Raises
    ------
    StataError
        r(111) for an unknown matrix; r(109); r(198) for the wrong number of arguments;
        r(503) `conformability error`.
    """
    from xmixed.expressions.matrices.functions import FUNCTIONS

    function, expected = FUNCTIONS[node.name]
    if len(node.arguments) != expected:
        raise syntax_error(span=node.span)
    matrix: object = _matrix_argument(node.arguments[0], context)
    if node.name == "el":
        return _element(matrix.values, others[0], others[1])  # type: ignore[attr-defined]
    if node.name == "mreldif":
        return np.asarray(function(matrix, _matrix_argument(node.arguments[1], context)))
    return np.asarray(function(matrix, *others))


def _element(values: np.ndarray, row: Value, column: Value) -> np.ndarray:
    if isinstance(row, str) or isinstance(column, str) or row.dtype == object or column.dtype == object:
        raise type_mismatch()
    inside = (row >= 1) & (row < values.shape[0] + 1) & (column >= 1) & (column < values.shape[1] + 1)
    i, j = (np.where(inside, index, 1.0).astype(np.intp) - 1 for index in (row, column))
    return np.where(inside, values[i, j], MISSING)
