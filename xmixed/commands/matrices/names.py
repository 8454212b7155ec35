"""Names of matrices and of their rows and columns; what matrices there are."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.matrices.evaluate import matrix_named
from xmixed.expressions.varlist import is_valid_name
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.layouts.results_lists import render_matrix
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState

NONE = "_"
"""The equation name that stands for no equation."""


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
            OptionSpec("title", "t", "text", "a line above"),
            OptionSpec("noblank", "nob", help="no blank line before"),
            OptionSpec("nohalf", "noha", help="show symmetric matrices in full"),
            OptionSpec("noheader", "nohe", help="no line with name and size"),
            OptionSpec("nonames", "non", help="no row and column names"),
            OptionSpec("nodotz", "nod", help="show the missing value .z as blank"),
        ),
    ),
    synopsis="matrix list NAME [, format(%fmt) title(text) noblank nohalf noheader nonames nodotz]",
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
        title=str(node.option("title", "")),
        blank=not node.option("noblank"),
        dot_z=not node.option("nodotz"),
    )
    session.out.write(*lines)


@subcommand("matrix", "drop", syntax=Syntax("words"), synopsis="matrix drop {_all | names}", keeps_r=True)
def drop(session: SessionState, node: Command) -> None:
    names: tuple[str, ...] = node.argument
    if not names:
        raise StataError(198, "invalid syntax")
    if names == ("_all",):
        session.matrices.clear()
        return
    for name in names:
        matrix_named(name, Context.of(session))
        if name not in session.matrices:  # e(b) is no matrix of the user's
            raise StataError(198, "invalid syntax")
    for name in names:
        session.matrices.pop(name, None)


@subcommand("matrix", "rename", syntax=Syntax("words"), synopsis="matrix rename old new", keeps_r=True)
def rename(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    old, new = node.argument
    matrix_named(old, Context.of(session))
    if old not in session.matrices or not is_valid_name(new):
        raise StataError(198, f"{new} invalid name")
    if new in session.matrices or new in session.scalars:
        raise StataError(110, f"{new} already defined")
    session.matrices[new] = session.matrices.pop(old)


# --- names of rows and columns ------------------------------------------------------------------------


def _target(session: SessionState, node: Command) -> tuple[str, Matrix, tuple[str, ...]]:
    """Return the matrix of `A = names` and the names."""
    name, equals, text = (part.strip() for part in node.argument.partition("="))
    if not equals:
        raise StataError(198, "invalid syntax")
    matrix = matrix_named(name, Context.of(session))
    if name not in session.matrices:
        raise StataError(111, f"matrix {name} not found")
    return name, matrix, parse_words(text)


def full_names(words: tuple[str, ...], old: list[str]) -> list[str]:
    """Return row or column names as given: `a`, `eq:a`; `eq:` alone stands before all that follow.

    A name without equation keeps that of its place.

    Raises
    ------
    StataError
        r(503) `conformability error` when there are more or fewer names than places.
    """
    found: list[str] = []
    equation: str | None = None
    for word in words:
        if word.endswith(":"):
            equation = word[:-1]
            continue
        before, colon, _ = old[len(found)].partition(":") if len(found) < len(old) else ("", "", "")
        if ":" in word:
            given, _, word = word.partition(":")
        else:
            given = equation if equation is not None else before if colon else ""
        found.append(word if given in ("", NONE) else f"{given}:{word}")
    if len(found) != len(old):
        raise StataError(503, "conformability error")
    return found


def equation_names(words: tuple[str, ...], old: list[str]) -> list[str]:
    """Return names with new equations, one for each place; the last stands for those that follow it.

    Raises
    ------
    StataError
        r(503) `conformability error` when there are more equations than places or none.
    """
    if not words or len(words) > len(old):
        raise StataError(503, "conformability error")
    equations = [word.removesuffix(":") for word in words]
    equations += [equations[-1]] * (len(old) - len(equations))
    bare = [name.rpartition(":")[2] for name in old]
    return [
        name if equation in ("", NONE) else f"{equation}:{name}"
        for equation, name in zip(equations, bare, strict=True)
    ]


def _register(word: str, rows: bool, equations: bool) -> None:
    @subcommand("matrix", word, syntax=Syntax("text"), synopsis=f"matrix {word} A = names", keeps_r=True)
    def handler(session: SessionState, node: Command) -> None:
        name, matrix, words = _target(session, node)
        old = matrix.row_names if rows else matrix.column_names
        new = (equation_names if equations else full_names)(words, old)
        names = (new, matrix.column_names) if rows else (matrix.row_names, new)
        session.matrices[name] = Matrix(matrix.values, *names)


_register("rownames", rows=True, equations=False)
_register("colnames", rows=False, equations=False)
_register("roweq", rows=True, equations=True)
_register("coleq", rows=False, equations=True)
