"""import parquet, export parquet."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.files.memory import REPLACE, file_name, install, say_if_new, written_part
from xmixed.commands.registry import subcommand
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.text import printable
from xmixed.session.state import SessionState


@subcommand(
    "import",
    "parquet",
    syntax=Syntax("filename", condition=True, in_range=True, using=True, options=(CLEAR,)),
    synopsis="import parquet [[varlist] [if] [in] using] filename [, clear]",
    keeps_r=True,
)
def import_parquet(session: SessionState, node: Command) -> None:
    from xmixed.commands.files.memory import selected_part
    from xmixed.data.files.content import read_content, with_extension
    from xmixed.data.files.parquet import read_parquet
    from xmixed.expressions.varlist import resolve_varlist

    name = with_extension(file_name(node), ".parquet")
    check_may_replace(session, node)
    imported = read_parquet(read_content(name, 2.0))
    data = selected_part(session, node, imported.dataset)
    if node.using is not None and node.argument:
        data = data.select(dict.fromkeys(resolve_varlist(node.argument, data)))
    install(session, replace(imported, dataset=replace(data, source=name, changed=False)))


@subcommand(
    "export",
    "parquet",
    syntax=Syntax("filename", condition=True, in_range=True, using=True, options=(REPLACE,)),
    synopsis="export parquet [[varlist] using] filename [if] [in] [, replace]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def export_parquet(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.parquet import write_parquet

    name = with_extension(file_name(node), ".parquet")
    if session.data.reference is not None:
        _export_by_reference(session, node, name)
        return
    data = written_part(session, node)
    replaces = bool(node.option("replace"))
    if replaces:
        say_if_new(session, name)
    with replace_file(name, replaces) as stream:
        write_parquet(stream, data)
    session.out.write(f"file {printable(name)} saved")


def _export_by_reference(session: SessionState, node: Command, name: str) -> None:
    """Write data by reference batch by batch: no more than some rows are in memory."""
    from contextlib import closing

    from xmixed.commands.referenced import row_count, selected_reference
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.parquet import write_parquet_batches
    from xmixed.expressions.varlist import resolve_varlist

    names = session.data.names
    if node.using is not None and node.argument:
        names = list(dict.fromkeys(resolve_varlist(node.argument, session.data)))
    data, selected = session.data.select(names), selected_reference(session, node)
    whole = node.condition is None and node.in_range is None
    data = replace(data, n_obs=session.data.n_obs if whole else row_count(selected))
    rows = selected.table.select(
        **{f"v{place}": selected.value(variable) for place, variable in enumerate(data)}
    )
    replaces = bool(node.option("replace"))
    if replaces:
        say_if_new(session, name)
    with replace_file(name, replaces) as stream, closing(selected.source.batches(rows, True)) as batches:
        write_parquet_batches(stream, data, batches)
    session.out.write(f"file {printable(name)} saved")
