"""permute: how often a statistic is as large when the values of one variable are permuted."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from xmixed.commands.prefixes.publishing import observed_sample
from xmixed.commands.prefixes.replicating import (
    Dots,
    dots_every,
    figures_data,
    prefixed,
    replicate,
    root_of,
    save_figures,
    stream,
    target_of,
    with_stream,
)
from xmixed.commands.prefixes.replicator import Replicator
from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset
from xmixed.data.operations.permutations import enumerated, permuted
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.resampling.options import NOLEGEND, REPLICATION, SEED
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command, Pattern
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.estimation.replications import (
    PERMUTE_EQUALS,
    PermutationRow,
    count_figure,
    render_legend,
    render_permutations,
    render_replication_header,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.intervals import proportion_interval


@command(
    "permute",
    syntax=Syntax(
        "prefixed_word",
        options=(
            OptionSpec("reps", "r", "integer", "number of permutations; default 100", minimum_value=1),
            OptionSpec("enumerate", "en", help="all permutations of a variable that is 0 or 1"),
            OptionSpec("left", "le", help="count values at or below the observed one"),
            OptionSpec("right", "ri", help="count values at or above the observed one"),
            OptionSpec(
                "eps", "eps", "number", "values this close are the same; default 1e-7", minimum_value=0
            ),
            OptionSpec("strata", "str", "varlist", "permute within strata"),
            OptionSpec("title", "ti", "text", "title of the results"),
            OptionSpec("force", "force", help="run a command with weights all the same"),
            OptionSpec("nodrop", "nodrop", help="permute all observations, not e(sample) alone"),
            OptionSpec("nowarn", "nowarn", help="accepted: there is no warning to suppress"),
            OptionSpec("noheader", "nohe", help="suppress the header and the legend"),
            SEED,
            *REPLICATION,
            NOLEGEND,
            LEVEL,
        ),
        exclusive=(("left", "right"), ("enumerate", "reps")),
    ),
    synopsis="permute permvar exp_list [, reps(#) enumerate left right strata(varlist) ...]: command",
    needs=("data",),
)
def permute(session: SessionState, node: Command) -> None:
    typed = prefixed(node)
    if not typed.first:
        raise StataError(100, "varname required")
    data, target = session.data, target_of(node)
    name = resolve_name(Pattern(typed.first), data)
    strata = resolve_varlist(node.option("strata"), data) if node.option("strata") else []
    replicator = Replicator(session, typed, "_pm", node.option("reject"))
    replicator.check_weights(node)
    noisy = bool(node.option("noisily"))
    observed, mark = observed_sample(session, replicator, noisy, dots_every(node) > 0)
    estimates = replicator.estimates
    n = data.n_obs
    if mark is not None and estimates is not None and not node.option("nodrop"):
        data = session.data.rows(mark).with_(marks={})
        n = int(estimates.scalars.get("N", data.n_obs))
    elif replicator.selected is not None:
        data = session.data.rows(replicator.selected).with_(marks={})
        n = data.n_obs
    codes, _ = group_codes(data, strata)
    values = _permutations(session, node, replicator, data, name, codes, noisy)
    sides = "left" if node.option("left") else "right" if node.option("right") else "two"
    level = float(node.option("level", session.settings.level))
    rows = _rows(replicator, observed, values, sides, float(node.option("eps", 1e-7)), level)
    save_figures(target, figures_data(replicator.figures, values, target.double))
    if not node.option("noheader"):
        kind = "Exact" if node.option("enumerate") else "Monte Carlo"
        title = str(node.option("title", "") or f"{kind} permutation results")
        session.out.write(
            "", *render_replication_header(title, [count_figure("Number of obs", n)], PERMUTE_EQUALS)
        )
        if not node.option("nolegend"):
            entries = [*_legend(replicator), ("permute var", name)]
            session.out.write("", *render_legend(entries, session.settings.linesize))
    session.out.write("", *render_permutations(rows, level, sides))
    session.r = _results(rows, n, len(values), node, name, replicator, level)


def _legend(replicator: Replicator) -> list[tuple[str, str]]:
    figures = replicator.figures
    return [("command", replicator.command), *((figure.name, figure.text) for figure in figures)]


def _permutations(
    session: SessionState,
    node: Command,
    replicator: Replicator,
    data: Dataset,
    name: str,
    codes: np.ndarray,
    noisy: bool,
) -> np.ndarray:
    root = root_of(session, node.option("seed"))
    known = data[name].values
    every = enumerated(known, codes) if node.option("enumerate") else None
    if node.option("enumerate") and every is None:
        raise StataError(498, "enumerate needs a variable with two values and at most 100,000 arrangements")
    count = node.option("reps", 100) if every is None else len(every)
    title = "Monte Carlo replications" if every is None else "Permutation replications"
    dots = Dots(session, title, count, dots_every(node))

    def task(number: int) -> np.ndarray:
        generator = stream(root, number)
        column = permuted(known, codes, generator) if every is None else every[number]
        with_stream(session, generator)
        session.data = data.with_variables(dataclasses.replace(data[name], values=column))
        return replicator.attempt(noisy)

    return replicate(session, task, count, dots, replicator.is_pure and not noisy)


def _rows(
    replicator: Replicator, observed: np.ndarray, values: np.ndarray, sides: str, eps: float, level: float
) -> list[PermutationRow]:
    found = []
    for place, figure in enumerate(replicator.figures):
        own = values[:, place][~is_missing(values[:, place])]
        t, n = float(observed[place]), len(own)
        if n == 0:
            raise StataError(2000, "all replications failed")
        if sides == "two":
            reached = int(np.count_nonzero(np.abs(own) >= abs(t) - eps))
        elif sides == "left":
            reached = int(np.count_nonzero(own <= t + eps))
        else:
            reached = int(np.count_nonzero(own >= t - eps))
        p = reached / n
        interval = proportion_interval(reached, n, level, "exact")
        found.append(
            PermutationRow(
                figure.name, t, reached, n, p, math.sqrt(p * (1 - p) / n), interval.lower, interval.upper
            )
        )
    return found


def _results(
    rows: list[PermutationRow],
    n: int,
    reps: int,
    node: Command,
    name: str,
    replicator: Replicator,
    level: float,
) -> Results:
    names = [row.name for row in rows]

    def matrix(*lines: list[float]) -> Matrix:
        labels = ["ll", "ul"] if len(lines) == 2 else ["y1"]
        return Matrix(np.array(lines, dtype=np.float64), labels, names)

    macros = {"cmd": "permute", "command": replicator.command, "permvar": name}
    macros |= {f"exp{place}": figure.text for place, figure in enumerate(replicator.figures, 1)}
    macros |= {side: side for side in ("left", "right") if node.option(side)}
    matrices = {
        "b": matrix([row.observed for row in rows]),
        "c": matrix([float(row.reached) for row in rows]),
        "reps": matrix([float(row.permutations) for row in rows]),
        "p": matrix([row.p for row in rows]),
        "se": matrix([row.error for row in rows]),
        "ci": matrix([row.lower for row in rows], [row.upper for row in rows]),
    }
    scalars = {"N": float(n), "N_reps": float(reps), "level": level, "k_exp": float(len(rows))}
    return Results(scalars, macros, matrices)
