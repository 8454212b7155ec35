"""A table of models side by side, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and the stars behind it."""

    text: str = ""
    stars: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A coefficient or a statistic.

    Attributes
    ----------
    label : str
    lines : tuple of tuple of Cell
        Lines below each other, each with one cell a column of the table.
    """

    label: str
    lines: tuple[tuple[Cell, ...], ...]


def _without_lines(row: Row) -> Row:
    lines = tuple(
        tuple(replace(cell, text=cell.text.replace("\n", " ")) for cell in cells) for cells in row.lines
    )
    return replace(row, lines=lines)


@dataclass(frozen=True, slots=True)
class Block:
    """The coefficients of one equation; its title is "" where there is one equation only."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading over columns `first` to `last` (models, counted from 0)."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Everything that a writer lays out.

    Attributes
    ----------
    models : int
    per_model : int
        Columns of each model: 2 when figures in parentheses stand beside the coefficients.
    column_heads : tuple of str
        Over the columns of each model, below its name; () for none.
    numbers : bool
        Models are numbered.
    groups : tuple of Group
    heads : tuple of str
        Names over the models; () for none.
    blocks : tuple of Block
    statistics : tuple of Row
    notes : tuple of str
    title : str
    gaps : bool
        A blank line between coefficients.
    plain : bool
        No rules.
    starts : tuple of int
        The column at which each model begins, where its equations stand side by side; () for one each.
    equation_heads : tuple of str
        Names over these columns.
    surround : mapping
        Lines in place of the usual ones, by `prehead`, `posthead`, `prefoot`, `postfoot`.
    star_legend : str
        What the stars mean.
    tabular, width : str
        LaTeX: the environment, and how wide it is.
    """

    models: int
    per_model: int
    numbers: bool
    groups: tuple[Group, ...]
    heads: tuple[str, ...]
    blocks: tuple[Block, ...]
    statistics: tuple[Row, ...]
    notes: tuple[str, ...]
    title: str = ""
    gaps: bool = True
    plain: bool = False
    column_heads: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    equation_heads: tuple[str, ...] = ()
    surround: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    star_legend: str = ""
    tabular: str = "tabular"
    width: str = ""

    @property
    def columns(self) -> int:
        """Columns without that of the labels."""
        return self.models * self.per_model

    def on_one_line(self) -> PublishedTable:
        """Return the table with a blank in place of the ends of lines within cells."""
        blocks = tuple(
            replace(block, rows=tuple(_without_lines(row) for row in block.rows)) for block in self.blocks
        )
        return replace(self, blocks=blocks)

    def around(self, place: str, usual: Sequence[str], rule: str) -> list[str]:
        """Return the lines at a place: those of the user, with what `@` stands for, else the usual ones.

        Parameters
        ----------
        place : str
            prehead, posthead, prefoot or postfoot.
        rule : str
            What `@hline` is.
        """
        given = self.surround.get(place)
        if given is None:
            return list(usual)
        shown = {
            "@title": self.title,
            "@note": " ".join(self.notes),
            "@starlegend": self.star_legend,
            "@hline": rule,
            "@span": str(self.columns + 1),
            "@width": self.width,
            "@M": str(len(self.starts) or self.models),
            "@E": str(self.columns),
        }
        lines = []
        for text in given:
            for mark, value in shown.items():
                text = text.replace(mark, value)
            lines.append(text)
        return lines

    def head_rows(self) -> list[list[str]]:
        """Return the texts over the columns, line by line: groups, numbers, names."""
        rows: list[list[str]] = []
        if self.groups:
            row = [""] * self.models
            for group in self.groups:
                row[group.first] = group.text
            rows.append(row)
        starts = self.starts or tuple(range(self.models))
        if self.numbers:
            rows.append(self._placed([f"({i})" for i in range(1, len(starts) + 1)], starts))
        if self.heads:
            rows.append(self._placed(self.heads, starts))
        if self.equation_heads:
            rows.append(list(self.equation_heads))
        blanks = [""] * (self.per_model - 1)
        found = [[text for head in row for text in (head, *blanks)] for row in rows]
        return [*found, list(self.column_heads) * self.models] if self.column_heads else found

    def head_spans(self) -> list[list[tuple[int, int]]]:
        """Return for each line of `head_rows` from which column to which a text stands over several."""
        rows: list[list[tuple[int, int]]] = []
        if self.groups:
            rows.append([(group.first, group.last) for group in self.groups])
        starts = self.starts or tuple(range(self.models))
        ends = (*(start - 1 for start in starts[1:]), self.models - 1)
        named = list(zip(starts, ends, strict=True))
        rows += [named for given in (self.numbers, self.heads) if given]
        rows += [[(place, place) for place in range(self.models)]] * bool(self.equation_heads)
        rows += [[]] * bool(self.column_heads)
        own = self.per_model
        wide = [[(first * own, last * own + own - 1) for first, last in row] for row in rows]
        return [[(first, last) for first, last in row if last > first] for row in wide]

    def is_foot(self, number: int, count: int) -> bool:
        """Whether one of the sections holds the statistics."""
        return bool(self.statistics) and number == count - 1

    def _placed(self, texts: Sequence[str], starts: Sequence[int]) -> list[str]:
        row = [""] * self.models
        for start, text in zip(starts, texts, strict=True):
            row[start] = text
        return row

    def sections(self) -> list[list[tuple[str, Row | None]]]:
        """Return what rules part: rows with their labels, None for a line that is a label or blank alone."""
        found: list[list[tuple[str, Row | None]]] = []
        for block in self.blocks:
            rows: list[tuple[str, Row | None]] = [(block.title, None)] if block.title else []
            for place, row in enumerate(block.rows):
                if place and self.gaps:
                    rows.append(("", None))
                rows.append((row.label, row))
            found.append(rows)
        if self.statistics:
            found.append([(row.label, row) for row in self.statistics])
        return found
