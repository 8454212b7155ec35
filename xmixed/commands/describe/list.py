"""list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import labelled, value_label_texts
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.formats import format_string, format_value, parse_format, width_of
from xmixed.formats.width import abbreviate_name, columns_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import CODES, MISSING, is_missing
from xmixed.render.layouts.describe.data_list import ListColumn, Listing, render_list
from xmixed.render.text import printable
from xmixed.session.state import SessionState

SEPARATOR, ABBREVIATE, SHORTEST_NAME = 5, 8, 5


_SUMMARIES = {"mean": "Mean", "sum": "Sum", "N": "N"}
"""Options for rows below the observations, and what these are called."""


def _row_option(name: str, what: str) -> OptionSpec:
    return OptionSpec(name, name, "varlist", f"a last row with {what}", optional_value=True)


@command(
    "list",
    syntax=Syntax(
        "varlist_factor",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("clean", "c", help="no frame and rules"),
            OptionSpec("noobs", "noo", help="no observation numbers"),
            OptionSpec(
                "separator", "sep", "integer", help="rule after every # observations; 0 none", minimum_value=0
            ),
            OptionSpec("sepby", "sepby", "varlist", help="rule where the variables change"),
            OptionSpec("abbreviate", "ab", "integer", help="names of at most # characters"),
            OptionSpec("nolabel", "nol", help="numbers instead of value labels"),
            OptionSpec("noheader", "noh", help="no names"),
            OptionSpec(
                "header",
                "h",
                "integer",
                "names again after # observations",
                optional_value=True,
                minimum_value=1,
            ),
            OptionSpec("table", "t", help="a table, however wide"),
            OptionSpec("display", "d", help="each observation as a block"),
            OptionSpec("compress", "compress", help="columns as narrow as their values, as they are anyway"),
            OptionSpec("nocompress", "noc", help="columns as wide as the display formats"),
            OptionSpec("fast", "fast", help="the same as nocompress"),
            OptionSpec("string", "str", "integer", "strings of at most # characters", minimum_value=1),
            OptionSpec("notrim", "notr", help="blanks around strings stay"),
            OptionSpec("divider", "div", help="lines between columns"),
            OptionSpec("absolute", "abs", help="within by, the observations' numbers in the data"),
            OptionSpec("nodotz", "nodotz", help=".z is blank"),
            OptionSpec("subvarname", "subvar", help="characteristics varname in place of names"),
            OptionSpec("linesize", "line", "integer", "width of lines", minimum_value=40, maximum_value=255),
            _row_option("mean", "means"),
            _row_option("sum", "sums"),
            _row_option("N", "numbers of known values"),
            OptionSpec("labvar", "labvar", "varname", "the variable in whose column such rows are named"),
            OptionSpec(
                "constant",
                "con",
                "varlist",
                "what all observations share, above the table",
                optional_value=True,
            ),
        ),
        exclusive=(("table", "display", "clean"), ("separator", "sepby"), ("noheader", "header")),
    ),
    synopsis="list [varlist] [if] [in] [, options]",
    by="each",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def list_command(session: SessionState, node: Command) -> None:
    form = [name for name in ("table", "display", "clean") if node.option(name)]
    data, chosen, rows, numbers = _listed(session, node)
    constant = _constant(session, node, chosen, rows)
    chosen = [variable for variable in chosen if variable not in constant]
    summaries = _summaries(session, node, chosen)
    columns = [_column(session, node, data, variable, rows, summaries) for variable in chosen]
    labvar = resolve_name(node.option("labvar"), session.data) if node.option("labvar") else None
    breaks = _breaks(node, data, rows)
    listing = Listing(
        columns=tuple(columns),
        numbers=() if node.option("noobs") else tuple((numbers + _before(session, node)).tolist()),
        breaks=breaks | {len(rows)} if summaries else breaks,
        clean=form == ["clean"],
        header=not node.option("noheader"),
        form="" if form == ["clean"] else "".join(form),
        divider=bool(node.option("divider")),
        header_every=0 if node.option("header") in (None, True) else node.option("header"),
        summaries=tuple("" if labvar else _SUMMARIES[name] for name in summaries) if len(rows) else (),
        constants=tuple((v.name, _cells(session, node, data, v, rows[:1])[0]) for v in constant),
    )
    session.out.write(*render_list(listing, node.option("linesize", session.settings.linesize)))


def _before(session: SessionState, node: Command) -> int:
    """Return how many observations come before those that are at hand, where their number counts."""
    return session.rows_before if node.option("absolute") else 0


def _named(session: SessionState, node: Command, option: str, among: list[Variable]) -> list[Variable]:
    """Return the variables that an option names; all of them for one without a list."""
    if option not in node.options:
        return []
    value = node.options[option].value
    if value is None:
        return among
    names = resolve_varlist(value, session.data)
    return [variable for variable in among if variable.name in names]


def _constant(
    session: SessionState, node: Command, chosen: list[Variable], rows: np.ndarray
) -> list[Variable]:
    named = _named(session, node, "constant", chosen)
    return [v for v in named if len(rows) and np.all(v.values[rows] == v.values[rows[0]])]


def _summaries(session: SessionState, node: Command, chosen: list[Variable]) -> dict[str, set[str]]:
    """Return the rows below the observations, and the variables that have figures there."""
    return {
        option: {v.name for v in _named(session, node, option, chosen) if not v.is_string}
        for option in _SUMMARIES
        if option in node.options
    }


class _Listed(NamedTuple):
    """The data, the variables and rows of them that are shown, and the numbers that stand before the rows."""

    data: Dataset
    variables: list[Variable]
    rows: np.ndarray
    numbers: np.ndarray


def _listed(session: SessionState, node: Command) -> _Listed:
    if session.data.reference is None:
        rows = np.flatnonzero(selected_rows(session, node))
        return _Listed(session.data, variables_of(session.data, node), rows, rows + 1)
    from xmixed.commands.referenced import numbered_rows

    names = [variable.name for variable in variables_of(session.data, node)]
    others = resolve_varlist(node.option("sepby", ()), session.data)
    data, numbers = numbered_rows(session, node, [*names, *others], bool(node.option("noobs")))
    return _Listed(data, [data[name] for name in names], np.arange(data.n_obs), numbers)


def _column(
    session: SessionState,
    node: Command,
    data: Dataset,
    variable: Variable,
    rows: np.ndarray,
    summaries: dict[str, set[str]],
) -> ListColumn:
    """Return a column, its head as long as the values and the option leave room for."""
    cells = _cells(session, node, data, variable, rows)
    least = width_of(variable.format) if node.option("nocompress") or node.option("fast") else 0
    if len(rows):
        cells += [_summary(node, session, variable, rows, name, summaries[name]) for name in summaries]
    room = max([SHORTEST_NAME, node.option("abbreviate", ABBREVIATE), least, *map(columns_of, cells)])
    head = abbreviate_name(variable.name, room, session.data.names)
    if node.option("subvarname"):
        head = session.data.characteristics.get(variable.name, {}).get("varname", head)
    return ListColumn(head, tuple(cells), parse_format(variable.format).align == "-", least)


def _cells(
    session: SessionState, node: Command, data: Dataset, variable: Variable, rows: np.ndarray
) -> list[str]:
    """Return the values at rows as they are shown."""
    if variable.is_string:
        length = node.option("string")
        texts = [_text(value) for value in variable.values[rows].tolist()]
        if length:
            texts = [text if len(text) <= length else text[:length] + ".." for text in texts]
            return texts
        shown = [format_string(text, variable.format) for text in texts]
        return shown if node.option("notrim") else [text.strip() for text in shown]
    labels = {} if node.option("nolabel") else value_label_texts(data, variable)
    values = variable.to_double()[rows].tolist()
    cells = list(map(printable, labelled(values, labels, variable.format)))
    if node.option("nodotz"):
        cells = ["" if value == CODES[-1] else cell for value, cell in zip(values, cells, strict=True)]
    return cells


def _summary(
    node: Command, session: SessionState, variable: Variable, rows: np.ndarray, option: str, named: set[str]
) -> str:
    """Return what a row below the observations has in a column."""
    if node.option("labvar") and variable.name == resolve_name(node.option("labvar"), session.data):
        return _SUMMARIES[option]
    if variable.name not in named:
        return ""
    known = variable.to_double()[rows]
    known = known[~is_missing(known)]
    if option == "N":
        return str(len(known))
    value = float(known.sum()) if option == "sum" else float(known.mean()) if len(known) else MISSING
    return format_value(value, variable.format).strip()


def _text(value: str | bytes) -> str:
    return printable(value.decode("latin-1") if isinstance(value, bytes) else value)


def _breaks(node: Command, data: Dataset, rows: np.ndarray) -> frozenset[int]:
    """Return the listed rows (from 0) above which a rule stands."""
    sepby = node.option("sepby")
    if sepby is not None:
        different = np.zeros(max(0, len(rows) - 1), dtype=bool)
        for name in resolve_varlist(sepby, data):
            values = data[name].values[rows]
            different |= values[1:] != values[:-1]
        return frozenset((np.flatnonzero(different) + 1).tolist())
    every = node.option("separator", SEPARATOR)
    return frozenset(range(every, len(rows), every)) if every else frozenset()
