"""test and testparm: Wald tests of linear hypotheses on the coefficients of the last estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients, testable_places
from xmixed.estimation.display_options import display_options
from xmixed.estimation.hypotheses import read_hypotheses
from xmixed.estimation.multiple_tests import MULTIPLE, multiple_method, save_multiple
from xmixed.estimation.posted import posted_equations
from xmixed.estimation.results import TestsTerms, estimator_of, own_estimator
from xmixed.estimation.sample import resolve_terms
from xmixed.estimation.wald import constrained, wald
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import render_coefficients
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

_DF = OptionSpec("df", "df", "number", "F with these denominator degrees of freedom", minimum_value=0)


@command(
    "test",
    syntax=Syntax(
        "hypotheses",
        options=(
            OptionSpec("accumulate", "a", help="test jointly with the hypotheses tested before"),
            OptionSpec("notest", "not", help="show no output"),
            MULTIPLE,
            OptionSpec("coef", "coef", help="show the constrained coefficients"),
            OptionSpec("constant", "cons", help="include the constant of equations"),
            OptionSpec("common", "com", help="only what is common to equations"),
            _DF,
            OptionSpec("minimum", "min", help="drop what constants make redundant, test without them"),
            OptionSpec("nosvyadjust", "nosvy", help="no adjustment after survey estimation", built=False),
            OptionSpec("matvlc", "matvlc", "name", "save the covariance of the combinations"),
        ),
    ),
    synopsis="test {coeflist | exp = exp [= ...] | (spec) [(spec) ...]} [, accumulate notest]",
    needs=("estimates",),
)
def test(session: SessionState, node: Command) -> None:
    estimator = own_estimator(session.e)
    if isinstance(estimator, TestsTerms):
        tested = estimator.term_test(session.e, node.argument_text)
        if tested is not None:
            session.out.write(*(() if node.option("notest") else tested.lines))
            session.r = Results(tested.scalars)
            return
    coefficients = Coefficients.of(session.e)
    constraints = read_hypotheses(
        node.argument,
        coefficients,
        Context.of(session),
        _equations(session.e, coefficients),
        bool(node.option("constant") or node.option("minimum")),
        bool(node.option("common")),
    )
    if node.option("minimum"):
        constraints = _minimal(constraints, coefficients)
    before: tuple[Constraint, ...] = ()
    last = session.tested
    if node.option("accumulate") and last is not None and last.estimates is session.e:
        before = last.constraints
    _run(session, coefficients, (*before, *constraints), node)


def _minimal(constraints: Sequence[Constraint], coefficients: Coefficients) -> tuple[Constraint, ...]:
    """Return the constraints that stay when those on constants are tested with them, these left out."""
    rows = np.array([constraint.row for constraint in constraints])
    values = np.array([constraint.constant for constraint in constraints])
    kept, _ = wald(rows, values, coefficients.b, coefficients.V, None)
    constants = np.array([name.rpartition(":")[2] == "_cons" for name in coefficients.names])
    found = tuple(constraints[place] for place in kept if constraints[place].row[~constants].any())
    return found or tuple(constraints)


@command(
    "testparm",
    syntax=Syntax(
        "varlist_factor",
        options=(
            OptionSpec("equal", "e", help="test that the coefficients are equal"),
            OptionSpec("equation", "equation", "text", "equation to look in"),
            MULTIPLE,
            _DF,
        ),
    ),
    synopsis="testparm varlist [, equal equation(eqname)]",
    needs=("estimates",),
)
def testparm(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    coefficients = Coefficients.of(session.e)
    asked = node.option("equation")
    equations = _equations(session.e, coefficients)
    if asked is not None:
        equations = (coefficients.equation(str(asked)),)
    wanted = resolve_terms(node.argument, Context.of(session))
    places = [
        place
        for place in testable_places(estimator_of(session.e).terms(session.e), wanted)
        if coefficients.names[place].rpartition(":")[0] in equations
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
    _run(session, coefficients, tuple(Constraint(row, 0.0) for row in rows), node)


def _equations(estimates: Estimates, coefficients: Coefficients) -> tuple[str, ...]:
    """Return the equations in which a name without one is looked for: those with covariates, or the first."""
    try:
        terms = estimator_of(estimates).terms(estimates)
    except StataError:  # a program of the user's has posted e()
        return coefficients.equations[:1]
    names = [
        name.rpartition(":")[0]
        for name, term in zip(coefficients.names, terms, strict=True)
        if term is not None
    ]
    return tuple(dict.fromkeys(names)) or coefficients.equations[:1]


def _run(
    session: SessionState,
    coefficients: Coefficients,
    constraints: tuple[Constraint, ...],
    node: Command,
) -> None:
    """Test constraints jointly, with a method singly too; show and save the results."""
    silent, method = bool(node.option("notest")), multiple_method(node)
    rows = np.array([constraint.row for constraint in constraints])
    constants = np.array([constraint.constant for constraint in constraints])
    df_residual: float | None = node.option("df", session.e.scalars.get("df_r"))
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
    if node.option("coef"):
        b, V = constrained(rows[kept], constants[kept], coefficients.b, coefficients.V)
        session.out.write(*_constrained_table(session, coefficients, b, V))
    if node.option("matvlc"):
        labels = [f"c{number}" for number in range(1, len(rows) + 1)]
        session.matrices[node.option("matvlc")] = Matrix(rows @ coefficients.V @ rows.T, labels, labels)
    scalars = {"drop": float(bool(dropped)), "p": found.p_value}
    if df_residual is None:
        scalars["chi2"] = found.statistic
    else:
        scalars |= {"F": found.statistic, "df_r": df_residual}
    scalars |= {f"dropped_{order}": float(number) for order, number in enumerate(dropped, start=1)}
    session.r = Results(scalars | {"df": float(found.df)})
    if method:
        save_multiple(session.r, single, p_values, method)
    session.tested = Tested(session.e, constraints)


def _constrained_table(
    session: SessionState, coefficients: Coefficients, b: np.ndarray, V: np.ndarray
) -> list[Line]:
    """Return the coefficients that fulfil the hypothesis, and are nearest to the estimates."""
    shown = np.flatnonzero(np.diag(coefficients.V) > 0).tolist()  # base levels stay away
    names = [coefficients.names[place] for place in shown]
    covariance = Matrix(V[np.ix_(shown, shown)], names, names)
    matrices = {"b": Matrix(b[None, shown], ["y1"], names), "V": covariance}
    settings = session.settings
    found = Estimates(session.e.scalars, session.e.macros, matrices)
    style = display_options(lambda name, default=None: default, settings, False).style
    style = replace(style, statistic="z" if "df_r" not in session.e.scalars else "t")
    return [
        line(),
        line("Constrained coefficients"),
        line(),
        *render_coefficients("", posted_equations(found, settings.level), style),
    ]
