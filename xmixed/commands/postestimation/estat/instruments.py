"""estat firststage, overid, endogenous: tests after instrumental-variables regression."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.instrumental.model import model_again
from xmixed.estimation.instrumental.validity import (
    Test,
    endogeneity,
    first_stages,
    overidentification,
    smallest_eigenvalue,
)
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.instruments import (
    FirstStageRow,
    render_first_stages,
    render_smallest_eigenvalue,
    render_tests,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState

AFTER = ("ivregress", "ivreg2")


@subcommand(
    "estat",
    "firststage",
    syntax=Syntax(
        options=(
            OptionSpec("all", "all", help="partial R-squared of every variable; always shown"),
            OptionSpec("forcenonrobust", "forcenonrobust", help="the smallest eigenvalue in any case"),
        )
    ),
    synopsis="estat firststage [, all forcenonrobust]",
    needs=("estimates",),
    after=AFTER,
)
def firststage(session: SessionState, node: Command) -> None:
    model = model_again(session.e, Context.of(session))
    stages = first_stages(model)
    if not stages:
        raise StataError(498, "estat firststage not valid; there are no endogenous regressors")
    robust = model.sample.variance.kind in ("robust", "cluster")
    test = stages[0].test
    label = f"F({test.df},{test.df_residual:.0f})"
    rows = [
        FirstStageRow(own.name, own.r2, own.r2_adjusted, own.r2_partial, own.test.statistic, own.test.p_value)
        for own in stages
    ]
    session.out.write(*render_first_stages(rows, label, robust))
    smallest = smallest_eigenvalue(model.fitted().prepared)
    if not robust or node.option("forcenonrobust"):
        session.out.write(*render_smallest_eigenvalue(smallest))
    session.r = Results({"mineig": smallest, "F": test.statistic, "df": float(test.df), "p": test.p_value})


@subcommand("estat", "overid", syntax=Syntax(), needs=("estimates",), after=AFTER)
def overid(session: SessionState, node: Command) -> None:
    """Test whether the instruments in excess are valid."""
    model = model_again(session.e, Context.of(session))
    tests = overidentification(model, model.fitted())
    if not tests:
        raise StataError(498, "no overidentifying restrictions")
    several = "s" if len(tests) > 1 else ""
    head = f"Test{several} of overidentifying restriction{several}:"
    session.out.write(*render_tests([head], _shown(tests)))
    names = (
        ("sargan", "basmann")
        if len(tests) > 1
        else ("HansenJ" if tests[0].label.startswith("H") else "score",)
    )
    session.r = Results({name: test.statistic for name, test in zip(names, tests, strict=True)})
    session.r.scalars |= {f"p_{name}": test.p_value for name, test in zip(names, tests, strict=True)}
    session.r.scalars["df"] = float(tests[0].df)


@subcommand("estat", "endogenous", syntax=Syntax(), needs=("estimates",), after=AFTER)
def endogenous(session: SessionState, node: Command) -> None:
    """Test whether the variables taken as endogenous are exogenous."""
    model = model_again(session.e, Context.of(session))
    if model.request.estimator != "2sls":
        raise StataError(498, "estat endogenous is there after two-stage least squares alone")
    tests = endogeneity(model, model.fitted())
    session.out.write(*render_tests(["Tests of endogeneity", "Ho: variables are exogenous"], _shown(tests)))
    names = ("durbin", "wu") if tests[0].label.startswith("D") else ("r_score", "regF")
    session.r = Results({name: test.statistic for name, test in zip(names, tests, strict=True)})
    session.r.scalars |= {f"p_{name}": test.p_value for name, test in zip(names, tests, strict=True)}
    session.r.scalars |= {"df": float(tests[0].df), "wudf_r": float(tests[1].df_residual or 0)}


def _shown(tests: Sequence[Test]) -> list[tuple[str, float, float]]:
    found = []
    for test in tests:
        kind = f"chi2({test.df})" if test.df_residual is None else f"F({test.df},{test.df_residual:.0f})"
        found.append((f"{test.label} {kind}", test.statistic, test.p_value))
    return found
