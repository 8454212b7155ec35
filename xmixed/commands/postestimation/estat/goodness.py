"""estat gof, estat classification: how well a model of binary outcomes, or of counts, fits."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows
from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.likelihood.fitted_probabilities import FittedProbabilities, fitted_probabilities
from xmixed.estimation.likelihood.patterns import Classification, classification, pearson_test, quantile_test
from xmixed.estimation.likelihood.predictors import equation_terms, linear
from xmixed.estimation.likelihood.residual_statistics import frequency_weights, model_patterns, outcome_of
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.postestimation.goodness import (
    render_classification,
    render_count_fit,
    render_goodness,
    render_groups,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail

BINARY = ("logit", "logistic", "probit")
CUTOFF = OptionSpec(
    "cutoff",
    "cut",
    "number",
    "probability that is positive; default .5",
    minimum_value=0,
    maximum_value=1,
)
ALL = OptionSpec("all", "all", help="all observations, not the estimation sample alone")


@subcommand(
    "estat",
    "gof",
    syntax=Syntax(
        condition=True,
        in_range=True,
        options=(
            OptionSpec("group", "g", "integer", "Hosmer and Lemeshow's test, # groups", minimum_value=3),
            ALL,
            OptionSpec("outsample", "out", help="degrees of freedom of other data than the model's"),
            OptionSpec("table", "t", help="show the groups"),
        ),
    ),
    synopsis="estat gof [if] [in] [, group(#) all outsample table]",
    needs=("estimates",),
    after=(*BINARY, "poisson"),
)
def gof(session: SessionState, node: Command) -> None:
    if session.e.macros["cmd"] == "poisson":
        _counts(session, node)
        return
    own = _probabilities(session, node)
    groups = node.option("group")
    outside = bool(node.option("outsample"))
    parameters = 0 if outside else int(session.e.scalars["df_m"]) + _constants(session)
    if groups is None:
        found, table = pearson_test(model_patterns(session.e, own.frame), parameters)
        second, note, name = "number of covariate patterns", "", f"Pearson chi2({found.df})"
    else:
        found, table = quantile_test(own.positive, own.probability, own.weights, groups)
        if outside:
            found = type(found)(found.statistic, found.groups, found.groups)
        second, name = "number of groups", f"Hosmer-Lemeshow chi2({found.df})"
        note = "Table collapsed on quantiles of estimated probabilities"
    if found.df < 1:
        raise StataError(2001, "insufficient observations")
    columns = (table.highest, table.positive, table.expected, table.sizes)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    shown = render_groups(rows) if node.option("table") else None
    counts = [("number of observations", own.n), (second, float(found.groups))]
    session.out.write(*render_goodness(own.title, counts, name, found.statistic, found.p_value, shown, note))
    scalars = {"N": own.n, "m": float(found.groups), "df": float(found.df), "chi2": found.statistic}
    session.r = Results(scalars | {"p": found.p_value})


def _probabilities(session: SessionState, node: Command) -> FittedProbabilities:
    rows = selected_rows(session, node)
    return fitted_probabilities(session.e, Context.of(session), rows, bool(node.option("all")))


def _constants(session: SessionState) -> int:
    """Return how many constants the model has: one or none."""
    return sum(name.endswith("_cons") for name in session.e.matrices["b"].column_names)


def _counts(session: SessionState, node: Command) -> None:
    """Show the tests of fit of a Poisson model: its deviance, and Pearson's."""
    if node.options:
        name, option = next(iter(node.options.items()))
        raise StataError(198, f"option {name} not allowed", option.span)
    e, context = session.e, Context.of(session)
    frame = EstimationFrame(context, sample_rows(context, e.mark) & selected_rows(session, node))
    frame.require_terms(equation_terms(e, 0))
    frame.require(*variable_of(e.macros["depvar"]))
    mean = np.exp(linear(e, frame))
    y, w = outcome_of(e, frame), frequency_weights(e, frame)
    parts = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean), 0.0) - (y - mean)
    deviance, pearson = float(2.0 * (w @ parts)), float(w @ ((y - mean) ** 2 / mean))
    df = int(w.sum() - e.scalars["df_m"] - _constants(session))
    if df < 1:
        raise StataError(2001, "insufficient observations")
    p_values = [chi2_tail(deviance, df), chi2_tail(pearson, df)]
    session.out.write(*render_count_fit([("Deviance", deviance), ("Pearson", pearson)], df, p_values))
    scalars = {"df": float(df), "chi2_d": deviance, "p_d": p_values[0], "chi2_p": pearson, "p_p": p_values[1]}
    session.r = Results(scalars)


@subcommand(
    "estat",
    "classification",
    syntax=Syntax(
        condition=True,
        in_range=True,
        options=(
            CUTOFF,
            ALL,
        ),
    ),
    synopsis="estat classification [if] [in] [, cutoff(#) all]",
    needs=("estimates",),
    after=BINARY,
)
def classify(session: SessionState, node: Command) -> None:
    own = _probabilities(session, node)
    cutoff = float(node.option("cutoff", 0.5))
    found = classification(own.positive, own.probability, own.weights, cutoff)
    rates = _rates(found)
    cells = ((found.true_positive, found.false_positive), (found.false_negative, found.true_negative))
    typed = node.options["cutoff"].text.strip() if "cutoff" in node.options else ".5"
    defined = f"{session.e.macros['depvar']} != 0"
    shown = [(name, symbol, share) for name, symbol, _, share in rates]
    session.out.write(*render_classification(own.title, cells, typed, defined, shown))
    session.r = Results({key: 100 * share if share < MISSING else MISSING for _, _, key, share in rates})


def _rates(found: Classification) -> list[tuple[str, str, str, float]]:
    """Return name, symbol, name in r() and share of each rate."""
    a, b = found.true_positive, found.false_positive
    c, d = found.false_negative, found.true_negative
    share = lambda part, whole: part / whole if whole else MISSING  # noqa: E731
    return [
        ("Sensitivity", "Pr( +| D)", "P_p1", share(a, a + c)),
        ("Specificity", "Pr( -|~D)", "P_n0", share(d, b + d)),
        ("Positive predictive value", "Pr( D| +)", "P_1p", share(a, a + b)),
        ("Negative predictive value", "Pr(~D| -)", "P_0n", share(d, c + d)),
        ("False + rate for true ~D", "Pr( +|~D)", "P_p0", share(b, b + d)),
        ("False - rate for true D", "Pr( -| D)", "P_n1", share(c, a + c)),
        ("False + rate for classified +", "Pr(~D| +)", "P_0p", share(b, a + b)),
        ("False - rate for classified -", "Pr( D| -)", "P_1n", share(c, c + d)),
        ("Correctly classified", "", "P_corr", share(a + d, a + b + c + d)),
    ]
