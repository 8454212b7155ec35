"""table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, selected_rows, weights_of
from xmixed.data.categories import Categories, categories_of, usable, value_texts
from xmixed.data.columns import stored
from xmixed.data.dataset import Dataset, Variable, from_double
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_name, resolve_varlist
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.describe.contents_table import Contents, ContentsTable, head_of, render_contents
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import with_margins

MOST_CONTENTS = 5
STATISTICS = frozenset("mean sd semean sum rawsum count n max min median iqr".split())
_SYNONYMS = {"med": "median", "N": "n"}
MOST_SUPERROWS = 4
MOST_CELLS = 10_000_000
"""Of a table with all its margins."""


def _width(name: str, minimum: str, what: str, least: int = 5) -> OptionSpec:
    return OptionSpec(name, minimum, "integer", what, minimum_value=least, maximum_value=20)


@dataclass(frozen=True, slots=True)
class _Content:
    """A statistic and the variable it is of; None for frequencies."""

    statistic: str
    variable: Variable | None


@command(
    "table",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "iweight", "pweight"),
        options=(
            OptionSpec("contents", "c", "words", "what the cells hold: freq, mean v, sd v, p50 v ..."),
            OptionSpec("by", "by", "varlist", "superrows"),
            OptionSpec("row", "row", help="a row of totals"),
            OptionSpec("column", "col", help="a column of totals"),
            OptionSpec("format", "f", "format", "display format of the cells"),
            OptionSpec("concise", "con", help="no rows without observations"),
            OptionSpec("missing", "mis", help="categories of missing values"),
            OptionSpec("scolumn", "sc", help="a supercolumn of totals"),
            OptionSpec("center", "cen", help="figures in the middle of their cells"),
            OptionSpec("left", "l", help="heads of columns at the left of their cells"),
            OptionSpec("replace", "replace", help="the figures as data in memory"),
            OptionSpec("name", "name", "name", "with replace: what the new variables begin with"),
            _width("cellwidth", "cell", "width of the cells"),
            _width("csepwidth", "csep", "blanks between cells", least=1),
            _width("scsepwidth", "scsep", "blanks between supercolumns", least=1),
            _width("stubwidth", "stub", "width of the labels"),
        ),
    ),
    synopsis="table rowvar [colvar [supercolvar]] [if] [in] [weight] [, contents(clist) by(superrowvars)"
    " row column scolumn format() concise missing replace name() center left cellwidth() csepwidth()"
    " scsepwidth() stubwidth()]",
    needs=("data",),
)
def table(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument or (), session.data)
    if not names:
        raise StataError(100, "varlist required")
    superrows = resolve_varlist(node.option("by") or (), session.data)
    if len(names) > 3 or len(superrows) > MOST_SUPERROWS:
        raise StataError(103, "too many variables specified")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    if weights.values is not None:
        rows = rows & (weights.values != 0)
    ways = [session.data[name] for name in (*superrows, *names)]
    missing = bool(node.option("missing"))
    for variable in ways:
        rows = rows & usable(variable, rows, missing)
    found = [categories_of(variable, rows, missing) for variable in ways]
    if not rows.any():
        session.out.write("no observations")
        return
    if prod(len(one.values) + 1 for one in found) > MOST_CELLS:
        raise StataError(134, "too many values")
    shape = _Shape(
        len(superrows), len(names), *(bool(node.option(name)) for name in ("row", "column", "scolumn"))
    )
    contents = _contents(session, node)
    figures = [_figures(content, rows, weights, found) for content in contents]
    present = shape.kept(_figures(_Content("freq", None), rows, weights, found)[1]) > 0
    kept = [shape.kept(values) for values, _ in figures]
    session.out.write(
        *render_contents(
            _table(session, node, shape, ways, found, contents, kept, present), session.settings.linesize
        )
    )
    if node.option("replace"):
        stub = node.option("name", "table")
        session.data = _cells(session.data, ways, found, shape, contents, kept, present, stub)
    session.r = Results()


@dataclass(frozen=True, slots=True)
class _Shape:
    """How many superrows and other ways a table has, and which totals it shows."""

    superrows: int
    ways: int
    row: bool
    column: bool
    scolumn: bool

    @property
    def totals(self) -> tuple[bool, ...]:
        """Whether the last place along each way, its totals, is kept."""
        return (*[False] * self.superrows, *(self.row, self.column, self.scolumn)[: self.ways])

    def kept(self, values: np.ndarray) -> np.ndarray:
        """Return figures with all margins without those that are not asked for; one axis a way."""
        return values[tuple(slice(None if total else -1) for total in self.totals)]

    def flat(self, values: np.ndarray) -> np.ndarray:
        """Return kept figures as shape (superrows, rows, columns), supercolumns side by side."""
        if self.ways == 3:
            values = np.swapaxes(values, -1, -2)
        return values.reshape(prod(values.shape[: self.superrows]), values.shape[self.superrows], -1)

    def texts(self, way: int, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the places along a way."""
        return (*texts, "Total") if self.totals[way] else tuple(texts)


def _table(
    session: SessionState,
    node: Command,
    shape: _Shape,
    ways: list[Variable],
    found: list[Categories],
    contents: list[_Content],
    figures: list[np.ndarray],
    present: np.ndarray,
) -> ContentsTable:
    heads = [variable.label or variable.name for variable in ways]
    texts = [
        shape.texts(way, value_texts(session.data, variable, one.values))
        for way, (variable, one) in enumerate(zip(ways, found, strict=True))
    ]
    first, cells = shape.superrows, shape.flat(present)
    blocks = np.flatnonzero(cells.any(axis=(1, 2)))
    superrows = list(product(*texts[:first]))
    columns = texts[first + 1] if shape.ways > 1 else ()
    groups = tuple((text, len(columns)) for text in texts[first + 2]) if shape.ways == 3 else ()
    shown = []
    for content, values in zip(contents, figures, strict=True):
        head = head_of(content.statistic, content.variable.name) if content.variable else "Freq."
        shown.append(Contents(head, _format(node, content), shape.flat(values)[blocks]))
    return ContentsTable(
        heads[first],
        texts[first],
        tuple(shown),
        cells[blocks],
        " and ".join(heads[:first:-1]) if shape.ways > 1 else "",
        columns * max(1, len(groups)),
        groups,
        tuple(heads[:first]),
        tuple(superrows[block] for block in blocks) if first else (),
        bool(node.option("concise")),
        node.option("stubwidth", 0),
        node.option("cellwidth", 0),
        node.option("csepwidth", 2),
        node.option("scsepwidth", 4),
        bool(node.option("left")),
        bool(node.option("center")),
    )


def _format(node: Command, content: _Content) -> str:
    """Return the format of figures; "" for frequencies."""
    fmt = node.option("format") or (content.variable.format if content.variable else "")
    if fmt and (not is_valid_format(fmt) or is_string_format(fmt)):
        raise StataError(120, "invalid %format")
    return "" if content.statistic in ("count", "n") and not node.option("format") else fmt


def _cells(
    data: Dataset,
    ways: list[Variable],
    found: list[Categories],
    shape: _Shape,
    contents: list[_Content],
    figures: list[np.ndarray],
    present: np.ndarray,
    stub: str,
) -> Dataset:
    """Return one observation for each cell of the table; along a way, totals have a missing value."""
    places = np.nonzero(present)
    made = []
    for variable, one, place in zip(ways, found, places, strict=True):
        levels: list[float | str] = [*one.values, "" if variable.is_string else MISSING]
        column = np.array(levels, dtype=object if variable.is_string else np.float64)
        made.append(replace(variable, values=stored(column[place], variable.type)))
    for number, (content, values) in enumerate(zip(contents, figures, strict=True), 1):
        name = f"{stub}{number}"
        if not is_valid_name(name) or any(name == other.name for other in made):
            raise StataError(198, f"{name} invalid name")
        source = content.variable
        label = f"{content.statistic}({source.name})" if source else "Freq."
        fmt = source.format if source and content.statistic not in ("count", "n") else "%9.0g"
        made.append(Variable(name, "double", from_double(values[places], "double"), fmt, label))
    return Dataset(
        tuple(made),
        len(places[0]),
        data.label,
        value_labels=data.value_labels,
        sorted_by=tuple(variable.name for variable in ways) if not any(shape.totals) else (),
        changed=True,
    )


def _contents(session: SessionState, node: Command) -> list[_Content]:
    """Return what contents() asks for; r(198) for unknown statistics, and more than five."""
    words: list[str] = list(node.option("contents") or ("freq",))
    contents: list[_Content] = []
    while words:
        word = words.pop(0)
        if word in ("freq", "f", "fre", "fr"):
            contents.append(_Content("freq", None))
            continue
        statistic = _SYNONYMS[word] if word in _SYNONYMS else word
        percentile = statistic[:1] == "p" and statistic[1:].isdigit() and 1 <= int(statistic[1:]) <= 99
        if statistic not in STATISTICS and not percentile:
            raise StataError(198, f"unknown statistic: {word}", node.options["contents"].span)
        if not words:
            raise StataError(198, "option contents() incorrectly specified", node.options["contents"].span)
        variable = session.data[resolve_name(words.pop(0), session.data)]
        if variable.is_string:
            raise StataError(109, "type mismatch", node.options["contents"].span)
        contents.append(_Content(statistic, variable))
    if len(contents) > MOST_CONTENTS:
        raise StataError(198, f"contents() may have at most {MOST_CONTENTS} statistics")
    if node.weight is not None and node.weight.kind == "pweight":
        if any(content.statistic not in ("freq", "mean") for content in contents):
            raise StataError(101, "pweights not allowed")
    return contents


def _figures(
    content: _Content, rows: np.ndarray, weights: Weights, found: list[Categories]
) -> tuple[np.ndarray, np.ndarray]:
    """Return a statistic and the numbers of observations of all cells and margins."""
    x = np.ones(len(rows)) if content.variable is None else content.variable.to_double()
    used = rows & ~is_missing(x)
    unweighted = content.statistic == "rawsum" or weights.values is None
    w = None if unweighted or weights.values is None else weights.values[used]
    name = {"freq": "sum_w", "rawsum": "sum"}.get(content.statistic) or content.statistic
    codes, sizes = [one.codes[used] for one in found], [len(one.values) for one in found]
    made = with_margins(x[used], codes, sizes, w, weights.kind, (name, "n"))
    return made[name], made["n"]
