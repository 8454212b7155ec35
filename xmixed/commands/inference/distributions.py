"""ksmirnov: whether distributions are equal; nptrend: whether one moves with the order of groups."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.inference.distributions import render_distances, render_trend
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.kolmogorov import Distances, one_sample, trend, two_samples

_LARGEST = 5_000
"""Observations of both samples for exact p-values."""


def _variable(session: SessionState, name: str) -> Variable:
    if not name.strip():
        raise StataError(100, "varlist required")
    variable = session.data[resolve_name(name.strip(), session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    return variable


@command(
    "ksmirnov",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varname", "compare the two groups of a variable"),
            OptionSpec("exact", "e", help="the exact p-value of two samples"),
        ),
    ),
    synopsis="ksmirnov varname [if] [in], by(varname) [exact];  ksmirnov varname = exp [if] [in]",
    needs=("data",),
    by="each",
)
def ksmirnov(session: SessionState, node: Command) -> None:
    name, equals, expression = str(node.argument or "").partition("=")
    variable = _variable(session, name)
    x = variable.to_double()
    used = selected_rows(session, node) & ~is_missing(x)
    if bool(equals) == (node.option("by") is not None):
        raise StataError(198, "either by() or = exp is required")
    if equals:
        expected, text = evaluate_column(parse_expression(expression), Context.of(session))
        if text:
            raise StataError(109, "type mismatch")
        used &= ~is_missing(expected)
        if not used.any():
            raise StataError(2000, "no observations")
        if ((expected[used] < 0) | (expected[used] > 1)).any():
            raise StataError(198, "the expression must lie between 0 and 1")
        names = (variable.name, "Cumulative")
        found, title = one_sample(x[used], expected[used]), "One-sample Kolmogorov-Smirnov test"
        head = [f"{title} against theoretical distribution", f"           {expression.strip()}"]
    else:
        by = session.data[resolve_name(node.option("by"), session.data)]
        groups = categories_of(by, used)
        if len(groups.values) != 2:
            count = len(groups.values)
            raise StataError(420, f"{count} group{'s' if count != 1 else ''} found, 2 required")
        first, second = (x[groups.codes == code] for code in (0, 1))
        exact = bool(node.option("exact"))
        if exact and len(first) + len(second) > _LARGEST:
            raise StataError(1000, f"exact is for at most {_LARGEST} observations")
        found = two_samples(first, second, exact)
        texts = value_texts(session.data, by, groups.values)
        names = (texts[0], texts[1])
        head = ["Two-sample Kolmogorov-Smirnov test for equality of distribution functions"]
    session.out.write(*render_distances(head, names, found))
    session.r = Results(_saved(found))


def _saved(found: Distances) -> dict[str, float]:
    scalars = {
        "D_1": found.above,
        "p_1": found.p_above,
        "D_2": found.below,
        "p_2": found.p_below,
        "D": found.largest,
        "p": found.p,
        "p_cor": found.corrected,
        "p_exact": found.exact,
    }
    return {name: value for name, value in scalars.items() if value < MISSING}


@command(
    "nptrend",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varname", "ordered groups"),
            OptionSpec("score", "sc", "varname", "scores of the groups; default their values"),
            OptionSpec("nodetail", "nod", help="without ranks by group"),
            OptionSpec("nolabel", "nol", help="numbers in place of value labels"),
        ),
    ),
    synopsis="nptrend varname [if] [in], by(varname) [score(varname) nodetail nolabel]",
    needs=("data",),
    by="each",
)
def nptrend(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    if node.option("by") is None:
        raise StataError(198, "option by() required")
    variable = session.data[resolve_name(node.argument, session.data)]
    by = session.data[resolve_name(node.option("by"), session.data)]
    if variable.is_string or by.is_string:
        raise StataError(109, "type mismatch")
    x = variable.to_double()
    used = selected_rows(session, node) & ~is_missing(x)
    score = None
    if node.option("score") is not None:
        score = session.data[resolve_name(node.option("score"), session.data)].to_double()
        used &= ~is_missing(score)
    groups = categories_of(by, used)
    if not groups.used.any():
        raise StataError(2000, "no observations")
    codes = groups.codes[groups.used]
    scores = np.array([float(value) for value in groups.values])
    if score is not None:
        own = score[groups.used]
        scores = np.array([own[codes == code][0] for code in range(len(scores))])
        if (scores[codes] != own).any():
            raise StataError(198, "score() varies within a group")
    found = trend(x[groups.used], codes, scores)
    texts = value_texts(session.data, by, groups.values, not node.option("nolabel"))
    sizes = np.bincount(codes, minlength=len(scores)).tolist()
    rows = (
        [] if node.option("nodetail") else list(zip(texts, scores.tolist(), sizes, found.sums, strict=True))
    )
    session.out.write(*render_trend(by.name, rows, found.z, found.p))
    scalars = {"N": float(groups.used.sum()), "z": found.z, "p": found.p}
    session.r = Results({name: value for name, value in scalars.items() if value < MISSING})
