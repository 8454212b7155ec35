"""table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import Weights, selected_rows, weights_of
from xmixed.data.categories import Categories, categories_of, usable, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.formats import is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.contents_table import Contents, ContentsTable, head_of, render_contents
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import with_margins

MOST_CONTENTS = 5
STATISTICS = frozenset("mean sd semean sum rawsum count n max min median iqr".split())
_SYNONYMS = {"med": "median", "N": "n"}
_UNBUILT = (("replace", "replace"), ("center", "cen"), ("left", "l"), ("scolumn", "sc"))


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
            OptionSpec(
                "cellwidth", "cell", "integer", "width of the cells", minimum_value=5, maximum_value=20
            ),
            OptionSpec(
                "csepwidth", "csep", "integer", "blanks between cells", minimum_value=1, maximum_value=20
            ),
            OptionSpec(
                "stubwidth", "stub", "integer", "width of the labels", minimum_value=5, maximum_value=20
            ),
            *(OptionSpec(name, minimum, built=False) for name, minimum in _UNBUILT),
            OptionSpec("name", "name", "name", built=False),
            OptionSpec("scsepwidth", "scsep", "integer", built=False),
        ),
    ),
    synopsis="table rowvar [colvar] [if] [in] [weight] [, contents(clist) by(varname) row column format()]",
    needs=("data",),
)
def table(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument or (), session.data)
    if not names:
        raise StataError(100, "varlist required")
    superrows = resolve_varlist(node.option("by") or (), session.data)
    if len(names) > 2 or len(superrows) > 1:
        raise StataError(198, "supercolumns and several superrows are not implemented in xmixed yet")
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
    texts = [tuple(value_texts(session.data, v, one.values)) for v, one in zip(ways, found, strict=True)]
    session.out.write(
        *render_contents(_table(session, node, rows, weights, ways, found, texts), session.settings.linesize)
    )
    session.r = Results()


def _table(
    session: SessionState,
    node: Command,
    rows: np.ndarray,
    weights: Weights,
    ways: list[Variable],
    found: list[Categories],
    texts: list[tuple[str, ...]],
) -> ContentsTable:
    by, columns = bool(node.option("by")), len(ways) - bool(node.option("by")) == 2
    shape = _Shape(by, columns, bool(node.option("row")), columns and bool(node.option("column")))
    contents = []
    present = np.zeros(0)
    for content in _contents(session, node):
        values, counts = _figures(content, rows, weights, found)
        if not len(present):
            present = shape.shown(_figures(_Content("freq", None), rows, weights, found)[1]) > 0
        fmt = node.option("format") or (content.variable.format if content.variable else "")
        if fmt and (not is_valid_format(fmt) or is_string_format(fmt)):
            raise StataError(120, "invalid %format")
        if content.statistic in ("count", "n") and not node.option("format"):
            fmt = ""
        head = head_of(content.statistic, content.variable.name) if content.variable else "Freq."
        contents.append(Contents(head, fmt, shape.shown(values)))
    row = ways[int(by)]
    column = ways[-1] if columns else None
    return ContentsTable(
        row.label or row.name,
        (*texts[int(by)], *(("Total",) if shape.row else ())),
        tuple(contents),
        present,
        (column.label or column.name) if column else "",
        (*texts[-1], *(("Total",) if shape.column else ())) if column else (),
        (ways[0].label or ways[0].name) if by else "",
        texts[0] if by else (),
        bool(node.option("concise")),
        node.option("stubwidth", 0),
        node.option("cellwidth", 0),
        node.option("csepwidth", 2),
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which ways a table has, and which totals it shows."""

    by: bool
    columns: bool
    row: bool
    column: bool

    def shown(self, values: np.ndarray) -> np.ndarray:
        """Return figures with margins along each way as shape (superrows, rows, columns)."""
        values = values[:-1] if self.by else values[None]
        values = values if self.columns else values[..., None]
        values = values if self.row else values[:, :-1]
        return values if self.column or not self.columns else values[..., :-1]


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
