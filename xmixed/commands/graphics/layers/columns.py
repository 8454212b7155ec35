"""The variables, observations and weights that a graph command draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import Span, StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_item
from xmixed.expressions.weights import check_weights
from xmixed.formats import format_value
from xmixed.graphics.layers import Measure
from xmixed.language.nodes import Name, Pattern, VarlistItem
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, PlotNode
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

MOST_PANELS = 400
"""More panels of `by()` than this are refused: nobody could read them."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A numeric variable, maybe lagged.

    Attributes
    ----------
    name : str
        `L.x` for a lagged one.
    values : ndarray of float64, shape (n,)
        All observations, missing values as double codes.
    measure : Measure
    """

    name: str
    values: np.ndarray
    measure: Measure


class Columns:
    """Variables of the data in memory for one graph command."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session = session
        self.data = session.data
        self.context = Context.of(session)
        self.whole = select_rows(node.condition, node.in_range, self.context)
        self.weight = node.weight
        self._known: dict[tuple[str, str], Column] = {}

    def rows(self, plot: PlotNode) -> np.ndarray:
        """Return the observations of a plot; bool, shape (n,)."""
        if plot.condition is None and plot.in_range is None:
            return self.whole
        return self.whole & select_rows(plot.condition, plot.in_range, self.context)

    def columns(self, items: tuple[VarlistItem, ...]) -> list[Column]:
        """Return numeric variables of a list.

        Raises
        ------
        StataError
            r(109) for a string variable, r(111) for an unknown one.
        """
        found = []
        for item in items:
            operator = item.operator if isinstance(item, Pattern) else ""
            plain = Pattern(item.text, "", item.span) if isinstance(item, Pattern) else item
            for name in resolve_item(plain, self.data):
                found.append(self._column(name, operator, item.span))
        return found

    def _column(self, name: str, operator: str, span: Span) -> Column:
        known = self._known.get((name, operator))
        if known is None:
            variable = self.data[name]
            if variable.is_string:
                message = f"string variables not allowed in varlist;\n{name} is a string variable"
                raise StataError(109, message, span)
            values = variable.to_double()
            shown = name
            if operator:
                values, _ = evaluate_column(Name(name, operator, span), self.context)
                shown = f"{operator}.{name}"
            known = Column(shown, values, self.measure(variable, shown))
            self._known[name, operator] = known
        return known

    def measure(self, variable: Variable, shown: str) -> Measure:
        """Return what a variable measures, for an axis."""
        title = variable.label or variable.name
        if shown != variable.name:
            title = f"{title}, {shown.partition('.')[0]}"
        return Measure(title, variable.format, self.value_label(variable))

    def value_label(self, variable: Variable) -> dict[float, str] | None:
        """Return the texts of a variable's value label by value."""
        table = self.data.value_labels.get(variable.value_label)
        return {float(code): text for code, text in table.items()} if table else None

    def weights(self, plot: PlotNode) -> np.ndarray | None:
        """Return the weights of a plot, all observations; None without any."""
        weight = plot.weight or self.weight
        if weight is None:
            return None
        values, text = evaluate_column(weight.expression, self.context)
        if text:
            raise StataError(109, "type mismatch", weight.span)
        values = np.where(is_missing(values), 0.0, values)
        check_weights(values, weight.kind, weight.span)
        return values

    def texts(self, name: str, rows: np.ndarray, labelled: bool = True) -> tuple[str, ...]:
        """Return a variable's values at some observations as text: labels, or numbers in its format."""
        variable = self.data[name]
        if variable.is_string:
            return tuple(str(value) for value in variable.values[rows])
        labels = (self.value_label(variable) if labelled else None) or {}
        values = variable.to_double()[rows].tolist()
        known: dict[float, str] = {}
        for value in set(values):
            known[value] = labels.get(value) or format_value(value, variable.format).strip()
        return tuple(known[value] for value in values)


def groups_of(
    columns: Columns, items: tuple[VarlistItem, ...], rows: np.ndarray, missing: bool, labelled: bool = True
) -> tuple[list[str], np.ndarray, list[str]]:
    """Return the names of the groups that variables form, each observation's group, the variables' labels.

    Parameters
    ----------
    items : varlist
    rows : ndarray of bool, shape (n,)
    missing : bool
        Missing values form groups too.
    labelled : bool
        Groups are called by their value labels.

    Returns
    -------
    list of str, ndarray of int of shape (n,), list of str
        Groups in ascending order; -1 for observations outside.
    """
    data = columns.data
    names = [name for item in items for name in resolve_item(item, data)]
    used = rows.copy()
    keys = []
    for name in names:
        variable = data[name]
        values = variable.values.astype(str) if variable.is_string else variable.to_double()
        if not missing:
            used &= (values != "") if variable.is_string else ~is_missing(values)
        keys.append(values)
    code = np.full(len(rows), -1, dtype=np.int64)
    code[used] = 0
    for values in keys:
        _, inverse = np.unique(values[used], return_inverse=True)
        code[used] = code[used] * (int(inverse.max(initial=0)) + 1) + inverse
    distinct, first, inverse = np.unique(code[used], return_index=True, return_inverse=True)
    code[used] = inverse
    where = np.flatnonzero(used)[first] if len(distinct) else np.empty(0, dtype=np.intp)
    parts = [columns.texts(name, where, labelled) for name in names]
    labels = [data[name].label or name for name in names]
    return [", ".join(part) for part in zip(*parts, strict=True)], code, labels


def parts_of(columns: Columns, by: GraphOption, rows: np.ndarray) -> tuple[list[str], np.ndarray, str]:
    """Return the names of the panels of `by()`, each observation's panel (-1 for none), and the note below.

    Raises
    ------
    StataError
        r(100) without variables, r(2000) without observations, r(198) for more panels than can be drawn.
    """
    if not by.value:
        raise StataError(100, "varlist required", by.span)
    names, code, labels = groups_of(columns, by.value, rows, by.options.flag("missing"))
    if not names:
        raise StataError(2000, "no observations")
    if len(names) > MOST_PANELS:
        message = f"by() makes {len(names)} graphs; at most {MOST_PANELS} are drawn"
        hint = "xtline, overlay draws many groups in one graph"
        raise StataError(198, message, by.span, hint)
    return names, code, f"Graphs by {', '.join(labels)}"


def panel_and_time(data: Dataset) -> tuple[str, str]:
    """Return the panel and the time variable that xtset or tsset set; "" for none."""
    kept = data.characteristics.get("_dta", {})
    return kept.get("iis", ""), kept.get("tis", "")
