"""import sql, export sql: tables of databases in files."""

from __future__ import annotations

import os
from dataclasses import replace

from xmixed.commands.files.memory import file_name, install, written_part
from xmixed.commands.registry import subcommand
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

TABLE = OptionSpec("table", "t", "text", "name of the table")


@subcommand(
    "import",
    "sql",
    syntax=Syntax(
        "filename",
        using=True,
        options=(TABLE, OptionSpec("exec", "e", "text", "a query, in place of a table"), CLEAR),
        exclusive=(("table", "exec"),),
    ),
    synopsis="import sql [using] filename, {table(name) | exec(query)} [clear]",
    keeps_r=True,
)
def import_sql(session: SessionState, node: Command) -> None:
    from xmixed.data.files.database import quoted_name, read_query

    path = os.path.expanduser(file_name(node))
    table, query = node.option("table"), node.option("exec")
    if not table and not query:
        raise StataError(198, "option table() or exec() required")
    check_may_replace(session, node)
    install(session, read_query(path, query or f"SELECT * FROM {quoted_name(table)}"))


@subcommand(
    "export",
    "sql",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(
            TABLE,
            OptionSpec("replace", "replace", help="in place of the table that is there"),
            OptionSpec("insert", "insert", help="add rows to the table that is there"),
        ),
        exclusive=(("replace", "insert"),),
    ),
    synopsis="export sql [[varlist] using] filename [if] [in], table(name) [replace | insert]",
    needs=("data",),
    keeps_r=True,
)
def export_sql(session: SessionState, node: Command) -> None:
    from xmixed.data.files.database import write_table

    path = os.path.expanduser(file_name(node))
    table = node.required("table")
    how = "replace" if node.option("replace") else "insert" if node.option("insert") else ""
    data = replace(written_part(session, node), marks={})
    session.out.write(*write_table(path, table, data, how))
