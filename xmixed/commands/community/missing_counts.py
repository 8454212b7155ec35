"""nmissing, npresent, mdesc, missings, dropmiss: counts of missing values; dropping what holds no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.community.counts import render_counts_of_values, render_mdesc, render_missings
from xmixed.render.text import counted
from xmixed.session.results import Results
from xmixed.session.state import SessionState

_COUNTS = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("min", "min", "integer", "least number that is shown; default 1", minimum_value=0),
        OptionSpec("obs", "obs", help="counts of observations instead of variables"),
        OptionSpec("piasm", "piasm", built=False),
        OptionSpec("trim", "trim", built=False),
    ),
)
_FORCE = OptionSpec("force", "force", help="although the data in memory were changed")


def _missing(session: SessionState, node: Command) -> tuple[list[Variable], np.ndarray, np.ndarray]:
    """Return the variables, the rows (bool, shape (n,)), and where each is missing there, shape (n, k)."""
    variables, rows = variables_of(session.data, node), selected_rows(session, node)
    if not rows.any():
        raise StataError(2000, "no observations")
    return variables, rows, np.column_stack([~v.known() & rows for v in variables])


@command(
    "mdesc",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("any", "any", help="variables with missing values only"),
            OptionSpec("all", "all", help="variables with nothing but missing values only"),
            OptionSpec("none", "none", help="variables without missing values only"),
            OptionSpec("abbreviate", "ab", "integer", "characters of names", minimum_value=5),
        ),
        exclusive=(("any", "all", "none"),),
    ),
    synopsis="mdesc [varlist] [if] [in] [, any all none abbreviate(#)]",
    needs=("data",),
    by="each",
)
def mdesc(session: SessionState, node: Command) -> None:
    variables, rows, missing = _missing(session, node)
    n, counts = int(np.count_nonzero(rows)), missing.sum(axis=0).tolist()
    named = list(zip([variable.name for variable in variables], counts, strict=True))
    shown = named
    if node.option("any"):
        shown = [row for row in named if row[1]]
    elif node.option("all"):
        shown = [row for row in named if row[1] == n]
    elif node.option("none"):
        shown = [row for row in named if not row[1]]
    session.out.write(*render_mdesc(shown, n, node.option("abbreviate", 12)))
    scalars = {"total": float(n)}
    if shown:
        scalars |= {"miss": float(shown[-1][1]), "percent": 100.0 * shown[-1][1] / n}
    macros = {
        "miss_vars": " ".join(name for name, count in named if count),
        "notmiss_vars": " ".join(name for name, count in named if not count),
    }
    session.r = Results(scalars=scalars, macros={name: text for name, text in macros.items() if text})


@command("npresent", syntax=_COUNTS, synopsis="npresent [varlist] [if] [in] [, min(#) obs]", needs=("data",))
@command("nmissing", syntax=_COUNTS, synopsis="nmissing [varlist] [if] [in] [, min(#) obs]", needs=("data",))
def nmissing(session: SessionState, node: Command) -> None:
    variables, rows, missing = _missing(session, node)
    counted_values = missing if node.name == "nmissing" else ~missing & rows[:, None]
    least = node.option("min", 1)
    if node.option("obs"):
        names = [f"{place + 1}" for place in np.flatnonzero(rows)]
        counts = counted_values[rows].sum(axis=1).tolist()
    else:
        names, counts = [variable.name for variable in variables], counted_values.sum(axis=0).tolist()
    shown = [(name, count) for name, count in zip(names, counts, strict=True) if count >= least]
    session.out.write(*render_counts_of_values(shown))
    chosen = "" if node.option("obs") else " ".join(name for name, _ in shown)
    macros = {"varlist": chosen} if chosen else {}
    session.r = Results(scalars={"N": float(np.count_nonzero(rows))}, macros=macros)


@command(
    "missings",
    syntax=Syntax("raw"),
    synopsis="missings {report | tag | dropvars | dropobs} [varlist] [if] [in] [, options]",
    needs=("data",),
)
def missings(session: SessionState, node: Command) -> None:
    raise StataError(198, "missings: subcommand report, tag, dropvars or dropobs required")


def _checked(session: SessionState, node: Command, some: int) -> None:
    names = " ".join(variable.name for variable in variables_of(session.data, node))
    head = f"Checking missings in {names if node.argument else 'all variables'}:"
    session.out.write("", head, f"{counted(some, 'observation')} with missing values")


@subcommand(
    "missings",
    "report",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("minimum", "min", "integer", "least number; default 1", minimum_value=0),
            OptionSpec("percent", "perc", help="per cent of observations too"),
            OptionSpec("sort", "sort", help="most missing values first"),
        ),
    ),
    synopsis="missings report [varlist] [if] [in] [, minimum(#) percent sort]",
    needs=("data",),
)
def report(session: SessionState, node: Command) -> None:
    variables, rows, missing = _missing(session, node)
    _checked(session, node, int(missing.any(axis=1).sum()))
    least = node.option("minimum", 1)
    table = [(v.name, int(k)) for v, k in zip(variables, missing.sum(axis=0), strict=True) if k >= least]
    if node.option("sort"):
        table.sort(key=lambda row: -row[1])
    n = int(np.count_nonzero(rows))
    session.out.write(*render_missings(table, n if node.option("percent") else 0))
    macros = {"varlist": " ".join(name for name, _ in table)} if table else {}
    session.r = Results(scalars={"N": float(missing.any(axis=1).sum())}, macros=macros)


@subcommand(
    "missings",
    "tag",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("generate", "gen", "name", help="number of missing values in each observation"),),
    ),
    synopsis="missings tag [varlist] [if] [in], generate(newvar)",
    needs=("data",),
)
def tag(session: SessionState, node: Command) -> None:
    name = node.required("generate")
    check_new_name(name, session.data)
    _, rows, missing = _missing(session, node)
    _checked(session, node, int(missing.any(axis=1).sum()))
    values = np.where(rows, missing.sum(axis=1).astype(np.float64), MISSING)
    kind = "byte" if missing.shape[1] <= 100 else "int"
    session.data = session.data.with_variables(new_variable(name, kind, values))


@subcommand(
    "missings",
    "dropvars",
    syntax=Syntax("varlist", options=(_FORCE,)),
    synopsis="missings dropvars [varlist] [, force]",
    needs=("data",),
)
def dropvars(session: SessionState, node: Command) -> None:
    _check_saved(session, node)
    variables, _, missing = _missing(session, node)
    gone = [v.name for v, empty in zip(variables, _along(missing, np.all), strict=True) if empty]
    _checked(session, node, int(missing.any(axis=1).sum()))
    session.out.write("", f"note: {' '.join(gone)} dropped" if gone else "note: no variables qualify")
    session.data = session.data.without(gone) if gone else session.data
    session.r = Results(macros={"varlist": " ".join(gone)} if gone else {})


@subcommand(
    "missings",
    "dropobs",
    syntax=Syntax("varlist", condition=True, in_range=True, options=(_FORCE,)),
    synopsis="missings dropobs [varlist] [if] [in] [, force]",
    needs=("data",),
)
def dropobs(session: SessionState, node: Command) -> None:
    _check_saved(session, node)
    _, rows, missing = _missing(session, node)
    gone = missing.all(axis=1) & rows
    _checked(session, node, int(missing.any(axis=1).sum()))
    session.out.write("", f"({counted(int(gone.sum()), 'observation')} deleted)")
    session.data = session.data.rows(~gone)
    session.r = Results(scalars={"n_dropped": float(gone.sum())})


def _along(missing: np.ndarray, every: Callable[..., Any]) -> list[bool]:
    """Return whether every (np.all) or any (np.any) value of each variable is missing."""
    return np.asarray(every(missing, axis=0)).tolist()


def _check_saved(session: SessionState, node: Command) -> None:
    if session.data.changed and not node.option("force"):
        raise StataError(4, "force option required with changed dataset")


@command(
    "dropmiss",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("any", "any", help="what has any missing value"),
            OptionSpec("obs", "obs", help="observations instead of variables"),
            _FORCE,
            OptionSpec("trim", "trim", built=False),
            OptionSpec("piasm", "piasm", built=False),
        ),
    ),
    synopsis="dropmiss [varlist] [, any force]  or  dropmiss [varlist] [if] [in], obs [any force]",
    needs=("data",),
)
def dropmiss(session: SessionState, node: Command) -> None:
    _check_saved(session, node)
    variables, rows, missing = _missing(session, node)
    every = np.any if node.option("any") else np.all
    if node.option("obs"):
        gone = every(missing, axis=1) & rows
        session.out.write("", f"({counted(int(gone.sum()), 'observation')} deleted)")
        session.data = session.data.rows(~gone)
        return
    if node.condition is not None or node.in_range is not None:
        raise StataError(198, "if and in need the option obs")
    names = [v.name for v, empty in zip(variables, _along(missing, every), strict=True) if empty]
    session.out.write("", *(f"({name} dropped)" for name in names) if names else ["(no variables dropped)"])
    session.data = session.data.without(names) if names else session.data
