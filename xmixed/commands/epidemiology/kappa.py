"""kap, kappa: agreement of raters beyond chance."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.data.categories import Categories, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.epidemiology.agreement import (
    render_several_raters,
    render_two_raters,
    render_weights,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.agreement import Kappa, several_raters, two_raters, weights_of_categories


def _numeric(session: SessionState, node: Command) -> list[Variable]:
    names = resolve_varlist(node.argument, session.data) if node.argument else []
    if len(names) < 2:
        code, text = (102, "too few variables specified") if names else (100, "varlist required")
        raise StataError(code, text)
    variables = [session.data[name] for name in names]
    if any(variable.is_string for variable in variables):
        raise StataError(109, "type mismatch")
    return variables


@command(
    "kap",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight",),
        options=(
            OptionSpec("tab", "t", help="the table of both raters' categories"),
            OptionSpec("wgt", "w", "choice", "weights of disagreements", choices=(("w", "w"), ("w2", "w2"))),
            OptionSpec("absolute", "ab", help="weights by the values of the categories"),
        ),
    ),
    synopsis="kap rater1 rater2 [rater3 ...] [if] [in] [fweight] [, tab wgt(w|w2) absolute]",
    needs=("data",),
    by="each",
)
def kap(session: SessionState, node: Command) -> None:
    variables = _numeric(session, node)
    rows = selected_rows(session, node)
    copies = weights_of(session, node, rows).values
    values = np.column_stack([variable.to_double() for variable in variables])
    used = rows & ~is_missing(values).any(axis=1)
    if not used.any():
        raise StataError(2000, "no observations")
    levels, codes = np.unique(values[used], return_inverse=True)
    codes = codes.reshape(-1, len(variables))
    own = np.ones(len(codes)) if copies is None else copies[used]
    if len(levels) < 2:
        raise StataError(498, "the raters chose one category only")
    if len(variables) > 2:
        _several(session, node, variables, levels, codes, own)
        return
    if node.option("tab"):
        session.execute(f"tabulate {variables[0].name} {variables[1].name}{_qualifiers(node)}")
    table = np.zeros((len(levels), len(levels)))
    np.add.at(table, (codes[:, 0], codes[:, 1]), own)
    kind = str(node.option("wgt", ""))
    places = levels if node.option("absolute") else np.arange(len(levels), dtype=np.float64)
    weights = weights_of_categories(kind, places)
    if kind:
        session.out.write(*render_weights(weights))
    found = two_raters(table, weights)
    session.out.write(*render_two_raters(found))
    _save(session, found, float(own.sum()))


def _qualifiers(node: Command) -> str:
    """Return the `if`, `in` and weights as typed."""
    head = node.text.partition(",")[0]
    places = [head.index(word) for word in (" if ", " in ", "[") if word in head]
    return f" {head[min(places) :].strip()}" if places else ""


def _save(session: SessionState, found: Kappa, n: float) -> None:
    session.r = Results(
        {
            "N": n,
            "prop_o": found.agreement,
            "prop_e": found.expected,
            "kappa": found.kappa,
            "se": found.se,
            "z": found.z,
        }
    )


def _several(
    session: SessionState,
    node: Command,
    variables: list[Variable],
    levels: np.ndarray,
    codes: np.ndarray,
    copies: np.ndarray,
) -> None:
    if node.option("wgt") or node.option("tab"):
        raise StataError(198, "options tab and wgt() are of two raters")
    counts = np.stack([(codes == code).sum(axis=1) for code in range(len(levels))], axis=1)
    counts = np.repeat(counts, copies.astype(np.intp), axis=0)
    found = Categories(codes[:, 0], tuple(levels.tolist()))
    texts = value_texts(session.data, variables[0], found.values)
    _fleiss(session, counts.astype(np.float64), texts)


def _fleiss(session: SessionState, counts: np.ndarray, texts: list[str]) -> None:
    singles, combined = several_raters(counts)
    session.out.write(*render_several_raters(texts, singles, combined, int(counts[0].sum())))
    session.r = Results({"N": float(len(counts)), "kappa": combined.kappa, "z": combined.z})


@command(
    "kappa",
    syntax=Syntax("varlist", condition=True, in_range=True),
    synopsis="kappa countvars [if] [in]",
    needs=("data",),
    by="each",
)
def kappa(session: SessionState, node: Command) -> None:
    """Each variable counts the raters that chose a category."""
    variables = _numeric(session, node)
    counts = np.column_stack([variable.to_double() for variable in variables])
    used = selected_rows(session, node) & ~is_missing(counts).any(axis=1)
    counts = counts[used]
    if not len(counts):
        raise StataError(2000, "no observations")
    if (counts < 0).any() or (counts != np.floor(counts)).any():
        raise StataError(198, "variables must hold numbers of raters")
    raters = counts.sum(axis=1)
    if (raters != raters[0]).any() or raters[0] < 2:
        text = f"the number of raters varies from {format_value(raters.min(), '%9.0g').strip()}"
        raise StataError(198, f"{text} to {format_value(raters.max(), '%9.0g').strip()}; it must be the same")
    _fleiss(session, counts, [variable.name for variable in variables])
