"""alpha."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.dataset import Variable, from_double
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.output import Line
from xmixed.render.layouts.inference.alpha import ItemRow, render_alpha
from xmixed.render.layouts.matlist import MatlistStyle, render_matlist
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.correlation import correlations_of, pairwise_covariances
from xmixed.statistics.inference.reliability import (
    Reliability,
    cronbach_alpha,
    item_correlations,
    item_signs,
    scale_scores,
)


@command(
    "alpha",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("std", "s", help="standardise the items"),
            OptionSpec("item", "i", help="the scale without each item"),
            OptionSpec("asis", "a", help="take the items as they are, reverse none"),
            OptionSpec("reverse", "r", "varlist", "reverse these items, and no others"),
            OptionSpec("casewise", "c", help="only observations where all items are known"),
            OptionSpec("generate", "g", "name", "new variable of the scale"),
            OptionSpec(
                "min", "min", "integer", "items that an observation of the scale needs", minimum_value=1
            ),
            OptionSpec("detail", "d", help="covariances of the items too; with std correlations"),
            OptionSpec("label", "l", help="labels of the items in a narrower table"),
        ),
        exclusive=(("asis", "reverse"),),
    ),
    synopsis="alpha varlist [if] [in] [, std item asis reverse(varlist) casewise generate(newvar) min(#)"
    " detail label]",
    needs=("data",),
    by="each",
)
def alpha(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node) if node.argument else []
    if len(variables) < 2:
        raise StataError(102, "too few variables specified")
    new = node.option("generate")
    if new is not None and new in session.data:
        raise StataError(110, f"{new} already defined")
    names = [variable.name for variable in variables]
    X = np.column_stack([variable.to_double() for variable in variables])
    known = ~is_missing(X)
    rows = selected_rows(session, node)
    if node.option("casewise"):
        rows = rows & known.all(axis=1)
    if not (rows[:, None] & known).any():
        raise StataError(2000, "no observations")
    covariance = pairwise_covariances(X[rows], known[rows])
    if np.any(~(np.diag(covariance) > 0) | is_missing(np.diag(covariance))):
        raise StataError(459, "items must vary")
    if np.any(is_missing(covariance)):
        raise StataError(2001, "insufficient observations")
    signs = _signs(session, node, names, covariance)
    standardised = bool(node.option("std"))
    signed = (correlations_of(covariance) if standardised else covariance) * np.outer(signs, signs)
    found = cronbach_alpha(signed)
    linesize, used = session.settings.linesize, rows[:, None] & known
    items = []
    if any(map(node.option, ("item", "label", "detail"))):
        items = _items(variables, signs, signed, used.sum(axis=0), bool(node.option("label")))
    reversed_items = [name for name, sign in zip(names, signs, strict=True) if sign < 0]
    session.out.write(*render_alpha(found, standardised, reversed_items, items, linesize))
    if node.option("detail"):
        session.out.write(*_detail(names, signed, used, standardised, linesize))
    if new is not None:
        least = int(node.option("min", 1))
        scores = scale_scores(X, known & rows[:, None], signs, standardised, least)
        kind = "standardized" if standardised else "unstandardized"
        values = from_double(scores, "float")
        made = Variable(new, "float", values, "%9.0g", f"mean({kind} items)")
        session.data = session.data.with_variables(made)
    session.r = _saved(found, standardised)


def _signs(session: SessionState, node: Command, names: list[str], covariance: np.ndarray) -> np.ndarray:
    """Return 1 or -1 for each item: as asked for, or by its side of the first principal component."""
    if node.option("asis"):
        return np.ones(len(names))
    if node.option("reverse"):
        turned = set(resolve_varlist(node.option("reverse"), session.data))
        return np.array([-1.0 if name in turned else 1.0 for name in names])
    return item_signs(correlations_of(covariance))


def _items(
    variables: list[Variable], signs: np.ndarray, signed: np.ndarray, n: np.ndarray, labels: bool
) -> list[ItemRow]:
    with_test, with_rest = item_correlations(signed)
    rows = []
    for i, variable in enumerate(variables):
        others = np.delete(np.delete(signed, i, axis=0), i, axis=1)
        without = cronbach_alpha(others) if len(others) > 1 else Reliability(1, MISSING, MISSING)
        sign = "-" if signs[i] < 0 else "+"
        label = variable.label if labels else None
        figures = float(with_test[i]), float(with_rest[i])
        rows.append(ItemRow(variable.name, int(n[i]), sign, *figures, without, label))
    return rows


def _detail(
    names: list[str], signed: np.ndarray, used: np.ndarray, standardised: bool, linesize: int
) -> list[Line]:
    """Return the matrix of the items, reversed ones turned, and the observations of pairs if they differ."""
    pairs = (used.T.astype(float) @ used).round()
    what = "correlations" if standardised else "covariances"
    n = f"{pairs[0, 0]:.0f} in all pairs" if np.ptp(pairs) == 0 else "pairwise, see below"
    style = MatlistStyle(format="%9.4f", title=f"Interitem {what} (obs={n})")
    lines = render_matlist(Matrix(signed, names, names), style, linesize)
    if np.ptp(pairs):
        style = MatlistStyle(format="%9.0f", title="Pairwise number of observations")
        lines += render_matlist(Matrix(pairs, names, names), style, linesize)
    return lines


def _saved(found: Reliability, standardised: bool) -> Results:
    key = "rho" if standardised else "cov"
    scalars = {"alpha": found.alpha, "k": float(found.k), key: found.average}
    return Results(scalars={name: value for name, value in scalars.items() if value < MISSING})
