"""test and testparm: Wald tests of linear hypotheses on the coefficients of the last estimates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.hypotheses import read_hypotheses
from xmixed.estimation.results import estimator_of
from xmixed.estimation.sample import resolve_terms
from xmixed.estimation.wald import wald
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.wald_tests import (
    constraint_text,
    render_constraints,
    render_multiple_tests,
    render_wald_test,
)
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.tested import Constraint, Tested
from xmixed.statistics.inference.multiple import adjusted

_MULTIPLE = OptionSpec(
    "mtest",
    "m",
    "choice",
    "test each condition too, with p-values adjusted by a method",
    (("bonferroni", "b"), ("holm", "h"), ("sidak", "s"), ("noadjust", "noadj")),
    optional_value=True,
)


@command(
    "test",
    syntax=Syntax(
        "hypotheses",
        options=(
            OptionSpec("accumulate", "a", help="test jointly with the hypotheses tested before"),
            OptionSpec("notest", "not", help="show no output"),
            _MULTIPLE,
            OptionSpec("coef", "coef", help="show the constrained coefficients", built=False),
            OptionSpec("constant", "cons", help="include the constant of equations", built=False),
            OptionSpec("common", "com", help="only what is common to equations", built=False),
            OptionSpec("minimum", "min", help="test with a minimal set of constraints", built=False),
            OptionSpec("nosvyadjust", "nosvy", help="no adjustment after survey estimation", built=False),
            OptionSpec("matvlc", "matvlc", "name", "save the variances of the combinations", built=False),
        ),
    ),
    synopsis="test {coeflist | exp = exp [= ...] | (spec) [(spec) ...]} [, accumulate notest]",
    needs=("estimates",),
)
def test(session: SessionState, node: Command) -> None:
    coefficients = Coefficients.of(session.e)
    constraints = read_hypotheses(node.argument, coefficients, Context.of(session))
    before: tuple[Constraint, ...] = ()
    last = session.tested
    if node.option("accumulate") and last is not None and last.estimates is session.e:
        before = last.constraints
    _run(session, coefficients, (*before, *constraints), bool(node.option("notest")), _method(node))


@command(
    "testparm",
    syntax=Syntax(
        "varlist_factor",
        options=(
            OptionSpec("equal", "e", help="test that the coefficients are equal"),
            OptionSpec("equation", "equation", "text", "equation to look in"),
            _MULTIPLE,
        ),
    ),
    synopsis="testparm varlist [, equal equation(eqname)]",
    needs=("estimates",),
)
def testparm(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    coefficients = Coefficients.of(session.e)
    equation = coefficients.equation(str(node.option("equation", "#1")))
    wanted = resolve_terms(node.argument, Context.of(session))
    places = [
        place
        for place in _testable(session.e, wanted)
        if coefficients.names[place].rpartition(":")[0] == equation
    ]
    if not places:
        raise StataError(
            111, "no such variables;\nthe specified varlist does not identify any testable coefficients"
        )
    rows = np.eye(len(coefficients.names))[places]
    if node.option("equal"):
        if len(places) < 2:
            raise StataError(102, "too few variables specified")
        rows = rows[1:] - rows[0]
    _run(session, coefficients, tuple(Constraint(row, 0.0) for row in rows), False, _method(node))


def _method(node: Command) -> str:
    """Return how p-values of single conditions are adjusted; "" where none are wanted."""
    found = node.option("mtest")
    return "noadjust" if found is True else found or ""


def _testable(estimates: Estimates, wanted: Sequence[ResolvedTerm]) -> list[int]:
    """Return the places in e(b) of the estimated terms that a varlist means, in the order of e(b)."""
    places = []
    for place, term in enumerate(estimator_of(estimates).terms(estimates)):
        if term is None or not term.parts or term.status:
            continue
        if any(_means(asked, term) for asked in wanted):
            places.append(place)
    return places


def _means(asked: ResolvedTerm, term: Term) -> bool:
    """Return whether a term of a varlist covers a column: same variables, levels among those asked for."""
    parts = {(part.variable, part.time_series, part.level is None): part.level for part in term.parts}
    key = tuple(sorted((part.variable, part.time_series, part.level is None) for part in term.parts))
    if asked.key != key:
        return False
    return all(
        operand.operator.continuous
        or operand.operator.levels is None
        or parts[operand.key] in operand.operator.levels
        for operand in asked.operands
    )


def _run(
    session: SessionState,
    coefficients: Coefficients,
    constraints: tuple[Constraint, ...],
    silent: bool,
    method: str,
) -> None:
    """Test constraints jointly, with a method singly too; show and save the results."""
    rows = np.array([constraint.row for constraint in constraints])
    constants = np.array([constraint.constant for constraint in constraints])
    df_residual = session.e.scalars.get("df_r")
    kept, found = wald(rows, constants, coefficients.b, coefficients.V, df_residual)
    dropped = [number for number in range(1, len(rows) + 1) if number - 1 not in kept]
    if not silent:
        texts = [constraint_text(item.row, item.constant, coefficients.names) for item in constraints]
        session.out.write(*render_constraints(texts, dropped, session.settings.linesize))
    single = (
        [
            wald(rows[i : i + 1], constants[i : i + 1], coefficients.b, coefficients.V, df_residual)[1]
            for i in range(len(rows))
        ]
        if method
        else []
    )
    p_values = adjusted(np.array([test.p_value for test in single]), method)
    if not silent:
        multiple = render_multiple_tests(single, p_values.tolist(), method, found) if method else None
        session.out.write(*(multiple or render_wald_test(found)))
    scalars = {"drop": float(bool(dropped)), "p": found.p_value}
    if df_residual is None:
        scalars["chi2"] = found.statistic
    else:
        scalars |= {"F": found.statistic, "df_r": df_residual}
    scalars |= {f"dropped_{order}": float(number) for order, number in enumerate(dropped, start=1)}
    session.r = Results(scalars | {"df": float(found.df)})
    if method:
        columns = ["chi2" if df_residual is None else "F", "df", "p", "adj-p"]
        table = [[test.statistic, test.df, test.p_value, p] for test, p in zip(single, p_values, strict=True)]
        names = [f"r{number}" for number in range(1, len(table) + 1)]
        session.r.matrices["mtest"] = Matrix(np.array(table, dtype=np.float64), names, columns)
        session.r.macros["mtmethod"] = method
    session.tested = Tested(session.e, constraints)
