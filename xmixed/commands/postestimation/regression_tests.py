"""estat hettest, szroeter, ovtest, imtest and vif: tests after regress."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.estimation.linear.diagnostics import (
    SpecificationTest,
    heteroskedasticity_test,
    inflation_factors,
    information_matrix_test,
    reset_test,
    szroeter_test,
)
from xmixed.estimation.linear.refit import Refitted, estimated_terms, fitted_sample, labels_of
from xmixed.estimation.multiple_tests import MULTIPLE, multiple_method, save_multiple
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.postestimation.regression_tests import (
    render_heteroskedasticity,
    render_inflation,
    render_information_matrix,
    render_reset,
    render_tests_of_variables,
    render_white,
)
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.multiple import adjusted

REGRESS = ("regress",)
RHS = OptionSpec("rhs", "r", help="the covariates of the model")


@subcommand(
    "estat",
    "hettest",
    syntax=Syntax(
        "varlist",
        options=(
            RHS,
            OptionSpec("normal", "n", help="for normal errors; the default"),
            OptionSpec("iid", "iid", help="for any errors: N R-squared"),
            OptionSpec("fstat", "f", help="the F of that regression"),
            MULTIPLE,
        ),
        exclusive=(("normal", "iid", "fstat"),),
    ),
    synopsis="estat hettest [varlist] [, rhs normal iid fstat mtest(method)]",
    needs=("estimates",),
    after=REGRESS,
)
def hettest(session: SessionState, node: Command) -> None:
    """The score test for heteroskedasticity."""
    if "vcetype" in session.e.macros:
        raise StataError(498, "estat hettest not valid after robust estimation")
    sample = fitted_sample(session.e, Context.of(session))
    depvar = session.e.macros["depvar"]
    names, variables = _tested(session, node, sample)
    form = next((name for name in ("iid", "fstat") if node.option(name)), "normal")
    if multiple_method(node):
        _hettest_each(session, node, sample, names, variables, form)
        return
    found = heteroskedasticity_test(sample.data, variables or [sample.data.fitted], form)
    label, tail = f"chi2({found.df})", "chi2"
    if found.df_residual is not None:
        label, tail = f"F({found.df}, {found.df_residual:.0f})", "F"
    shown = " ".join(names) if names else f"fitted values of {depvar}"
    session.out.write(*render_heteroskedasticity(shown, label, found.statistic, tail, found.p_value))
    if found.df_residual is None:
        session.r = Results({"chi2": found.statistic, "df": float(found.df), "p": found.p_value})
    else:
        scalars = {"F": found.statistic, "df_m": float(found.df), "df_r": found.df_residual}
        session.r = Results(scalars | {"p": found.p_value})


def _hettest_each(
    session: SessionState,
    node: Command,
    sample: Refitted,
    names: list[str],
    variables: list[np.ndarray],
    form: str,
) -> None:
    """Show the tests of single variables, and that of all."""
    if not names:
        names, variables = sample.names, sample.data.covariates
    method = multiple_method(node)
    single = [heteroskedasticity_test(sample.data, [values], form) for values in variables]
    joint = heteroskedasticity_test(sample.data, variables, form)
    p_values = adjusted(np.array([test.p_value for test in single]), method)
    title = ["Breusch-Pagan / Cook-Weisberg test for heteroskedasticity ", "         Ho: Constant variance"]
    rows = _rows(names, single, p_values)
    kind = "chi2" if joint.df_residual is None else "F"
    together = (joint.statistic, joint.df, joint.p_value)
    session.out.write(*render_tests_of_variables(title, rows, method, kind, together))
    scalars = {kind: joint.statistic, "df": float(joint.df), "p": joint.p_value}
    session.r = Results(scalars)
    tests = [WaldTest(test.statistic, test.df, test.p_value, test.df_residual) for test in single]
    save_multiple(session.r, tests, p_values, method)


@subcommand(
    "estat",
    "szroeter",
    syntax=Syntax("varlist", options=(RHS, MULTIPLE)),
    synopsis="estat szroeter [varlist] [, rhs mtest(method)]",
    needs=("estimates",),
    after=REGRESS,
)
def szroeter(session: SessionState, node: Command) -> None:
    """Test for each variable whether the variance rises or falls with it."""
    if "vcetype" in session.e.macros or "wtype" in session.e.macros:
        raise StataError(498, "estat szroeter not valid after robust or weighted estimation")
    sample = fitted_sample(session.e, Context.of(session))
    names, variables = _tested(session, node, sample)
    if not names:
        raise StataError(100, "varlist required", hint="option rhs takes the covariates")
    method = multiple_method(node) or "noadjust"
    single = [szroeter_test(sample.data, values) for values in variables]
    p_values = adjusted(np.array([test.p_value for test in single]), method)
    title = [
        "Szroeter's test for homoskedasticity",
        "",
        "Ho: variance constant",
        "Ha: variance monotonic in variable",
    ]
    rows = _rows(names, single, p_values)
    session.out.write(*render_tests_of_variables(title, rows, method))
    session.r = Results()
    save_multiple(session.r, [WaldTest(t.statistic, t.df, t.p_value) for t in single], p_values, method)


def _rows(
    names: list[str], single: list[SpecificationTest], p_values: np.ndarray
) -> list[tuple[str, float, int, float]]:
    return [
        (name, test.statistic, test.df, float(p))
        for name, test, p in zip(names, single, p_values, strict=True)
    ]


def _tested(session: SessionState, node: Command, sample: Refitted) -> tuple[list[str], list[np.ndarray]]:
    """Return the variables that a test is about, over the sample; r(498) where they are missing there."""
    names = list(resolve_varlist(node.argument, session.data)) if node.argument else []
    variables = [sample.values(session.data[name].to_double()) for name in names]
    for name, values in zip(names, variables, strict=True):
        if is_missing(values).any():
            raise StataError(498, f"{name} has missing values in the estimation sample")
    if node.option("rhs"):
        variables += sample.data.covariates
        names += sample.names
    return names, variables


@subcommand(
    "estat",
    "ovtest",
    syntax=Syntax(options=(RHS,)),
    synopsis="estat ovtest [, rhs]",
    needs=("estimates",),
    after=REGRESS,
)
def ovtest(session: SessionState, node: Command) -> None:
    """The test for omitted variables."""
    sample = fitted_sample(session.e, Context.of(session))
    found = reset_test(sample.data, bool(node.option("rhs")))
    assert found.df_residual is not None
    of = "independent variables" if node.option("rhs") else f"fitted values of {session.e.macros['depvar']}"
    session.out.write(*render_reset(of, found.df, found.df_residual, found.statistic, found.p_value))
    scalars = {"p": found.p_value, "F": found.statistic, "df": float(found.df), "df_r": found.df_residual}
    session.r = Results(scalars)


@subcommand(
    "estat",
    "imtest",
    syntax=Syntax(
        options=(
            OptionSpec("white", "w", help="White's test by itself, too"),
            OptionSpec("preserve", "pres", help="no effect: the data are never changed"),
        )
    ),
    synopsis="estat imtest [, white]",
    needs=("estimates",),
    after=REGRESS,
)
def imtest(session: SessionState, node: Command) -> None:
    """The information matrix test, in its parts."""
    if "vcetype" in session.e.macros:
        raise StataError(498, "estat imtest not valid after robust estimation")
    sample = fitted_sample(session.e, Context.of(session))
    if not sample.has_constant:
        raise StataError(498, "estat imtest needs a model with a constant")
    found = information_matrix_test(sample.data)
    white = found.heteroskedasticity
    if node.option("white"):
        session.out.write(*render_white(white.statistic, white.df, white.p_value))
    parts = {
        "Heteroskedasticity": white,
        "Skewness": found.skewness,
        "Kurtosis": found.kurtosis,
        "Total": found.total,
    }
    rows = [(name, part.statistic, part.df, part.p_value) for name, part in parts.items()]
    session.out.write(*render_information_matrix(rows))
    scalars: dict[str, float] = {}
    for mark, part in zip(("h", "s", "k", "t"), parts.values(), strict=True):
        scalars |= {f"chi2_{mark}": part.statistic, f"df_{mark}": float(part.df)}
    session.r = Results(scalars)


@command(
    "vif",
    syntax=Syntax(options=(OptionSpec("uncentered", "uncent", help="sums of squares about zero"),)),
    synopsis="vif [, uncentered]",
    needs=("estimates",),
    after=REGRESS,
)
@subcommand(
    "estat",
    "vif",
    syntax=Syntax(options=(OptionSpec("uncentered", "uncent", help="sums of squares about zero"),)),
    synopsis="estat vif [, uncentered]",
    needs=("estimates",),
    after=REGRESS,
)
def vif(session: SessionState, node: Command) -> None:
    """Variance inflation factors, the largest first."""
    centred = not node.option("uncentered")
    terms = estimated_terms(session.e)
    if centred and all(term.parts for term in terms):
        raise StataError(
            198, "not appropriate after regress, nocons;\nuse option uncentered to get uncentered VIFs"
        )
    factors = _inflation(session, terms, centred)
    labels = labels_of(terms)
    if not centred:
        labels = [*labels, ("", "intercept")][: len(factors)]
    if not len(factors):
        raise StataError(102, "too few variables specified")
    order = sorted(range(len(factors)), key=lambda place: (-round(factors[place], 9), labels[place]))
    rows = [(*labels[place], float(factors[place])) for place in order]
    session.out.write(*render_inflation(rows, float(factors.mean())))
    scalars = {f"vif_{number}": row[2] for number, row in enumerate(rows, 1)}
    names = {
        f"name_{number}": f"{name}.{block}" if block else name
        for number, (block, name, _) in enumerate(rows, 1)
    }
    session.r = Results(scalars, macros=names)


def _inflation(session: SessionState, terms: tuple[Term, ...], centred: bool) -> np.ndarray:
    context = Context.of(session)
    if session.data.reference is None:
        return inflation_factors(fitted_sample(session.e, context).data, centred)
    from xmixed.estimation.summed.summaries import inflation_by_sums

    weight = session.e.macros.get("wexp", "").removeprefix("=")
    return inflation_by_sums(session.e, context, terms, parse_expression(weight) if weight else None, centred)
