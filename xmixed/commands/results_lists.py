"""ereturn, return, sreturn list; matrix list and matrix dir."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.layouts.results_lists import render_matrix, render_results
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


def _check_list(node: Command, name: str) -> None:
    words = node.argument or ()
    if len(words) != 1 or not ("list".startswith(words[0]) and len(words[0]) >= 2):
        if words and words[0] in ("clear", "post", "repost", "scalar", "local", "matrix", "display", "add"):
            raise StataError(199, f"command {name} {words[0]} is not implemented in xmixed")
        raise StataError(198, "invalid syntax")


@command(
    "ereturn",
    "eret",
    syntax=Syntax("words"),
    synopsis="ereturn list",
    summary="List what the last estimation command saved in e()",
    keeps_r=True,
)
def ereturn(session: SessionState, node: Command) -> None:
    _check_list(node, "ereturn")
    sample = session.e.exist and session.e.mark in session.data.marks
    session.out.write(*render_results("e", session.e, sample))


@command(
    "return",
    "ret",
    syntax=Syntax("words"),
    synopsis="return list",
    summary="List what the last command saved in r()",
    keeps_r=True,
)
def return_list(session: SessionState, node: Command) -> None:
    _check_list(node, "return")
    session.out.write(*render_results("r", session.r))


@command(
    "sreturn",
    "sret",
    syntax=Syntax("words"),
    synopsis="sreturn list",
    summary="List what is saved in s()",
    keeps_r=True,
)
def sreturn(session: SessionState, node: Command) -> None:
    _check_list(node, "sreturn")
    session.out.write(*render_results("s", session.s))


@command(
    "matrix",
    "mat",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("format", "f", "format", "format of the elements; default %10.0g"),
            OptionSpec("nohalf", "noha", help="show symmetric matrices in full"),
            OptionSpec("noheader", "nohe", help="no line with name and size"),
            OptionSpec("nonames", "non", help="no row and column names"),
        ),
    ),
    synopsis="matrix {list NAME|dir} [, format(%fmt) nohalf noheader nonames]",
    summary="List a matrix, e(b) and e(V) included, or the names of all",
    keeps_r=True,
)
def matrix(session: SessionState, node: Command) -> None:
    word, _, rest = str(node.argument or "").strip().partition(" ")
    if len(word) >= 1 and "list".startswith(word):
        _list_matrix(session, "".join(rest.split()), node)
    elif len(word) >= 2 and "dir".startswith(word):
        if rest.strip():
            raise StataError(198, "invalid syntax")
        for name, found in session.matrices.items():
            rows, columns = found.values.shape
            session.out.write(line(f"{name:>13}[{rows},{columns}]"))
    elif word:
        raise StataError(199, f"command matrix {word} is not implemented in xmixed")
    else:
        raise StataError(198, "invalid syntax")


def _list_matrix(session: SessionState, name: str, node: Command) -> None:
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
