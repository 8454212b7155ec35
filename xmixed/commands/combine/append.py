"""append."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of
from xmixed.commands.using import read_using, say_changes
from xmixed.data.dataset import Variable
from xmixed.data.operations.append import append as append_rows
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "append",
    syntax=Syntax(
        using=True,
        several_files=True,
        options=(
            OptionSpec("generate", "gen", "name", help="number of the file, 0 for memory"),
            OptionSpec("keep", "keep", "varlist", help="variables to take of the files"),
            OptionSpec("nolabel", "nol", help="no value labels of the files"),
            OptionSpec("nonotes", "non", help="no notes of the files"),
            OptionSpec("force", "force", help="numbers against strings become missing"),
        ),
    ),
    synopsis="append using filename [filename ...] [, generate(newvar) keep(varlist) nolabel nonotes force]",
    keeps_r=True,
)
def append(session: SessionState, node: Command) -> None:
    files = parse_words(node.using or "")
    if not files:
        raise StataError(100, "using required")
    source = node.option("generate")
    data = session.data
    if source is not None:
        check_new_name(source, data)
    counts = [data.n_obs]
    for name in files:
        below = read_using(session, name)
        if node.option("keep") is not None:
            below = below.select(dict.fromkeys(resolve_varlist(node.option("keep"), below)))
        room_of(session).require(data.n_obs + below.n_obs, (*data, *(v for v in below if v.name not in data)))
        done = append_rows(
            data,
            below,
            force=bool(node.option("force")),
            labels=not node.option("nolabel"),
            notes=not node.option("nonotes"),
        )
        say_changes(session, done.promotions, done.labels)
        data = done.dataset
        counts.append(below.n_obs)
    if source is not None:
        numbers = np.repeat(np.arange(len(counts)), counts)
        kind = "byte" if len(files) <= 100 else "int"
        values = numbers.astype(np.int8 if kind == "byte" else np.int16)
        data = data.with_variables(Variable(source, kind, values, "%8.0g"))
    session.data = data
