"""estat: postestimation statistics."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_results, criteria_row
from xmixed.estimation.frame import variable_of
from xmixed.estimation.mixed.intraclass import has_random_coefficients, intraclass_correlations
from xmixed.estimation.mixed.model import MixedResult
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.varlist import resolve_varlist
from xmixed.expressions.weights import check_weights
from xmixed.formats import is_date_format, is_string_format, is_valid_format
from xmixed.language.nodes import Command, Name
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.missing import is_missing
from xmixed.render.layouts.estat import (
    MatrixStyle,
    SampleRow,
    render_correlations,
    render_groups,
    render_lower_triangle,
    render_sample,
)
from xmixed.render.layouts.estimates import CRITERIA_TITLE, render_criteria
from xmixed.render.layouts.mixed_header import GroupSummary
from xmixed.render.text import printable
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.covariance import correlations
from xmixed.statistics.moments import moments

MIXED = ("xtmixed", "mixed")
CORRELATION = OptionSpec("correlation", "c", help="show correlations")


@command(
    "estat",
    syntax=Syntax("raw"),
    synopsis="estat {group | ic | icc | recovariance | summarize | vce} [, options]",
    needs=("estimates",),
)
def estat(session: SessionState, node: Command) -> None:
    word, _ = split_command_word(node.argument)
    if not word or word == ",":
        raise StataError(198, "subcommand expected")
    raise StataError(321, f"estat {printable(word)} not valid")


def _mixed_result(session: SessionState, name: str) -> MixedResult:
    result = session.e.payload
    if not isinstance(result, MixedResult):
        raise StataError(321, f"estat {name} not valid")
    return result


# --- groups and criteria ------------------------------------------------------------------------------


@subcommand("estat", "group", syntax=Syntax(), needs=("estimates",), after=MIXED)
def group(session: SessionState, node: Command) -> None:
    levels = _mixed_result(session, "group").description.levels
    if not levels:
        raise StataError(321, "estat group not valid; the model has no groups")
    groups = [
        GroupSummary(level.name, level.n_groups, level.smallest, level.average, level.largest)
        for level in levels
    ]
    session.out.write(*render_groups(groups))
    session.r = Results()


@subcommand(
    "estat",
    "ic",
    syntax=Syntax(options=(OptionSpec("n", "n", "integer", "N of the Bayesian information criterion"),)),
    synopsis="estat ic [, n(#)]",
    needs=("estimates",),
)
def ic(session: SessionState, node: Command) -> None:
    n = node.option("n")
    if n is not None and n <= 0:
        raise StataError(198, "option n() must be a positive integer")
    rows = [criteria_row(".", session.e, n)]
    session.out.write("", CRITERIA_TITLE, *render_criteria(rows, n is not None))
    session.r = criteria_results(rows)


# --- covariance matrices --------------------------------------------------------------------------------


@subcommand(
    "estat",
    "vce",
    syntax=Syntax(
        options=(
            CORRELATION,
            OptionSpec("covariance", "cov", help="show covariances (the default)"),
            OptionSpec("format", "f", "format", "display format of the cells"),
            OptionSpec("equation", "eq", "text", "only some equations", built=False),
            OptionSpec("block", "b", help="equations as blocks", built=False),
            OptionSpec("diag", "d", help="only the diagonal blocks", built=False),
            OptionSpec("nolines", "noli", help="no lines between equations", built=False),
        ),
        exclusive=(("correlation", "covariance"),),
    ),
    synopsis="estat vce [, correlation covariance format(%fmt)]",
    needs=("estimates",),
)
def vce(session: SessionState, node: Command) -> None:
    V = session.e.get("V")
    if not isinstance(V, Matrix):
        raise StataError(321, "estat vce not valid")
    as_correlation = bool(node.option("correlation"))
    fmt = _number_format(node, "%8.4f" if as_correlation else "%10.0g")
    kind = "Correlation" if as_correlation else "Covariance"
    values = correlations(V.values) if as_correlation else V.values
    name = session.e.macros.get("cmd", "")
    session.out.write("", f"{kind} matrix of coefficients of {name} model", "")
    style = MatrixStyle("e(V)", fmt)
    session.out.write(*render_lower_triangle(values, V.row_names, style, session.settings.linesize))
    session.r = Results(matrices={"V": Matrix(values.copy(), list(V.row_names), list(V.column_names))})


def _number_format(node: Command, usual: str) -> str:
    """Return the format that the option gives; r(120) for one that is none of numbers."""
    fmt = str(node.option("format", usual))
    if not is_valid_format(fmt) or is_string_format(fmt) or is_date_format(fmt):
        raise StataError(120, "invalid %format", node.options["format"].span)
    return fmt


@subcommand(
    "estat",
    "recovariance",
    syntax=Syntax(
        options=(
            OptionSpec("level", "l", "text", "only this level variable"),
            OptionSpec("relevel", "rel", "text", "the same as level()"),
            CORRELATION,
            OptionSpec("format", "f", "format", "display format of the cells"),
            OptionSpec("title", "t", "text", "title in place of the usual one"),
            OptionSpec("border", "bor", "text", "lines around the matrix", built=False, optional_value=True),
        ),
        exclusive=(("level", "relevel"),),
    ),
    synopsis="estat recovariance [, level(levelvar) correlation format(%fmt) title(text)]",
    needs=("estimates",),
    after=MIXED,
)
def recovariance(session: SessionState, node: Command) -> None:
    result = _mixed_result(session, "recovariance")
    equations = result.description.equations
    levels = list(dict.fromkeys(equation.level for equation in equations if equation.effects))
    if not levels:
        raise StataError(321, "estat recovariance not valid; the model has no random effects")
    asked = str(node.option("level", node.option("relevel", ""))).strip()
    fmt = _number_format(node, "%9.0g")
    if asked and asked not in levels:
        raise StataError(198, f"level {printable(asked)} not found in the model")
    as_correlation = bool(node.option("correlation"))
    kind, key = ("correlation", "corr") if as_correlation else ("covariance", "cov")
    found = Results()
    for level in [asked] if asked else levels:
        places = [i for i, equation in enumerate(equations) if equation.level == level]
        blocks = [result.covariances[i] for i in places]
        # Two rows stand for any two values of an exchangeable R.varname.
        rows = zip(places, blocks, strict=True)
        names = [name for i, own in rows for name in _row_names(equations[i].effects, len(own))]
        values = _block_diagonal(blocks)
        shown = correlations(values) if as_correlation else values
        title = str(node.option("title", f"Random-effects {kind} matrix for level {level}"))
        session.out.write("", printable(title), "")
        style = MatrixStyle("", fmt)
        session.out.write(*render_lower_triangle(shown, names, style, session.settings.linesize))
        # The one shown last has the plain name.
        found.matrices[key] = Matrix(shown, list(names), list(names))
        number = levels.index(level) + 1
        found.matrices[f"{key.capitalize()}{number}"] = Matrix(shown.copy(), list(names), list(names))
    found.macros["relevels"] = " ".join(levels)
    session.r = found


def _row_names(effects: tuple[str, ...], rows: int) -> tuple[str, ...]:
    return effects if len(effects) == rows else effects * rows


def _block_diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    size = sum(len(block) for block in blocks)
    whole = np.zeros((size, size))
    start = 0
    for block in blocks:
        whole[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return whole


# --- intraclass correlations ----------------------------------------------------------------------------


@subcommand(
    "estat",
    "icc",
    syntax=Syntax(options=(LEVEL,)),
    synopsis="estat icc [, level(#)]",
    needs=("estimates",),
    after=MIXED,
)
def icc(session: SessionState, node: Command) -> None:
    result = _mixed_result(session, "icc")
    level = node.option("level", session.settings.level)
    found = intraclass_correlations(result, level)
    conditional = has_random_coefficients(result)
    covariates = any(term.parts and not term.status for term in result.description.terms)
    title = "Residual intraclass correlation" if covariates else "Intraclass correlation"
    if conditional:
        title = "Conditional intraclass correlation"
    rows = [(item.label, item.figures) for item in found]
    session.out.write(*render_correlations(title, rows, level, conditional))
    results = Results({"level": level})
    # Stata: the observations are level 1; the lowest grouping variable is level 2.
    for number, item in zip(range(len(found) + 1, 1, -1), found, strict=True):
        figures = item.figures
        results.scalars |= {f"icc{number}": figures.estimate, f"se{number}": figures.standard_error}
        results.macros[f"label{number}"] = item.label
        limits = np.array([[figures.lower, figures.upper]])
        results.matrices[f"ci{number}"] = Matrix(limits, [f"icc{number}"], ["ll", "ul"])
    session.r = results


# --- summary of the sample --------------------------------------------------------------------------------


@subcommand(
    "estat",
    "summarize",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("noweights", "now", help="ignore weights"),
            OptionSpec("labels", "lab", help="show labels", built=False),
            OptionSpec("noheader", "noh", help="no header", built=False),
            OptionSpec("group", "g", help="by equation", built=False),
        ),
    ),
    synopsis="estat summarize [varlist] [, noweights]",
    needs=("estimates",),
)
def summarize(session: SessionState, node: Command) -> None:
    """Summarise the variables of the model, or others, over the estimation sample."""
    rows = session.data.marks.get(session.e.mark)
    if rows is None:
        raise StataError(498, "e(sample) information not available")
    context = Context.of(session)
    weights = None if node.option("noweights") else _sample_weights(session, context)

    def values(variable: str, series: str) -> np.ndarray:
        if variable not in session.data:
            raise StataError(111, f"variable {variable} not found")
        found, _ = evaluate_column(Name(variable, series), context)
        return found[rows]

    if node.argument:
        names = resolve_varlist(node.argument, session.data)
        for name in names:
            if session.data[name].is_string:
                raise StataError(
                    109, f"string variables not allowed in varlist;\n{name} is a string variable"
                )
        columns = [(name, values(name, "")) for name in dict.fromkeys(names)]
    else:
        outcome = session.e.macros["depvar"]
        columns = [(outcome, values(*variable_of(outcome)))]
        columns += [(term.without_marks(), column(term, values)) for term in _summarized(session.e)]
    kind, own = ("", None) if weights is None else (weights[0], weights[1][rows])
    if own is not None:
        check_weights(own, kind)
    table = [_sample_row(name, found, kind, own) for name, found in columns]
    n = float(np.count_nonzero(rows))
    if own is not None:
        n = float(own.sum() if kind == "fweight" else np.count_nonzero(own))
    session.out.write(*render_sample(session.e.macros.get("cmd", ""), n, table))
    stats = np.array([[row.mean, row.sd, row.minimum, row.maximum] for row in table])
    heads = ["mean", "sd", "min", "max"]
    session.r = Results({"N": n}, matrices={"stats": Matrix(stats, [row.name for row in table], heads)})


def _summarized(estimates: Estimates) -> list[Term]:
    """Return the covariates as terms of their own, each once: operands of interactions, no base levels."""
    found: dict[Any, Term] = {}
    for term in estimator_of(estimates).terms(estimates):
        for part in term.parts if term is not None else ():
            if part.base:
                continue
            single = Term((part,), factorial=part.level is not None)
            found.setdefault((part.variable, part.time_series, part.level), single)
    return list(found.values())


def _sample_weights(session: SessionState, context: Context) -> tuple[str, np.ndarray] | None:
    """Return the observations' weights as `summarize` takes them, sampling weights as analytic ones."""
    kind = session.e.macros.get("wtype")
    if not kind:
        return None
    expression = parse_expression(session.e.macros["wexp"].removeprefix("= "))
    values, _ = evaluate_column(expression, context)
    return "aweight" if kind == "pweight" else kind, np.where(is_missing(values), 0.0, values)


def _sample_row(name: str, values: np.ndarray, kind: str, weights: np.ndarray | None) -> SampleRow:
    known = ~is_missing(values)
    if weights is not None:
        known &= weights > 0
    found = moments(values[known], None if weights is None else weights[known], kind, False)
    return SampleRow(name, found.mean, found.sd, found.minimum, found.maximum)
