"""misstable: how many values are missing, and which are missing together."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.replacing import check_may_replace
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.dataset import Dataset, Variable, from_double
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.options import split_suboptions
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.output import line
from xmixed.render.layouts.describe.misstable import (
    MissingPatterns,
    MissingRow,
    render_missing,
    render_nested,
    render_patterns,
    render_tree,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.nesting import nested_chains

_NONE = "(variables nonmissing or string)"
MOST_IN_TREE = 7


@command(
    "misstable",
    syntax=Syntax("text"),
    synopsis="misstable {summarize|patterns|tree|nested} [varlist] [if] [in] [, options]",
    needs=("data",),
)
def misstable(session: SessionState, node: Command) -> None:
    raise StataError(198, "misstable: subcommand summarize, patterns, tree or nested required")


@subcommand(
    "misstable",
    "summarize",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("all", "all", help="variables without missing values too"),
            OptionSpec("showzeros", "showz", help="0 instead of a blank"),
            OptionSpec("generate", "gen", "text", help="indicators of missing values: stub[, exok]"),
        ),
    ),
    synopsis="misstable summarize [varlist] [if] [in] [, all showzeros generate(stub [, exok])]",
    needs=("data",),
)
def summarize(session: SessionState, node: Command) -> None:
    rows = selected_rows(session, node)
    chosen = [variable for variable in variables_of(session.data, node) if not variable.is_string]
    counted = [(variable, _count(variable, rows)) for variable in chosen]
    everything = bool(node.option("all"))
    shown = [(variable, row) for variable, row in counted if everything or row.dots + row.extended]
    if not shown:
        session.out.write(line(_NONE))
        session.r = Results()
        return
    names = session.data.names
    made = _indicators(session, node, [variable for variable, row in counted if row.dots + row.extended])
    session.out.write(*render_missing([row for _, row in shown], bool(node.option("showzeros")), names))
    if made:
        session.data = session.data.with_variables(*made)
    variable, last = shown[-1]
    scalars = {
        "N_eq_dot": float(last.dots),
        "N_gt_dot": float(last.extended),
        "N_lt_dot": float(last.present),
    }
    scalars["K_uniq"] = float(last.unique)
    if last.extremes:
        scalars |= {"min": last.extremes[0], "max": last.extremes[1]}
    session.r = Results(scalars=scalars, macros={"vartype": variable.type})


def _indicators(session: SessionState, node: Command, incomplete: list[Variable]) -> list[Variable]:
    """Return the variables of `generate()`: 1 where a value is missing, 0 elsewhere."""
    if node.option("generate") is None:
        return []
    stub, words = split_suboptions(node.option("generate"))
    if not stub or any(word != "exok" for word in words):
        raise StataError(198, "option generate() incorrectly specified", node.options["generate"].span)
    made = []
    for variable in incomplete:
        gone = _gone(variable.to_double(), bool(words))
        if not gone.any():
            continue
        name = stub + variable.name
        check_new_name(name, session.data)
        label = f"({variable.name}{'==' if words else '>='}.)"
        made.append(Variable(name, "byte", gone.astype(np.int8), "%8.0g", label))
    return made


def _count(variable: Variable, rows: np.ndarray) -> MissingRow:
    x = variable.to_double()[rows]
    gone = is_missing(x)
    values = x[~gone]
    extremes = (float(values.min()), float(values.max())) if len(values) else None
    dots = int(np.count_nonzero(x == MISSING))
    extended = int(np.count_nonzero(gone)) - dots
    return MissingRow(variable.name, dots, extended, len(values), len(np.unique(values)), extremes)


_OF_PATTERNS = (
    OptionSpec("asis", "asis", help="variables in the order given"),
    OptionSpec("frequency", "freq", help="numbers of observations, not per cent"),
    OptionSpec("exok", "exok", help="extended missing values count as values"),
)
"""Options of patterns and tree."""


@subcommand(
    "misstable",
    "patterns",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            *_OF_PATTERNS,
            OptionSpec("replace", "replace", help="the table in place of the data in memory"),
            OptionSpec("clear", "clear", help="even if the data are not saved"),
            OptionSpec("bypatterns", "byp", help="patterns by the number of missing values"),
        ),
    ),
    synopsis="misstable patterns [varlist] [if] [in] [, asis frequency exok bypatterns replace clear]",
    needs=("data",),
)
def patterns(session: SessionState, node: Command) -> None:
    if node.option("clear") and not node.option("replace"):
        raise StataError(198, "option clear requires option replace")
    if node.option("replace"):
        check_may_replace(session, node)
    kept, there = _incomplete(session, node)
    if not kept:
        session.out.write(line(_NONE))
        session.r = Results()
        return
    found, counts = np.unique(there, axis=0, return_counts=True)
    missing = np.sum(~found, axis=1).tolist()
    first = missing if node.option("bypatterns") else [number > 0 for number in missing]
    order = sorted(range(len(found)), key=lambda i: (first[i], -counts[i], *(~found[i]).tolist()))
    shown = MissingPatterns(
        tuple(variable.name for variable in kept),
        found[order],
        counts[order],
        bool(node.option("frequency")),
        bool(node.option("bypatterns")),
    )
    session.out.write(*render_patterns(shown, session.settings.linesize))
    if node.option("replace"):
        session.data = _table_of(kept, found[order], counts[order])
    complete = float(np.count_nonzero(np.all(there, axis=1)))
    scalars = {"N_complete": complete, "N_incomplete": len(there) - complete, "K": float(len(found))}
    session.r = Results(scalars=scalars)


def _incomplete(session: SessionState, node: Command) -> tuple[list[Variable], np.ndarray]:
    """Return the variables with missing values, fewest first unless `asis`, and where values are (n, k)."""
    rows, exok = selected_rows(session, node), bool(node.option("exok"))
    chosen = [variable for variable in variables_of(session.data, node) if not variable.is_string]
    found = []
    for variable in chosen:
        gone = _gone(variable.to_double()[rows], exok)
        if gone.any():
            found.append((int(np.count_nonzero(gone)), variable, ~gone))
    if not node.option("asis"):
        found.sort(key=lambda one: one[0])
    return [one[1] for one in found], np.column_stack([one[2] for one in found] or [rows[rows]])


def _table_of(variables: list[Variable], patterns: np.ndarray, counts: np.ndarray) -> Dataset:
    """Return one observation for each pattern: 1 where a value is there, and how often it occurs."""
    made = [
        Variable(variable.name, "byte", patterns[:, place].astype(np.int8), "%8.0g", variable.label)
        for place, variable in enumerate(variables)
    ]
    frequency = from_double(counts.astype(np.float64), "double")
    made.append(Variable("_freq", "double", frequency, "%10.0g", "Frequency"))
    return Dataset(tuple(made), len(counts), changed=True)


@subcommand(
    "misstable",
    "tree",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=_OF_PATTERNS,
    ),
    synopsis="misstable tree [varlist] [if] [in] [, asis frequency exok]",
    needs=("data",),
)
def tree(session: SessionState, node: Command) -> None:
    kept, there = _incomplete(session, node)
    if not kept:
        session.out.write(line(_NONE))
        session.r = Results()
        return
    if len(kept) > MOST_IN_TREE:
        raise StataError(
            103, "too many variables specified", hint=f"at most {MOST_IN_TREE} with missing values"
        )
    if not node.option("asis"):
        kept, there = kept[::-1], there[:, ::-1]
    codes = there @ (1 << np.arange(len(kept))[::-1])
    counts = np.bincount(codes, minlength=1 << len(kept))
    names = [variable.name for variable in kept]
    frequency = bool(node.option("frequency"))
    session.out.write(*render_tree(names, counts, frequency, session.data.names))
    session.r = Results()


@subcommand(
    "misstable",
    "nested",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("exok", "exok", help="extended missing values count as values"),),
    ),
    synopsis="misstable nested [varlist] [if] [in] [, exok]",
    needs=("data",),
)
def nested(session: SessionState, node: Command) -> None:
    rows = selected_rows(session, node)
    chosen = [variable for variable in variables_of(session.data, node) if not variable.is_string]
    gone = [_gone(variable.to_double()[rows], bool(node.option("exok"))) for variable in chosen]
    kept = [(variable.name, missing) for variable, missing in zip(chosen, gone, strict=True) if missing.any()]
    if not kept:
        session.out.write(line(_NONE))
        session.r = Results()
        return
    counts = [f"{name}({np.count_nonzero(missing)})" for name, missing in kept]
    statements = []
    for chain in nested_chains(np.column_stack([missing for _, missing in kept])):
        links = [" <-> ".join(counts[at] for at in link) for link in chain]
        statements.append(" -> ".join(links))
    session.out.write("", *render_nested(statements, session.settings.linesize))
    macros = {f"stmt{number}": text for number, text in enumerate(statements, 1)}
    session.r = Results({"K": float(len(statements))}, macros)


def _gone(x: np.ndarray, extended: bool) -> np.ndarray:
    """Return where values are missing; with `extended` only where they are `.`."""
    return x == MISSING if extended else is_missing(x)
