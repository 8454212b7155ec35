"""predictnl: nonlinear predictions, with standard errors and limits by the delta method."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.columns import count_missing, new_variable
from xmixed.data.dataset import Variable, is_string_type
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.expressions import expression_statistic
from xmixed.estimation.inference.prediction import quadratic_forms
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import check_new_name
from xmixed.language.builders.newvarlist import NewVariables
from xmixed.language.nodes import Command
from xmixed.language.nodes.assignments import NewVariable
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile, t_quantile

_KEPT = (
    OptionSpec("se", "se", "newvarlist", "standard errors"),
    OptionSpec("variance", "var", "newvarlist", "variances"),
    OptionSpec("wald", "wald", "newvarlist", "Wald statistics"),
    OptionSpec("p", "p", "newvarlist", "p-values"),
    OptionSpec("ci", "ci", "newvarlist", "lower and upper limits"),
)


@command(
    "predictnl",
    syntax=Syntax(
        "newvar",
        condition=True,
        in_range=True,
        options=(
            *_KEPT,
            LEVEL,
            OptionSpec("g", "g", "text", "derivatives", built=False),
            OptionSpec("iterate", "iter", "integer", "iterations of numerical derivatives; of no effect"),
            OptionSpec("force", "force", help="predict in spite of doubts", built=False),
            OptionSpec("df", "df", "number", "degrees of freedom of t and F", minimum_value=1e-8),
        ),
    ),
    synopsis="predictnl [type] newvar = exp [if] [in] [, se() variance() wald() p() ci() level(#) df(#)]",
    needs=("estimates",),
    keeps_r=True,
)
def predictnl(session: SessionState, node: Command) -> None:
    """Make a variable of a function of predictions and coefficients, and of what goes with it."""
    new: NewVariable = node.argument
    context, estimator = Context.of(session), estimator_of(session.e)
    statistic = expression_statistic(new.expression, node.argument_text, estimator, session.e)
    rows = select_rows(node.condition, node.in_range, context)
    frame = EstimationFrame(context, rows)
    frame.require_terms(estimator.terms(session.e))
    names = [new.name, *(name for spec in _KEPT for name in _typed(node, spec.name))]
    for name in names:
        check_new_name(name, session.data, new.span)
        if names.count(name) > 1:
            raise StataError(110, f"{name} already defined", new.span)
    values = statistic.values(session.e, frame, "")
    columns = [values]
    if len(names) > 1:
        assert statistic.gradient is not None
        J = statistic.gradient(session.e, frame, "")
        variances = quadratic_forms(J, Coefficients.of(session.e).V)
        columns += _figures(session, node, values, variances)
    made = [
        _variable(session, new, name, frame.spread(own)) for name, own in zip(names, columns, strict=True)
    ]
    for variable in made:
        missing = count_missing(variable.values, variable.type)
        session.data = session.data.with_variables(variable)
        if missing:
            session.out.write(f"({missing} missing {'value' if missing == 1 else 'values'} generated)")


def _typed(node: Command, option: str) -> tuple[str, ...]:
    """Return the new names in an option: one, for ci() two."""
    found = node.option(option)
    if found is None:
        return ()
    assert isinstance(found, NewVariables)
    names = (f"{found.stub}1", f"{found.stub}2") if found.stub and option == "ci" else found.names
    if found.type or len(names) != (2 if option == "ci" else 1):
        raise StataError(198, f"option {option}() incorrectly specified", node.options[option].span)
    return names


def _figures(
    session: SessionState, node: Command, values: np.ndarray, variances: np.ndarray
) -> list[np.ndarray]:
    """Return what the options ask for, in the order of `_KEPT`."""
    from scipy.special import betainc, erfc

    level, df = float(node.option("level", session.settings.level)), node.option("df")
    errors = np.sqrt(variances)
    with np.errstate(all="ignore"):
        wald = np.where(variances > 0, values**2 / variances, np.nan)
    margin = (normal_quantile(level) if df is None else t_quantile(level, float(df))) * errors
    p = erfc(np.sqrt(wald / 2)) if df is None else betainc(df / 2, 0.5, df / (df + wald))
    found = {"se": [errors], "variance": [variances], "wald": [wald], "p": [p]}
    found["ci"] = [values - margin, values + margin]
    return [column for spec in _KEPT if node.option(spec.name) is not None for column in found[spec.name]]


def _variable(session: SessionState, new: NewVariable, name: str, values: np.ndarray) -> Variable:
    storage_type = new.type or session.settings.type
    if is_string_type(storage_type):
        raise StataError(109, "type mismatch", new.span)
    return new_variable(name, storage_type, values)
