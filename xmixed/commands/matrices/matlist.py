"""matlist: a matrix, or what a matrix expression gives, as a table."""

from __future__ import annotations

from xmixed.commands.formats import number_format
from xmixed.commands.registry import command
from xmixed.errors import Span, StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import evaluate_matrix
from xmixed.language.arguments.matrix_expressions import parse_matrix_expression
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.matlist import MatlistStyle, render_matlist
from xmixed.session.state import SessionState

LINES = ("none", "oneline", "eq", "rowtotal", "coltotal", "rctotal", "rows", "columns", "cells")
SIDES = {
    "none": (),
    "all": ("left", "right", "top", "bottom"),
    "rows": ("top", "bottom"),
    "columns": ("left", "right"),
}
NAMES = {"all": (True, True), "none": (False, False), "rows": (True, False), "columns": (False, True)}


@command(
    "matlist",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("format", "f", "format", "format of the cells; default %9.0g"),
            OptionSpec("twidth", "tw", "integer", "columns for row names; default 12", minimum_value=1),
            OptionSpec("title", "ti", "text", "a line above"),
            OptionSpec("tindent", "tind", "integer", "columns before the title", minimum_value=0),
            OptionSpec("rowtitle", "row", "text", "what stands over the row names"),
            OptionSpec("names", "na", "name", "all, rows, columns or none"),
            OptionSpec("border", "bor", "words", "none, all, rows, columns, left, right, top, bottom"),
            OptionSpec(
                "lines", "lin", "name", "which lines: none, oneline, eq, rows, columns, cells, rctotal, ..."
            ),
            OptionSpec("left", "le", "integer", "columns left free at the left", minimum_value=0),
            OptionSpec("linesize", "line", "integer", "width", minimum_value=40, maximum_value=255),
            OptionSpec("nohalf", "noha", help="show symmetric matrices in full"),
            OptionSpec("nodotz", "nod", help="show the missing value .z as blank"),
            OptionSpec("noblank", "nob", help="no blank line before"),
            OptionSpec("underscore", "und", help="show underscores in names as blanks"),
            OptionSpec("cspec", "csp", "text", built=False),
            OptionSpec("rspec", "rsp", "text", built=False),
            OptionSpec("showcoleq", "show", "name", built=False),
        ),
    ),
    synopsis="matlist matrix_exp [, format(%fmt) twidth(#) title(text) rowtitle(text) names() border()\n"
    "lines() left(#) tindent(#) linesize(#) nohalf nodotz noblank underscore]",
    keeps_r=True,
)
def matlist(session: SessionState, node: Command) -> None:
    typed = str(node.argument)
    if not typed.strip():
        raise StataError(198, "invalid syntax")
    context = Context.of(session)
    matrix = evaluate_matrix(parse_matrix_expression(typed, Span(0, len(typed))), context)
    lines = render_matlist(matrix, _style(node), node.option("linesize") or session.settings.linesize)
    session.out.write(*lines)


def _style(node: Command) -> MatlistStyle:
    """Return what the options say; r(198) for words that they do not know."""
    names, lines = str(node.option("names", "all")), str(node.option("lines", ""))
    row_names, column_names = _known("names", names, NAMES)
    if lines and lines not in LINES:
        raise StataError(198, "option lines() incorrectly specified")
    return MatlistStyle(
        format=number_format(node, "%9.0g"),
        name_width=node.option("twidth", 12),
        left=node.option("left", 0),
        title=str(node.option("title", "")),
        title_indent=node.option("tindent", 0),
        row_title=str(node.option("rowtitle", "")),
        row_names=row_names,
        column_names=column_names,
        half=not node.option("nohalf"),
        dot_z=not node.option("nodotz"),
        lines=lines,
        border=_border(node.option("border")),
        blank=not node.option("noblank"),
        underscore=bool(node.option("underscore")),
    )


def _border(words: tuple[str, ...] | None) -> frozenset[str]:
    sides = {side: (side,) for side in SIDES["all"]} | SIDES
    return frozenset(side for word in words or () for side in _known("border", word, sides))


def _known(option: str, word: str, table: dict) -> tuple:
    found = table.get(word)
    if found is None:
        raise StataError(198, f"option {option}() incorrectly specified")
    return found
