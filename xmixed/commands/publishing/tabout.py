"""tabout: tables of frequencies, shares and summaries in a file."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.data.categories import Categories, categories_of, value_texts
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.published.rows import lines_of_rows
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped

_HEADS = {"freq": "No.", "cell": "%", "row": "%", "col": "%", "cum": "Cum."}
_SUMMARIES = ("count", "mean", "sd", "median", "min", "max", "sum", "p25", "p75", "iqr")
_STYLES = ("tab", "csv", "semi", "tex", "htm")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A figure of the table: of frequencies, or a statistic of a variable; decimals and what follows it."""

    kind: str
    variable: str
    head: str
    decimals: int
    comma: bool
    after: str

    def text(self, value: float) -> str:
        if value != value or value >= MISSING:
            return ""
        return f"{value:{',' if self.comma else ''}.{self.decimals}f}{self.after}"


@command(
    "tabout",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        using=True,
        weights=("fweight", "aweight", "iweight"),
        options=(
            OptionSpec("replace", "rep", help="the file may exist"),
            OptionSpec("append", "app", help="write behind what the file holds"),
            OptionSpec("cells", "c", "words", "freq cell row col cum, or statistics of variables with sum"),
            OptionSpec("format", "f", "words", "decimals of each figure; c for commas, p for %"),
            OptionSpec("clab", "clab", "words", "heads of the figures, _ for a blank"),
            OptionSpec("oneway", "one", help="a one-way table of each variable"),
            OptionSpec("sum", "sum", help="the figures are summaries: cells(mean x sd x)"),
            OptionSpec("style", "sty", "text", "style of the file: " + ", ".join(_STYLES)),
            OptionSpec("stats", "stats", "text", "chi2 below two-way tables"),
            OptionSpec("ptotal", "ptot", "text", "total rows: all, single or none"),
            OptionSpec("h1", "h1", "text", "first line of the head; nil for none"),
            OptionSpec("mi", "mi", help="missing values count as values"),
            OptionSpec("svy", "svy", built=False),
            OptionSpec("layout", "lay", "text", built=False),
            OptionSpec("npos", "npos", "text", built=False),
            OptionSpec("h2", "h2", "text", built=False),
            OptionSpec("h3", "h3", "text", built=False),
            OptionSpec("topf", "topf", "text", built=False),
            OptionSpec("botf", "botf", "text", built=False),
            OptionSpec("show", "show", "text", built=False),
        ),
        exclusive=(("replace", "append"), ("sum", "stats")),
    ),
    synopsis="tabout varlist [horizontal] [if] [in] [weight] using file [, cells() format() oneway sum ...]",
    needs=("data",),
)
def tabout(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    path = os.path.expanduser(str(node.using))
    if os.path.exists(path) and not (node.option("replace") or node.option("append")):
        raise StataError(602, f"file {path} already exists")
    style = str(node.option("style", "tab")).split()[0]
    if style not in _STYLES:
        raise StataError(198, f"style({style}) is not implemented in xmixed")
    names = resolve_varlist(node.argument or (), session.data)
    if not names:
        raise StataError(100, "varlist required")
    table = _Table(session, node, names)
    lines = lines_of_rows(table.rows(), style)
    if style == "htm":
        lines = ["<table>", *lines, "</table>"]
    _write(path, "".join(f"{text}\n" for text in lines), bool(node.option("append")))
    session.out.write("", *lines_of_rows(table.rows(), "tab"), "", f"Table output written to: {path}")
    session.r = Results({"N": table.size})


def _write(path: str, content: str, append: bool) -> None:
    try:
        with open(path, "a" if append else "w", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
    except OSError as error:
        raise StataError(603, f"file {path} could not be opened") from error


class _Table:
    """Panels of the vertical variables, each over the columns of the horizontal one."""

    def __init__(self, session: SessionState, node: Command, names: list[str]) -> None:
        data = session.data
        oneway = bool(node.option("oneway")) or len(names) == 1
        self.session, self.node = session, node
        self.vertical = [data[name] for name in (names if oneway else names[:-1])]
        self.missing = bool(node.option("mi"))
        rows = selected_rows(session, node)
        weights = weights_of(session, node, rows).values
        self.weights = np.ones(data.n_obs) if weights is None else weights
        self.cells = _cells(session, node, oneway)
        if not oneway:
            rows = rows & categories_of(data[names[-1]], rows, self.missing).used
        self.base = rows
        self.across: Categories | None = None
        self.horizontal: Variable | None = None
        if not oneway:
            self.horizontal = data[names[-1]]
            self.across = categories_of(self.horizontal, rows, self.missing)
        if not rows.any():
            raise StataError(2000, "no observations")
        self.size = float(rows.sum())

    def _texts(self, variable: Variable, found: Categories) -> list[str]:
        return value_texts(self.session.data, variable, found.values)

    def rows(self) -> list[list[str]]:
        """Return the rows of the whole table as texts."""
        found = self._head()
        totals = str(self.node.option("ptotal", "all"))
        if totals not in ("all", "single", "none"):
            raise StataError(198, "option ptotal() incorrectly specified")
        for place, variable in enumerate(self.vertical):
            last = place == len(self.vertical) - 1
            total = totals == "all" or (totals == "single" and last)
            found += self._panel(variable, total)
        return found

    def _head(self) -> list[list[str]]:
        heads = [cell.head for cell in self.cells]
        if self.horizontal is None or self.across is None:
            return [["", *heads]]
        columns = [*self._texts(self.horizontal, self.across), "Total"]
        first = str(self.node.option("h1", self.horizontal.label or self.horizontal.name))
        gap = [""] * (len(heads) - 1)
        lines = [] if first == "nil" else [["", first, *[""] * (len(columns) * len(heads) - 1)]]
        lines.append(["", *(text for column in columns for text in (column, *gap))])
        return [*lines, ["", *heads * len(columns)]]

    def _panel(self, variable: Variable, total: bool) -> list[list[str]]:
        down = categories_of(variable, self.base, self.missing)
        labels = self._texts(variable, down)
        width = len(self.cells) * (1 if self.across is None else len(self.across.values) + 1)
        found = [[variable.label or variable.name, *[""] * width]]
        groups: list[tuple[str, np.ndarray]] = [
            (label, down.codes == code) for code, label in enumerate(labels)
        ]
        groups += [("Total", down.used)] if total else []
        columns: list[np.ndarray] = [down.used]
        if self.across is not None:
            own = [self.across.codes == code for code in range(len(self.across.values))]
            columns = [*(rows & down.used for rows in own), down.used]
        running = [0.0] * len(columns)
        for number, (label, rows) in enumerate(groups):
            texts = [label]
            for place, column in enumerate(columns):
                size = float(self.weights[rows & column].sum())
                running[place] += size if number < len(labels) else 0.0
                for cell in self.cells:
                    texts.append(cell.text(self._figure(cell, rows, column, down.used, size, running[place])))
            found.append(texts)
        if self.node.option("stats") is not None:
            found.append(self._chi2(down, width))
        return found

    def _figure(
        self, cell: _Cell, rows: np.ndarray, column: np.ndarray, used: np.ndarray, size: float, running: float
    ) -> float:
        if cell.variable:
            return self._summary(cell, rows & column)
        if cell.kind == "freq":
            return size
        whole = {"row": rows & used, "col": column, "cell": used, "cum": column}[cell.kind]
        total = float(self.weights[whole].sum())
        above = running if cell.kind == "cum" else size
        return 100 * above / total if total > 0 else np.nan

    def _summary(self, cell: _Cell, rows: np.ndarray) -> float:
        x = self.session.data[cell.variable].to_double()
        own = rows & ~is_missing(x) & (self.weights != 0)
        if not own.any():
            return np.nan
        weights = None if (self.weights == 1).all() else self.weights[own]
        kind = "aweight" if weights is not None else ""
        one = np.zeros(int(own.sum()), dtype=np.int64)
        grouped = Grouped(x[own], one, 1, weights, kind)
        name = {"count": "n", "median": "p50"}.get(cell.kind, cell.kind)
        return float(grouped.statistic(name)[0])

    def _chi2(self, down: Categories, width: int) -> list[str]:
        if self.across is None or str(self.node.option("stats")).split()[0] != "chi2":
            raise StataError(198, "stats() takes chi2 of two-way tables")
        from xmixed.statistics.distributions import chi2_tail

        table = np.zeros((len(down.values), len(self.across.values)))
        np.add.at(table, (down.codes[down.used], self.across.codes[down.used]), self.weights[down.used])
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        chi2 = float(((table - expected) ** 2 / expected).sum())
        df = (table.shape[0] - 1) * (table.shape[1] - 1)
        p = chi2_tail(chi2, df) if df else np.nan
        return [f"Pearson chi2({df}) = {chi2:.4f}   Pr = {p:.3f}", *[""] * width]


def _cells(session: SessionState, node: Command, oneway: bool) -> list[_Cell]:
    """Return the figures that are asked for; r(198) for others."""
    words = list(node.option("cells", ("freq",)))
    found: list[tuple[str, str, str]] = []
    if node.option("sum"):
        if len(words) % 2 or not words:
            raise StataError(198, "cells() of a summary: statistic variable ...")
        for kind, name in zip(words[::2], words[1::2], strict=True):
            kind = "count" if kind == "N" else kind
            if kind not in _SUMMARIES:
                raise StataError(198, f"statistic {kind} is not implemented in xmixed")
            variable = session.data[resolve_name(name, session.data)]
            if variable.is_string:
                raise StataError(109, "type mismatch")
            found.append((kind, variable.name, f"{kind.capitalize()} {variable.name}"))
    else:
        for kind in words:
            name = "col" if kind == "column" else kind
            if name not in _HEADS:
                raise StataError(198, f"cells({kind}) is not implemented in xmixed")
            if oneway and name == "row":
                raise StataError(198, "cells(row) is of two-way tables")
            found.append((name, "", _HEADS[name]))
    heads = [word.replace("_", " ") for word in node.option("clab", ())]
    formats = list(node.option("format", ())) or ["0" if kind == "freq" else "1" for kind, _, _ in found]
    cells = []
    for place, (kind, variable, head) in enumerate(found):
        own = formats[min(place, len(formats) - 1)]
        digits = own.rstrip("cpm")
        if not digits.isdigit() or len(digits) > 2:
            raise StataError(198, "option format() incorrectly specified")
        after = "%" if "p" in own else ""
        shown = heads[place] if place < len(heads) else head
        cells.append(_Cell(kind, variable, shown, int(digits), "c" in own, after))
    return cells
