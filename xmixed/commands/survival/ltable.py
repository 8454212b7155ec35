"""ltable: life tables."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.commands.varlists import check_count
from xmixed.data.categories import categories_of, value_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.survival.describe import LifeRow, render_life_table
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.survival.life_tables import LifeTable, life_table

_TITLES = {"survival": ("Survival", ""), "failure": ("Failure", "Cum."), "hazard": ("Hazard", "")}


@command(
    "ltable",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight",),
        options=(
            OptionSpec("by", "by", "varname", "a table for each group"),
            OptionSpec("intervals", "i", "text", "width of intervals, or where they begin"),
            OptionSpec("survival", "su", help="survival; the default"),
            OptionSpec("failure", "f", help="cumulative failures"),
            OptionSpec("hazard", "h", help="hazards"),
            OptionSpec("noadjust", "noa", help="those lost count for the whole interval"),
            OptionSpec("notable", "not", help="no table"),
            OptionSpec("test", "t", built=False),
            OptionSpec("graph", "g", built=False),
            OptionSpec("tvid", "tvid", "varname", built=False),
            OptionSpec("saving", "sav", "text", built=False),
            LEVEL,
        ),
        exclusive=(tuple(_TITLES),),
    ),
    synopsis="ltable timevar [deadvar] [if] [in] [fweight] [, by(varname) intervals(#) failure hazard ...]",
    needs=("data",),
    by="each",
)
def ltable(session: SessionState, node: Command) -> None:
    data = session.data
    names = resolve_varlist(node.argument or (), data)
    check_count(names, 1, 2)
    columns = [data[name].to_double() for name in names]
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    used = np.logical_and.reduce([rows, *(~is_missing(own) for own in columns)])
    if (columns[0][used] < 0).any():
        raise StataError(459, f"{names[0]} has negative values")
    copies = np.ones(data.n_obs) if weights is None else weights
    groups = [("", used)]
    if node.option("by") is not None:
        name = resolve_name(node.option("by"), data)
        found = categories_of(data[name], used)
        used = found.used
        texts = value_texts(data, data[name], found.values)
        groups = [(f"{name} = {text}", found.codes == code) for code, text in enumerate(texts)]
    if not used.any():
        raise StataError(2000, "no observations")
    died = np.ones(data.n_obs, dtype=bool) if len(columns) == 1 else columns[1] != 0
    edges = _edges(str(node.option("intervals", "1")), float(columns[0][used].max()))
    kind = next((name for name in _TITLES if node.option(name)), "survival")
    level = float(node.option("level", session.settings.level))
    z = normal_quantile(level)
    adjusted = not node.option("noadjust")
    shown = []
    for name, own in groups:
        table = life_table(columns[0][own], died[own], copies[own], edges, adjusted)
        shown.append((name, _rows(table, kind, z)))
    if not node.option("notable"):
        title, above = _TITLES[kind]
        session.out.write(*render_life_table(title, shown, above, level))


def _edges(text: str, last: float) -> np.ndarray:
    """Return where intervals begin."""
    numbers = [float(value) for value in parse_numlist(text.replace(",", " "))]
    if len(numbers) > 1:
        edges = np.array(sorted(set(numbers)))
        return edges if edges[0] <= 0 else np.concatenate([[0.0], edges])
    if not numbers or not numbers[0] > 0 or last / numbers[0] > 1e5:
        raise StataError(198, "option intervals() incorrectly specified")
    return numbers[0] * np.arange(int(last / numbers[0]) + 2)


def _rows(table: LifeTable, kind: str, z: float) -> list[LifeRow]:
    value, error = table.survival, table.error
    low, high = table.limits(z)
    if kind == "failure":
        value = 1 - value
        low, high = (np.where(end < MISSING, 1 - end, MISSING) for end in (high, low))
    elif kind == "hazard":
        value, error = table.hazard, table.hazard_error
        known = (value < MISSING) & (error < MISSING)
        low = np.where(known, np.maximum(value - z * error, 0.0), MISSING)
        high = np.where(known, value + z * error, MISSING)
    arrays = (table.begin, table.end, table.total, table.deaths, table.lost, value, error, low, high)
    return [LifeRow(*own) for own in zip(*(array.tolist() for array in arrays), strict=True)]
