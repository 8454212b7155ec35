"""What commands share that put a file into memory or memory into a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.render.text import printable
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.excel.ranges import CellRange
    from xmixed.data.files.imported import Imported

REPLACE = OptionSpec("replace", "replace", help="overwrite the file")
CASES = (("preserve", "preserve"), ("lower", "lower"), ("upper", "upper"))


def file_name(node: Command) -> str:
    """Return the file that a command names, behind `using` or alone; r(100) when it names none."""
    name = node.using if node.using is not None else node.argument
    if not name:
        raise StataError(100, "invalid file specification")
    return name


def check_empty(session: SessionState, node: Command) -> None:
    """Refuse to read beside data in memory (r(18)) unless the option clear was given."""
    if session.data.variables and not node.option("clear"):
        raise StataError(18, "you must start with an empty dataset")


def install(session: SessionState, imported: Imported, counted: bool = True) -> None:
    """Make what was read the data in memory, and say what the user is to know of it."""
    data = imported.dataset
    session.data = data
    session.out.write(*(printable(note) for note in imported.notes))
    if counted:
        count = len(data.variables)
        session.out.write(f"({count} {'var' if count == 1 else 'vars'}, {data.n_obs} obs)")


def say_if_new(session: SessionState, name: str) -> None:
    """Say that a file which is to be replaced is not there."""
    if not os.path.exists(os.path.expanduser(name)):
        session.out.write(f"(note: file {printable(name)} not found)")


def written_part(session: SessionState, node: Command) -> Dataset:
    """Return the variables and observations that a command writes; all without a varlist, `if` and `in`."""
    data = session.data
    if node.argument and not isinstance(node.argument, str):
        data = data.select(dict.fromkeys(resolve_varlist(node.argument, data)))
    if node.condition is not None or node.in_range is not None:
        data = data.rows(selected_rows(session, node))
    return data


def new_names_before_using(session: SessionState, node: Command) -> list[str] | None:
    """Return the names that stand before `using` for variables to be read; None where none do."""
    from xmixed.expressions.typed.parts import new_names

    if node.using is None or not node.argument_text.strip():
        return None
    return new_names(node.argument_text, Dataset(), session.settings.type).names


def selected_part(session: SessionState, node: Command, data: Dataset) -> Dataset:
    """Return the observations of data just read that `if` and `in` leave."""
    if node.condition is None and node.in_range is None:
        return data
    before = session.data
    session.data = data
    try:
        rows = selected_rows(session, node)
    finally:
        session.data = before
    return data.rows(rows)


def cell_block(node: Command, option: str) -> CellRange | None:
    """Return the block of cells that an option names; None without it."""
    from xmixed.data.files.excel.ranges import parse_range

    typed = node.option(option)
    if typed is None:
        return None
    found = parse_range(typed)
    if found is None:
        raise StataError(198, f"option {option}() incorrectly specified")
    return found
