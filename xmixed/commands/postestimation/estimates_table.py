"""estimates table: models side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.inference.side_by_side import (
    ComparedRow,
    Model,
    chosen_rows,
    coefficient_matrix,
    compare,
    model_statistics,
)
from xmixed.estimation.publishing.table import coefficient_label
from xmixed.estimation.rows import labelled_row
from xmixed.expressions.varlist import matches_pattern
from xmixed.formats import format_value, is_string_format, is_valid_format, width_of
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Figures
from xmixed.render.layouts.postestimation.estimates_table import (
    ComparedEquation,
    ComparisonStyle,
    render_comparison_table,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates

FORMATS = {"b": "%10.0g", "se": "%10.0g", "t": "%7.2f", "p": "%7.4f"}
"""Figures of a coefficient and the formats they have unless told otherwise."""
LEVELS = (0.05, 0.01, 0.001)


@subcommand(
    "estimates",
    "table",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("b", "b", "format", "format of coefficients", optional_value=True),
            OptionSpec("se", "se", "format", "standard errors", optional_value=True),
            OptionSpec("t", "t", "format", "t or z", optional_value=True),
            OptionSpec("p", "p", "format", "p-values", optional_value=True),
            OptionSpec("star", "star", "text", "stars for three levels of significance", optional_value=True),
            OptionSpec("keep", "k", "text", "only these coefficients"),
            OptionSpec("drop", "d", "text", "all but these coefficients"),
            OptionSpec("equations", "eq", "text", "1: match the first equations of the models"),
            OptionSpec("stats", "s", "text", "statistics under the table: N, ll, aic, bic, r2, ..."),
            OptionSpec("stfmt", "stf", "format", "format of the statistics"),
            OptionSpec("eform", "ef", help="exponentiate coefficients"),
            OptionSpec("title", "ti", "text", "title of the table"),
            OptionSpec("varwidth", "var", "integer", "width of the names", minimum_value=5, maximum_value=60),
            OptionSpec("modelwidth", "mod", "integer", "width of a model", minimum_value=5, maximum_value=30),
            OptionSpec("label", "label", help="variable labels for names"),
            OptionSpec("newpanel", "new", help="statistics in a panel of their own", built=False),
            OptionSpec("style", "style", "text", "lines of the table", built=False),
            OptionSpec("coded", "coded", help="signs for coefficients", built=False),
        ),
        exclusive=(("star", "se"), ("star", "t"), ("star", "p")),
    ),
    synopsis="estimates table [names] [, b(%fmt) se t p star stats(list) keep() drop() equations(1) ...]",
    keeps_r=True,
)
def table(session: SessionState, node: Command) -> None:
    models = _models(session, str(node.argument or ""))
    equations = str(node.option("equations", "")).strip()
    if equations not in ("", "1"):
        raise StataError(198, "option equations() may only be 1", node.options["equations"].span)
    rows = compare(models, equations == "1", bool(node.option("eform")))
    rows = chosen_rows(
        rows, parse_words(str(node.option("keep", ""))), parse_words(str(node.option("drop", "")))
    )
    shown = _formats(node)
    levels = _levels(node)
    statistics = parse_words(str(node.option("stats", "")))
    values = np.array([model_statistics(model, statistics) for model in models]).T
    width = int(node.option("modelwidth", max(width_of(fmt) or 0 for fmt in shown.values())))
    style = ComparisonStyle(
        int(node.option("varwidth", 32 if node.option("label") else 12)),
        width,
        bool(levels),
        _legend(shown, node, levels),
        str(node.option("title", "")),
    )
    names = [model.name if model.name != "." else "Active" for model in models]
    figures = [(name, _statistics(row, node, width)) for name, row in zip(statistics, values, strict=True)]
    by_row: dict[int, ComparedRow] = {}
    parts = []
    for equation, members in groupby(rows, key=lambda row: row.equation):
        labelled = []
        for row in members:
            made = labelled_row(row.term, row.name)
            if node.option("label"):
                text = coefficient_label(row.name, session.data)
                made = replace(made, label=text, alone=text, block=())
            by_row[id(made)] = row
            labelled.append(made)
        parts.append(ComparedEquation(equation, tuple(labelled)))
    cells = _cells(by_row, shown, levels)
    session.out.write(*render_comparison_table(names, parts, figures, cells, style))
    _save(session, names, rows, statistics, values)


def _models(session: SessionState, text: str) -> list[Model]:
    """Return the models of a list of names; patterns and `*` are allowed, nothing is the active one."""
    names: list[str] = []
    for word in text.split():
        if "*" in word or "?" in word or word == "_all":
            pattern = "*" if word == "_all" else word
            names += [name for name in session.stored if matches_pattern(name, pattern)]
        else:
            names.append(word)
    found = list(dict.fromkeys(names)) or ["."]
    return [Model(name, stored_estimates(session, name)) for name in found]


def _formats(node: Command) -> dict[str, str]:
    """Return the format of each figure that is shown; r(120) for one that is none."""
    found = {}
    for name, default in FORMATS.items():
        if name != "b" and name not in node.options:
            continue
        fmt = node.option(name, default)
        fmt = default if fmt is True else str(fmt)
        if not is_valid_format(fmt) or is_string_format(fmt):
            raise StataError(120, f"invalid %format in option {name}()")
        found[name] = fmt
    return found


def _levels(node: Command) -> tuple[tuple[float, str], ...]:
    """Return the levels of stars, largest first, each as typed; () without stars."""
    if "star" not in node.options:
        return ()
    typed = node.option("star")
    if typed is True:
        return tuple((level, f"{level:g}") for level in LEVELS)
    words = parse_words(str(typed))
    values = parse_numlist(str(typed))
    if len(values) != 3 or len(words) != 3 or not all(0 < value < 1 for value in values):
        raise StataError(198, "option star() incorrectly specified", node.options["star"].span)
    return tuple(sorted(zip(values, words, strict=True), reverse=True))


def _legend(shown: dict[str, str], node: Command, levels: Sequence[tuple[float, str]]) -> str:
    if levels:
        return "; ".join(f"{'*' * number} p<{text}" for number, (_, text) in enumerate(levels, 1))
    return "/".join(shown) if len(shown) > 1 else ""


def _statistics(values: np.ndarray, node: Command, width: int) -> list[str]:
    fmt = str(node.option("stfmt", f"%{width}.0g"))
    return ["" if value >= MISSING else format_value(float(value), fmt).strip() for value in values]


def _cells(
    rows: dict[int, ComparedRow], shown: dict[str, str], levels: Sequence[tuple[float, str]]
) -> Callable[[CoefficientRow], list[list[str]]]:
    fields = {"b": "estimate", "se": "standard_error", "t": "statistic", "p": "p_value"}

    def text(figures: Figures | None, note: str, name: str) -> str:
        if figures is None or (note and name != "b"):
            return ""
        if note:
            return note
        value = getattr(figures, fields[name])
        stars = sum(figures.p_value < level for level, _ in levels) if name == "b" else 0
        return format_value(value, shown[name]).strip() + "*" * stars

    def cells(row: CoefficientRow) -> list[list[str]]:
        compared = rows[id(row)]
        return [
            [
                text(figures, note, name)
                for figures, note in zip(compared.figures, compared.notes, strict=True)
            ]
            for name in shown
        ]

    return cells


def _save(
    session: SessionState,
    names: Sequence[str],
    rows: Sequence[ComparedRow],
    statistics: Sequence[str],
    values: np.ndarray,
) -> None:
    """Set r(coef), r(stats) and r(names)."""
    full = [f"{row.equation}:{row.name}" if row.equation else row.name for row in rows]
    columns = [f"{name}:{what}" for name in names for what in ("b", "var")]
    matrices = {"coef": Matrix(coefficient_matrix(rows), full, columns)} if rows else {}
    if statistics:
        matrices["stats"] = Matrix(values, list(statistics), list(names))
    session.r = Results(macros={"names": " ".join(names)}, matrices=matrices)
