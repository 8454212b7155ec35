"""list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import labelled, value_label_texts
from xmixed.expressions.varlist import resolve_varlist
from xmixed.formats import format_string, parse_format
from xmixed.formats.width import abbreviate_name, columns_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.describe.data_list import ListColumn, Listing, render_list
from xmixed.render.text import printable
from xmixed.session.state import SessionState

SEPARATOR, ABBREVIATE, SHORTEST_NAME = 5, 8, 5


def _unbuilt(name: str, minimum: str, kind: str = "flag") -> OptionSpec:
    return OptionSpec(name, minimum, kind, built=False)  # type: ignore[arg-type]


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
            OptionSpec("table", "t", help="a table, however wide"),
            OptionSpec("display", "d", help="each observation as a block"),
            _unbuilt("compress", "compress"),
            _unbuilt("nocompress", "noc"),
            _unbuilt("fast", "fast"),
            _unbuilt("string", "str", "integer"),
            _unbuilt("divider", "div"),
            _unbuilt("header", "h", "integer"),
            _unbuilt("mean", "mean", "varlist"),
            _unbuilt("sum", "sum", "varlist"),
            _unbuilt("N", "N", "varlist"),
            _unbuilt("labvar", "labvar", "varname"),
            _unbuilt("constant", "con", "varlist"),
            _unbuilt("notrim", "notr"),
            _unbuilt("absolute", "abs"),
            _unbuilt("nodotz", "nodotz"),
            _unbuilt("subvarname", "subvar"),
            _unbuilt("linesize", "line", "integer"),
        ),
        exclusive=(("table", "display", "clean"), ("separator", "sepby")),
    ),
    synopsis="list [varlist] [if] [in] [, clean noobs separator(#) sepby(varlist) abbreviate(#) nolabel"
    " noheader table display]",
    by="each",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def list_command(session: SessionState, node: Command) -> None:
    form = [name for name in ("table", "display", "clean") if node.option(name)]
    data, chosen, rows, numbers = _listed(session, node)
    width = max(SHORTEST_NAME, node.option("abbreviate", ABBREVIATE))
    nolabel, names = bool(node.option("nolabel")), session.data.names
    listing = Listing(
        columns=tuple(_column(data, variable, rows, (width, names), nolabel) for variable in chosen),
        numbers=() if node.option("noobs") else tuple(numbers.tolist()),
        breaks=_breaks(node, data, rows),
        clean=form == ["clean"],
        header=not node.option("noheader"),
        form="" if form == ["clean"] else "".join(form),
    )
    session.out.write(*render_list(listing, session.settings.linesize))


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
    data: Dataset, variable: Variable, rows: np.ndarray, names: tuple[int, list[str]], nolabel: bool
) -> ListColumn:
    """Return a column; `names` are the width for its name and all names among which it is abbreviated."""
    left = parse_format(variable.format).align == "-"
    if variable.is_string:
        texts = (_text(value) for value in variable.values[rows].tolist())
        cells = tuple(format_string(text, variable.format).strip() for text in texts)
    else:
        labels = {} if nolabel else value_label_texts(data, variable)
        cells = tuple(map(printable, labelled(variable.to_double()[rows].tolist(), labels, variable.format)))
    room = max([names[0], *map(columns_of, cells)])
    return ListColumn(abbreviate_name(variable.name, room, names[1]), cells, left)


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
