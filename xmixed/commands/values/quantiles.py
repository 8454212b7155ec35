"""xtile, pctile, _pctile."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.data.columns import blank_column, new_variable, promoted_type, stored
from xmixed.data.dataset import Variable, default_format
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped

_WEIGHTS = ("aweight", "fweight", "pweight")
_NUMBER = OptionSpec("nquantiles", "n", "integer", help="number of quantiles", minimum_value=2)
_ALTERNATIVE = OptionSpec("altdef", "alt", help="percentiles by interpolation")
MOST_RETURNED = 1000


def _cut_points(
    session: SessionState, node: Command, values: np.ndarray, rows: np.ndarray, shares: list[float]
) -> np.ndarray:
    """Return percentiles of the values that count, at shares of 100."""
    weights = weights_of(session, node, rows)
    used = rows & ~is_missing(values)
    if weights.values is not None:
        used &= weights.values > 0
    x = values[used]
    if node.option("altdef"):
        if weights.values is not None:
            raise StataError(198, "altdef may not be combined with weights")
        return _interpolated(np.sort(x), shares)
    own = None if weights.values is None else weights.values[used]
    grouped = Grouped(x, np.zeros(len(x), dtype=np.intp), 1, own, weights.kind)
    return np.array([float(grouped.percentile(p)[0]) for p in shares])


def _interpolated(ranked: np.ndarray, shares: list[float]) -> np.ndarray:
    """Return x at (n+1)p/100 by linear interpolation."""
    n = len(ranked)
    if not n:
        return np.full(len(shares), MISSING)
    places = np.clip((n + 1) * np.array(shares) / 100, 1, n)
    return np.interp(places, np.arange(1, n + 1), ranked)


def _evaluated(session: SessionState, node: Command) -> tuple[np.ndarray, np.ndarray]:
    values, text = evaluate_column(node.argument.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch")
    check_new_name(node.argument.name, session.data, node.argument.span)
    return values, selected_rows(session, node)


def _shares(number: int, count: int) -> list[float]:
    if number > count + 1:
        raise StataError(198, "nquantiles() must be less than or equal to number of observations plus one")
    return [100 * i / number for i in range(1, number)]


@command(
    "xtile",
    syntax=Syntax(
        "newvar",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            _NUMBER,
            OptionSpec("cutpoints", "c", "varname", help="variable that holds the cut points"),
            _ALTERNATIVE,
        ),
        exclusive=(("nquantiles", "cutpoints"),),
    ),
    synopsis="xtile newvar = exp [if] [in] [weight] [, nquantiles(#) cutpoints(varname) altdef]",
    needs=("data",),
    keeps_r=True,
)
def xtile(session: SessionState, node: Command) -> None:
    values, rows = _evaluated(session, node)
    used = rows & ~is_missing(values)
    number = node.option("nquantiles", 2)
    if node.option("cutpoints") is not None:
        points = session.data[resolve_name(node.option("cutpoints"), session.data)].to_double()
        points = np.unique(points[~is_missing(points)])
    else:
        points = _cut_points(session, node, values, rows, _shares(number, int(used.sum())))
    codes = np.where(used, np.searchsorted(points, values, side="left") + 1.0, MISSING)
    kind = node.argument.type or promoted_type("byte", codes)
    about = f"{number} quantiles of {node.argument_text.partition('=')[2].strip()}"
    new = new_variable(node.argument.name, kind, codes, about[:80])
    session.data = session.data.with_variables(new)


@command(
    "pctile",
    syntax=Syntax(
        "newvar",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            _NUMBER,
            OptionSpec("genp", "g", "name", help="variable of percentages"),
            _ALTERNATIVE,
        ),
    ),
    synopsis="pctile [type] newvar = exp [if] [in] [weight] [, nquantiles(#) genp(newvar) altdef]",
    needs=("data",),
    keeps_r=True,
)
def pctile(session: SessionState, node: Command) -> None:
    values, rows = _evaluated(session, node)
    used = rows & ~is_missing(values)
    shares = _shares(node.option("nquantiles", 2), int(used.sum()))
    if len(shares) > session.data.n_obs:
        raise StataError(198, "nquantiles() is greater than the number of observations")
    points = _cut_points(session, node, values, rows, shares)
    kind = node.argument.type or session.settings.type
    about = f"percentiles of {node.argument_text.partition('=')[2].strip()}"
    made = [(node.argument.name, points, kind, about)]
    if node.option("genp") is not None:
        check_new_name(node.option("genp"), session.data)
        made.append((node.option("genp"), np.array(shares), session.settings.type, "percentages"))
    data = session.data
    for name, numbers, storage, label in made:
        column = blank_column(storage, data.n_obs)
        column[: len(numbers)] = stored(numbers, storage)
        data = data.with_variables(Variable(name, storage, column, default_format(storage), label[:80]))
    session.data = data


@command(
    "_pctile",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        weights=_WEIGHTS,
        options=(
            _NUMBER,
            OptionSpec("percentiles", "p", "numlist", help="which percentiles"),
            _ALTERNATIVE,
        ),
        exclusive=(("nquantiles", "percentiles"),),
    ),
    synopsis="_pctile varname [if] [in] [weight] [, nquantiles(#) percentiles(numlist) altdef]",
    needs=("data",),
)
def returned_percentiles(session: SessionState, node: Command) -> None:
    if node.argument is None:
        raise StataError(100, "varname required")
    variable = session.data[resolve_name(node.argument, session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    values, rows = variable.to_double(), selected_rows(session, node)
    if not np.any(rows & ~is_missing(values)):
        raise StataError(2000, "no observations")
    shares: list[float] = list(node.option("percentiles") or ())
    if not shares:
        number = node.option("nquantiles", 2)
        shares = [100.0 * i / number for i in range(1, number)]
    if len(shares) > MOST_RETURNED or not all(0 < share < 100 for share in shares):
        raise StataError(198, "percentiles() must be between 0 and 100")
    points = _cut_points(session, node, values, rows, shares)
    session.r = Results(scalars={f"r{i}": float(value) for i, value in enumerate(points, 1)})
