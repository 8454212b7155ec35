"""import sas, import sasxport, import spss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmixed.commands.files.memory import CASES, file_name, install, selected_part
from xmixed.commands.registry import subcommand
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.foreign.reader import Kind

CASE = OptionSpec("case", "case", "choice", "preserve, lower or upper case of names", choices=CASES)


@subcommand(
    "import",
    "sas",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(CASE, OptionSpec("bcat", "bcat", "text", "file of value labels, .sas7bcat"), CLEAR),
    ),
    synopsis="import sas [[varlist] [if] [in] using] filename [, case() bcat(filename) clear]",
    keeps_r=True,
)
def import_sas(session: SessionState, node: Command) -> None:
    _import(session, node, "sas7bdat", ".sas7bdat", "preserve")


@subcommand(
    "import",
    "sasxport",
    syntax=Syntax(
        "filename",
        options=(
            CLEAR,
            OptionSpec("describe", "describe", built=False),
            OptionSpec("novallabels", "noval", help="no value labels; such files have none"),
        ),
    ),
    synopsis="import sasxport filename [, clear novallabels]",
    keeps_r=True,
)
def import_sasxport(session: SessionState, node: Command) -> None:
    _import(session, node, "xport", ".xpt", "lower")


@subcommand(
    "import",
    "spss",
    syntax=Syntax("filename", condition=True, in_range=True, using=True, options=(CASE, CLEAR)),
    synopsis="import spss [[varlist] [if] [in] using] filename [, case() clear]",
    keeps_r=True,
)
def import_spss(session: SessionState, node: Command) -> None:
    portable = file_name(node).lower().endswith(".por")
    _import(session, node, "por" if portable else "sav", ".sav", "preserve")


def _import(session: SessionState, node: Command, kind: Kind, extension: str, case: str) -> None:
    from dataclasses import replace

    from xmixed.data.files.content import read_content, with_extension
    from xmixed.data.files.foreign.reader import read_foreign
    from xmixed.expressions.varlist import resolve_varlist

    name = with_extension(file_name(node), extension)
    check_may_replace(session, node)
    imported = read_foreign(
        read_content(name, 4.0), kind, node.option("case", case), node.option("bcat") or ""
    )
    data = selected_part(session, node, imported.dataset)
    if node.using is not None and node.argument:
        data = data.select(dict.fromkeys(resolve_varlist(node.argument, data)))
    install(session, replace(imported, dataset=replace(data, changed=True)))
