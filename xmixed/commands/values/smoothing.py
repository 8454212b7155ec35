"""tssmooth ma: moving averages of a series."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Variable, default_format, from_double
from xmixed.errors import StataError
from xmixed.estimation.population.panel_variables import series_variables
from xmixed.estimation.series.order import TimeOrder
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.nodes.assignments import NewVariable
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@command(
    "tssmooth", syntax=Syntax("raw"), synopsis="tssmooth ma [type] newvar = exp [if] [in], window(#l[#c[#f]])"
)
def tssmooth(session: SessionState, node: Command) -> None:
    raise StataError(198, "tssmooth: subcommand ma required")


@subcommand(
    "tssmooth",
    "ma",
    syntax=Syntax(
        "newvar",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("window", "w", "text", "terms behind, 1 for the term itself, terms ahead"),
            OptionSpec("weights", "we", "text", "weights of the terms, that of the term itself in < >"),
            OptionSpec("replace", "replace", help="the variable may exist"),
        ),
        exclusive=(("window", "weights"),),
    ),
    synopsis="tssmooth ma [type] newvar = exp [if] [in], {window(#l[#c[#f]]) | weights(numlist <#> numlist)}",
    needs=("data",),
)
def tssmooth_ma(session: SessionState, node: Command) -> None:
    new: NewVariable = node.argument
    weights = _weights(node)
    if node.option("replace") and new.name in session.data:
        data = session.data.without([new.name])
    else:
        check_new_name(new.name, session.data, new.span)
        data = session.data
    panel, time, step = series_variables(session)
    values, text = evaluate_column(new.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch")
    times = session.data[time].to_double()
    rows = selected_rows(session, node) & ~is_missing(times)
    if not rows.any():
        raise StataError(2000, "no observations")
    panels = session.data[panel].values[rows] if panel else None
    order = TimeOrder.of(panels, times[rows], step)
    smoothed = moving_average(values[rows][order.order], order, weights)
    found = np.full(session.data.n_obs, MISSING)
    found[np.flatnonzero(rows)[order.order]] = smoothed
    kind = new.type or session.settings.type
    variable = Variable(new.name, kind, from_double(found, kind), default_format(kind), "ma: moving average")
    session.out.write("The smoother applied was", f"     {_formula(weights)}; x(t)= {_typed(node)}")
    session.data = data.with_variables(variable)
    session.r = Results({"N": float(rows.sum())}, {"method": "ma"})


def _typed(node: Command) -> str:
    head = node.text.partition(",")[0].partition("=")[2].strip()
    for word in (" if ", " in "):
        head = head.partition(word)[0]
    return head.strip()


def _weights(node: Command) -> dict[int, float]:
    """Return the weight of each term by its distance in time.

    Raises
    ------
    StataError
        r(198) for what cannot be read, and for no terms.
    """
    if "weights" in node.options:
        words = str(node.option("weights")).replace("<", " < ").replace(">", " > ").split()
        if words.count("<") != 1 or words.count(">") != 1 or words.index(">") != words.index("<") + 2:
            raise StataError(198, "option weights() incorrectly specified")
        middle = words.index("<")
        numbers = words[:middle] + [words[middle + 1]] + words[middle + 3 :]
        distances = range(-middle, len(numbers) - middle)
    elif "window" in node.options:
        numbers = str(node.option("window")).split()
        if not 1 <= len(numbers) <= 3 or not all(word.isdigit() for word in numbers):
            raise StataError(198, "option window() incorrectly specified")
        behind, own, ahead = (*(int(word) for word in numbers), 0, 0)[:3]
        if own > 1:
            raise StataError(198, "option window() incorrectly specified")
        distances = [*range(-behind, 0), *([0] if own else []), *range(1, ahead + 1)]
        numbers = ["1"] * len(distances)
    else:
        raise StataError(198, "one of window() or weights() is required")
    try:
        found = {distance: float(word) for distance, word in zip(distances, numbers, strict=True)}
    except ValueError:
        raise StataError(198, "option weights() incorrectly specified") from None
    if not found:
        raise StataError(198, "the window has no terms")
    return found


def moving_average(values: np.ndarray, order: TimeOrder, weights: dict[int, float]) -> np.ndarray:
    """Return weighted means of the terms that are known, shape (n,); missing where none is.

    Parameters
    ----------
    values : ndarray, shape (n,)
        In the order of time.
    """
    total, size = np.zeros(len(values)), np.zeros(len(values))
    known = ~is_missing(values)
    for distance, weight in weights.items():
        later, earlier = order.apart(abs(distance))
        target, source = (later, earlier) if distance < 0 else (earlier, later)
        if not distance:
            target = source = np.arange(len(values))
        used = known[source]
        total[target[used]] += weight * values[source[used]]
        size[target[used]] += weight
    filled = size != 0
    return np.where(filled, total / np.where(filled, size, 1.0), MISSING)


def _formula(weights: dict[int, float]) -> str:
    parts = []
    for distance, weight in sorted(weights.items()):
        factor = f"{weight:g}*" if weight != 1 or distance == 0 else ""
        parts.append(f"{factor}x(t{distance:+d})" if distance else f"{factor}x(t)")
    if 0 not in weights:
        place = sum(distance < 0 for distance in weights)
        parts.insert(place, "0*x(t)")
    return f"(1/{sum(weights.values()):g})*[{' + '.join(parts)}]"
