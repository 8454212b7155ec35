"""`putexcel`: results in cells of a workbook."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from xmixed.commands.files.memory import file_name
from xmixed.commands.registry import command, subcommand
from xmixed.data.files.excel.pages import Look, PageCells, check_edge, write_cells
from xmixed.data.files.excel.ranges import CellRange, parse_range
from xmixed.errors import Span, StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import evaluate_matrix
from xmixed.language.arguments.matrix_expressions import parse_matrix_expression
from xmixed.language.arguments.written_cells import WrittenCell, written_cells
from xmixed.language.nodes import Command
from xmixed.language.options import split_suboptions, unquote
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing, missing_name
from xmixed.render.text import printable
from xmixed.session.open_files import Workbook
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState

PLACES = (
    OptionSpec("sheet", "sh", "text", "name of the sheet [, replace]"),
    OptionSpec("modify", "mod", help="write into a workbook that is there"),
    OptionSpec("replace", "replace", help="write over a workbook that is there"),
    OptionSpec("keepcellformat", "keepcell", help="cells keep their formats, as they do without"),
)
FORMATS = {
    "number": "0",
    "number_d2": "0.00",
    "number_sep": "#,##0",
    "number_sep_d2": "#,##0.00",
    "percent": "0%",
    "percent_d2": "0.00%",
    "scientific_d2": "0.00E+00",
    "text": "@",
}
ACROSS = ("left", "hcenter", "right")


@subcommand(
    "putexcel",
    "set",
    syntax=Syntax(
        "filename",
        options=(*PLACES, OptionSpec("open", "open", help="has no effect: each command writes the file")),
        exclusive=(("modify", "replace"),),
    ),
    synopsis="putexcel set filename [, sheet(name [, replace]) {modify|replace} keepcellformat open]",
    keeps_r=True,
)
def set_(session: SessionState, node: Command) -> None:
    session.workbook = _workbook(node, file_name(node))


@subcommand("putexcel", "clear", syntax=Syntax(), synopsis="putexcel clear", keeps_r=True)
@subcommand("putexcel", "close", syntax=Syntax(), synopsis="putexcel close", keeps_r=True)
@subcommand("putexcel", "save", syntax=Syntax(), synopsis="putexcel save", keeps_r=True)
def clear(session: SessionState, node: Command) -> None:
    session.workbook = None


@subcommand("putexcel", "describe", syntax=Syntax(), synopsis="putexcel describe", keeps_r=True)
def describe(session: SessionState, node: Command) -> None:
    book = _set(session)
    session.out.write(f"  file: {printable(book.path)}", f"  sheet: {printable(book.sheet)}")


@command(
    "putexcel",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            *PLACES,
            OptionSpec("names", "names", help="names of the rows and columns of matrices"),
            OptionSpec("rownames", "rown", help="names of the rows of matrices"),
            OptionSpec("colnames", "coln", help="names of the columns of matrices"),
            OptionSpec("overwritefmt", "overwr", help="has no effect: formats that are given replace others"),
            OptionSpec("bold", "bold", "negatable", help="bold text"),
            OptionSpec("italic", "ital", "negatable", help="italic text"),
            OptionSpec("underline", "under", "negatable", help="underlined text"),
            OptionSpec("txtwrap", "txtw", "negatable", help="long text goes on below"),
            OptionSpec("left", "left", help="text at the left"),
            OptionSpec("hcenter", "hcen", help="text in the middle of the width"),
            OptionSpec("right", "right", help="text at the right"),
            OptionSpec("vcenter", "vcen", help="text in the middle of the height"),
            OptionSpec("merge", "merge", help="the block becomes one cell"),
            OptionSpec("nformat", "nfor", "text", "format of numbers, of a workbook or by name"),
            OptionSpec("border", "bor", "text", "all [, style]: lines around each cell"),
        ),
        exclusive=(("modify", "replace"), ("left", "hcenter"), ("left", "right"), ("hcenter", "right")),
    ),
    synopsis="putexcel cells [using filename] [, options]",
    keeps_r=True,
)
def putexcel(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import read_content

    book = _workbook(node, node.using) if node.using is not None else _set(session)
    cells = [_page_cells(session, node, cell) for cell in written_cells(str(node.argument))]
    exists = os.path.exists(os.path.expanduser(book.path))
    old = read_content(book.path, 8.0).raw if exists and not book.fresh else None
    content = write_cells(cells, _look(node), book.sheet, old, book.how)
    with replace_file(book.path, True) as stream:
        stream.write(content)
    if node.using is None:
        session.workbook = replace(book, fresh=False, how="modify")
    session.out.write(f"file {printable(book.path)} saved")


def _set(session: SessionState) -> Workbook:
    if session.workbook is None:
        raise StataError(198, "no workbook is set", hint="putexcel set filename, or using filename")
    return session.workbook


def _workbook(node: Command, name: str) -> Workbook:
    name = name if "." in os.path.basename(name) else f"{name}.xlsx"
    if not name.lower().endswith((".xlsx", ".xlsm")):
        hint = "workbooks are written in the format .xlsx"
        raise StataError(603, f"file {name} could not be saved", hint=hint)
    exists = os.path.exists(os.path.expanduser(name))
    if exists and not node.option("modify") and not node.option("replace"):
        raise StataError(602, f"file {name} already exists", hint="modify writes into it, replace over it")
    sheet, words = split_suboptions(node.options["sheet"].text) if "sheet" in node.options else ("Sheet1", ())
    if not sheet or words not in ((), ("replace",)):
        raise StataError(198, "option sheet() incorrectly specified")
    return Workbook(name, sheet, not exists or bool(node.option("replace")), "replace" if words else "modify")


def _page_cells(session: SessionState, node: Command, cell: WrittenCell) -> PageCells:
    block = parse_range(cell.block)
    if block is None:
        raise StataError(198, f"{cell.block} invalid cell range")
    if not cell.kind:
        return PageCells(block)
    if cell.kind == "matrix":
        text = cell.text
        found = evaluate_matrix(parse_matrix_expression(text, Span(0, len(text))), Context.of(session))
        return PageCells(block, _matrix_rows(found, _named(node, cell.words)))
    if cell.kind == "formula":
        return PageCells(block, [[unquote(cell.text)]], formula=True)
    value = _value(evaluate_text(session, cell.text))
    return PageCells(block, [[value] * _width(block)] * _height(block))


def _width(block: CellRange) -> int:
    return 1 if block.last_column is None else block.last_column - block.first_column + 1


def _height(block: CellRange) -> int:
    return 1 if block.last_row is None else block.last_row - block.first_row + 1


def _value(value: float | str) -> float | str | None:
    if isinstance(value, str):
        return value
    if is_missing(np.array([value]))[0]:
        name = missing_name(value)
        return None if name == "." else name
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _named(node: Command, words: tuple[str, ...]) -> tuple[bool, bool]:
    if not set(words) <= {"names", "rownames", "colnames"}:
        raise StataError(198, f"option {' '.join(words)} not allowed")
    both = bool(node.option("names")) or "names" in words
    rows = both or bool(node.option("rownames")) or "rownames" in words
    return rows, both or bool(node.option("colnames")) or "colnames" in words


def _matrix_rows(found: Matrix, named: tuple[bool, bool]) -> list[list[float | str | None]]:
    rows: list[list[float | str | None]] = [[_value(value) for value in row] for row in found.values.tolist()]
    if named[0]:
        rows = [[name, *row] for name, row in zip(found.row_names, rows, strict=True)]
    if named[1]:
        rows.insert(0, [*([None] if named[0] else []), *found.column_names])
    return rows


def _look(node: Command) -> Look:
    across = next((word for word in ACROSS if node.option(word)), None)
    number = node.option("nformat")
    edge = None
    if "border" in node.options:
        sides, words = split_suboptions(node.options["border"].text)
        if sides != "all" or len(words) > 1:
            hint = "border(all [, style]) is there"
            raise StataError(198, "option border() incorrectly specified", hint=hint)
        edge = check_edge(words[0] if words else "thin")
    return Look(
        bold=node.option("bold"),
        italic=node.option("italic"),
        underline=node.option("underline"),
        across="center" if across == "hcenter" else across,
        wraps=node.option("txtwrap"),
        middle=node.option("vcenter"),
        number=FORMATS.get(number, number) if number else None,
        edge=edge,
        merged=bool(node.option("merge")),
    )
