"""xmluse, xmlsave: sheets as XML."""

from __future__ import annotations

from xmixed.commands.files.memory import REPLACE, cell_block, file_name, install, say_if_new, written_part
from xmixed.commands.registry import command
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.state import SessionState

_DOCTYPE = OptionSpec(
    "doctype", "doc", "choice", "dta or excel", choices=(("dta", "dta"), ("excel", "excel"))
)


def _check_doctype(given: str) -> None:
    if given == "dta":
        hint = "doctype(excel) is read and written; datasets as XML of Stata's own are not"
        raise StataError(198, "option doctype(dta) is not implemented in xmixed", hint=hint)


@command(
    "xmluse",
    syntax=Syntax(
        "filename",
        using=True,
        options=(
            _DOCTYPE,
            OptionSpec("sheet", "sheet", "text", "name of the sheet; the first without it"),
            OptionSpec("cells", "cells", "text", "block of cells, A1:B9"),
            OptionSpec("firstrow", "first", help="the first row holds names"),
            OptionSpec("allstring", "all", help="everything as strings"),
            OptionSpec("datestring", "date", built=False),
            OptionSpec("missing", "miss", built=False),
            OptionSpec("nocompress", "nocomp", help="has no effect: columns are narrow from the start"),
            CLEAR,
        ),
    ),
    synopsis="xmluse [using] filename [, doctype(excel) sheet(name) cells(A1:B9) firstrow allstring clear]",
    keeps_r=True,
)
def xmluse(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import read_content, with_extension
    from xmixed.data.files.excel.reader import read_excel
    from xmixed.data.files.excel.xml_format import is_xml

    name = with_extension(file_name(node), ".xml")
    _check_doctype(node.option("doctype", ""))
    check_may_replace(session, node)
    content = read_content(name, 2.0)
    if not is_xml(content.raw):
        raise StataError(603, f"file {name} could not be loaded", hint="it is no XML")
    if b"<dta>" in content.raw[:100_000]:
        _check_doctype("dta")
    sheet, block = node.option("sheet", ""), cell_block(node, "cells")
    first, text = bool(node.option("firstrow")), bool(node.option("allstring"))
    install(session, read_excel(content, sheet, block, first_row=first, all_text=text), counted=False)


@command(
    "xmlsave",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(
            _DOCTYPE,
            OptionSpec("dtd", "dtd", built=False),
            OptionSpec("legible", "leg", help="has no effect: a row is a line in any case"),
            REPLACE,
        ),
    ),
    synopsis="xmlsave [[varlist] using] filename [if] [in], doctype(excel) [legible replace]",
    needs=("data",),
    keeps_r=True,
)
def xmlsave(session: SessionState, node: Command) -> None:
    """Names stand in the first row, and values as their labels are."""
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.excel.writer import SheetWriting, table_of
    from xmixed.data.files.excel.xml_format import write_xml

    name = with_extension(file_name(node), ".xml")
    _check_doctype(node.option("doctype", "dta"))
    rows = table_of(written_part(session, node), SheetWriting(heads="variables"))
    if node.option("replace"):
        say_if_new(session, name)
    with replace_file(name, bool(node.option("replace"))) as stream:
        stream.write(write_xml(rows))
    session.out.write(f"file {printable(name)} saved")
