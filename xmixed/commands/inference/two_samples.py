"""What `ttest`, `sdtest`, `prtest` and `ranksum` compare: two groups, two variables, or one and a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column, evaluate_number
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Binary, Command, Expression, Name
from xmixed.language.syntax import OptionSpec
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

BY = OptionSpec("by", "by", "varname", "compare the two groups of a variable")


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What is compared.

    Attributes
    ----------
    kind : {"groups", "variables", "number"}
    names : tuple of str
        Of the groups as tables show them, or of the variables.
    samples : tuple of ndarray
        Numbers without missing values, one or two; `pairs` for variables are those where both are known.
    value : float
        The number that a sample is compared with.
    variable, by : str
        Names of the variable and of the group variable.
    """

    kind: Literal["groups", "variables", "number"]
    names: tuple[str, ...]
    samples: tuple[np.ndarray, ...]
    pairs: tuple[np.ndarray, np.ndarray] | None = None
    value: float = 0.0
    variable: str = ""
    by: str = ""


def compared(session: SessionState, node: Command) -> Compared:
    """Read `y, by(g)`, `y1 == y2` or `y == #`.

    Raises
    ------
    StataError
        r(420) unless there are two groups; r(2000) without observations; r(109) for strings.
    """
    rows = selected_rows(session, node)
    expression = node.argument
    if isinstance(expression, Name):
        node.required("by")
        return _groups(session, node, _numeric(session, expression), rows)
    if expression is None:
        raise StataError(100, "varlist required")
    if not (isinstance(expression, Binary) and expression.operator == "=="):
        raise syntax_error()
    if not isinstance(expression.left, Name):
        raise syntax_error()
    if node.option("by"):
        raise StataError(198, "option by() not allowed", node.options["by"].span)
    first = _numeric(session, expression.left)
    x = first.to_double()
    other = _variable_named(session, expression.right)
    if other is None:
        value = evaluate_number(expression.right, Context.of(session))
        sample = x[rows & ~is_missing(x)]
        _need(sample)
        return Compared("number", (first.name,), (sample,), value=value, variable=first.name)
    y = other.to_double()
    known = rows & ~is_missing(x) & ~is_missing(y)
    samples = x[rows & ~is_missing(x)], y[rows & ~is_missing(y)]
    _need(*samples)
    return Compared("variables", (first.name, other.name), samples, (x[known], y[known]), variable=first.name)


def _need(*samples: np.ndarray) -> None:
    if not all(len(sample) for sample in samples):
        raise StataError(2000, "no observations")


def _variable_named(session: SessionState, expression: Expression) -> Variable | None:
    """Return the variable that an expression is; None for a number or a formula."""
    if not isinstance(expression, Name) or expression.name in session.scalars:
        return None
    return _numeric(session, expression)


def _numeric(session: SessionState, name: Name) -> Variable:
    variable = session.data[resolve_name(name.name, session.data)]
    if variable.is_string:
        hint = f"{variable.name} is a string variable"
        raise StataError(109, "string variables not allowed in varlist;", name.span, hint)
    return variable


def _groups(session: SessionState, node: Command, variable: Variable, rows: np.ndarray) -> Compared:
    by = session.data[resolve_name(node.option("by"), session.data)]
    x = variable.to_double()
    groups = categories_of(by, rows & ~is_missing(x))
    count = len(groups.values)
    if not count:
        raise StataError(2000, "no observations")
    if count != 2:
        found = "more than 2 groups found, only 2 allowed" if count > 2 else "1 group found, 2 required"
        raise StataError(420, found)
    names = tuple(value_texts(session.data, by, groups.values))
    samples = tuple(x[groups.codes == code] for code in range(2))
    return Compared("groups", names, samples, variable=variable.name, by=by.name)


def differences(session: SessionState, node: Command) -> tuple[np.ndarray, str, str]:
    """Read `varname = exp`: the differences that count, shape (m,), the variable and the expression as typed.

    Raises
    ------
    StataError
        r(109) for strings; r(2000) without observations.
    """
    target = node.argument.target
    if not isinstance(target, Name):
        raise syntax_error()
    variable = session.data[resolve_name(target.name, session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch", target.span)
    other, text = evaluate_column(node.argument.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch")
    x = variable.to_double()
    used = selected_rows(session, node) & ~is_missing(x) & ~is_missing(other)
    if not used.any():
        raise StataError(2000, "no observations")
    span = node.argument.expression.span
    return x[used] - other[used], variable.name, node.text[span.start : span.end].strip()
