"""statsby: the results of a command for each by-group, as data."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import numpy as np

from xmixed.commands.prefixes.replicating import (
    Dots,
    dots_every,
    figures_data,
    prefixed,
    replicate,
    save_figures,
    target_of,
)
from xmixed.commands.prefixes.replicator import Replicator
from xmixed.commands.registry import command
from xmixed.data.columns import blank_column
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.resampling.options import NOLEGEND, REPLICATION
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.estimation.replications import render_legend
from xmixed.session.state import SessionState


@command(
    "statsby",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec(
                "by", "by", "text", "variables that make the groups; by(varlist, missing) keeps missing ones"
            ),
            OptionSpec("clear", "clear", help="let the results replace data that are not saved"),
            OptionSpec("total", "t", help="add the results for all groups together"),
            OptionSpec("subsets", "s", help="add the results for the groups of fewer variables"),
            OptionSpec(
                "basepop", "base", "expression", "observations of the first run, which finds the results"
            ),
            OptionSpec("force", "force", help="accepted: there are no survey settings to override"),
            OptionSpec("double", "d", help="store results in double precision"),
            *REPLICATION,
            NOLEGEND,
        ),
        exclusive=(("clear", "saving"),),
    ),
    synopsis="statsby [exp_list], by(varlist [, missing]) [clear saving(file) total subsets ...]: command",
    needs=("data",),
)
def statsby(session: SessionState, node: Command) -> None:
    typed = prefixed(node)
    data, target = session.data, target_of(node)
    by, with_missing = _by(node, data)
    if not target.path and data.changed and not node.option("clear"):
        raise StataError(4, "no; data in memory would be lost")
    replicator = Replicator(session, typed, "_stat", node.option("reject"))
    noisy, every = bool(node.option("noisily")), dots_every(node)
    if every:
        session.out.write(f"(running {replicator.name} on estimation sample)")
    _first_run(session, node, replicator, noisy)
    subsets, total = bool(node.option("subsets")), bool(node.option("total"))
    groups = _groups(data, by, with_missing, replicator.selected, subsets, total)
    if not groups:
        raise StataError(2000, "no observations")
    if not node.option("nolegend"):
        entries = [*replicator.legend, ("by", " ".join(by) if by else "<none>")]
        session.out.write("", *render_legend(entries, session.settings.linesize))
    dots = Dots(session, "Statsby groups", None, every)

    def task(number: int) -> np.ndarray:
        session.data = data.rows(groups[number].rows, keeps_order=True).with_(marks={})
        return replicator.attempt(noisy)

    values = replicate(session, task, len(groups), dots, replicator.is_pure and not noisy)
    keys = [_key(data[name], name, groups) for name in by]
    found = figures_data(replicator.figures, values, target.double or bool(node.option("double")), keys)
    labels = {name: data.value_labels[name] for key in keys if (name := key.value_label) in data.value_labels}
    found = found.with_(value_labels=labels, label=f"statsby: {replicator.name}"[:80])
    if not node.option("subsets") and not node.option("total"):
        found = found.with_(sorted_by=tuple(by))
    if target.path:
        save_figures(target, found)
    else:
        session.data = found


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows of the data, and the variables that make the group; those are constant in it."""

    rows: np.ndarray
    names: tuple[str, ...]


def _by(node: Command, data: Dataset) -> tuple[list[str], bool]:
    """Return the variables of by(), and whether missing values make groups of their own."""
    option = node.options.get("by")
    if option is None:
        return [], False
    typed, comma, rest = str(option.value).partition(",")
    words = rest.split()
    if comma and (len(words) != 1 or not "missing".startswith(words[0])):
        raise StataError(198, "option by() incorrectly specified", option.span)
    return list(dict.fromkeys(resolve_varlist(parse_varlist(typed.strip()), data))), bool(words)


def _first_run(session: SessionState, node: Command, replicator: Replicator, noisy: bool) -> None:
    """Run the command on all data, or on those of basepop(), to see what there is to keep."""
    data, r, e = session.data, session.r, session.e
    if node.option("basepop") is not None:
        chosen = select_rows(node.option("basepop"), None, Context.of(session))
        if not chosen.any():
            raise StataError(2000, "no observations")
        session.data = data.rows(chosen).with_(marks={})
    try:
        replicator.observe(noisy, default="any")
    finally:
        session.data, session.r, session.e = data, r, e


def _groups(
    data: Dataset,
    by: list[str],
    with_missing: bool,
    selected: np.ndarray | None,
    subsets: bool,
    total: bool,
) -> list[_Group]:
    known = np.ones(data.n_obs, dtype=bool) if selected is None else selected
    if not by:
        return [_Group(np.flatnonzero(known), ())]
    if not with_missing:
        for name in by:
            known = known & ~_is_missing(data[name])
    found: list[_Group] = []
    sizes = range(len(by), 0, -1) if subsets else (len(by),)
    for size in sizes:
        for names in combinations(by, size):
            codes, count = group_codes(data, names, known)
            order = np.argsort(codes, kind="stable")
            starts = np.searchsorted(codes[order], np.arange(count + 1))
            found += [_Group(order[a:b], names) for a, b in zip(starts[:-1], starts[1:], strict=True)]
    if total or subsets:
        found.append(_Group(np.flatnonzero(known), ()))
    return found


def _is_missing(variable: Variable) -> np.ndarray:
    if variable.is_string:
        return np.array([value in ("", b"") for value in variable.values.tolist()], dtype=bool)
    return is_missing(variable.to_double())


def _key(variable: Variable, name: str, groups: list[_Group]) -> Variable:
    """Return a by-variable of the results: missing where the group is not made by it."""
    values = variable.values[[group.rows[0] for group in groups]]
    blank = blank_column(variable.type, 1)
    absent = np.array([name not in group.names for group in groups], dtype=bool)
    values = values.copy()
    values[absent] = blank[0]
    return dataclasses.replace(variable, values=values)
