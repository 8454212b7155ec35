"""listtab: variables as rows of a table in a file."""

from __future__ import annotations

import os

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.value_labels import value_label_texts, value_text
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

STYLES = {
    "html": ("<tr><td>", "</td><td>", "</td></tr>"),
    "htmlhead": ("<tr><th>", "</th><th>", "</th></tr>"),
    "tabular": ("", "&", "\\\\"),
    "halign": ("", "&", "\\cr"),
    "tabdelim": ("", "\t", ""),
    "markdown": ("|", "|", "|"),
    "bbcode": ("[tr][td]", "[/td][td]", "[/td][/tr]"),
}
"""What begins a row, stands between its cells, and ends it."""


@command(
    "listtab",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("begin", "b", "text", "what begins a row"),
            OptionSpec("delimiter", "d", "text", "what stands between cells"),
            OptionSpec("end", "e", "text", "what ends a row"),
            OptionSpec("missnum", "m", "text", "missing numbers"),
            OptionSpec("rstyle", "rs", "choice", "style of rows", choices=tuple((n, n) for n in STYLES)),
            OptionSpec("headlines", "head", "text", "lines above"),
            OptionSpec("footlines", "foot", "text", "lines below"),
            OptionSpec("headchars", "headc", "text", built=False),
            OptionSpec("nolabel", "nol", help="values in place of labels"),
            OptionSpec("type", "t", help="show the rows"),
            OptionSpec("replace", "replace", help="write over a file that is there"),
            OptionSpec("appendto", "appendto", "text", "file behind which the rows are written"),
            OptionSpec("handle", "ha", "name", built=False),
            OptionSpec("vspec", "vspec", "text", built=False),
        ),
    ),
    synopsis="listtab varlist [using filename] [if] [in] [, type rstyle(name) begin(text) delimiter(text) "
    "end(text) missnum(text) headlines(texts) footlines(texts) nolabel replace appendto(filename)]",
    needs=("data",),
    keeps_r=True,
)
def listtab(session: SessionState, node: Command) -> None:
    if node.using is None and not node.option("type") and not node.option("appendto"):
        raise StataError(198, "at least one of using, type and appendto() required")
    begin, between, end = STYLES[str(node.option("rstyle", "tabdelim"))]
    begin, end = str(node.option("begin", begin)), str(node.option("end", end))
    between = str(node.option("delimiter", between if "rstyle" in node.options else "&"))
    lines = [
        *parse_words(str(node.option("headlines", ""))),
        *(f"{begin}{between.join(cells)}{end}" for cells in _cells(session, node)),
        *parse_words(str(node.option("footlines", ""))),
    ]
    if node.option("type"):
        session.out.write(*lines)
    content = "".join(f"{line}\n" for line in lines)
    if node.using is not None:
        _write(node.using, content, bool(node.option("replace")), False)
    if node.option("appendto"):
        _write(str(node.option("appendto")), content, True, True)


def _cells(session: SessionState, node: Command) -> list[list[str]]:
    data, missing = session.data, node.option("missnum")
    columns: list[list[str]] = []
    at = np.flatnonzero(selected_rows(session, node)).tolist()
    for variable in variables_of(data, node):
        if variable.is_string or (value_label_texts(data, variable) and not node.option("nolabel")):
            columns.append([value_text(data, variable, row).strip() for row in at])
        else:
            values = variable.to_double()[at].tolist()
            columns.append([format_value(value, variable.format).strip() for value in values])
        if missing is not None and not variable.is_string:
            gone = is_missing(variable.to_double()[at]).tolist()
            columns[-1] = [missing if empty else text for empty, text in zip(gone, columns[-1], strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def _write(path: str, content: str, replace: bool, behind: bool) -> None:
    from xmixed.data.files.atomic_file import replace_file

    path = os.path.expanduser(path)
    before = b""
    if behind and os.path.exists(path):
        with open(path, "rb") as stream:
            before = stream.read()
    with replace_file(path, replace) as stream:
        stream.write(before + content.encode())
