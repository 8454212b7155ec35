"""export delimited, outsheet: the data as text files of rows and columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xmixed.commands.files.memory import REPLACE, file_name, say_if_new, written_part
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.options import split_suboptions
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.delimited.writer import Writing

NOLABEL = OptionSpec("nolabel", "nol", help="values, not their labels")


@command("export", syntax=Syntax("raw"), synopsis="export {delimited | excel | ...} filename ...")
def export(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


@subcommand(
    "export",
    "delimited",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("delimiter", "delim", "text", "the character between cells, or tab"),
            OptionSpec("novarnames", "novar", help="no line of names"),
            NOLABEL,
            OptionSpec("datafmt", "dataf", help="numbers in their display formats"),
            OptionSpec("quote", "q", help="all strings in double quotes"),
            REPLACE,
        ),
    ),
    synopsis="export delimited [[varlist] using] filename [if] [in] [, options]",
    needs=("data",),
    keeps_r=True,
)
def export_delimited(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.delimited.writer import Writing

    name = with_extension(file_name(node), ".csv")
    writing = Writing(
        separator=_separator(node, ","),
        names=not node.option("novarnames"),
        labels=not node.option("nolabel"),
        quotes="all" if node.option("quote") else "needed",
        shown=bool(node.option("datafmt")),
    )
    _write(session, node, name, writing)
    session.out.write(f"file {printable(name)} saved")


@command(
    "outsheet",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("comma", "c", help="commas between cells, not tabs"),
            OptionSpec("delimiter", "d", "text", "the character between cells"),
            OptionSpec("nonames", "non", help="no line of names"),
            NOLABEL,
            OptionSpec("noquote", "noq", help="strings without double quotes"),
            REPLACE,
        ),
        exclusive=(("comma", "delimiter"),),
    ),
    synopsis="outsheet [varlist] using filename [if] [in] "
    "[, comma delimiter(char) nonames nolabel noquote replace]",
    needs=("data",),
    keeps_r=True,
)
def outsheet(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.delimited.writer import Writing

    if node.using is None:
        raise StataError(100, "using required")
    writing = Writing(
        separator="," if node.option("comma") else _separator(node, "\t"),
        names=not node.option("nonames"),
        labels=not node.option("nolabel"),
        quotes="none" if node.option("noquote") else "all",
        shown=True,
        missing=".",
    )
    _write(session, node, with_extension(node.using, ".out"), writing)


def _separator(node: Command, default: str) -> str:
    if "delimiter" not in node.options:
        return default
    typed, words = split_suboptions(node.options["delimiter"].text)
    mark = "\t" if typed in ("tab", "\\t") else typed
    if len(mark) != 1 or words or mark in '"\n\r':
        raise StataError(198, "option delimiter() incorrectly specified")
    return mark


def _write(session: SessionState, node: Command, name: str, writing: Writing) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.delimited.writer import write_delimited

    data = written_part(session, node)
    replaces = bool(node.option("replace"))
    if replaces:
        say_if_new(session, name)
    with replace_file(name, replaces) as stream:
        write_delimited(stream, replace(data, marks={}), writing)
