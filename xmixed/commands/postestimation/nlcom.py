"""nlcom and testnl: nonlinear combinations of coefficients, and tests of nonlinear hypotheses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.delta import wald_figures
from xmixed.estimation.display_options import display_options
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.expressions import nonlinear_values
from xmixed.estimation.multiple_tests import MULTIPLE, multiple_method, save_multiple
from xmixed.estimation.wald import wald
from xmixed.expressions.context import Context
from xmixed.language.arguments.nonlinear import NonlinearEquation
from xmixed.language.nodes import Binary, Command, Expression
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.output import line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Equation, render_coefficients
from xmixed.render.layouts.postestimation.wald_tests import (
    render_expressions,
    render_multiple_tests,
    render_nonlinear_test,
    render_numbered,
)
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import commit
from xmixed.statistics.inference.multiple import adjusted

DF = OptionSpec("df", "df", "number", "degrees of freedom", minimum_value=1e-8)
ITERATE = OptionSpec("iterate", "iter", "integer", "iterations of numerical derivatives; of no effect")


def _evaluated(session: SessionState, nodes: list[Expression]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values, derivatives and covariance of functions of the coefficients.

    Raises
    ------
    StataError
        r(498) where one is missing.
    """
    context = Context.of(session)
    frame = EstimationFrame(context, np.ones(context.size, dtype=bool))
    with np.errstate(all="ignore"):
        values, J = nonlinear_values(nodes, session.e, frame)
    if np.any(is_missing(values)) or not np.all(np.isfinite(J)) or np.any(is_missing(J)):
        raise StataError(498, "expression evaluates to missing, or has no derivatives")
    return values, J, Coefficients.of(session.e).covariance_of(J)


@command(
    "nlcom",
    syntax=Syntax(
        "named_expressions",
        options=(
            LEVEL,
            OptionSpec("post", "post", help="put the combinations in e()"),
            OptionSpec("noheader", "nohe", help="do not show the expressions"),
            DF,
            ITERATE,
            OptionSpec("cformat", "cformat", "format", "format of figures"),
            OptionSpec("pformat", "pformat", "format", "format of p-values"),
            OptionSpec("sformat", "sformat", "format", "format of test statistics"),
        ),
    ),
    synopsis="nlcom [name:] exp | ([name:] exp) [([name:] exp) ...] [, level(#) post df(#) noheader]",
    needs=("estimates",),
)
def nlcom(session: SessionState, node: Command) -> None:
    """Estimate nonlinear combinations of coefficients by the delta method."""
    if not node.argument:
        raise StataError(198, "invalid syntax")
    names = [item.name or f"_nl_{number}" for number, item in enumerate(node.argument, start=1)]
    if len(set(names)) < len(names):
        raise StataError(198, "names of expressions must be distinct")
    values, _, V = _evaluated(session, [item.expression for item in node.argument])
    options, df = display_options(node.option, session.settings, False), node.option("df")
    rows = [
        CoefficientRow(name, wald_figures(float(value), float(variance), options.style.level, df))
        for name, value, variance in zip(names, values, np.diag(V), strict=True)
    ]
    if not node.option("noheader"):
        texts = [(name, item.text) for name, item in zip(names, node.argument, strict=True)]
        session.out.write(*render_expressions(texts))
    style = replace(options.style, statistic="z" if df is None else "t")
    session.out.write(line(), *render_coefficients("", [Equation(tuple(rows))], style))
    matrices = {
        "b": Matrix(values[None, :], ["r1"], list(names)),
        "V": Matrix((V + V.T) / 2, list(names), list(names)),
    }
    scalars = {} if df is None else {"df_r": float(df)}
    if "N" in session.e.scalars:
        scalars["N"] = session.e.scalars["N"]
    session.r = Results(scalars, matrices=matrices)
    if node.option("post"):
        macros = {"cmd": "nlcom", "cmdline": node.text.strip(), "properties": "b V"}
        posted = {"b": Matrix(values[None, :], ["y1"], list(names)), "V": matrices["V"]}
        commit(session, Estimates(dict(scalars), macros, posted, mark=session.e.mark))


@command(
    "testnl",
    syntax=Syntax(
        "equations",
        options=(
            OptionSpec("g", "g", "name", "save the derivatives", built=False),
            OptionSpec("r", "r", "name", "save the residuals", built=False),
            MULTIPLE,
            DF,
            ITERATE,
        ),
    ),
    synopsis="testnl exp = exp [= exp ...] | (exp = exp [= ...]) [(...) ...] [, df(#)]",
    needs=("estimates",),
)
def testnl(session: SessionState, node: Command) -> None:
    """Test nonlinear hypotheses on coefficients by a Wald test."""
    if not node.argument:
        raise StataError(198, "invalid syntax")
    values, J, V = _evaluated(
        session, [item for equation in node.argument for item in _differences(equation)]
    )
    df_residual = node.option("df", session.e.scalars.get("df_r"))
    size = len(values)
    kept, found = wald(np.eye(size), np.zeros(size), values, V, df_residual)
    session.out.write(*render_numbered([equation.text for equation in node.argument]))
    method = multiple_method(node)
    single = [wald(np.eye(size)[i : i + 1], np.zeros(1), values, V, df_residual)[1] for i in range(size)]
    p_values = adjusted(np.array([test.p_value for test in single]), method) if method else np.empty(0)
    multiple = render_multiple_tests(single, p_values.tolist(), method, found) if method else None
    session.out.write(*(multiple or render_nonlinear_test(found)))
    scalars = {"df": float(found.df), "p": found.p_value}
    if df_residual is None:
        scalars["chi2"] = found.statistic
    else:
        scalars |= {"F": found.statistic, "df_r": float(df_residual)}
    session.r = Results(scalars)
    if method:
        save_multiple(session.r, single, p_values, method)


def _differences(equation: NonlinearEquation) -> list[Expression]:
    """Return the first side less each of the others."""
    first, *others = equation.sides
    return [Binary("-", first, other, equation.span) for other in others]
