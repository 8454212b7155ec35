"""Functions of predictions and coefficients: `margins, expression()` and `predictnl`.

Derivatives by the coefficients are differences of four points, whose error is of the order of the fourth
power of the step; a prediction that is linear in them stays exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.prediction import Request, default_request, requested
from xmixed.estimation.results import Estimator, Statistic
from xmixed.expressions.evaluate import evaluate_column, operands_of
from xmixed.language.nodes import Binary, Call, Coefficient, Expression, Name, Subscript, Unary
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Estimates, Matrix

Values = Callable[[Estimates, EstimationFrame, str], np.ndarray]
"""values(e, frame, argument), as statistics have them."""
STENCIL = ((1.0, 8.0), (-1.0, -8.0), (2.0, -1.0), (-2.0, 1.0))
"""Steps and weights (over 12 h) of a derivative."""
STEP = 2e-4


def derivatives(f: Callable[[np.ndarray], np.ndarray], at: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the derivatives of a vector function, shape (values, k).

    Parameters
    ----------
    scale : (k,) array
        The size of each argument's steps, such as its standard error; no derivative is taken where it is 0.
    """
    found = None
    for place in np.flatnonzero(scale > 0).tolist():
        # A step that the argument can represent exactly.
        h = float((at[place] + STEP * scale[place]) - at[place])
        total = np.zeros(1)
        for step, weight in STENCIL:
            moved = at.copy()
            moved[place] += step * h
            total = total + weight / (12.0 * h) * f(moved)
        if found is None:
            found = np.zeros((len(total), len(at)))
        found[:, place] = total
    return np.zeros((len(f(at)), len(at))) if found is None else found


def expression_statistic(
    node: Expression, text: str, estimator: Estimator, estimates: Estimates
) -> Statistic:
    """Return an expression as a statistic with a gradient.

    Raises
    ------
    StataError
        r(198) for `predict()` of what is no statistic.
    """
    calls: dict[str, Request] = {}
    substituted = _without_predictions(node, estimator.statistics, calls)

    def at_coefficients(e: Estimates, frame: EstimationFrame, b: np.ndarray) -> np.ndarray:
        moved = with_coefficients(e, b)
        columns: dict[str, np.ndarray] = {}
        for name, request in calls.items():
            values = request.statistic.values(moved, frame, request.argument)
            columns[name] = frame.spread(values[:, 0] if values.ndim == 2 else values)
        return _evaluated(substituted, moved, frame, columns)

    def values(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        return at_coefficients(e, frame, Coefficients.of(e).b)

    def gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        coefficients = Coefficients.of(e)
        scale = np.sqrt(np.maximum(np.diag(coefficients.V), 0.0))
        return derivatives(lambda b: at_coefficients(e, frame, b), coefficients.b, scale)

    return Statistic("expression", "expression", values, lambda e, argument: text.strip(), gradient=gradient)


def numerical_gradient(values: Values) -> Values:
    """Return the derivatives of a statistic by e(b), from differences."""

    def gradient(e: Estimates, frame: EstimationFrame, argument: str) -> np.ndarray:
        coefficients = Coefficients.of(e)
        scale = np.sqrt(np.maximum(np.diag(coefficients.V), 0.0))

        def moved(b: np.ndarray) -> np.ndarray:
            found = values(with_coefficients(e, b), frame, argument)
            return found[:, 0] if found.ndim == 2 else found

        return derivatives(moved, coefficients.b, scale)

    return gradient


def with_coefficients(estimates: Estimates, b: np.ndarray) -> Estimates:
    """Return estimates with other coefficients."""
    old = estimates.matrices["b"]
    moved = Matrix(b[None, :], list(old.row_names), list(old.column_names))
    return replace(estimates, matrices={**estimates.matrices, "b": moved})


def _without_predictions(
    node: Expression, statistics: tuple[Statistic, ...], calls: dict[str, Request]
) -> Expression:
    """Return an expression with a name in place of each `predict()`; `calls` takes what they ask for."""
    if isinstance(node, Call) and node.name == "predict":
        words: dict[str, str | None] = {}
        for argument in node.arguments:
            if isinstance(argument, Call):
                inner = argument.arguments[0] if len(argument.arguments) == 1 else None
                if not isinstance(inner, Name):
                    raise StataError(198, "invalid syntax", argument.span)
                words[argument.name] = inner.name
            elif isinstance(argument, Name):
                words[argument.name] = None
            else:
                raise StataError(198, "invalid syntax", node.span)
        request = requested(statistics, words) if words else default_request(statistics)
        if request.statistic.gradient is None:
            raise StataError(
                498, "prediction is a function of possibly stochastic quantities other than e(b)"
            )
        if request.statistic.columns is not None and not request.argument:
            request = replace(request, argument="#1")
        name = f"__predict{len(calls)}"
        calls[name] = request
        return Name(name, "", node.span)
    if isinstance(node, Binary):
        left = _without_predictions(node.left, statistics, calls)
        return replace(node, left=left, right=_without_predictions(node.right, statistics, calls))
    if isinstance(node, Unary):
        return replace(node, operand=_without_predictions(node.operand, statistics, calls))
    if isinstance(node, Call):
        found = tuple(_without_predictions(item, statistics, calls) for item in node.arguments)
        return replace(node, arguments=found)
    return node


def _evaluated(
    node: Expression, estimates: Estimates, frame: EstimationFrame, columns: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return the values of an expression over the rows, covariates at the frame's values."""
    data = frame.context.data
    held = [
        Variable(name, "double", frame.spread(frame.values(name)), "%9.0g")
        for name in names_in(node)
        if name in frame.fixed and name in data
    ]
    made = [Variable(name, "double", values, "%9.0g") for name, values in columns.items()]
    data = data.with_variables(*held, *made)
    context = replace(frame.context, data=data, e=estimates)
    values, text = evaluate_column(node, context, frame.rows)
    if text:
        raise StataError(109, "type mismatch")
    return np.where(is_missing(values), np.nan, values)


def names_in(node: Expression) -> set[str]:
    """Return the variables that an expression names."""
    found: set[str] = set()
    pending: list[Expression] = [node]
    while pending:
        own = pending.pop()
        if isinstance(own, (Name, Subscript)):
            found.add(own.name)
        pending += operands_of(own)
    return found


def nonlinear_values(
    nodes: list[Expression], estimates: Estimates, frame: EstimationFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return functions of e(b), (m,), and their derivatives, (m, k): `nlcom` and `testnl`."""
    coefficients = Coefficients.of(estimates)

    def values(b: np.ndarray) -> np.ndarray:
        moved = replace(frame.context, e=with_coefficients(estimates, b))
        found = []
        for node in nodes:
            value, text = evaluate_column(node, moved, np.array([0]) if moved.size else None)
            if text:
                raise StataError(109, "type mismatch", node.span)
            found.append(float(value[0]) if len(value) else MISSING)
        return np.array(found)

    scale = np.sqrt(np.maximum(np.diag(coefficients.V), 0.0))
    used = _places_used(nodes, coefficients)
    scale = np.where([place in used for place in range(len(scale))], scale, 0.0)
    return values(coefficients.b), derivatives(values, coefficients.b, scale)


def _places_used(nodes: list[Expression], coefficients: Coefficients) -> set[int]:
    """Return the places in e(b) of the coefficients that expressions name."""
    found: set[int] = set()
    pending = list(nodes)
    while pending:
        own = pending.pop()
        if isinstance(own, Coefficient):
            equation, _, name = own.name.strip().rpartition(":")
            found.add(coefficients.place(own.equation.strip() or equation, name, own.span))
        pending += operands_of(own)
    return found
