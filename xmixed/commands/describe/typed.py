"""tabi, xttrans: tables of data that are made for the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.order import sorted_on
from xmixed.data.panel import panel_settings
from xmixed.errors import StataError, syntax_error
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

_SHOWN = ("row", "column", "cell", "expected", "cchi2", "chi2", "lrchi2", "gamma", "taub", "V", "all")


@contextmanager
def _instead(session: SessionState, data: Dataset) -> Iterator[None]:
    """Run commands on other data."""
    own, session.data = session.data, data
    try:
        yield
    finally:
        session.data = own


@command(
    "tabi",
    syntax=Syntax(
        "text",
        options=(
            *(OptionSpec(name, name, help="as of tabulate") for name in _SHOWN),
            OptionSpec("exact", "e", help="Fisher's exact test", optional_value=True),
            OptionSpec("nofreq", "nof", help="no frequencies"),
            OptionSpec("nokey", "nokey", help="no explanation of the cells"),
            OptionSpec("replace", "replace", help="the frequencies become the data"),
        ),
    ),
    synopsis=r"tabi #11 #12 [...] \ #21 #22 [...] [\ ...] [, options of tabulate replace]",
)
def tabi(session: SessionState, node: Command) -> None:
    table = _typed(node.argument or "")
    data = _of_table(table)
    asked = [name for name in node.options if name not in ("replace", "exact")]
    if "exact" in node.options:
        asked.append("exact")
    elif not set(asked) - {"nofreq", "nokey"}:  # Stata: a test is shown where none is asked for
        asked.append("exact" if table.shape == (2, 2) else "chi2")
    with _instead(session, data):
        session.execute(f"tabulate row col [fweight=pop], {' '.join(asked)}")
    if node.option("replace"):
        session.data = data


def _typed(text: str) -> np.ndarray:
    """Return the frequencies, rows behind `\\`; r(198) for what is no rectangle of whole numbers."""
    rows = [part.split() for part in text.split("\\")]
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        raise syntax_error()
    for word in (word for row in rows for word in row):
        if not word.isdigit():
            raise StataError(198, f"'{word}' found where nonnegative integer expected")
    table = np.array(rows, dtype=np.float64)
    if table.sum() >= 2**31:
        raise StataError(198, "too many observations")
    return table


def _of_table(table: np.ndarray) -> Dataset:
    row, column = np.indices(table.shape)
    parts = (("row", row + 1), ("col", column + 1), ("pop", table))
    variables = (Variable(name, "long", x.reshape(-1).astype(np.int32), "%12.0g") for name, x in parts)
    return Dataset(tuple(variables), table.size, changed=True)


@command(
    "xttrans",
    syntax=Syntax(
        "varname", condition=True, in_range=True, options=(OptionSpec("freq", "f", help="frequencies too"),)
    ),
    synopsis="xttrans varname [if] [in] [, freq]",
    needs=("data",),
)
def xttrans(session: SessionState, node: Command) -> None:
    data = session.data
    settings = panel_settings(data, time=True)
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = data[resolve_varlist((node.argument,), data)[0]]
    ordered = sorted_on(data.rows(selected_rows(session, node)), [settings.panel, settings.time])
    panel, values = ordered[settings.panel].values, ordered[variable.name].values
    follows = np.flatnonzero(panel[1:] == panel[:-1])
    if not len(follows):
        raise StataError(2000, "no observations")
    names = [variable.name, "_next"]
    pairs = (
        replace(variable, name=name, label=variable.label or variable.name, values=values[follows + step])
        for step, name in enumerate(names)
    )
    table = Dataset(tuple(pairs), len(follows), value_labels=data.value_labels)
    with _instead(session, table):
        session.execute(f"tabulate {' '.join(names)}, row nokey {'' if node.option('freq') else 'nofreq'}")
