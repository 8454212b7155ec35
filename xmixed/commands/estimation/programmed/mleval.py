"""mleval, mlsum: what programs for ml use."""

from __future__ import annotations

import numpy as np

from xmixed.commands.estimation.programmed.calling import active_problem
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command, Name
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState


def _target(node: Command) -> str:
    if not isinstance(node.argument.target, Name):
        raise StataError(198, "invalid syntax")
    return node.argument.target.name


@command(
    "mleval",
    syntax=Syntax(
        "assignment",
        options=(
            OptionSpec("eq", "eq", "integer", "number of the equation; default 1", minimum_value=1),
            OptionSpec("scalar", "scalar", help="a scalar in place of a variable"),
        ),
    ),
    synopsis="mleval newname = vector [, eq(#) scalar]",
    keeps_r=True,
)
def mleval(session: SessionState, node: Command) -> None:
    problem, number = active_problem(session), int(node.option("eq", 1))
    equations = problem.system.equations
    if number > len(equations):
        raise StataError(303, f"equation [#{number}] not found")
    source = node.argument.expression
    matrix = Context.of(session).matrix(source.name) if isinstance(source, Name) else None
    if matrix is None:
        raise StataError(111, "mleval: a vector of coefficients is wanted")
    start = sum(len(own.terms) for own in equations[: number - 1])
    equation = equations[number - 1]
    own = matrix.values[0, start : start + len(equation.terms)]
    used = [value for value, term in zip(own, equation.terms, strict=True) if not term.status]
    n = len(problem.system.base.y)
    eta = np.zeros(n) if equation.offset is None else equation.offset.astype(np.float64)
    for value, column in zip(used, equation.columns, strict=True):
        eta = eta + (value if column is None else value * column)
    name = _target(node)
    if node.option("scalar"):
        if any(column is not None for column in equation.columns):
            raise StataError(198, f"equation [#{number}] is not constant")
        session.scalars[name] = float(eta[0])
        return
    if session.data.n_obs != n:
        raise StataError(459, "data have changed while ml was evaluating")
    check_new_name(name, session.data)
    values = np.where(np.isfinite(eta), eta, MISSING)
    session.data = session.data.with_variables(Variable(name, "double", values, "%10.0g"))


@command(
    "mlsum",
    syntax=Syntax(
        "assignment", condition=True, options=(OptionSpec("noweight", "now", help="do not weight the sum"),)
    ),
    synopsis="mlsum scalarname = exp [if] [, noweight]",
    keeps_r=True,
)
def mlsum(session: SessionState, node: Command) -> None:
    problem = active_problem(session)
    rows = selected_rows(session, node)
    values, text = evaluate_column(node.argument.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch")
    used = values[rows]
    weights = problem.system.weights
    weighted = weights is not None and not node.option("noweight")
    if len(used) and is_missing(used).any():
        total = MISSING
    else:
        total = float(used @ weights[rows]) if weighted and weights is not None else float(used.sum())
    session.scalars[_target(node)] = total
