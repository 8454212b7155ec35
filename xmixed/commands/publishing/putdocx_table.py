"""putdocx table: tables of a document, from sizes, data, matrices and coefficients."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from xmixed.commands.publishing.document_looks import (
    ALIGN,
    FONT,
    LOOK,
    color_of,
    evaluated,
    look_of,
    number_text,
)
from xmixed.commands.registry import subcommand
from xmixed.commands.rows import selected_rows
from xmixed.data.value_labels import value_text
from xmixed.errors import Span, StataError
from xmixed.estimation.posted import posted_equations
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import evaluate_matrix
from xmixed.expressions.varlist import is_valid_name, resolve_varlist
from xmixed.language.arguments.matrix_expressions import parse_matrix_expression
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist, parse_varlist
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.output.document import Document, DocumentCell, DocumentTable, Look, Run
from xmixed.session.state import SessionState

MOST_COLUMNS = 63


@subcommand(
    "putdocx",
    "table",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            *LOOK,
            FONT,
            ALIGN,
            OptionSpec("title", "title", "text", "text above the table"),
            OptionSpec("note", "note", "text", "text below the table", repeatable=True),
            OptionSpec("border", "border", "text", "all, or all, nil for none"),
            OptionSpec("headerrow", "headerrow", "integer", "rows that every page repeats", minimum_value=0),
            OptionSpec("varnames", "varnames", help="names of variables above their values"),
            OptionSpec("obsno", "obsno", help="numbers of observations beside them"),
            OptionSpec("rownames", "rownames", help="names of rows of a matrix"),
            OptionSpec("colnames", "colnames", help="names of columns of a matrix"),
            OptionSpec("shading", "shading", "text", "color behind the text"),
            OptionSpec("append", "append", help="behind what the cell holds"),
            OptionSpec("linebreak", "linebreak", help="a line end behind it"),
            OptionSpec("colspan", "colspan", "integer", "cells that become one, across", minimum_value=1),
            OptionSpec("rowspan", "rowspan", "integer", "cells that become one, down", minimum_value=1),
            OptionSpec("width", "width", "text", built=False),
            OptionSpec("layout", "layout", "text", built=False),
            OptionSpec("memtable", "memtable", built=False),
            OptionSpec("valign", "valign", "text", built=False),
            LEVEL,
        ),
    ),
    synopsis="putdocx table name = {(#,#) | data(varlist) | matrix(A) | etable} [, options]  or  "
    "putdocx table name(i,j) [= (exp)] [, options]",
    keeps_r=True,
)
def table(session: SessionState, node: Command) -> None:
    if session.document is None:
        raise StataError(111, "document not created; putdocx begin makes one")
    head, equals, what = node.argument_text.partition("=")
    name, opening, places = head.strip().partition("(")
    name = name.strip()
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    if opening:
        session.document = _changed(session, node, session.document, name, places, what if equals else None)
        return
    if not equals:
        raise StataError(198, "invalid syntax")
    if any(isinstance(block, DocumentTable) and block.name == name for block in session.document.blocks):
        raise StataError(110, f"table {name} already exists")
    rows = _made(session, node, what.strip())
    if not rows or not rows[0]:
        raise StataError(2000, "no observations")
    if len(rows[0]) > MOST_COLUMNS:
        raise StataError(198, f"a table holds at most {MOST_COLUMNS} columns")
    new = DocumentTable(
        name,
        tuple(tuple(_cell(node, text) for text in row) for row in rows),
        str(node.option("title", "")).strip('"'),
        tuple(str(note).strip('"') for note in node.option("note", ())),
        _border(node),
        str(node.option("halign", "")) if not what.strip().startswith("(") else "",
        int(node.option("headerrow", 0)),
    )
    session.document = session.document.adding(new)


def _border(node: Command) -> bool:
    parts = [part.strip() for part in str(node.option("border", "all")).split(",")]
    if parts[0] != "all" or len(parts) > 2 or parts[1:] and parts[1] not in ("nil", "single"):
        raise StataError(198, "option border() takes all, with nil or single")
    return parts[-1] != "nil"


def _cell(node: Command, text: str) -> DocumentCell:
    return DocumentCell((Run(text, look_of(node)),) if text else ())


def _made(session: SessionState, node: Command, what: str) -> list[list[str]]:
    """Return the texts of a new table by rows."""
    if what == "etable":
        return _coefficients(session, node)
    word, opening, rest = what.partition("(")
    word, inside = word.strip(), rest.strip().removesuffix(")")
    if not opening or not rest.strip().endswith(")"):
        raise StataError(198, "invalid syntax")
    if word == "data":
        return _data(session, node, inside)
    if node.condition is not None or node.in_range is not None:
        raise StataError(101, "if and in are allowed with data() only")
    if word == "matrix":
        return _matrix(session, node, inside)
    if word:
        raise StataError(198, f"putdocx table {word}() is not implemented in xmixed yet")
    size = [_whole(part) for part in inside.split(",")]
    if len(size) != 2 or not 1 <= size[0] <= 10000 or not 1 <= size[1] <= MOST_COLUMNS:
        raise StataError(198, "the size of a table is (rows, columns)")
    return [[""] * size[1] for _ in range(size[0])]


def _whole(text: str) -> int:
    return int(text) if text.strip().isdigit() else 0


def _data(session: SessionState, node: Command, names: str) -> list[list[str]]:
    data = session.data
    chosen = [data[name] for name in resolve_varlist(parse_varlist(names), data)]
    at = np.flatnonzero(selected_rows(session, node)).tolist()
    rows = [[value_text(data, variable, row).strip() for variable in chosen] for row in at]
    if node.option("obsno"):
        rows = [[str(row + 1), *texts] for row, texts in zip(at, rows, strict=True)]
    if node.option("varnames"):
        rows.insert(0, ([""] if node.option("obsno") else []) + [variable.name for variable in chosen])
    return rows


def _matrix(session: SessionState, node: Command, text: str) -> list[list[str]]:
    found = evaluate_matrix(parse_matrix_expression(text, Span(0, len(text))), Context.of(session))
    fmt = str(node.option("nformat", ""))
    rows = [[number_text(value, fmt) for value in row] for row in found.values.tolist()]
    if node.option("rownames"):
        rows = [[name, *row] for name, row in zip(found.row_names, rows, strict=True)]
    if node.option("colnames"):
        rows.insert(0, ([""] if node.option("rownames") else []) + list(found.column_names))
    return rows


def _coefficients(session: SessionState, node: Command) -> list[list[str]]:
    """Return the table of coefficients of the last estimates."""
    level = float(node.option("level", session.settings.level))
    fmt = str(node.option("nformat", ""))
    letter = "t" if "df_r" in session.e.scalars else "z"
    heads = [session.e.macros.get("depvar", ""), "Coef.", "Std. Err.", letter, f"P>|{letter}|"]
    rows = [[*heads, f"[{level:g}% Conf.", "Interval]"]]
    for equation in posted_equations(session.e, level):
        if equation.name:
            rows.append([equation.name, *[""] * 6])
        for row in equation.rows:
            figures, block = row.figures, "#".join(row.block)
            label = f"{row.label}.{block}" if block and row.label else row.label or block
            if row.note:
                rows.append([label, row.note, *[""] * 5])
                continue
            shown = [number_text(value, fmt) for value in (figures.estimate, figures.standard_error)]
            shown += [number_text(figures.statistic, "%8.2f"), number_text(figures.p_value, "%5.3f")]
            rows.append([label, *shown, *(number_text(x, fmt) for x in (figures.lower, figures.upper))])
    return rows


def _changed(
    session: SessionState, node: Command, document: Document, name: str, places: str, what: str | None
) -> Document:
    """Return the document with other cells in a table: `name(i,j)`, ranges, `.` for all."""
    found = [
        (place, block)
        for place, block in enumerate(document.blocks)
        if isinstance(block, DocumentTable) and block.name == name
    ]
    if not found:
        raise StataError(111, f"table {name} not found")
    place, block = found[0]
    typed = places.strip()
    if not typed.endswith(")") or typed.count(",") != 1:
        raise StataError(198, "cells are table(row, column)")
    first, second = typed[:-1].split(",")
    at_rows = _places(first, len(block.rows))
    at_columns = _places(second, len(block.rows[0]))
    if what is not None and len(at_rows) * len(at_columns) > 1:
        raise StataError(198, "an expression fills one cell")
    text = None if what is None else evaluated(session, what, str(node.option("nformat", "")))
    for row in at_rows:
        for column in at_columns:
            block = block.with_cell(row, column, _altered(node, block.rows[row][column], text))
    if node.option("colspan") or node.option("rowspan"):
        block = _spanned(block, node, at_rows, at_columns)
    return document.replacing(place, block)


def _places(text: str, size: int) -> list[int]:
    if text.strip() == ".":
        return list(range(size))
    found = [int(value) - 1 for value in parse_numlist(text.strip())]
    if any(not 0 <= place < size for place in found):
        raise StataError(125, "the table has no such cell")
    return found


def _altered(node: Command, cell: DocumentCell, text: str | None) -> DocumentCell:
    look, breaks = look_of(node), 1 if node.option("linebreak") else 0
    runs = cell.runs
    if text is None:
        runs = tuple(replace(run, look=_over(run.look, look)) for run in runs)
    else:
        runs = (*(runs if node.option("append") else ()), Run(text, look, breaks))
    shading = color_of(str(node.option("shading"))) if node.option("shading") else cell.shading
    return replace(cell, runs=runs, align=str(node.option("halign", cell.align)), shading=shading)


def _over(before: Look, look: Look) -> Look:
    """Return a look with what another one says more."""
    changed = {part.name: getattr(look, part.name) for part in fields(look)}
    return replace(before, **{name: value for name, value in changed.items() if value})


def _spanned(block: DocumentTable, node: Command, rows: list[int], columns: list[int]) -> DocumentTable:
    """Return the table in which one cell lies over those beside and below it."""
    if len(rows) * len(columns) > 1:
        raise StataError(198, "colspan() and rowspan() are of one cell")
    row, column = rows[0], columns[0]
    across, down = int(node.option("colspan", 1)), int(node.option("rowspan", 1))
    if row + down > len(block.rows) or column + across > len(block.rows[0]):
        raise StataError(125, "the table has no such cell")
    for i in range(row, row + down):
        for j in range(column, column + across):
            corner = i == row and j == column
            size = {"across": across if corner else 0, "down": down if corner else 0}
            block = block.with_cell(i, j, replace(block.rows[i][j], **size))
    return block
