"""spearman, ktau."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.output import line
from xmixed.render.layouts.describe.correlate import PairwiseTable, render_pairwise
from xmixed.render.layouts.inference.rank_tests import render_kendall, render_spearman
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.correlation import adjusted_p
from xmixed.statistics.inference.ranks import Kendall, Spearman, kendall, spearman

_OPTIONS = (
    OptionSpec("stats", "st", "words", "what is shown of each pair: rho (taua, taub), obs, p"),
    OptionSpec("print", "p", "number", "only p-values up to this", minimum_value=0, maximum_value=1),
    OptionSpec("star", "star", "number", "a star at p-values up to this", minimum_value=0, maximum_value=1),
    OptionSpec("bonferroni", "b", help="Bonferroni's adjustment"),
    OptionSpec("sidak", "sid", help="Sidak's adjustment"),
    OptionSpec("pw", "pw", help="all observations of each pair"),
    OptionSpec("matrix", "m", help="a matrix for two variables, too"),
)


def _correlate(
    session: SessionState, node: Command, measure: Callable, show: Callable, main: tuple[str, ...]
) -> None:
    """Show a correlation of ranks: of two variables with its test, of more as a matrix."""
    variables = numeric_variables(session, node)
    if len(variables) < 2:
        raise StataError(102, "too few variables specified")
    X = np.column_stack([variable.to_double() for variable in variables])
    known = ~is_missing(X)
    rows = selected_rows(session, node)
    if not node.option("pw"):
        rows = rows & known.all(axis=1)
    if not (rows[:, None] & known).any():
        raise StataError(2000, "no observations")
    k, names = len(variables), [variable.name for variable in variables]
    value, p, n = np.ones((k, k)), np.full((k, k), MISSING), np.zeros((k, k))
    shown = _statistics(node, main)
    found: Spearman | Kendall | None = None
    for i in range(k):
        for j in range(i + 1):
            both = rows & known[:, i] & known[:, j]
            n[i, j] = n[j, i] = both.sum()
            if i != j and both.sum() > 1:
                found = measure(X[both, j], X[both, i])
                value[i, j] = value[j, i] = getattr(found, shown[0])
                p[i, j] = p[j, i] = found.p if found else MISSING
    if found is None:
        raise StataError(2001, "insufficient observations")
    method = "bonferroni" if node.option("bonferroni") else "sidak" if node.option("sidak") else ""
    if k == 2 and not node.option("matrix"):
        session.out.write(*show(found, names[0], names[1]))
    else:
        if not node.option("pw"):
            session.out.write(line(f"(obs={n[0, 0]:.0f})"))
        table = PairwiseTable(
            tuple(names),
            value,
            adjusted_p(p, k * (k - 1) / 2, method),
            n,
            "p" in shown,
            "obs" in shown,
            node.option("star", 0.0),
            node.option("print", 2.0),
            tuple(session.data.names),
        )
        session.out.write(*render_pairwise(table, session.settings.linesize))
    session.r = _saved(found, value, names)


def _statistics(node: Command, main: tuple[str, ...]) -> tuple[str, ...]:
    """Return the statistics of `stats()`, the correlation first."""
    names = {"rho": "rho", "taua": "tau_a", "taub": "tau_b", "obs": "obs", "p": "p"}
    chosen = [names.get(word, "") for word in node.option("stats", ())]
    if "" in chosen or any(name not in (*main, "obs", "p") for name in chosen):
        raise StataError(198, "option stats() invalid", node.options["stats"].span)
    leading = next((name for name in chosen if name in main), main[0])
    return (leading, *(name for name in chosen if name in ("obs", "p")))


def _saved(found: Spearman | Kendall, value: np.ndarray, names: list[str]) -> Results:
    scalars = {"N": found.n, "p": found.p}
    if isinstance(found, Spearman):
        scalars["rho"] = found.rho
        return Results(scalars=scalars, matrices={"Rho": Matrix(value, names, names)})
    scalars |= {"tau_a": found.tau_a, "tau_b": found.tau_b, "score": found.score, "se_score": found.se}
    return Results(scalars=scalars)


@command(
    "spearman",
    syntax=Syntax(
        "varlist", condition=True, in_range=True, options=_OPTIONS, exclusive=(("bonferroni", "sidak"),)
    ),
    synopsis="spearman [varlist] [if] [in] [, stats(rho obs p) print(#) star(#) bonferroni sidak pw]",
    needs=("data",),
    by="each",
)
def spearman_command(session: SessionState, node: Command) -> None:
    _correlate(session, node, spearman, render_spearman, ("rho",))


@command(
    "ktau",
    syntax=Syntax(
        "varlist", condition=True, in_range=True, options=_OPTIONS, exclusive=(("bonferroni", "sidak"),)
    ),
    synopsis="ktau [varlist] [if] [in] [, stats(taua taub obs p) print(#) star(#) bonferroni sidak pw]",
    needs=("data",),
    by="each",
)
def ktau(session: SessionState, node: Command) -> None:
    _correlate(session, node, kendall, render_kendall, ("tau_a", "tau_b"))
