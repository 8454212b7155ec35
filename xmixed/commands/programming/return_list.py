"""ereturn, return, sreturn list; matrix list and matrix dir."""

from __future__ import annotations

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.output import line
from xmixed.render.layouts.results_lists import render_matrix, render_results
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


def _refuse(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


for _name in ("ereturn", "return", "sreturn"):
    command(_name, syntax=Syntax("raw"), synopsis=f"{_name} list", keeps_r=True)(_refuse)


@subcommand("ereturn", "list", syntax=Syntax(), keeps_r=True)
def ereturn(session: SessionState, node: Command) -> None:
    sample = session.e.exist and session.e.mark in session.data.marks
    session.out.write(*render_results("e", session.e, sample))


@subcommand("return", "list", syntax=Syntax(), keeps_r=True)
def return_list(session: SessionState, node: Command) -> None:
    session.out.write(*render_results("r", session.r))


@subcommand("sreturn", "list", syntax=Syntax(), keeps_r=True)
def sreturn(session: SessionState, node: Command) -> None:
    session.out.write(*render_results("s", session.s))


@command(
    "matrix",
    syntax=Syntax("raw"),
    synopsis="matrix {list NAME|dir} [, format(%fmt) nohalf noheader nonames]",
    keeps_r=True,
)
def matrix(session: SessionState, node: Command) -> None:
    word, _ = split_command_word(node.argument)
    if not word:
        raise StataError(198, "invalid syntax")
    raise StataError(199, f"command matrix {word} is not implemented in xmixed")


@subcommand("matrix", "dir", syntax=Syntax(), keeps_r=True)
def directory(session: SessionState, node: Command) -> None:
    for name, found in session.matrices.items():
        rows, columns = found.values.shape
        session.out.write(line(f"{name:>13}[{rows},{columns}]"))


@subcommand(
    "matrix",
    "list",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("format", "f", "format", "format of the elements; default %10.0g"),
            OptionSpec("nohalf", "noha", help="show symmetric matrices in full"),
            OptionSpec("noheader", "nohe", help="no line with name and size"),
            OptionSpec("nonames", "non", help="no row and column names"),
        ),
    ),
    synopsis="matrix list NAME [, format(%fmt) nohalf noheader nonames]",
    keeps_r=True,
)
def list_matrix(session: SessionState, node: Command) -> None:
    name = "".join(node.argument.split())
    if not name:
        raise StataError(198, "invalid syntax")
    found = Context.of(session).matrix(name)
    if not isinstance(found, Matrix):
        raise StataError(111, f"matrix {name} not found")
    fmt = str(node.option("format", "%10.0g"))
    if not is_valid_format(fmt) or is_string_format(fmt):
        raise StataError(120, "invalid %format")
    lines = render_matrix(
        name,
        found,
        fmt,
        session.settings.linesize,
        header=not node.option("noheader"),
        names=not node.option("nonames"),
        half=not node.option("nohalf"),
    )
    session.out.write(*lines)
