"""lincom: a linear combination of coefficients."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.display_options import display_options
from xmixed.estimation.hypotheses import read_combination
from xmixed.estimation.results import ShowsExponentials, own_estimator
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Equation, render_coefficients
from xmixed.render.layouts.postestimation.wald_tests import constraint_text, render_constraints
from xmixed.session.results import Results
from xmixed.session.state import SessionState

EXPONENTIALS = {"eform": "exp(b)", "or": "Odds Ratio", "hr": "Haz. Ratio", "irr": "IRR", "rrr": "RRR"}
"""Heads of exponentiated combinations, by option."""


@command(
    "lincom",
    syntax=Syntax(
        "hypotheses",
        options=(
            LEVEL,
            OptionSpec("eform", "ef", help="show exp(combination)"),
            OptionSpec("or", "or", help="show an odds ratio"),
            OptionSpec("hr", "hr", help="show a hazard ratio"),
            OptionSpec("irr", "irr", help="show an incidence-rate ratio"),
            OptionSpec("rrr", "rrr", help="show a relative-risk ratio"),
            OptionSpec("df", "df", "number", "degrees of freedom of t", minimum_value=1e-8),
            OptionSpec("cformat", "cformat", "format", "format of figures"),
            OptionSpec("pformat", "pformat", "format", "format of p-values"),
            OptionSpec("sformat", "sformat", "format", "format of test statistics"),
        ),
        exclusive=(tuple(EXPONENTIALS),),
    ),
    synopsis="lincom exp [, level(#) eform or hr irr rrr df(#)]",
    needs=("estimates",),
)
def lincom(session: SessionState, node: Command) -> None:
    """Estimate, test and bound a combination of the coefficients of the last estimates."""
    coefficients = Coefficients.of(session.e)
    found = read_combination(node.argument, coefficients, Context.of(session))
    options = display_options(node.option, session.settings, False)
    df = node.option("df", session.e.scalars.get("df_r"))
    estimate = float(found.row @ coefficients.b + found.constant)
    variance = float(coefficients.covariance_of(found.row[None])[0, 0])
    figures = wald_figures(estimate, variance, options.style.level, df)
    asked = next((name for name in EXPONENTIALS if node.option(name)), "")
    heading = EXPONENTIALS[asked] if asked else _usual_heading(session)
    shown = exponentiated(figures) if heading else figures
    style = replace(options.style, statistic="z" if df is None else "t", estimate_title=heading or "Coef.")
    text = constraint_text(found.row, 0.0 - found.constant, coefficients.names)
    session.out.write(*render_constraints([text], (), session.settings.linesize), line())
    depvar = session.e.macros.get("depvar", "").split()
    rows = (CoefficientRow("(1)", shown),)
    session.out.write(*render_coefficients(depvar[0] if depvar else "", [Equation(rows)], style))
    scalars = {"estimate": figures.estimate, "se": figures.standard_error}
    if df is not None:
        scalars["df"] = float(df)
    session.r = Results(scalars)


def _usual_heading(session: SessionState) -> str:
    """Return the head of exponentials where the estimator shows nothing else; "" for coefficients."""
    estimator = own_estimator(session.e)
    return estimator.usual_exponential(session.e) if isinstance(estimator, ShowsExponentials) else ""
