"""mi misstable: tables of missing values of the original data or of an imputation."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.mi.held import lent, opened
from xmixed.commands.registry import find_entry, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command, Option
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_OPTIONS = (
    OptionSpec("exmiss", "exmiss", help="patterns: .a to .z count as missing"),
    OptionSpec("m", "m", "integer", help="number of the imputation; default 0", minimum_value=0),
)


@subcommand(
    "mi",
    "misstable",
    syntax=Syntax("raw"),
    synopsis="mi misstable {summarize | patterns | nested} [varlist] [if] [, exmiss m(#) options]",
)
def misstable(session: SessionState, node: Command) -> None:
    text = f"misstable {node.argument}"
    entry, end = find_entry(text)
    if entry.name == "misstable":
        raise StataError(198, "mi misstable: subcommand summarize, patterns or nested required")
    known = entry.syntax.options
    own = parse_command(entry.name, replace(entry.syntax, options=(*known, *_OPTIONS)), text, end)
    assert isinstance(own, Command)
    options = dict(own.options)
    m, hard = options.pop("m", None), options.pop("exmiss", None)
    if hard is None and any(option.name == "exok" for option in known):
        options["exok"] = Option("exok", None)
    imputations = opened(session)
    with lent(session):
        session.data = imputations.completed(int(m.value) if m is not None else 0)
        entry.handler(session, replace(own, options=options))
