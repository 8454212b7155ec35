"""svy: tabulate, one-way and two-way tables of survey data. Registers nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.estimation.run import commit_marked
from xmixed.estimation.survey.design import known_rows, survey_design, units_of
from xmixed.estimation.survey.tables import Cells, SurveyTable
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.survey import SurveyHeader, render_header
from xmixed.render.layouts.estimation.survey_table import (
    SurveyRows,
    render_independence,
    render_survey_table,
)
from xmixed.session.results import Estimates, Matrix
from xmixed.session.state import SessionState

_KINDS = ("cell", "row", "column", "count")
_UNBUILT = ("deff", "deft", "cv", "null", "wald", "llwald", "vertical")
SYNTAX = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("cell", "cel", help="proportions of the whole; the default"),
        OptionSpec("row", "row", help="proportions of rows"),
        OptionSpec("column", "col", help="proportions of columns"),
        OptionSpec("count", "cou", help="counts of the population"),
        OptionSpec("obs", "obs", help="numbers of observations"),
        OptionSpec("se", "se", help="standard errors"),
        OptionSpec("ci", "ci", help="confidence intervals"),
        OptionSpec("percent", "per", help="percentages in place of proportions"),
        OptionSpec("proportion", "prop", help="proportions; the default"),
        OptionSpec("format", "for", "format", help="format of the figures"),
        OptionSpec("pearson", "pea", help="Pearson's test; the default"),
        OptionSpec("lr", "lr", help="the likelihood-ratio test"),
        OptionSpec("missing", "mis", help="missing values are categories like others"),
        OptionSpec("nolabel", "nolab", help="numbers in place of value labels"),
        OptionSpec("nomarginals", "nomar", help="no totals"),
        OptionSpec("notest", "notest", help="no tests"),
        OptionSpec("stubwidth", "stubw", "integer", "width of the row names", minimum_value=4),
        LEVEL,
        *(OptionSpec(name, name, built=False) for name in _UNBUILT),
        OptionSpec("tab", "tab", "varname", built=False),
    ),
    exclusive=(_KINDS, ("percent", "proportion")),
)


class Typed(NamedTuple):
    """The command behind `svy:`, the rows of a subpopulation, and what the prefix says."""

    node: Command
    inside: np.ndarray | None
    dof: float | None
    text: str


def parsed_table(text: str) -> Command | None:
    """Return `tabulate ...` read as svy does; None for another command."""
    word = text.split(None, 1)[0].rstrip(",") if text.strip() else ""
    if len(word) < 2 or not "tabulate".startswith(word):
        return None
    found = parse_command("tabulate", SYNTAX, text, text.index(word) + len(word))
    assert isinstance(found, Command)
    return found


def survey_table(session: SessionState, typed: Typed) -> None:
    """Show a table, and leave it in e()."""
    node, data = typed.node, session.data
    names = resolve_varlist(node.argument, data) if node.argument else []
    if not 1 <= len(names) <= 2:
        text = "too many variables specified" if names else "varlist required"
        raise StataError(103 if names else 100, text)
    design = survey_design(data)
    rows = known_rows(data, design) & selected_rows(session, node)
    variables = [data[name] for name in names]
    if not node.option("missing"):
        for variable in variables:
            rows = rows & (variable.known() if typed.inside is None else variable.known() | ~typed.inside)
    within = rows if typed.inside is None else rows & typed.inside
    if not within.any():
        raise StataError(2000, "no observations")
    found = [categories_of(variable, within, bool(node.option("missing"))) for variable in variables]
    codes = [own.codes[rows] for own in found] + [np.where(within[rows], 0, -1)] * (2 - len(found))
    weights = data[design.weight].to_double()[rows] if design.weight else np.ones(int(rows.sum()))
    units = units_of(data, design, rows)
    df = units.n_units - units.n_strata if typed.dof is None else typed.dof
    shape = (len(found[0].values), len(found[1].values) if len(found) > 1 else 1)
    table = SurveyTable(codes[0], codes[1], shape, weights, units, design.single, float(df))
    texts = [
        tuple(value_texts(data, variable, own.values, not node.option("nolabel")))
        for variable, own in zip(variables, found, strict=True)
    ]
    kind = next((name for name in _KINDS if node.option(name)), "cell")
    level = float(node.option("level", session.settings.level))
    cells = table.cells(kind, level)
    session.out.write("(running tabulate on estimation sample)", "")
    session.out.write(*render_header(_header(table, typed))[2:])
    session.out.write(*render_survey_table(_shown(node, variables, texts, table, cells, kind, level)))
    estimates = _estimates(table, cells, names, typed)
    if len(names) == 2 and not node.option("notest"):
        session.out.write(*_tests(node, table, estimates))
    commit_marked(session, estimates, rows)


def _header(table: SurveyTable, typed: Typed) -> SurveyHeader:
    population = [("Number of obs", float(len(table.rows))), ("Population size", float(table.weights.sum()))]
    if typed.inside is not None:
        own = table.inside
        population += [
            ("Subpop. no. of obs", float(own.sum())),
            ("Subpop. size", float(table.weights[own].sum())),
        ]
    population.append(("Design df", table.df))
    return SurveyHeader("", float(table.units.n_strata), float(table.units.n_units), tuple(population), ())


def _shown(
    node: Command,
    variables: list[Variable],
    texts: list[tuple[str, ...]],
    table: SurveyTable,
    cells: Cells,
    kind: str,
    level: float,
) -> SurveyRows:
    """Return the table as texts."""
    margins = not node.option("nomarginals")
    r, c = table.shape
    two = len(variables) == 2
    fmt = str(node.option("format", "%6.0g"))
    scale = 100.0 if node.option("percent") and kind != "count" else 1.0
    columns = [*range(c), *([c] if margins else [])] if two else [c]
    places = [*range(r), *([r] if margins else [])]
    obs = table.counts(weighted=False) if node.option("obs") else None
    names = {
        "cell": "cell percentages" if scale > 1 else "cell proportions",
        "row": "row percentages" if scale > 1 else "row proportions",
        "column": "column percentages" if scale > 1 else "column proportions",
        "count": "weighted counts",
    }
    key = [names[kind]]

    def text(value: float) -> str:
        return "" if not np.isfinite(value) else format_value(value * scale, fmt).strip()

    parts = [lambda i, j: text(float(cells.estimate[i, j]))]
    if node.option("se"):
        key.append(f"(linearized standard errors of {names[kind]})")
        parts.append(lambda i, j: f"({text(float(cells.error[i, j]))})" if cells.error[i, j] > 0 else "")
    if node.option("ci"):
        key.append(f"[{level:g}% confidence intervals for {names[kind]}]")
        parts.append(
            lambda i, j: (
                f"[{text(float(cells.lower[i, j]))},{text(float(cells.upper[i, j]))}]"
                if np.isfinite(cells.lower[i, j])
                else ""
            )
        )
    if obs is not None:
        key.append("number of observations")
        parts.append(lambda i, j: f"{obs[i, j]:.0f}")
    last = "Total" if two else ("percentages" if scale > 1 else "proportions") if kind != "count" else "count"
    heads = [*(texts[1] if two else ()), last]
    return SurveyRows(
        variables[0].label or variables[0].name,
        (variables[1].label or variables[1].name) if two else "",
        (*texts[0], *(["Total"] if margins else [])),
        tuple(heads[j] if two else last for j in columns),
        tuple(tuple(tuple(part(i, j) for part in parts) for j in columns) for i in places),
        margins,
        tuple(key),
        int(node.option("stubwidth", 9)),
    )


def _tests(node: Command, table: SurveyTable, estimates: Estimates) -> list:
    """Return the lines of the tests asked for, and put them in e()."""
    kinds = []
    if node.option("pearson") or not node.option("lr"):
        kinds.append(("Pearson", "Pear", False))
    if node.option("lr"):
        kinds.append(("Likelihood ratio", "LR", True))
    rows = []
    for name, short, ratio in kinds:
        found = table.independence(ratio)
        estimates.scalars |= {
            f"cun_{short}": found.chi2,
            f"F_{short}": found.F,
            f"df1_{short}": found.df1,
            f"df2_{short}": found.df2,
            f"p_{short}": found.p,
        }
        dfs = "., ." if found.df1 >= MISSING else f"{found.df1:.2f}, {found.df2:.2f}"
        figures = [format_value(value, "%9.4f").strip() for value in (found.chi2, found.F)]
        p_value = format_value(found.p, "%6.4f").strip()
        rows.append((name, str(found.df), figures[0], dfs, figures[1], p_value))
    return render_independence(rows)


def _estimates(table: SurveyTable, cells: Cells, names: list[str], typed: Typed) -> Estimates:
    """Return e(): cells row by row as e(b), their variance, the table as e(Prop) and e(Obs)."""
    r, c = table.shape
    labels = [f"p{i + 1}{j + 1}" for i in range(r) for j in range(c)]
    b = np.where(np.isfinite(cells.estimate[:r, :c]), cells.estimate[:r, :c], 0.0).ravel()
    V = np.zeros((len(b), len(b))) if cells.variance is None else cells.variance
    scalars = {
        "N": float(len(table.rows)),
        "N_strata": float(table.units.n_strata),
        "N_psu": float(table.units.n_units),
        "N_pop": float(table.weights.sum()),
        "df_r": table.df,
        "r": float(r),
        "c": float(c),
    }
    if typed.inside is not None:
        own = table.inside
        scalars |= {"N_sub": float(own.sum()), "N_subpop": float(table.weights[own].sum())}
    rows, columns = [f"r{i + 1}" for i in range(r)], [f"c{j + 1}" for j in range(c)]
    matrices = {
        "b": Matrix(b[None, :], ["y1"], labels),
        "V": Matrix(V, labels, list(labels)),
        "Prop": Matrix(table.cells("cell", 95.0).estimate[:r, :c], rows, columns),
        "Obs": Matrix(table.counts(weighted=False)[:r, :c], list(rows), list(columns)),
    }
    macros = {"cmd": "tabulate", "cmdline": f"svy: {typed.text}", "rowvar": names[0], "vce": "linearized"}
    macros |= {"colvar": names[1]} if len(names) > 1 else {}
    return Estimates(scalars, macros | {"vcetype": "Linearized", "properties": "b V"}, matrices)
