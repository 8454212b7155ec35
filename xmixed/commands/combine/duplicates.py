"""duplicates, isid."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows
from xmixed.commands.using import read_using
from xmixed.data.columns import new_variable, promoted_type
from xmixed.data.dataset import Dataset
from xmixed.data.operations.expand import Duplicates
from xmixed.data.operations.expand import duplicates as find_duplicates
from xmixed.data.order import sorted_on
from xmixed.data.value_labels import value_text
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.formats.width import abbreviate_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.combine.duplicates import EVERY, render_listing, render_report
from xmixed.render.text import counted, wrap
from xmixed.session.results import Results
from xmixed.session.state import SessionState

NAME_WIDTH = 8


@command(
    "duplicates",
    syntax=Syntax("raw"),
    synopsis="duplicates {report | examples | list | tag | drop} [varlist] [if] [in] [, options]",
    needs=("data",),
)
def duplicates(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


def _found(session: SessionState, node: Command) -> tuple[list[str], np.ndarray, Duplicates]:
    """Find the duplicates, and say in terms of what."""
    data = session.data
    names = list(dict.fromkeys(resolve_varlist(node.argument, data))) if node.argument else data.names
    rows = selected_rows(session, node)
    terms = " ".join(names) if node.argument else "all variables"
    head = f"Duplicates in terms of {terms}"
    session.out.write("", *wrap(head, session.settings.linesize))
    return names, rows, find_duplicates(data, names, rows)


@subcommand(
    "duplicates",
    "report",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="duplicates report [varlist] [if] [in]",
    needs=("data",),
)
def report(session: SessionState, node: Command) -> None:
    _, _, found = _found(session, node)
    copies, groups = np.unique(found.groups.sizes, return_counts=True)
    table = [(c, c * n, (c - 1) * n) for c, n in zip(copies.tolist(), groups.tolist(), strict=True)]
    session.out.write(*render_report(table))
    session.r = Results(scalars={"unique_value": float(found.groups.count), "N": float(len(found.order))})


@subcommand(
    "duplicates",
    "list",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("nolabel", "nol", help="numbers instead of value labels"),
            OptionSpec("separator", "sep", "integer", "rows between rules; 0 for none", minimum_value=0),
            OptionSpec("sepby", "sepby", "varlist", "rules where these variables change"),
        ),
        exclusive=(("separator", "sepby"),),
    ),
    synopsis="duplicates list [varlist] [if] [in] [, nolabel separator(#) sepby(varlist)]",
    needs=("data",),
)
def list_all(session: SessionState, node: Command) -> None:
    names, _, found = _found(session, node)
    at = found.order[found.groups.size > 1]
    if not len(at):
        session.out.write("", "(0 observations are duplicates)")
        return
    sizes = found.groups.sizes[found.alike]
    groups = np.repeat(np.arange(len(sizes)), sizes) + 1
    columns = [("group:", [str(g) for g in groups.tolist()]), ("obs:", [str(i + 1) for i in at.tolist()])]
    columns += _columns(session.data, names, at, bool(node.option("nolabel")))
    every = int(node.option("separator", EVERY))
    rules = np.arange(every, len(at), every) if every else np.zeros(0, dtype=np.int64)
    if node.option("sepby"):
        rules = _changes(session.data, resolve_varlist(node.option("sepby"), session.data), at)
    session.out.write(*render_listing(columns, frozenset(rules.tolist())))


def _changes(data: Dataset, names: list[str], at: np.ndarray) -> np.ndarray:
    """Return the places in `at` at which a variable differs from the row before."""
    differs = np.zeros(len(at), dtype=bool)
    for name in names:
        values = data[name].values[at]
        differs[1:] |= values[1:] != values[:-1]
    return np.flatnonzero(differs)


@subcommand(
    "duplicates",
    "examples",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="duplicates examples [varlist] [if] [in]",
    needs=("data",),
)
def examples(session: SessionState, node: Command) -> None:
    names, _, found = _found(session, node)
    at = found.first[found.alike]
    if not len(at):
        session.out.write("", "(0 observations are duplicates)")
        return
    columns = [
        ("group:", [str(i + 1) for i in range(len(at))]),
        ("#", [str(size) for size in found.groups.sizes[found.alike].tolist()]),
        ("e.g. obs", [str(i + 1) for i in at.tolist()]),
    ]
    shown = [*columns, *_columns(session.data, names, at, False)]
    session.out.write(*render_listing(shown, frozenset(range(EVERY, len(at), EVERY))))


def _columns(data: Dataset, names: list[str], at: np.ndarray, nolabel: bool) -> list[tuple[str, list[str]]]:
    shown = data.with_(value_labels={}) if nolabel else data
    return [
        (
            abbreviate_name(name, NAME_WIDTH),
            [value_text(shown, shown[name], row) for row in at.tolist()],
        )
        for name in names
    ]


@subcommand(
    "duplicates",
    "tag",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("generate", "gen", "name", help="number of other copies"),),
    ),
    synopsis="duplicates tag [varlist] [if] [in], generate(newvar)",
    needs=("data",),
)
def tag(session: SessionState, node: Command) -> None:
    name = node.required("generate")
    check_new_name(name, session.data)
    _, _, found = _found(session, node)
    values = np.full(session.data.n_obs, MISSING)
    values[found.order] = found.groups.size - 1.0
    kind = promoted_type("byte", values)
    session.data = session.data.with_variables(new_variable(name, kind, values))


@subcommand(
    "duplicates",
    "drop",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("force", "force", help="drop though other variables may differ"),),
    ),
    synopsis="duplicates drop [varlist] [if] [in] [, force]",
    needs=("data",),
)
def drop(session: SessionState, node: Command) -> None:
    if node.argument and not node.option("force"):
        raise StataError(198, "force option required with duplicates drop varlist")
    _, _, found = _found(session, node)
    surplus = found.surplus
    count = len(surplus)
    if count:
        kept = np.ones(session.data.n_obs, dtype=bool)
        kept[surplus] = False
        session.data = session.data.rows(kept)
        session.out.write("", f"({counted(count, 'observation')} deleted)")
    else:
        session.out.write("", "(0 observations are duplicates)")
    session.r = Results(scalars={"N_drop": float(count)})


@command(
    "isid",
    syntax=Syntax(
        "varlist",
        using=True,
        options=(
            OptionSpec("sort", "s", help="sort the data by the variables"),
            OptionSpec("missok", "m", help="missing values are allowed"),
        ),
    ),
    synopsis="isid varlist [using filename] [, sort missok]",
    keeps_r=True,
)
def isid(session: SessionState, node: Command) -> None:
    data = session.data if node.using is None else read_using(session, node.using)
    if node.using is not None and node.option("sort"):
        raise StataError(198, "option sort not allowed", node.options["sort"].span)
    if not data.variables:
        raise StataError(3, "no dataset in use")
    if not node.argument:
        raise StataError(100, "varlist required")
    names = list(dict.fromkeys(resolve_varlist(node.argument, data)))
    many = len(names) > 1
    told = f"variable{'s' if many else ''} {' '.join(names)}"
    for name in names if not node.option("missok") else ():
        variable = data[name]
        absent = variable.values == "" if variable.is_string else is_missing(variable.to_double())
        if np.any(absent):
            raise StataError(459, f"{told} should never be missing")
    if len(find_duplicates(data, names, np.ones(data.n_obs, dtype=bool)).alike):
        verb = "do" if many else "does"
        raise StataError(459, f"{told} {verb} not uniquely identify the observations")
    if node.option("sort"):
        session.data = sorted_on(data, names)
