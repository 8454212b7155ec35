"""mkspline: variables that hold a spline of another."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, selected_rows, weights_of
from xmixed.data.columns import new_variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.matlist import MatlistStyle, render_matlist
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.curves.splines import HARRELL, linear_spline, restricted_cubic_spline
from xmixed.statistics.grouped import Grouped


@command(
    "mkspline",
    syntax=Syntax(
        "words",
        condition=True,
        in_range=True,
        weights=("fweight",),
        options=(
            OptionSpec("marginal", "m", help="coefficients are changes of slope"),
            OptionSpec("pctile", "p", help="as many observations between knots, not equal distances"),
            OptionSpec("cubic", "cubic", help="restricted cubic spline"),
            OptionSpec(
                "nknots", "nk", "integer", help="number of knots, 3 to 7", minimum_value=3, maximum_value=7
            ),
            OptionSpec("knots", "knots", "numlist", help="where the knots are"),
            OptionSpec("displayknots", "dis", help="show where the knots are"),
        ),
        exclusive=(("nknots", "knots"), ("marginal", "cubic"), ("pctile", "cubic")),
    ),
    synopsis="mkspline {newvar # [newvar # ...] newvar | stub #} = oldvar [, marginal pctile displayknots]; "
    "mkspline stub = oldvar, cubic [nknots(#) knots(numlist) displayknots]",
    needs=("data",),
)
def mkspline(session: SessionState, node: Command) -> None:
    data = session.data
    left, equals, right = " ".join(node.argument).partition("=")
    words, old = left.split(), right.split()
    if not equals or not words or len(old) != 1:
        raise StataError(198, "invalid syntax")
    source = data[resolve_name(old[0], data)]
    if source.is_string:
        raise StataError(109, "string variables not allowed")
    x = source.to_double()
    rows = selected_rows(session, node) & ~is_missing(x)
    weights = weights_of(session, node, rows)
    if node.option("cubic"):
        names, knots = _cubic(node, words, x, rows, weights)
        basis = restricted_cubic_spline(x[rows], knots)
    elif node.option("nknots") or node.option("knots"):
        raise StataError(198, "options nknots() and knots() are for cubic")
    else:
        names, knots = _linear(node, words, x, rows, weights)
        basis = linear_spline(x[rows], knots, bool(node.option("marginal")))
    for name in names:
        check_new_name(name, data)
    kind = session.settings.type
    made = []
    for place, name in enumerate(names):
        values = np.full(data.n_obs, MISSING)
        values[rows] = basis[:, place]
        made.append(new_variable(name, kind, values))
    session.data = data.with_variables(*made)
    heads = [f"knot{i}" for i in range(1, len(knots) + 1)]
    session.r = Results(
        scalars={"N_knots": float(len(knots))},
        matrices={"knots": Matrix(knots[None, :], [source.name], heads)},
    )
    if node.option("displayknots"):
        table = render_matlist(session.r.matrices["knots"], MatlistStyle(), session.settings.linesize)
        session.out.write(*table)


def _linear(
    node: Command, words: list[str], x: np.ndarray, rows: np.ndarray, weights: Weights
) -> tuple[list[str], np.ndarray]:
    """Return the names and knots of `a 5 b 10 c`, or of `stub 4`: four pieces."""
    if len(words) == 2:
        pieces = _number(words[1])
        if pieces != int(pieces) or pieces < 2:
            raise StataError(198, "number of variables must be an integer, 2 or more")
        shares = 100 * np.arange(1, pieces) / pieces
        names = [f"{words[0]}{place}" for place in range(1, int(pieces) + 1)]
        if node.option("pctile"):
            knots = _percentiles(x, rows, weights, shares)
        else:
            _check_observed(rows)
            low, high = x[rows].min(), x[rows].max()
            knots = low + (high - low) * shares / 100
        return names, _ascending(knots)
    if len(words) % 2 == 0 or len(words) < 3:
        raise StataError(198, "invalid syntax")
    if node.option("pctile"):
        raise StataError(198, "option pctile is for mkspline stub # = oldvar")
    return words[::2], _ascending(np.array([_number(word) for word in words[1::2]]))


def _cubic(
    node: Command, words: list[str], x: np.ndarray, rows: np.ndarray, weights: Weights
) -> tuple[list[str], np.ndarray]:
    if len(words) != 1:
        raise StataError(198, "invalid syntax")
    typed = node.option("knots")
    if typed is not None:
        knots = np.array(typed, dtype=float)
        if len(knots) < 3:
            raise StataError(198, "a restricted cubic spline needs at least three knots")
    else:
        knots = _percentiles(x, rows, weights, HARRELL[int(node.option("nknots", 5))])
    return [f"{words[0]}{place}" for place in range(1, len(knots))], _ascending(knots)


def _percentiles(x: np.ndarray, rows: np.ndarray, weights: Weights, shares: object) -> np.ndarray:
    _check_observed(rows)
    own = None if weights.values is None else weights.values[rows]
    grouped = Grouped(x[rows], np.zeros(int(rows.sum()), dtype=np.intp), 1, own, weights.kind)
    return np.array([float(grouped.percentile(float(p))[0]) for p in np.asarray(shares)])


def _check_observed(rows: np.ndarray) -> None:
    if not rows.any():
        raise StataError(2000, "no observations")


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise StataError(198, f"'{word}' found where number expected")
    return value


def _ascending(knots: np.ndarray) -> np.ndarray:
    if (np.diff(knots) <= 0).any():
        raise StataError(198, "knots must be in ascending order and differ")
    return knots
