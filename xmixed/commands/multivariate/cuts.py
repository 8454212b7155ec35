"""cluster generate, dendrogram, stop, list, drop: groups of a hierarchy, its tree, what is kept."""

from __future__ import annotations

import numpy as np

from xmixed.commands.multivariate.kept import (
    Analysis,
    analyses,
    analysis_named,
    number_variable,
    tree_of,
    without_analysis,
)
from xmixed.commands.multivariate.samples import NAME
from xmixed.commands.registry import command, subcommand
from xmixed.data.categories import value_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.multivariate import render_analyses, render_stopping
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.clustering import Hierarchy, cut_groups, pseudo_f

MOST_LEAVES = 100
"""Leaves that a dendrogram may have, as in Stata."""

_ANALYSIS = Syntax("words")


@command(
    "cluster",
    syntax=Syntax("raw"),
    synopsis="cluster {kmeans | wardslinkage | ... | generate | dendrogram | stop | list}",
)
def cluster(session: SessionState, node: Command) -> None:
    raise StataError(198, "cluster: a subcommand is required")


def _named(session: SessionState, node: Command) -> Analysis:
    """Return the analysis that the argument or name() names, the last one otherwise."""
    words = list(node.argument or ()) if not isinstance(node.argument, str) else []
    if len(words) > 1:
        raise StataError(198, "invalid syntax")
    return analysis_named(session.data, words[0] if words else str(node.option("name", "") or ""))


# --- groups -----------------------------------------------------------------------------------------------


@subcommand(
    "cluster",
    "generate",
    syntax=Syntax(
        "text",
        options=(
            NAME,
            OptionSpec(
                "ties",
                "t",
                "choice",
                "what is done where heights are equal",
                (("error", "e"), ("more", "m"), ("fewer", "f"), ("skip", "s")),
            ),
        ),
    ),
    synopsis="cluster generate newvar = {groups(#) | cut(#)} [, name(clname) ties(error|more|fewer)]",
    needs=("data",),
)
def cluster_generate(session: SessionState, node: Command) -> None:
    target, equals, call = str(node.argument or "").partition("=")
    word, _, inside = call.strip().removesuffix(")").partition("(")
    word, target = word.strip(), target.strip()
    kind = next(
        (own for own in ("groups", "cut") if len(word) >= min(2, len(own)) and own.startswith(word)), ""
    )
    if not equals or not kind or not call.strip().endswith(")"):
        raise StataError(198, "invalid syntax")
    own = _named(session, node)
    tree, rows = tree_of(session.data, own)
    if (np.diff(np.sort(tree.heights)) < 0).any():
        raise StataError(198, f"{own.name} has reversals")
    numbers = [float(value) for value in parse_numlist(inside)]
    if not numbers or (kind == "cut" and len(numbers) > 1):
        raise StataError(198, f"{kind}() incorrectly specified")
    names = [target] if len(numbers) == 1 else [f"{target}{number:g}" for number in numbers]
    made = []
    for name, number in zip(names, numbers, strict=True):
        check_new_name(name, session.data)
        joined = (
            tree.heights <= number
            if kind == "cut"
            else _joined(tree, number, str(node.option("ties", "error")))
        )
        if joined is None:
            continue
        values = np.full(session.data.n_obs, MISSING)
        values[rows] = cut_groups(tree, joined)
        made.append(number_variable(name, values))
    session.data = session.data.with_variables(*made)


def _joined(tree: Hierarchy, number: float, ties: str) -> np.ndarray | None:
    """Return which neighbours stay together in so many groups; r(198) where equal heights forbid it."""
    n = len(tree.order)
    if number != int(number) or not 1 <= number <= n:
        raise StataError(198, f"groups() must be between 1 and {n}")
    count = int(number)
    if count == 1:
        return np.ones(n - 1, dtype=bool)
    falling = np.sort(tree.heights)[::-1]
    limit = falling[count - 2]
    if count - 1 < n - 1 and falling[count - 1] == limit:
        if ties == "skip":
            return None
        if ties == "error":
            raise StataError(198, f"cannot create {count} groups because of ties")
        return tree.heights < limit if ties == "more" else tree.heights <= limit
    return tree.heights < limit


# --- the tree ---------------------------------------------------------------------------------------------


@subcommand(
    "cluster",
    "dendrogram",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("labels", "lab", "varname", "labels of the leaves"),
            OptionSpec(
                "cutnumber", "cutn", "integer", "so many branches from the top alone", minimum_value=2
            ),
            OptionSpec("horizontal", "hor", help="from left to right"),
            OptionSpec("title", "ti", "text", "title"),
            OptionSpec("saving", "saving", "text", "keep the graph in a file"),
            OptionSpec("scheme", "scheme", "name", "look of the graph"),
            OptionSpec("quick", "quick", help="accepted: the tree is the same"),
        ),
    ),
    synopsis="cluster dendrogram [clname] [, labels(varname) cutnumber(#) horizontal title(text)]",
    needs=("data",),
)
@subcommand(
    "cluster",
    "tree",
    syntax=Syntax("words", options=(OptionSpec("labels", "lab", "varname", "labels of the leaves"),)),
    synopsis="cluster tree [clname] [, labels(varname)]",
    needs=("data",),
)
def cluster_dendrogram(session: SessionState, node: Command) -> None:
    own = _named(session, node)
    tree, rows = tree_of(session.data, own)
    cut = node.option("cutnumber")
    heights, labels = tree.heights, _leaf_labels(session, node, tree, rows)
    if cut is not None and int(cut) < len(labels):
        heights, labels = _top(tree, int(cut))
    if len(labels) > MOST_LEAVES:
        raise StataError(
            198, f"too many leaves; consider using the cutnumber() option ({MOST_LEAVES} at most)"
        )
    segments = " ".join(
        " ".join(f"{value:.10g}" for value in (y1, x1, y2, x2)) for x1, y1, x2, y2 in _segments(heights)
    )
    lying = bool(node.option("horizontal"))
    if lying:
        segments = " ".join(
            " ".join(f"{value:.10g}" for value in (x1, y1, x2, y2)) for x1, y1, x2, y2 in _segments(heights)
        )
    ticks = " ".join(f'{place} `"{text}"\'' for place, text in enumerate(labels, 1))
    kind = "dissimilarity measure"
    title = str(node.option("title", f"Dendrogram for {own.name} cluster analysis"))
    leaf, height = ("y", "x") if lying else ("x", "y")
    angle = "" if lying else ", angle(90)"
    options = [
        f"{leaf}label({ticks}{angle})",
        f'{leaf}title("")',
        f'{height}title("{own.measure} {kind}")',
        f'title(`"{title}"\')',
        "legend(off)",
    ]
    options += [f"{name}({node.options[name].text})" for name in ("saving", "scheme") if name in node.options]
    session.execute(f"twoway pci {segments}, lcolor(navy) {' '.join(options)}")


def _leaf_labels(session: SessionState, node: Command, tree: Hierarchy, rows: np.ndarray) -> list[str]:
    along = rows[tree.order]
    if node.option("labels") is None:
        return [str(row + 1) for row in along.tolist()]
    variable = session.data[resolve_name(node.option("labels"), session.data)]
    if variable.is_string:
        return [str(variable.values[row]) for row in along.tolist()]
    return value_texts(session.data, variable, variable.to_double()[along].tolist())


def _top(tree: Hierarchy, count: int) -> tuple[np.ndarray, list[str]]:
    """Return the heights between the branches from the top, and the names of these."""
    limit = np.sort(tree.heights)[::-1][count - 2]
    kept = tree.heights >= limit
    return tree.heights[kept], [f"G{number}" for number in range(1, int(kept.sum()) + 2)]


def _segments(heights: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Return the lines of a tree over leaves at 1, 2, ...: (x1, y1, x2, y2)."""
    lines: list[tuple[float, float, float, float]] = []
    # Each branch: the places of its first and last leaf, where it stands, and how high it is.
    left_of = {place: (place, float(place), 0.0) for place in range(1, len(heights) + 2)}
    right_of = dict(left_of)
    for joint in np.argsort(heights, kind="stable").tolist():
        height = float(heights[joint])
        first, x1, y1 = right_of[joint + 1]
        last, x2, y2 = left_of[joint + 2]
        lines += [(x1, y1, x1, height), (x1, height, x2, height), (x2, height, x2, y2)]
        middle = (x1 + x2) / 2
        left_of[first] = (last, middle, height)
        right_of[last] = (first, middle, height)
    return lines


# --- how many groups --------------------------------------------------------------------------------------


@subcommand(
    "cluster",
    "stop",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("rule", "rule", "choice", "calinski", (("calinski", "cal"), ("duda", "duda"))),
            OptionSpec("groups", "gr", "numlist", "numbers of groups; default 2 to 15"),
        ),
    ),
    synopsis="cluster stop [clname] [, rule(calinski) groups(numlist)]",
    needs=("data",),
)
def cluster_stop(session: SessionState, node: Command) -> None:
    if str(node.option("rule", "calinski")) == "duda":
        raise StataError(198, "rule(duda) is not implemented in xmixed")
    own = _named(session, node)
    data = session.data
    names = own.variables.split()
    if any(name not in data for name in names):
        raise StataError(111, f"a variable of {own.name} is gone")
    values = np.column_stack([data[name].to_double() for name in names])
    rows: list[tuple[int, float]] = []
    if own.type == "partition":
        groups = data[own.made].to_double()
        used = groups < MISSING
        rows.append((int(groups[used].max()), pseudo_f(values[used], groups[used].astype(np.int64))))
    else:
        tree, observations = tree_of(data, own)
        most = len(observations) - 1
        counts = [int(value) for value in node.option("groups", range(2, min(15, most) + 1))]
        for count in counts:
            joined = _joined(tree, count, "skip")
            if joined is not None:
                rows.append((count, pseudo_f(values[observations], cut_groups(tree, joined))))
    session.out.write(*render_stopping(rows))
    session.r = Results({f"calinski_{count}": value for count, value in rows if np.isfinite(value)})


# --- what is kept -----------------------------------------------------------------------------------------


@subcommand("cluster", "list", syntax=_ANALYSIS, synopsis="cluster list [clname ...]", needs=("data",))
@subcommand("cluster", "dir", syntax=_ANALYSIS, synopsis="cluster dir", needs=("data",))
def cluster_list(session: SessionState, node: Command) -> None:
    names = list(node.argument or ())
    found = [analysis_named(session.data, name) for name in names] if names else analyses(session.data)
    if node.name.endswith("dir"):
        session.out.write(*(own.name for own in found))
        return
    shown = [(own.name, own.type, own.method, own.measure, own.made, own.variables) for own in found]
    session.out.write(*render_analyses(shown))
    session.r = Results(macros={"names": " ".join(own.name for own in found)} if found else {})


@subcommand("cluster", "drop", syntax=_ANALYSIS, synopsis="cluster drop {clnames | _all}", needs=("data",))
def cluster_drop(session: SessionState, node: Command) -> None:
    names = list(node.argument or ())
    if not names:
        raise StataError(198, "invalid syntax")
    gone = (
        analyses(session.data)
        if names == ["_all"]
        else [analysis_named(session.data, name) for name in names]
    )
    for own in gone:
        session.data = without_analysis(session.data, own)
