"""From an expression to a query over data by reference."""

from __future__ import annotations

from typing import Any

from xmixed.data.reference.leaves import BOUNDS
from xmixed.data.reference.model import needs_rows
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar, operands_of
from xmixed.expressions.functions.registry import find_function
from xmixed.expressions.pushdown.functions import FUNCTIONS
from xmixed.expressions.pushdown.operators import binary, unary
from xmixed.expressions.pushdown.values import Pushed, constant, holds, kept, truth_of
from xmixed.expressions.results import MATRIX_FUNCTIONS, SAVED_RESULTS
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.nodes import Binary, Call, Expression, Name, Subscript, Unary


def pushed_value(expression: Expression, context: Context) -> tuple[Any, bool]:
    """Return an expression over `context.data`, and whether it is a string.

    The first is an ibis expression over the reference's table: float64 with NULL for missing, or a string
    without NULL.

    Raises
    ------
    StataError
        Those of `evaluate`; r(3) what cannot be computed where the data lie.
    """
    value = _push(expression, context)
    return kept(value), value.is_text


def pushed_condition(expression: Expression, context: Context) -> Any:
    """Return where a condition holds as an ibis boolean without NULL.

    Raises
    ------
    StataError
        As `pushed_value`; r(109) when it is a string.
    """
    return holds(_push(expression, context))


def _push(expression: Expression, context: Context) -> Pushed:
    try:
        return _value(expression, context)
    except RecursionError:
        raise StataError(130, "expression too long") from None


def _value(node: Expression, context: Context) -> Pushed:
    if isinstance(node, Name):
        return _name(node, context)
    if isinstance(node, Subscript):
        _check_subscript(node, context)
    if isinstance(node, Call) and (node.name in SAVED_RESULTS or node.name in MATRIX_FUNCTIONS):
        if node.name == "e" and node.arguments[:1] == (Name("sample"),):
            return _estimation_sample(context)
        return constant(evaluate_scalar(node, context))
    if isinstance(node, Call):
        _check_function(node)
    operands = [_value(operand, context) for operand in operands_of(node)]
    if all(operand.constant is not None for operand in operands):
        return constant(evaluate_scalar(node, context))
    try:
        return _combined(node, operands)
    except StataError as error:
        if error.span is None:
            error.span = getattr(node, "span", None)
        raise


def _estimation_sample(context: Context) -> Pushed:
    mark = context.data.marks.get(getattr(context.e, "mark", "") or "")
    return constant(0.0) if mark is None else truth_of(reference_of(context.data).mark(mark))


def _combined(node: Expression, operands: list[Pushed]) -> Pushed:
    if isinstance(node, Binary):
        return binary(node.operator, operands[0], operands[1])
    if isinstance(node, Unary):
        return unary(node.operator, operands[0])
    if isinstance(node, Call):
        find_function(node.name).check([operand.is_text for operand in operands])
        if node.name not in FUNCTIONS:
            raise needs_rows(f"{node.name}() is")
        return FUNCTIONS[node.name](*operands)
    raise TypeError(f"no expression: {type(node).__name__}")


def _name(node: Name, context: Context) -> Pushed:
    is_system = node.name in ("_n", "_N", "_pi", "_rc")
    variable = None if is_system else abbreviation_of(node.name, context.data, node.span)
    if node.operator and variable is not None:
        raise needs_rows(f"{node.operator}.{node.name} is", node.span)
    if node.name == "_n":
        raise needs_rows("_n is", node.span)
    if variable is None:
        return constant(evaluate_scalar(node, context))
    found, reference = context.data[variable], reference_of(context.data)
    if found.is_string:
        return Pushed("text", reference.text(found))
    return Pushed("number", reference.number(found), True, BOUNDS[found.type])


def _check_subscript(node: Subscript, context: Context) -> None:
    if len(node.indices) == 1 and abbreviation_of(node.name, context.data, node.span) is not None:
        raise needs_rows(f"{node.name}[] is", node.span)


def _check_function(node: Call) -> None:
    """Refuse functions whose values depend on the row, on random numbers or on what was computed before."""
    found = find_function(node.name)
    if found.placed:
        raise needs_rows(f"{node.name}() is", node.span)
