"""import excel, export excel: sheets of workbooks."""

from __future__ import annotations

import os

from xmixed.commands.files.memory import (
    CASES,
    REPLACE,
    cell_block,
    file_name,
    install,
    new_names_before_using,
    say_if_new,
    written_part,
)
from xmixed.commands.registry import subcommand
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.options import split_suboptions
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.text import printable, result
from xmixed.session.results import Results
from xmixed.session.state import SessionState

HEADS = (("variables", "var"), ("varlabels", "varl"))


@subcommand(
    "import",
    "excel",
    syntax=Syntax(
        "filename",
        using=True,
        options=(
            OptionSpec("describe", "desc", help="list the sheets and their ranges"),
            OptionSpec("sheet", "sh", "text", "name of the sheet; the first without it"),
            OptionSpec("cellrange", "cellra", "text", "block of cells, A1:B9"),
            OptionSpec("firstrow", "first", help="the first row holds names"),
            OptionSpec("case", "case", "choice", "preserve, lower or upper case of names", choices=CASES),
            OptionSpec("allstring", "allstr", help="everything as strings"),
            OptionSpec("locale", "locale", "text", "language of the workbook; has no effect"),
            CLEAR,
        ),
    ),
    synopsis="import excel [[newvarlist] using] filename [, describe | options]",
)
def import_excel(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import read_content
    from xmixed.data.files.excel.reader import read_excel

    name = _found(file_name(node))
    if node.option("describe"):
        _describe(session, name)
        return
    names = new_names_before_using(session, node)
    check_may_replace(session, node)
    imported = read_excel(
        read_content(name, 2.0),
        node.option("sheet", ""),
        cell_block(node, "cellrange"),
        first_row=bool(node.option("firstrow")),
        case=node.option("case", "preserve"),
        all_text=bool(node.option("allstring")),
        names=names,
    )
    install(session, imported, counted=False)


def _found(name: str) -> str:
    """Return a file name with the extension that is there: of .xls, Stata's own default, and .xlsx."""
    if "." in os.path.basename(name):
        return name
    return name + (".xls" if os.path.exists(os.path.expanduser(name + ".xls")) else ".xlsx")


def _describe(session: SessionState, name: str) -> None:
    from xmixed.data.files.content import read_content
    from xmixed.data.files.excel.reader import sheet_ranges

    sheets = sheet_ranges(read_content(name, 2.0))
    width = max(12, *(len(title) for title, _ in sheets))
    session.out.write("", f"{'Sheet':>{width + 1}} | Range", "-" * (width + 2) + "+" + "-" * 13)
    for title, cells in sheets:
        session.out.write(line(f"{printable(title):>{width + 1}} | ", result(cells)))
    macros = {f"worksheet_{number}": title for number, (title, _) in enumerate(sheets, start=1)}
    macros |= {f"range_{number}": cells for number, (_, cells) in enumerate(sheets, start=1)}
    session.r = Results({"N_worksheet": float(len(sheets))}, macros, {})


@subcommand(
    "export",
    "excel",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("sheet", "sh", "text", "name of the sheet [, modify | replace]"),
            OptionSpec("cell", "cell", "text", "where the upper left cell goes"),
            OptionSpec("sheetmodify", "sheetmod", help="write into a sheet that is there"),
            OptionSpec("sheetreplace", "sheetrep", help="write over a sheet that is there"),
            OptionSpec("firstrow", "first", "choice", "what the first row holds", choices=HEADS),
            OptionSpec("nolabel", "nol", help="values, not their labels"),
            OptionSpec("missing", "miss", "text", "text for missing values"),
            OptionSpec("datestring", "datestr", "format", "dates as text in this format"),
            OptionSpec("keepcellfmt", "keepcellfmt", help="cells that are there keep their number formats"),
            OptionSpec("locale", "locale", "text", "language of the workbook; has no effect"),
            REPLACE,
        ),
        exclusive=(("sheetmodify", "sheetreplace"), ("replace", "sheetmodify"), ("replace", "sheetreplace")),
    ),
    synopsis="export excel [[varlist] using] filename [if] [in] [, options]",
    needs=("data",),
    keeps_r=True,
)
def export_excel(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import read_content
    from xmixed.data.files.excel.ranges import CellRange
    from xmixed.data.files.excel.writer import SheetWriting, write_excel

    name = file_name(node)
    name = name if "." in os.path.basename(name) else f"{name}.xlsx"
    if not name.lower().endswith((".xlsx", ".xlsm")):
        hint = "workbooks are written in the format .xlsx"
        raise StataError(603, f"file {name} could not be saved", hint=hint)
    sheet, how = _sheet(node)
    writing = SheetWriting(
        sheet=sheet,
        corner=cell_block(node, "cell") or CellRange(),
        heads=node.option("firstrow", ""),
        labels=not node.option("nolabel"),
        missing=node.option("missing"),
        day_format=node.option("datestring", ""),
        keep_formats=bool(node.option("keepcellfmt")),
    )
    data = written_part(session, node)
    exists = os.path.exists(os.path.expanduser(name))
    old = read_content(name, 8.0).raw if exists and (how or "sheet" in node.options) else None
    if node.option("replace"):
        old = None
        say_if_new(session, name)
    content = write_excel(data, writing, old, how)
    with replace_file(name, old is not None or bool(node.option("replace"))) as stream:
        stream.write(content)
    session.out.write(f"file {printable(name)} saved")


def _sheet(node: Command) -> tuple[str, str]:
    """Return the name of the sheet, and what is to happen to one that is there."""
    how = "modify" if node.option("sheetmodify") else "replace" if node.option("sheetreplace") else ""
    if "sheet" not in node.options:
        return "Sheet1", how
    name, words = split_suboptions(node.options["sheet"].text)
    if not set(words) <= {"modify", "replace"} or len(words) > 1 or not name:
        raise StataError(198, "option sheet() incorrectly specified")
    return name, words[0] if words else how
